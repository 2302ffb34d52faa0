//! The pinned tools: built once, kept in the cache folder, shared by all checkouts.
//!
//! A tool counts as installed when its program says the right version. It is built under another name
//! and renamed when it is whole, under a lock, so neither an interrupted run nor a second one leaves half a tool.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::{Failure, OrFailure, Outcome};
use crate::place::Place;
use crate::run;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tool {
    pub name: &'static str,
    pub version: &'static str,
    program: &'static str,
    origin: Origin,
    /// On two cores, for whoever waits.
    takes: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    /// A crate, with the versions of its own Cargo.lock.
    LockedCrate,
    /// A crate whose Cargo.lock names what the registry does not have any more.
    Crate,
    /// A crate with the versions of its own Cargo.lock, whose program comes with this feature, and does not
    /// say its version: the name of its folder does.
    LockedFeature(&'static str),
    /// A package of programs that run on Node.
    Npm,
    /// A package with a script for browsers; what would be its program is that file.
    NpmScript,
}

pub const TRUNK: Tool = Tool {
    name: "trunk",
    version: "0.21.14",
    program: "trunk",
    origin: Origin::LockedCrate,
    takes: "about 5 minutes",
};
/// Must be the version of wasm-bindgen in Cargo.lock.
pub const WASM_BINDGEN: Tool = Tool {
    name: "wasm-bindgen-cli",
    version: "0.2.130",
    program: "wasm-bindgen",
    origin: Origin::Crate,
    takes: "about 2 minutes",
};
/// Cuts a program into parts; see `split.rs`.
pub const WASM_SPLIT: Tool = Tool {
    name: "wasm_split_cli_support",
    version: "0.2.4",
    program: "wasm-split-cli",
    origin: Origin::LockedFeature("build-binary"),
    takes: "about 2 minutes",
};
pub const BINARYEN: Tool = Tool {
    name: "binaryen",
    version: "132",
    program: "wasm-opt",
    origin: Origin::Npm,
    takes: "some seconds",
};
/// Makes JavaScript small; trunk's own minifier does not understand what wasm-bindgen writes.
pub const ESBUILD: Tool = Tool {
    name: "esbuild",
    version: "0.28.2",
    program: "esbuild",
    origin: Origin::Npm,
    takes: "some seconds",
};
/// Which rules of accessibility the journeys check: every version knows other ones.
pub const AXE: Tool = Tool {
    name: "axe-core",
    version: "4.14.1",
    program: "axe.min.js",
    origin: Origin::NpmScript,
    takes: "some seconds",
};
pub const GECKODRIVER: Tool = Tool {
    name: "geckodriver",
    version: "0.37.1",
    program: "geckodriver",
    origin: Origin::LockedCrate,
    takes: "about 1 minute",
};
pub const CARGO_DENY: Tool = Tool {
    name: "cargo-deny",
    version: "0.20.2",
    program: "cargo-deny",
    origin: Origin::LockedCrate,
    takes: "about 2 minutes",
};
pub const CARGO_FUZZ: Tool = Tool {
    name: "cargo-fuzz",
    version: "0.13.2",
    program: "cargo-fuzz",
    origin: Origin::LockedCrate,
    takes: "about 1 minute",
};

/// Where the words of an installation go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Voice {
    Screen,
    /// Something else speaks on the screen at the same time.
    Log,
}

/// Installs what is missing. The answer is the folders to put in front of PATH.
pub fn ensure(place: &Place, tools: &[Tool], voice: Voice) -> Outcome<Vec<PathBuf>> {
    tools.iter().map(|tool| tool.ensure(place, voice)).collect()
}

pub fn clean(place: &Place) -> Outcome {
    let folder = place.tools();
    if folder.exists() {
        fs::remove_dir_all(&folder).or_failure(
            || format!("{} could not be removed", folder.display()),
            "Stop what still uses it, then try again.",
        )?;
    }
    println!("No tools in {} any more.", folder.display());
    Ok(())
}

impl Tool {
    /// Its file, in a folder that [`ensure`] has named.
    pub fn file(&self, folder: &Path) -> PathBuf {
        folder.join(self.program_file())
    }

