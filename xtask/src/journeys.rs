//! A person's journeys through the built page, in all engines at once: they wait more than they compute.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::browsers::{self, Prepared};
use crate::engine::Engine;
use crate::failure::Outcome;
use crate::place::Place;
use crate::tally::{Counts, Report};
use crate::test::{Ran, enter, failed};
use crate::{dist, run, turns};

pub fn walk(
    place: &Place,
    engines: &[Engine],
    filter: Option<&str>,
    prepared: &Prepared,
    report: &mut Report,
) {
    let page = page(place, prepared, report);
    let ready = |engine: &Engine| Some((*engine, prepared.engine(*engine).ok()?));
    let able: Vec<(Engine, Vec<PathBuf>)> = engines.iter().filter_map(ready).collect();
    let runs = match &page {
        Some(page) if !able.is_empty() => {
            report.announce("journeys");
            side_by_side(place, &able, filter, page, prepared)
        }
        _ => Vec::new(),
    };
    let mut runs = runs.into_iter();
    for engine in engines {
        let name = format!("journeys in {}", engine.name());
        match prepared.engine(*engine) {
            Err(why) => report.missing(&name, &why),
            Ok(_) => match runs.next() {
                Some(ran) => enter(report, &name, ran),
                None => report.not_run(&name, "there is no page"),
            },
        }
    }
}

/// One run for each engine, in their order.
fn side_by_side(
    place: &Place,
    engines: &[(Engine, Vec<PathBuf>)],
    filter: Option<&str>,
    page: &Path,
    prepared: &Prepared,
) -> Vec<Outcome<Ran>> {
    let axe = prepared.axe().unwrap_or_else(|failure| {
        eprintln!("{failure}");
        None
    });
    // Once for all, so that none waits for another's build. What does not compile is said again below.
    let _ = run::cargo(place, &["test", "-p", "tutti-e2e", "--no-run"]).status();
    let turns = turns::give(turns::at_once());
    let threads = format!("--test-threads={}", if turns.is_ok() { turns::at_once() } else { 1 });
    let walk = |engine: Engine, folders: &[PathBuf]| {
        let mut cargo = run::cargo(place, &["test", "--quiet", "-p", "tutti-e2e", "--no-fail-fast", "--"]);
        cargo
            .args([&threads, "--format=pretty"])
            .args(filter)
            .envs(turns.as_ref().map(|address| ("TUTTI_TURNS", address.to_string())))
            .env("TUTTI_ENGINE", engine.name())
            .env("TUTTI_DIST", page)
            .envs(axe.as_ref().map(|axe| ("TUTTI_AXE", axe)))
            .env("PATH", run::path_with(folders));
        let label = if engines.len() > 1 { format!("{:<8} | ", engine.name()) } else { String::new() };
        Ran::of(&mut cargo, &label)
    };
    std::thread::scope(|scope| {
        let runs: Vec<_> =
            engines.iter().map(|(engine, folders)| scope.spawn(|| walk(*engine, folders))).collect();
        runs.into_iter().map(joined).collect()
    })
}

/// A thread that broke off has said why.
fn joined(run: std::thread::ScopedJoinHandle<Outcome<Ran>>) -> Outcome<Ran> {
    run.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// Builds what is shipped, so that journeys test that. Its size budget is a check of its own.
fn page(place: &Place, prepared: &Prepared, report: &mut Report) -> Option<PathBuf> {
    const BUILD: &str = "release page";
    const WEIGHT: &str = "size budget";
    if let Err(why) = browsers::node() {
        report.missing(BUILD, why);
        return None;
    }
    report.announce(BUILD);
    let start = Instant::now();
    let folder = match prepared.page_tools().and_then(|()| dist::build(place)) {
        Ok(folder) => folder,
        Err(failure) => {
            failed(report, BUILD, &failure);
            return None;
        }
    };
    report.add(BUILD, Counts::PASSED, start.elapsed(), "");
    match dist::check_weight(place, &folder) {
        Ok(said) => {
            println!("{said}");
            report.add(WEIGHT, Counts::PASSED, Duration::ZERO, "");
        }
        Err(failure) => failed(report, WEIGHT, &failure),
    }
    Some(folder)
}
