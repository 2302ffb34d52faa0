//! What the page loads when it needs it: WebAssembly files of their own and what belongs to them, in a
//! folder whose name is made of what is in it.
//!
//! They change rarely, so what was built once is kept, by a name made of all that goes into it.

use std::collections::BTreeMap;
use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::budget::{self, kb};
use crate::failure::{Failure, OrFailure, Outcome};
use crate::page::{self, Flavour};
use crate::place::Place;
use crate::{entry, run, weigh};

/// Each with its line of the budget.
const PARTS: [(&str, &str); 2] = [("highlight", "highlight_brotli_kb"), ("math", "math_brotli_kb")];

const PREFIX: &str = "parts-";
const AGAIN: &str = "Run the same command again.";

/// As index.html says them to trunk for the page itself.
const WASM_OPT: [&str; 10] = [
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
    "--low-memory-unused",
    "-Oz",
    "-Oz",
    "-o",
];

/// Puts the parts beside the page, and their place into it.
pub fn add(place: &Place, flavour: Flavour, into: &Path, tools: &[PathBuf]) -> Outcome {
    let built = built(place, flavour, tools)?;
    let name = format!("{PREFIX}{:016x}", hash(&built)?);
    for entry in files(into)? {
        let is_old = entry.file_name().is_some_and(|name| name.to_string_lossy().starts_with(PREFIX));
        if is_old && entry.is_dir() {
            fs::remove_dir_all(&entry).or_failure(|| cannot("removed", &entry), AGAIN)?;
        }
    }
    let folder = into.join(&name);
    fs::create_dir_all(&folder).or_failure(|| cannot("made", &folder), AGAIN)?;
    for file in files(&built)? {
        let to = folder.join(file.file_name().unwrap_or_default());
        fs::copy(&file, &to).or_failure(|| cannot("written", &to), AGAIN)?;
    }
    entry::change(into, |html| entry::with_meta(html, "parts", &format!("./{name}/")))
}

/// Builds what was not built yet. The answer is the folder with the files.
fn built(place: &Place, flavour: Flavour, tools: &[PathBuf]) -> Outcome<PathBuf> {
    let sources = hash_all(&[&place.root.join("parts"), &place.root.join("Cargo.lock")])?;
    let folder = place.target.join("page-parts").join(format!("{flavour:?}-{sources:016x}").to_lowercase());
    if folder.is_dir() {
        return Ok(folder);
    }
    println!("Building the parts that are loaded when they are needed, about 2 minutes the first time ...");
    let unfinished = folder.with_extension("unfinished");
    let _ = fs::remove_dir_all(&unfinished);
    fs::create_dir_all(&unfinished).or_failure(|| cannot("made", &unfinished), AGAIN)?;
    let happened = "The parts of the page were not built.";
    let next = "The lines above say why.";
    let profile = if flavour == Flavour::Release { "release" } else { "serve" };
    let mut cargo = run::cargo(
        place,
        &["build", "--quiet", "--lib", "--profile", profile, "--target", "wasm32-unknown-unknown"],
    );
    cargo.args(PARTS.iter().flat_map(|(part, _)| ["-p".to_owned(), format!("tutti-{part}")]));
    run::must(&mut cargo, happened, next)?;
    for (part, _) in PARTS {
        let wasm =
            place.target.join("wasm32-unknown-unknown").join(profile).join(format!("tutti_{part}.wasm"));
        let to = unfinished.join(format!("{part}.wasm"));
        if flavour == Flavour::Release {
            let mut opt = Command::new(if cfg!(windows) { "wasm-opt.cmd" } else { "wasm-opt" });
            opt.args(WASM_OPT).arg(&to).arg(&wasm).env("PATH", run::path_with(tools));
            run::must(&mut opt, happened, next)?;
        } else {
            fs::copy(&wasm, &to).or_failure(|| cannot("written", &to), AGAIN)?;
        }
    }
    let mut packs = run::cargo(place, &["run", "--quiet", "-p", "tutti-highlight", "--"]);
    run::must(packs.arg(&unfinished), "The languages were not written.", next)?;
    let worker = unfinished.join("worker.js");
    fs::copy(place.root.join("parts").join("worker.js"), &worker)
        .or_failure(|| cannot("written", &worker), AGAIN)?;
    if flavour == Flavour::Release {
        page::make_small(&worker, "--format=iife", tools)?;
    }
    fs::rename(&unfinished, &folder).or_failure(|| cannot("written", &folder), AGAIN)?;
    Ok(folder)
}

