//! Whether to try again, and when.

use crate::{
    later::later,
    model::{
        error::{ApiError, ErrorClass},
        http::Headers,
        json::number,
    },
};

use super::limits::RetryLimits;

/// What the provider says about waiting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryAfter {
    Unsaid,
    /// There is a header, but it makes no sense.
    Unreadable,
    /// In milliseconds, as it says; 0 for a moment that is past.
    Ms(u64),
}

/// A refusal with this status may be tried again. `x-should-retry` decides where JavaScript may
/// read it, but never against a class that waiting cannot cure.
pub fn refusal_is_retryable(status: u16, class: ErrorClass, headers: &Headers) -> bool {
    use ErrorClass::{Auth, Blocked, Forbidden, Model, Quota, TooLong};
    if matches!(class, Auth | Forbidden | Model | Quota | TooLong | Blocked) {
        return false;
    }
    match headers.get("x-should-retry").map(str::trim) {
        Some("true") => true,
        Some("false") => false,
        _ => matches!(status, 408 | 409 | 429 | 500..=599),
    }
}

/// Reads `retry-after-ms`, then `retry-after`, then what the body said.
///
/// A moment is compared with the reply's own `date` where that may be read, else with `wall_ms`.
pub fn retry_after(headers: &Headers, body: &ApiError, wall_ms: u64) -> RetryAfter {
    let there = headers.get("date").and_then(http_date_ms).unwrap_or(wall_ms);
    let in_ms = headers.get("retry-after-ms");
    let plain = headers.get("retry-after");
    let from_headers = in_ms.and_then(|text| number(text, 1.0)).or_else(|| {
        let text = plain?;
        number(text, 1000.0).or_else(|| Some(http_date_ms(text)?.saturating_sub(there)))
    });
    let from_body = body.retry_after_ms.or_else(|| Some(body.retry_at_epoch_ms?.saturating_sub(there)));
    match from_headers.or(from_body) {
        Some(ms) => RetryAfter::Ms(ms),
        None if in_ms.or(plain).is_some() => RetryAfter::Unreadable,
        None => RetryAfter::Unsaid,
    }
}

impl RetryLimits {
    /// How long to wait before the next retry; `None` when it is not to be made.
    ///
    /// `waited_ms` is what this call has spent on waits so far, `retries` how many it has made.
    pub fn wait(&self, said: RetryAfter, retries: u32, waited_ms: u64, random: &mut Random) -> Option<u64> {
        if retries >= self.retries {
            return None;
        }
        let wait = match said {
            RetryAfter::Ms(ms) if ms > self.most_ms => return None,
            RetryAfter::Ms(ms) => ms.max(self.least_ms),
            RetryAfter::Unreadable => self.jittered(retries, random).max(self.least_ms),
            RetryAfter::Unsaid => self.jittered(retries, random),
        };
        (waited_ms.saturating_add(wait) <= self.waits_ms).then_some(wait)
    }

    /// "Full jitter": anything from nothing to a bound that doubles each time.
    fn jittered(&self, retries: u32, random: &mut Random) -> u64 {
        let doubled = self.base_ms.saturating_mul(1_u64.checked_shl(retries).unwrap_or(u64::MAX));
        random.up_to(doubled.min(self.cap_ms))
    }
}

/// A small generator (splitmix64) for spreading retries; its seed is passed in.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number from 0 to `most`, both included.
    pub fn up_to(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        match most.checked_add(1) {
            Some(count) => mixed % count,
            None => mixed,
        }
    }
}

/// A decimal number of some unit, in milliseconds; below zero counts as zero.
fn number(text: &str, unit_ms: f64) -> Option<u64> {
    let text = text.trim();
    let value = number::parse(text).filter(|_| !text.contains(['e', 'E']))?;
    // `as` saturates: a number beyond all measure is a very long wait.
    Some((value * unit_ms).ceil() as u64)
}

