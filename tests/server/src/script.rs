//! An answer step by step: bytes, waits, and an end.

use std::time::Duration;

use bytes::Bytes;

use crate::gzip;
use crate::replay::{End, Pace, Replay};

/// An answer, byte for byte and with its delays.
#[derive(Debug, Clone)]
pub struct Script {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub steps: Vec<Step>,
    pub end: End,
    /// The answer lacks what lets a page of another origin read it, though a preflight passes.
    pub is_hidden_from_pages: bool,
    /// A content length that is stated whatever is sent; otherwise none is.
    pub stated_length: Option<u64>,
    /// The step before which status and headers go out; none: they never do.
    pub(crate) head_at: Option<usize>,
    pub(crate) is_gzip: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// One chunk, flushed alone.
    Send(Bytes),
    /// The same chunk so many times, so that a large body needs little memory.
    Repeat(Bytes, u64),
    Wait(Duration),
    /// Waits until the test releases one step more through the mount.
    Release,
}

impl Script {
    pub fn new(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            steps: Vec::new(),
            end: End::Eof,
            is_hidden_from_pages: false,
            stated_length: None,
            head_at: Some(0),
            is_gzip: false,
        }
    }

    /// A 200 whose body is said to be server-sent events.
    pub fn sse() -> Self {
        Self::new(200).header("content-type", "text/event-stream; charset=utf-8")
    }

    /// Sets a header, in place of an earlier one of that name.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(other, _)| !other.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn send(self, chunk: impl Into<Vec<u8>>) -> Self {
        self.step(Step::Send(Bytes::from(chunk.into())))
    }

    /// Sends the same chunk so many times.
    pub fn repeat(self, chunk: impl Into<Vec<u8>>, times: u64) -> Self {
        self.step(Step::Repeat(Bytes::from(chunk.into()), times))
    }

    pub fn wait(self, time: Duration) -> Self {
        self.step(Step::Wait(time))
    }

    pub fn wait_for_release(self) -> Self {
        self.step(Step::Release)
    }

    pub fn step(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }

    pub fn end(mut self, end: End) -> Self {
        self.end = end;
        self
    }

    /// Status and headers go out only here; before, only waits are allowed.
    pub fn head_here(mut self) -> Self {
        assert!(self.sends_nothing(), "a body cannot come before its head");
        self.head_at = Some(self.steps.len());
        self
    }

    /// Nothing at all is answered: after the waits comes the end.
    pub fn without_head(mut self) -> Self {
        assert!(self.sends_nothing(), "a body cannot come without a head");
        self.head_at = None;
        self
    }

    /// No page of another origin can read the answer.
    pub fn hidden_from_pages(mut self) -> Self {
        self.is_hidden_from_pages = true;
        self
    }

    /// States a content length that need not be true.
    pub fn stated_length(mut self, bytes: u64) -> Self {
        self.stated_length = Some(bytes);
        self
    }

    /// Packs the body so far with gzip, each chunk readable as soon as it comes.
    pub fn gzip(self) -> Self {
        gzip::pack(self, true)
    }

    /// Packs the body so far with gzip, but leaves out how it ends.
    pub fn truncated_gzip(self) -> Self {
        gzip::pack(self, false)
    }

    /// Waits for the test where it would wait for time.
    pub fn waits_released(mut self) -> Self {
        for step in &mut self.steps {
            if matches!(step, Step::Wait(_)) {
                *step = Step::Release;
            }
        }
        self
    }

    /// All that it sends, as one. Not for bodies that are large on purpose.
    pub fn body(&self) -> Vec<u8> {
        let mut body = Vec::new();
        for step in &self.steps {
            match step {
                Step::Send(chunk) => body.extend_from_slice(chunk),
                Step::Repeat(chunk, times) => (0..*times).for_each(|_| body.extend_from_slice(chunk)),
                Step::Wait(_) | Step::Release => {}
            }
        }
        body
    }

    fn sends_nothing(&self) -> bool {
        self.steps.iter().all(|step| matches!(step, Step::Wait(_) | Step::Release))
    }
}

impl From<Replay> for Script {
    fn from(replay: Replay) -> Self {
        let mut script = Self::new(replay.status).end(replay.end);
        script.headers = replay.headers;
        let turn = |taken: usize| match replay.pace {
            Pace::Every(time) if taken > 0 => Some(Step::Wait(time)),
            Pace::Gated(at_once) if taken >= at_once => Some(Step::Release),
            Pace::AtOnce | Pace::Every(_) | Pace::Gated(_) => None,
        };
        let count = replay.chunks.len();
        for (taken, chunk) in replay.chunks.into_iter().enumerate() {
            script.steps.extend(turn(taken));
            script.steps.push(Step::Send(chunk));
        }
        // The end is a step of its own.
        script.steps.extend(turn(count));
        script
    }
}

/// What a mount answers, one after another; the last one repeats.
#[derive(Debug, Clone)]
pub struct Scripts(pub(crate) Vec<Script>);

impl<S: Into<Script>> From<S> for Scripts {
    fn from(script: S) -> Self {
        Self(vec![script.into()])
    }
}

impl<S: Into<Script>> From<Vec<S>> for Scripts {
    fn from(scripts: Vec<S>) -> Self {
        Self(scripts.into_iter().map(Into::into).collect())
    }
}
