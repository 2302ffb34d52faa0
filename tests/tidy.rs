//! Holds the laws of the layout by reading the sources: who may name whom, what pure rooms must not
//! name, what no file may do.

use std::{
    fs,
    path::{Path, PathBuf},
};

struct Source {
    /// Below `src/`, with `/` on every system.
    path: String,
    /// Without comments and without what follows the first `#[cfg(test)]`.
    code: String,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&root, &mut files);
    assert!(files.len() > 30, "the sources were not found");
    files
        .iter()
        .map(|file| {
            let text = fs::read_to_string(file).expect("readable sources");
            let path = file.strip_prefix(&root).expect("below src").to_string_lossy().replace('\\', "/");
            let code = text.split("#[cfg(test)]").next().unwrap_or_default().lines();
            let code = code.map(without_comment).collect::<Vec<_>>().join("\n");
            Source { path, code }
        })
        .collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a readable folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

fn without_comment(line: &str) -> &str {
    // `://` is part of an address, not the beginning of a comment.
    let at = line.match_indices("//").find(|(at, _)| !line[..*at].ends_with(':'));
    at.map_or(line, |(at, _)| &line[..at])
}

fn room(path: &str) -> &str {
    path.split('/').next().unwrap_or_default().trim_end_matches(".rs")
}

/// `name` as a word of its own.
fn names(code: &str, name: &str) -> bool {
    code.match_indices(name).any(|(at, _)| {
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        !code[..at].ends_with(is_word) && !code[at + name.len()..].starts_with(is_word)
    })
}

fn offenders(is_offence: impl Fn(&Source) -> Option<String>) -> Vec<String> {
    let offence = |source: &Source| is_offence(source).map(|what| format!("{}: {what}", source.path));
    sources().iter().filter_map(offence).collect()
}

const PURE: [&str; 6] = ["model", "wire", "call", "grid", "markdown", "export"];

#[test]
fn pure_rooms_know_no_clock_no_network_and_no_page() {
    let foreign = [
        "leptos",
        "web_sys",
        "js_sys",
        "gloo_net",
        "gloo_timers",
        "wasm_bindgen",
        "Instant",
        "SystemTime",
        "async",
        "std::fs",
        "std::net::TcpStream",
        "thread",
    ];
    let found = offenders(|source| {
        let is_pure = PURE.contains(&room(&source.path));
        let name = foreign.iter().find(|name| is_pure && names(&source.code, name))?;
        Some(format!("names {name}"))
    });
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn no_room_imports_one_that_stands_above_it() {
    let may_import: [(&str, &[&str]); 10] = [
        ("model", &[]),
        ("wire", &["model"]),
        ("call", &["model", "wire"]),
        ("grid", &["model"]),
        ("markdown", &[]),
        ("export", &["model", "grid", "markdown"]),
        ("engine", &["model", "wire", "call", "grid"]),
        ("browser", &["model", "call", "grid", "engine"]),
        ("ui", &["model", "call", "grid", "markdown", "export", "engine", "browser"]),
        ("main", &["ui"]),
    ];
    let found = offenders(|source| {
        let here = room(&source.path);
        let (_, allowed) = may_import.iter().find(|(room, _)| *room == here)?;
        let all = may_import.iter().map(|(room, _)| *room);
        let forbidden = all.filter(|other| *other != here && !allowed.contains(other));
        // Both `crate::wire::x` and `use crate::{wire::x, ..}`.
        let imports: String =
            source.code.split("use crate::{").skip(1).filter_map(|rest| rest.split("};").next()).collect();
        let other = forbidden.into_iter().find(|other| {
            source.code.contains(&format!("crate::{other}"))
                || names(&imports, &format!("{other}::"))
                || imports.contains(&format!("\n    {other}::"))
        })?;
        Some(format!("imports {other}"))
    });
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn only_the_browser_room_names_the_browser() {
    let found = offenders(|source| {
        let may = room(&source.path) == "browser";
        let name = ["web_sys", "js_sys", "gloo_net", "gloo_timers"];
        let name = name.iter().find(|name| !may && names(&source.code, name))?;
        Some(format!("names {name}"))
    });
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn the_page_knows_no_json_and_the_browser_no_dialect() {
    let found = offenders(|source| {
        let foreign: &[&str] = match room(&source.path) {
            "ui" => &["Json", "serde_json", "Headers", "HttpRequest"],
            "browser" => &["Dialect", "wire"],
            _ => &[],
        };
        foreign.iter().find(|name| names(&source.code, name)).map(|name| format!("names {name}"))
    });
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn only_the_keyring_reads_a_key() {
    let found = offenders(|source| {
        let may = source.path == "model/http.rs" || source.path.starts_with("browser/keys/");
        (!may && names(&source.code, "secret_to_seal")).then(|| "reads a key".to_owned())
    });
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn nothing_becomes_html_and_nothing_is_unfinished() {
    let forbidden = [
        "inner_html",
        "set_inner_html",
        "insert_adjacent_html",
        "outer_html",
        "style=",
        "todo!",
        "unimplemented!",
    ];
    let found = offenders(|source| {
        let what = forbidden.iter().find(|what| source.code.contains(**what))?;
        Some(format!("has {what}"))
    });
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn files_stay_small() {
    let found = offenders(|source| {
        let lines = source.code.lines().count();
        (lines > 560).then(|| format!("{lines} lines: what second thing has moved in?"))
    });
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn a_folder_with_one_file_is_a_file() {
    let mut folders = std::collections::BTreeMap::<String, usize>::new();
    for source in sources() {
        if let Some((folder, _)) = source.path.rsplit_once('/') {
            *folders.entry(folder.to_owned()).or_default() += 1;
        }
    }
    let lonely: Vec<_> = folders.into_iter().filter(|(_, files)| *files < 2).collect();
    assert_eq!(lonely, []);
}

#[test]
fn every_function_of_the_part_has_digits_of_its_own() {
    let mut seen = std::collections::BTreeMap::new();
    let mut twice = Vec::new();
    for source in sources() {
        // Of `"a1b2" pub fn name(`, in a `later!`.
        for line in source.code.lines().map(str::trim_start) {
            let id = line.strip_prefix('"').and_then(|rest| rest.split_once('"'));
            let Some((id, after)) = id.filter(|(_, after)| after.contains("fn ")) else { continue };
            let is_id = id.len() == 4 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
            assert!(is_id, "{}: {id}{after}", source.path);
            if let Some(other) = seen.insert(id.to_owned(), source.path.clone()) {
                twice.push(format!("{id}: {other} and {}", source.path));
            }
        }
    }
    assert!(seen.len() > 40, "the parts were not found");
    assert_eq!(twice, Vec::<String>::new());
}