later! {
    /// The three date formats of HTTP (RFC 9110, section 5.6.7), read leniently, in milliseconds since 1970.
    "c101" fn http_date_ms(text: &str) -> Option<u64> {
        const MONTHS: [&str; 12] =
            ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
        let (mut day, mut month, mut year, mut seconds) = (None, None, None, None);
        for word in text.split([' ', ',', '-']).filter(|word| !word.is_empty()) {
            let name = word.to_ascii_lowercase();
            if let Some(index) = MONTHS.iter().position(|month| *month == name) {
                month = Some(index as i64 + 1);
            } else if word.contains(':') {
                seconds = Some(time_of_day(word)?);
            } else if let Ok(number) = word.parse::<i64>() {
                // The day comes before the year in all three.
                let place = if day.is_none() { &mut day } else { &mut year };
                *place = Some((number, word.len()));
            }
        }
        let (day, _) = day?;
        let year = match year? {
            // RFC 850: two digits, not more than 50 years ahead.
            (short, 2) => short + if short < 70 { 2000 } else { 1900 },
            (year, 4) => year,
            _ => return None,
        };
        if !(1..=31).contains(&day) {
            return None;
        }
        let days = days_since_1970(year, month?, day);
        u64::try_from((days * 86_400 + seconds?) * 1000).ok()
    } else {
        None
    }
}

fn time_of_day(text: &str) -> Option<i64> {
    let mut parts = text.split(':').map(|part| part.parse::<i64>().ok().filter(|n| (0..=60).contains(n)));
    let (hours, minutes, seconds) = (parts.next()??, parts.next()??, parts.next()??);
    Some(hours * 3600 + minutes * 60 + seconds)
}

