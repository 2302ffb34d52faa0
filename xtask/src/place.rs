//! The folders that commands work in.

use std::ffi::OsString;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use crate::failure::{Failure, Outcome};

#[derive(Debug, Clone)]
pub struct Place {
    /// The checkout.
    pub root: PathBuf,
    /// What outlives a checkout: tools and their logs.
    pub cache: PathBuf,
    /// Where cargo builds.
    pub target: PathBuf,
}

impl Place {
    pub fn find() -> Outcome<Self> {
        let root = checkout()?;
        let cache = cache_folder(std::env::consts::OS, |name| std::env::var_os(name)).ok_or_else(|| {
            Failure::new(
                "There is no folder to keep tools in, since this user has no home folder.",
                "Set TUTTI_CACHE to a folder that may be written to.",
            )
        })?;
        let target = match std::env::var_os("CARGO_TARGET_DIR") {
            Some(folder) if !folder.is_empty() => absolute(PathBuf::from(folder)),
            _ => root.join("target"),
        };
        Ok(Self { root, cache: absolute(cache), target })
    }

    pub fn dist(&self) -> PathBuf {
        self.root.join("dist")
    }

    /// The page that `serve` shows. Checkouts that share a target folder must not show each other's.
    pub fn served_page(&self) -> PathBuf {
        let mut hasher = DefaultHasher::new();
        self.root.hash(&mut hasher);
        self.target.join(format!("served-page-{:08x}", hasher.finish() as u32))
    }

    pub fn tools(&self) -> PathBuf {
        self.cache.join("tools")
    }

    pub fn log(&self, name: &str) -> PathBuf {
        self.cache.join("logs").join(format!("{name}.log"))
    }
}

/// Cargo names the folder of xtask to the program it runs; a program started by hand is in the checkout.
/// Read at run time, since checkouts that share a target folder share the built program.
fn checkout() -> Outcome<PathBuf> {
    let of_cargo = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let by_hand = std::env::current_dir().ok().map(|folder| folder.join("xtask"));
    of_cargo
        .into_iter()
        .chain(by_hand)
        .filter_map(|xtask| xtask.parent().map(Path::to_path_buf))
        .find(|root| root.join("xtask").join("Cargo.toml").is_file() && root.join("Trunk.toml").is_file())
        .ok_or_else(|| {
            Failure::new(
                "This is not a checkout of Tutti.",
                "Go to the folder that holds Trunk.toml, and run `cargo xtask`.",
            )
        })
}

fn absolute(path: PathBuf) -> PathBuf {
    std::path::absolute(&path).unwrap_or(path)
}

/// `None` where the user has no home folder. `variable` reads the environment.
pub fn cache_folder(os: &str, variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let folder = |name: &str| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(chosen) = folder("TUTTI_CACHE") {
        return Some(chosen);
    }
    if let Some(caches) = folder("XDG_CACHE_HOME") {
        return Some(caches.join("tutti"));
    }
    match os {
        "windows" => folder("LOCALAPPDATA").map(|local| local.join("tutti")),
        "macos" => folder("HOME").map(|home| home.join("Library/Caches/tutti")),
        _ => folder("HOME").map(|home| home.join(".cache/tutti")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(os: &str, variables: &[(&str, &str)], expected: Option<&str>) {
        let read = |name: &str| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| OsString::from(value))
        };
        assert_eq!(cache_folder(os, read), expected.map(PathBuf::from));
    }

    #[test]
    fn the_cache_folder_follows_the_user_then_the_system() {
        check("linux", &[("HOME", "/h")], Some("/h/.cache/tutti"));
        check("linux", &[("HOME", "/h"), ("XDG_CACHE_HOME", "/x")], Some("/x/tutti"));
        check("linux", &[("XDG_CACHE_HOME", "/x"), ("TUTTI_CACHE", "/t")], Some("/t"));
        check("linux", &[("HOME", "/h"), ("TUTTI_CACHE", "")], Some("/h/.cache/tutti"));
        check("macos", &[("HOME", "/h")], Some("/h/Library/Caches/tutti"));
        check("windows", &[("LOCALAPPDATA", "/l"), ("HOME", "/h")], Some("/l/tutti"));
        check("linux", &[], None);
    }
}
