//! When the form of the store must change so that older pages could not go on with it: a new database takes its
//! place, and the old one is kept for a while, in case the new one turns out to be wrong.

/// So long the old one is kept, in milliseconds: 30 days.
pub const KEPT_MS: u64 = 30 * 24 * 60 * 60 * 1000;
/// Less room than this, in bytes, is left for conversations: the old one goes.
pub const SCARCE: u64 = 32 << 20;

/// How far the new database is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum New {
    /// Something may be missing: nothing was copied, or the page ended before all was.
    Partial,
    /// All was there at that time, on the wall clock.
    Whole { since_ms: u64 },
}

/// What is to be done before the new database is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plan {
    Nothing,
    /// All of the old one is copied.
    Copy,
    /// There is no room for both: each comparison is taken from the old one once it is in the new one.
    Move,
    /// The old one goes.
    Drop,
}

/// `usage` and `quota` are the site's, in bytes, where the browser tells them: what the old database takes is
/// less than the first.
pub fn plan(has_old: bool, new: New, room: Option<(u64, u64)>, now_ms: u64) -> Plan {
    let free = room.map(|(usage, quota)| (usage, quota.saturating_sub(usage)));
    match new {
        _ if !has_old => Plan::Nothing,
        New::Partial => match free {
            Some((usage, free)) if free < usage.saturating_add(SCARCE) => Plan::Move,
            // Where the browser does not tell, there mostly is enough; where there is not, it stays partial.
            _ => Plan::Copy,
        },
        // A clock that was put back says nothing.
        New::Whole { since_ms } if now_ms >= since_ms.saturating_add(KEPT_MS) => Plan::Drop,
        New::Whole { .. } => match free {
            Some((_, free)) if free < SCARCE => Plan::Drop,
            _ => Plan::Nothing,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: u64 = 24 * 60 * 60 * 1000;
    const MB: u64 = 1 << 20;

    #[test]
    fn what_is_not_whole_is_copied_where_there_is_room_for_both() {
        let plan = |room| plan(true, New::Partial, room, 5 * DAY);
        assert_eq!(plan(None), Plan::Copy);
        assert_eq!(plan(Some((100 * MB, 1000 * MB))), Plan::Copy);
        assert_eq!(plan(Some((100 * MB, 232 * MB))), Plan::Copy);
        assert_eq!(plan(Some((100 * MB, 231 * MB))), Plan::Move);
        assert_eq!(plan(Some((100 * MB, 50 * MB))), Plan::Move);
        assert_eq!(plan(Some((u64::MAX, u64::MAX))), Plan::Move);
    }

    #[test]
    fn the_old_one_stays_for_thirty_days_or_until_room_is_scarce() {
        let at = |now_ms, room| plan(true, New::Whole { since_ms: 100 * DAY }, room, now_ms);
        assert_eq!(at(100 * DAY, None), Plan::Nothing);
        assert_eq!(at(130 * DAY - 1, Some((MB, 1000 * MB))), Plan::Nothing);
        assert_eq!(at(130 * DAY, Some((MB, 1000 * MB))), Plan::Drop);
        assert_eq!(at(101 * DAY, Some((980 * MB, 1000 * MB))), Plan::Drop);
        // A clock that was put back by years drops nothing.
        assert_eq!(at(0, None), Plan::Nothing);
    }

    #[test]
    fn nothing_is_done_where_nothing_is() {
        for new in [New::Partial, New::Whole { since_ms: 0 }] {
            assert_eq!(plan(false, new, Some((0, 0)), u64::MAX), Plan::Nothing);
        }
    }
}
