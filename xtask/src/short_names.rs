//! Gives short names to what the WebAssembly module takes from its script. wasm-bindgen ends each of some
//! hundred names with a hash, which no compression makes smaller, and writes them into both files.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::Path;

use crate::failure::{Failure, OrFailure, Outcome};
use crate::wasm_bytes::{HEADER, IMPORTS, Reader, put_number, put_section, put_sized, sections};

/// Changes both files.
pub fn rename(script: &Path, program: &Path) -> Outcome {
    const NEXT: &str = "Run the same command again.";
    let unreadable = |path: &Path| format!("{} cannot be read", path.display());
    let wasm = fs::read(program).or_failure(|| unreadable(program), NEXT)?;
    let text = fs::read_to_string(script).or_failure(|| unreadable(script), NEXT)?;
    let (wasm, text) = shorten(&wasm, &text).ok_or_else(|| {
        Failure::new(
            "The program and its script do not call each other by the same names.",
            "xtask/src/short_names.rs has to follow what wasm-bindgen writes.",
        )
    })?;
    fs::write(program, wasm)
        .and_then(|()| fs::write(script, text))
        .or_failure(|| format!("{} cannot be written", script.display()), NEXT)
}

/// Both files with the same short names; `None` where they do not fit together as wasm-bindgen writes them.
fn shorten(wasm: &[u8], script: &str) -> Option<(Vec<u8>, String)> {
    let mut names = Names::default();
    let mut short = HEADER.to_vec();
    for section in sections(wasm)? {
        match section.id {
            IMPORTS => {
                put_section(
                    &mut short,
                    IMPORTS,
                    &with_short_imports(Reader::new(section.content), &mut names)?,
                );
            }
            other => put_section(&mut short, other, section.content),
        }
    }
    Some((short, names.put_into(script)?))
}

fn with_short_imports(mut section: Reader, names: &mut Names) -> Option<Vec<u8>> {
    let count = section.number()?;
    let mut content = Vec::new();
    put_number(&mut content, count);
    for _ in 0..count {
        for _ in ["module", "field"] {
            let name = names.short(section.text()?);
            put_sized(&mut content, name.as_bytes());
        }
        let before = section.rest;
        section.import_kind()?;
        content.extend(section.since(before)?);
    }
    Some(content)
}

/// Long names in the order in which they were met, with their short ones.
#[derive(Default)]
struct Names {
    short: HashMap<String, String>,
}

impl Names {
    fn short(&mut self, long: &str) -> String {
        let place = self.short.len();
        self.short.entry(long.to_owned()).or_insert_with(|| letters(place)).clone()
    }

    /// The script with each long name, a word of its own that stands there once, replaced.
    fn put_into(&self, script: &str) -> Option<String> {
        let mut found = HashSet::new();
        let mut short = String::with_capacity(script.len());
        let mut rest = script;
        while !rest.is_empty() {
            let is_name = |c: char| c.is_ascii_alphanumeric() || "_$./".contains(c);
            let begin = rest.find(is_name).unwrap_or(rest.len());
            let (between, from_word) = rest.split_at_checked(begin)?;
            let end = from_word.find(|c| !is_name(c)).unwrap_or(from_word.len());
            let (word, after) = from_word.split_at_checked(end)?;
            short.push_str(between);
            match self.short.get(word) {
                Some(_) if !found.insert(word) => return None,
                Some(name) => short.push_str(name),
                None => short.push_str(word),
            }
            rest = after;
        }
        (found.len() == self.short.len()).then_some(short)
    }
}

/// a, b, .. z, aa, ab ..
fn letters(place: usize) -> String {
    let last = char::from(b'a' + (place % 26) as u8);
    match place / 26 {
        0 => last.to_string(),
        before => format!("{}{last}", letters(before - 1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn module(imports: &[(&str, &str, &[u8])]) -> Vec<u8> {
        let mut content = Vec::new();
        put_number(&mut content, imports.len() as u64);
        for (module, name, kind) in imports {
            put_sized(&mut content, module.as_bytes());
            put_sized(&mut content, name.as_bytes());
            content.extend(*kind);
        }
        let mut wasm = HEADER.to_vec();
        wasm.extend(b"\x01\x04\x01\x60\0\0");
        wasm.push(IMPORTS);
        put_sized(&mut wasm, &content);
        wasm.extend(b"\x0a\x04\x01\x02\0\x0b");
        wasm
    }

    const FUNCTION: &[u8] = b"\0\0";
    const TABLE: &[u8] = b"\x01\x6f\x01\x80\x01\x80\x08";

    #[test]
    fn both_files_get_the_same_names() {
        let long = "./tutti_bg.js";
        let wasm = module(&[
            (long, "__wbg_log_0123456789abcdef", FUNCTION),
            (long, "__wbindgen_table", TABLE),
            (long, "__wbg_log_0123456789abcde", FUNCTION),
        ]);
        let script = r#"const x={"./tutti_bg.js":{__wbg_log_0123456789abcdef:function(a){},__wbindgen_table:t,__wbg_log_0123456789abcde:()=>e.__wbindgen_free}};"#;
        let (short, said) = shorten(&wasm, script).unwrap();
        assert_eq!(short, module(&[("a", "b", FUNCTION), ("a", "c", TABLE), ("a", "d", FUNCTION)]));
        assert_eq!(said, r#"const x={"a":{b:function(a){},c:t,d:()=>e.__wbindgen_free}};"#);
    }

    #[test]
    fn a_name_that_the_script_lacks_or_repeats_is_refused() {
        let wasm = module(&[("m", "__wbg_log", FUNCTION)]);
        assert!(shorten(&wasm, "({m:{__wbg_log:1}})").is_some());
        assert!(shorten(&wasm, "({m:{}})").is_none());
        assert!(shorten(&wasm, "({m:{__wbg_log:1,x:__wbg_log}})").is_none());
        assert!(shorten(&wasm, "({m:{x:m}})").is_none());
        assert!(shorten(b"<!doctype html>", "").is_none());
    }

    #[test]
    fn letters_are_counted() {
        assert_eq!([0, 25, 26, 27, 701, 702].map(letters), ["a", "z", "aa", "ab", "zz", "aaa"]);
    }
}
