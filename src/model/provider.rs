//! Who answers: providers as data, dialects as a closed set.

use std::borrow::Cow;

use super::{chat::Effort, http::BaseUrl};

/// A wire format. One module of `wire` each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// "Chat Completions", the format that most hosts copy.
    OpenaiChat,
    OpenaiResponses,
    AnthropicMessages,
    Gemini,
    Mistral,
    CohereV2,
    OllamaChat,
}

impl Dialect {
    pub const ALL: [Self; 7] = [
        Self::OpenaiChat,
        Self::OpenaiResponses,
        Self::AnthropicMessages,
        Self::Gemini,
        Self::Mistral,
        Self::CohereV2,
        Self::OllamaChat,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::OpenaiChat => "openai_chat",
            Self::OpenaiResponses => "openai_responses",
            Self::AnthropicMessages => "anthropic_messages",
            Self::Gemini => "gemini",
            Self::Mistral => "mistral",
            Self::CohereV2 => "cohere_v2",
            Self::OllamaChat => "ollama_chat",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|dialect| dialect.name() == name)
    }
}

/// Who runs models. Data: a new compatible host is one more row in [`super::catalog`].
#[derive(Clone, Debug, PartialEq)]
pub struct Provider {
    /// Stable, lower case; saved settings refer to it.
    pub id: Cow<'static, str>,
    pub name: Cow<'static, str>,
    pub base_url: BaseUrl,
    /// The formats that the host speaks, the best one first. Never empty.
    pub dialects: Cow<'static, [Dialect]>,
    pub auth: Auth,
    /// Headers that the host wants besides the key, and that its preflight admits.
    pub headers: Cow<'static, [(&'static str, &'static str)]>,
    pub quirks: Quirks,
    /// How many calls may be open at once over HTTP/2.
    pub connections: u16,
    /// Where a person gets a key; `None` for a server of their own.
    pub key_url: Option<&'static str>,
    /// The name of the key in `.env` files.
    pub key_env: Option<&'static str>,
    /// Where it runs: a server of the user's own needs no key and has hints of its own.
    pub place: Place,
    /// Whether a web page may call it.
    pub cors: Cors,
}

impl Provider {
    pub fn dialect(&self) -> Dialect {
        self.dialects.first().copied().unwrap_or(Dialect::OpenaiChat)
    }

    /// The address is a placeholder: nothing can be sent before the user has put in their own.
    ///
    /// Placeholders end in `.invalid`, which never resolves (RFC 2606, "Reserved Top Level DNS
    /// Names"), so no stranger can own one.
    pub fn needs_base_url(&self) -> bool {
        let origin = self.base_url.origin();
        self.place != Place::Simulated && origin.as_str().ends_with(".invalid")
    }
}

/// Whether a host lets a web page read its answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cors {
    Yes,
    /// Only after its owner has changed this setting or used this command.
    NeedsSetting(&'static str),
    No,
    /// An address of the user's own; only a try can tell.
    Unknown,
}

/// How the key travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Auth {
    /// `Authorization: Bearer <key>`; sent only when there is a key.
    Bearer,
    /// The key alone in a header of that name.
    Header(&'static str),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A company's host on the internet.
    Cloud,
    /// A server on this computer or in the local network.
    Local,
    /// No server at all: answers are made up in the page.
    Simulated,
}

/// Where a host departs from the format that it copies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quirks {
    /// The field that limits the length of an answer.
    pub max_tokens: MaxTokens,
    /// `stream_options.include_usage` must be asked for, or must be left out.
    pub stream_options: StreamOptions,
    /// How reasoning is asked for.
    pub effort: EffortStyle,
    /// `completion_tokens` leaves reasoning out (xAI), where no `total_tokens` tells.
    pub reasoning_apart: bool,
    /// An assistant turn may end the request, and the model goes on with it.
    pub prefill: bool,
    /// How the paths hang below the base URL.
    pub paths: Paths,
    /// OpenAI's own models run here under their own names, so the rules of its reasoning models hold.
    pub openai_models: bool,
    /// The steps of reasoning that the host knows; empty when it takes every word.
    pub efforts: &'static [Effort],
    /// Parameters that the host refuses, by their names in [`super::chat::Sampling`].
    pub refuses: &'static [&'static str],
    /// Models whose names begin so have a fixed temperature, `top_p` and penalties.
    pub fixed_sampling: Option<&'static str>,
    /// User and assistant must take turns: neighbours of one role are sent as one message.
    pub strict_turns: bool,
    /// Thinking text goes back with the tool calls that it led to.
    pub echo_reasoning: bool,
    /// Thoughts are not asked for: this model, or this account, may not show them.
    pub hide_thoughts: bool,
}

impl Quirks {
    /// No departure at all.
    pub const NONE: Self = Self {
        max_tokens: MaxTokens::MaxTokens,
        stream_options: StreamOptions::IncludeUsage,
        effort: EffortStyle::ReasoningEffort,
        reasoning_apart: false,
        prefill: false,
        paths: Paths::Plain,
        openai_models: false,
        efforts: &[],
        refuses: &[],
        fixed_sampling: None,
        strict_turns: false,
        echo_reasoning: false,
        hide_thoughts: false,
    };
}

/// How the paths of the OpenAI formats hang below a base URL.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Paths {
    /// `/chat/completions`, `/responses` and `/models`.
    #[default]
    Plain,
    /// The same below `/v1`, besides the host's own format (Ollama).
    V1,
    /// `/chat/completions`, and the others below `/v1` (Perplexity).
    V1ButChat,
    /// Azure's: the v1 paths, or a path for each deployment with a version in the query.
    Azure,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MaxTokens {
    #[default]
    MaxTokens,
    MaxCompletionTokens,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StreamOptions {
    #[default]
    IncludeUsage,
    Never,
}

/// The request field that carries [`super::chat::Effort`] in the OpenAI chat format.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EffortStyle {
    /// `reasoning_effort: "low"`.
    #[default]
    ReasoningEffort,
    /// `reasoning: {effort: "low"}` (OpenRouter).
    Reasoning,
    /// `thinking: {type: "enabled" | "disabled"}` (Z.ai, Moonshot).
    Thinking,
    /// Both: `thinking: {type}` and `reasoning_effort` (DeepSeek).
    ThinkingAndEffort,
    /// `enable_thinking: bool` (Alibaba).
    EnableThinking,
    /// `reasoning_effort` in words that depend on the model, and `reasoning_format` (Groq).
    Groq,
}
