//! What is unfinished within words: `**bo`, `` `co ``, a half link.

/// Something that was opened and not closed yet.
#[derive(Clone, Copy)]
enum Opened {
    /// A run of `*`, `_` or `~`.
    Run {
        mark: u8,
        count: usize,
        at: usize,
    },
    Bracket {
        at: usize,
        is_image: bool,
    },
}

/// A link's text is not longer, or it is none.
const LONGEST_TEXT: usize = 300;

/// How much of a text is shown, and what closes it there, if its words begin at `start`.
pub fn heal_words(text: &str, start: usize, math: bool) -> (usize, String) {
    let mut words = Words { text, bytes: text.as_bytes(), math, opened: Vec::new() };
    words.read(start)
}

struct Words<'a> {
    text: &'a str,
    bytes: &'a [u8],
    math: bool,
    opened: Vec<Opened>,
}

impl Words<'_> {
    fn read(&mut self, start: usize) -> (usize, String) {
        let mut at = start;
        while let Some(byte) = self.bytes.get(at).copied() {
            let next = match byte {
                b'\\' if self.math && matches!(self.bytes.get(at + 1), Some(b'(' | b'[')) => self.latex(at),
                b'\\' if at + 1 >= self.bytes.len() => Err((at, String::new())),
                b'\\' => Ok(at + 2),
                b'`' => self.code(at),
                b'$' if self.math && self.bytes.get(at + 1) == Some(&b'$') => self.enclosed(at, "$$", "$$"),
                // Whether it ends a formula shows the next character.
                b'$' if self.math && at + 1 == self.bytes.len() => Err((at, String::new())),
                b'<' | b'&' => self.pending(at, byte),
                b'[' => {
                    let is_image = at > start && self.bytes.get(at - 1) == Some(&b'!');
                    self.opened.push(Opened::Bracket { at, is_image });
                    Ok(at + 1)
                }
                b']' => self.bracket(at),
                b'*' | b'_' | b'~' => self.run(start, at, byte),
                _ => Ok(at + 1),
            };
            match next {
                Ok(next) => at = next,
                Err((keep, closing)) => return self.close(keep, closing),
            }
        }
        self.close(self.text.len(), String::new())
    }

    /// Closes what is open, from the inside out.
    fn close(&mut self, mut keep: usize, mut closing: String) -> (usize, String) {
        while let Some(opened) = self.opened.pop() {
            let (at, inside) = match opened {
                Opened::Run { count, at, .. } => (at, at + count),
                Opened::Bracket { at, is_image } => (at - usize::from(is_image), at + 1),
            };
            let is_empty = closing.is_empty()
                && self.text.get(inside..keep).is_none_or(|inside| inside.trim().is_empty());
            match opened {
                Opened::Bracket { is_image: true, .. } => (keep, closing) = (at, String::new()),
                _ if is_empty => (keep, closing) = (at.min(keep), String::new()),
                Opened::Run { mark, count, .. } => closing.extend((0..count).map(|_| char::from(mark))),
                Opened::Bracket { .. } => {
                    let inside = self.text.get(inside..keep).unwrap_or_default();
                    if inside.starts_with('^') {
                        (keep, closing) = (at, String::new());
                    } else if inside.len() < LONGEST_TEXT {
                        closing.push_str("]()");
                    }
                }
            }
        }
        if !closing.is_empty() {
            // What closes a run does not follow a space.
            keep = self.text.get(..keep).map_or(keep, |text| text.trim_end().len());
        }
        (keep, closing)
    }

    fn code(&self, at: usize) -> Result<usize, (usize, String)> {
        let count = run_length(self.bytes, at);
        let mut end = at + count;
        while let Some(next) = self.text.get(end..).and_then(|rest| rest.find('`')) {
            let close = end + next;
            let length = run_length(self.bytes, close);
            if length == count {
                return Ok(close + length);
            }
            end = close + length;
        }
        let fence = "`".repeat(count);
        // The beginning of what closes it.
        let keep = self.text.trim_end_matches('`').len().max(at);
        let inside = self.text.get(at + count..keep).unwrap_or_default();
        if inside.trim().is_empty() { Err((at, String::new())) } else { Err((keep, fence)) }
    }

    fn latex(&self, at: usize) -> Result<usize, (usize, String)> {
        let is_block = self.bytes.get(at + 1) == Some(&b'[');
        let (open, close) = if is_block { ("\\[", "\\]") } else { ("\\(", "\\)") };
        self.enclosed(at, open, close)
    }

    fn enclosed(&self, at: usize, open: &str, close: &str) -> Result<usize, (usize, String)> {
        let from = at + open.len();
        let rest = self.text.get(from..).unwrap_or_default();
        if let Some(end) = rest.find(close) {
            return Ok(from + end + close.len());
        }
        // The beginning of what closes it.
        let half = close.get(..1).unwrap_or_default();
        let inside = rest.strip_suffix(half).unwrap_or(rest).trim_end();
        if inside.trim().is_empty() {
            Err((at, String::new()))
        } else {
            let braces = "}".repeat(open_braces(inside));
            Err((from + inside.len(), [&braces, close].concat()))
        }
    }

    /// A tag, an address or a character's name that has only begun.
    fn pending(&self, at: usize, byte: u8) -> Result<usize, (usize, String)> {
        let rest = self.text.get(at + 1..).unwrap_or_default();
        let is_begun = if byte == b'<' {
            rest.starts_with(|c: char| c.is_ascii_alphabetic() || "/!".contains(c))
                && !rest.contains(|c: char| c == '>' || c.is_whitespace())
        } else {
            rest.len() < 10 && rest.chars().all(|c| c.is_ascii_alphanumeric() || c == '#')
        };
        if is_begun { Err((at, String::new())) } else { Ok(at + 1) }
    }

    fn bracket(&mut self, at: usize) -> Result<usize, (usize, String)> {
        let Some(opened) = self.opened.iter().rposition(|opened| matches!(opened, Opened::Bracket { .. }))
        else {
            return Ok(at + 1);
        };
        let Some(Opened::Bracket { at: start, is_image }) = self.opened.get(opened).copied() else {
            return Ok(at + 1);
        };
        // What was opened inside and not closed is only text.
        self.opened.truncate(opened);
        let rest = self.text.get(at + 1..).unwrap_or_default();
        let is_note = self.bytes.get(start + 1) == Some(&b'^');
        let hidden =
            || if is_image { Err((start - 1, String::new())) } else { Err((at + 1, "()".to_owned())) };
        match rest.bytes().next() {
            None if is_note => Ok(at + 1),
            None => hidden(),
            Some(b'(') => match closing_parenthesis(rest) {
                Some(end) => Ok(at + 1 + end),
                None if rest.contains("\n\n") || rest.len() > 8 * LONGEST_TEXT => Ok(at + 1),
                None => hidden(),
            },
            Some(b'[') if !rest.contains(']') && rest.len() < LONGEST_TEXT => hidden(),
            Some(_) => Ok(at + 1),
        }
    }

    fn run(&mut self, start: usize, at: usize, mark: u8) -> Result<usize, (usize, String)> {
        let count = run_length(self.bytes, at);
        let end = at + count;
        let before = self.text.get(start..at).and_then(|text| text.chars().next_back()).unwrap_or(' ');
        let after = self.text.get(end..).and_then(|text| text.chars().next());
        let opener = self
            .opened
            .iter()
            .rposition(|opened| matches!(opened, Opened::Run { mark: other, .. } if *other == mark));
        let Some(after) = after else {
            // At the end: what it will be shows the next character, unless it closes all that is open.
            if let Some(index) = opener
                && let Some(Opened::Run { count: open, .. }) = self.opened.get(index)
                && count == *open
                && !before.is_whitespace()
            {
                self.opened.truncate(index);
                return Ok(end);
            }
            return Err((at, String::new()));
        };
        let is_word = |c: char| !c.is_whitespace() && !c.is_ascii_punctuation();
        let opens = !after.is_whitespace() && (is_word(after) || !is_word(before));
        let closes = !before.is_whitespace() && (is_word(before) || !is_word(after));
        let is_inner = mark == b'_' && is_word(before) && is_word(after);
        if closes
            && !is_inner
            && let Some(index) = opener
        {
            let left = match self.opened.get(index) {
                Some(Opened::Run { count: open, at, .. }) if *open > count => Some((*open - count, *at)),
                _ => None,
            };
            self.opened.truncate(index);
            if let Some((count, at)) = left {
                self.opened.push(Opened::Run { mark, count, at });
            }
        } else if opens && !is_inner && !(mark == b'~' && count > 2) {
            self.opened.push(Opened::Run { mark, count, at });
        }
        Ok(end)
    }
}

/// How many braces of LaTeX are not closed.
fn open_braces(latex: &str) -> usize {
    let mut depth = 0usize;
    let mut is_escaped = false;
    for byte in latex.bytes() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    depth
}

fn run_length(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    rest.iter().take_while(|byte| rest.first() == Some(byte)).count()
}

/// Behind the parenthesis that closes the first.
fn closing_parenthesis(rest: &str) -> Option<usize> {
    let mut depth = 0;
    let mut is_escaped = false;
    for (at, byte) in rest.bytes().enumerate() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'(' => depth += 1,
            b')' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}
