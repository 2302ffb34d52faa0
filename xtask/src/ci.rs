//! What has to hold before a change is merged: formatting, lints, docs, licences, then all tests.

use std::process::{Command, ExitCode};
use std::time::Instant;

use crate::failure::{Failure, Outcome};
use crate::place::Place;
use crate::tally::{Counts, Report};
use crate::tools::{self, CARGO_DENY, Voice};
use crate::{run, rust_target, test};

pub fn ci(place: &Place, arguments: &[&str]) -> Outcome<ExitCode> {
    if let Some(argument) = arguments.first() {
        return Err(Failure::new(
            format!("`ci` does not know `{argument}`."),
            "It has no options; `test` has.",
        ));
    }
    let mut report = Report::new();
    let lints = ["--", "-D", "warnings"];
    check(&mut report, "formatting", || Ok(run::cargo(place, &["fmt", "--all", "--check"])));
    check(&mut report, "lints", || {
        Ok(run::cargo(place, &[&["clippy", "--workspace", "--all-targets"][..], &lints].concat()))
    });
    check(&mut report, "lints, wasm", || {
        rust_target::ensure()?;
        // Not all targets: native tests need what does not build for a browser.
        let mut wasm = vec!["clippy", "-p", "tutti", "--target", "wasm32-unknown-unknown", "--lib", "--bins"];
        if test::has_web_tests(&place.root) {
            wasm.extend(["--test", "web"]);
        }
        wasm.extend(lints);
        Ok(run::cargo(place, &wasm))
    });
    check(&mut report, "docs", || {
        // Private items too: the page on a module's layout names them.
        let mut cargo = run::cargo(place, &["doc", "--no-deps", "--workspace", "--document-private-items"]);
        cargo.env("RUSTDOCFLAGS", "-D warnings");
        Ok(cargo)
    });
    check(&mut report, "licences", || {
        let folders = tools::ensure(place, &[CARGO_DENY], Voice::Screen)?;
        let mut cargo =
            run::cargo(place, &["deny", "check", "--hide-inclusion-graph", "bans", "licenses", "sources"]);
        cargo.env("PATH", run::path_with(&folders));
        Ok(cargo)
    });
    test::run_all(place, &test::options(&[])?, &mut report);
    Ok(report.finish())
}

fn check(report: &mut Report, name: &str, command: impl FnOnce() -> Outcome<Command>) {
    report.announce(name);
    let start = Instant::now();
    let next = "The lines above say what to change.";
    let outcome = command()
        .and_then(|mut command| run::must(&mut command, &format!("The check `{name}` failed."), next));
    match outcome {
        Ok(()) => report.add(name, Counts::PASSED, start.elapsed(), ""),
        Err(failure) => {
            eprintln!("{failure}");
            report.add(name, Counts::FAILED, start.elapsed(), "");
        }
    }
}
