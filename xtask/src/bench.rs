//! What measures speed: decoding natively, and streams in a real browser.

use crate::engine::Engine;
use crate::failure::{Failure, Outcome};
use crate::place::Place;
use crate::{debian, dist, run};

pub fn bench(place: &Place, arguments: &[&str]) -> Outcome {
    match arguments {
        ["streams", rest @ ..] => streams(place, rest),
        _ => decoding(place, arguments),
    }
}

fn decoding(place: &Place, arguments: &[&str]) -> Outcome {
    let mut cargo = run::cargo(place, &["bench", "-p", "tutti-bench"]);
    cargo.args(arguments);
    run::must(&mut cargo, "The benchmarks did not run to their end.", "The lines above say why.")?;
    println!("`cargo xtask bench streams` measures the page in a browser, about 6 minutes.");
    Ok(())
}

/// The release page beside a plain one, with many streams at once. Writes its table into bench/README.md.
fn streams(place: &Place, arguments: &[&str]) -> Outcome {
    debian::provide(place, &[Engine::Chromium], true)?;
    if let Some(lack) = Engine::Chromium.lacks() {
        return Err(Failure::new(format!("There is {lack}."), "Install Chromium and its driver."));
    }
    let page = dist::build(place)?;
    println!("Building the server and what drives the browser, about 2 minutes the first time ...");
    let mut cargo =
        run::cargo(place, &["run", "--quiet", "-p", "tutti-bench-streams", "--profile", "measure"]);
    cargo.args(["--", "--dist"]).arg(page);
    cargo.arg("--readme").arg(place.root.join("bench").join("README.md")).args(arguments);
    run::must(&mut cargo, "The streams were not measured to their end.", "The lines above say why.")
}
