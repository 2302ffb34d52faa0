//! A request as it came in, whoever answers it.

use axum::http::{HeaderMap, Version, request};
use bytes::Bytes;

/// All that a client said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    pub method: String,
    /// The whole address as the client knows it, e.g. `https://api.openai.com/v1/models?x=1`.
    pub url: String,
    pub is_h2: bool,
    /// Names in lower case, in the order they came.
    pub headers: Vec<(String, String)>,
    pub body: Bytes,
}

impl Asked {
    pub(crate) fn new(head: &request::Parts, url: String, body: Bytes) -> Self {
        Self {
            method: head.method.to_string(),
            url,
            is_h2: head.version == Version::HTTP_2,
            headers: readable(&head.headers),
            body,
        }
    }

    /// The first header of that name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(other, _)| other.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    pub fn body_text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Whether the address, a header or the body holds this text.
    pub fn mentions(&self, needle: &str) -> bool {
        self.url.contains(needle)
            || self.headers.iter().any(|(name, value)| name.contains(needle) || value.contains(needle))
            || self.body_text().contains(needle)
    }
}

fn readable(headers: &HeaderMap) -> Vec<(String, String)> {
    headers
        .iter()
        .map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            (name.as_str().to_owned(), value)
        })
        .collect()
}
