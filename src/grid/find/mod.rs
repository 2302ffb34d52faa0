//! Finding comparisons again.
//!
//! - [`pattern`]: words that a person types, as patterns that find them however they are written
//! - [`snippet`]: what stands around a word that was found
//! - [`days`]: under which heading of a list a comparison stands
//! - [`grouped`]: how many there are

pub mod days;
pub mod pattern;
pub mod snippet;

/// `3,200`: as all three languages write it.
pub fn grouped(number: u32) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn digits_stand_in_threes() {
        let said = [0, 999, 1_000, 10_000, 1_234_567].map(grouped);
        assert_eq!(said, ["0", "999", "1,000", "10,000", "1,234,567"]);
    }
}
