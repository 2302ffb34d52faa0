//! The table, and its place in bench/README.md.

use std::path::Path;
use std::process::Command;

use tutti_e2e::Result;

use crate::figures::Figures;
use crate::measure::{Page, Run};
use crate::options::Options;

const BEGIN: &str = "<!-- streams: written by `cargo xtask bench streams` -->\n";
const END: &str = "<!-- streams: end -->\n";

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

    pub fn write_into(&self, readme: &Path) -> Result {
        let old = std::fs::read_to_string(readme)?;
        let new = replaced(&old, &self.text()?)
            .ok_or_else(|| format!("{} has no lines {BEGIN}and {END}", readme.display()))?;
        Ok(std::fs::write(readme, new)?)
    }
}

/// The page with another text between its two marks.
fn replaced(page: &str, text: &str) -> Option<String> {
    let (before, rest) = page.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}{text}{END}{after}"))
}

fn browser() -> String {
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let version = names.iter().find_map(|name| {
        let said = Command::new(name).arg("--version").output().ok()?.stdout;
        let said = String::from_utf8(said).ok()?;
        let words: Vec<&str> = said.split_whitespace().take(2).collect();
        (words.len() == 2).then(|| words.join(" "))
    });
    format!("headless {} without a graphics card", version.as_deref().unwrap_or("Chromium"))
}

fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let about = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = about.lines().find_map(|line| line.strip_prefix("model name")?.split(": ").nth(1));
    format!("{cores} cores of {}", name.unwrap_or("an unnamed processor"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_stands_between_its_marks() {
        let page = format!("# Title\n{BEGIN}old\n{END}rest\n");
        assert_eq!(replaced(&page, "new\n"), Some(format!("# Title\n{BEGIN}new\n{END}rest\n")));
        assert_eq!(replaced("# Title\n", "new\n"), None);
        // The page of this project has them.
        assert!(replaced(include_str!("../../README.md"), "").is_some());
    }
}
