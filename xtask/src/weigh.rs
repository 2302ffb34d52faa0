//! What the first screen costs on the way to a browser.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::budget::kb;
use crate::failure::{Failure, OrFailure, Outcome};
use crate::run;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Weight {
    file: String,
    raw: u64,
    brotli: u64,
}

/// Every file that the built page in `folder` loads to show its first screen.
pub fn first_screen(folder: &Path) -> Outcome<Vec<Weight>> {
    let html = read(folder, "index.html")?;
    let mut files = BTreeSet::from(["index.html".to_owned()]);
    files.extend(loaded_by(&html));
    for script in files.clone().iter().filter(|file| file.ends_with(".js")) {
        files.extend(imported_by(&read(folder, script)?));
    }
    let files: Vec<String> = files.into_iter().collect();
    let raw: Vec<u64> = files
        .iter()
        .map(|file| {
            fs::metadata(folder.join(file)).map(|about| about.len()).or_failure(|| lost(file), REBUILD)
        })
        .collect::<Outcome<_>>()?;
    let brotli = brotli(folder, &files)?;
    Ok(files
        .into_iter()
        .zip(raw)
        .zip(brotli)
        .map(|((file, raw), brotli)| Weight { file, raw, brotli })
        .collect())
}

pub fn total(weights: &[Weight]) -> u64 {
    weights.iter().map(|weight| weight.brotli).sum()
}

pub fn table(weights: &[Weight]) -> String {
    let width = weights.iter().map(|weight| weight.file.len()).max().unwrap_or_default();
    let line = |name: &str, raw: u64, brotli: u64| {
        format!("  {name:<width$}  {:>10}  {:>10}\n", kb(raw), kb(brotli))
    };
    let mut table = format!("  {:<width$}  {:>10}  {:>10}\n", "", "raw", "brotli");
    for weight in weights {
        table.push_str(&line(&weight.file, weight.raw, weight.brotli));
    }
    table.push_str(&line("sum", weights.iter().map(|weight| weight.raw).sum(), total(weights)));
    table
}

const REBUILD: &str = "`cargo xtask dist` builds the page anew.";

fn lost(file: &str) -> String {
    format!("{file} belongs to the built page, but cannot be read")
}

fn read(folder: &Path, file: &str) -> Outcome<String> {
    fs::read_to_string(folder.join(file)).or_failure(|| lost(file), REBUILD)
}

/// Relative addresses in `href` and `src`, and the two files that boot.js is told to start.
fn loaded_by(html: &str) -> Vec<String> {
    let mut files = Vec::new();
    for attribute in [" href=\"", " src=\""] {
        for piece in html.split(attribute).skip(1) {
            let address = piece.split('"').next().unwrap_or_default().replace("&amp;", "&");
            // Another host, or the content itself.
            if address.contains(':') || address.starts_with('#') {
                continue;
            }
            let (file, query) = address.split_once('?').unwrap_or((&address, ""));
            files.push(relative(file));
            files.extend(
                query.split('&').filter_map(|pair| pair.split_once('=')).map(|(_, value)| relative(value)),
            );
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
fn brotli(folder: &Path, files: &[String]) -> Outcome<Vec<u64>> {
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
            <script defer src="./boot.js?js=tutti-1.js&amp;wasm=tutti-1_bg.wasm"></script>
            <link rel="modulepreload" href="./tutti-1.js"><a href="https://a.example/">a</a><a href="#top">b</a>"##;
        assert_eq!(loaded_by(html), ["main-1.css", "tutti-1.js", "boot.js", "tutti-1.js", "tutti-1_bg.wasm"]);
    }

    #[test]
    fn pieces_of_crates_are_counted() {
        let script =
            "import { a } from './snippets/x-1/inline0.js';\nconst it = 'it'; import \"./snippets/y/b.js\";";
        assert_eq!(imported_by(script), ["snippets/x-1/inline0.js", "snippets/y/b.js"]);
    }

    #[test]
    fn the_table_ends_with_the_sum() {
        let weights = [
            Weight { file: "index.html".into(), raw: 2_000, brotli: 900 },
            Weight { file: "a.wasm".into(), raw: 300_000, brotli: 70_100 },
        ];
        assert_eq!(total(&weights), 71_000);
        let table = table(&weights);
        let last = table.lines().last().unwrap();
        assert!(last.contains("sum") && last.contains("302.0 kB") && last.ends_with("71.0 kB"), "{table}");
    }
}
