//! Many comparisons in a real Chromium: how fast the list comes, how fast it and all answers are searched, and what
//! they cost the start of the page.
//!
//! # Layout
//! - `options`: what is measured, from the command line
//! - `store`: the comparisons, written by the page's own records and read again by the program's own reader
//! - `measure`: the list, the search, the start
//! - `report`: the table, and its place in bench/README.md
//! - `fill.js`, `watch.js`, `list.js`, `search.js`: what runs in the page
//!
//! Two browsers take turns at the start, one with the comparisons and one without. Their profiles are in the
//! system's folder of temporary files, and go with them.

mod measure;
mod options;
mod report;
mod store;

use std::process::ExitCode;

use options::Options;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    tutti_bench_common::end(run().await)
}

async fn run() -> tutti_e2e::Result {
    let options = Options::parse(std::env::args().skip(1))?;
    let measured = measure::measure(&options).await?;
    let text = report::text(&options, &measured);
    Ok(tutti_bench_common::publish(options.files.readme.as_deref(), "history", &text)?)
}
