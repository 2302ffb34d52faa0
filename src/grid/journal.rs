//! What is written when, so that nothing is lost: the rules of the journal, without a database and without a
//! clock.
//!
//! - Before a request is sent, the prompt and what the request is made of are on the disk: they are
//!   put as a strict batch, and the request waits for its ticket. With them a segment that says which replies
//!   are coming ([`begin`](Journal::begin)): a comparison that has segments is one that is unfinished.
//! - What comes is appended as segments, numbered for each comparison: one for a transaction, with what came of
//!   all its replies. So what writing costs follows the disk too, and not the streams. Nothing that was written
//!   is written again.
//! - One transaction is under way at a time, for all replies. When it is done, the next takes whatever came
//!   meanwhile: so the number of transactions follows the disk, not the streams.
//! - A page that is seen may [`hold`](Journal::hold_ms) pieces for a moment, to write fewer times. A hidden
//!   one must not: browsers stretch its timers to a minute ("Heavy throttling of chained JS timers", Chrome
//!   88), and may end it without a word. Nothing else here waits for a timer, and nothing for a frame.
//! - When a reply ends, its whole answer is written; what the segments hold of it counts no more. With the last
//!   of a comparison's replies its segments are cleared, in the same transaction, and counted from 0 again.
//!
//! So a page that is killed loses at most what came while the last transaction was on its way, and while it
//! held: less than 250 ms where a transaction takes 75 ms.

use std::collections::BTreeMap;

use super::{
    comparison::{
        Id, ReplyId,
        reply::{End, Reply},
    },
    record::{
        Act, Batch, Key, Whole, answer, comparison, round,
        segment::{self, Piece},
    },
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
    coming: BTreeMap<Id, Coming>,
    /// The last ticket that was given, that is under way, and that is written.
    given: u64,
    under_way: Option<u64>,
    written: u64,
}

/// What is still coming of a comparison.
#[derive(Debug, Default)]
struct Coming {
    /// The number of its next segment.
    next: u32,
    /// Each reply that has not ended, and what is not written of it.
    replies: BTreeMap<ReplyId, Vec<StreamEvent>>,
    /// When the first of these events came.
    since_ms: Option<u64>,
}

impl Coming {
    fn segment(&mut self, comparison: Id, pieces: &[Piece]) -> Act {
        let key = Key::Segment(comparison, self.next);
        self.next += 1;
        Act::Put(key, segment::to_json(pieces))
    }

    /// What came since it was asked last; nothing where replies have ended since.
    fn take(&mut self) -> Vec<Piece> {
        self.since_ms = None;
        let waiting = self.replies.iter_mut().filter(|(_, events)| !events.is_empty());
        waiting.map(|(reply, events)| (*reply, std::mem::take(events))).collect()
    }
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

    /// These replies are coming, which `batch` tells more of.
    pub fn begin(&mut self, comparison: Id, replies: &[ReplyId], mut batch: Batch) -> Ticket {
        let pieces: Vec<Piece> = replies.iter().map(|reply| (*reply, Vec::new())).collect();
        batch.acts.push(self.announce(comparison, &pieces));
        self.put(batch)
    }

    /// All of a comparison is put anew, `batch`, with all that has come of what is still coming: in the place of
    /// what its segments hold, and of what waits, in one transaction.
    pub fn begin_anew(&mut self, comparison: Id, pieces: &[Piece], mut batch: Batch) -> Ticket {
        self.coming.remove(&comparison);
        batch.acts.insert(0, Act::Clear(comparison));
        if !pieces.is_empty() {
            batch.acts.push(self.announce(comparison, pieces));
        }
        self.put(batch)
    }

    fn announce(&mut self, comparison: Id, pieces: &[Piece]) -> Act {
        let coming = self.coming.entry(comparison).or_default();
        for (reply, _) in pieces {
            coming.replies.entry(*reply).or_default();
        }
        coming.segment(comparison, pieces)
    }

    /// A piece of a reply has come: to be called before it is shown.
    pub fn push(&mut self, comparison: Id, reply: ReplyId, events: &[StreamEvent], now_ms: u64) {
        if events.is_empty() {
            return;
        }
        let coming = self.coming.entry(comparison).or_default();
        coming.since_ms.get_or_insert(now_ms);
        let known = coming.replies.entry(reply).or_default();
        events.iter().for_each(|event| segment::push(known, event));
    }

    /// A reply has ended: its answer, and whatever else changes with that, in the place of its pieces.
    pub fn end(&mut self, comparison: Id, reply: ReplyId, mut batch: Batch) -> Ticket {
        let is_last = self.coming.get_mut(&comparison).is_none_or(|coming| {
            coming.replies.remove(&reply);
            coming.replies.is_empty()
        });
        if is_last {
            self.coming.remove(&comparison);
            batch.acts.push(Act::Clear(comparison));
        }
        self.put(batch)
    }

