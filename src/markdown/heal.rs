//! What is unfinished at the end of a text, shown as if it were finished, so that nothing flashes while it
//! comes: lines of mere markers wait, a table stands as soon as its head is there, bold is bold before its
//! end is written. Guesses are allowed here: what is guessed is parsed again, and the end is exact.

use super::{
    heal_words::heal_words,
    settle::{Open, OpenKind},
};

/// Words that go on for longer are shown as they are.
const FAR: usize = 4 << 10;
/// A longer word in brackets is shown before it is known whether it names something.
const LABEL: usize = 100;

/// The end as it is shown: so many bytes of it, and what completes them.
#[derive(Debug, PartialEq, Eq)]
pub struct Healed {
    pub keep: usize,
    pub closing: String,
}

pub fn heal(tail: &str, open: Option<&Open>, math: bool) -> Healed {
    let line_start = tail.rfind('\n').map_or(0, |end| end + 1);
    let last = tail.get(line_start..).unwrap_or_default();
    if let Some(fence) = open_fence(tail.get(..line_start).unwrap_or_default(), open) {
        let line = last.trim();
        // The beginning of the line that closes the fence.
        let may_close = !line.is_empty() && line.chars().all(|c| c == fence);
        return Healed { keep: if may_close { line_start } else { tail.len() }, closing: String::new() };
    }
    let (prefix, body) = split_prefix(last);
    // The rows of an open table come without their head.
    let is_row = open.is_some_and(|open| matches!(open.kind, OpenKind::Table { .. }));
    if !is_row && (body.starts_with('|') || last.trim().is_empty()) {
        let lines = Lines { tail, line_start };
        if let Some(healed) = lines.heal_table(prefix, body, math) {
            return healed;
        }
    }
    let end = if waits(prefix, body) { line_start } else { tail.len() };
    heal_before(tail, end, math)
}

/// Heals the words before `end`, if their paragraph still goes on there.
fn heal_before(tail: &str, end: usize, math: bool) -> Healed {
    let text = tail.get(..end).unwrap_or_default();
    let start = words_start(text);
    if end - start > FAR {
        return Healed { keep: end, closing: String::new() };
    }
    let (keep, closing) = heal_words(text, start, math);
    Healed { keep, closing }
}

/// The character of the fence that is open where a text ends.
fn open_fence(text: &str, open: Option<&Open>) -> Option<char> {
    let mut fence: Option<(char, usize)> = None;
    let anchor = open.map_or("", |open| &open.anchor);
    for line in anchor.lines().chain(text.lines()) {
        let (_, body) = split_prefix(line);
        let Some(c) = body.chars().next().filter(|c| matches!(c, '`' | '~')) else { continue };
        let rest = body.trim_start_matches(c);
        let count = body.len() - rest.len();
        match fence {
            Some((open, least)) if c == open && count >= least && rest.trim().is_empty() => fence = None,
            None if count >= 3 && !(c == '`' && rest.contains('`')) => fence = Some((c, count)),
            _ => {}
        }
    }
    fence.map(|(c, _)| c)
}

/// A line's indentation and markers of quotes and items, and what follows them.
fn split_prefix(line: &str) -> (&str, &str) {
    let mut at = 0;
    loop {
        let rest = line.get(at..).unwrap_or_default();
        let body = rest.trim_start_matches([' ', '\t']);
        at += rest.len() - body.len();
        let marker = if body.starts_with('>') { 1 } else { item_marker(body) };
        if marker == 0 {
            return line.split_at(at);
        }
        at += marker;
    }
}

/// How long an item's marker is that a space follows.
fn item_marker(body: &str) -> usize {
    let digits = body.bytes().take_while(u8::is_ascii_digit).count().min(9);
    let rest = body.get(digits..).unwrap_or_default();
    let is_marker =
        if digits == 0 { rest.starts_with(['-', '*', '+']) } else { rest.starts_with(['.', ')']) };
    if is_marker && rest.get(1..).is_some_and(|rest| rest.starts_with([' ', '\t'])) { digits + 1 } else { 0 }
}

