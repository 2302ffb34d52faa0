//! Scripted servers in simulated time, and a driver as the engine's loop is.

use std::{cmp::Reverse, collections::BinaryHeap};

use tutti::{
    call::{
        Call, Input, Limits, Need, Now,
        field::OptionalFields,
        phase::{Phase, PhaseKind, Transition},
        queue::{CallId, Class, Outcome, Queue, QueueSettings},
    },
    model::{
        answer::Answer,
        error::{ApiError, ErrorClass},
        event::StreamEvent,
        http::{BaseUrl, Origin},
        provider::{Dialect, Quirks},
    },
};

pub use super::exchange::{End, Exchange};
use super::store::Store;

/// Stands in the agenda for the store.
const STORE: usize = usize::MAX;

/// A call with its server.
pub struct Player {
    pub call: Call,
    pub answer: Answer,
    pub events: usize,
    /// Events that nobody has taken yet.
    pub news: Vec<StreamEvent>,
    /// What each attempt left out, and when it was sent.
    pub sent: Vec<(u64, OptionalFields)>,
    /// Bytes of the last attempt's body that arrived.
    pub delivered: usize,
    pub origin: Origin,
    pub limit: u16,
    pub class: Class,
    /// One for each attempt; the last one repeats.
    pub script: Vec<Exchange>,
    /// When the person comes.
    pub starts_ms: u64,
    pub stops_ms: Option<u64>,
    seen: usize,
    under_way: Need,
    pending: Option<(u64, Happening)>,
    step: usize,
    waits_in_line: bool,
    holds_slot: bool,
    next_visit: Option<u64>,
}

#[derive(Clone, Debug)]
enum Happening {
    Headers,
    NoConnection,
    Bytes,
    End,
}

impl Player {
    pub fn new(dialect: Dialect, limits: Limits, seed: u64, script: Vec<Exchange>) -> Self {
        let base = BaseUrl::from_static("https://api.example.com");
        Self {
            call: Call::new(dialect, Quirks::default(), limits, seed, Now { ms: 0, wall_ms: WALL_MS }),
            answer: Answer::default(),
            events: 0,
            news: Vec::new(),
            sent: Vec::new(),
            delivered: 0,
            origin: base.origin(),
            limit: 32,
            class: Class::Interactive,
            script,
            starts_ms: 0,
            stops_ms: None,
            seen: 0,
            under_way: Need::Nothing,
            pending: None,
            step: 0,
            waits_in_line: false,
            holds_slot: false,
            next_visit: None,
        }
    }

    fn exchange(&self) -> &Exchange {
        let attempt = self.sent.len().saturating_sub(1).min(self.script.len() - 1);
        &self.script[attempt]
    }

    pub fn kinds(&self) -> Vec<PhaseKind> {
        self.call.log().iter().map(|transition| transition.phase).collect()
    }

    pub fn error(&self) -> Option<&ApiError> {
        self.call.phase().error()
    }

    /// The waits between an attempt's failure and the next one's place in line.
    pub fn waits(&self) -> Vec<u64> {
        let log = self.call.log();
        let backoff = |pair: &&[Transition]| pair[0].phase == PhaseKind::Backoff;
        log.windows(2).filter(backoff).map(|pair| pair[1].at_ms - pair[0].at_ms).collect()
    }
}

/// Everything that happens, in order of time.
pub struct World {
    pub now: Now,
    pub queue: Queue,
    pub players: Vec<Player>,
    /// When the computer sleeps, and how long by the wall clock; the monotonic clock stands.
    pub sleeps: Option<(u64, u64)>,
    /// The monotonic clock goes on while it sleeps.
    pub counts_sleep: bool,
    /// Timers ring only at multiples of this, as a hidden page's do.
    pub timers_ms: u64,
    pub store: Option<Store>,
    agenda: BinaryHeap<Reverse<(u64, usize)>>,
}

impl World {
    pub fn new(settings: QueueSettings, mut players: Vec<Player>) -> Self {
        let mut agenda = BinaryHeap::new();
        for (index, player) in players.iter_mut().enumerate() {
            player.next_visit = Some(player.starts_ms);
            agenda.push(Reverse((player.starts_ms, index)));
        }
        Self {
            now: Now { ms: 0, wall_ms: WALL_MS },
            queue: Queue::new(settings),
            players,
            sleeps: None,
            counts_sleep: false,
            timers_ms: 1,
            store: None,
            agenda,
        }
    }

