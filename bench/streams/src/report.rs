//! The table, and its place in bench/README.md.

use tutti_bench_common::{browser, machine};
use tutti_e2e::Result;

use crate::figures::Figures;
use crate::measure::{Page, Run};
use crate::options::Options;

pub struct Report<'a> {
    pub options: &'a Options,
    pub rows: Vec<Row>,
    /// A run in which some were stopped.
    pub stopped: Option<Run>,
}

pub struct Row {
    pub streams: usize,
    pub page: Page,
    /// In each round.
    pub whole: Vec<usize>,
    pub figures: Figures,
    pub late_max: f64,
}

impl Report<'_> {
    pub fn text(&self) -> Result<String> {
        let Options { rounds, tokens, rate, .. } = self.options;
        let late = self.rows.iter().map(|row| row.late_max).fold(0.0, f64::max);
        let mut text = format!(
            "{tokens} tokens at {rate} a second in each stream, {rounds} rounds, {} on {}; the server was at most {late:.0} ms late.\n\n",
            browser(),
            machine()
        );
        text += "| streams | page | whole | finish skew | the server's | lag p50 | p99 | max |\n";
        text += "|--:|---|--:|--:|--:|--:|--:|--:|\n";
        for Row { streams, page, whole, figures, .. } in &self.rows {
            let Figures { skew, server_skew, lag_p50, lag_p99, lag_max } = figures;
            let whole: Vec<String> = whole.iter().map(usize::to_string).collect();
            let (page, whole) = (page.name(), whole.join(", "));
            text += &format!(
                "| {streams} | {page} | {whole} | {skew:.0} | {server_skew:.0} | {lag_p50:.0} | {lag_p99:.0} | {lag_max:.0} |\n"
            );
        }
        if let Some(Run { streams, whole, left, .. }) = &self.stopped {
            text += &format!(
                "\nOf {streams} streams, {} stopped while all streamed: the server saw {left} left by their client, and {whole} of the others came whole.\n",
                streams / 2
            );
        }
        Ok(text)
    }
}
