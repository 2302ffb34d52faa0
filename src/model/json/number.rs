//! Decimal text to numbers and back. Both ways are exact: the nearest number, and the shortest text that
//! reads back as the same number.
//!
//! The standard library can do this too, faster and with ten kilobytes of tables, which a page would
//! have to download for some prices and a temperature.

/// So many digits after the leading zeros decide between neighbours (768), and some more; of the rest it
/// counts only that there is something.
const DIGITS: usize = 800;

/// Reads `-1.5`, `+2`, `.5`, `1.` and `1e-7`. What is larger than all numbers is infinite.
pub fn parse(text: &str) -> Option<f64> {
    let (is_negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, text.get(1..)?),
        b'+' => (false, text.get(1..)?),
        _ => (false, text),
    };
    let (mantissa, exponent) = match digits.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, power(exponent)?),
        None => (digits, 0),
    };
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if (whole.is_empty() && part.is_empty())
        || !whole.bytes().chain(part.bytes()).all(|byte| byte.is_ascii_digit())
    {
        return None;
    }
    let mut big = Big::default();
    let mut taken = 0;
    let mut power = exponent.saturating_sub(i32::try_from(part.len()).ok()?);
    let mut is_more = false;
    for byte in whole.bytes().chain(part.bytes()) {
        let digit = u32::from(byte - b'0');
        if taken == DIGITS {
            is_more |= digit > 0;
            power = power.saturating_add(1);
        } else {
            big.multiply_and_add(10, digit);
            taken += usize::from(!big.is_zero());
        }
    }
    let magnitude = power.saturating_add(i32::try_from(taken).ok()?);
    let number = match () {
        () if big.is_zero() || magnitude < -330 => 0.0,
        () if magnitude > 310 => f64::INFINITY,
        () => big.times_power_of_ten(power, is_more),
    };
    Some(if is_negative { -number } else { number })
}

/// An exponent. One that is too large is as large as any.
fn power(text: &str) -> Option<i32> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let power = digits.parse().unwrap_or(1_000_000).min(1_000_000);
    Some(if text.starts_with('-') { -power } else { power })
}

/// The text that JSON has for a number: `0.7`, `1.0`, `1e-7`. `None` for what is no finite number.
pub fn shortest(number: f64) -> Option<String> {
    if !number.is_finite() {
        return None;
    }
    let size = number.abs();
    if size == 0.0 {
        return Some(if number.is_sign_negative() { "-0.0" } else { "0.0" }.to_owned());
    }
    let (digits, power) = digits_18(size);
    let shorter = (1..=17).map(|length| spell(digits, power, length));
    let text = shorter.into_iter().find(|text| parse(text) == Some(size))?;
    Some(if number < 0.0 { format!("-{text}") } else { text })
}

/// The first digits of a number, 18 or 19 of them, and the power of ten that the last one counts.
fn digits_18(number: f64) -> (u64, i32) {
    const HIDDEN: u64 = 1 << 52;
    let bits = number.to_bits();
    let (fraction, exponent) = (bits & (HIDDEN - 1), i32::try_from(bits >> 52 & 0x7FF).unwrap_or(0));
    let (mantissa, exponent) =
        if exponent == 0 { (fraction, -1074) } else { (fraction | HIDDEN, exponent - 1075) };
    // The power of ten above it, or one more: log10(2) is 0.30103.
    let top = exponent + 64 - i32::try_from(mantissa.leading_zeros()).unwrap_or(0);
    let above = (top * 30103).div_euclid(100_000) + 1;
    let power = above - 19;
    let mut big = Big::default();
    big.multiply_and_add(1, u32::try_from(mantissa >> 32).unwrap_or(0));
    big.multiply_and_add(1 << 16, 0);
    big.multiply_and_add(1 << 16, u32::try_from(mantissa & 0xFFFF_FFFF).unwrap_or(0));
    // Up before down, so that nothing is lost but what is below the last digit.
    (0..exponent).for_each(|_| big.multiply_and_add(2, 0));
    (power..0).for_each(|_| big.multiply_and_add(10, 0));
    for divisor in (0..power).map(|_| 10).chain((exponent..0).map(|_| 2)) {
        big.divide(divisor);
    }
    (big.low_64(), power)
}

