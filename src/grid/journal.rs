//! What is written when, so that nothing is lost: the rules of the journal, without a database and without a
//! clock.
//!
//! - Before a request is sent, the prompt and what the request is made of are on the disk: they are
//!   [`put`](Journal::put) as a strict batch, and the request waits for its ticket. With them an empty segment
//!   ([`begin`]) for each reply: a reply that has segments is one that has not ended.
//! - What comes is appended as segments, numbered for each reply; nothing that was written is written again.
//! - One transaction is under way at a time, for all replies. When it is done, the next takes whatever came
//!   meanwhile: so the number of transactions follows the disk, not the streams.
//! - A page that is seen may [`hold`](Journal::hold_ms) pieces for a moment, to write fewer times. A hidden
//!   one must not: browsers stretch its timers to a minute ("Heavy throttling of chained JS timers", Chrome
//!   88), and may end it without a word. Nothing else here waits for a timer, and nothing for a frame.
//! - When a reply ends, its whole answer is written and its segments are cleared, in one transaction.
//!
//! So a page that is killed loses at most what came while the last transaction was on its way, and while it
//! held: less than 250 ms where a transaction takes 75 ms.

use std::collections::BTreeMap;

use super::{
    comparison::{
        Id, ReplyId,
        reply::{End, Reply},
    },
    record::{Act, Batch, Key, Whole, answer, comparison, round, segment},
};
use crate::model::{
    answer::Answer,
    event::{Finish, StreamEvent},
    json::Json,
};

/// How long a page that is seen holds pieces back, in milliseconds.
pub const HOLD_MS: u64 = 100;

/// What is still to be written.
#[derive(Debug, Default)]
pub struct Journal {
    /// See the module: [`HOLD_MS`] while the page is seen, 0 while it is hidden.
    pub hold_ms: u64,
    ready: Batch,
    coming: BTreeMap<(Id, ReplyId), Coming>,
    /// The last ticket that was given, that is under way, and that is written.
    given: u64,
    under_way: Option<u64>,
    written: u64,
}

/// A reply that is still coming.
#[derive(Debug, Default)]
struct Coming {
    /// The number of its next segment.
    next: u32,
    events: Vec<StreamEvent>,
    /// When the first of these events came.
    since_ms: u64,
}

/// Stands for what was put: it is written once [`Journal::is_written`] says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ticket(u64);

/// What the page does next.
#[derive(Clone, Debug, PartialEq)]
pub enum Next {
    /// One transaction; then [`Journal::done`] or [`Journal::failed`].
    Write(Batch),
    /// Ask again at that time, on the monotonic clock, or when something happens before.
    At(u64),
    Nothing,
}

impl Journal {
    pub fn new(hold_ms: u64) -> Self {
        Self { hold_ms, ..Self::default() }
    }

    /// To be written at the next opportunity, after what was put before.
    pub fn put(&mut self, batch: Batch) -> Ticket {
        self.ready.join(batch);
        self.given += 1;
        Ticket(self.given)
    }

    /// A piece of a reply has come: to be called before it is shown.
    pub fn push(&mut self, comparison: Id, reply: ReplyId, events: &[StreamEvent], now_ms: u64) {
        let coming = self.coming.entry((comparison, reply)).or_default();
        if coming.events.is_empty() {
            coming.since_ms = now_ms;
        }
        events.iter().for_each(|event| segment::push(&mut coming.events, event));
    }

    /// A reply has ended: its answer, and whatever else changes with that, in the place of its segments.
    pub fn end(&mut self, comparison: Id, reply: ReplyId, batch: Batch) -> Ticket {
        self.coming.remove(&(comparison, reply));
        let mut batch = batch;
        batch.acts.push(Act::Clear(comparison, reply));
        self.put(batch)
    }

    /// That comparison goes, with all that was to be written of it.
    pub fn remove(&mut self, comparison: Id) -> Ticket {
        self.coming.retain(|(id, _), _| *id != comparison);
        self.put(Batch { is_strict: true, acts: vec![Act::Remove(comparison)] })
    }

    /// What to do now. To be asked after everything that happens.
    pub fn next(&mut self, now_ms: u64) -> Next {
        if self.under_way.is_some() {
            return Next::Nothing;
        }
        let waiting = self.coming.values().filter(|coming| !coming.events.is_empty());
        let due_ms = waiting.map(|coming| coming.since_ms.saturating_add(self.hold_ms)).min();
        match due_ms {
            _ if !self.ready.is_empty() => {}
            None => return Next::Nothing,
            Some(due_ms) if now_ms < due_ms => return Next::At(due_ms),
            Some(_) => {}
        }
        let mut batch = std::mem::take(&mut self.ready);
        for ((id, reply), coming) in &mut self.coming {
            if !coming.events.is_empty() {
                let key = Key::Segment(*id, *reply, coming.next);
                batch.acts.push(Act::Put(key, segment::to_json(&coming.events)));
                coming.events.clear();
                coming.next += 1;
            }
        }
        self.under_way = Some(self.given);
        Next::Write(batch)
    }

