//! Numbers as people read them. By whole numbers: what formats fractions weighs 10 kB.

/// `0.4 s`, `12.0 s`, `2:05`: the same in all three languages.
pub fn seconds(ms: u64) -> String {
    match ms / 1_000 {
        whole @ 0..60 => format!("{whole}.{} s", ms % 1_000 / 100),
        whole => format!("{}:{:02}", whole / 60, whole % 60),
    }
}

/// With one decimal.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped before")]
pub fn tenths(number: f64) -> String {
    let tenths = (number.clamp(0.0, 1e12) * 10.0 + 0.5) as u64;
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// US dollars, to a hundredth of a cent.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped before")]
pub fn dollars(amount: f64) -> String {
    let parts = (amount.clamp(0.0, 1e12) * 10_000.0).ceil() as u64;
    format!("${}.{:04}", parts / 10_000, parts % 10_000)
}

/// `950`, `128k`, `1.0M`.
pub fn short_count(count: u64) -> String {
    match count {
        0..1_000 => count.to_string(),
        1_000..1_000_000 => format!("{}k", count / 1_000),
        _ => format!("{}.{}M", count / 1_000_000, count % 1_000_000 / 100_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        assert_eq!(
            [0, 49, 950, 12_340, 59_999].map(seconds),
            ["0.0 s", "0.0 s", "0.9 s", "12.3 s", "59.9 s"]
        );
        assert_eq!([60_000, 125_900].map(seconds), ["1:00", "2:05"]);
        assert_eq!([0.0, 0.04, 84.26, f64::NAN, -1.0].map(tenths), ["0.0", "0.0", "84.3", "0.0", "0.0"]);
        assert_eq!([0.0, 0.00001, 0.0321, 12.5].map(dollars), ["$0.0000", "$0.0001", "$0.0321", "$12.5000"]);
        assert_eq!([0, 950, 128_000, 1_048_576].map(short_count), ["0", "950", "128k", "1.0M"]);
    }
}