/// Whether the last line says so far only what it may become.
fn waits(prefix: &str, body: &str) -> bool {
    let words = body.trim_end();
    let is_of = |chars: &str| words.chars().all(|c| chars.contains(c));
    if words.is_empty() {
        return !prefix.trim().is_empty();
    }
    let digits = words.trim_start_matches(|c: char| c.is_ascii_digit());
    let is_number = digits.len() < words.len() && matches!(digits, "" | "." | ")");
    let is_marker =
        is_of("- ") || is_of("* ") || is_of("_ ") || is_of("=") || is_of("#") || is_of("`") || is_of("~");
    let is_fence =
        words.starts_with("```") && !words.trim_start_matches('`').contains('`') || words.starts_with("~~~");
    let is_box = matches!(words, "+" | "![" | "!" | "\\" | "|" | "<" | ">");
    // What follows decides: a box to tick, a definition, a link.
    let is_label = words.len() < LABEL
        && words
            .strip_prefix('[')
            .is_some_and(|label| label.find(']').is_none_or(|end| end + 1 == label.len()));
    // Nothing is seen of a definition.
    let is_definition = words.starts_with('[')
        && words.split_once("]:").is_some_and(|(label, rest)| {
            !label.get(1..).unwrap_or_default().contains(']') && (!label.starts_with("[^") || rest.is_empty())
        });
    let is_tag = words.len() < 40
        && words.starts_with('<')
        && words
            .get(1..)
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic() || "/!?".contains(c)))
        && !words.contains('>');
    is_number || is_marker || is_fence || is_box || is_label || is_definition || is_tag || is_of("| ")
}

/// Where the words begin that go on where a text ends.
fn words_start(text: &str) -> usize {
    // After a blank line nothing goes on.
    if text.trim_end_matches([' ', '\t']).ends_with("\n\n") || text.ends_with("\n\r\n") {
        return text.len();
    }
    let mut start = text.len();
    let mut rest = text.strip_suffix('\n').unwrap_or(text);
    while !rest.is_empty() && text.len() - start < FAR {
        let line_start = rest.rfind('\n').map_or(0, |end| end + 1);
        let line = rest.get(line_start..).unwrap_or_default();
        let (prefix, body) = split_prefix(line);
        if body.trim().is_empty() {
            break;
        }
        start = line_start + prefix.len();
        let is_item = prefix.contains(|c: char| !c.is_whitespace() && c != '>');
        if is_item || body.starts_with(['#', '|']) {
            break;
        }
        rest = rest.get(..line_start.saturating_sub(1)).unwrap_or_default();
    }
    start
}

/// The lines around the end.
struct Lines<'a> {
    tail: &'a str,
    line_start: usize,
}

impl Lines<'_> {
    /// A line that may be the head of a table gets the line under it that makes it one.
    fn heal_table(&self, prefix: &str, body: &str, math: bool) -> Option<Healed> {
        let before = self.tail.get(..self.line_start)?;
        let mut above = before.lines().rev().map(split_prefix);
        let head = above.next().filter(|(_, body)| body.starts_with('|'));
        let Some((head_prefix, head)) = head else {
            // The head itself.
            if body.trim_matches(['|', ' ']).is_empty() {
                return None;
            }
            let mut healed = heal_before(self.tail, self.tail.len(), math);
            let kept = self.tail.get(self.line_start + prefix.len()..healed.keep)?;
            let mut line = [kept, &healed.closing].concat();
            if !line.trim_end().ends_with('|') || line.trim_end().len() < 2 {
                healed.closing.push_str(" |");
                line.push_str(" |");
            }
            healed.closing.push('\n');
            healed.closing.push_str(&under(prefix, &line));
            return Some(healed);
        };
        if above.next().is_some_and(|(_, body)| body.starts_with('|')) {
            return None;
        }
        // The line under the head, as far as it is there.
        let is_under = body.chars().all(|c| "|-: ".contains(c));
        let closing = under(head_prefix, head);
        let is_complete = body.matches('|').count() >= closing.matches('|').count() && body.contains('-');
        (is_under && !is_complete).then_some(Healed { keep: self.line_start, closing })
    }
}

/// The line that goes under a table's head.
fn under(prefix: &str, head: &str) -> String {
    let mut line: String = prefix.chars().map(|c| if c == '>' { '>' } else { ' ' }).collect();
    let mut is_escaped = false;
    let mut pipes = 0;
    for c in head.trim_end().chars() {
        if c == '|' && !is_escaped {
            pipes += 1;
        }
        is_escaped = c == '\\' && !is_escaped;
    }
    let columns = if head.trim_end().ends_with('|') { pipes - 1 } else { pipes };
    line.push('|');
    for _ in 0..columns {
        line.push_str("-|");
    }
    line
}