    fn ensure(&self, place: &Place, voice: Voice) -> Outcome<PathBuf> {
        if let Some(folder) = self.find(place) {
            return Ok(folder);
        }
        let writable = "Make the folder writable, or set TUTTI_CACHE to another one.";
        let tools = place.tools();
        fs::create_dir_all(&tools).or_failure(|| format!("{} cannot be made", tools.display()), writable)?;
        let _lock = self.lock(&tools)?;
        // Another run may have installed it while this one waited.
        if let Some(folder) = self.find(place) {
            return Ok(folder);
        }

        println!("Installing {} {}, {}, once ...", self.name, self.version, self.takes);
        let whole = tools.join(self.folder_name());
        let unfinished = tools.join(self.unfinished_name());
        remove(&unfinished)?;
        self.build(place, &unfinished, voice)?;
        if !self.is_in(&self.programs(&unfinished)) {
            return Err(Failure::new(
                format!(
                    "{} was installed, but {} does not say that it is {}.",
                    self.name, self.program, self.version
                ),
                "`cargo xtask clean-tools` removes it; then run the same command again.",
            ));
        }
        remove(&whole)?;
        fs::rename(&unfinished, &whole)
            .or_failure(|| format!("{} cannot be made", whole.display()), writable)?;
        println!("Installed {} {}.", self.name, self.version);
        Ok(self.programs(&whole))
    }

    /// The folder of its program, in the cache or else on PATH, in the right version.
    fn find(&self, place: &Place) -> Option<PathBuf> {
        let cached = self.programs(&place.tools().join(self.folder_name()));
        let on_path =
            run::on_path(&[self.program]).and_then(|program| program.parent().map(Path::to_path_buf));
        std::iter::once(cached).chain(on_path).find(|folder| self.is_in(folder))
    }

    fn is_in(&self, folder: &Path) -> bool {
        let program = self.file(folder);
        if !program.is_file() {
            return false;
        }
        let said = match self.origin {
            // One on PATH may be any.
            Origin::LockedFeature(_) => {
                return folder.parent().is_some_and(|folder| folder.ends_with(self.folder_name()))
                    || folder.parent().is_some_and(|folder| folder.ends_with(self.unfinished_name()));
            }
            Origin::NpmScript => fs::read_to_string(program).ok(),
            Origin::LockedCrate | Origin::Crate | Origin::Npm => {
                run::answer(Command::new(program).arg("--version"))
            }
        };
        // Each names itself in the first line.
        said.is_some_and(|said| says_version(said.lines().next().unwrap_or_default(), self.version))
    }

    fn folder_name(&self) -> String {
        format!("{}-{}", self.name, self.version)
    }

    fn unfinished_name(&self) -> String {
        format!("unfinished-{}", self.folder_name())
    }

    fn programs(&self, folder: &Path) -> PathBuf {
        match self.origin {
            Origin::LockedCrate | Origin::Crate | Origin::LockedFeature(_) => folder.join("bin"),
            Origin::Npm => folder.join("node_modules").join(".bin"),
            Origin::NpmScript => folder.join("node_modules").join(self.name),
        }
    }

    fn program_file(&self) -> String {
        match self.origin {
            Origin::Npm if cfg!(windows) => format!("{}.cmd", self.program),
            Origin::NpmScript => self.program.to_owned(),
            _ => format!("{}{}", self.program, std::env::consts::EXE_SUFFIX),
        }
    }

