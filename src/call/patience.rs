//! Silence, judged by two clocks.

/// A moment, on both clocks, in whole milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Now {
    /// The monotonic clock: all durations come from it.
    pub ms: u64,
    /// The wall clock (since 1970). Read only to notice sleep and to understand HTTP dates.
    pub wall_ms: u64,
}

/// The wall clock ran ahead of the monotonic one by at least this: the computer slept...
const SLEEP_MS: u64 = 10_000;
/// ...and by more than this: somebody set the clock.
const CLOCK_SET_MS: u64 = 30 * 24 * 3_600_000;
/// Nobody looked at the clock for this long, though a call asks for it every 15 s and a hidden page's timers ring
/// every 60 s: the page stood still, or the computer slept with its monotonic clock running.
const STOOD_MS: u64 = 90_000;
/// After a sleep, what still lies in the socket has this long to arrive.
const GRACE_MS: u64 = 15_000;

/// How long the other side has been silent.
#[derive(Clone, Debug)]
pub struct Patience {
    heard_ms: u64,
    slept_ms: u64,
    not_before_ms: u64,
    /// For how long nobody looked, in all, by a clock that went on.
    stood_ms: u64,
}

impl Patience {
    pub fn new(now_ms: u64) -> Self {
        Self { heard_ms: now_ms, slept_ms: 0, not_before_ms: 0, stood_ms: 0 }
    }

    /// A byte came.
    pub fn heard(&mut self, now_ms: u64) {
        *self = Self { stood_ms: self.stood_ms, ..Self::new(now_ms) };
    }

    /// Time went on from `before` to `now`; notices when the computer slept in between.
    ///
    /// Some monotonic clocks stop during sleep. A wall clock that was set looks the same, so a live
    /// stream gets a moment to show that it is alive before the longer silence counts.
    pub fn advance(&mut self, before: Now, now: Now) {
        let ran = now.ms.saturating_sub(before.ms);
        let ahead = now.wall_ms.saturating_sub(before.wall_ms).saturating_sub(ran);
        if (SLEEP_MS..CLOCK_SET_MS).contains(&ahead) {
            self.slept_ms = self.slept_ms.saturating_add(ahead);
            self.not_before_ms = now.ms.saturating_add(GRACE_MS);
        }
        if ran >= STOOD_MS {
            self.stood_ms = self.stood_ms.saturating_add(ran);
            self.not_before_ms = now.ms.saturating_add(GRACE_MS);
        }
    }

    /// When an attempt has lasted `limit_ms`; what nobody was awake for does not count.
    pub fn lasts_until(&self, sent_ms: u64, limit_ms: u64) -> u64 {
        sent_ms.saturating_add(limit_ms).saturating_add(self.stood_ms)
    }

    /// The moment at which the silence has lasted `limit_ms`, on the monotonic clock.
    pub fn ends_at(&self, limit_ms: u64) -> u64 {
        self.heard_ms.saturating_add(limit_ms).saturating_sub(self.slept_ms).max(self.not_before_ms)
    }

    /// The length of the silence so far.
    pub fn silent_for(&self, now_ms: u64) -> u64 {
        now_ms.saturating_sub(self.heard_ms).saturating_add(self.slept_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patience_after(gap_wall_ms: u64) -> Patience {
        let mut patience = Patience::new(1_000);
        let before = Now { ms: 2_000, wall_ms: 50_000 };
        patience.advance(before, Now { ms: 3_000, wall_ms: 50_000 + gap_wall_ms });
        patience
    }

    #[test]
    fn sleep_counts_as_silence_after_a_moment_of_grace() {
        let check = |gap, ends_at| assert_eq!(patience_after(gap).ends_at(120_000), ends_at, "{gap}");
        check(1_000, 121_000);
        // An hour asleep: the silence is over as soon as the grace is.
        check(3_600_000, 18_000);
        // Half a minute asleep.
        check(31_000, 91_000);
        // A year: the clock was set, nobody slept.
        check(365 * 24 * 3_600_000, 121_000);
    }

    #[test]
    fn a_page_that_stood_still_first_looks_at_what_has_come() {
        let after = |ran: u64| {
            let mut patience = Patience::new(1_000);
            let at = |ms| Now { ms, wall_ms: ms };
            patience.advance(at(2_000), at(2_000 + ran));
            (patience.ends_at(120_000), patience.lasts_until(0, 3_600_000))
        };
        // A hidden page's timer, as late as it may be.
        assert_eq!(after(75_000), (121_000, 3_600_000));
        assert_eq!(after(3_600_000), (3_617_000, 7_200_000));
    }

    #[test]
    fn a_wall_clock_set_back_changes_nothing() {
        let mut patience = Patience::new(0);
        patience.advance(Now { ms: 5, wall_ms: u64::MAX }, Now { ms: 6, wall_ms: 0 });
        assert_eq!(patience.ends_at(100), 100);
    }
}
