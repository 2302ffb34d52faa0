//! What the first screen costs on the way to a browser.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::budget::kb;
use crate::entry::PAGES;
use crate::failure::{Failure, OrFailure, Outcome};
use crate::words::LANGUAGES;
use crate::{run, split};

#[derive(Debug, Clone, PartialEq, Eq)]
struct Weight {
    file: String,
    raw: u64,
    brotli: u64,
}

/// What the first screen of each entry page loads. A file that several load is weighed once.
#[derive(Debug)]
pub struct FirstScreens {
    files: Vec<Weight>,
    /// Each page, with the files that it loads, itself among them.
    pages: Vec<(&'static str, BTreeSet<String>)>,
}

impl FirstScreens {
    pub fn of(folder: &Path) -> Outcome<FirstScreens> {
        let pages = PAGES
            .into_iter()
            .map(|page| Ok((page, needed_by(folder, page)?)))
            .collect::<Outcome<Vec<(&str, BTreeSet<String>)>>>()?;
        let files: BTreeSet<String> = pages.iter().flat_map(|(_, files)| files).cloned().collect();
        Ok(FirstScreens { files: weights(folder, files.into_iter().collect())?, pages })
    }

    /// What has to be within the budget: the first screen of the heavier page.
    pub fn heaviest(&self) -> u64 {
        self.sums().map(|(_, _, brotli)| brotli).max().unwrap_or_default()
    }

    pub fn table(&self) -> String {
        let width = self.files.iter().map(|weight| weight.file.len()).max().unwrap_or_default();
        let line = |name: &str, raw: u64, brotli: u64| {
            format!("  {name:<width$}  {:>10}  {:>10}\n", kb(raw), kb(brotli))
        };
        let mut table = format!("  {:<width$}  {:>10}  {:>10}\n", "", "raw", "brotli");
        for weight in &self.files {
            table.push_str(&line(&weight.file, weight.raw, weight.brotli));
        }
        for (page, raw, brotli) in self.sums() {
            table.push_str(&line(&format!("sum of {page}"), raw, brotli));
        }
        table
    }