/// So many of the digits, rounded, in the notation that is shorter to read.
fn spell(digits: u64, power: i32, length: u32) -> String {
    let have = digits.ilog10() + 1;
    let cut = 10_u64.pow(have.saturating_sub(length));
    let digits = (digits / cut + u64::from(digits % cut >= cut / 2)).to_string();
    let power = power + i32::try_from(have.saturating_sub(length)).unwrap_or(0);
    let kept = digits.trim_end_matches('0');
    // Where the point stands, counted from the first digit.
    let point = power + i32::try_from(digits.len()).unwrap_or(0);
    let zeros = |count: i32| "0".repeat(usize::try_from(count).unwrap_or(0));
    let length = i32::try_from(kept.len()).unwrap_or(0);
    match point {
        -4..=0 => format!("0.{}{kept}", zeros(-point)),
        1..=16 if point >= length => format!("{kept}{}.0", zeros(point - length)),
        1..=16 => {
            let (whole, part) =
                kept.split_at_checked(usize::try_from(point).unwrap_or(0)).unwrap_or((kept, ""));
            format!("{whole}.{part}")
        }
        _ => {
            let (first, rest) = kept.split_at_checked(1).unwrap_or((kept, ""));
            let dot = if rest.is_empty() { "" } else { "." };
            format!("{first}{dot}{rest}e{}", point - 1)
        }
    }
}

/// A whole number of any size: 32 bits a place, the lowest first, none that is zero at the end.
#[derive(Default)]
struct Big(Vec<u32>);

impl Big {
    fn is_zero(&self) -> bool {
        self.0.is_empty()
    }

    #[expect(clippy::cast_possible_truncation, reason = "the upper half is carried on")]
    fn multiply_and_add(&mut self, factor: u32, more: u32) {
        let mut carry = u64::from(more);
        for place in &mut self.0 {
            carry += u64::from(*place) * u64::from(factor);
            *place = carry as u32;
            carry >>= 32;
        }
        if carry > 0 {
            self.0.push(carry as u32);
        }
    }

    /// Divides, and tells whether something was left.
    #[expect(clippy::cast_possible_truncation, reason = "what is left is smaller than the divisor")]
    fn divide(&mut self, divisor: u32) -> bool {
        let divisor = u64::from(divisor);
        let mut left = 0;
        for place in self.0.iter_mut().rev() {
            let part = left << 32 | u64::from(*place);
            *place = (part / divisor) as u32;
            left = part % divisor;
        }
        while self.0.last() == Some(&0) {
            self.0.pop();
        }
        left > 0
    }

    fn low_64(&self) -> u64 {
        let place = |at: usize| u64::from(self.0.get(at).copied().unwrap_or(0));
        place(0) | place(1) << 32
    }

    /// The nearest number; `is_more` says that it was a little more.
    fn times_power_of_ten(mut self, power: i32, mut is_more: bool) -> f64 {
        (0..power).for_each(|_| self.multiply_and_add(10, 0));
        // Places below the point, so that dividing leaves more than 64 bits: log2(10) is below 10/3.
        let below = if power < 0 { power.unsigned_abs() * 10 / 96 + 4 } else { 0 };
        self.0.splice(0..0, (0..below).map(|_| 0));
        (power..0).for_each(|_| is_more |= self.divide(10));

        // The first 64 bits, and the power of two that the lowest of them counts.
        let mut exponent = -32 * i32::try_from(below).unwrap_or(0);
        while self.0.len() > 2 {
            is_more |= self.divide(2);
            exponent += 1;
        }
        let mantissa = self.low_64();
        let zeros = mantissa.leading_zeros();
        round(mantissa << zeros, exponent - i32::try_from(zeros).unwrap_or(0), is_more)
    }
}

