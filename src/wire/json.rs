//! Lines of JSON to JSON values: one a line (NDJSON), one over many lines, or the elements of an array.

use memchr::memchr2;

use super::body::LineTooLong;

/// Collects lines until they make a whole value. It looks only at brackets and strings; whether the
/// value is well formed is for its reader to find.
#[derive(Debug, Default)]
pub struct Values {
    pending: Vec<u8>,
    depth: u32,
}

/// What a line gave.
#[derive(Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    Value(&'a [u8]),
    /// Bytes that cannot begin or complete a value.
    Broken(&'a [u8]),
}

impl Values {
    /// A value has begun and is not complete: the next line belongs to it.
    pub fn is_open(&self) -> bool {
        self.depth > 0
    }

    /// Takes one line and gives each value that it completes. The brackets and commas of an
    /// enclosing array are passed over, so that its elements come one by one.
    ///
    /// # Errors
    /// A value is larger than the limit, in bytes.
    pub fn line(
        &mut self,
        line: &[u8],
        limit: usize,
        mut found: impl FnMut(Piece<'_>),
    ) -> Result<(), LineTooLong> {
        // A value that starts at the margin while another is open: the open one was broken off.
        if self.is_open() && line.first() == Some(&b'{') {
            found(Piece::Broken(&self.pending));
            self.reset();
        }
        let mut start = 0;
        let mut at = 0;
        while let Some(byte) = line.get(at) {
            at += 1;
            match byte {
                b'{' => {
                    if self.depth == 0 {
                        start = at - 1;
                    }
                    self.depth += 1;
                }
                b'}' | b']' if self.depth == 1 => {
                    self.depth = 0;
                    let tail = line.get(start..at).unwrap_or_default();
                    if self.pending.is_empty() {
                        found(Piece::Value(tail));
                    } else {
                        self.pending.extend_from_slice(tail);
                        found(Piece::Value(&self.pending));
                        self.pending.clear();
                    }
                }
                // Around the values: the brackets and commas of an array.
                b'}' | b'[' | b']' | b',' | b' ' | b'\t' if self.depth == 0 => {}
                _ if self.depth == 0 => {
                    found(Piece::Broken(line.get(at - 1..).unwrap_or_default()));
                    return Ok(());
                }
                b'[' => self.depth += 1,
                b'}' | b']' => self.depth -= 1,
                b'"' => match after_string(line, at) {
                    Some(after) => at = after,
                    None => {
                        // No JSON string goes over a line end.
                        self.pending.extend_from_slice(line.get(start..).unwrap_or_default());
                        found(Piece::Broken(&self.pending));
                        self.reset();
                        return Ok(());
                    }
                },
                _ => {}
            }
        }
        if self.depth == 0 {
            return Ok(());
        }
        self.pending.extend_from_slice(line.get(start..).unwrap_or_default());
        self.pending.push(b'\n');
        if self.pending.len() > limit { Err(LineTooLong { limit }) } else { Ok(()) }
    }

    /// What was begun and never completed, if anything.
    pub fn end(&mut self) -> Option<Vec<u8>> {
        let rest = std::mem::take(&mut self.pending);
        self.reset();
        (!rest.is_empty()).then_some(rest)
    }

    fn reset(&mut self) {
        self.pending.clear();
        self.depth = 0;
    }
}

/// The place after the quote that ends the string whose text starts at `from`.
fn after_string(line: &[u8], mut from: usize) -> Option<usize> {
    loop {
        let rest = line.get(from..)?;
        let at = memchr2(b'"', b'\\', rest)?;
        from += at + 1;
        if rest.get(at) == Some(&b'"') {
            return Some(from);
        }
        // What follows a backslash ends nothing.
        from += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Vec<String> {
        let mut values = Values::default();
        let mut found = Vec::new();
        for line in text.lines() {
            let push = |piece: Piece<'_>| {
                found.push(match piece {
                    Piece::Value(bytes) => String::from_utf8_lossy(bytes).replace('\n', "/"),
                    Piece::Broken(bytes) => format!("broken {}", String::from_utf8_lossy(bytes)),
                });
            };
            values.line(line.as_bytes(), 1 << 20, push).unwrap();
        }
        found.extend(values.end().map(|rest| format!("open {}", String::from_utf8_lossy(&rest))));
        found
    }

    #[test]
    fn one_value_a_line() {
        assert_eq!(values("{\"a\":1}\n{\"b\":\"}{\"}\n"), ["{\"a\":1}", "{\"b\":\"}{\"}"]);
    }

    #[test]
    fn a_value_over_many_lines() {
        assert_eq!(values("{\n  \"a\": [\n 1 ]\n}\n"), ["{/  \"a\": [/ 1 ]/}"]);
    }

    #[test]
    fn the_elements_of_an_array() {
        assert_eq!(values("[{\"a\":1}\n,\n{\"b\":{}},{\"c\":2}]"), ["{\"a\":1}", "{\"b\":{}}", "{\"c\":2}"]);
    }

    #[test]
    fn a_broken_line_is_told_and_does_not_swallow_the_next() {
        assert_eq!(values("{\"a\":\"x\n{\"b\":1}\n"), ["broken {\"a\":\"x", "{\"b\":1}"]);
        assert_eq!(values("{\"a\":[1,\n{\"b\":1}\n"), ["broken {\"a\":[1,\n", "{\"b\":1}"]);
        assert_eq!(values("nope\n{\"b\":1}\n"), ["broken nope", "{\"b\":1}"]);
        assert_eq!(values("{\"a\":\"\\\"\"} {\"b\""), ["{\"a\":\"\\\"\"}", "open {\"b\"\n"]);
    }
}