/// What each part costs; a failure when one is over its budget.
pub fn weigh(place: &Place, page: &Path) -> Outcome<String> {
    let folder = files(page)?
        .into_iter()
        .find(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(PREFIX)))
        .ok_or_else(|| Failure::new("The page has no parts.", AGAIN))?;
    let names: Vec<String> =
        files(&folder)?.iter().filter_map(|path| Some(path.file_name()?.to_str()?.to_owned())).collect();
    let sizes: BTreeMap<&str, u64> =
        names.iter().map(String::as_str).zip(weigh::brotli(&folder, &names)?).collect();
    let mut table = String::new();
    for (part, key) in PARTS {
        let size = sizes.get(format!("{part}.wasm").as_str()).copied().unwrap_or_default();
        let budget = budget::read(place, key)?;
        table.push_str(&format!("  {part:<12} {:>10} (at most {})\n", kb(size), kb(budget)));
        if size > budget {
            return Err(Failure::new(
                format!("The part `{part}` costs {}, its budget is {}.", kb(size), kb(budget)),
                format!("If the bytes are worth it, raise `{key}` in xtask/budget.toml."),
            ));
        }
    }
    let packs = || sizes.iter().filter(|(name, _)| name.ends_with(".pack"));
    let heaviest = packs().map(|(_, size)| *size).max().unwrap_or_default();
    let all: u64 = packs().map(|(_, size)| *size).sum();
    table.push_str(&format!(
        "  {:<12} {:>10} ({} of them, together {})\n",
        "a language",
        format!("<= {}", kb(heaviest)),
        packs().count(),
        kb(all)
    ));
    Ok(table)
}

fn hash(path: &Path) -> Outcome<u64> {
    hash_all(&[path])
}

/// Of names and contents, in an order of their own. Not for security.
fn hash_all(paths: &[&Path]) -> Outcome<u64> {
    let mut hasher = DefaultHasher::new();
    let mut open: Vec<PathBuf> = paths.iter().rev().map(|path| path.to_path_buf()).collect();
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(files(&path)?.into_iter().rev());
            continue;
        }
        let bytes = fs::read(&path).or_failure(|| cannot("read", &path), AGAIN)?;
        hasher.write(path.file_name().unwrap_or_default().as_encoded_bytes());
        hasher.write_usize(bytes.len());
        hasher.write(&bytes);
    }
    Ok(hasher.finish())
}

/// What is in a folder, by name.
fn files(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).or_failure(|| cannot("read", folder), AGAIN)?;
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    Ok(paths)
}

fn cannot(verb: &str, path: &Path) -> String {
    format!("{} cannot be {verb}", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_named_by_what_is_in_it() {
        let folder = std::env::temp_dir().join(format!("tutti-parts-{}", std::process::id()));
        fs::create_dir_all(folder.join("a")).unwrap();
        fs::write(folder.join("a").join("one"), "1").unwrap();
        fs::write(folder.join("two"), "2").unwrap();
        let first = hash(&folder).unwrap();
        assert_eq!(hash(&folder).unwrap(), first);
        fs::write(folder.join("two"), "3").unwrap();
        let other = hash(&folder).unwrap();
        assert_ne!(other, first);
        fs::rename(folder.join("two"), folder.join("three")).unwrap();
        assert_ne!(hash(&folder).unwrap(), other);
        fs::remove_dir_all(&folder).unwrap();
    }
}
