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
