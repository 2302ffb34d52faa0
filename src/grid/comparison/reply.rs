//! What is known of one version of a cell, without its text.

use super::Turn;
use crate::{
    grid::{estimate, numbers::Times},
    model::{answer::Answer, error::ApiError, json::Object},
};

/// How far a reply has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum End {
    /// It is still coming.
    #[default]
    Open,
    /// The page ended before it did.
    Cut,
    Finished,
    /// Finished, but only because it may not be longer.
    Length,
    /// The body ended without the provider's mark of the end, or the connection broke.
    Truncated,
    /// By a person.
    Stopped,
    /// Before anything readable came.
    Failed,
}

impl End {
    pub const ALL: [Self; 7] =
        [Self::Open, Self::Cut, Self::Finished, Self::Length, Self::Truncated, Self::Stopped, Self::Failed];

    /// Its name in records.
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Cut => "cut",
            Self::Finished => "finished",
            Self::Length => "length",
            Self::Truncated => "truncated",
            Self::Stopped => "stopped",
            Self::Failed => "failed",
        }
    }

    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|end| end.word() == word)
    }

    /// More of the answer could come: it may be continued.
    pub fn is_incomplete(self) -> bool {
        matches!(self, Self::Cut | Self::Length | Self::Truncated | Self::Stopped)
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reply {
    /// The settings with which it was asked for: see [`Comparison::setup`](super::Comparison::setup).
    pub setup: u32,
    /// The turns before the prompt that were sent along.
    pub sent: Vec<Turn>,
    /// So many of the oldest turns were not, to fit the model's window.
    pub trimmed: u32,
    /// It goes on in the middle of that earlier version, whose text stands before its own.
    pub continues: Option<u32>,
    /// Its model reads no pictures: those of its prompts were not sent.
    pub is_blind: bool,
    pub end: End,
    /// Words to go on from have come: see [`Reply::over`].
    pub has_words: bool,
    /// About how many tokens its words are.
    pub tokens: u64,
    pub times: Times,
    /// Why it failed, or broke off.
    pub error: Option<Box<ApiError>>,
    pub is_winner: bool,
    pub note: String,
    /// Fields that another version of this program wrote.
    pub unknown: Object<'static>,
}

impl Reply {
    /// It has ended so, with that answer.
    pub fn over(&mut self, end: End, answer: &Answer) {
        self.end = end;
        self.has_words = has_words(answer);
        self.tokens = estimate::tokens(&answer.text) + estimate::tokens(&answer.refusal);
    }
}

/// It says something. Calls of tools are no words: see [`super::history`].
pub fn has_words(answer: &Answer) -> bool {
    !answer.text.trim().is_empty() || !answer.refusal.trim().is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_ends_read_back() {
        assert!(End::ALL.into_iter().all(|end| End::from_word(end.word()) == Some(end)));
        assert_eq!(End::from_word("Finished"), None);
    }
}
