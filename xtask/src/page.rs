//! Builds the page with trunk.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::{OrFailure, Outcome};
use crate::place::Place;
use crate::tools::{self, BINARYEN, ESBUILD, TRUNK, Tool, Voice, WASM_BINDGEN, WASM_SPLIT};
use crate::{entry, names, offline, order, parts, run, rust_target, short_names, split, words};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flavour {
    /// For this computer: nearly the speed of a release, rebuilt in seconds, without Node.
    Served,
    /// For everybody: as small as it gets.
    Release,
}

impl Flavour {
    pub fn tools(self) -> &'static [Tool] {
        match self {
            Flavour::Served => &[TRUNK, WASM_BINDGEN],
            Flavour::Release => &[TRUNK, WASM_BINDGEN, WASM_SPLIT, BINARYEN, ESBUILD],
        }
    }
}

/// Installs what is needed, builds, and leaves the page in `into`; a failure leaves the old page there.
pub fn build(place: &Place, flavour: Flavour, into: &Path) -> Outcome {
    rust_target::ensure()?;
    let folders = tools::ensure(place, flavour.tools(), Voice::Screen)?;
    let _lock = lock(&place.target)?;
    if !into.join("index.html").is_file() {
        println!("Building the page, 1 to 3 minutes the first time ...");
    }
    fs::create_dir_all(into)
        .or_failure(|| format!("{} cannot be made", into.display()), "Make its folder writable.")?;
    let mut trunk = trunk(place, flavour, into, &folders);
    if flavour == Flavour::Release {
        split::prepare(place, &mut trunk, &folders)?;
    }
    run::must(
        &mut trunk,
        "The page was not built.",
        "The lines above say why; when it is the code, `cargo check --target wasm32-unknown-unknown` says it sooner.",
    )?;
    if flavour == Flavour::Release {
        minify(into, &folders)?;
        split::finish(place, into, &folders)?;
        words::add(place, into)?;
        names::settle(into)?;
        offline::announce(into)?;
    }
    parts::add(place, flavour, into, &folders)?;
    entry::style_recovery(into)?;
    entry::write_open(into)?;
    match flavour {
        Flavour::Served => offline::write_none(into),
        Flavour::Release => offline::write(place, into),
    }
}

/// The script that wasm-bindgen has written, which names a function for every call out of the program.
fn minify(folder: &Path, tools: &[PathBuf]) -> Outcome {
    let unreadable = || format!("{} cannot be read", folder.display());
    for entry in fs::read_dir(folder).or_failure(unreadable, "Run the same command again.")?.flatten() {
        let name = entry.file_name();
        // Not boot.js, which browsers of any age have to read.
        if !name.to_str().is_some_and(|name| name.starts_with("tutti-") && name.ends_with(".js")) {
            continue;
        }
        let file = entry.path();
        make_small(&file, "--format=esm", tools)?;
        let program = file.with_file_name(name.to_string_lossy().replace(".js", "_bg.wasm"));
        short_names::rename(&file, &program)?;
        order::reorder(&program)?;
    }
    Ok(())
}

/// Takes out of a script what only people need.
pub fn make_small(file: &Path, format: &str, tools: &[PathBuf]) -> Outcome {
    let mut esbuild = Command::new(if cfg!(windows) { "esbuild.cmd" } else { "esbuild" });
    esbuild.args(["--minify", format, "--log-level=warning", "--allow-overwrite"]);
    let mut outfile = std::ffi::OsString::from("--outfile=");
    outfile.push(file);
    esbuild.arg(outfile).arg(file).env("PATH", run::path_with(tools));
    run::must(&mut esbuild, "A script of the page could not be made small.", "The lines above say why.")
}

fn trunk(place: &Place, flavour: Flavour, into: &Path, folders: &[PathBuf]) -> Command {
    let mut trunk = Command::new("trunk");
    trunk.args(["--quiet", "--skip-version-check", "build", "--dist"]).arg(into);
    match flavour {
        // Not trunk's idea of a release, so it runs no wasm-opt.
        Flavour::Served => trunk.args(["--cargo-profile", "serve"]),
        Flavour::Release => trunk.arg("--release"),
    };
    trunk
        .current_dir(&place.root)
        .env("CARGO_TARGET_DIR", &place.target)
        .env("PATH", run::path_with(folders));
    // trunk takes these two as options of its own, and refuses what others mean by them.
    trunk.env_remove("NO_COLOR").env_remove("RUST_LOG");
    // Where trunk itself failed helps nobody who reads what the compiler said.
    trunk.env("RUST_LIB_BACKTRACE", "0");
    trunk
}

/// trunk keeps what it works on in the target folder under fixed names: two builds there would mix.
fn lock(target: &Path) -> Outcome<File> {
    let path = target.join("page.lock");
    let next = "Make the target folder writable, or set CARGO_TARGET_DIR to another one.";
    fs::create_dir_all(target).or_failure(|| format!("{} cannot be made", target.display()), next)?;
    let file = File::create(&path).or_failure(|| format!("{} cannot be written", path.display()), next)?;
    if file.try_lock().is_err() {
        println!("Waiting for another build of the page ...");
        file.lock().or_failure(|| format!("{} cannot be locked", path.display()), next)?;
    }
    Ok(file)
}
