//! What a scripted server does, whoever plays it.

#![allow(dead_code, reason = "each test binary uses its own part of this")]

use serde_json::json;
use tutti::model::http::Headers;

/// What a server does with one request.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// Until the headers, or until the connection fails.
    pub connect_ms: u64,
    /// `None`: no connection.
    pub status: Option<u16>,
    pub headers: Headers,
    /// Pieces of the body, each so long after the one before.
    pub pieces: Vec<(u64, Vec<u8>)>,
    pub end: End,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Eof,
    Reset,
    /// The connection stays open, and nothing comes.
    Silence,
}

impl Exchange {
    pub fn ok(body: impl AsRef<[u8]>) -> Self {
        Self::status(200, body)
    }

    pub fn status(status: u16, body: impl AsRef<[u8]>) -> Self {
        let pieces = vec![(0, body.as_ref().to_vec())];
        Self { connect_ms: 10, status: Some(status), headers: Headers::default(), pieces, end: End::Eof }
    }

    pub fn no_connection() -> Self {
        Self { status: None, ..Self::ok("") }
    }

    /// An answer of Chat Completions, a word at a time.
    pub fn answer(words: &[&str], every_ms: u64) -> Self {
        let word = |word: &&str| {
            let delta = json!({ "choices": [{ "index": 0, "delta": { "content": word } }] });
            (every_ms, format!("data: {delta}\n\n").into_bytes())
        };
        let mut pieces: Vec<_> = words.iter().map(word).collect();
        let finish = r#"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#;
        pieces.push((0, format!("data: {finish}\n\ndata: [DONE]\n\n").into_bytes()));
        Self { pieces, ..Self::ok("") }
    }

    pub fn with(self, name: &str, value: &str) -> Self {
        Self { headers: [(name, value)].into_iter().collect(), ..self }
    }

    pub fn end(self, end: End) -> Self {
        Self { end, ..self }
    }

    pub fn then(mut self, after_ms: u64, bytes: impl AsRef<[u8]>) -> Self {
        self.pieces.push((after_ms, bytes.as_ref().to_vec()));
        self
    }

    /// Ends after so many pieces.
    pub fn broken_off(mut self, pieces: usize, end: End) -> Self {
        self.pieces.truncate(pieces);
        self.end(end)
    }
}
