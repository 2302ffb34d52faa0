//! Server-sent events, by the WHATWG rules (HTML Standard, "Server-sent events", 9.2.6
//! "Interpreting an event stream"): comments and unknown fields are ignored, an event without data
//! is not dispatched, an event that no blank line ends is dropped.

use std::borrow::Cow;

use memchr::memchr;

use super::{body::LineTooLong, lines::Lines, text::lossy};

/// One event, borrowed from the parser's buffers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SseEvent<'a> {
    /// `message` when the stream names none.
    pub event: &'a str,
    pub data: Cow<'a, str>,
    /// The last id that the stream gave; it persists until the next one.
    pub id: &'a str,
}

/// Interprets lines; [`Sse`] is the same from bytes.
#[derive(Debug, Default)]
pub struct Fields {
    event: String,
    data: Vec<u8>,
    id: String,
    /// Milliseconds that the server asks to wait before reconnecting.
    retry: Option<u64>,
    pub comments: u64,
}

impl Fields {
    /// Takes one line. On a blank line that ends an event with data, gives it to `dispatch`.
    #[inline]
    pub fn line(&mut self, line: &[u8], dispatch: impl FnOnce(SseEvent<'_>)) {
        if line.is_empty() {
            self.blank_line(dispatch);
            return;
        }
        // Nearly every line is data; the rest takes the long way.
        if let Some(value) = line.strip_prefix(b"data:") {
            self.data_line(value.strip_prefix(b" ").unwrap_or(value));
            return;
        }
        match memchr(b':', line) {
            Some(0) => self.comments += 1,
            Some(at) => {
                let (name, value) = line.split_at(at);
                let value = value.get(1..).unwrap_or_default();
                self.field(name, value.strip_prefix(b" ").unwrap_or(value));
            }
            None => self.field(line, b""),
        }
    }

    /// How many bytes of data are held back until their event ends.
    pub fn held(&self) -> usize {
        self.data.len()
    }

    fn data_line(&mut self, value: &[u8]) {
        self.data.extend_from_slice(value);
        self.data.push(b'\n');
    }

    fn field(&mut self, name: &[u8], value: &[u8]) {
        match name {
            b"data" => self.data_line(value),
            b"event" => replace(&mut self.event, value),
            b"id" if memchr(0, value).is_none() => replace(&mut self.id, value),
            b"retry" if !value.is_empty() && value.iter().all(u8::is_ascii_digit) => {
                self.retry = String::from_utf8_lossy(value).parse().ok().or(self.retry);
            }
            _ => {}
        }
    }

    fn blank_line(&mut self, dispatch: impl FnOnce(SseEvent<'_>)) {
        if let Some(data) = self.data.strip_suffix(b"\n") {
            let event = if self.event.is_empty() { "message" } else { &self.event };
            dispatch(SseEvent { event, data: lossy(data), id: &self.id });
        }
        self.data.clear();
        self.event.clear();
    }
}

/// Keeps the memory of the text before.
fn replace(text: &mut String, value: &[u8]) {
    text.clear();
    text.push_str(&lossy(value));
}

/// A parser of a whole event stream.
#[derive(Debug)]
pub struct Sse {
    lines: Lines,
    fields: Fields,
    limit: usize,
}

impl Sse {
    /// The limit, in bytes, holds for a line and for the data of an event.
    pub fn new(limit: usize) -> Self {
        Self { lines: Lines::new(limit), fields: Fields::default(), limit }
    }

    /// Gives each event that the chunk completes to `dispatch`.
    ///
    /// # Errors
    /// A line or the data of an event is longer than the limit.
    pub fn push(&mut self, chunk: &[u8], mut dispatch: impl FnMut(SseEvent<'_>)) -> Result<(), LineTooLong> {
        let Self { lines, fields, limit } = self;
        lines.push(chunk, |line| {
            fields.line(line, &mut dispatch);
            if fields.held() > *limit { Err(LineTooLong { limit: *limit }) } else { Ok(()) }
        })
    }

    /// Milliseconds that the server asks to wait before reconnecting, if it said so.
    pub fn retry(&self) -> Option<u64> {
        self.fields.retry
    }
}
