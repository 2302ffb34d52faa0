//! What the engine needs from the world, as traits: where bytes come from, what time it is, where
//! requests and bytes are recorded, and who shows the answer.

use futures::{future::LocalBoxFuture, stream::LocalBoxStream};

use super::ask::Notes;
use crate::{
    call::{Call, Now, queue::CallId},
    model::{
        error::ApiError,
        event::StreamEvent,
        http::{Headers, HttpRequest},
    },
};

/// Where the bytes of an answer come from. Everything behind it is the same for all of them.
pub trait Transport {
    /// Sends a request and waits for the headers. Dropping the future, or the body of the reply,
    /// aborts the request, and so ends what it costs.
    ///
    /// # Errors
    /// No reply came: the class is `NetworkOrCors` unless more is known.
    fn send(&self, request: HttpRequest) -> LocalBoxFuture<'static, Result<Reply, ApiError>>;
}

/// A reply whose body is still arriving.
pub struct Reply {
    pub status: u16,
    pub headers: Headers,
    /// The pieces as the network gives them. An error means that the connection broke.
    pub body: LocalBoxStream<'static, Result<Vec<u8>, ApiError>>,
}

/// Both clocks, and waiting.
pub trait Clock {
    fn now(&self) -> Now;

    /// Waits until the monotonic clock shows that many milliseconds. Dropping it cancels the timer.
    fn sleep_until(&self, ms: u64) -> LocalBoxFuture<'static, ()>;
}

/// Shows one reply as it grows.
pub trait ReplySink {
    /// The request of an attempt is written and about to be sent.
    fn sending(&self, notes: &Notes) {
        let _ = notes;
    }

    /// Called once for each thing that happened: `events` may be empty when only the phase or the
    /// time has changed.
    fn apply(&self, events: &[StreamEvent], call: &Call, now_ms: u64);
}

/// Records what is asked and what comes. It deals with its own failures (a full disk does not end
/// an answer). Times are those of the monotonic clock, one for each thing that happened.
pub trait Journal {
    /// Resolves once the prompt and the request are committed: only then is the request sent.
    fn before_send(&self, id: CallId, attempt: u32, request: &HttpRequest) -> LocalBoxFuture<'static, ()>;

    /// The request goes out.
    fn sent(&self, id: CallId, attempt: u32, now_ms: u64);

    /// The reply has begun.
    fn headers(&self, id: CallId, attempt: u32, status: u16, headers: &Headers, now_ms: u64);

    /// A piece of the body, before it is decoded.
    fn chunk(&self, id: CallId, attempt: u32, bytes: &[u8], now_ms: u64);

    /// Nothing more comes of this attempt. Not called when the whole call is dropped: whoever
    /// drops it knows.
    fn end(&self, id: CallId, attempt: u32, end: AttemptEnd, now_ms: u64);
}

/// How the bytes of an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttemptEnd {
    /// The body is over.
    Eof,
    /// No reply came, or the connection broke.
    Broken,
    /// The call wanted no more: stopped, given up, or cut at a limit.
    Aborted,
}

/// Keeps nothing.
pub struct NoJournal;

impl Journal for NoJournal {
    fn before_send(&self, _: CallId, _: u32, _: &HttpRequest) -> LocalBoxFuture<'static, ()> {
        Box::pin(std::future::ready(()))
    }

    fn sent(&self, _: CallId, _: u32, _: u64) {}

    fn headers(&self, _: CallId, _: u32, _: u16, _: &Headers, _: u64) {}

    fn chunk(&self, _: CallId, _: u32, _: &[u8], _: u64) {}

    fn end(&self, _: CallId, _: u32, _: AttemptEnd, _: u64) {}
}
