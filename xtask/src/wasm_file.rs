//! Reads from a WebAssembly file how long each function is and what it is called.

use std::collections::HashMap;

use crate::wasm_bytes::{CODE, CUSTOM, DATA, IMPORTS, Reader, imported_functions, sections};

#[derive(Debug, Default)]
pub struct WasmFile {
    /// Name as the compiler wrote it, and bytes of code.
    pub functions: Vec<(String, u64)>,
    /// Bytes of strings and tables.
    pub data: u64,
}

impl WasmFile {
    /// `None` when the bytes are no WebAssembly module as rustc writes it.
    pub fn read(bytes: &[u8]) -> Option<WasmFile> {
        let mut imported = 0;
        let mut sizes = Vec::new();
        let mut names = HashMap::new();
        let mut data = 0;
        for section in sections(bytes)? {
            let id = section.id;
            let mut section = Reader::new(section.content);
            match id {
                CUSTOM if section.text()? == "name" => names = function_names(section)?,
                IMPORTS => imported = imported_functions(section)?,
                CODE => {
                    for _ in 0..section.number()? {
                        sizes.push(section.sized()?.rest.len() as u64);
                    }
                }
                DATA => data = section.rest.len() as u64,
                _ => {}
            }
        }
        let functions = sizes
            .into_iter()
            .zip(imported..)
            .map(|(size, index)| (names.remove(&index).unwrap_or_default(), size))
            .collect();
        Some(WasmFile { functions, data })
    }
}

fn function_names(mut section: Reader) -> Option<HashMap<u64, String>> {
    const FUNCTIONS: u8 = 1;
    let mut names = HashMap::new();
    while !section.rest.is_empty() {
        let id = section.byte()?;
        let mut part = section.sized()?;
        if id != FUNCTIONS {
            continue;
        }
        for _ in 0..part.number()? {
            let index = part.number()?;
            names.insert(index, part.text()?.to_owned());
        }
    }
    Some(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(id: u8, content: &[u8]) -> Vec<u8> {
        [&[id, content.len() as u8], content].concat()
    }

    #[test]
    fn functions_have_sizes_and_names() {
        let imports = section(2, b"\x02\x01e\x01m\x02\x00\x01\x01e\x01f\x00\x00");
        let code = section(10, b"\x02\x02\x00\x0b\x03\x00\x01\x0b");
        let data = section(11, b"\x01data");
        let names = section(0, b"\x04name\x01\x07\x02\x01\x01a\x02\x01b");
        let file = [&b"\0asm\x01\0\0\0"[..], &imports, &code, &data, &names].concat();
        let read = WasmFile::read(&file).unwrap();
        assert_eq!(read.functions, [("a".to_owned(), 2), ("b".to_owned(), 3)]);
        assert_eq!(read.data, 5);
    }

    #[test]
    fn other_files_are_refused() {
        assert!(WasmFile::read(b"").is_none());
        assert!(WasmFile::read(b"<!doctype html>").is_none());
        assert!(WasmFile::read(b"\0asm\x01\0\0\0\x0a\xff").is_none());
    }
}
