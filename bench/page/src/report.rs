//! The tables, and their place in bench/README.md.

use tutti_bench_common::{browser, machine, publish};

use crate::aims::{Against, Aim, aims, best_react};
use crate::options::Options;
use crate::plan::{Kind, Page, Part, TUTTI, VANILLA, VANILLA_BOXED, Workload};
use crate::record::{self, Figure, Runs};

/// What other processes may take of all cores before a row is marked.
const BUSY_CORES: f64 = 0.3;

/// A column: its title, its figure, and whether less of it is better.
type Column = (&'static str, Figure, bool);

const SWEEP: [Column; 11] = [
    ("CPU ms/frame", record::ms_per_frame, true),
    ("lag p50", record::lag_p50, true),
    ("lag p99", record::lag_p99, true),
    ("first token", record::first_token, true),
    ("frame p50", record::raf_p50, true),
    ("frame p99", record::raf_p99, true),
    ("dropped", record::dropped, true),
    ("CPU s, main", record::cpu_main, true),
    ("CPU s, browser", record::cpu_browser_all, true),
    ("RSS MB", record::rss_mb, true),
    ("heap MB", record::heap_gc_mb, true),
];
const SHAPES: [Column; 9] = [
    ("CPU s, main", record::cpu_main, true),
    ("growth", record::growth, false),
    ("script s", record::cpu_script, true),
    ("layout s", record::cpu_layout, true),
    ("frames", record::frames, false),
    ("CPU ms/frame", record::ms_per_frame, true),
    ("frame p99", record::raf_p99, true),
    ("lag", record::lag_p99, true),
    ("RSS MB", record::rss_mb, true),
];
const BLOCK: [Column; 6] = [
    ("lag p50", record::lag_p50, true),
    ("lag p99", record::lag_p99, true),
    ("frame p99", record::raf_p99, true),
    ("longest frame", record::raf_max, true),
    ("dropped", record::dropped, true),
    ("CPU s, main", record::cpu_main, true),
];
const LOAD: [Column; 5] = [
    ("bytes", record::load_bytes, true),
    ("requests", record::load_reqs, true),
    ("first paint", record::fcp, true),
    ("interactive", record::tti, true),
    ("blocked", record::load_tbt, true),
];

pub fn report(options: &Options, plan: &[Workload], runs: &Runs) -> Result<(), String> {
    publish(options.files.readme.as_deref(), "page", &text(plan, runs))
}

fn text(plan: &[Workload], runs: &Runs) -> String {
    let rounds = plan.iter().map(|workload| runs.of(workload, &TUTTI).len()).max().unwrap_or(0);
    let mut text = format!(
        "{rounds} rounds, {} on {}. A row with † shared the machine: other processes took more than {BUSY_CORES} cores.\n\n",
        browser(),
        machine()
    );
    text += &aims_table(plan, runs);
    for workload in plan {
        text += &match workload.part {
            Part::Sweep => {
                let title = format!(
                    "{} panels, {} tokens a second each, {} tokens",
                    workload.panels, workload.rate, workload.tokens
                );
                pages_table(&title, workload, runs, &SWEEP, &VANILLA)
            }
            Part::Shapes => {
                let title = format!(
                    "One answer of {} tokens at {} a second: {}",
                    workload.tokens, workload.rate, workload.corpus
                );
                pages_table(&title, workload, runs, &SHAPES, &VANILLA_BOXED)
            }
            Part::Load if workload.is_throttled => {
                pages_table("Opened over 9 Mbit/s, 60 ms, CPU / 4", workload, runs, &LOAD, &VANILLA)
            }
            Part::Load => pages_table("Opened", workload, runs, &LOAD, &VANILLA),
            Part::Block => String::new(),
        };
    }
    text + &block_table(plan, runs)
}

fn aims_table(plan: &[Workload], runs: &Runs) -> String {
    let mut rows = String::new();
    for aim in aims() {
        let Some(outcome) = aim.outcome(plan, runs) else { continue };
        let theirs = outcome.theirs.map_or(String::new(), figure);
        let mark = if outcome.reached <= aim.most { "yes" } else { "**no**" };
        let Aim { workload, name, most, .. } = &aim;
        let (ours, reached, most) = (figure(outcome.ours), figure(outcome.reached), figure(*most));
        let beside = beside(&aim);
        rows += &format!(
            "| {workload} | {name} | {ours} | {beside} | {theirs} | {reached} | {most} | {mark} |\n"
        );
    }
    if rows.is_empty() {
        return rows;
    }
    let head = "| workload | figure | Tutti | beside | | ratio | aim, at most | reached |\n|---|---|--:|---|--:|--:|--:|---|\n";
    format!("{head}{rows}\n")
}

fn beside(aim: &Aim) -> String {
    match &aim.against {
        Against::Page(page) => page.id.to_owned(),
        Against::BestReact => "the best React page".to_owned(),
        Against::Added(other) => (*other).to_owned(),
        Against::Nothing => String::new(),
    }
}

fn pages_table(
    title: &str,
    workload: &Workload,
    runs: &Runs,
    columns: &[Column],
    vanilla: &'static Page,
) -> String {
    let mut rows = String::new();
    for page in workload.pages() {
        rows += &row(page.id, workload, page, runs, columns);
    }
    if rows.is_empty() {
        return rows;
    }
    let ratio = |name: &str, of: &dyn Fn(Figure) -> Option<f64>| {
        let cell = |(_, measured, is_cost): &Column| {
            let ratio = Some(runs.of(workload, &TUTTI).median(*measured)? / of(*measured)?);
            ratio.filter(|ratio| *is_cost && ratio.is_finite()).map(|ratio| format!("**{}**", figure(ratio)))
        };
        let cells: Vec<String> = columns.iter().map(|column| cell(column).unwrap_or_default()).collect();
        format!("| {name} | | {} |\n", cells.join(" | "))
    };
    rows += &ratio("Tutti : vanilla", &|figure| runs.of(workload, vanilla).median(figure));
    if workload.pages().iter().any(|page| page.kind == Kind::React && !runs.of(workload, page).is_empty()) {
        rows += &ratio("Tutti : best React", &|figure| best_react(workload, runs, figure));
    }
    format!("{title}:\n\n{}{rows}\n", head(columns))
}

fn block_table(plan: &[Workload], runs: &Runs) -> String {
    let of = plan.iter().filter(|workload| workload.part == Part::Block);
    let rows: String = of
        .map(|workload| {
            let name = match workload.id.as_str() {
                "idle" => "a sentence",
                _ => "5,000 lines of code",
            };
            row(name, workload, &TUTTI, runs, &BLOCK)
        })
        .collect();
    if rows.is_empty() {
        return rows;
    }
    format!("8 panels, 50 tokens a second each, while a ninth gets:\n\n{}{rows}\n", head(&BLOCK))
}

fn head(columns: &[Column]) -> String {
    let titles: Vec<&str> = columns.iter().map(|(title, _, _)| *title).collect();
    format!("| | finished | {} |\n|---|---|{}\n", titles.join(" | "), "--:|".repeat(columns.len()))
}

fn row(name: &str, workload: &Workload, page: &Page, runs: &Runs, columns: &[Column]) -> String {
    let cell = runs.of(workload, page);
    if cell.is_empty() {
        return String::new();
    }
    let is_busy = cell.median(record::other_cores).is_some_and(|cores| cores > BUSY_CORES);
    let mark = if is_busy { " †" } else { "" };
    let figures =
        columns.iter().map(|(_, measured, _)| cell.median(*measured).map_or("-".to_owned(), figure));
    let figures: Vec<String> = figures.collect();
    format!("| {name}{mark} | {} | {} |\n", cell.finished(), figures.join(" | "))
}

/// Three digits that say something.
fn figure(value: f64) -> String {
    match value.abs() {
        0.0 => "0".to_owned(),
        size if size < 1.0 => format!("{value:.2}"),
        size if size < 10.0 => format!("{value:.2}"),
        size if size < 100.0 => format!("{value:.1}"),
        _ => format!("{value:.0}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan;

    #[test]
    fn tables_show_what_was_measured_and_ratios_below() {
        let text = r#"{"label":"8x50/tutti","ok":8,"cpu_main":2.0,"frames":500,"lag_p99":20,"cpu_machine_other":9,"wall_s":10}
{"label":"8x50/vanilla-best","ok":8,"cpu_main":1.6,"frames":500,"lag_p99":40,"cpu_machine_other":1,"wall_s":10}
{"label":"throttled/tutti","tti":801}
"#;
        let plan = plan::plan(&Options::parse([]).unwrap());
        let text = super::text(&plan, &Runs::parse(text).unwrap());
        for line in [
            "| 8x50 | CPU ms/frame | 4.00 | vanilla-best | 3.20 | 1.25 | 1.10 | **no** |",
            "| throttled | interactive ms | 801 |  |  | 801 | 800 | **no** |",
            "| vanilla-best | 8 | 3.20 | - | 40.0 | - | - | - | - | 1.60 | - | - | - |",
            "| tutti † | 8 | 4.00 | - | 20.0 | - | - | - | - | 2.00 | - | - | - |",
            "| Tutti : vanilla | | **1.25** |  | **0.50** |  |  |  |  | **1.25** |  |  |  |",
        ] {
            assert!(text.lines().any(|known| known == line), "{line}\nis not in\n{text}");
        }
        // What was not measured has no table.
        assert!(!text.contains("longcode") && !text.contains("best React"), "{text}");
    }
}
