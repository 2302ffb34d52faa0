//! A prompt and its cells.

use super::{ColumnId, FileId, ReplyId, RoundId, reply::Reply};
use crate::{grid::estimate, model::json::Object};

/// What a person asks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prompt {
    pub text: String,
    pub attachments: Vec<Attachment>,
    /// It asks a column to go on with its answer that broke off.
    pub is_continuation: bool,
}

/// What a prompt brings along.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attachment {
    File(FileId),
    /// An answer of this comparison that shall be context for all, as it was said then.
    Answer {
        of: ReplyId,
        /// Who said it, as the page names them.
        by: String,
        text: String,
    },
}

/// What is known of a file without its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileInfo {
    pub name: String,
    pub kind: FileKind,
    /// Such as `image/png`.
    pub media_type: String,
    /// About how many tokens it is.
    pub tokens: u64,
}

/// What a file's content is, and how it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// Base64, as a picture.
    Image,
    /// Text, under its name.
    Text,
}

impl FileInfo {
    /// A picture. A large one is about 1,600 tokens (Anthropic, "Vision"); others count fewer.
    pub fn image(name: impl Into<String>, media_type: impl Into<String>) -> Self {
        Self { name: name.into(), kind: FileKind::Image, media_type: media_type.into(), tokens: 1600 }
    }

    pub fn text(name: impl Into<String>, media_type: impl Into<String>, content: &str) -> Self {
        let tokens = estimate::tokens(content);
        Self { name: name.into(), kind: FileKind::Text, media_type: media_type.into(), tokens }
    }
}

impl Prompt {
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    pub fn is_empty(&self) -> bool {
        self.text.is_empty() && self.attachments.is_empty()
    }

    /// About how many tokens it is, with what it brings along.
    pub fn tokens(&self, files: &[FileInfo]) -> u64 {
        let of = |attachment: &Attachment| match attachment {
            Attachment::File(id) => files.get(id.0 as usize).map_or(0, |file| file.tokens),
            Attachment::Answer { text, .. } => estimate::tokens(text),
        };
        estimate::tokens(&self.text) + self.attachments.iter().map(of).sum::<u64>()
    }
}

/// A row.
#[derive(Clone, Debug, PartialEq)]
pub struct Round {
    pub id: RoundId,
    /// The round that it follows; `None` begins a conversation.
    pub parent: Option<RoundId>,
    pub prompt: Prompt,
    /// One for each column that took part.
    pub cells: Vec<Cell>,
    /// About how many tokens the prompt is.
    pub tokens: u64,
    /// Fields that another version of this program wrote.
    pub unknown: Object<'static>,
}

impl Round {
    pub fn cell(&self, column: ColumnId) -> Option<&Cell> {
        self.cells.iter().find(|cell| cell.column == column)
    }
}

/// A column's answers to one prompt.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    pub column: ColumnId,
    /// The oldest first. Empty until a call begins.
    pub versions: Vec<Reply>,
    /// The version that is shown and continued, counted from 0.
    pub chosen: usize,
    pub kept: Kept,
}

/// What of a turn the column shall remember.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kept {
    #[default]
    All,
    /// The prompt without the answer.
    Prompt,
    Nothing,
}

impl Kept {
    pub const ALL: [Self; 3] = [Self::All, Self::Prompt, Self::Nothing];

    /// Its name in records.
    pub fn word(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Prompt => "prompt",
            Self::Nothing => "nothing",
        }
    }

    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kept| kept.word() == word)
    }
}

impl Cell {
    pub fn new(column: ColumnId) -> Self {
        Self { column, versions: Vec::new(), chosen: 0, kept: Kept::All }
    }
}
