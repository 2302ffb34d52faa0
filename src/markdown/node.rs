//! What an answer is made of.

use super::Destination;

/// How deep nodes nest at most, the text not counted; what stands deeper loses its levels and keeps its text.
pub const DEEPEST: usize = 64;

/// A piece of an answer. Two texts stand side by side only in code that streams: what is settled of it is a text
/// of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    pub kind: Kind,
    pub children: Vec<Node>,
}

impl Node {
    #[must_use]
    pub fn new(kind: Kind) -> Self {
        Self { kind, children: Vec::new() }
    }

    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self::new(Kind::Text(text.into()))
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// A line that merely ends is `\n`.
    Text(String),
    Paragraph,
    /// From 1 to 6.
    Heading(u8),
    Quote,
    List {
        /// The first number of an ordered list.
        start: Option<u64>,
        /// No blank line stands between its items' parts.
        is_tight: bool,
    },
    /// Its words stand in a paragraph always, so that a list that becomes loose replaces nothing.
    Item {
        /// Whether a task is done.
        checked: Option<bool>,
    },
    /// The code: one text, or several while it streams.
    Code {
        /// What follows the fence: the language first.
        info: String,
    },
    /// One text: a block of raw HTML, as it is written. Between words it is mere text.
    Html,
    /// A [`Kind::Head`], then [`Kind::Row`]s of [`Kind::Cell`]s.
    Table,
    Head,
    Row,
    Cell(Align),
    Rule,
    Emphasis,
    Strong,
    Strike,
    /// One text.
    CodeSpan,
    Link {
        to: Destination,
    },
    /// Its children are what is read in its place.
    Image {
        to: Destination,
        title: String,
    },
    /// The line breaks here.
    Break,
    /// The label of the note.
    FootnoteReference(String),
    /// The note of this label, where it was written.
    Footnote(String),
    /// One text: LaTeX.
    Math {
        /// Between `$$` or `\[`: on a line of its own.
        is_block: bool,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    None,
    Left,
    Center,
    Right,
}