    /// The transaction is complete.
    pub fn done(&mut self) {
        self.written = self.under_way.take().unwrap_or(self.written);
    }

    /// It was not: nothing of it was written, and it stands before all that came since.
    pub fn failed(&mut self, batch: Batch) {
        self.under_way = None;
        let later = std::mem::replace(&mut self.ready, batch);
        self.ready.join(later);
    }

    /// Stands for all that was put so far.
    pub fn last(&self) -> Ticket {
        Ticket(self.given)
    }

    pub fn is_written(&self, ticket: Ticket) -> bool {
        ticket.0 <= self.written
    }

    /// Nothing is under way, and nothing is left to write.
    pub fn is_idle(&self) -> bool {
        let is_read = self.coming.values().all(|coming| coming.events.is_empty());
        self.under_way.is_none() && self.ready.is_empty() && is_read
    }
}

/// Says that a reply is coming, before anything of it has come: the first segment, in whose place the first piece
/// will be. So the segments tell which comparisons are unfinished, however many there are.
pub fn begin(comparison: Id, reply: ReplyId) -> Act {
    Act::Put(Key::Segment(comparison, reply, 0), segment::to_json(&[]))
}

/// What the segments of one reply add up to, in any order. A segment that is missing or damaged ends it: what
/// came before is kept.
pub fn answer_so_far(segments: impl IntoIterator<Item = (u32, Json<'static>)>) -> Answer {
    let sorted: BTreeMap<u32, Json<'static>> = segments.into_iter().collect();
    let mut answer = Answer::default();
    for (expected, (number, record)) in (0..).zip(sorted) {
        let events = segment::from_json(record).ok().filter(|_| number == expected);
        let Some(events) = events else { break };
        events.iter().for_each(|event| answer.apply(event));
    }
    answer
}

/// Ends what was still coming when the page ended: the texts are made of their segments, and stand as
/// incomplete unless the provider's own mark of the end is among them. Nothing is sent again. What is returned
/// makes the records so.
///
/// Only for whoever holds the comparison's lock: elsewhere the replies may still be coming.
pub fn recover(whole: &mut Whole, segments: Vec<(Key, Json<'static>)>) -> Batch {
    let mut pieces: BTreeMap<ReplyId, Vec<(u32, Json<'static>)>> = BTreeMap::new();
    for (key, record) in segments {
        if let Key::Segment(id, reply, number) = key
            && id == whole.comparison.id
        {
            pieces.entry(reply).or_default().push((number, record));
        }
    }
    let id = whole.comparison.id;
    let mut repair = Batch::default();
    for reply in open_replies(whole) {
        let pieces = pieces.remove(&reply).unwrap_or_default();
        // Its answer may be written already, and only the round not yet.
        let answer = whole.answers.remove(&reply).unwrap_or_else(|| answer_so_far(pieces));
        if let Some(known) = whole.comparison.reply_mut(reply) {
            end(known, &answer);
        }
        repair.acts.push(Act::Put(Key::Answer(id, reply), answer::to_json(&answer)));
        repair.acts.push(Act::Clear(id, reply));
        whole.answers.insert(reply, answer);
        whole.comparison.choose_words(reply);
    }
    // Their replies have ended: they should not be there.
    repair.acts.extend(pieces.keys().map(|reply| Act::Clear(id, *reply)));
    let mut rounds: Vec<_> = repair.acts.iter().filter_map(round_of).collect();
    rounds.dedup();
    for round in rounds.into_iter().filter_map(|id| whole.comparison.round(id)) {
        repair.acts.push(Act::Put(Key::Round(id, round.id), round::to_json(round)));
    }
    if !repair.is_empty() {
        let head = comparison::Head::of(&whole.comparison).to_json();
        repair.acts.push(Act::Put(Key::Head(id), head));
    }
    repair
}

fn round_of(act: &Act) -> Option<super::comparison::RoundId> {
    match act {
        Act::Put(Key::Answer(_, reply), _) => Some(reply.round),
        _ => None,
    }
}

fn open_replies(whole: &Whole) -> Vec<ReplyId> {
    let mut open = Vec::new();
    for round in whole.comparison.rounds() {
        for cell in &round.cells {
            for (version, reply) in (0..).zip(&cell.versions) {
                if reply.end == End::Open {
                    open.push(ReplyId { round: round.id, column: cell.column, version });
                }
            }
        }
    }
    open
}

fn end(reply: &mut Reply, answer: &Answer) {
    let end = match (&answer.finish, &answer.error) {
        (_, Some(error)) => {
            reply.error = Some(Box::new(error.clone()));
            if answer.is_empty() { End::Failed } else { End::Truncated }
        }
        (Some(finish), None) if finish.unified == Finish::Length => End::Length,
        (Some(_), None) => End::Finished,
        (None, None) => End::Cut,
    };
    reply.over(end, answer);
}
