//! What a decoder says while an answer arrives. The same bytes always give the same events, however they are cut.

use super::{error::ApiError, json::Json, provider::Dialect};

/// One thing that was learnt from the bytes of an answer.
#[derive(Clone, Debug, PartialEq)]
pub enum StreamEvent {
    /// The answer has begun; what the provider calls it and the model that really answers.
    Start {
        id: Option<String>,
        model: Option<String>,
    },
    Delta(Delta),
    /// Must be sent back with the next turn, verbatim, to the same provider and model only.
    Opaque(Opaque),
    /// Counts so far. A later one replaces each number that it states.
    Usage(Usage),
    /// The model has stopped. More usage may follow; a repetition changes nothing.
    Finish(FinishReason),
    /// The provider reported an error inside the stream. What came before is kept.
    Error(ApiError),
}

/// A piece of the answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Delta {
    Text(String),
    /// Thinking text. `part` counts the provider's separate thoughts, from 0, without gaps.
    Reasoning {
        part: u32,
        text: String,
    },
    /// The model declines, in words of its own.
    Refusal(String),
    /// A fragment of a tool call. `index` counts the calls of one answer, from 0, without gaps.
    ToolCall {
        index: u32,
        id: Option<String>,
        name: Option<String>,
        arguments: String,
    },
    /// A source, named once however often the provider repeats it.
    Citation(Citation),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Citation {
    /// A URL, or for a document without one its title or the cited words.
    pub source: String,
    pub title: Option<String>,
}

/// An item that only its provider understands: a signature, encrypted reasoning.
#[derive(Clone, Debug, PartialEq)]
pub struct Opaque {
    pub dialect: Dialect,
    pub json: Json<'static>,
}

/// Token counts of one call: as the provider states them, and in one common meaning.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Usage {
    /// The provider's own numbers; what they include differs from one to the next.
    pub raw: TokenCounts,
    /// `input` holds the whole prompt, cache reads and writes included; `output` everything
    /// generated, reasoning included.
    pub total: TokenCounts,
    /// What the provider says the call cost, in US dollars.
    pub cost_usd: Option<f64>,
}

/// Numbers of tokens; `None` where the provider says nothing (never 0 in its place).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TokenCounts {
    pub input: Option<u64>,
    pub output: Option<u64>,
    pub cached: Option<u64>,
    pub cache_write: Option<u64>,
    pub reasoning: Option<u64>,
}

impl TokenCounts {
    /// Takes every number that `later` states.
    pub fn update(&mut self, later: &Self) {
        self.input = later.input.or(self.input);
        self.output = later.output.or(self.output);
        self.cached = later.cached.or(self.cached);
        self.cache_write = later.cache_write.or(self.cache_write);
        self.reasoning = later.reasoning.or(self.reasoning);
    }

    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Why a model stopped: one word for all providers, and the provider's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FinishReason {
    pub unified: Finish,
    /// `None` when the stream ended properly without giving a reason.
    pub raw: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finish {
    /// The model was done, or met a stop sequence.
    Stop,
    /// The token limit or the context window cut it.
    Length,
    /// A filter or a refusal of the provider cut it.
    ContentFilter,
    /// It waits for the result of a tool.
    ToolCalls,
    /// The provider failed while answering.
    Error,
    /// A reason that this program does not know; the raw word says it.
    Other,
}

impl Finish {
    pub const ALL: [Self; 6] =
        [Self::Stop, Self::Length, Self::ContentFilter, Self::ToolCalls, Self::Error, Self::Other];

    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|finish| finish.word() == word)
    }

    /// Its name in reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Stop => "stop",
            Self::Length => "length",
            Self::ContentFilter => "content_filter",
            Self::ToolCalls => "tool_calls",
            Self::Error => "error",
            Self::Other => "other",
        }
    }
}
