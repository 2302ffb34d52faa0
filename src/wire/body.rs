//! The bytes of an answer, however they are framed and cut, to events.

use crate::model::{
    error::ApiError,
    event::StreamEvent,
    provider::{Dialect, Quirks},
};

/// A line or JSON value larger than the limit, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a line of the answer is longer than {limit} bytes")]
pub struct LineTooLong {
    pub limit: usize,
}

/// The longest line and the largest JSON value that is held in memory, in bytes.
pub const DEFAULT_LINE_LIMIT: usize = 16 << 20;

/// Decodes the body of one successful reply (HTTP status below 400).
#[derive(Debug)]
pub struct BodyDecoder {
    dialect: Dialect,
    quirks: Quirks,
    line_limit: usize,
}

/// What the end of a body tells.
#[derive(Clone, Debug, PartialEq)]
pub struct BodyEnd {
    /// The provider's own mark of the end was seen: a finish reason or an end event.
    pub complete: bool,
    /// Events whose data could not be read, and pieces that came after the end.
    pub skipped_events: u32,
    /// Why this is no answer at all: empty, a web page, or nothing readable.
    pub problem: Option<ApiError>,
}

impl BodyDecoder {
    pub fn new(dialect: Dialect, quirks: Quirks) -> Self {
        Self { dialect, quirks, line_limit: DEFAULT_LINE_LIMIT }
    }

    pub fn with_line_limit(self, line_limit: usize) -> Self {
        Self { line_limit, ..self }
    }

    /// Decodes one chunk and appends what it says to `out`.
    ///
    /// # Errors
    /// A line exceeds the limit. What was decoded before is in `out`; nothing more is read.
    pub fn push(&mut self, bytes: &[u8], out: &mut Vec<StreamEvent>) -> Result<(), LineTooLong> {
        let _ = (bytes, out, self.dialect, self.quirks, self.line_limit);
        Ok(())
    }

    /// The terminal marker has been seen: the answer is whole even if the connection breaks now.
    pub fn is_complete(&self) -> bool {
        false
    }

    /// Events skipped so far; see [`BodyEnd::skipped_events`].
    pub fn skipped_events(&self) -> u32 {
        0
    }

    /// The body has ended, or broken off. Decodes what was still held back.
    pub fn end(&mut self, out: &mut Vec<StreamEvent>) -> BodyEnd {
        let _ = out;
        BodyEnd { complete: false, skipped_events: 0, problem: None }
    }
}
