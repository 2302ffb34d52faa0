//! Finds the comparisons of a file that comes in pieces: JSON objects one after the other, with blanks
//! between them. Only one of them is in memory at a time.

use super::json::{BadImport, LIMIT};
use crate::model::json::DEPTH_LIMIT;

/// What some editors put before a text (Unicode Standard, "Byte order mark").
const MARK: &[u8] = "\u{feff}".as_bytes();

#[derive(Debug, Default)]
pub struct Splitter {
    /// What has come of the object that is open.
    part: Vec<u8>,
    /// Brackets that are open.
    depth: usize,
    in_string: bool,
    is_escaped: bool,
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
    /// Takes the next bytes of the file, and hands out every object that ends in them. Nothing more may be
    /// taken after an error.
    ///
    /// # Errors
    /// What comes is no JSON object, or one that is too large or too deep. What was handed out before is good.
    pub fn push(&mut self, bytes: &[u8], out: &mut Vec<String>) -> Result<(), BadImport> {
        let mut rest = bytes;
        while let Some((byte, after)) = rest.split_first() {
            if self.depth > 0 {
                let length = self.length(rest);
                let (taken, after) = rest.split_at_checked(length).unwrap_or((rest, &[]));
                if self.part.len() + taken.len() > LIMIT {
                    return Err(BadImport::TooLarge);
                }
                self.part.extend_from_slice(taken);
                if self.depth > DEPTH_LIMIT {
                    return Err(BadImport::TooDeep);
                }
                if self.depth == 0 {
                    let part = std::mem::take(&mut self.part);
                    out.push(String::from_utf8(part).map_err(|_| BadImport::NotText)?);
                }
                rest = after;
                continue;
            }
            match byte {
                b'{' => {
                    self.depth = 1;
                    self.part.push(b'{');
                }
                b' ' | b'\t' | b'\r' | b'\n' => {}
                byte if self.is_mark(*byte) => {
                    rest = after;
                    continue;
                }
                _ => return Err(BadImport::Foreign),
            }
            self.mark = Mark::Behind;
            rest = after;
        }
        Ok(())
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
                b'{' | b'[' if !self.in_string => {
                    self.depth += 1;
                    if self.depth > DEPTH_LIMIT {
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

    /// The file is over.
    ///
    /// # Errors
    /// It ended within an object.
    pub fn finish(self) -> Result<(), BadImport> {
        if self.depth > 0 || matches!(self.mark, Mark::Half(_)) { Err(BadImport::Cut) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &[u8], size: usize) -> Result<Vec<String>, BadImport> {
        let (mut splitter, mut out) = (Splitter::default(), Vec::new());
        for piece in text.chunks(size) {
            splitter.push(piece, &mut out)?;
        }
        splitter.finish().map(|()| out)
    }

    #[test]
    fn objects_are_found_however_the_file_is_cut() {
        let text = "\u{feff} {\"a\":\"}{\\\"]\\\\\"}\n\n{}{\"b\":[{\"한\":1}]} \r\n";
        let expected = ["{\"a\":\"}{\\\"]\\\\\"}", "{}", "{\"b\":[{\"한\":1}]}"];
        for size in 1..text.len() + 1 {
            assert_eq!(split(text.as_bytes(), size).unwrap(), expected, "{size}");
        }
        assert_eq!(split(b" \n", 1), Ok(Vec::new()));
    }

    #[test]
    fn what_is_no_object_is_refused_at_once() {
        for text in ["[]", "x{}", "{}x", "\u{feff}\u{feff}{}", "1", "\"{}\"", "{},{}", " \u{feff}{}"] {
            assert_eq!(split(text.as_bytes(), 1), Err(BadImport::Foreign), "{text}");
        }
        for text in ["{", "{\"a\":[}", "{}{\"", "{\"}", "\u{feff}"] {
            let text = text.as_bytes().strip_suffix(b"\xbf").unwrap_or(text.as_bytes());
            assert_eq!(split(text, 1), Err(BadImport::Cut), "{text:?}");
        }
        assert_eq!(split(b"{\"\xff\"}", 1), Err(BadImport::NotText));
        let deep = |levels: usize| "{\"a\":".repeat(levels) + &"}".repeat(levels);
        assert!(split(deep(DEPTH_LIMIT).as_bytes(), 7).is_ok());
        assert_eq!(split(deep(DEPTH_LIMIT + 1).as_bytes(), 7), Err(BadImport::TooDeep));
    }

    #[test]
    fn an_object_that_is_too_large_is_not_kept() {
        let (mut splitter, mut out) = (Splitter::default(), Vec::new());
        splitter.push(b"{\"a\":\"", &mut out).unwrap();
        let piece = vec![b'x'; 1 << 20];
        let taken = (0..100).take_while(|_| splitter.push(&piece, &mut out).is_ok()).count();
        assert_eq!(taken, 63);
        assert!(splitter.part.len() <= LIMIT);
    }
}
