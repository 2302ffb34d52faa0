//! A journal and a sink that remember everything.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use futures::future::LocalBoxFuture;
use tutti::{
    call::{
        Call, Phase, Summary,
        phase::{PhaseKind, Transition},
        queue::CallId,
    },
    engine::{
        ask::Notes,
        transport::{AttemptEnd, Clock, Journal, ReplySink},
    },
    model::{
        answer::Answer,
        event::StreamEvent,
        http::{Headers, HttpRequest},
    },
};

use super::{Log, VirtualClock};

/// What the journal was told of one call.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    BeforeSend { id: CallId, attempt: u32 },
    Sent { id: CallId, attempt: u32, now_ms: u64 },
    Headers { id: CallId, attempt: u32, status: u16, now_ms: u64 },
    Chunk { id: CallId, attempt: u32, bytes: Vec<u8>, now_ms: u64 },
    End { id: CallId, attempt: u32, end: AttemptEnd, now_ms: u64 },
}

/// Remembers what it is told; its commits may take a while.
pub struct Recorder {
    pub(super) clock: Rc<VirtualClock>,
    pub commit_ms: Cell<u64>,
    pub entries: RefCell<Vec<Entry>>,
    pub(super) log: Log,
}

impl Entry {
    pub fn call(&self) -> CallId {
        match self {
            Self::BeforeSend { id, .. }
            | Self::Sent { id, .. }
            | Self::Headers { id, .. }
            | Self::Chunk { id, .. }
            | Self::End { id, .. } => *id,
        }
    }
}

impl Recorder {
    /// How the attempts of one call ended, in order; each that was sent ends once.
    pub fn ends(&self, call: CallId) -> Vec<(u32, AttemptEnd)> {
        let entries = self.entries.borrow();
        let ends = entries.iter().filter_map(|entry| match entry {
            Entry::End { id, attempt, end, .. } if *id == call => Some((*attempt, *end)),
            _ => None,
        });
        ends.collect()
    }

    /// The bytes of one call's attempt, and when they came.
    pub fn chunks(&self, call: CallId, of_attempt: u32) -> Vec<(u64, Vec<u8>)> {
        let entries = self.entries.borrow();
        let chunks = entries.iter().filter_map(|entry| match entry {
            Entry::Chunk { id, attempt, bytes, now_ms } if *id == call && *attempt == of_attempt => {
                Some((*now_ms, bytes.clone()))
            }
            _ => None,
        });
        chunks.collect()
    }
}

impl Journal for Recorder {
    fn before_send(&self, id: CallId, attempt: u32, _: &HttpRequest) -> LocalBoxFuture<'static, ()> {
        self.entries.borrow_mut().push(Entry::BeforeSend { id, attempt });
        self.log.borrow_mut().push("asked to commit".to_owned());
        let (clock, log) = (Rc::clone(&self.clock), Rc::clone(&self.log));
        let committed_ms = clock.ms() + self.commit_ms.get();
        Box::pin(async move {
            clock.sleep_until(committed_ms).await;
            log.borrow_mut().push("committed".to_owned());
        })
    }

    fn sent(&self, id: CallId, attempt: u32, now_ms: u64) {
        self.entries.borrow_mut().push(Entry::Sent { id, attempt, now_ms });
    }

    fn end(&self, id: CallId, attempt: u32, end: AttemptEnd, now_ms: u64) {
        self.entries.borrow_mut().push(Entry::End { id, attempt, end, now_ms });
    }

    fn headers(&self, id: CallId, attempt: u32, status: u16, _: &Headers, now_ms: u64) {
        self.entries.borrow_mut().push(Entry::Headers { id, attempt, status, now_ms });
    }

    fn chunk(&self, id: CallId, attempt: u32, bytes: &[u8], now_ms: u64) {
        self.entries.borrow_mut().push(Entry::Chunk { id, attempt, bytes: bytes.to_owned(), now_ms });
    }
}

/// What a person would have seen of one reply.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    pub answer: Answer,
    /// Every phase that was shown, without what it carries.
    pub phases: Vec<PhaseKind>,
    pub phase: Option<Phase>,
    pub log: Vec<Transition>,
    pub summary: Summary,
    /// What was said of each request before it was sent.
    pub notes: Vec<Notes>,
    /// How often something was to be drawn.
    pub applied: usize,
    pub last_ms: u64,
}

#[derive(Default)]
pub struct Sink(pub(super) RefCell<Seen>);

impl ReplySink for Sink {
    fn sending(&self, notes: &Notes) {
        self.0.borrow_mut().notes.push(notes.clone());
    }

    fn apply(&self, events: &[StreamEvent], call: &Call, now_ms: u64) {
        let mut seen = self.0.borrow_mut();
        events.iter().for_each(|event| seen.answer.apply(event));
        if seen.phases.last() != Some(&call.phase().kind()) {
            seen.phases.push(call.phase().kind());
        }
        assert!(seen.last_ms <= now_ms, "time goes back");
        seen.phase = Some(call.phase().clone());
        seen.log = call.log().to_vec();
        seen.summary = call.summary(now_ms);
        seen.applied += 1;
        seen.last_ms = now_ms;
    }
}
