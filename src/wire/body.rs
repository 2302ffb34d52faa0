//! The bytes of an answer, however they are framed and cut, to events.
//!
//! The framing is read off the bytes, since content types lie: server-sent events, one JSON value a
//! line, one value over many lines, the elements of an array, and JSON between server-sent events
//! (where Gemini puts the errors of a stream).

use crate::model::{
    error::{ApiError, ErrorClass},
    event::StreamEvent,
    json::Json,
    provider::{Dialect, Quirks},
};

use super::{
    decoders::{Decode, other},
    error,
    json::{Piece, Values},
    lines::Lines,
    openai_chat,
    sse::Fields,
    text::lossy,
};

/// The longest line, the largest JSON value and the most data of one event that is held in memory,
/// in bytes.
pub const DEFAULT_LINE_LIMIT: usize = 16 << 20;

/// How much of a web page that came in place of an answer is kept, in bytes.
const PAGE_LIMIT: usize = 4 << 10;

/// Ends OpenAI's streams, and those of any dialect behind some routers.
const DONE: &str = "[DONE]";

/// A line, a JSON value or the data of an event is larger than the limit, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a line of the answer is longer than {limit} bytes")]
pub struct LineTooLong {
    pub limit: usize,
}

/// Decodes the body of one successful reply (HTTP status 200 to 299).
#[derive(Debug)]
pub struct BodyDecoder {
    lines: Lines,
    body: Body,
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
        Self {
            lines: Lines::new(DEFAULT_LINE_LIMIT),
            body: Body::new(DialectDecoder::new(dialect, quirks)),
            line_limit: DEFAULT_LINE_LIMIT,
        }
    }

    pub fn with_line_limit(self, line_limit: usize) -> Self {
        Self { lines: Lines::new(line_limit), line_limit, ..self }
    }

    /// Decodes one chunk and appends what it says to `out`.
    ///
    /// # Errors
    /// A line, a value or an event exceeds the limit. What was decoded before is in `out`; nothing more is read.
    pub fn push(&mut self, bytes: &[u8], out: &mut Vec<StreamEvent>) -> Result<(), LineTooLong> {
        let Self { lines, body, line_limit } = self;
        lines.push(bytes, |line| body.line(line, *line_limit, out))
    }

    /// The terminal marker has been seen: the answer is whole even if the connection breaks now.
    pub fn is_complete(&self) -> bool {
        self.body.events.decoder.is_complete()
    }

    /// Events skipped so far; see [`BodyEnd::skipped_events`].
    pub fn skipped_events(&self) -> u32 {
        self.body.events.skipped
    }

    /// The body has ended, or broken off. Decodes what was still held back.
    pub fn end(&mut self, out: &mut Vec<StreamEvent>) -> BodyEnd {
        if let Some(line) = self.lines.end() {
            // JSON needs no newline at its end. What was cut off in the middle is no event, neither
            // here nor by the rules of server-sent events, and so is not counted as skipped.
            let Events { read, skipped, .. } = self.body.events;
            let _ = self.body.line(&line, self.line_limit, out);
            if self.body.events.read == read {
                self.body.events.skipped = skipped;
            }
        }
        self.body.events.decoder.end(out);
        BodyEnd {
            complete: self.body.events.decoder.is_complete(),
            skipped_events: self.body.events.skipped,
            problem: self.body.problem(),
        }
    }
}

/// Everything after the splitting into lines.
#[derive(Debug)]
struct Body {
    fields: Fields,
    values: Values,
    events: Events,
    /// JSON stood at a line's beginning: brackets and commas there belong to an array.
    json_lines: bool,
    /// The text of a web page that came in place of an answer.
    page: Option<Vec<u8>>,
    /// Something other than comments and blank lines came.
    any_content: bool,
    /// The first line, if it is of no known framing.
    opening: String,
}

/// Everything after the framing: what the dialect makes of the events, and how many it did not read.
#[derive(Debug)]
struct Events {
    decoder: DialectDecoder,
    /// Events that the dialect understood.
    read: u32,
    skipped: u32,
    /// The beginning of what could not be read, for the details.
    excerpt: String,
}

/// What a dialect makes of one event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It belongs to this API, whether or not it said anything new.
    Read,
    /// Well formed, but nothing that this API is known to send.
    Unknown,
    /// Not readable.
    Skipped,
    /// A piece of the answer after its end.
    Dropped,
}

impl Body {
    fn new(decoder: DialectDecoder) -> Self {
        Self {
            fields: Fields::default(),
            values: Values::default(),
            events: Events { decoder, read: 0, skipped: 0, excerpt: String::new() },
            json_lines: false,
            page: None,
            any_content: false,
            opening: String::new(),
        }
    }