    /// That comparison goes, with all that was to be written of it.
    pub fn remove(&mut self, comparison: Id) -> Ticket {
        self.coming.remove(&comparison);
        self.put(Batch { is_strict: true, acts: vec![Act::Remove(comparison)] })
    }

    /// What to do now. To be asked after everything that happens.
    pub fn next(&mut self, now_ms: u64) -> Next {
        if self.under_way.is_some() {
            return Next::Nothing;
        }
        let waiting = self.coming.values().filter_map(|coming| coming.since_ms);
        let due_ms = waiting.map(|since_ms| since_ms.saturating_add(self.hold_ms)).min();
        match due_ms {
            _ if !self.ready.is_empty() => {}
            None => return Next::Nothing,
            Some(due_ms) if now_ms < due_ms => return Next::At(due_ms),
            Some(_) => {}
        }
        let batch = self.take();
        if batch.is_empty() {
            // All of it has ended meanwhile.
            return Next::Nothing;
        }
        self.under_way = Some(self.given);
        Next::Write(batch)
    }

    /// All that waits, also for a transaction that is under way: a database does them one after the other. Then
    /// [`Journal::flushed`] or [`Journal::put_back`].
    pub fn flush(&mut self) -> (Batch, Ticket) {
        (self.take(), Ticket(self.given))
    }

    fn take(&mut self) -> Batch {
        let mut batch = std::mem::take(&mut self.ready);
        for (id, coming) in &mut self.coming {
            let pieces = coming.take();
            if !pieces.is_empty() {
                batch.acts.push(coming.segment(*id, &pieces));
            }
        }
        batch
    }

    /// What was put up to then is written.
    pub fn flushed(&mut self, ticket: Ticket) {
        self.written = self.written.max(ticket.0);
    }

    /// The transaction is complete.
    pub fn done(&mut self) {
        self.written = self.written.max(self.under_way.take().unwrap_or_default());
    }

    /// It was not: nothing of it was written, and it stands before all that came since.
    pub fn failed(&mut self, batch: Batch) {
        self.under_way = None;
        self.put_back(batch);
    }

    /// What was taken is to be written after all, before what came since.
    pub fn put_back(&mut self, batch: Batch) {
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
        let is_read = self.coming.values().all(|coming| coming.since_ms.is_none());
        self.under_way.is_none() && self.ready.is_empty() && is_read
    }
}

/// What the segments of a comparison, in any order, add up to for each reply in them. A segment that is missing
/// or damaged ends it: what came before is kept.
pub fn answers_so_far(segments: impl IntoIterator<Item = (u32, Json<'static>)>) -> BTreeMap<ReplyId, Answer> {
    let sorted: BTreeMap<u32, Json<'static>> = segments.into_iter().collect();
    let mut answers: BTreeMap<ReplyId, Answer> = BTreeMap::new();
    for (expected, (number, record)) in (0..).zip(sorted) {
        let pieces = segment::from_json(record).ok().filter(|_| number == expected);
        let Some(pieces) = pieces else { break };
        for (reply, events) in pieces {
            let answer = answers.entry(reply).or_default();
            events.iter().for_each(|event| answer.apply(event));
        }
    }
    answers
}

/// Ends what was still coming when the page ended: the texts are made of their segments, and stand as
/// incomplete unless the provider's own mark of the end is among them. Nothing is sent again. What is returned
/// makes the records so.
///
/// Only for whoever holds the comparison's lock: elsewhere the replies may still be coming.
pub fn recover(whole: &mut Whole, segments: Vec<(Key, Json<'static>)>) -> Batch {
    let id = whole.comparison.id;
    let own = segments.into_iter().filter_map(|(key, record)| match key {
        Key::Segment(of, number) if of == id => Some((number, record)),
        _ => None,
    });
    let own: Vec<(u32, Json<'static>)> = own.collect();
    let mut repair = Batch::default();
    if !own.is_empty() {
        repair.acts.push(Act::Clear(id));
    }
    let mut so_far = answers_so_far(own);
    for reply in open_replies(whole) {
        let so_far = so_far.remove(&reply).unwrap_or_default();
        // Its answer may be written already, and only the round not yet.
        let answer = whole.answers.remove(&reply).unwrap_or(so_far);
        if let Some(known) = whole.comparison.reply_mut(reply) {
            end(known, &answer);
        }
        repair.acts.push(Act::Put(Key::Answer(id, reply), answer::to_json(&answer)));
        whole.answers.insert(reply, answer);
        whole.comparison.choose_words(reply);
    }
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
