//! The optional field that a refusal names. The request is sent once more without it, and without
//! those that were refused before.

use crate::{
    later::later,
    model::{
        chat::{ChatRequest, Stream},
        error::{ApiError, Code, ErrorClass},
        provider::{Dialect, MaxTokens, Quirks, StreamOptions},
    },
};

/// A part of a request that an answer is possible without.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OptionalField {
    Temperature,
    TopP,
    TopK,
    MaxTokens,
    Stop,
    Seed,
    PresencePenalty,
    FrequencyPenalty,
    /// How long to think, under any of its names.
    Effort,
    /// That thoughts be shown; the model may think all the same.
    Thoughts,
    StreamOptions,
    /// Some accounts may not stream some models; the answer then comes in one piece.
    Stream,
}

/// Some of the fields, each at most once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct OptionalFields(u16);

impl OptionalFields {
    /// How many one call leaves out at most: a host that refuses more is asked in the wrong format.
    pub const MOST: usize = 4;

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub fn has(self, field: OptionalField) -> bool {
        self.0 & field.bit() != 0
    }

    pub fn iter(self) -> impl Iterator<Item = OptionalField> {
        OptionalField::ALL.into_iter().filter(move |field| self.has(*field))
    }

    /// With that field too; `None` when it is among them already, or they are as many as may be.
    pub fn with(self, field: OptionalField) -> Option<Self> {
        (!self.has(field) && self.iter().count() < Self::MOST).then_some(Self(self.0 | field.bit()))
    }
}

impl FromIterator<OptionalField> for OptionalFields {
    fn from_iter<I: IntoIterator<Item = OptionalField>>(fields: I) -> Self {
        Self(fields.into_iter().fold(0, |bits, field| bits | field.bit()))
    }
}

later! {
    /// The optional field that a 400 or 422 calls unsupported, if it does.
    "c001" pub fn unsupported_field(error: &ApiError) -> Option<OptionalField> {
        use ErrorClass::{Auth, Blocked, Quota, TooLong};
        let about_the_request = !matches!(error.class, Auth | Blocked | Quota | TooLong);
        if !matches!(error.http_status, Some(400 | 422)) || !about_the_request {
            return None;
        }
        let code = match &error.code {
            Some(Code::Text(code)) => code.as_str(),
            _ => "",
        };
        // A gateway passes on what the host behind it said.
        let detail = error.detail.as_deref().unwrap_or_default();
        let said = format!("{} {detail} {code}", error.message).to_ascii_lowercase();
        if !UNSUPPORTED.iter().any(|words| said.contains(words)) {
            return None;
        }
        match error.param.as_deref() {
            Some(path) if !path.is_empty() => in_path(path),
            _ => in_sentence(&error.message).or_else(|| in_sentence(detail)),
        }
    } else {
        None
    }
}

impl OptionalField {
    pub const ALL: [Self; 12] = [
        Self::Temperature,
        Self::TopP,
        Self::TopK,
        Self::MaxTokens,
        Self::Stop,
        Self::Seed,
        Self::PresencePenalty,
        Self::FrequencyPenalty,
        Self::Effort,
        Self::Thoughts,
        Self::StreamOptions,
        Self::Stream,
    ];

    fn bit(self) -> u16 {
        1 << self as u16
    }

    /// The name that a person knows it by.
    pub fn name(self) -> &'static str {
        match self {
            Self::Temperature => "temperature",
            Self::TopP => "top_p",
            Self::TopK => "top_k",
            Self::MaxTokens => "max_tokens",
            Self::Stop => "stop",
            Self::Seed => "seed",
            Self::PresencePenalty => "presence_penalty",
            Self::FrequencyPenalty => "frequency_penalty",
            Self::Effort => "reasoning effort",
            Self::Thoughts => "reasoning summary",
            Self::StreamOptions => "stream_options",
            Self::Stream => "stream",
        }
    }

    /// Takes the field out of a request, its namesakes among the extra keys too.
    ///
    /// Chat hosts know the token limit under one of two names, so there it is sent under the other.
    pub fn leave_out(self, dialect: Dialect, request: &mut ChatRequest, quirks: &mut Quirks) {
        let sampling = &mut request.sampling;
        match self {
            Self::Temperature => sampling.temperature = None,
            Self::TopP => sampling.top_p = None,
            Self::TopK => sampling.top_k = None,
            Self::MaxTokens if dialect == Dialect::OpenaiChat => {
                quirks.max_tokens = match quirks.max_tokens {
                    MaxTokens::MaxTokens => MaxTokens::MaxCompletionTokens,
                    MaxTokens::MaxCompletionTokens => MaxTokens::MaxTokens,
                };
            }
            Self::MaxTokens => sampling.max_tokens = None,
            Self::Stop => sampling.stop.clear(),
            Self::Seed => sampling.seed = None,
            Self::PresencePenalty => sampling.presence_penalty = None,
            Self::FrequencyPenalty => sampling.frequency_penalty = None,
            // A model that cannot think has no thoughts to show either.
            Self::Effort => {
                sampling.effort = None;
                quirks.hide_thoughts = true;
            }
            Self::Thoughts => quirks.hide_thoughts = true,
            Self::StreamOptions => quirks.stream_options = StreamOptions::Never,
            Self::Stream => request.stream = Stream::Whole,
        }
        request.extra.retain(|key| named(key) != Some(self));
    }
}