    /// Held until dropped; the system lets go of it when this program ends, however it ends.
    fn lock(&self, tools: &Path) -> Outcome<File> {
        let path = tools.join(format!("{}.lock", self.folder_name()));
        let next = "Make the folder writable, or set TUTTI_CACHE to another one.";
        let file =
            File::create(&path).or_failure(|| format!("{} cannot be written", path.display()), next)?;
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) => {
                println!("Waiting for another run that installs {} ...", self.name)
            }
            Err(TryLockError::Error(_)) => {}
        }
        file.lock().or_failure(|| format!("{} cannot be locked", path.display()), next)?;
        Ok(file)
    }

    fn build(&self, place: &Place, into: &Path, voice: Voice) -> Outcome {
        // Kept when the build is interrupted, so that the next one goes on from there.
        let half_built = place.cache.join("build").join(self.folder_name());
        let mut command = match self.origin {
            Origin::LockedCrate | Origin::Crate | Origin::LockedFeature(_) => {
                let mut cargo = Command::new("cargo");
                cargo.args(["install", self.name, "--version", self.version, "--root"]).arg(into);
                cargo.arg("--target-dir").arg(&half_built);
                // The checkout's own settings are not the tool's.
                cargo.env_remove("CARGO_TARGET_DIR").env_remove("RUSTFLAGS").current_dir(&place.cache);
                cargo
            }
            Origin::Npm | Origin::NpmScript => {
                let npm =
                    run::on_path(if cfg!(windows) { &["npm.cmd"] } else { &["npm"] }).ok_or_else(|| {
                        Failure::new(
                            format!("{} needs Node.js and npm, which are not on PATH.", self.name),
                            "Install Node.js 18 or newer (`cargo xtask serve` does without it).",
                        )
                    })?;
                fs::create_dir_all(into).or_failure(
                    || format!("{} cannot be made", into.display()),
                    "Make the cache folder writable.",
                )?;
                let mut npm = Command::new(npm);
                npm.args(["install", "--no-audit", "--no-fund", "--no-save", "--ignore-scripts", "--prefix"]);
                npm.arg(into);
                npm.arg(format!("{}@{}", self.name, self.version)).current_dir(into);
                npm
            }
        };
        match self.origin {
            Origin::LockedCrate => drop(command.arg("--locked")),
            Origin::LockedFeature(feature) => drop(command.args(["--locked", "--features", feature])),
            Origin::Crate | Origin::Npm | Origin::NpmScript => {}
        }
        let happened = format!("{} {} could not be installed.", self.name, self.version);
        match voice {
            Voice::Screen => run::must(
                &mut command,
                &happened,
                "The lines above say why; the same command goes on where this one stopped.",
            )?,
            Voice::Log => run::must_into_log(&mut command, &place.log(&self.folder_name()), &happened)?,
        }
        // Hundreds of megabytes that nobody needs again; if they stay, nothing breaks.
        let _ = fs::remove_dir_all(&half_built);
        Ok(())
    }
}

fn remove(folder: &Path) -> Outcome {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Failure::new(
            format!("{} could not be removed ({error}).", folder.display()),
            "Remove it by hand, then run the same command again.",
        )),
        _ => Ok(()),
    }
}

/// Whether a program's answer to `--version` names this version, not one that only begins like it.
fn says_version(said: &str, version: &str) -> bool {
    said.split(|c: char| c.is_whitespace() || "(),v".contains(c)).any(|word| word == version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_a_whole_word() {
        assert!(says_version("trunk 0.21.14\n", "0.21.14"));
        assert!(says_version("wasm-opt version 132 (version_132)", "132"));
        assert!(says_version("geckodriver 0.37.1 (unknown 2026)\n\nThe source code ...", "0.37.1"));
        assert!(says_version("v20.20.2", "20.20.2"));
        assert!(says_version("/*! axe v4.14.1", "4.14.1"));
        assert!(!says_version("trunk 0.21.140", "0.21.14"));
        assert!(!says_version("trunk 10.21.14", "0.21.14"));
        assert!(!says_version("wasm-opt version 108", "132"));
        assert!(!says_version("", "132"));
    }

    #[test]
    fn the_pinned_wasm_bindgen_is_the_one_in_cargo_lock_and_in_trunk_toml() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let read = |name: &str| fs::read_to_string(root.join(name)).unwrap_or_default();
        let locked = format!("name = \"wasm-bindgen\"\nversion = \"{}\"\n", WASM_BINDGEN.version);
        assert!(read("Cargo.lock").contains(&locked), "tools.rs pins another wasm-bindgen than Cargo.lock");
        let trunk = read("Trunk.toml");
        assert!(trunk.contains(&format!("wasm_bindgen = \"{}\"", WASM_BINDGEN.version)));
        assert!(trunk.contains(&format!("wasm_opt = \"version_{}\"", BINARYEN.version)));
    }
}
