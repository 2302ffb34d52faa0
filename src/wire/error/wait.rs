//! When to come back, in the words of an error.

use crate::model::json::{Json, number};

/// Gemini: `details[]` holds a `google.rpc.RetryInfo` with `retryDelay: "17s"`.
pub(super) fn retry_delay(details: &[Json<'_>]) -> Option<u64> {
    details.iter().find_map(|item| duration_ms(item.at("retryDelay").as_str()?))
}

/// "Please try again in 800ms", "in about 1.2s", "in 6m0s", "after 20 seconds": the first hint that a
/// duration follows.
pub(super) fn retry_hint(message: &str) -> Option<u64> {
    let lower = message.to_ascii_lowercase();
    let hints = ["try again in ", "retry in ", "retry after ", "try again after ", "wait "];
    let mut said = hints.iter().flat_map(|hint| lower.split(hint).skip(1));
    said.find_map(|rest| duration_ms(without_filler(rest)))
}

/// The text after the words that may stand before a number: "for about", "another".
fn without_filler(text: &str) -> &str {
    let fillers = ["for ", "about ", "around ", "approximately ", "at least ", "another ", "~"];
    let mut rest = text.trim_start();
    while let Some(after) = fillers.iter().find_map(|filler| rest.strip_prefix(filler)) {
        rest = after.trim_start();
    }
    rest
}

/// The duration that a text begins with, in milliseconds: `800ms`, `1.5s`, `6m0s`, `1 minute and 30
/// seconds`. Each unit is smaller than the one before: another number begins another sentence.
fn duration_ms(text: &str) -> Option<u64> {
    let mut rest = text;
    let mut total: Option<u64> = None;
    let mut smallest = f64::INFINITY;
    loop {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let (number, after) = rest.split_at_checked(digits)?;
        let Some(number) = number::parse(number.trim_end_matches('.')) else { return total };
        let after = after.trim_start_matches(' ');
        let letters = after.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(after.len());
        let (unit, next) = after.split_at_checked(letters)?;
        let unit_ms = match unit {
            "ms" | "milliseconds" => 1.0,
            "s" | "sec" | "secs" | "second" | "seconds" => 1000.0,
            "m" | "min" | "mins" | "minute" | "minutes" => 60_000.0,
            "h" | "hour" | "hours" => 3_600_000.0,
            _ => return total,
        };
        if unit_ms >= smallest {
            return total;
        }
        smallest = unit_ms;
        // A time without end is no time to wait for.
        let ms = Some(number * unit_ms).filter(|ms| *ms < u64::MAX as f64)?;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be in range")]
        let ms = ms.round() as u64;
        total = Some(total.unwrap_or(0).saturating_add(ms));
        let next = next.trim_start_matches([' ', ',']);
        rest = next.strip_prefix("and ").map_or(next, str::trim_start);
    }
}

#[cfg(test)]
mod tests {
    use super::super::read_error;

    #[test]
    fn waits_are_read_from_the_body() {
        let wait = |body: &str| read_error(429, body.as_bytes()).retry_after_ms;
        assert_eq!(wait(r#"{"error":{"message":"Please try again in 800ms."}}"#), Some(800));
        assert_eq!(wait(r#"{"error":{"message":"Please try again in 1.2s. Visit x"}}"#), Some(1200));
        assert_eq!(wait(r#"{"error":{"message":"try again in 6m0s"}}"#), Some(360_000));
        assert_eq!(wait(r#"{"error":{"message":"retry after 20 seconds"}}"#), Some(20_000));
        assert_eq!(wait(r#"{"error":{"message":"try again in a while"}}"#), None);
        assert_eq!(wait(r#"{"error":{"details":[{"retryDelay":"17s"}]}}"#), Some(17_000));
        assert_eq!(wait(r#"{"error":{"message":"try again in 99999999999999999999999h"}}"#), None);
    }

    #[test]
    fn waits_in_many_words_are_not_read_too_short() {
        let wait = |message: &str| {
            let body = serde_json::json!({ "error": { "message": message } }).to_string();
            read_error(429, body.as_bytes()).retry_after_ms
        };
        assert_eq!(wait("Try again in 1m 30s."), Some(90_000));
        assert_eq!(wait("retry after 1 minute 30 seconds"), Some(90_000));
        assert_eq!(wait("retry after 1 minute, 30 seconds"), Some(90_000));
        assert_eq!(wait("retry in 1 hour, 2 minutes and 3 seconds!"), Some(3_723_000));
        assert_eq!(wait("Try again in about 20 seconds"), Some(20_000));
        assert_eq!(wait("Please wait for at least 5s"), Some(5_000));
        assert_eq!(wait("Try again in a while: wait here, or retry in 7s"), Some(7_000));
        assert_eq!(wait("Please wait. Do wait 8 s"), Some(8_000));
        assert_eq!(wait("try again in 20 s, 5 minutes at most"), Some(20_000));
        assert_eq!(wait("try again in 20s 3 requests are left"), Some(20_000));
        let large = "18446744073709540000ms";
        assert!(wait(&format!("wait {large}{large}")).is_some());
        assert_eq!(wait("wait 5124095576030h3600000m"), Some(u64::MAX));
    }
}
