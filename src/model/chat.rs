//! What is said ([`Message`], [`Part`]) and what one call asks ([`ChatRequest`]).

use super::{event::Opaque, json::Object};

/// Who speaks. The system prompt is not a message: see [`ChatRequest::system`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    User,
    Assistant,
}

/// One turn of a conversation.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    pub role: Role,
    pub parts: Vec<Part>,
}

impl Message {
    pub fn user(text: impl Into<String>) -> Self {
        Self { role: Role::User, parts: vec![Part::Text(text.into())] }
    }

    pub fn assistant(text: impl Into<String>) -> Self {
        Self { role: Role::Assistant, parts: vec![Part::Text(text.into())] }
    }
}

/// A piece of a message. Order matters: a provider's opaque items go back where they came.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    Text(String),
    Image(Image),
    /// Thinking text of an earlier reply. Sent back only where the provider asks for it.
    Reasoning(String),
    ToolCall(ToolCall),
    /// What a tool answered, for the call of that id. Said by the user's side.
    ToolResult {
        call_id: String,
        name: String,
        content: String,
    },
    /// Sent back verbatim, and only in the dialect that it came from.
    Opaque(Opaque),
}

/// A picture inside a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// Such as `image/png`.
    pub media_type: String,
    /// Base64 of the file, without a `data:` prefix.
    pub data: String,
}

/// A call that a model wants made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ToolCall {
    /// Empty where the provider gives none (Gemini, Ollama).
    pub id: String,
    pub name: String,
    /// JSON text as it was streamed; it may be empty for a tool without arguments.
    pub arguments: String,
}

/// What one call asks of one model.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChatRequest {
    /// The provider's own id of the model, free text.
    pub model: String,
    pub system: Option<String>,
    pub messages: Vec<Message>,
    pub sampling: Sampling,
    /// What the catalogue knows of the model; `None` for an id that it does not know.
    pub traits: Option<ModelTraits>,
    /// Merged into the body last, key by key, so the user always wins; `null` removes a key.
    pub extra: Object<'static>,
    /// Ask for the answer as a stream (the default way) or in one piece.
    pub stream: Stream,
}

/// How the answer shall come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stream {
    #[default]
    Events,
    Whole,
}

/// Parameters of one call. `None` means *not sent*: the provider's own default holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sampling {
    pub temperature: Option<f64>,
    pub top_p: Option<f64>,
    pub top_k: Option<u32>,
    /// The most tokens to generate, reasoning included where the provider counts it.
    pub max_tokens: Option<u32>,
    pub stop: Vec<String>,
    pub seed: Option<i64>,
    pub presence_penalty: Option<f64>,
    pub frequency_penalty: Option<f64>,
    pub effort: Option<Effort>,
}

/// How long a reasoning model may think, in the field's common steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effort {
    /// No thinking at all, where the model can be told so.
    Off,
    Minimal,
    Low,
    Medium,
    High,
    XHigh,
    Max,
}

impl Effort {
    pub const ALL: [Self; 7] =
        [Self::Off, Self::Minimal, Self::Low, Self::Medium, Self::High, Self::XHigh, Self::Max];

    /// The word that most providers use on the wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Off => "none",
            Self::Minimal => "minimal",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::XHigh => "xhigh",
            Self::Max => "max",
        }
    }

    /// What a model gives that knows only these steps: the highest of them that is not above what
    /// is asked, so that nobody pays for more thinking than they wanted; else the lowest.
    pub fn within(self, steps: &[Self]) -> Option<Self> {
        let thinking = |step: &Self| (*step == Self::Off) == (self == Self::Off);
        let known = || steps.iter().copied().filter(thinking);
        let not_above = known().filter(|step| *step <= self).max();
        not_above.or_else(|| known().min()).or_else(|| steps.iter().copied().min())
    }
}

/// Facts about a model that change how a request is written. Taken from a provider's model list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ModelTraits {
    /// The most tokens that the model can generate in one answer.
    pub max_output: Option<u32>,
    /// Anthropic: the model takes `thinking: {type: "adaptive"}` in place of a token budget.
    pub adaptive_thinking: Option<bool>,
    /// The model thinks, or can be told to.
    pub reasoning: Option<bool>,
    /// It reads pictures.
    pub images: Option<bool>,
}

#[cfg(test)]
mod tests {
    use super::Effort::{self, High, Low, Max, Medium, Minimal, Off, XHigh};

    #[test]
    fn an_effort_becomes_the_nearest_step_that_is_not_above_it() {
        let check = |asked: Effort, steps: &[Effort], expected| assert_eq!(asked.within(steps), expected);
        check(Medium, &[Low, High, Max], Some(Low));
        check(XHigh, &[Low, High, Max], Some(High));
        check(Minimal, &[Off, Low, High], Some(Low));
        check(Off, &[Off, Low], Some(Off));
        check(Off, &[Low, High], Some(Low));
        check(High, &[Off], Some(Off));
        check(High, &[], None);
    }
}
