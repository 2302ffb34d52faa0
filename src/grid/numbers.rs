//! Times, tokens and cost of an answer, and which of several are the best.

use crate::model::{event::Usage, listing::Price};

/// From the first readable piece to the end, in milliseconds, for a rate to mean anything: an answer
/// that came whole in one or two pieces was generated before any of it was seen.
const SHORTEST_MS: u64 = 200;

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
    /// Output tokens per second between the first readable piece and the end, if these are at least
    /// 200 ms apart.
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
    let ms = times.attempt_ms?.checked_sub(times.first_token_ms?).filter(|ms| *ms >= SHORTEST_MS)?;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::event::TokenCounts;

    const TIMES: Times =
        Times { first_token_ms: Some(500), attempt_ms: Some(2500), total_ms: 3000, shows_thinking: false };
    const PRICE: Price = Price { input: 2.0, output: 10.0, cache_read: None, cache_write: None };

    fn usage(input: Option<u64>, output: Option<u64>) -> Usage {
        Usage { total: TokenCounts { input, output, ..TokenCounts::default() }, ..Usage::default() }
    }

    #[test]
    fn speed_is_that_of_the_output_after_the_first_piece() {
        let check = |times: Times, usage: Option<Usage>, expected| {
            assert_eq!(Numbers::of(&times, usage.as_ref(), None).rate, expected, "{times:?} {usage:?}");
        };
        let counted = Some(usage(Some(10), Some(100)));
        check(TIMES, counted.clone(), Some(50.0));
        check(Times { attempt_ms: Some(700), ..TIMES }, counted.clone(), Some(500.0));
        check(Times { attempt_ms: Some(699), ..TIMES }, counted.clone(), None);
        check(Times { attempt_ms: Some(500), ..TIMES }, counted.clone(), None);
        check(Times { attempt_ms: Some(400), ..TIMES }, counted.clone(), None);
        check(Times { attempt_ms: None, ..TIMES }, counted.clone(), None);
        check(Times { first_token_ms: None, ..TIMES }, counted, None);
        check(TIMES, None, None);
        check(TIMES, Some(usage(Some(10), None)), None);
        check(TIMES, Some(usage(Some(10), Some(0))), None);
    }

    #[test]
    fn thinking_that_nobody_saw_is_no_speed() {
        let mut usage = usage(Some(10), Some(1000));
        usage.total.reasoning = Some(900);
        let rate = |shows_thinking, usage: &Usage| {
            Numbers::of(&Times { shows_thinking, ..TIMES }, Some(usage), None).rate
        };
        assert_eq!((rate(false, &usage), rate(true, &usage)), (Some(50.0), Some(500.0)));
        usage.total.reasoning = Some(1000);
        assert_eq!(rate(false, &usage), None);
        usage.total.reasoning = Some(2000);
        assert_eq!(rate(false, &usage), None);
    }

    #[test]
    fn what_is_not_stated_is_absent_and_not_0() {
        let numbers = Numbers::of(&Times { total_ms: 7, ..Times::default() }, None, Some(PRICE));
        assert_eq!(numbers, Numbers { total_ms: 7, ..Numbers::default() });
        let numbers = Numbers::of(&TIMES, Some(&usage(None, Some(0))), Some(PRICE));
        assert_eq!((numbers.input, numbers.output, numbers.cost_usd), (None, Some(0), None));
        let numbers = Numbers::of(&TIMES, Some(&usage(Some(5), None)), Some(PRICE));
        assert_eq!((numbers.input, numbers.output, numbers.cost_usd), (Some(5), None, None));
    }

    #[test]
    fn the_raw_counts_are_not_mistaken_for_the_common_ones() {
        let mut usage = usage(Some(10), Some(20));
        usage.raw = TokenCounts { input: Some(1), output: Some(2), ..TokenCounts::default() };
        let numbers = Numbers::of(&TIMES, Some(&usage), None);
        assert_eq!((numbers.input, numbers.output), (Some(10), Some(20)));
    }

    #[test]
    fn cost_is_the_providers_own_or_the_list_price() {
        let cost = |usage: &Usage, price| Numbers::of(&TIMES, Some(usage), price).cost_usd;
        let mut counted = usage(Some(1_000_000), Some(500_000));
        assert_eq!(cost(&counted, Some(PRICE)), Some(7.0));
        assert_eq!(cost(&counted, None), None);
        counted.total.cached = Some(500_000);
        counted.total.cache_write = Some(250_000);
        assert_eq!(cost(&counted, Some(PRICE)), Some(7.0));
        let cached = Price { cache_read: Some(0.2), cache_write: Some(4.0), ..PRICE };
        assert_eq!(cost(&counted, Some(cached)), Some(0.5 + 0.1 + 1.0 + 5.0));
        // More from the cache than there is: no host should say so, and nothing turns negative.
        counted.total.cached = Some(u64::MAX);
        assert_eq!(cost(&counted, Some(cached)), Some(0.2 + 5.0));
        counted.cost_usd = Some(0.0);
        assert_eq!(cost(&counted, Some(PRICE)), Some(0.0));
        let endless = Price { input: f64::MAX, ..PRICE };
        assert_eq!(cost(&usage(Some(u64::MAX), Some(1)), Some(endless)), None);
    }

    type FirstTokenTotalAndRate = (Option<u64>, u64, Option<f64>);

    /// One letter for each mark.
    fn marks(columns: &[Option<FirstTokenTotalAndRate>]) -> Vec<String> {
        let numbers = |(first_token_ms, total_ms, rate)| Numbers {
            first_token_ms,
            total_ms,
            rate,
            ..Numbers::default()
        };
        let columns: Vec<_> = columns.iter().map(|column| column.map(numbers)).collect();
        let letters = |best: &Best| {
            let letters = [(best.first_token, 'f'), (best.total, 't'), (best.rate, 'r')];
            letters.into_iter().filter(|(is_best, _)| *is_best).map(|(_, letter)| letter).collect()
        };
        best(&columns).iter().map(letters).collect()
    }

    #[test]
    fn the_best_are_marked() {
        assert_eq!(marks(&[]), [""; 0]);
        assert_eq!(marks(&[Some((Some(1), 1, Some(1.0)))]), [""]);
        assert_eq!(marks(&[None, Some((Some(1), 1, Some(1.0))), None]), ["", "", ""]);
        let two = [Some((Some(100), 900, Some(80.0))), None, Some((Some(200), 800, Some(90.0)))];
        assert_eq!(marks(&two), ["f", "", "tr"]);
        let tie =
            [Some((Some(100), 900, Some(80.0))), Some((Some(100), 900, Some(80.0))), Some((None, 901, None))];
        assert_eq!(marks(&tie), ["ftr", "ftr", ""]);
        let only_one_has_it = [Some((Some(100), 900, None)), Some((None, 900, Some(1.0)))];
        assert_eq!(marks(&only_one_has_it), ["t", "t"]);
    }
}
