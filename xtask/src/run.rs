//! Starts other programs.

use std::ffi::OsString;
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::failure::{Failure, Outcome};
use crate::place::Place;

/// Cargo in the checkout, building where this run builds.
pub fn cargo(place: &Place, arguments: &[&str]) -> Command {
    let mut command = Command::new("cargo");
    command.args(arguments).current_dir(&place.root).env("CARGO_TARGET_DIR", &place.target);
    command
}

/// Runs to the end, with its output on the screen.
pub fn must(command: &mut Command, happened: &str, next: &str) -> Outcome {
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(Failure::new(happened, next)),
        Err(error) => Err(not_started(command, &error)),
    }
}

/// Runs to the end, with its output in a file, so that two programs do not talk at once.
pub fn must_into_log(command: &mut Command, log: &Path, happened: &str) -> Outcome {
    let opened = log
        .parent()
        .map_or(Ok(()), std::fs::create_dir_all)
        .and_then(|()| File::create(log))
        .and_then(|file| Ok((file.try_clone()?, file)));
    let (out, err) = opened.map_err(|error| {
        Failure::new(
            format!("The log {} cannot be written ({error}).", log.display()),
            "Make its folder writable, or set TUTTI_CACHE to another one.",
        )
    })?;
    let command = command.stdin(Stdio::null()).stdout(out).stderr(err);
    must(
        command,
        happened,
        &format!("The end of {} says why; then run the same command again.", log.display()),
    )
}

/// Standard output of a short command, or `None` when it fails or does not exist.
pub fn answer(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs with its output on the screen, and hands each line of standard output to `line` too. On the
/// screen such a line begins with `label`. The answer is whether it succeeded.
pub fn tee(command: &mut Command, label: &str, mut line: impl FnMut(&str)) -> Outcome<bool> {
    let mut child = command.stdout(Stdio::piped()).spawn().map_err(|error| not_started(command, &error))?;
    if let Some(out) = child.stdout.take() {
        let mut reader = BufReader::new(out);
        let mut bytes = Vec::new();
        // Bytes, since what a test prints may be no UTF-8.
        while reader.read_until(b'\n', &mut bytes).is_ok_and(|read| read > 0) {
            // A closed screen is no reason to lose the counts.
            let mut screen = std::io::stdout().lock();
            let _ = screen.write_all(label.as_bytes()).and_then(|()| screen.write_all(&bytes));
            drop(screen);
            line(String::from_utf8_lossy(&bytes).trim_end());
            bytes.clear();
        }
    }
    match child.wait() {
        Ok(status) => Ok(status.success()),
        Err(error) => Err(not_started(command, &error)),
    }
}

/// PATH with these folders in front.
pub fn path_with(folders: &[PathBuf]) -> OsString {
    let old = std::env::var_os("PATH").unwrap_or_default();
    let all = folders.iter().cloned().chain(std::env::split_paths(&old));
    std::env::join_paths(all).unwrap_or(old)
}

/// The first of these programs that is on PATH.
pub fn on_path(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let suffix = |name: &str| if name.contains('.') { "" } else { std::env::consts::EXE_SUFFIX };
    names
        .iter()
        .map(|name| format!("{name}{}", suffix(name)))
        .flat_map(|file| folders.iter().map(move |folder| folder.join(&file)))
        .find(|candidate| candidate.is_file())
}

fn not_started(command: &Command, error: &std::io::Error) -> Failure {
    let program = command.get_program().to_string_lossy().into_owned();
    Failure::new(
        format!("`{program}` could not be started ({error})."),
        format!("Install {program}, or put it on PATH."),
    )
}
