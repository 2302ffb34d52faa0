//! Cuts the program of a release in two: what the first screen needs, and a part that is fetched after it
//! (see `src/later.rs`). Both share one memory and one table of functions.
//!
//! trunk runs cargo, then wasm-bindgen, then wasm-opt. Between the first two this program stands in for
//! wasm-bindgen: a copy of it under that name comes first on trunk's PATH, cuts what cargo has linked, and
//! hands the first piece to the real one. When trunk is done, [`finish`] puts the part beside it.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use crate::failure::{Failure, OrFailure, Outcome};
use crate::place::Place;
use crate::trim::trim;
use crate::{entry, names, order, run};

/// Where the real wasm-bindgen is, for the one that stands in for it.
const REAL: &str = "TUTTI_WASM_BINDGEN";
/// The folder that the parts of the program are left in.
const PARTS: &str = "TUTTI_PARTS";
/// Names a part in the query of boot.js: `later=<file>`.
pub const QUERY: &str = "later";

const NEXT: &str = "Run the same command again.";

/// Makes trunk's release one that is cut.
pub fn prepare(place: &Place, trunk: &mut Command, tools: &[PathBuf]) -> Outcome {
    let name = format!("wasm-bindgen{}", std::env::consts::EXE_SUFFIX);
    let real = tools.iter().map(|folder| folder.join(&name)).find(|file| file.is_file());
    let real = real.ok_or_else(|| Failure::new("wasm-bindgen is not among the installed tools.", NEXT))?;
    let folder = place.target.join("stand-in");
    let parts = parts(place);
    let _ = fs::remove_dir_all(&parts);
    fs::create_dir_all(&folder)
        .and_then(|()| fs::create_dir_all(&parts))
        .and_then(|()| std::env::current_exe())
        .and_then(|own| fs::copy(own, folder.join(&name)))
        .or_failure(|| format!("{} cannot be written", folder.display()), NEXT)?;
    trunk.args(["--features", "split"]).env(REAL, real).env(PARTS, parts);
    // The linker keeps what says where functions and data are named, and the names.
    trunk.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", "-Clink-arg=--emit-relocs");
    trunk.env("CARGO_PROFILE_RELEASE_STRIP", "none");
    let folders: Vec<PathBuf> = std::iter::once(folder).chain(tools.iter().cloned()).collect();
    trunk.env("PATH", run::path_with(&folders));
    Ok(())
}

fn parts(place: &Place) -> PathBuf {
    place.target.join("parts")
}

/// Whether this program was started in place of wasm-bindgen.
pub fn stands_in() -> bool {
    let name = std::env::args_os().next().map(PathBuf::from);
    let is_named = name.is_some_and(|path| path.file_stem().is_some_and(|stem| stem == "wasm-bindgen"));
    is_named && std::env::var_os(REAL).is_some()
}

/// What wasm-bindgen is asked to do, on the first piece of the program.
pub fn stand_in() -> Outcome<ExitCode> {
    let real = std::env::var_os(REAL).unwrap_or_default();
    let mut arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    if let Some(linked) = arguments.iter_mut().find(|argument| is_program(argument)) {
        let parts = PathBuf::from(std::env::var_os(PARTS).unwrap_or_default());
        *linked = cut(Path::new(linked), &parts)?.into();
        // What the part takes from the program: its memory, its table of functions, its stack.
        arguments.push("--keep-lld-exports".into());
    }
    run::must(Command::new(&real).args(arguments), "wasm-bindgen failed.", "The lines above say why.")?;
    Ok(ExitCode::SUCCESS)
}

fn is_program(argument: &OsString) -> bool {
    Path::new(argument).extension().is_some_and(|extension| extension == "wasm")
}

/// The answer is the first piece.
fn cut(linked: &Path, parts: &Path) -> Outcome<PathBuf> {
    let program = fs::read(linked).or_failure(|| format!("{} cannot be read", linked.display()), NEXT)?;
    let trimmed = trim(&program).ok_or_else(|| {
        Failure::new(
            format!("{} is not as the linker writes it.", linked.display()),
            "xtask/src/trim.rs has to follow what it writes.",
        )
    })?;
    let whole = parts.join("whole.wasm");
    fs::write(&whole, trimmed).or_failure(|| format!("{} cannot be written", whole.display()), NEXT)?;
    let mut cutter = Command::new("wasm-split-cli");
    cutter.arg(&whole).arg(parts).args(["--target", "web", "--out-name", "main"]);
    run::must(&mut cutter, "The program could not be cut.", "The lines above say why.")?;
    Ok(parts.join("main.wasm"))
}

/// Makes the part as small as trunk made the rest, and names it in the page.
pub fn finish(place: &Place, into: &Path, tools: &[PathBuf]) -> Outcome {
    let part = parts(place).join("split_later.wasm");
    let small = parts(place).join("small.wasm");
    let mut opt = Command::new(if cfg!(windows) { "wasm-opt.cmd" } else { "wasm-opt" });
    opt.env("PATH", run::path_with(tools)).arg(&part).arg("--output").arg(&small);
    opt.arg("-Oz").args(passes(&fs::read_to_string(place.root.join("index.html")).unwrap_or_default()));
    run::must(&mut opt, "The part of the program could not be made small.", "The lines above say why.")?;
    order::reorder(&small)?;
    let bytes = fs::read(&small).or_failure(|| format!("{} cannot be read", small.display()), NEXT)?;
    let name = format!("tutti-later-{}.wasm", names::hash(&bytes));
    fs::write(into.join(&name), bytes)
        .or_failure(|| format!("{} cannot be written", into.display()), NEXT)?;
    entry::change(into, |html| named(html, QUERY, &name))
}

/// What trunk is told to tell wasm-opt.
fn passes(page: &str) -> impl Iterator<Item = &str> {
    let rest = page.split_once("data-wasm-opt-params=\"").map_or("", |(_, rest)| rest);
    rest.split('"').next().unwrap_or_default().split_ascii_whitespace()
}

/// The page whose boot.js knows the file by that name.
pub fn named(html: &str, name: &str, file: &str) -> Outcome<String> {
    const BOOT: &str = "boot.js?";
    let at = html.find(BOOT).map(|at| at + BOOT.len());
    let (before, after) = at.and_then(|at| html.split_at_checked(at)).ok_or_else(|| {
        Failure::new("The built page does not start boot.js.", "`pattern_script` in Trunk.toml says how.")
    })?;
    Ok(format!("{before}{name}={file}&amp;{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_names_the_part() {
        let html = r#"<script defer src="./boot.js?js=a.js&amp;wasm=a.wasm"></script>"#;
        let expected = r#"<script defer src="./boot.js?later=b.wasm&amp;js=a.js&amp;wasm=a.wasm"></script>"#;
        assert_eq!(named(html, QUERY, "b.wasm").unwrap(), expected);
        assert!(named("<html>", QUERY, "b.wasm").is_err());
    }

    #[test]
    fn the_part_is_made_small_as_the_rest_is() {
        let passes: Vec<&str> = passes(include_str!("../../index.html")).collect();
        assert!(passes.contains(&"--enable-reference-types") && passes.contains(&"-Oz"), "{passes:?}");
    }

    #[test]
    fn only_the_program_is_cut() {
        assert!(is_program(&"target/tutti.wasm".into()));
        assert!(!is_program(&"--out-name=tutti".into()));
        assert!(!is_program(&"--version".into()));
    }
}