    /// Runs until every call is over.
    pub fn run(mut self) -> Self {
        while let Some(Reverse((at, index))) = self.agenda.pop() {
            if index == STORE {
                self.tell_time(at);
                self.keep();
                continue;
            }
            // What was planned has been planned anew since.
            if self.players[index].next_visit.take_if(|planned| *planned == at).is_none() {
                continue;
            }
            self.tell_time(at);
            self.visit(index);
            self.keep();
        }
        for player in &self.players {
            assert!(player.call.phase().is_over(), "a call never ends: {:?}", player.call.phase());
            assert!(!player.holds_slot, "a slot did not come back");
            assert_eq!(self.queue.load(&player.origin).0, 0, "the queue counts a slot that is free");
        }
        self
    }

    fn tell_time(&mut self, at: u64) {
        let passed = at.saturating_sub(self.now.ms);
        self.now = Now { ms: self.now.ms + passed, wall_ms: self.now.wall_ms + passed };
        if let Some((_, asleep_ms)) = self.sleeps.take_if(|(from, _)| *from <= at) {
            self.now.wall_ms += asleep_ms;
            if self.counts_sleep {
                self.now.ms += asleep_ms;
            }
        }
    }

    /// What has come is handed to the store, as the page does with each piece.
    fn keep(&mut self) {
        let Some(store) = &mut self.store else { return };
        let came = self.players.iter_mut().enumerate().map(|(index, player)| {
            (index, std::mem::take(&mut player.news), player.call.phase().is_over().then_some(&player.answer))
        });
        let next = store.keep(came, self.now.ms, self.timers_ms);
        self.agenda.extend(next.map(|at| Reverse((at, STORE))));
    }

    /// One turn of the loop that drives one call: at most one input, then what it needs next.
    fn visit(&mut self, index: usize) {
        let now = self.now;
        let player = &mut self.players[index];
        if player.stops_ms.take_if(|at| *at <= now.ms).is_some() {
            player.handle(Input::Stop, now);
        } else if let Some((_, happening)) = player.pending.take_if(|(at, _)| *at <= now.ms) {
            player.meet(&happening, now);
        } else if player
            .call
            .wake_at()
            .is_some_and(|at| at <= now.ms && now.ms.is_multiple_of(self.timers_ms))
        {
            player.handle(Input::Tick, now);
        }
        self.settle(index);
    }

    /// Makes what the call needs so: the slot, the fetch, the next look at the clock.
    fn settle(&mut self, index: usize) {
        let player = &mut self.players[index];
        let need = player.call.need();
        if player.holds_slot && !need.keeps_slot() {
            player.holds_slot = false;
            self.queue.release(CallId(index as u64), player.call.outcome());
        }
        if player.waits_in_line && need != Need::Slot {
            player.waits_in_line = false;
            self.queue.release(CallId(index as u64), Outcome::Neutral);
        }
        if need == Need::Slot && !player.waits_in_line {
            player.waits_in_line = true;
            self.queue.request(CallId(index as u64), &player.origin, player.limit, player.class);
        }
        self.start_what_is_needed(index);
        for CallId(granted) in self.queue.granted() {
            let index = granted as usize;
            let player = &mut self.players[index];
            player.waits_in_line = false;
            player.holds_slot = true;
            player.handle(Input::SlotGranted, self.now);
            assert!(player.call.need().keeps_slot());
            self.start_what_is_needed(index);
        }
        for player in &self.players[index..=index] {
            let (active, limit) = self.queue.load(&player.origin);
            let most = if player.origin.is_plain_http() { 6 } else { player.limit };
            assert!(active <= most && limit <= most, "{active} of {limit} calls to {}", player.origin);
        }
    }

