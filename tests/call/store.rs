//! The journal over a database in memory, beside calls in simulated time.

use std::collections::BTreeMap;

use super::common::Random;
use tutti::{
    grid::{
        comparison::{ColumnId, Id, ReplyId, RoundId},
        journal::{Journal, Next},
        record::{Act, Batch, Key, answer, segment},
    },
    model::{
        answer::Answer,
        event::{Delta, StreamEvent},
    },
};

const ID: Id = Id(1);
/// The longest transaction, in milliseconds.
const COMMIT_MS: usize = 120;

pub struct Store {
    journal: Journal,
    random: Random,
    under_way: Option<(u64, Batch)>,
    /// For each call: when its text had which length, of what is not written yet.
    came: BTreeMap<u32, Vec<(u64, usize)>>,
    length: BTreeMap<u32, usize>,
    written: BTreeMap<u32, String>,
    ended: BTreeMap<u32, bool>,
    /// The longest that a piece lay in the page's memory alone.
    pub worst_ms: u64,
}

fn reply(call: u32) -> ReplyId {
    ReplyId { round: RoundId(0), column: ColumnId(call), version: 0 }
}

fn text_of(events: &[StreamEvent]) -> String {
    let texts = events.iter().filter_map(|event| match event {
        StreamEvent::Delta(Delta::Text(text)) => Some(text.as_str()),
        _ => None,
    });
    texts.collect()
}

impl Store {
    pub fn new(hold_ms: u64) -> Self {
        Self {
            journal: Journal::new(hold_ms),
            random: Random(7),
            under_way: None,
            came: BTreeMap::new(),
            length: BTreeMap::new(),
            written: BTreeMap::new(),
            ended: BTreeMap::new(),
            worst_ms: 0,
        }
    }

    /// What is written of a call, whole answers as well as pieces.
    pub fn text(&self, call: usize) -> &str {
        self.written.get(&(call as u32)).map_or("", String::as_str)
    }

    /// Takes what came, and goes on. When it wants to be asked again.
    pub fn keep<'a>(
        &mut self,
        came: impl Iterator<Item = (usize, Vec<StreamEvent>, Option<&'a Answer>)>,
        now_ms: u64,
        timers_ms: u64,
    ) -> Option<u64> {
        if self.under_way.as_ref().is_some_and(|(done_ms, _)| *done_ms <= now_ms) {
            let (_, batch) = self.under_way.take()?;
            self.write(&batch, now_ms);
            self.journal.done();
        }
        for (call, events, whole) in came {
            let call = call as u32;
            if self.ended.contains_key(&call) {
                continue;
            }
            if !events.is_empty() {
                let length = self.length.entry(call).or_default();
                *length += text_of(&events).len();
                self.came.entry(call).or_default().push((now_ms, *length));
                self.journal.push(ID, reply(call), &events, now_ms);
            }
            if let Some(whole) = whole {
                let record = (Key::Answer(ID, reply(call)), answer::to_json(whole));
                self.journal.end(ID, reply(call), Batch::of([record]));
                self.ended.insert(call, true);
            }
        }
        match self.journal.next(now_ms) {
            Next::Write(batch) => {
                let done_ms = now_ms + 1 + self.random.below(COMMIT_MS) as u64;
                self.under_way = Some((done_ms, batch));
                Some(done_ms)
            }
            // A database is no timer: its answers come when they come.
            Next::At(at_ms) => Some(at_ms.next_multiple_of(timers_ms)),
            Next::Nothing => None,
        }
    }

    fn write(&mut self, batch: &Batch, now_ms: u64) {
        for act in &batch.acts {
            let Act::Put(key, record) = act else { continue };
            match key {
                Key::Segment(..) => {
                    for (reply, events) in segment::from_json(record.clone()).unwrap() {
                        let before = self.text(reply.column.0 as usize).to_owned();
                        self.is_written(reply.column.0, before + &text_of(&events), now_ms);
                    }
                }
                _ => {
                    self.is_written(key.numbers()[1], answer::from_json(record.clone()).unwrap().text, now_ms)
                }
            }
        }
    }

    fn is_written(&mut self, call: u32, text: String, now_ms: u64) {
        let length = text.len();
        self.written.insert(call, text);
        if let Some(came) = self.came.get_mut(&call) {
            let oldest = came.iter().filter(|(_, to)| *to <= length).map(|(at, _)| now_ms - at).max();
            self.worst_ms = self.worst_ms.max(oldest.unwrap_or_default());
            came.retain(|(_, to)| *to > length);
        }
    }
}
