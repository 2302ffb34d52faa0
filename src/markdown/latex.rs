//! LaTeX between `\(` and `\)`, `\[` and `\]`, which the library does not know: it reads `$$` in their place,
//! which is as long, and what it makes of that is put back.

use std::ops::Range;

/// A text as the library reads it, and as it was written.
#[derive(Clone, Copy)]
pub struct Masked<'a> {
    pub read: &'a str,
    pub written: &'a str,
}

/// The text with `$$` in the place of all that opens and closes LaTeX; `None` if nothing does.
pub fn mask(text: &str) -> Option<String> {
    let pairs = pairs(text).0;
    if pairs.is_empty() {
        return None;
    }
    let mut masked = String::with_capacity(text.len());
    for at in pairs {
        masked.push_str(text.get(masked.len()..at).unwrap_or_default());
        masked.push_str("$$");
    }
    masked.push_str(text.get(masked.len()..).unwrap_or_default());
    Some(masked)
}

/// Whether LaTeX may be open at the end of a text.
pub fn is_open(text: &str) -> bool {
    text.contains('\\') && pairs(text).1
}

/// Where something opens or closes, in order, and whether something is still open. A pair does not reach over
/// a blank line, and the last that opens before one that closes counts: so the answer depends on little.
fn pairs(text: &str) -> (Vec<usize>, bool) {
    let mut found = Vec::new();
    if !text.contains("\\(") && !text.contains("\\[") {
        return (found, false);
    }
    let mut open: Option<(u8, usize)> = None;
    let mut start = 0;
    let mut before = "";
    for line in text.split_inclusive(['\n', '\r']) {
        let words = line.trim();
        let is_rest_of_end = line == "\n" && before.ends_with('\r');
        before = line;
        let is_definition = words.starts_with('[') && words.contains("]:");
        if words.is_empty() {
            if !is_rest_of_end {
                open = None;
            }
        } else if !is_definition && !words.starts_with("```") && !words.starts_with("~~~") {
            pairs_of_line(text, start..start + line.len(), &mut open, &mut found);
        }
        start += line.len();
    }
    (found, open.is_some())
}

fn pairs_of_line(text: &str, line: Range<usize>, open: &mut Option<(u8, usize)>, found: &mut Vec<usize>) {
    let bytes = text.as_bytes();
    let mut at = line.start;
    while at < line.end {
        let rest = text.get(at..line.end).unwrap_or_default();
        let next = bytes.get(at + 1).copied();
        at += match bytes.get(at).copied() {
            Some(b'`') => code_span(rest),
            // The labels of notes and the places links lead to are no text.
            Some(b'[') if next == Some(b'^') => rest.find(']').unwrap_or(1),
            Some(b']') if next == Some(b'(') => rest.find([')', ' ', '\n']).unwrap_or(1),
            Some(b'\\') => {
                match (next, *open) {
                    (Some(opening @ (b'(' | b'[')), _) => *open = Some((opening, at)),
                    (Some(b')'), Some((b'(', start))) | (Some(b']'), Some((b'[', start))) => {
                        let latex = text.get(start + 2..at).unwrap_or_default();
                        if !latex.trim().is_empty() && !latex.contains('$') {
                            found.extend([start, at]);
                        }
                        *open = None;
                    }
                    _ => {}
                }
                2
            }
            _ => 1,
        };
    }
}

/// How long the code span is that a line begins with, or the backticks if it is none.
fn code_span(line: &str) -> usize {
    let rest = line.trim_start_matches('`');
    let count = line.len() - rest.len();
    let mut at = count;
    while let Some(next) = line.get(at..).and_then(|rest| rest.find('`')) {
        at += next;
        let run = line.get(at..).map_or(0, |rest| rest.len() - rest.trim_start_matches('`').len());
        at += run;
        if run == count {
            return at;
        }
    }
    count
}

impl Masked<'_> {
    /// What stands in a range, if it was written otherwise than it is read. `is_literal` says that a
    /// backslash is one.
    pub fn written(&self, read: &str, range: Range<usize>, is_literal: bool) -> Option<String> {
        let (masked, written) = (self.read.get(range.clone())?, self.written.get(range)?);
        if masked == written {
            return None;
        }
        let mut dollars = masked.bytes().zip(written.bytes()).filter(|(masked, _)| *masked == b'$');
        let mut text = String::with_capacity(read.len());
        for c in read.chars() {
            let written =
                if c == '$' { dollars.next().map(|(_, written)| char::from(written)) } else { None };
            match written {
                Some('\\') if !is_literal => {}
                written => text.push(written.unwrap_or(c)),
            }
        }
        Some(text)
    }

    pub fn goes_on_with_digit(&self, at: usize) -> bool {
        self.written.as_bytes().get(at).is_some_and(u8::is_ascii_digit)
    }

    /// Whether LaTeX at a place was written with `\[`; `None` if it was written with dollars.
    pub fn is_block(&self, at: usize) -> Option<bool> {
        let written = self.written.get(at..)?;
        if written.starts_with("\\[") {
            Some(true)
        } else if written.starts_with("\\(") {
            Some(false)
        } else {
            None
        }
    }
}
