//! Bytes to lines: LF, CR or CRLF, cut anywhere. A leading byte order mark is dropped once.

use memchr::{memchr, memchr2};

use super::body::LineTooLong;

const BOM: &[u8] = b"\xEF\xBB\xBF";

/// Splits a stream into lines. A line inside one chunk is handed out without copying it.
#[derive(Debug)]
pub struct Lines {
    /// The beginning of a line that has not ended yet.
    partial: Vec<u8>,
    /// The last chunk ended with CR: an LF that comes next belongs to it.
    after_cr: bool,
    /// How many bytes of a byte order mark have been seen at the start; `None` when past it.
    bom: Option<usize>,
    limit: usize,
}

impl Lines {
    pub fn new(limit: usize) -> Self {
        Self { partial: Vec::new(), after_cr: false, bom: Some(0), limit }
    }

    /// Calls `line` with each line that is complete, without its end.
    ///
    /// # Errors
    /// A line is longer than the limit, or `line` says that something else is; nothing more is read.
    pub fn push(
        &mut self,
        chunk: &[u8],
        line: impl FnMut(&[u8]) -> Result<(), LineTooLong>,
    ) -> Result<(), LineTooLong> {
        // How much of a line has been kept when it fails depends on the cut: none of it stays.
        self.split(chunk, line).inspect_err(|_| self.partial.clear())
    }

    fn split(
        &mut self,
        chunk: &[u8],
        mut line: impl FnMut(&[u8]) -> Result<(), LineTooLong>,
    ) -> Result<(), LineTooLong> {
        let mut rest = self.skip_bom(chunk);
        if rest.is_empty() {
            return Ok(());
        }
        if std::mem::take(&mut self.after_cr) {
            rest = rest.strip_prefix(b"\n").unwrap_or(rest);
        }
        // Most streams never hold a CR: one search over the chunk buys the faster loop.
        let has_cr = memchr(b'\r', rest).is_some();
        while let Some(at) = if has_cr { memchr2(b'\n', b'\r', rest) } else { memchr(b'\n', rest) } {
            let (head, tail) = rest.split_at(at);
            self.check(self.partial.len() + head.len())?;
            if self.partial.is_empty() {
                line(head)?;
            } else {
                self.partial.extend_from_slice(head);
                line(&self.partial)?;
                self.partial.clear();
            }
            rest = match tail {
                [b'\r', b'\n', rest @ ..] => rest,
                [b'\r'] => {
                    self.after_cr = true;
                    &[]
                }
                [_, rest @ ..] => rest,
                [] => &[],
            };
        }
        self.check(self.partial.len() + rest.len())?;
        self.partial.extend_from_slice(rest);
        Ok(())
    }

    /// The last line, when it was not ended by a newline; `None` when there is none.
    pub fn end(&mut self) -> Option<Vec<u8>> {
        (!self.partial.is_empty()).then(|| std::mem::take(&mut self.partial))
    }

    fn check(&self, length: usize) -> Result<(), LineTooLong> {
        if length > self.limit { Err(LineTooLong { limit: self.limit }) } else { Ok(()) }
    }

    fn skip_bom<'a>(&mut self, chunk: &'a [u8]) -> &'a [u8] {
        let Some(seen) = self.bom else { return chunk };
        let mut seen = seen;
        for (at, byte) in chunk.iter().enumerate() {
            let rest = chunk.get(at..).unwrap_or_default();
            match BOM.get(seen) {
                Some(expected) if expected == byte => seen += 1,
                Some(_) => {
                    // It was text after all: what looked like a mark goes back in front of it.
                    self.partial.extend_from_slice(BOM.get(..seen).unwrap_or_default());
                    self.bom = None;
                    return rest;
                }
                None => {
                    self.bom = None;
                    return rest;
                }
            }
        }
        self.bom = Some(seen);
        &[]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(chunks: &[&[u8]]) -> Vec<String> {
        let mut lines = Lines::new(1 << 20);
        let mut found = Vec::new();
        for chunk in chunks {
            let push = |line: &[u8]| {
                found.push(String::from_utf8_lossy(line).into_owned());
                Ok(())
            };
            lines.push(chunk, push).unwrap();
        }
        found.extend(lines.end().map(|line| format!("{}$", String::from_utf8_lossy(&line))));
        found
    }

    #[test]
    fn every_newline_ends_one_line() {
        assert_eq!(split(&[b"a\nb\rc\r\nd\n\re"]), ["a", "b", "c", "d", "", "e$"]);
    }

    #[test]
    fn a_crlf_cut_in_two_is_one_newline() {
        assert_eq!(split(&[b"a\r", b"\nb\r", b"c", b"\r", b"\r", b"\n"]), ["a", "b", "c", ""]);
    }

    #[test]
    fn one_byte_order_mark_is_dropped_however_it_is_cut() {
        assert_eq!(split(&[b"\xEF", b"\xBB", b"\xBFa\n"]), ["a"]);
        assert_eq!(split(&[b"\xEF\xBB\xBF\xEF\xBB\xBFa\n"]), ["\u{feff}a"]);
        assert_eq!(split(&[b"\xEF\xBB", b"a\n"]), ["\u{fffd}a"]);
    }

    #[test]
    fn a_line_over_the_limit_is_an_error_that_keeps_what_came_before() {
        let mut lines = Lines::new(4);
        let mut found = Vec::new();
        let result = lines.push(b"ok\n12345", |line| {
            found.push(line.to_vec());
            Ok(())
        });
        assert_eq!(result, Err(LineTooLong { limit: 4 }));
        assert_eq!(found, [b"ok"]);
    }
}
