//! Under which heading of a list a comparison stands: today, yesterday, the week, then month by month.

/// A day in local time, counted from 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(i64);

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 86_400_000;

/// A heading. Sorted, the first comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Group {
    Pinned,
    Today,
    Yesterday,
    /// Two to six days ago.
    Week,
    /// The year, and the month from 1 on.
    Month(i32, u32),
}

impl Day {
    /// `offset` is how many minutes the local time is ahead of UTC at that moment.
    pub fn of(epoch_ms: u64, offset: i32) -> Self {
        let ms = i64::try_from(epoch_ms).unwrap_or(i64::MAX / 2);
        Self(ms.saturating_add(i64::from(offset) * MINUTE_MS).div_euclid(DAY_MS))
    }

    /// What is in the future, by a clock that was set back, counts as today.
    pub fn group(self, today: Self) -> Group {
        match today.0.saturating_sub(self.0) {
            ..=0 => Group::Today,
            1 => Group::Yesterday,
            2..=6 => Group::Week,
            _ => {
                let (year, month) = self.month();
                Group::Month(year, month)
            }
        }
    }

    /// The civil calendar from a count of days (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms",
    /// `civil_from_days`).
    fn month(self) -> (i32, u32) {
        let days = self.0.saturating_add(719_468);
        let era = days.div_euclid(146_097);
        let of_era = days.rem_euclid(146_097);
        let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let from_march = (5 * of_year + 2) / 153;
        let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        (i32::try_from(year).unwrap_or(i32::MAX), u32::try_from(month).unwrap_or(1))
    }
}

impl Group {
    /// A number that no other heading has.
    pub fn number(self) -> u32 {
        match self {
            Self::Pinned => 0,
            Self::Today => 1,
            Self::Yesterday => 2,
            Self::Week => 3,
            Self::Month(year, month) => {
                u32::try_from(year).unwrap_or_default().wrapping_mul(12).wrapping_add(month).wrapping_add(4)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-03-01 00:30 in Seoul, 9 hours ahead of UTC.
    const NOW: u64 = 1_772_292_600_000;
    const HOUR: u64 = 3_600_000;

    #[test]
    fn a_day_ends_at_midnight_where_the_person_is() {
        let today = Day::of(NOW, 540);
        let group = |ms| Day::of(ms, 540).group(today);
        assert_eq!(group(NOW), Group::Today);
        assert_eq!(group(NOW + 48 * HOUR), Group::Today, "a clock was set back");
        assert_eq!(group(NOW - HOUR), Group::Yesterday);
        assert_eq!(group(NOW - 24 * HOUR), Group::Yesterday);
        assert_eq!(group(NOW - 25 * HOUR), Group::Week);
        assert_eq!(group(NOW - 6 * 24 * HOUR), Group::Week);
        assert_eq!(group(NOW - 7 * 24 * HOUR), Group::Month(2026, 2));
        // An hour before, it is still February in London.
        assert_eq!(Day::of(NOW, 0).month(), (2026, 2));
    }

    #[test]
    fn months_follow_the_calendar() {
        let month = |days: i64| Day(days).month();
        assert_eq!(
            [month(0), month(30), month(31), month(58), month(59)],
            [(1970, 1), (1970, 1), (1970, 2), (1970, 2), (1970, 3)]
        );
        // 2000 was a leap year, 2100 is none.
        assert_eq!([month(11_016), month(11_017)], [(2000, 2), (2000, 3)]);
        assert_eq!([month(47_540), month(47_541)], [(2100, 2), (2100, 3)]);
        assert_eq!(Day::of(0, -60).month(), (1969, 12));
    }

    #[test]
    fn each_heading_has_a_number_of_its_own() {
        let months = (2020..2030).flat_map(|year| (1..=12).map(move |month| Group::Month(year, month)));
        let mut numbers: Vec<u32> = [Group::Pinned, Group::Today, Group::Yesterday, Group::Week]
            .into_iter()
            .chain(months)
            .map(Group::number)
            .collect();
        let count = numbers.len();
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), count);
    }
}
