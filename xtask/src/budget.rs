//! The committed size budget.

use crate::failure::{Failure, OrFailure, Outcome};
use crate::place::Place;

/// What `index.html` loads.
pub const FIRST_SCREEN: &str = "first_screen_brotli_kb";

/// How many bytes that may cost.
pub fn read(place: &Place, key: &str) -> Outcome<u64> {
    let path = place.root.join("xtask").join("budget.toml");
    let text = std::fs::read_to_string(&path).or_failure(
        || format!("{} cannot be read", path.display()),
        "`git checkout xtask/budget.toml` brings it back.",
    )?;
    parse(&text, key).ok_or_else(|| {
        Failure::new(format!("{} has no line `{key} = <number>`.", path.display()), "Write that line, in kB.")
    })
}

fn parse(text: &str, wanted: &str) -> Option<u64> {
    let value = text.lines().find_map(|line| {
        let (key, value) = line.split('#').next()?.split_once('=')?;
        (key.trim() == wanted).then(|| value.trim())
    })?;
    value.parse::<u64>().ok()?.checked_mul(1000)
}

/// What is said of a weight: how much room is left, or a failure.
pub fn judge(weight: u64, budget: u64) -> Outcome<String> {
    match budget.checked_sub(weight) {
        Some(room) => {
            Ok(format!("The first screen is within its budget of {}: {} are left.", kb(budget), kb(room)))
        }
        None => Err(Failure::new(
            format!(
                "The first screen costs {}, {} more than its budget of {}.",
                kb(weight),
                kb(weight - budget),
                kb(budget)
            ),
            format!(
                "`cargo xtask size` shows what costs most. If the bytes are worth it, raise `{FIRST_SCREEN}` in xtask/budget.toml and say in the commit what they buy."
            ),
        )),
    }
}

/// Thousands of bytes, with one decimal.
pub fn kb(bytes: u64) -> String {
    let tenths = bytes.saturating_add(50) / 100;
    format!("{}.{} kB", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_budget_is_one_line_of_a_small_file() {
        assert_eq!(
            parse("# first_screen_brotli_kb = 9\nfirst_screen_brotli_kb = 150 # kB\n", FIRST_SCREEN),
            Some(150_000)
        );
        assert_eq!(parse("first_screen_brotli_kb = lots", FIRST_SCREEN), None);
        assert_eq!(parse("other = 1", FIRST_SCREEN), None);
        assert_eq!(parse(include_str!("../budget.toml"), FIRST_SCREEN).map(|bytes| bytes % 1000), Some(0));
    }

    #[test]
    fn exactly_the_budget_is_within_it() {
        assert!(judge(150_000, 150_000).is_ok());
        let said = judge(150_001, 150_000).unwrap_err().to_string();
        assert!(said.contains("150.0 kB") && said.contains("budget.toml"), "{said}");
    }

    #[test]
    fn sizes_are_rounded_to_a_tenth() {
        assert_eq!(kb(0), "0.0 kB");
        assert_eq!(kb(949), "0.9 kB");
        assert_eq!(kb(950), "1.0 kB");
        assert_eq!(kb(72_449), "72.4 kB");
    }
}
