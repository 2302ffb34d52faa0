//! Many streams at once in a real Chromium: this page beside a plain one that fetches and appends.
//!
//! # Layout
//! - `options`: what is measured, from the command line
//! - `measure`: one page, one number of streams, one browser
//! - `figures`: from times to what a table says
//! - `report`: the table, and its place in bench/README.md
//! - `watch.js`: sends the prompt in the page and watches until the last text of each panel is drawn
//! - `../plain/`: the plain page
//!
//! The page and the streams come from two origins of a server in this very process, over HTTP/2 and TLS,
//! so that all times are read from clocks of one machine. Pages take turns within a run.

mod figures;
mod measure;
mod options;
mod report;

use std::process::ExitCode;

use figures::Figures;
use measure::{Page, Run, measure};
use options::Options;
use report::{Report, Row};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    tutti_bench_common::end(run().await)
}

async fn run() -> tutti_e2e::Result {
    let options = Options::parse(std::env::args().skip(1))?;
    let mut runs: Vec<(Page, Run)> = Vec::new();
    for round in 0..options.rounds {
        for &streams in &options.streams {
            // Who begins is not always the same, since a machine may grow warm.
            let mut pages = options.pages.clone();
            if round % 2 == 1 {
                pages.reverse();
            }
            for page in pages {
                let run = measure(&options, page, streams, 0).await?;
                println!("round {} of {}: {}", round + 1, options.rounds, run.sentence(page));
                runs.push((page, run));
            }
        }
    }
    let rows = options.streams.iter().flat_map(|streams| {
        let runs = &runs;
        options.pages.iter().filter_map(move |page| {
            let of_both: Vec<&Run> = runs
                .iter()
                .filter(|(of, run)| of == page && run.streams == *streams)
                .map(|(_, run)| run)
                .collect();
            let figures: Vec<Figures> = of_both.iter().filter_map(|run| run.figures).collect();
            Some(Row {
                streams: *streams,
                page: *page,
                whole: of_both.iter().map(|run| run.whole).collect(),
                figures: Figures::median(&figures)?,
                late_max: of_both.iter().map(|run| run.late_max).fold(0.0, f64::max),
            })
        })
    });
    let rows: Vec<Row> = rows.collect();
    let stopped = match options.stopped() {
        Some((streams, count)) => Some(measure(&options, Page::Tutti, streams, count).await?),
        None => None,
    };
    let report = Report { options: &options, rows, stopped };
    Ok(tutti_bench_common::publish(options.files.readme.as_deref(), "streams", &report.text()?)?)
}
