//! What measures speed: decoding natively, the page in a real browser.

mod kill;

use std::path::PathBuf;

use crate::engine::Engine;
use crate::failure::{Failure, Outcome};
use crate::place::Place;
use crate::{debian, dist, run};

/// Names the folder that holds, beside other things, the pages that ours is measured beside.
const FIXTURES: &str = "TUTTI_FIXTURES";

pub fn bench(place: &Place, arguments: &[&str]) -> Outcome {
    match arguments {
        [] => {
            decoding(place, &[])?;
            streams(place, &[])?;
            page(place, &[])?;
            kill::kill(place)
        }
        ["decode", rest @ ..] => decoding(place, rest),
        ["streams", rest @ ..] => streams(place, rest),
        ["page", rest @ ..] => page(place, rest),
        ["history", rest @ ..] => history(place, rest),
        ["kill"] => kill::kill(place),
        ["quick"] => page(place, &["--quick", "--rounds", "1", "--print"]),
        [other, ..] => Err(Failure::new(
            format!("`bench` does not know `{other}`."),
            "It knows `decode`, `streams`, `page`, `kill`, `history` and `quick`; alone it runs the first four.",
        )),
    }
}

fn decoding(place: &Place, arguments: &[&str]) -> Outcome {
    let mut cargo = run::cargo(place, &["bench", "-p", "tutti-bench"]);
    cargo.args(arguments);
    run::must(&mut cargo, "The benchmarks did not run to their end.", "The lines above say why.")
}

/// The release page beside a plain one, with many streams at once. Writes its table into bench/README.md.
fn streams(place: &Place, arguments: &[&str]) -> Outcome {
    has_chromium(place)?;
    let page = dist::build(place)?;
    println!("Building the server and what drives the browser, about 2 minutes the first time ...");
    let mut cargo =
        run::cargo(place, &["run", "--quiet", "-p", "tutti-bench-streams", "--profile", "measure"]);
    cargo.args(["--", "--dist"]).arg(page);
    cargo.arg("--readme").arg(readme(place)).args(arguments);
    run::must(&mut cargo, "The streams were not measured to their end.", "The lines above say why.")
}

/// The release page with ten thousand comparisons. Writes its table into bench/README.md.
fn history(place: &Place, arguments: &[&str]) -> Outcome {
    has_chromium(place)?;
    let page = dist::build(place)?;
    let mut cargo =
        run::cargo(place, &["run", "--quiet", "-p", "tutti-bench-history", "--profile", "measure"]);
    cargo.args(["--", "--dist"]).arg(page);
    cargo.arg("--readme").arg(readme(place)).args(arguments);
    run::must(&mut cargo, "The history was not measured to its end.", "The lines above say why.")
}

/// The release page beside pages that others would have built. Writes its tables into bench/README.md.
fn page(place: &Place, arguments: &[&str]) -> Outcome {
    let Some(baselines) = baselines() else {
        return Err(Failure::new(
            format!(
                "The pages that ours is measured beside are not here: {FIXTURES} names no folder with bench/harness/driver.mjs."
            ),
            format!(
                "Set {FIXTURES} to a folder that has them, or run `cargo xtask bench streams`, which needs none."
            ),
        ));
    };
    has_chromium(place)?;
    let mut cargo = run::cargo(place, &["run", "--quiet", "-p", "tutti-bench-page", "--"]);
    if !arguments.contains(&"--report") {
        cargo.arg("--dist").arg(dist::build(place)?);
    }
    let work = std::env::var_os("BENCH_OUT").map_or_else(|| place.cache.join("bench"), PathBuf::from);
    let hook = place.root.join("bench").join("page").join("hook.mjs");
    cargo.arg("--baselines").arg(baselines).arg("--work").arg(work).arg("--hook").arg(hook);
    cargo.arg("--readme").arg(readme(place)).args(arguments);
    run::must(&mut cargo, "The page was not measured to its end.", "The lines above say why.")
}

fn baselines() -> Option<PathBuf> {
    let folder = PathBuf::from(std::env::var_os(FIXTURES)?).join("bench");
    folder.join("harness").join("driver.mjs").is_file().then_some(folder)
}

fn has_chromium(place: &Place) -> Outcome {
    debian::provide(place, &[Engine::Chromium], true)?;
    match Engine::Chromium.lacks() {
        Some(lack) => Err(Failure::new(format!("There is {lack}."), "Install Chromium and its driver.")),
        None => Ok(()),
    }
}

pub(crate) fn readme(place: &Place) -> PathBuf {
    place.root.join("bench").join("README.md")
}