/// What a refusal says of a field that it does not know, as against a value out of range.
const UNSUPPORTED: &[&str] = &[
    "unsupported",
    "not supported",
    "not support",
    "unknown",
    "unrecognized",
    "not permitted",
    "extra_forbidden",
    "deprecated",
    "must be verified to",
];

/// Names that are also plain English, or too short: they count only where a name is expected.
const ORDINARY: &[&str] =
    &["p", "k", "stop", "seed", "stream", "think", "thinking", "reasoning", "effort", "summary", "include"];

/// Errors write `presence_penalty` and `presencePenalty` alike.
fn named(word: &str) -> Option<OptionalField> {
    Some(match word.replace('_', "").to_ascii_lowercase().as_str() {
        "temperature" => OptionalField::Temperature,
        "topp" | "p" => OptionalField::TopP,
        "topk" | "k" => OptionalField::TopK,
        "maxtokens" | "maxcompletiontokens" | "maxoutputtokens" | "numpredict" => OptionalField::MaxTokens,
        "stop" | "stopsequences" => OptionalField::Stop,
        "seed" | "randomseed" => OptionalField::Seed,
        "presencepenalty" => OptionalField::PresencePenalty,
        "frequencypenalty" => OptionalField::FrequencyPenalty,
        "reasoningeffort" | "effort" | "reasoning" | "enablethinking" | "thinking" | "think"
        | "thinkingconfig" | "thinkingbudget" | "thinkinglevel" => OptionalField::Effort,
        "summary" | "includethoughts" | "reasoningformat" | "include" => OptionalField::Thoughts,
        "streamoptions" | "includeusage" => OptionalField::StreamOptions,
        "stream" => OptionalField::Stream,
        _ => return None,
    })
}

/// The innermost known name of `generation_config.top_k`, `body.seed` or `reasoning.effort`. What is
/// said inside the conversation or the tools is no parameter.
fn in_path(path: &str) -> Option<OptionalField> {
    let inside = ["messages", "contents", "input", "system", "tools"];
    let names = || path.split(['.', '/', '[', ']']);
    if names().any(|name| inside.contains(&name)) {
        return None;
    }
    names().rev().find_map(named)
}