/// The number nearest to `mantissa * 2^exponent`, of two the even one. The mantissa's first bit is set.
fn round(mantissa: u64, exponent: i32, is_more: bool) -> f64 {
    // The smallest number with all of its bits is 2^-1022; below, one bit after the other is missing.
    let missing = (-1022 - 63 - exponent).max(0);
    let Ok(dropped) = u32::try_from(11 + missing) else { return 0.0 };
    let kept = mantissa.checked_shr(dropped).unwrap_or(0);
    let half = 1_u64.checked_shl(dropped - 1).unwrap_or(0);
    let rest = mantissa & (half.wrapping_mul(2).wrapping_sub(1));
    let is_up = half > 0 && (rest > half || (rest == half && (is_more || kept & 1 == 1)));
    let kept = kept + u64::from(is_up);
    // With all its bits a mantissa begins with one that is not written; adding carries into the exponent.
    let written = if missing > 0 { 0 } else { exponent + 63 + 1022 };
    match u64::try_from(written) {
        Ok(written) if written < 2046 => f64::from_bits((written << 52) + kept),
        _ => f64::INFINITY,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What the standard library reads, which is exact.
    fn check(text: &str) {
        let expected = text.parse::<f64>().unwrap();
        assert_eq!(parse(text).map(f64::to_bits), Some(expected.to_bits()), "{text}");
    }

    #[test]
    fn the_nearest_number_is_read() {
        for text in [
            "0",
            "-0",
            "1",
            "-1.5",
            "+2",
            ".5",
            "1.",
            "0.1",
            "0.30000000000000004",
            "1e-7",
            "1E+22",
            "1e23",
            "9007199254740993",
            "9007199254740992.99999",
            "9007199254740993.00000000000000001",
            "1.7976931348623157e308",
            "1.7976931348623158e308",
            "1.7976931348623159e308",
            "1e999",
            "1e-999",
            "4.9e-324",
            "2.4703282292062327e-324",
            "2.4703282292062328e-324",
            "2.2250738585072011e-308",
            "2.2250738585072014e-308",
            "2.225073858507201e-308",
            "123456789012345678901234567890",
            "0.000000000000000000000000000000000000001",
            "1e99999999999",
            "-1e-99999999999",
            "0e99999999999",
            "8.988465674311580536566680721305029496276241413130815e307",
            "00012.500",
        ] {
            check(text);
        }
        // The middle between two numbers, with all of its digits and then some.
        let middle = format!("1.{}", &format!("{:.53}", f64::EPSILON / 2.0)[2..]);
        check(&middle);
        check(&(middle + "0001"));
        check(&("9007199254740993.".to_owned() + &"0".repeat(2000) + "1"));
        check(&("0.".to_owned() + &"0".repeat(500) + "1e500"));
        check(&("1".to_owned() + &"0".repeat(1000) + "e-1000"));
    }

    #[test]
    fn what_is_no_number_is_none() {
        for text in [
            "", "-", "+", ".", "e5", "1e", "1e+", "1.2.3", "--1", "1 ", " 1", "NaN", "inf", "0x1", "1_0",
            "１",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert!(
            [f64::NAN, f64::INFINITY, f64::NEG_INFINITY].into_iter().all(|number| shortest(number).is_none())
        );
    }

    #[test]
    fn the_text_is_the_shortest() {
        let check = |number: f64, text: &str| assert_eq!(shortest(number).as_deref(), Some(text));
        check(0.0, "0.0");
        check(-0.0, "-0.0");
        check(1.0, "1.0");
        check(0.7, "0.7");
        check(-1.5, "-1.5");
        check(0.1 + 0.2, "0.30000000000000004");
        check(100.0, "100.0");
        check(0.0001, "0.0001");
        check(1e-7, "1e-7");
        check(1.25e-7, "1.25e-7");
        check(9_007_199_254_740_993.0, "9007199254740992.0");
        check(1e16, "1e16");
        check(1e300, "1e300");
        check(f64::MAX, "1.7976931348623157e308");
        check(f64::MIN_POSITIVE, "2.2250738585072014e-308");
        check(5e-324, "5e-324");
        check(9.999_999_999_999_999, "9.999999999999998");
    }

    proptest! {
        #[test]
        fn numbers_are_read_as_the_standard_library_reads_them(
            whole in "[0-9]{0,25}", part in "[0-9]{1,25}", power in -340..320_i32,
        ) {
            check(&format!("{whole}.{part}"));
            check(&format!("{whole}.{part}e{power}"));
        }

        #[test]
        fn every_number_survives_its_text(bits in any::<u64>()) {
            let number = f64::from_bits(bits);
            if let Some(text) = shortest(number) {
                prop_assert_eq!(parse(&text).map(f64::to_bits), Some(bits), "{}", text);
                prop_assert_eq!(text.parse::<f64>().map(f64::to_bits), Ok(bits), "{}", text);
                // No shorter one would do.
                let digits = |text: &str| {
                    let digits: String = text.split('e').next().unwrap().chars().filter(char::is_ascii_digit).collect();
                    digits.trim_matches('0').len()
                };
                prop_assert_eq!(digits(&text), digits(&format!("{number:e}")), "{} {:e}", text, number);
            }
        }
    }
}