/// Days of the Gregorian calendar; years are counted from March so that leap days come last.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    year * 365 + leap_days + (month * 153 + 2) / 5 + day - 1 - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sun, 06 Nov 1994 08:49:37 GMT
    const THEN_MS: u64 = 784_111_777_000;

    fn read(headers: &[(&str, &str)], body_ms: Option<u64>) -> RetryAfter {
        let body = ApiError { retry_after_ms: body_ms, ..ApiError::new(ErrorClass::RateLimit, "") };
        retry_after(&headers.iter().copied().collect(), &body, THEN_MS)
    }

    #[test]
    fn retry_after_is_read_in_all_its_spellings() {
        let check = |text, expected| assert_eq!(read(&[("Retry-After", text)], None), expected, "{text:?}");
        check("7", RetryAfter::Ms(7_000));
        check(" 1.5 ", RetryAfter::Ms(1_500));
        check("0", RetryAfter::Ms(0));
        check("-3", RetryAfter::Ms(0));
        check("99999999999999999999999999", RetryAfter::Ms(u64::MAX));
        check("Sun, 06 Nov 1994 08:49:50 GMT", RetryAfter::Ms(13_000));
        check("Sunday, 06-Nov-94 08:49:50 GMT", RetryAfter::Ms(13_000));
        check("Sun Nov  6 08:49:50 1994", RetryAfter::Ms(13_000));
        check("Sun, 06 Nov 1994 08:00:00 GMT", RetryAfter::Ms(0));
        check("Fri, 20 Nov 2099 20:00:00 GMT", RetryAfter::Ms(4_098_888_000_000 - THEN_MS));
        for garbage in
            ["soon", "", "1e9", "inf", "NaN", "7s", "--", "06 Nov", "Sun, 99 Nov 1994 08:00:00 GMT"]
        {
            check(garbage, RetryAfter::Unreadable);
        }
    }

    #[test]
    fn milliseconds_come_first_then_the_header_then_the_body() {
        let (ms, plain) = (("retry-after-ms", "1500"), ("retry-after", "9"));
        assert_eq!(read(&[plain, ms], Some(1)), RetryAfter::Ms(1_500));
        assert_eq!(read(&[plain, ("retry-after-ms", "x")], Some(1)), RetryAfter::Ms(9_000));
        assert_eq!(read(&[("retry-after", "x")], Some(800)), RetryAfter::Ms(800));
        assert_eq!(read(&[], Some(800)), RetryAfter::Ms(800));
        assert_eq!(read(&[], None), RetryAfter::Unsaid);
    }

    #[test]
    fn a_date_is_compared_with_the_servers_own_clock() {
        let said = ("retry-after", "Mon, 07 Nov 1994 00:00:05 GMT");
        assert_eq!(read(&[said, ("date", "Mon, 07 Nov 1994 00:00:00 GMT")], None), RetryAfter::Ms(5_000));
    }

    #[test]
    fn a_moment_in_the_body_is_a_wait_too() {
        let body =
            ApiError { retry_at_epoch_ms: Some(THEN_MS + 4_000), ..ApiError::new(ErrorClass::RateLimit, "") };
        assert_eq!(retry_after(&Headers::default(), &body, THEN_MS), RetryAfter::Ms(4_000));
        assert_eq!(retry_after(&Headers::default(), &body, THEN_MS + 9_000), RetryAfter::Ms(0));
    }

    #[test]
    fn calendar_days_are_counted_right() {
        let check = |y, m, d, days| assert_eq!(days_since_1970(y, m, d), days, "{y}-{m}-{d}");
        check(1970, 1, 1, 0);
        check(1972, 2, 29, 789);
        check(2000, 3, 1, 11_017);
        check(2100, 3, 1, 47_541);
    }

    #[test]
    fn waits_are_bounded() {
        let limits = RetryLimits::default();
        let check = |said, retries, waited, expected: Option<std::ops::RangeInclusive<u64>>| {
            for seed in 0..200 {
                let wait = limits.wait(said, retries, waited, &mut Random::new(seed));
                match &expected {
                    Some(range) => assert!(wait.is_some_and(|ms| range.contains(&ms)), "{said:?} {wait:?}"),
                    None => assert_eq!(wait, None, "{said:?}"),
                }
            }
        };
        check(RetryAfter::Unsaid, 0, 0, Some(0..=500));
        check(RetryAfter::Unsaid, 1, 0, Some(0..=1_000));
        check(RetryAfter::Unreadable, 0, 0, Some(1_000..=1_000));
        check(RetryAfter::Ms(0), 0, 0, Some(1_000..=1_000));
        check(RetryAfter::Ms(17_000), 1, 0, Some(17_000..=17_000));
        check(RetryAfter::Ms(60_000), 0, 0, Some(60_000..=60_000));
        check(RetryAfter::Ms(60_001), 0, 0, None);
        check(RetryAfter::Ms(30_000), 1, 30_001, None);
        check(RetryAfter::Unsaid, 2, 0, None);
        let patient = RetryLimits { retries: 99, ..limits.clone() };
        assert!((0..200).all(|seed| patient.jittered(40, &mut Random::new(seed)) <= 8_000));
        assert!((0..200).any(|seed| patient.jittered(40, &mut Random::new(seed)) > 7_000));
    }

    #[test]
    fn some_refusals_are_final() {
        use ErrorClass::*;
        let check = |status, class, header: &[(&str, &str)], expected| {
            let headers = header.iter().copied().collect();
            assert_eq!(refusal_is_retryable(status, class, &headers), expected, "{status} {class:?}");
        };
        for status in [408, 409, 429, 500, 502, 503, 529] {
            check(status, Server, &[], true);
        }
        for status in [400, 404, 413, 422, 301] {
            check(status, Request, &[], false);
        }
        check(429, Quota, &[], false);
        check(429, Quota, &[("x-should-retry", "true")], false);
        check(503, Server, &[("x-should-retry", "false")], false);
        check(400, Request, &[("X-Should-Retry", "true")], true);
        check(500, Model, &[], false);
    }
}
