//! Times, tokens and cost of an answer, and which of several are the best.

use crate::model::{event::Usage, listing::Price};

/// What a call's summary tells of its times, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Times {
    /// From the request (the last one) to the first readable piece.
    pub first_token_ms: Option<u64>,
    /// From the request (the last one) to the end of its reply.
    pub attempt_ms: Option<u64>,
    /// From the creation of the call to its end.
    pub total_ms: u64,
    /// Thinking text was among what arrived.
    pub shows_thinking: bool,
}

/// What the footer of an answer shows. `None` is "nobody knows", never 0.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Numbers {
    pub first_token_ms: Option<u64>,
    pub total_ms: u64,
    /// Tokens of the whole prompt, cached ones included.
    pub input: Option<u64>,
    /// Tokens of everything that was generated, thinking included.
    pub output: Option<u64>,
    /// Output tokens per second between the first readable piece and the end.
    pub rate: Option<f64>,
    /// In US dollars.
    pub cost_usd: Option<f64>,
}

/// Which numbers of a column are the best of all columns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Best {
    pub first_token: bool,
    pub total: bool,
    pub rate: bool,
}

impl Numbers {
    pub fn of(times: &Times, usage: Option<&Usage>, price: Option<Price>) -> Self {
        let counts = usage.map(|usage| usage.total).unwrap_or_default();
        Self {
            first_token_ms: times.first_token_ms,
            total_ms: times.total_ms,
            input: counts.input,
            output: counts.output,
            rate: usage.and_then(|usage| rate(times, usage)),
            cost_usd: usage.and_then(|usage| usage.cost_usd.or_else(|| cost(usage, price?))),
        }
    }
}

fn rate(times: &Times, usage: &Usage) -> Option<f64> {
    let ms = times.attempt_ms?.checked_sub(times.first_token_ms?).filter(|ms| *ms >= 2)?;
    // Thinking that nobody saw was generated before the first piece that anybody saw.
    let unseen = if times.shows_thinking { 0 } else { usage.total.reasoning.unwrap_or_default() };
    let tokens = usage.total.output?.checked_sub(unseen).filter(|tokens| *tokens > 0)?;
    Some(tokens as f64 * 1000.0 / ms as f64)
}

/// At list price. Tokens from the cache cost as much as others where no price of their own is known.
fn cost(usage: &Usage, price: Price) -> Option<f64> {
    let counts = usage.total;
    let (input, output) = (counts.input?, counts.output?);
    let read = counts.cached.unwrap_or_default().min(input);
    let written = counts.cache_write.unwrap_or_default().min(input - read);
    let dollars = (input - read - written) as f64 * price.input
        + read as f64 * price.cache_read.unwrap_or(price.input)
        + written as f64 * price.cache_write.unwrap_or(price.input)
        + output as f64 * price.output;
    Some(dollars / 1_000_000.0).filter(|dollars| dollars.is_finite())
}

/// Marks the best of each kind, in the order of the columns; `None` is a column without an answer.
/// Equal ones are all marked. Nothing is marked where fewer than two have the number.
pub fn best(columns: &[Option<Numbers>]) -> Vec<Best> {
    let first_token = lowest(columns, |numbers| numbers.first_token_ms.map(|ms| ms as f64));
    let total = lowest(columns, |numbers| Some(numbers.total_ms as f64));
    let rate = lowest(columns, |numbers| numbers.rate.map(|rate| -rate));
    let marks = first_token.into_iter().zip(total).zip(rate);
    marks.map(|((first_token, total), rate)| Best { first_token, total, rate }).collect()
}

fn lowest(columns: &[Option<Numbers>], number: fn(&Numbers) -> Option<f64>) -> Vec<bool> {
    let values: Vec<_> = columns.iter().map(|column| column.as_ref().and_then(number)).collect();
    let known = || values.iter().flatten().copied();
    let best = known().reduce(f64::min).filter(|_| known().count() > 1);
    values.iter().map(|value| value.is_some() && *value == best).collect()
}
