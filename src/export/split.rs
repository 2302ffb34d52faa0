//! Finds the comparisons of a file that comes in pieces: JSON objects one after the other, with blanks
//! between them. Only one of them is in memory at a time, and a bad one costs the others nothing.

use super::json::{BadImport, LIMIT};
use crate::model::json::DEPTH_LIMIT;

/// What some editors put before a text (Unicode Standard, "Byte order mark").
const MARK: &[u8] = "\u{feff}".as_bytes();

/// A part of the file: the text of an object, or why there is none.
pub type Part = Result<String, BadImport>;

#[derive(Debug, Default)]
pub struct Splitter {
    /// What has come of the object that is open.
    part: Vec<u8>,
    /// Why it cannot be had: then nothing of it is kept.
    fault: Option<BadImport>,
    /// Brackets that are open.
    depth: usize,
    in_string: bool,
    is_escaped: bool,
    /// What comes is no object, up to the end of the line.
    in_waste: bool,
    /// That was told of since the last object: many lines of it are one.
    is_told: bool,
    /// Bytes of [`MARK`] that stood at the beginning; `None` behind it.
    mark: Mark,
}

#[derive(Debug, Default, PartialEq)]
enum Mark {
    #[default]
    MayCome,
    Half(usize),
    Behind,
}

impl Splitter {
    /// Takes the next bytes of the file, and hands out every object that ends in them, in the order of the file. One
    /// that cannot be had is told of, and so are lines between objects that are none; what comes after them is
    /// found all the same.
    pub fn push(&mut self, bytes: &[u8], out: &mut Vec<Part>) {
        let mut rest = bytes;
        while let Some((byte, after)) = rest.split_first() {
            if self.depth > 0 {
                let length = self.length(rest);
                let (taken, after) = rest.split_at_checked(length).unwrap_or((rest, &[]));
                if self.part.len() + taken.len() > LIMIT {
                    self.give_up(BadImport::TooLarge);
                }
                if self.depth > DEPTH_LIMIT {
                    self.give_up(BadImport::TooDeep);
                }
                if self.fault.is_none() {
                    self.part.extend_from_slice(taken);
                }
                if self.depth == 0 {
                    let part = std::mem::take(&mut self.part);
                    out.push(match self.fault.take() {
                        Some(fault) => Err(fault),
                        None => String::from_utf8(part).map_err(|_| BadImport::NotText),
                    });
                }
                rest = after;
                continue;
            }
            match byte {
                b'\n' => self.in_waste = false,
                _ if self.in_waste => {}
                b'{' => {
                    (self.depth, self.is_told) = (1, false);
                    self.part.push(b'{');
                }
                b' ' | b'\t' | b'\r' => {}
                byte if self.is_mark(*byte) => {
                    rest = after;
                    continue;
                }
                _ => {
                    self.in_waste = true;
                    if !std::mem::replace(&mut self.is_told, true) {
                        out.push(Err(BadImport::Foreign));
                    }
                }
            }
            self.mark = Mark::Behind;
            rest = after;
        }
    }

    /// The object that is open cannot be had. Its memory is.
    fn give_up(&mut self, why: BadImport) {
        self.part = Vec::new();
        self.fault.get_or_insert(why);
    }

    fn is_mark(&mut self, byte: u8) -> bool {
        let at = match self.mark {
            Mark::MayCome => 0,
            Mark::Half(at) => at,
            Mark::Behind => return false,
        };
        self.mark = if at + 1 < MARK.len() { Mark::Half(at + 1) } else { Mark::Behind };
        MARK.get(at) == Some(&byte)
    }

    /// How many of the bytes belong to the object that is open; it may end with the last of them.
    fn length(&mut self, bytes: &[u8]) -> usize {
        for (index, byte) in bytes.iter().enumerate() {
            match byte {
                _ if self.is_escaped => self.is_escaped = false,
                b'\\' if self.in_string => self.is_escaped = true,
                b'"' => self.in_string = !self.in_string,
                // No string of JSON goes over a line: it lost its end, and with the next line something else begins.
                b'\n' if self.in_string => {
                    (self.depth, self.in_string) = (0, false);
                    self.give_up(BadImport::Cut);
                    return index + 1;
                }
                b'{' | b'[' if !self.in_string => {
                    self.depth += 1;
                    if self.depth > DEPTH_LIMIT && self.fault.is_none() {
                        return index + 1;
                    }
                }
                b'}' | b']' if !self.in_string => {
                    self.depth -= 1;
                    if self.depth == 0 {
                        return index + 1;
                    }
                }
                _ => {}
            }
        }
        bytes.len()
    }

