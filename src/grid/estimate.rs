//! What sending will take, before it is sent. Guesses, and called so.

use crate::model::listing::Price;

/// One call that is about to be made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Planned {
    /// It goes to a company's host.
    pub is_paid: bool,
    /// See [`tokens`].
    pub input_tokens: u64,
    pub price: Option<Price>,
}

/// All calls of one press of the button.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Estimate {
    pub calls: u32,
    pub paid: u32,
    /// Of all calls together.
    pub input_tokens: u64,
    /// What the prompts of the paid calls cost, in US dollars: answers come on top. `None` when there
    /// is a paid call whose price nobody knows, or no paid call at all.
    pub cost_usd: Option<f64>,
}

impl Estimate {
    pub fn of(calls: &[Planned]) -> Self {
        // A model that is given away costs nothing, wherever it runs.
        let is_free =
            |call: &Planned| call.price.is_some_and(|price| price.input == 0.0 && price.output == 0.0);
        let paid: Vec<_> = calls.iter().filter(|call| call.is_paid && !is_free(call)).collect();
        let cost = |call: &&Planned| Some(call.input_tokens as f64 * call.price?.input / 1_000_000.0);
        let cost_usd = paid.iter().map(cost).sum::<Option<f64>>();
        Self {
            calls: u32::try_from(calls.len()).unwrap_or(u32::MAX),
            paid: u32::try_from(paid.len()).unwrap_or(u32::MAX),
            input_tokens: calls.iter().fold(0, |sum, call| sum.saturating_add(call.input_tokens)),
            cost_usd: cost_usd.filter(|_| !paid.is_empty()),
        }
    }

    pub fn needs_confirmation(&self, confirm_above: u32) -> bool {
        self.paid > confirm_above
    }
}

/// About how many tokens a text is: one for each Chinese, Japanese or Korean character, else one for
/// four bytes ("What are tokens and how to count them?", OpenAI Help Center: about four characters of
/// English). Real tokenizers differ from it by a third and from one another nearly as much.
pub fn tokens(text: &str) -> u64 {
    let (mut wide, mut bytes) = (0_u64, 0_u64);
    for c in text.chars() {
        if is_wide(c) {
            wide += 1;
        } else {
            bytes += c.len_utf8() as u64;
        }
    }
    wide + bytes.div_ceil(4)
}

/// Hangul, kana and Han, by their blocks (Unicode Standard, `Blocks.txt`).
fn is_wide(c: char) -> bool {
    matches!(u32::from(c),
        0x1100..=0x11FF | 0x2E80..=0x9FFF | 0xA960..=0xA97F | 0xAC00..=0xD7FF | 0xF900..=0xFAFF
        | 0xFF00..=0xFFEF | 0x2_0000..=0x3_FFFF)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_guessed_by_script() {
        assert_eq!(tokens(""), 0);
        assert_eq!(tokens("a"), 1);
        assert_eq!(tokens("Why is the sky blue?"), 5);
        assert_eq!(tokens("하늘은 왜 파란가?"), 7 + 1);
        assert_eq!(tokens("空はなぜ青いのですか。"), 11);
        assert_eq!(tokens("ｗｉｄｅ"), 4);
        assert_eq!(tokens("𠮷"), 1);
        assert_eq!(tokens("Почему?"), 4);
        assert_eq!(tokens("\0\0\0\0"), 1);
    }

    fn call(is_paid: bool, price: Option<(f64, f64)>) -> Planned {
        let price = price.map(|(input, output)| Price { input, output, cache_read: None, cache_write: None });
        Planned { is_paid, input_tokens: 500_000, price }
    }

    #[test]
    fn only_paid_calls_cost() {
        let estimate = |calls: &[Planned]| {
            let estimate = Estimate::of(calls);
            (estimate.calls, estimate.paid, estimate.input_tokens, estimate.cost_usd)
        };
        let (own, gift) = (call(false, None), call(true, Some((0.0, 0.0))));
        let (cheap, dear) = (call(true, Some((1.0, 9.0))), call(true, Some((4.0, 9.0))));
        assert_eq!(estimate(&[]), (0, 0, 0, None));
        assert_eq!(estimate(&[own, gift]), (2, 0, 1_000_000, None));
        assert_eq!(estimate(&[own, gift, cheap, dear]), (4, 2, 2_000_000, Some(2.5)));
        // Free to ask, not to be answered.
        assert_eq!(estimate(&[call(true, Some((0.0, 2.0)))]), (1, 1, 500_000, Some(0.0)));
        // One price that nobody knows, and the sum is not known.
        assert_eq!(estimate(&[cheap, call(true, None)]), (2, 2, 1_000_000, None));
        assert_eq!(Estimate::of(&[Planned { input_tokens: u64::MAX, ..own }; 3]).input_tokens, u64::MAX);
    }

    #[test]
    fn more_than_the_limit_is_confirmed() {
        let needs = |paid, above| Estimate { paid, ..Estimate::default() }.needs_confirmation(above);
        assert!(!needs(8, 8));
        assert!(needs(9, 8));
        assert!(!needs(0, 0));
        assert!(needs(1, 0));
        assert!(!needs(u32::MAX, u32::MAX));
    }
}
