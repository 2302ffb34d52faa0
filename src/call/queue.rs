//! Slots by origin: who may open a connection now, and who waits.

use crate::model::{http::Origin, table::Table};

/// Names a call in the queue; the caller counts them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CallId(pub u64);

/// Who goes first. Within a class and an origin: who came first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Somebody looks at it.
    Interactive,
    /// One of many, in a batch.
    Batch,
}

/// What the use of a slot has shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Success,
    RateLimited,
    /// Nothing about how much the origin can bear.
    Neutral,
}

/// How many calls may be open at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueueSettings {
    /// To all origins together.
    pub total: usize,
    /// To one origin; `None`: each provider's own number.
    pub per_origin: Option<u16>,
}

impl Default for QueueSettings {
    fn default() -> Self {
        Self { total: 256, per_origin: None }
    }
}

/// The most that any setting allows to one origin over HTTP/2.
const MOST_PER_ORIGIN: u16 = 256;
/// Browsers open six HTTP/1.1 connections to an origin; more requests would wait unseen.
const PLAIN_HTTP: u16 = 6;
/// After so many good answers, an origin that said "too many" gets one more slot.
const SUCCESSES_PER_SLOT: u32 = 10;

/// All calls that wait for a slot or hold one. Pure bookkeeping: who was granted a slot is asked
/// for with [`Queue::granted`] after every change.
#[derive(Debug, Default)]
pub struct Queue {
    settings: QueueSettings,
    lanes: Table<Origin, Lane>,
    /// Where each call stands.
    calls: Table<CallId, Place>,
    active: usize,
    next_ticket: u64,
    grants: u64,
}

/// One origin.
#[derive(Debug)]
struct Lane {
    provider_limit: u16,
    /// The lower limit since the origin said "too many".
    lowered: Option<u16>,
    /// Grants before this one have no say in lowering it again.
    lowered_at: u64,
    successes: u32,
    active: u16,
    waiting: Table<Ticket, CallId>,
}

/// The order of the line.
type Ticket = (Class, u64);

#[derive(Clone, Debug)]
struct Place {
    origin: Origin,
    stand: Stand,
}

#[derive(Clone, Copy, Debug)]
enum Stand {
    Waits(Ticket),
    /// By which grant, counted over all calls.
    Holds(u64),
}

impl Queue {
    pub fn new(settings: QueueSettings) -> Self {
        Self { settings, ..Self::default() }
    }

    /// New numbers hold from now on; slots already given stay.
    pub fn configure(&mut self, settings: QueueSettings) {
        self.settings = settings;
    }

    /// Puts a call in line. A call that already waits or holds a slot stays where it is.
    pub fn request(&mut self, id: CallId, origin: &Origin, provider_limit: u16, class: Class) {
        if self.calls.contains_key(&id) {
            return;
        }
        if !self.lanes.contains_key(origin) {
            self.lanes.insert(origin.clone(), Lane::new(provider_limit));
        }
        let Some(lane) = self.lanes.get_mut(origin) else { return };
        lane.provider_limit = provider_limit;
        let ticket = (class, self.next_ticket);
        self.next_ticket += 1;
        lane.waiting.insert(ticket, id);
        self.calls.insert(id, Place { origin: origin.clone(), stand: Stand::Waits(ticket) });
    }

    /// The call leaves: its slot comes back, or its place in line is given up.
    pub fn release(&mut self, id: CallId, outcome: Outcome) {
        let Some(place) = self.calls.remove(&id) else { return };
        let Some(lane) = self.lanes.get_mut(&place.origin) else { return };
        match place.stand {
            Stand::Waits(ticket) => {
                lane.waiting.remove(&ticket);
            }
            Stand::Holds(grant) => {
                lane.active = lane.active.saturating_sub(1);
                self.active = self.active.saturating_sub(1);
                lane.learn(outcome, grant, self.grants, lane.ceiling(&place.origin, self.settings));
            }
        }
    }

    /// Gives every free slot to whoever is next, and says to whom.
    pub fn granted(&mut self) -> Vec<CallId> {
        let mut granted = Vec::new();
        while self.active < self.settings.total.max(1) {
            // The first in line whose origin has room: a full origin holds up no other.
            let settings = self.settings;
            let next =
                self.lanes.iter_mut().filter(|(origin, lane)| lane.active < lane.limit(origin, settings));
            let next = next.filter_map(|(_, lane)| Some((lane.waiting.first()?.0, lane)));
            let Some((_, lane)) = next.min_by_key(|(ticket, _)| *ticket) else { break };
            let Some((_, id)) = lane.waiting.pop_first() else { break };
            lane.active += 1;
            self.active += 1;
            if let Some(place) = self.calls.get_mut(&id) {
                place.stand = Stand::Holds(self.grants);
            }
            self.grants += 1;
            granted.push(id);
        }
        granted
    }

    /// How many calls to the same origin go before this one; `None` when it does not wait.
    pub fn position(&self, id: CallId) -> Option<usize> {
        let place = self.calls.get(&id)?;
        match place.stand {
            Stand::Waits(ticket) => self.lanes.get(&place.origin)?.waiting.place(&ticket).ok(),
            Stand::Holds(_) => None,
        }
    }

    /// Slots in use, and the most that may be now, for one origin.
    pub fn load(&self, origin: &Origin) -> (u16, u16) {
        self.lanes.get(origin).map_or((0, 0), |lane| (lane.active, lane.limit(origin, self.settings)))
    }
}

impl Lane {
    fn new(provider_limit: u16) -> Self {
        Self { provider_limit, lowered: None, lowered_at: 0, successes: 0, active: 0, waiting: Table::new() }
    }

    /// The limit as it is set.
    fn ceiling(&self, origin: &Origin, settings: QueueSettings) -> u16 {
        let most = if origin.is_plain_http() { PLAIN_HTTP } else { MOST_PER_ORIGIN };
        settings.per_origin.unwrap_or(self.provider_limit).clamp(1, most)
    }

    /// The limit as it is now.
    fn limit(&self, origin: &Origin, settings: QueueSettings) -> u16 {
        let ceiling = self.ceiling(origin, settings);
        self.lowered.map_or(ceiling, |lowered| lowered.min(ceiling))
    }

    fn learn(&mut self, outcome: Outcome, grant: u64, grants: u64, ceiling: u16) {
        match outcome {
            // A burst of refusals says once that it is too many: only calls that were let in under
            // the lowered limit can lower it further.
            Outcome::RateLimited if grant >= self.lowered_at => {
                self.lowered = Some((self.lowered.unwrap_or(ceiling).min(ceiling) / 2).max(1));
                self.lowered_at = grants;
                self.successes = 0;
            }
            Outcome::Success => {
                let Some(lowered) = self.lowered else { return };
                self.successes += 1;
                if self.successes >= SUCCESSES_PER_SLOT {
                    self.successes = 0;
                    self.lowered = Some(lowered + 1).filter(|grown| *grown < ceiling);
                }
            }
            Outcome::RateLimited | Outcome::Neutral => {}
        }
    }
}
