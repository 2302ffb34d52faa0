//! All tests, the fastest first. A stage that fails does not hide the later ones.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use crate::browsers::{self, Needs, Prepared};
use crate::engine::{ENGINES, Engine};
use crate::failure::{Failure, Outcome};
use crate::place::Place;
use crate::tally::{Counts, Report};
use crate::{journeys, run, rust_target};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Native,
    /// Units of the shell, in a browser.
    Web,
    /// A person's journeys through the built page.
    EndToEnd,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    kinds: Vec<Kind>,
    engines: Vec<Engine>,
    /// Only tests with this in their names.
    filter: Option<String>,
}

pub fn test(place: &Place, arguments: &[&str]) -> Outcome<ExitCode> {
    let options = options(arguments)?;
    let mut report = Report::new();
    run_all(place, &options, &mut report);
    Ok(report.finish())
}

pub fn options(arguments: &[&str]) -> Outcome<Options> {
    let kinds = vec![Kind::Native, Kind::Web, Kind::EndToEnd];
    let mut options = Options { kinds, engines: ENGINES.to_vec(), filter: None };
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match (*argument, rest.next()) {
            ("--only", Some(&"native")) => options.kinds = vec![Kind::Native],
            ("--only", Some(&"web")) => options.kinds = vec![Kind::Web],
            ("--only", Some(&("journeys" | "e2e"))) => options.kinds = vec![Kind::EndToEnd],
            ("--engine", Some(name)) => options.engines = vec![Engine::named(name)?],
            ("--filter", Some(name)) if !name.starts_with('-') => options.filter = Some((*name).to_owned()),
            (other, value) => {
                let all = value.map_or_else(|| other.to_owned(), |value| format!("{other} {value}"));
                return Err(Failure::new(
                    format!("`{all}` is not understood."),
                    "The options are `--only native|web|journeys`, `--engine chromium|firefox|webkit` and `--filter <part of a test's name>`.",
                ));
            }
        }
    }
    Ok(options)
}

pub fn run_all(place: &Place, options: &Options, report: &mut Report) {
    let wants = |kind| options.kinds.contains(&kind);
    let needs = Needs {
        engines: if wants(Kind::Web) || wants(Kind::EndToEnd) { options.engines.clone() } else { Vec::new() },
        web: wants(Kind::Web) && has_web_tests(&place.root),
        page: wants(Kind::EndToEnd),
    };
    let prepared = std::thread::scope(|scope| {
        let tools = scope.spawn(|| browsers::prepare(place, &needs));
        if wants(Kind::Native) {
            native(place, options, report);
        }
        let soon = Instant::now() + Duration::from_secs(2);
        while !tools.is_finished() && Instant::now() < soon {
            std::thread::sleep(Duration::from_millis(50));
        }
        if !tools.is_finished() {
            println!("\nWaiting for the tools to be ready ...");
        }
        Prepared::from(tools.join())
    });
    if wants(Kind::Web) {
        web(place, options, &needs, &prepared, report);
    }
    if wants(Kind::EndToEnd) {
        journeys::walk(place, &options.engines, options.filter.as_deref(), &prepared, report);
    }
    if let Some(filter) = options.filter.as_ref().filter(|_| !report.has_run_tests()) {
        let failure =
            Failure::new(format!("No test has `{filter}` in its name."), "Say another part of a name.");
        failed(report, "filter", &failure);
    }
}

fn native(place: &Place, options: &Options, report: &mut Report) {
    let mut cargo = run::cargo(place, &["test", "--workspace", "--exclude", "tutti-e2e", "--no-fail-fast"]);
    cargo.args(&options.filter);
    stage(report, "native", &mut cargo);
}

fn web(place: &Place, options: &Options, needs: &Needs, prepared: &Prepared, report: &mut Report) {
    // wasm-bindgen's runner does not know how to talk to WebKitGTK.
    for engine in options.engines.iter().copied().filter(|engine| *engine != Engine::WebKit) {
        let name = format!("units in {}", engine.name());
        if !needs.web {
            report.not_run(&name, "Cargo.toml has no test named `web`");
            continue;
        }
        let folders = match prepared.engine(engine) {
            Ok(folders) => folders,
            Err(why) => {
                report.missing(&name, &why);
                continue;
            }
        };
        match rust_target::ensure().and_then(|()| prepared.runner()) {
            Ok(runner) => {
                let mut cargo = web_tests(place, engine, &[folders, runner].concat());
                stage(report, &name, cargo.args(&options.filter));
            }
            Err(failure) => failed(report, &name, &failure),
        }
    }
}

