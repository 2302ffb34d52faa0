//! What a mount sends back, and at which pace.

use std::path::Path;
use std::time::Duration;

use bytes::Bytes;

use crate::cassette::{Cassette, CassetteError};

/// One answer: a status, headers, a body in chunks that are flushed one by one, and an end.
#[derive(Debug, Clone)]
pub struct Replay {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub chunks: Vec<Bytes>,
    pub end: End,
    pub pace: Pace,
}

/// What follows the last chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The body ends as it should.
    Eof,
    /// Over HTTP/1.1 the connection is cut with a TCP reset, over HTTP/2 the stream is reset, in the
    /// middle of the body.
    Reset,
    /// The whole connection is closed in the middle of the body, with all its streams, as when the
    /// server goes away.
    Close,
    /// Nothing more comes, and the connection stays open until the client goes.
    Hang,
}

/// When the next step is taken. A step is a chunk; the end is the last step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    AtOnce,
    /// The first chunk at once, each later step after this time.
    Every(Duration),
    /// So many steps at once, each later one when the test releases it through the mount.
    Gated(usize),
}

impl Replay {
    pub fn new(status: u16) -> Self {
        Self { status, headers: Vec::new(), chunks: Vec::new(), end: End::Eof, pace: Pace::AtOnce }
    }

    /// The recorded answer `name` ("openai/some-case") of a folder of cassettes.
    pub fn from_cassette(folder: impl AsRef<Path>, name: &str) -> Result<Self, CassetteError> {
        Cassette::load(folder, name).map(|cassette| Self::of(&cassette))
    }

    /// A recorded answer with the headers that were recorded.
    pub fn of(cassette: &Cassette) -> Self {
        let mut replay = Self::new(cassette.meta.http_status)
            .header("content-type", cassette.framing.content_type())
            .chunks(cassette.chunks());
        for (name, value) in &cassette.meta.response_headers {
            replay = replay.header(name, value);
        }
        replay
    }

    /// A JSON body in one chunk, as errors come.
    pub fn json(status: u16, body: impl Into<String>) -> Self {
        Self::new(status).header("content-type", "application/json").chunks([body.into()])
    }

    /// A 200 with server-sent events, one chunk each; the blank line after each is added.
    pub fn sse<'a>(events: impl IntoIterator<Item = &'a str>) -> Self {
        Self::new(200)
            .header("content-type", "text/event-stream")
            .chunks(events.into_iter().map(|event| format!("{event}\n\n")))
    }

    /// Sets a header, in place of an earlier one of that name.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(other, _)| !other.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn chunks<C: Into<Vec<u8>>>(mut self, chunks: impl IntoIterator<Item = C>) -> Self {
        self.chunks = chunks.into_iter().map(|chunk| Bytes::from(chunk.into())).collect();
        self
    }

    pub fn end(mut self, end: End) -> Self {
        self.end = end;
        self
    }

    pub fn pace(mut self, pace: Pace) -> Self {
        self.pace = pace;
        self
    }

    /// Sends `steps` at once and the others when the test releases them.
    pub fn gated(self, steps: usize) -> Self {
        self.pace(Pace::Gated(steps))
    }

    /// Keeps the first `count` chunks and ends after them with `end`.
    pub fn cut_after(mut self, count: usize, end: End) -> Self {
        self.chunks.truncate(count);
        self.end(end)
    }
}
