//! Browsers killed again and again. Writes its table into bench/README.md.

use std::path::PathBuf;

use super::readme;
use crate::browsers::{self, Needs};
use crate::engine::Engine;
use crate::failure::{Failure, Outcome};
use crate::place::Place;
use crate::{dist, run};

/// In each engine.
const KILLS: &str = "200";
const HEAD: &str = "\
| engine | kills | prompts | lost | runs cut | answers cut | p50 | p99 | max | stalled |
|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|
";

pub fn kill(place: &Place) -> Outcome {
    let engines = vec![Engine::Chromium, Engine::Firefox];
    let prepared = browsers::prepare(place, &Needs { engines: engines.clone(), web: false, page: true });
    prepared.page_tools()?;
    let page = dist::build(place)?;
    let mut rows = String::new();
    for engine in engines {
        let folders = prepared.engine(engine).map_err(|why| Failure::new(why, "Install that browser."))?;
        println!("Killing {} {KILLS} times ...", engine.name());
        let file: PathBuf = place.target.join(format!("killed-{}.md", engine.name()));
        let mut cargo =
            run::cargo(place, &["test", "--quiet", "-p", "tutti-e2e", "--test", "journeys", "--"]);
        cargo
            .args(["--nocapture", "killed::"])
            .env("TUTTI_ENGINE", engine.name())
            .env("TUTTI_DIST", &page)
            .env("TUTTI_KILLS", KILLS)
            .env("TUTTI_KILLED", &file)
            .env("PATH", run::path_with(&folders));
        run::must(&mut cargo, "Something was lost, or the run broke off.", "The lines above say what.")?;
        rows += &std::fs::read_to_string(&file).map_err(|error| {
            Failure::new(format!("{}: {error}", file.display()), "Run the same command again.")
        })?;
    }
    print!("{HEAD}{rows}");
    tutti_bench_common::write_into(&readme(place), "kill", &format!("{HEAD}{rows}"))
        .map_err(|why| Failure::new(why, "Put both lines back."))
}
