//! Which crate takes how much of the wasm that is shipped, before brotli. Generic code counts for the
//! crate that wrote it, not for the one that uses it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::budget::kb;
use crate::failure::{Failure, OrFailure, Outcome};
use crate::page::Flavour;
use crate::place::Place;
use crate::tools::{self, Voice};
use crate::wasm_file::WasmFile;
use crate::{run, rust_target};

const CRATES_SHOWN: usize = 30;
const FUNCTIONS_SHOWN: usize = 20;
/// Of a name that says all of its types.
const NAME_WIDTH: usize = 110;

pub fn size(place: &Place) -> Outcome {
    rust_target::ensure()?;
    let folders = tools::ensure(place, Flavour::Release.tools(), Voice::Screen)?;
    // A folder of its own, so that the release page is not built anew afterwards.
    let folder = place.target.join("size");
    println!("Building a release that keeps its names, about 2 minutes the first time ...");
    let mut cargo =
        run::cargo(place, &["build", "--release", "--target", "wasm32-unknown-unknown", "--bin", "tutti"]);
    cargo.env("CARGO_TARGET_DIR", &folder).env("CARGO_PROFILE_RELEASE_STRIP", "none");
    run::must(&mut cargo, "The program was not built.", "The lines above say why.")?;

    let built = folder.join("wasm32-unknown-unknown").join("release").join("tutti.wasm");
    let path = as_shipped(&built, &folder, &folders)?;
    let bytes = std::fs::read(&path)
        .or_failure(|| format!("{} cannot be read", path.display()), "Run the same command again.")?;
    let file = WasmFile::read(&bytes).ok_or_else(|| {
        Failure::new(
            format!("{} is no WebAssembly file.", path.display()),
            "Remove it, then run the same command again.",
        )
    })?;
    print!("{}\n{}", table(&file), largest(&file));
    Ok(())
}

/// As index.html gives them to trunk.
const PASSES: [&str; 7] = [
    "--low-memory-unused",
    "--one-caller-inline-max-function-size=20",
    "--skip-pass=local-cse",
    "--flatten",
    "--rereloop",
    "-Oz",
    "-Oz",
];

/// What trunk does to a release, except that functions keep their names.
fn as_shipped(built: &Path, folder: &Path, tools: &[PathBuf]) -> Outcome<PathBuf> {
    let happened = "The program could not be made as small as it is shipped.";
    let tool = |name: &str| {
        let mut tool = Command::new(name);
        tool.current_dir(folder).env("PATH", run::path_with(tools));
        tool
    };
    let mut bindgen = tool("wasm-bindgen");
    bindgen.args(["--target", "web", "--no-typescript", "--no-demangle", "--out-dir", "bindgen"]).arg(built);
    run::must(&mut bindgen, happened, "The lines above say why.")?;
    let mut opt = tool(if cfg!(windows) { "wasm-opt.cmd" } else { "wasm-opt" });
    opt.args(["-Oz", "--debuginfo", "bindgen/tutti_bg.wasm", "--output", "small.wasm"]).args(PASSES);
    run::must(&mut opt, happened, "The lines above say why.")?;
    Ok(folder.join("small.wasm"))
}

fn table(file: &WasmFile) -> String {
    let mut crates: HashMap<String, (u64, usize)> = HashMap::new();
    for (name, size) in &file.functions {
        let entry = crates.entry(crate_of(name)).or_default();
        entry.0 += size;
        entry.1 += 1;
    }
    let mut crates: Vec<(String, (u64, usize))> = crates.into_iter().collect();
    crates.push(("(strings and tables)".to_owned(), (file.data, 0)));
    crates.sort_by(|(a_name, a), (b_name, b)| b.0.cmp(&a.0).then(a_name.cmp(b_name)));
    let sum = crates.iter().map(|(_, (size, _))| size).sum::<u64>().max(1);

    let mut table = format!("{:<24}  {:>10}  {:>6}  {:>9}\n", "crate", "raw", "share", "functions");
    let mut line = |name: &str, size: u64, functions: usize| {
        let share = size * 1000 / sum;
        table.push_str(&format!(
            "{name:<24}  {:>10}  {:>3}.{} %  {functions:>9}\n",
            kb(size),
            share / 10,
            share % 10
        ));
    };
    for (name, (size, functions)) in crates.iter().take(CRATES_SHOWN) {
        line(name, *size, *functions);
    }
    let rest = crates.get(CRATES_SHOWN..).unwrap_or_default();
    if !rest.is_empty() {
        line(
            "(all others)",
            rest.iter().map(|(_, (size, _))| size).sum(),
            rest.iter().map(|(_, (_, count))| count).sum(),
        );
    }
    line("sum", sum, file.functions.len());
    table
}

fn largest(file: &WasmFile) -> String {
    let mut functions: Vec<(u64, String)> = file
        .functions
        .iter()
        .map(|(symbol, size)| {
            (*size, format!("{:#}", rustc_demangle::demangle(symbol)).chars().take(NAME_WIDTH).collect())
        })
        .collect();
    functions.sort_by(|a, b| b.cmp(a));
    let mut list = String::from("The largest functions:\n");
    for (size, name) in functions.iter().take(FUNCTIONS_SHOWN) {
        list.push_str(&format!("{:>10}  {name}\n", kb(*size)));
    }
    list
}

/// The crate that a symbol's code comes from, by the first path in its name.
fn crate_of(symbol: &str) -> String {
    let name = format!("{:#}", rustc_demangle::demangle(symbol));
    let mut rest = name.as_str();
    loop {
        rest = rest.trim_start_matches(|c: char| !c.is_ascii_alphabetic() && c != '_');
        let word = rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or_default();
        if word.is_empty() {
            return "(no name)".to_owned();
        }
        rest = rest.get(word.len()..).unwrap_or_default();
        if rest.starts_with("::") {
            return word.to_owned();
        }
        // A type without a path: the trait it implements, or what it is made of, follows.
        if !rest.contains("::") {
            return "(no crate)".to_owned();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(symbol: &str, expected: &str) {
        assert_eq!(crate_of(symbol), expected, "{symbol}");
    }

    #[test]
    fn a_symbol_tells_its_crate() {
        check("_ZN4core3fmt5write17h0123456789abcdefE", "core");
        check("_ZN5alloc3vec12Vec$LT$T$GT$4push17h0123456789abcdefE", "alloc");
        check(
            "_ZN55_$LT$tutti..wire..Sse$u20$as$u20$core..clone..Clone$GT$5clone17h0123456789abcdefE",
            "tutti",
        );
        check("_ZN42_$LT$str$u20$as$u20$core..fmt..Display$GT$3fmt17h0123456789abcdefE", "core");
        check("_RNvCs15kBYyAo9fc_7mycrate7example", "mycrate");
        check("<&mut tachys::view::View as core::fmt::Debug>::fmt", "tachys");
        check("__wbindgen_malloc", "(no crate)");
        check("", "(no name)");
    }

    #[test]
    fn the_passes_are_those_of_the_page() {
        let page = include_str!("../../index.html");
        assert!(page.contains(&format!("{}\" href", PASSES.join(" "))));
    }

    #[test]
    fn the_largest_comes_first_and_the_sum_last() {
        let functions =
            vec![("a::small".to_owned(), 100), ("b::large".to_owned(), 900), ("a::more".to_owned(), 200)];
        let table = table(&WasmFile { functions, data: 800 });
        let names: Vec<&str> = table.lines().skip(1).filter_map(|line| line.split("  ").next()).collect();
        assert_eq!(names, ["b", "(strings and tables)", "a", "sum"]);
    }
}
