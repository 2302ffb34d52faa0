//! Throws random bytes at every parser of foreign bytes.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use crate::failure::{Failure, Outcome};
use crate::place::Place;
use crate::run;
use crate::tools::{self, CARGO_FUZZ, Voice};

const SECONDS: u64 = 600;

#[derive(Debug, PartialEq, Eq)]
struct Options {
    target: Option<String>,
    seconds: u64,
}

pub fn fuzz(place: &Place, arguments: &[&str]) -> Outcome {
    let Options { target, seconds } = options(arguments)?;
    let all = targets(&place.root.join("fuzz").join("fuzz_targets"));
    if all.is_empty() {
        return Err(Failure::new("There is nothing to fuzz.", "A file in fuzz/fuzz_targets/ is a target."));
    }
    let chosen = match target {
        None => all,
        Some(target) if all.contains(&target) => vec![target],
        Some(target) => {
            return Err(Failure::new(
                format!("`{target}` is not a fuzz target."),
                format!("The targets are {}.", all.join(", ")),
            ));
        }
    };
    let folders = tools::ensure(place, &[CARGO_FUZZ], Voice::Screen)?;

    let mut lines = Vec::new();
    let mut findings = 0;
    for target in &chosen {
        println!("\n== {target}, {seconds} s ==");
        let mut runs = 0;
        let mut begun = None;
        let mut command = one(place, target, seconds);
        command.env("PATH", run::path_with(&folders));
        let clean = run::tee(&mut command, "", |line| {
            // The first words of libFuzzer; what came before is the build.
            if begun.is_none() && line.starts_with("INFO: Seed:") {
                begun = Some(Instant::now());
            }
            runs = runs_in(line).unwrap_or(runs);
        })?;
        let seconds = begun.map_or(0, |begun| begun.elapsed().as_secs());
        findings += u64::from(!clean);
        let found = match (clean, runs) {
            (true, _) => "0 findings",
            (false, 0) => "did not start",
            (false, _) => "1 finding",
        };
        lines.push(format!("{target}: {runs} runs, {seconds} s, {found}"));
    }
    println!("\n{}", lines.join("\n"));
    if findings == 0 {
        return Ok(());
    }
    Err(Failure::new(
        format!("{findings} of {} targets ended with a finding, or did not start.", chosen.len()),
        "The lines above name the input; it lies in fuzz/artifacts/<target>/.",
    ))
}

/// One target. There is no nightly toolchain here: RUSTC_BOOTSTRAP lets the stable one take the flags of
/// coverage, and the sanitizer stays off, since safe Rust has nothing for it to find.
fn one(place: &Place, target: &str, seconds: u64) -> Command {
    let mut command = Command::new("sh");
    // libFuzzer counts on standard error, which is shown and counted here.
    command.args([
        "-c",
        "exec \"$@\" 2>&1",
        "sh",
        "cargo",
        "fuzz",
        "run",
        "--sanitizer",
        "none",
        target,
        "--",
    ]);
    command.args([&format!("-max_total_time={seconds}"), "-print_final_stats=1"]);
    command.current_dir(&place.root).env("RUSTC_BOOTSTRAP", "1");
    command
}

fn targets(folder: &Path) -> Vec<String> {
    let mut targets: Vec<String> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect();
    targets.sort();
    targets
}

/// From libFuzzer's last words: `stat::number_of_executed_units: 12345`.
fn runs_in(line: &str) -> Option<u64> {
    line.strip_prefix("stat::number_of_executed_units:")?.trim().parse().ok()
}

fn options(arguments: &[&str]) -> Outcome<Options> {
    let mut options = Options { target: None, seconds: SECONDS };
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match *argument {
            "--seconds" => {
                options.seconds = rest.next().and_then(|seconds| seconds.parse().ok()).ok_or_else(|| {
                    Failure::new(
                        "`--seconds` is not followed by a number.",
                        "Say for example `--seconds 60`.",
                    )
                })?;
            }
            name if !name.starts_with('-') && options.target.is_none() => {
                options.target = Some(name.to_owned())
            }
            other => {
                return Err(Failure::new(
                    format!("`fuzz` does not know `{other}`."),
                    "It knows the name of one target and `--seconds N`.",
                ));
            }
        }
    }
    Ok(options)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_name_a_target_and_a_time() {
        assert_eq!(options(&[]), Ok(Options { target: None, seconds: 600 }));
        assert_eq!(
            options(&["sse", "--seconds", "5"]),
            Ok(Options { target: Some("sse".to_owned()), seconds: 5 })
        );
        for wrong in [&["--seconds"][..], &["--seconds", "x"], &["a", "b"], &["--jobs"]] {
            assert!(options(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn runs_are_read_from_the_last_words() {
        assert_eq!(runs_in("stat::number_of_executed_units: 1048576"), Some(1_048_576));
        assert_eq!(runs_in("stat::average_exec_per_sec:     524288"), None);
    }
}