fn web_tests(place: &Place, engine: Engine, folders: &[PathBuf]) -> Command {
    let path = run::path_with(folders);
    let mut cargo = run::cargo(
        place,
        &["test", "--target", "wasm32-unknown-unknown", "-p", "tutti", "--test", "web", "--no-fail-fast"],
    );
    // The runner takes the first driver that the environment names.
    for other in ["CHROMEDRIVER", "GECKODRIVER", "SAFARIDRIVER", "MSEDGEDRIVER"] {
        cargo.env_remove(other).env_remove(format!("{other}_REMOTE"));
    }
    match engine {
        Engine::Firefox => cargo.env("GECKODRIVER", "geckodriver"),
        Engine::Chromium | Engine::WebKit => cargo.env("CHROMEDRIVER", "chromedriver"),
    };
    // Seconds; the default of 20 is too few for a busy machine.
    cargo.env("WASM_BINDGEN_TEST_TIMEOUT", "300").env("PATH", path);
    cargo
}

/// What one command with tests came to.
pub struct Ran {
    counts: Counts,
    took: Duration,
    note: &'static str,
}

impl Ran {
    /// Runs one test program after another, as cargo does, and counts what each of them says at its end.
    /// Each line on the screen begins with `label`.
    pub fn of(cargo: &mut Command, label: &str) -> Outcome<Ran> {
        let start = Instant::now();
        let mut counts = Counts::default();
        let count = |line: &str| {
            if let Some(more) = Counts::of_line(line) {
                counts.add(more);
            }
        };
        let succeeded = run::tee(cargo, label, count)?;
        let note = if !succeeded && counts.failed == 0 { "did not run to its end" } else { "" };
        Ok(Ran { counts: counts.of_program(succeeded), took: start.elapsed(), note })
    }
}

fn stage(report: &mut Report, name: &str, cargo: &mut Command) {
    report.announce(name);
    enter(report, name, Ran::of(cargo, ""));
}

pub fn enter(report: &mut Report, name: &str, ran: Outcome<Ran>) {
    match ran {
        Ok(Ran { counts, took, note }) => report.add_tests(name, counts, took, note),
        Err(failure) => failed(report, name, &failure),
    }
}

pub fn failed(report: &mut Report, name: &str, failure: &Failure) {
    eprintln!("{failure}");
    report.add(name, Counts::FAILED, Duration::ZERO, failure.happened());
}

/// Whether there are tests that need a browser's engine but no page.
pub fn has_web_tests(root: &Path) -> bool {
    let manifest = std::fs::read_to_string(root.join("Cargo.toml")).unwrap_or_default();
    manifest
        .split("[[test]]")
        .skip(1)
        .any(|target| target.lines().any(|line| line.trim() == "name = \"web\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_choose_kinds_and_engines() {
        let kinds = vec![Kind::Native, Kind::Web, Kind::EndToEnd];
        let all = Options { kinds, engines: ENGINES.to_vec(), filter: None };
        assert_eq!(options(&[]), Ok(all.clone()));
        assert_eq!(options(&["--only", "native"]), Ok(Options { kinds: vec![Kind::Native], ..all }));
        let one = options(&["--engine", "firefox", "--only", "journeys", "--filter", "queue"]).unwrap();
        let (kinds, engines) = (vec![Kind::EndToEnd], vec![Engine::Firefox]);
        assert_eq!(one, Options { kinds, engines, filter: Some("queue".to_owned()) });
        for wrong in [
            &["--only"][..],
            &["--only", "fast"],
            &["--engine", "opera"],
            &["--filter"],
            &["--filter", "--nocapture"],
            &["fast"],
        ] {
            assert!(options(wrong).is_err(), "{wrong:?}");
        }
    }
}
