//! What stands around a word that was found, short enough for a line or two.

/// Letters before what was found, and after it.
const BEFORE: usize = 40;
const AFTER: usize = 120;
/// What was found is not longer than this either.
const LONGEST: usize = 80;
/// A cut goes to the next blank where there is one within so many letters.
const NEAR: usize = 12;
const CUT: char = '…';
/// What half of a letter becomes on its way from a JavaScript string.
const HALF: char = '\u{FFFD}';

/// A piece of a text: what stands before the words, the words, and what stands after them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snippet {
    pub before: String,
    pub found: String,
    pub after: String,
}

impl Snippet {
    /// Of pieces that may be longer and broken anywhere. All blanks and line ends are one blank.
    pub fn new(before: &str, found: &str, after: &str) -> Self {
        let (before, after) = (before.trim_start_matches(HALF), after.trim_end_matches(HALF));
        let (before, after) = (in_a_line(before), in_a_line(after));
        let letters: Vec<char> = before.chars().collect();
        let before = match letters.len().checked_sub(BEFORE) {
            None | Some(0) => before,
            Some(first) => {
                let blank = letters.iter().skip(first).take(NEAR).position(|letter| *letter == ' ');
                let first = first + blank.map_or(0, |at| at + 1);
                [CUT].iter().chain(letters.iter().skip(first)).collect()
            }
        };
        Self { before, found: short(&in_a_line(found), LONGEST), after: short(&after, AFTER) }
    }
}

fn in_a_line(text: &str) -> String {
    let mut line = String::new();
    for letter in text.chars() {
        match letter.is_whitespace() || letter.is_control() {
            true if line.ends_with(' ') => {}
            true => line.push(' '),
            false => line.push(letter),
        }
    }
    line
}

fn short(text: &str, most: usize) -> String {
    let Some((end, _)) = text.char_indices().nth(most) else { return text.to_owned() };
    let kept = text.get(..end).unwrap_or_default();
    let blank = kept.char_indices().rev().take(NEAR).find(|(_, letter)| *letter == ' ');
    let kept = kept.get(..blank.map_or(end, |(at, _)| at)).unwrap_or(kept);
    [kept, &CUT.to_string()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_pieces_stay_as_they_are_in_one_line() {
        let snippet = Snippet::new("one\n\n two ", "three", "\tfour\r\n");
        assert_eq!(
            snippet,
            Snippet { before: "one two ".into(), found: "three".into(), after: " four ".into() }
        );
        assert_eq!(Snippet::new("", "", ""), Snippet::default());
    }

    #[test]
    fn long_pieces_are_cut_at_blanks_where_there_are_some() {
        let snippet = Snippet::new(&"word ".repeat(40), "found", &" word".repeat(60));
        assert!(snippet.before.starts_with("…word ") && snippet.before.ends_with("word "), "{snippet:?}");
        assert!(snippet.after.starts_with(" word") && snippet.after.ends_with("word…"), "{snippet:?}");
        let snippet = Snippet::new(&"가".repeat(100), &"나".repeat(100), &"다".repeat(200));
        let counts = [&snippet.before, &snippet.found, &snippet.after].map(|text| text.chars().count());
        assert_eq!(counts, [BEFORE + 1, LONGEST + 1, AFTER + 1]);
    }

    #[test]
    fn halves_of_letters_are_left_out() {
        let snippet = Snippet::new("\u{FFFD}a", "b", "c\u{FFFD}");
        assert_eq!([snippet.before, snippet.found, snippet.after].concat(), "abc");
    }
}
