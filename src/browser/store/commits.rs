//! The engine's journal: a request goes out once what is asked is on the disk.

use std::future::ready;

use futures::future::LocalBoxFuture;

use crate::{
    call::queue::CallId,
    engine::transport::{AttemptEnd, Journal},
    later::later,
    model::http::{Headers, HttpRequest},
};

pub struct Commits;

impl Journal for Commits {
    fn before_send(&self, _: CallId, _: u32, _: &HttpRequest) -> LocalBoxFuture<'static, ()> {
        committed()
    }

    fn sent(&self, _: CallId, _: u32, _: u64) {}

    fn headers(&self, _: CallId, _: u32, _: u16, _: &Headers, _: u64) {}

    fn chunk(&self, _: CallId, _: u32, _: &[u8], _: u64) {}

    fn end(&self, _: CallId, _: u32, _: AttemptEnd, _: u64) {}
}

later! {
    "1342" fn committed() -> LocalBoxFuture<'static, ()> {
        match super::writer() {
            Some(writer) => Box::pin(writer.all_written()),
            None => Box::pin(ready(())),
        }
    } else {
        Box::pin(ready(()))
    }
}