    /// Each page with its raw and its compressed bytes.
    fn sums(&self) -> impl Iterator<Item = (&'static str, u64, u64)> {
        self.pages.iter().map(|(page, needed)| {
            let files = || self.files.iter().filter(|weight| needed.contains(&weight.file));
            (*page, files().map(|weight| weight.raw).sum(), files().map(|weight| weight.brotli).sum())
        })
    }
}

/// Every file that the built page loads to show its first screen.
fn needed_by(folder: &Path, page: &str) -> Outcome<BTreeSet<String>> {
    let mut files = BTreeSet::from([page.to_owned()]);
    files.extend(loaded_by(&read(folder, page)?));
    for script in files.clone().iter().filter(|file| file.ends_with(".js")) {
        files.extend(imported_by(&read(folder, script)?));
    }
    Ok(files)
}

fn weights(folder: &Path, files: Vec<String>) -> Outcome<Vec<Weight>> {
    let size = |file: &String| {
        fs::metadata(folder.join(file)).map(|about| about.len()).or_failure(|| lost(file), REBUILD)
    };
    let raw: Vec<u64> = files.iter().map(size).collect::<Outcome<_>>()?;
    let brotli = brotli(folder, &files)?;
    Ok(files
        .into_iter()
        .zip(raw)
        .zip(brotli)
        .map(|((file, raw), brotli)| Weight { file, raw, brotli })
        .collect())
}

const REBUILD: &str = "`cargo xtask dist` builds the page anew.";

fn lost(file: &str) -> String {
    format!("{file} belongs to the built page, but cannot be read")
}

fn read(folder: &Path, file: &str) -> Outcome<String> {
    fs::read_to_string(folder.join(file)).or_failure(|| lost(file), REBUILD)
}

/// Relative addresses in `href` and `src`, and the two files that boot.js is told to start; not the part
/// that it fetches afterwards, nor what only the readers of a language fetch.
fn loaded_by(html: &str) -> Vec<String> {
    let mut files = Vec::new();
    for attribute in [" href=\"", " src=\""] {
        let mut before = "";
        for (at, piece) in html.split(attribute).enumerate() {
            let tag = before.rsplit('<').next().unwrap_or_default();
            // What a person may follow is not loaded.
            let is_link = tag == "a" || tag.starts_with("a ");
            before = piece;
            if at == 0 || is_link {
                continue;
            }
            let address = piece.split('"').next().unwrap_or_default().replace("&amp;", "&");
            // Another host, the content itself, or the page.
            if address.contains(':') || address.starts_with('#') || address.is_empty() {
                continue;
            }
            let (file, query) = address.split_once('?').unwrap_or((&address, ""));
            files.push(relative(file));
            let named = query.split('&').filter_map(|pair| pair.split_once('='));
            let first = named.filter(|(name, _)| *name != split::QUERY && !LANGUAGES.contains(name));
            files.extend(first.map(|(_, value)| relative(value)));
        }
    }
    files
}

/// Pieces of JavaScript that crates bring along; wasm-bindgen's file imports them.
fn imported_by(script: &str) -> Vec<String> {
    let quoted = script.split(['\'', '"']).skip(1);
    quoted.filter(|piece| piece.starts_with("./snippets/") && piece.ends_with(".js")).map(relative).collect()
}

fn relative(address: &str) -> String {
    address.strip_prefix("./").unwrap_or(address).to_owned()
}

/// With Node's own brotli: whoever could build the release page has Node, and nobody compiles another.
pub fn brotli(folder: &Path, files: &[String]) -> Outcome<Vec<u64>> {
    const SCRIPT: &str = "const { readFileSync } = require('fs');
        const { brotliCompressSync, constants } = require('zlib');
        const params = { [constants.BROTLI_PARAM_QUALITY]: 11 };
        for (const file of process.argv.slice(1)) console.log(brotliCompressSync(readFileSync(file), { params }).length);";
    let said = run::answer(Command::new("node").args(["-e", SCRIPT, "--"]).args(files).current_dir(folder));
    let sizes: Vec<u64> = said.unwrap_or_default().lines().filter_map(|line| line.parse().ok()).collect();
    if sizes.len() == files.len() {
        Ok(sizes)
    } else {
        Err(Failure::new(
            "Node.js could not measure the page with brotli.",
            "Check that `node --version` says 18 or more.",
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_screen_is_what_the_page_loads() {
        let html = r##"<link rel="icon" href="data:image/svg+xml,x"><link rel="stylesheet" href="./main-1.css" integrity="x">
            <a lang="ko" href="other.html">x</a> <a href="other.html">x</a>
            <script defer src="./boot.js?ko=words-ko-1.txt&amp;later=tutti-later-1.wasm&amp;js=tutti-1.js&amp;wasm=tutti-1_bg.wasm"></script>
            <link rel="modulepreload" href="./tutti-1.js"><a href="https://a.example/">a</a><a href="#top">b</a><a href="">c</a>"##;
        assert_eq!(loaded_by(html), ["main-1.css", "tutti-1.js", "boot.js", "tutti-1.js", "tutti-1_bg.wasm"]);
    }

    #[test]
    fn pieces_of_crates_are_counted() {
        let script =
            "import { a } from './snippets/x-1/inline0.js';\nconst it = 'it'; import \"./snippets/y/b.js\";";
        assert_eq!(imported_by(script), ["snippets/x-1/inline0.js", "snippets/y/b.js"]);
    }

    #[test]
    fn the_table_ends_with_a_sum_for_each_page_and_the_heavier_one_counts() {
        let weight = |file: &str, raw, brotli| Weight { file: file.to_owned(), raw, brotli };
        let files = vec![
            weight("a.wasm", 300_000, 70_100),
            weight("any.html", 1_000, 500),
            weight("index.html", 2_000, 900),
        ];
        let needs = |page: &str| BTreeSet::from(["a.wasm".to_owned(), page.to_owned()]);
        let pages = PAGES.into_iter().map(|page| (page, needs(page))).collect();
        let screens = FirstScreens { files, pages };
        assert_eq!(screens.heaviest(), 71_000);
        let table = screens.table();
        let last: Vec<&str> = table.lines().rev().take(2).collect();
        assert!(
            last[1].contains("sum of index.html") && last[1].ends_with("302.0 kB     71.0 kB"),
            "{table}"
        );
        assert!(last[0].contains("sum of any.html") && last[0].ends_with("301.0 kB     70.6 kB"), "{table}");
    }
}