fn in_sentence(message: &str) -> Option<OptionalField> {
    let quotes = ['\'', '"', '`'];
    let mut before = "";
    let mut words = message.split_whitespace().peekable();
    while let Some(word) = words.next() {
        let path = word.trim_matches(|c: char| !c.is_alphanumeric() && c != ']');
        let name_expected = word.contains(quotes)
            || word.ends_with(':')
            || before.ends_with(':')
            || matches!(before, "support" | "parameter" | "argument" | "field" | "property" | "option")
            || words.peek() == Some(&"is");
        if let Some(field) = in_path(path)
            && (name_expected || !ORDINARY.contains(&path.to_ascii_lowercase().as_str()))
        {
            return Some(field);
        }
        before = word;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(status: u16, param: Option<&str>, message: &str) -> ApiError {
        ApiError {
            http_status: Some(status),
            param: param.map(str::to_owned),
            ..ApiError::new(ErrorClass::Request, message)
        }
    }

    #[test]
    fn the_named_field_is_found() {
        let check = |param, message, expected| {
            assert_eq!(unsupported_field(&error(400, param, message)), expected, "{message}");
        };
        use OptionalField::*;
        let o_series = "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.";
        check(Some("max_tokens"), o_series, Some(MaxTokens));
        check(None, o_series, Some(MaxTokens));
        let value = "Unsupported value: 'temperature' does not support 0.2 with this model. Only the default (1) value is supported.";
        check(Some("temperature"), value, Some(Temperature));
        check(None, "Model grok-code-fast-1 does not support parameter reasoningEffort.", Some(Effort));
        check(None, "Argument not supported on this model: presencePenalty", Some(PresencePenalty));
        check(None, "Argument not supported on this model: stop", Some(Stop));
        check(None, "Unknown name \"topK\" at 'generation_config': Cannot find field.", Some(TopK));
        check(None, "body -> frequency_penalty\n  Extra inputs are not permitted", Some(FrequencyPenalty));
        check(None, "thinking: Extra inputs are not permitted", Some(Effort));
        check(None, "\"llama3.2\" does not support thinking", Some(Effort));
        check(None, "reasoning is not supported by this model", Some(Effort));
        check(None, "`temperature` is deprecated for this model.", Some(Temperature));
        check(None, "Unrecognized request argument supplied: stream_options", Some(StreamOptions));
        check(Some("reasoning.effort"), "Unsupported value: 'minimal'", Some(Effort));
        let summary = "Your organization must be verified to generate reasoning summaries.";
        check(Some("reasoning.summary"), summary, Some(Thoughts));
        check(Some("include"), "Encrypted content is not supported with this model.", Some(Thoughts));
        check(None, "Unknown name \"includeThoughts\": Cannot find field.", Some(Thoughts));
        check(Some("body.seed"), "Extra inputs are not permitted", Some(Seed));
        check(Some("stream"), "Your organization must be verified to stream this model.", Some(Stream));
    }

    #[test]
    fn other_complaints_are_left_alone() {
        let check = |status, param, message| {
            assert_eq!(unsupported_field(&error(status, param, message)), None, "{message}");
        };
        check(400, Some("temperature"), "Invalid 'temperature': decimal above maximum value. Expected <= 2.");
        check(400, Some("model"), "This model is not supported");
        check(400, None, "This model does not support image input. Please stop reasoning about it.");
        check(400, None, "messages.1.content.0.thinking: Extra inputs are not permitted");
        check(400, Some("tools[0].seed"), "Unknown parameter");
        check(400, None, "Unknown parameter: 'logit_bias'");
        check(404, Some("temperature"), "Unsupported parameter: 'temperature'");
        check(400, None, "");
    }

    #[test]
    fn four_different_fields_are_room_for_all() {
        let whole: OptionalFields = OptionalField::ALL.into_iter().collect();
        assert!(whole.iter().eq(OptionalField::ALL));
        let mut fields = OptionalFields::default();
        for (before, field) in OptionalField::ALL.into_iter().enumerate() {
            match fields.with(field) {
                Some(more) => fields = more,
                None => assert!(before >= OptionalFields::MOST),
            }
            assert_eq!(fields.with(field), None);
        }
        assert!(fields.iter().eq(OptionalField::ALL.into_iter().take(4)));
        assert!(OptionalFields::default().is_empty() && !fields.is_empty());
    }

    #[test]
    fn leaving_out_touches_that_field_only() {
        let mut request = ChatRequest::default();
        request.sampling.temperature = Some(0.5);
        request.sampling.seed = Some(1);
        request.extra.set("temperature", 0.7);
        request.extra.set("logprobs", true);
        let mut quirks = Quirks::default();
        OptionalField::Temperature.leave_out(Dialect::OpenaiChat, &mut request, &mut quirks);
        assert_eq!((request.sampling.temperature, request.sampling.seed), (None, Some(1)));
        assert_eq!(request.extra.to_text(), r#"{"logprobs":true}"#);
        assert_eq!(quirks, Quirks::default());
    }

    #[test]
    fn a_chat_host_gets_the_token_limit_under_its_other_name() {
        let left_out = |dialect| {
            let (mut request, mut quirks) = (ChatRequest::default(), Quirks::default());
            request.sampling.max_tokens = Some(100);
            OptionalField::MaxTokens.leave_out(dialect, &mut request, &mut quirks);
            (request.sampling.max_tokens, quirks.max_tokens)
        };
        assert_eq!(left_out(Dialect::OpenaiChat), (Some(100), MaxTokens::MaxCompletionTokens));
        assert_eq!(left_out(Dialect::OpenaiResponses), (None, MaxTokens::MaxTokens));
    }
}
