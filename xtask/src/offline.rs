//! The worker that keeps the page for when there is no network: `sw.js` with the list of what it keeps.
//!
//! Only a release has it. Beside a page that is served while somebody works on it stands one that removes what
//! a release at the same address has left, so nobody looks at an old page there.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::failure::{Failure, OrFailure, Outcome};
use crate::place::Place;
use crate::{entry, names, run};

pub const FILE: &str = "sw.js";
/// Where the page reads that there is one.
const META: &str = "offline";
/// Nobody needs it to use the page.
const LEFT_OUT: [&str; 2] = [FILE, "licences.md"];

const NEXT: &str = "Run the same command again.";

/// Takes itself back, and what it has kept.
const NONE: &str = r#"// This page is being worked on: nothing of it is kept.
addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(forget()));
async function forget() {
  const names = await caches.keys();
  const ours = names.filter((name) => name.startsWith(`tutti ${registration.scope} `));
  await Promise.all(ours.map((name) => caches.delete(name)));
  await registration.unregister();
}
"#;

/// Says in the page that there is a worker; [`write`] follows when the page is done.
pub fn announce(folder: &Path) -> Outcome {
    entry::change(folder, |html| entry::with_meta(html, META, &format!("./{FILE}")))
}

/// Writes the worker for what is in the folder now.
pub fn write(place: &Place, folder: &Path) -> Outcome {
    let source = place.root.join(FILE);
    let source = fs::read_to_string(&source).or_failure(
        || format!("{} cannot be read", source.display()),
        "`git checkout sw.js` brings it back.",
    )?;
    let mut names = names::all(folder)?;
    names.retain(|name| !LEFT_OUT.contains(&name.rsplit('/').next().unwrap_or_default()));
    let hashes = integrity(folder, &names)?;
    let boot = entry::boot(folder)?;
    // As the page asks for them.
    let address = |name: String| match name.as_str() {
        entry::STRICT => "./".to_owned(),
        entry::BOOT => boot.clone(),
        _ => name,
    };
    let files: Vec<(String, String)> = names.into_iter().map(address).zip(hashes).collect();
    put(folder, &script(&source, &files))
}

/// Writes the worker that keeps nothing.
pub fn write_none(folder: &Path) -> Outcome {
    put(folder, NONE)
}

fn put(folder: &Path, text: &str) -> Outcome {
    fs::write(folder.join(FILE), text)
        .or_failure(|| format!("{} cannot be written", folder.join(FILE).display()), NEXT)
}

/// As browsers compare them ("Subresource Integrity"), by Node: whoever could build the release page has it.
fn integrity(folder: &Path, files: &[String]) -> Outcome<Vec<String>> {
    const SCRIPT: &str = "const { createHash } = require('crypto');
        const { readFileSync } = require('fs');
        const hash = (file) => createHash('sha256').update(readFileSync(file)).digest('base64');
        for (const file of process.argv.slice(1)) console.log('sha256-' + hash(file));";
    let said = run::answer(Command::new("node").args(["-e", SCRIPT, "--"]).args(files).current_dir(folder));
    let hashes: Vec<String> = said.unwrap_or_default().lines().map(str::to_owned).collect();
    if hashes.len() == files.len() {
        Ok(hashes)
    } else {
        Err(Failure::new(
            "Node.js could not hash the files of the page.",
            "Check that `node --version` says 18 or more.",
        ))
    }
}

/// The version is of what is kept and of what keeps it.
fn script(source: &str, files: &[(String, String)]) -> String {
    let list: String = files.iter().map(|(name, hash)| format!("  {name:?}: {hash:?},\n")).collect();
    let version = names::hash(format!("{source}{list}").as_bytes());
    format!("const VERSION = \"{version}\";\nconst FILES = {{\n{list}}};\n\n{source}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = include_str!("../../sw.js");

    #[test]
    fn another_file_is_another_version() {
        let files = |hash: &str| vec![("./".to_owned(), hash.to_owned())];
        let one = script(SOURCE, &files("sha256-a"));
        assert!(one.starts_with("const VERSION = \"") && one.contains("\n  \"./\": \"sha256-a\",\n"));
        let version = |script: &str| script.lines().next().map(str::to_owned);
        assert_eq!(version(&one), version(&script(SOURCE, &files("sha256-a"))));
        assert_ne!(version(&one), version(&script(SOURCE, &files("sha256-b"))));
        assert_ne!(version(&one), version(&script("", &files("sha256-a"))));
    }

    #[test]
    fn both_workers_name_their_stores_alike() {
        for script in [SOURCE, NONE] {
            assert!(script.contains("`tutti ${registration.scope} `"));
        }
    }
}