    fn line(&mut self, line: &[u8], limit: usize, out: &mut Vec<StreamEvent>) -> Result<(), LineTooLong> {
        if let Some(page) = &mut self.page {
            let room = PAGE_LIMIT.saturating_sub(page.len());
            page.extend(b"\n".iter().chain(line).take(room));
            return Ok(());
        }
        let content = line.trim_ascii_start();
        let is_field = content.starts_with(b"data:") || content.starts_with(b"event:");
        let is_json = match content.first() {
            Some(b'{' | b'[') => true,
            Some(b']' | b',') if self.json_lines => true,
            Some(b'<') if !self.any_content => {
                self.page = Some(line.get(..line.len().min(PAGE_LIMIT)).unwrap_or_default().to_vec());
                return Ok(());
            }
            _ => false,
        };
        let is_content = !content.is_empty() && content.first() != Some(&b':');
        if !self.any_content && is_content && !is_field && !is_json {
            // Perhaps the words of a proxy: no event comes of them.
            self.opening = lossy(content).chars().take(200).collect();
        }
        self.any_content |= is_content;
        let events = &mut self.events;
        if self.values.is_open() && is_field {
            // A value that never closed must not swallow the events after it.
            events.skipped += u32::from(self.values.end().is_some());
        }
        if is_json || self.values.is_open() {
            if !self.values.is_open() && content.trim_ascii_end() == DONE.as_bytes() {
                events.push("message", DONE, out);
                return Ok(());
            }
            self.json_lines = true;
            return self.values.line(line, limit, |piece| match piece {
                Piece::Value(bytes) => events.push("message", &lossy(bytes), out),
                Piece::Broken(bytes) => events.skip(&lossy(bytes)),
            });
        }
        self.fields.line(line, |event| events.push(event.event, &event.data, out));
        if self.fields.held() > limit { Err(LineTooLong { limit }) } else { Ok(()) }
    }

    fn problem(&self) -> Option<ApiError> {
        if let Some(page) = &self.page {
            let page = String::from_utf8_lossy(page);
            let title = error::page_title(&page).unwrap_or_default();
            let mut error = ApiError::new(ErrorClass::NotAStream, title);
            error.detail = Some(page.into_owned());
            return Some(error);
        }
        if self.events.read > 0 {
            return None;
        }
        if !self.any_content {
            return Some(ApiError::new(ErrorClass::Empty, ""));
        }
        let words = [&self.events.excerpt, &self.opening].into_iter().find(|words| !words.is_empty());
        Some(ApiError::new(ErrorClass::Protocol, words.cloned().unwrap_or_default()))
    }
}

impl Events {
    fn push(&mut self, name: &str, data: &str, out: &mut Vec<StreamEvent>) {
        if data.trim() == DONE {
            self.read += 1;
            self.decoder.done();
            return;
        }
        match self.decoder.event(name, data, out) {
            Verdict::Read => self.read += 1,
            Verdict::Unknown => {}
            // Empty data keeps a line alive.
            Verdict::Skipped if data.trim().is_empty() => {}
            Verdict::Skipped | Verdict::Dropped => self.skip(data),
        }
    }

    fn skip(&mut self, data: &str) {
        self.skipped += 1;
        if self.excerpt.is_empty() {
            self.excerpt = data.chars().take(200).collect();
        }
    }
}

/// Most compatible hosts speak this one dialect; the decoders of all others are fetched later.
#[derive(Debug)]
enum DialectDecoder {
    OpenaiChat(openai_chat::Decoder),
    Other(Box<dyn Decode>),
}

impl DialectDecoder {
    fn new(dialect: Dialect, quirks: Quirks) -> Self {
        match other(dialect) {
            Some(decoder) => Self::Other(decoder),
            None => Self::OpenaiChat(openai_chat::Decoder::new(quirks)),
        }
    }

    fn event(&mut self, name: &str, data: &str, out: &mut Vec<StreamEvent>) -> Verdict {
        // Each event of each dialect is an object.
        let Ok(event @ Json::Object(_)) = Json::read(data) else { return Verdict::Skipped };
        match self {
            Self::OpenaiChat(decoder) => decoder.event(name, &event, out),
            Self::Other(decoder) => decoder.event(name, &event, out),
        }
    }

    fn done(&mut self) {
        match self {
            Self::OpenaiChat(decoder) => decoder.done(),
            Self::Other(decoder) => decoder.done(),
        }
    }

    fn is_complete(&self) -> bool {
        match self {
            Self::OpenaiChat(decoder) => decoder.is_complete(),
            Self::Other(decoder) => decoder.is_complete(),
        }
    }

    /// The body is over: what a decoder saved for the end comes out.
    fn end(&mut self, out: &mut Vec<StreamEvent>) {
        match self {
            Self::OpenaiChat(decoder) => decoder.end(out),
            Self::Other(decoder) => decoder.end(out),
        }
    }
}
