//! The table.

use tutti::grid::find::grouped;
use tutti_bench_common::{browser, machine};

use crate::measure::{Measured, Search};
use crate::options::Options;
use crate::store::{MODELS, ROUNDS};

pub fn text(options: &Options, measured: &Measured) -> String {
    let Measured { bytes, used, empty, full, lists, searches } = measured;
    let megabytes = *bytes as f64 / 1e6;
    let of = |read: &dyn Fn(&Search) -> f64| searches.iter().map(read).collect::<Vec<_>>();
    let typed: Vec<f64> = searches.iter().flat_map(|search| search.typed.clone()).collect();
    let scans = of(&|search| megabytes / search.scan_ms() * 1000.0);
    let [empty_ms, full_ms] = [median(empty), median(full)];
    let longest = of(&|search| search.longest).into_iter().chain(lists.iter().map(|list| list.longest));
    let longest = longest.fold(0.0, f64::max);
    let longest = if longest > 0.0 { format!("{longest:.0}") } else { "none of 50 or more".to_owned() };
    let in_page = lists.iter().map(|list| list.in_page).max().unwrap_or_default();
    let mut text = format!(
        "{} comparisons of {ROUNDS} prompts and {} models, {megabytes:.0} MB of answers (the browser says {:.0} MB), \
         {} rounds, {} on {}.\n\n",
        grouped(options.comparisons as u32),
        MODELS.len(),
        used / 1e6,
        options.rounds,
        browser(),
        machine()
    );
    text += "| what | median | worst | aim |\n|---|--:|--:|--:|\n";
    let mut row = |what: &str, values: &[f64], is_more_better: bool, aim: &str| {
        let worst = if is_more_better {
            values.iter().copied().fold(f64::MAX, f64::min)
        } else {
            values.iter().copied().fold(0.0, f64::max)
        };
        text += &format!("| {what} | {:.0} | {worst:.0} | {aim} |\n", median(values));
    };
    row("a letter typed to the list of titles, prompts and models, ms", &typed, false, "100");
    row(
        "no turn for the page's thread while letters are typed, at most, ms",
        &of(&|search| search.gap),
        false,
        "",
    );
    row("long tasks of the page in a round, the longest, ms", &of(&|search| search.longest), false, "50");
    row("all answers searched, MB/s", &scans, true, "");
    row("the same, seconds", &of(&|search| search.scan_ms() / 1000.0), false, "");
    row("the first answer found, ms (250 of them a pause)", &of(&|search| search.first), false, "");
    row("no turn for it while answers are searched, ms", &of(&|search| search.scan_gap), false, "");
    row(
        "the history opened to its rows, ms",
        &lists.iter().map(|list| list.ms).collect::<Vec<_>>(),
        false,
        "",
    );
    row("start without comparisons, ms", empty, false, "");
    row("start with all of them, ms", full, false, "");
    text += &format!(
        "\nLong tasks of the page while the list is opened and searched, ms: {longest}. The start with all of them takes {:.2} \
         times as long as without (aim: 1.1), and reads nothing of the list. Of {} rows at most {in_page} are in the page.\n",
        full_ms / empty_ms,
        grouped(options.comparisons as u32),
    );
    text
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::List;

    #[test]
    fn a_table_says_what_was_measured() {
        let search = |whole| Search {
            typed: vec![20.0, 40.0],
            gap: 8.0,
            scan_gap: 12.0,
            longest: 0.0,
            first: 300.0,
            whole,
            status: String::new(),
        };
        let measured = Measured {
            bytes: 100_000_000,
            used: 120e6,
            empty: vec![100.0, 110.0, 90.0],
            full: vec![105.0],
            lists: vec![List { ms: 60.0, longest: 0.0, rows: 300, in_page: 40 }],
            searches: vec![search(1250.0), search(2250.0), search(1250.0)],
        };
        let options = Options::parse(["--comparisons".to_owned(), "300".to_owned()]).unwrap();
        let text = text(&options, &measured);
        for line in
            ["| all answers searched, MB/s | 100 | 50 |  |", "1.05 times", "none of 50 or more", "at most 40"]
        {
            assert!(text.contains(line), "{line} in {text}");
        }
    }
}
