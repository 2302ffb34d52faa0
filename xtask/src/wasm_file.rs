//! Reads from a WebAssembly file how long each function is and what it is called.

use std::collections::HashMap;

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
        let mut reader = Reader { rest: bytes.strip_prefix(b"\0asm\x01\0\0\0")? };
        let mut imported = 0;
        let mut sizes = Vec::new();
        let mut names = HashMap::new();
        let mut data = 0;
        while !reader.rest.is_empty() {
            let id = reader.byte()?;
            let mut section = reader.sized()?;
            match id {
                0 if section.text()? == "name" => names = function_names(section)?,
                2 => imported = imported_functions(section)?,
                10 => {
                    for _ in 0..section.number()? {
                        sizes.push(section.sized()?.rest.len() as u64);
                    }
                }
                11 => data = section.rest.len() as u64,
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

fn imported_functions(mut section: Reader) -> Option<u64> {
    let mut functions = 0;
    for _ in 0..section.number()? {
        section.text()?;
        section.text()?;
        functions += u64::from(section.import_kind()? == FUNCTION);
    }
    Some(functions)
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

pub struct Reader<'a> {
    pub rest: &'a [u8],
}

/// What an import is, as its first byte says.
const FUNCTION: u8 = 0;
const TABLE: u8 = 1;
const MEMORY: u8 = 2;
const GLOBAL: u8 = 3;

impl<'a> Reader<'a> {
    pub fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*byte)
    }

    /// An unsigned LEB128 number.
    pub fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    pub fn sized(&mut self) -> Option<Reader<'a>> {
        let length = usize::try_from(self.number()?).ok()?;
        let (inner, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(Reader { rest: inner })
    }

    pub fn text(&mut self) -> Option<&'a str> {
        std::str::from_utf8(self.sized()?.rest).ok()
    }

    /// What an import is, and passes over the rest of it.
    pub fn import_kind(&mut self) -> Option<u8> {
        let kind = self.byte()?;
        match kind {
            FUNCTION => drop(self.number()?),
            TABLE => {
                self.byte()?;
                self.limits()?;
            }
            MEMORY => self.limits()?,
            GLOBAL => {
                self.byte()?;
                self.byte()?;
            }
            _ => return None,
        }
        Some(kind)
    }

    fn limits(&mut self) -> Option<()> {
        let has_maximum = self.byte()? & 1 == 1;
        self.number()?;
        if has_maximum {
            self.number()?;
        }
        Some(())
    }
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
