//! The hosts of the catalogue, and what is sent to them.

#![allow(dead_code, reason = "each test binary uses its own part of this")]

use serde_json::Value;
use tutti::{
    model::{
        catalog,
        chat::{ChatRequest, Message},
        http::HttpRequest,
        provider::Provider,
    },
    wire::encode::{Encoded, encode},
};

pub fn provider(id: &str) -> &'static Provider {
    catalog::find(id).unwrap()
}

/// Every row, and the one that is no host.
pub fn everybody() -> impl Iterator<Item = &'static Provider> {
    catalog::all().iter().chain([catalog::simulated()])
}

/// Those of them that can be called as they stand.
pub fn ready() -> impl Iterator<Item = &'static Provider> {
    everybody().filter(|provider| !provider.needs_base_url())
}

pub fn ask(model: &str) -> ChatRequest {
    ChatRequest { model: model.to_owned(), messages: vec![Message::user("Hi")], ..ChatRequest::default() }
}

pub fn body_of(request: &HttpRequest) -> Value {
    serde_json::from_str(request.body.as_deref().unwrap()).unwrap()
}

/// The first dialect of the provider.
pub fn sent(provider: &Provider, request: &ChatRequest) -> (Value, Encoded) {
    let encoded = encode(provider, provider.dialect(), None, request).unwrap();
    (body_of(&encoded.request), encoded)
}