    fn start_what_is_needed(&mut self, index: usize) {
        let now_ms = self.now.ms;
        let player = &mut self.players[index];
        let need = player.call.need();
        if need != player.under_way {
            player.pending = None;
            player.under_way = need;
            if let Need::Headers { attempt, without } = need {
                player.sent.push((now_ms, without));
                assert_eq!(player.sent.len(), attempt as usize, "attempts are sent once each");
                (player.step, player.delivered) = (0, 0);
            }
        }
        if player.pending.is_none() {
            let exchange = player.exchange();
            player.pending = match need {
                Need::Headers { .. } if exchange.status.is_none() => {
                    Some((now_ms + exchange.connect_ms, Happening::NoConnection))
                }
                Need::Headers { .. } => Some((now_ms + exchange.connect_ms, Happening::Headers)),
                Need::Body { .. } => match (exchange.pieces.get(player.step), exchange.end) {
                    (Some((after_ms, _)), _) => Some((now_ms + after_ms, Happening::Bytes)),
                    (None, End::Silence) => None,
                    (None, _) => Some((now_ms, Happening::End)),
                },
                Need::Slot | Need::Time | Need::Nothing => None,
            };
        }
        let pending = player.pending.as_ref().map(|(at, _)| *at);
        let stop = player.stops_ms.filter(|_| need != Need::Nothing);
        let timer = player.call.wake_at().map(|at| at.max(now_ms).next_multiple_of(self.timers_ms));
        let next = [pending, timer, stop].into_iter().flatten().min();
        let next = next.map(|at| at.max(now_ms));
        if next != player.next_visit {
            player.next_visit = next;
            self.agenda.extend(next.map(|at| Reverse((at, index))));
        }
    }
}

/// 2026-08-01T00:00:00Z
pub const WALL_MS: u64 = 1_785_542_400_000;

impl Player {
    fn meet(&mut self, happening: &Happening, now: Now) {
        let exchange = self.exchange().clone();
        let lost = |text| Input::Broken(ApiError::new(ErrorClass::NetworkOrCors, text));
        let input = match happening {
            Happening::Headers => {
                Input::Headers { status: exchange.status.unwrap_or_default(), headers: &exchange.headers }
            }
            Happening::NoConnection => lost("Failed to fetch"),
            Happening::Bytes => {
                let (_, bytes) = &exchange.pieces[self.step];
                self.step += 1;
                self.delivered += bytes.len();
                Input::Bytes(bytes)
            }
            Happening::End if exchange.end == End::Reset => lost("network error"),
            Happening::End => Input::End,
        };
        self.handle(input, now);
    }

    /// Feeds one input and holds the laws that are true at every moment.
    fn handle(&mut self, input: Input, now: Now) {
        let was_over = self.call.phase().is_over();
        let mut events = Vec::new();
        self.call.handle(input, now, &mut events);
        assert!(!was_over || events.is_empty(), "an answer goes on after its end");
        self.events += events.len();
        events.iter().for_each(|event| self.answer.apply(event));
        self.news.append(&mut events);
        self.check_log();
        if self.call.phase().kind() == PhaseKind::Backoff || self.call.phase().kind() == PhaseKind::Queued {
            assert_eq!(self.events, 0, "a retry after something was heard");
        }
    }

    fn check_log(&mut self) {
        let log = self.call.log();
        for pair in log[self.seen.saturating_sub(1)..].windows(2) {
            assert!(is_legal(pair[0].phase, pair[1].phase), "{:?} to {:?}", pair[0].phase, pair[1].phase);
            assert!(pair[0].at_ms <= pair[1].at_ms && pair[0].attempt <= pair[1].attempt);
        }
        self.seen = log.len();
        assert_eq!(log.last().map(|last| last.phase), Some(self.call.phase().kind()));
    }
}

pub fn is_legal(from: PhaseKind, to: PhaseKind) -> bool {
    use PhaseKind::*;
    match from {
        Queued => matches!(to, Connecting | Stopped),
        Connecting => matches!(to, Waiting | Backoff | Failed | Stopped),
        // To `Connecting`: once more without the field that was refused.
        Waiting => !matches!(to, Queued | Waiting),
        Streaming => matches!(to, Finished | Truncated | Stopped),
        Backoff => matches!(to, Queued | Stopped),
        Finished | Truncated | Stopped | Failed => false,
    }
}

/// One call to a scripted server, to its end.
pub fn play(script: Vec<Exchange>) -> Player {
    play_with(Dialect::OpenaiChat, Limits::default(), script)
}

pub fn play_with(dialect: Dialect, limits: Limits, script: Vec<Exchange>) -> Player {
    play_alone(Player::new(dialect, limits, 1, script))
}

pub fn play_alone(player: Player) -> Player {
    let mut world = World::new(QueueSettings::default(), vec![player]).run();
    world.players.remove(0)
}

/// How a call ended, in one word and with the class of its error.
pub fn ended(player: &Player) -> String {
    let class = player.error().map_or(String::new(), |error| format!(" {:?}", error.class));
    match player.call.phase() {
        Phase::Finished(reason) => format!("Finished {:?}", reason.unified),
        phase => format!("{:?}{class}", phase.kind()),
    }
}