    /// The file is over, perhaps within an object.
    pub fn finish(self, out: &mut Vec<Part>) {
        if self.depth > 0 || matches!(self.mark, Mark::Half(_)) {
            out.push(Err(self.fault.unwrap_or(BadImport::Cut)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &[u8], size: usize) -> Vec<Part> {
        let (mut splitter, mut out) = (Splitter::default(), Vec::new());
        for piece in text.chunks(size) {
            splitter.push(piece, &mut out);
        }
        splitter.finish(&mut out);
        out
    }

    fn check(text: &[u8], expected: &[Result<&str, BadImport>]) {
        let expected: Vec<Part> = expected.iter().cloned().map(|part| part.map(str::to_owned)).collect();
        for size in 1..text.len() + 1 {
            assert_eq!(split(text, size), expected, "{size} of {}", String::from_utf8_lossy(text));
        }
    }

    #[test]
    fn objects_are_found_however_the_file_is_cut() {
        let text = "\u{feff} {\"a\":\"}{\\\"]\\\\\"}\n\n{}{\"b\":[{\"한\":1}]} \r\n";
        check(text.as_bytes(), &[Ok("{\"a\":\"}{\\\"]\\\\\"}"), Ok("{}"), Ok("{\"b\":[{\"한\":1}]}")]);
        assert_eq!(split(b" \n", 1), []);
    }

    #[test]
    fn what_is_no_object_is_told_of() {
        for text in ["[]", "x{}", "\u{feff}\u{feff}{}", "1", "\"{}\"", " \u{feff}{}", "x\ny\r\nz"] {
            check(text.as_bytes(), &[Err(BadImport::Foreign)]);
        }
        for text in ["{}x", "{},{}", "{}}"] {
            check(text.as_bytes(), &[Ok("{}"), Err(BadImport::Foreign)]);
        }
        for text in ["{", "{\"a\":[}", "{\"}", "\u{feff}"] {
            let text = text.as_bytes().strip_suffix(b"\xbf").unwrap_or(text.as_bytes());
            check(text, &[Err(BadImport::Cut)]);
        }
        check(b"{\"\xff\"}", &[Err(BadImport::NotText)]);
        let deep = |levels: usize| "{\"a\":".repeat(levels) + &"}".repeat(levels);
        check(deep(DEPTH_LIMIT).as_bytes(), &[Ok(&deep(DEPTH_LIMIT))]);
        check(deep(DEPTH_LIMIT + 1).as_bytes(), &[Err(BadImport::TooDeep)]);
    }

    #[test]
    fn what_comes_after_something_bad_is_found() {
        let deep = "{\"a\":".repeat(DEPTH_LIMIT + 9) + &"}".repeat(DEPTH_LIMIT + 9);
        let bad = [
            ("x{}", BadImport::Foreign),
            ("{\"a\":\"never ends}", BadImport::Cut),
            ("{\"\u{0}\":[{\"b", BadImport::Cut),
            (&deep, BadImport::TooDeep),
        ];
        for (bad, why) in bad {
            let text = ["{\"a\":1}\n", bad, "\n{\"b\":2}\n"].concat();
            check(text.as_bytes(), &[Ok("{\"a\":1}"), Err(why), Ok("{\"b\":2}")]);
        }
    }

    #[test]
    fn an_object_that_is_too_large_is_not_kept() {
        let (mut splitter, mut out) = (Splitter::default(), Vec::new());
        splitter.push(b"{\"a\":\"", &mut out);
        let piece = vec![b'x'; 1 << 20];
        for _ in 0..100 {
            splitter.push(&piece, &mut out);
            assert!(splitter.part.capacity() <= 2 * LIMIT);
        }
        assert_eq!((splitter.part.capacity(), &*out), (0, &[][..]));
        splitter.push(b"\"} {}", &mut out);
        splitter.finish(&mut out);
        assert_eq!(out, [Err(BadImport::TooLarge), Ok("{}".to_owned())]);
    }
}
