//! The bytes that every WebAssembly file is made of: numbers, texts, sections.

pub const HEADER: &[u8] = b"\0asm\x01\0\0\0";

/// The sections that are read or written here.
pub const CUSTOM: u8 = 0;
pub const TYPES: u8 = 1;
pub const IMPORTS: u8 = 2;
pub const FUNCTIONS: u8 = 3;
pub const EXPORTS: u8 = 7;
pub const START: u8 = 8;
pub const ELEMENTS: u8 = 9;
pub const CODE: u8 = 10;
pub const DATA: u8 = 11;

/// What an import or an export is, as its byte says.
pub const FUNCTION: u8 = 0;
const TABLE: u8 = 1;
const MEMORY: u8 = 2;
const GLOBAL: u8 = 3;

pub struct Section<'a> {
    pub id: u8,
    pub content: &'a [u8],
}

/// `None` when the bytes are no WebAssembly file.
pub fn sections(file: &[u8]) -> Option<Vec<Section<'_>>> {
    let mut reader = Reader::new(file.strip_prefix(HEADER)?);
    let mut sections = Vec::new();
    while !reader.rest.is_empty() {
        let id = reader.byte()?;
        sections.push(Section { id, content: reader.sized()?.rest });
    }
    Some(sections)
}

pub fn put_section(file: &mut Vec<u8>, id: u8, content: &[u8]) {
    file.push(id);
    put_sized(file, content);
}

pub struct Reader<'a> {
    pub rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Reader { rest: bytes }
    }

    pub fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*byte)
    }

    /// An LEB128 number without a sign, or the bits of one that has any.
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

    /// A number that counts something here.
    pub fn index(&mut self) -> Option<usize> {
        usize::try_from(self.number()?).ok()
    }

    pub fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (bytes, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(bytes)
    }

    /// What follows its own length.
    pub fn sized(&mut self) -> Option<Reader<'a>> {
        let length = self.index()?;
        self.take(length).map(Reader::new)
    }

    pub fn text(&mut self) -> Option<&'a str> {
        std::str::from_utf8(self.sized()?.rest).ok()
    }

    /// The bytes that were read since the reader stood there.
    pub fn since(&self, before: &'a [u8]) -> Option<&'a [u8]> {
        before.get(..before.len().checked_sub(self.rest.len())?)
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

/// How many functions a section of imports names: they are numbered before those that the file defines.
pub fn imported_functions(mut section: Reader) -> Option<u64> {
    let mut functions = 0;
    for _ in 0..section.number()? {
        section.text()?;
        section.text()?;
        functions += u64::from(section.import_kind()? == FUNCTION);
    }
    Some(functions)
}

/// As LEB128, without a sign.
pub fn put_number(bytes: &mut Vec<u8>, mut number: u64) {
    while number > 0x7f {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

pub fn put_sized(bytes: &mut Vec<u8>, content: &[u8]) {
    put_number(bytes, content.len() as u64);
    bytes.extend(content);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_they_were_written() {
        let numbers = [0, 127, 128, 16_384, u64::MAX];
        let mut bytes = Vec::new();
        numbers.into_iter().for_each(|number| put_number(&mut bytes, number));
        assert_eq!(bytes.get(..7).unwrap(), [0, 127, 0x80, 1, 0x80, 0x80, 1]);
        let mut reader = Reader::new(&bytes);
        assert_eq!(numbers.map(|_| reader.number().unwrap()), numbers);
        assert!(reader.number().is_none());
        assert!(Reader::new(&[0xff; 11]).number().is_none());
    }

    #[test]
    fn sections_are_read_as_they_were_written() {
        let mut file = HEADER.to_vec();
        put_section(&mut file, CODE, &[7; 200]);
        put_section(&mut file, DATA, b"");
        let read: Vec<_> = sections(&file).unwrap().iter().map(|of| (of.id, of.content.len())).collect();
        assert_eq!(read, [(CODE, 200), (DATA, 0)]);
        assert!(sections(b"<!doctype html>").is_none());
        assert!(sections(&file[..file.len() - 1]).is_none(), "cut off");
    }

    #[test]
    fn only_functions_among_the_imports_are_counted() {
        let imports =
            b"\x04\x01e\x01m\x02\x01\x01\x02\x01e\x01f\0\x09\x01e\x01t\x01\x70\0\x01\x01e\x01g\x03\x7f\0";
        assert_eq!(imported_functions(Reader::new(imports)), Some(1));
        assert_eq!(imported_functions(Reader::new(b"\x01\x01e\x01f\x09")), None);
    }

    #[test]
    fn what_was_read_since() {
        let mut reader = Reader::new(b"\x02abc");
        let before = reader.rest;
        assert_eq!(reader.text(), Some("ab"));
        assert_eq!(reader.since(before), Some(&b"\x02ab"[..]));
    }
}
