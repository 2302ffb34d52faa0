//! The release page in a real Chromium, beside the baseline pages of `$TUTTI_FIXTURES/bench`: plain
//! JavaScript and React pages that show the same streams of the same mock server.
//!
//! # Layout
//! - `options`: what is measured, from the command line
//! - `plan`: the pages, and the workloads with the pages that each is for
//! - `harness`: the baselines' own scripts and driver, which measure our page as they measure the others
//! - `record`: what the driver wrote of one run; medians over several
//! - `aims`: what our page has to reach, as ratios to the others
//! - `report`: the tables, and their place in bench/README.md
//! - `../hook.mjs`: how the driver sets our page up
//!
//! Pages take turns within a round, so that a busy minute of the machine meets all of them.

mod aims;
mod harness;
mod options;
mod plan;
mod record;
mod report;

use std::process::ExitCode;

use harness::Harness;
use options::Options;
use record::Runs;

fn main() -> ExitCode {
    tutti_bench_common::end(run())
}

fn run() -> Result<(), String> {
    let options = Options::parse(std::env::args().skip(1))?;
    let plan = plan::plan(&options);
    if let Some(records) = &options.report_of {
        return report::report(&options, &plan, &Runs::read(records)?);
    }
    let harness = Harness::ready(&options)?;
    println!(
        "{} runs, about {} minutes; records go to {}.",
        plan::runs(&plan, options.rounds),
        plan::minutes(&plan, options.rounds),
        harness.records().display()
    );
    let server = harness.server()?;
    for round in 0..options.rounds {
        for workload in &plan {
            // Who begins is not always the same, since a machine may grow warm.
            let pages = workload.pages_of(round);
            let start = round % pages.len().max(1);
            for page in pages.iter().cycle().skip(start).take(pages.len()) {
                let said = harness.run(workload, page)?;
                println!("round {} of {}: {}, {}: {said}", round + 1, options.rounds, workload.id, page.id);
            }
        }
    }
    drop(server);
    report::report(&options, &plan, &Runs::read(&harness.records())?)
}
