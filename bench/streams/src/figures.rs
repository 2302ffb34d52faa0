//! From the times of single streams to what a table says of them. All times are milliseconds.

/// One stream: when its last byte left the server, and when its last text stood in a frame; both since 1970.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Finish {
    pub server: f64,
    pub page: f64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figures {
    /// From the first panel that was done to the last one.
    pub skew: f64,
    /// The same of the server, which sends streams of equal length at one pace.
    pub server_skew: f64,
    /// From a stream's last byte to its last text.
    pub lag_p50: f64,
    pub lag_p99: f64,
    pub lag_max: f64,
}

impl Figures {
    /// `None` where not one stream has finished.
    pub fn of(finishes: &[Finish]) -> Option<Self> {
        let sorted = |time: fn(&Finish) -> f64| {
            let mut times: Vec<f64> = finishes.iter().map(time).collect();
            times.sort_by(f64::total_cmp);
            times
        };
        let span = |times: &[f64]| Some(times.last()? - times.first()?);
        let lags = sorted(|finish| finish.page - finish.server);
        Some(Self {
            skew: span(&sorted(|finish| finish.page))?,
            server_skew: span(&sorted(|finish| finish.server))?,
            lag_p50: rank(&lags, 0.5)?,
            lag_p99: rank(&lags, 0.99)?,
            lag_max: *lags.last()?,
        })
    }

    /// Each figure's median over several runs; of the largest lag the largest.
    pub fn median(runs: &[Figures]) -> Option<Self> {
        let median = |figure: fn(&Figures) -> f64| {
            let mut values: Vec<f64> = runs.iter().map(figure).collect();
            values.sort_by(f64::total_cmp);
            rank(&values, 0.5)
        };
        Some(Self {
            skew: median(|run| run.skew)?,
            server_skew: median(|run| run.server_skew)?,
            lag_p50: median(|run| run.lag_p50)?,
            lag_p99: median(|run| run.lag_p99)?,
            lag_max: runs.iter().map(|run| run.lag_max).max_by(f64::total_cmp)?,
        })
    }
}

/// The smallest value that at least this share of all are not above (nearest rank).
pub fn rank(sorted: &[f64], share: f64) -> Option<f64> {
    let place = (share * sorted.len() as f64).ceil().max(1.0) as usize;
    sorted.get(place - 1).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_are_values_that_were_measured() {
        let hundred: Vec<f64> = (1..=100).map(f64::from).collect();
        assert_eq!(rank(&hundred, 0.5), Some(50.0));
        assert_eq!(rank(&hundred, 0.99), Some(99.0));
        assert_eq!(rank(&[7.0], 0.99), Some(7.0));
        assert_eq!(rank(&[1.0, 2.0, 3.0, 4.0], 0.99), Some(4.0));
        assert_eq!(rank(&[], 0.5), None);
    }

    #[test]
    fn skew_is_of_all_streams_and_lag_of_each() {
        let finishes = [(1_000.0, 1_010.0), (1_002.0, 1_030.0), (1_001.0, 1_016.0)];
        let finishes = finishes.map(|(server, page)| Finish { server, page });
        let figures = Figures::of(&finishes).unwrap();
        let expected = Figures { skew: 20.0, server_skew: 2.0, lag_p50: 15.0, lag_p99: 28.0, lag_max: 28.0 };
        assert_eq!(figures, expected);
        assert_eq!(Figures::of(&[]), None);
    }

    #[test]
    fn medians_are_of_each_figure_and_the_worst_lag_stays() {
        let run = |x: f64| Figures { skew: x, server_skew: 1.0, lag_p50: -x, lag_p99: x, lag_max: x };
        let median = Figures::median(&[run(1.0), run(9.0), run(2.0)]).unwrap();
        let expected = Figures { skew: 2.0, server_skew: 1.0, lag_p50: -2.0, lag_p99: 2.0, lag_max: 9.0 };
        assert_eq!(median, expected);
    }
}
