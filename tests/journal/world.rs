//! A page, a disk, and what happens to both in simulated time.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::common::Random;
use tutti::{
    grid::{
        comparison::{Comparison, Id, ReplyId, RoundId, reply::End, round::Prompt},
        journal::{HOLD_MS, Journal, Next, Ticket, recover},
        record::{Act, Batch, Key, Store, Whole, answer, comparison, round, segment},
        settings::PanelSettings,
    },
    model::{
        answer::Answer,
        catalog,
        event::{Delta, StreamEvent},
        json::Json,
    },
};

pub const ID: Id = Id(9);
/// The most text that may be lost, in milliseconds.
pub const MAY_LOSE_MS: u64 = 250;

/// A database in memory.
#[derive(Clone, Default)]
pub struct Disk(pub BTreeMap<Key, Json<'static>>);

impl Disk {
    pub fn apply(&mut self, batch: &Batch) {
        for act in &batch.acts {
            match act {
                Act::Put(key, record) => drop(self.0.insert(*key, record.clone())),
                Act::Delete(key) => drop(self.0.remove(key)),
                Act::Clear(id) => self.0.retain(|key, _| !matches!(key, Key::Segment(of, _) if of == id)),
                Act::Remove(id) => self.0.retain(|key, _| key.comparison() != *id),
            }
        }
    }

    /// What the next page finds, and what it writes at once.
    pub fn open(&self) -> (Whole, Batch) {
        let (segments, records): (Vec<_>, Vec<_>) =
            self.0.clone().into_iter().partition(|(key, _)| key.store() == Store::Segments);
        let mut whole = Whole::of_records(records).expect("the store opens");
        let repair = recover(&mut whole, segments);
        (whole, repair)
    }
}

/// How a page lives.
#[derive(Clone, Copy)]
pub struct Life {
    pub panels: usize,
    pub rounds: usize,
    /// It is hidden from the beginning: its timers fire once a minute.
    pub is_hidden: bool,
    pub hold_ms: u64,
    /// The longest pause between two pieces, in milliseconds.
    pub pause_ms: usize,
    /// How long each answer takes to come, in milliseconds.
    pub answer_ms: u64,
    /// The longest transaction.
    pub commit_ms: usize,
}

pub const USUAL: Life = Life {
    panels: 8,
    rounds: 3,
    is_hidden: false,
    hold_ms: HOLD_MS,
    pause_ms: 60,
    answer_ms: 1500,
    commit_ms: 70,
};

/// A page in simulated time, a millisecond a step.
pub struct World {
    pub life: Life,
    pub random: Random,
    pub now: u64,
    pub journal: Journal,
    pub comparison: Comparison,
    pub disk: Disk,
    /// What is certain to survive a loss of power: as of the last strict transaction.
    pub strict: Disk,
    pub under_way: Option<(u64, Batch)>,
    /// A timer that was asked for.
    pub timer: Option<u64>,
    /// Calls that wait for their ticket.
    pub unsent: Vec<(Ticket, ReplyId)>,
    pub calls: HashMap<ReplyId, Call>,
    pub commits: usize,
    /// All transactions so far.
    pub told: Vec<Batch>,
}

/// One call: what came, and when.
pub struct Call {
    pub ends_at: u64,
    pub next_at: u64,
    pub came: Vec<(u64, usize)>,
    pub answer: Answer,
    pub is_over: bool,
}

impl World {
    pub fn new(life: Life, seed: u64) -> Self {
        let mut comparison = Comparison::new(ID, 0);
        for _ in 0..life.panels {
            comparison.add_column(PanelSettings::new(catalog::simulated(), "m"));
        }
        Self {
            life,
            random: Random(seed),
            now: 0,
            journal: Journal::new(life.hold_ms),
            comparison,
            disk: Disk::default(),
            strict: Disk::default(),
            under_way: None,
            timer: None,
            unsent: Vec::new(),
            calls: HashMap::new(),
            commits: 0,
            told: Vec::new(),
        }
    }

    /// One batch for all that a round changes.
    pub fn records(&self, round: RoundId) -> Batch {
        Batch::of([
            (Key::Head(ID), comparison::Head::of(&self.comparison).to_json()),
            (Key::Comparison(ID), comparison::to_json(&self.comparison)),
            (Key::Round(ID, round), round::to_json(self.comparison.round(round).unwrap())),
        ])
    }

    pub fn ask(&mut self) {
        let columns: Vec<_> = self.comparison.columns().iter().map(|column| column.id).collect();
        let number = self.comparison.rounds().len();
        let prompt = Prompt::text(format!("prompt {number}"));
        let round = self.comparison.ask(self.comparison.tip(), prompt, &columns).unwrap();
        let begin = |comparison: &mut Comparison, column| {
            let sent = comparison.past(column, round);
            comparison.begin(round, column, sent, None).unwrap()
        };
        let replies: Vec<_> = columns.into_iter().map(|column| begin(&mut self.comparison, column)).collect();
        let ticket = self.journal.begin(ID, &replies, self.records(round).strict());
        self.unsent.extend(replies.into_iter().map(|reply| (ticket, reply)));
    }

    pub fn is_running(&self) -> bool {
        !self.unsent.is_empty() || self.calls.values().any(|call| !call.is_over)
    }

    pub fn step(&mut self) {
        self.now += 1;
        let now = self.now;
        let mut has_happened = false;
        if self.under_way.as_ref().is_some_and(|(done_at, _)| *done_at <= now) {
            let (_, batch) = self.under_way.take().unwrap();
            self.disk.apply(&batch);
            self.told.push(batch.clone());
            if batch.is_strict {
                self.strict = self.disk.clone();
            }
            self.journal.done();
            has_happened = true;
            let (sent, unsent) =
                self.unsent.drain(..).partition(|(ticket, _)| self.journal.is_written(*ticket));
            self.unsent = unsent;
            let sent: Vec<(Ticket, ReplyId)> = sent;
            for (_, reply) in sent {
                let took = self.life.answer_ms / 2 + self.random.next() % self.life.answer_ms.max(1);
                let (came, answer) = (Vec::new(), Answer::default());
                let call = Call { ends_at: now + took, next_at: now + 1, came, answer, is_over: false };
                self.calls.insert(reply, call);
            }
        }
        if !self.is_running() && self.comparison.rounds().len() < self.life.rounds {
            self.ask();
            has_happened = true;
        }
        has_happened |= self.pieces();
        // Timers of a hidden page fire once a minute.
        let ticks = !self.life.is_hidden || now.is_multiple_of(60_000);
        has_happened |= ticks && self.timer.is_some_and(|at| at <= now);
        if !has_happened {
            return;
        }
        self.timer = None;
        match self.journal.next(now) {
            Next::Write(batch) => {
                let took = 1 + self.random.below(self.life.commit_ms) as u64;
                self.commits += 1;
                self.under_way = Some((now + took, batch));
            }
            Next::At(at) => self.timer = Some(at),
            Next::Nothing => {}
        }
    }

    /// What comes in this millisecond.
    pub fn pieces(&mut self) -> bool {
        let due = self
            .calls
            .iter()
            .filter(|(_, call)| !call.is_over && call.next_at <= self.now)
            .map(|(id, _)| *id);
        let mut due: Vec<_> = due.collect();
        due.sort_unstable();
        for id in &due {
            let call = self.calls.get_mut(id).unwrap();
            if call.ends_at <= self.now {
                call.is_over = true;
                let answer = call.answer.clone();
                self.comparison.reply_mut(*id).unwrap().over(End::Finished, &answer);
                let mut batch = self.records(id.round);
                batch.join(Batch::of([(Key::Answer(ID, *id), answer::to_json(&answer))]));
                self.journal.end(ID, *id, batch);
                continue;
            }
            call.next_at = self.now + 1 + self.random.below(self.life.pause_ms) as u64;
            let piece = StreamEvent::Delta(Delta::Text(format!("{} ", self.now)));
            call.answer.apply(&piece);
            call.came.push((self.now, call.answer.text.len()));
            self.journal.push(ID, *id, &[piece], self.now);
        }
        !due.is_empty()
    }

    /// The page is gone. A transaction that was under way counts or does not.
    pub fn kill(&mut self) -> Disk {
        let mut disk = self.disk.clone();
        if let Some((_, batch)) = self.under_way.as_ref().filter(|_| self.random.below(2) == 0) {
            disk.apply(batch);
        }
        disk
    }

    /// Holds what was found against what was sent and came. How much was lost at most, in milliseconds.
    pub fn check(&self, disk: &Disk) -> u64 {
        let mut lost = 0;
        if disk.0.is_empty() {
            assert!(self.calls.is_empty(), "something was sent that nobody wrote down");
            return 0;
        }
        // What is unfinished is known without reading any comparison.
        let segments = disk.0.iter().filter(|(key, _)| key.store() == Store::Segments);
        let pieces = segments.flat_map(|(_, record)| segment::from_json(record.clone()).unwrap());
        let coming: BTreeSet<ReplyId> = pieces.map(|(reply, _)| reply).collect();
        let has_ended = |id: &ReplyId| disk.0.contains_key(&Key::Answer(ID, *id));
        for id in self.calls.keys().filter(|id| !has_ended(id)) {
            assert!(coming.contains(id), "nothing says that {id:?} was coming");
        }
        let is_over = !coming.is_empty() && coming.iter().all(has_ended);
        assert!(!is_over, "answers that have all ended are said to be coming");
        let (whole, repair) = disk.open();
        for (id, call) in &self.calls {
            let round = whole.comparison.round(id.round).expect("no prompt is lost");
            assert_eq!(round.prompt, self.comparison.round(id.round).unwrap().prompt);
            let reply = whole.comparison.reply(*id).expect("nor what was asked with it");
            assert_eq!(reply.sent, self.comparison.reply(*id).unwrap().sent);
            let text = &whole.answers[id].text;
            assert!(call.answer.text.starts_with(text.as_str()), "words in another order");
            let is_whole = text.len() == call.answer.text.len();
            assert!(is_whole || reply.end == End::Cut, "half an answer is not finished");
            let missing = call.came.iter().find(|(_, length)| *length > text.len());
            lost = lost.max(missing.map_or(0, |(came, _)| self.now - came));
        }
        assert!(whole.comparison.rounds().iter().all(|round| {
            round.cells.iter().all(|cell| cell.versions.iter().all(|reply| reply.end != End::Open))
        }));
        // The next page finds the same, and has nothing left to do.
        let mut mended = disk.clone();
        mended.apply(&repair);
        assert_eq!(mended.open(), (whole, Batch::default()));
        lost
    }
}
