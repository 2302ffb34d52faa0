//! Chat Completions, OpenAI's and its many copies (and Mistral's, whose content may come in parts).
//!
//! Sources: OpenAI "Chat Completions streaming events"; OpenRouter "Streaming" and "Reasoning tokens";
//! Mistral "Reasoning"; and what recorded streams of two dozen hosts hold.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::{Value, value::RawValue};

use super::{
    body::Verdict,
    error::read_stream_error,
    object::object,
    parts::{Citations, Numbering, ToolCalls},
    reasoning_details::{Detail, Details},
    text::{Count, Loose, Maybe, Text},
};
use crate::model::{
    error::{ApiError, ErrorClass},
    event::{Delta, Finish, FinishReason, StreamEvent, TokenCounts, Usage},
    provider::Quirks,
};

#[derive(Debug)]
pub struct Decoder {
    quirks: Quirks,
    started: bool,
    /// `[DONE]` was seen.
    done: bool,
    finish: Option<FinishReason>,
    reasoning: Numbering<()>,
    tool_calls: ToolCalls,
    citations: Citations,
    details: Details,
}

object! {
    /// What most chunks leave out is boxed here and below: a small struct is copied faster.
    struct Chunk<'a> {
        "id" => id: Loose<'a>,
        "model" => model: Loose<'a>,
        "object" => object: Loose<'a>,
        "choices" => choices: Option<Vec<Choice<'a>>>,
        "usage" => usage: Maybe<Box<RawUsage>>,
        "x_groq" => x_groq: Maybe<Box<XGroq<'a>>>,
        "error" => error: Option<&'a RawValue>,
        /// Perplexity: the URLs of all sources, on every chunk.
        "citations" => citations: Maybe<Vec<Loose<'a>>>,
        /// The same sources with their titles; read where there is no list of URLs.
        "search_results" => search_results: Maybe<Vec<UrlCitation<'a>>>,
    }
}

object! {
    /// Groq puts the usage, and some errors, into a field of its own.
    struct XGroq<'a> {
        "usage" => usage: Maybe<Box<RawUsage>>,
        "error" => error: Option<&'a RawValue>,
    }
}

object! {
    struct Choice<'a> {
        "index" => index: Count,
        "delta" => delta: Option<Message<'a>>,
        /// The whole answer of a plain reply. Perplexity sends it besides every delta: read only when
        /// there is no delta.
        "message" => message: Option<&'a RawValue>,
        "finish_reason" => finish_reason: Loose<'a>,
        /// Moonshot's place for it.
        "usage" => usage: Maybe<Box<RawUsage>>,
        "error" => error: Option<&'a RawValue>,
    }
}

object! {
    struct Message<'a> {
        "content" => content: Content<'a>,
        "reasoning_content" => reasoning_content: Loose<'a>,
        "reasoning" => reasoning: Loose<'a>,
        "reasoning_details" => reasoning_details: Maybe<Vec<Detail<'a>>>,
        "refusal" => refusal: Loose<'a>,
        "tool_calls" => tool_calls: Maybe<Vec<ToolFragment<'a>>>,
        /// The one call of the format before `tool_calls`.
        "function_call" => function_call: Maybe<Box<FunctionFragment<'a>>>,
        "annotations" => annotations: Maybe<Vec<Annotation<'a>>>,
    }
}

/// A string, or Mistral's list of parts.
#[derive(Default)]
enum Content<'a> {
    #[default]
    None,
    Text(Text<'a>),
    Parts(Vec<ContentPart<'a>>),
}

object! {
    struct ContentPart<'a> {
        "type" => kind: Loose<'a>,
        "text" => text: Loose<'a>,
        "thinking" => thinking: Content<'a>,
        "url" => url: Loose<'a>,
        "title" => title: Loose<'a>,
    }
}

object! {
    struct ToolFragment<'a> {
        "index" => index: Count,
        "id" => id: Loose<'a>,
        "function" => function: Maybe<FunctionFragment<'a>>,
    }
}

object! {
    struct FunctionFragment<'a> {
        "name" => name: Loose<'a>,
        "arguments" => arguments: Option<&'a RawValue>,
    }
}

object! {
    struct Annotation<'a> {
        "url_citation" => url_citation: Maybe<UrlCitation<'a>>,
    }
}

object! {
    struct UrlCitation<'a> {
        "url" => url: Loose<'a>,
        "title" => title: Loose<'a>,
    }
}

object! {
    #[derive(Clone, Copy)]
    struct RawUsage {
        "prompt_tokens" => prompt_tokens: Count,
        "completion_tokens" => completion_tokens: Count,
        "total_tokens" => total_tokens: Count,
        "prompt_tokens_details" => prompt_tokens_details: Maybe<PromptDetails>,
        "completion_tokens_details" => completion_tokens_details: Maybe<CompletionDetails>,
        /// DeepSeek.
        "prompt_cache_hit_tokens" => prompt_cache_hit_tokens: Count,
        "cost" => cost: Cost,
    }
}

object! {
    #[derive(Clone, Copy)]
    struct PromptDetails {
        "cached_tokens" => cached_tokens: Count,
        "cache_write_tokens" => cache_write_tokens: Count,
    }
}

object! {
    #[derive(Clone, Copy)]
    struct CompletionDetails {
        "reasoning_tokens" => reasoning_tokens: Count,
    }
}

/// US dollars: a number (OpenRouter) or an object (Perplexity).
#[derive(Clone, Copy, Default)]
struct Cost(Option<f64>);

object! {
    struct CostObject {
        "total_cost" => total_cost: Option<f64>,
    }
}

impl<'de> Deserialize<'de> for Cost {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?.get();
        let object = || serde_json::from_str::<CostObject>(raw).ok()?.total_cost;
        Ok(Self(raw.parse().ok().or_else(object)))
    }
}

impl Decoder {
    pub fn new(quirks: Quirks) -> Self {
        Self {
            quirks,
            started: false,
            done: false,
            finish: None,
            reasoning: Numbering::default(),
            tool_calls: ToolCalls::default(),
            citations: Citations::default(),
            details: Details::default(),
        }
    }

    pub fn is_complete(&self) -> bool {
        self.done || self.finish.is_some()
    }

    /// `[DONE]` came.
    pub(super) fn done(&mut self) {
        self.done = true;
    }

    pub(super) fn event(&mut self, name: &str, data: &str, out: &mut Vec<StreamEvent>) -> Verdict {
        let Ok(chunk) = serde_json::from_str::<Chunk<'_>>(data) else { return Verdict::Skipped };
        let object = chunk.object.as_str();
        let is_error = name == "error" || object == Some("error");
        let groq_error = chunk.x_groq.0.as_ref().and_then(|groq| groq.error);
        let mut error = [chunk.error, groq_error].into_iter().flatten().find_map(read_error);
        if is_error || (chunk.choices.is_none() && chunk.usage.0.is_none() && error.is_none()) {
            let whole = serde_json::from_str(data).ok();
            error = whole.as_ref().and_then(read_stream_error).or(error);
        }
        let known = chunk.choices.is_some() || chunk.usage.0.is_some() || chunk.x_groq.0.is_some();
        if !known && error.is_none() {
            return if object.is_some() { Verdict::Read } else { Verdict::Unknown };
        }
        self.start(&chunk.id, &chunk.model, out);
        let groq_usage = chunk.x_groq.0.and_then(|groq| groq.usage.0);
        let mut verdict = Verdict::Read;
        if let Some(urls) = chunk.citations.0 {
            for url in urls {
                self.citations.push(url, Loose(None), out);
            }
        } else {
            for source in chunk.search_results.0.into_iter().flatten() {
                self.citations.push(source.url, source.title, out);
            }
        }
        let choices = chunk.choices.into_iter().flatten();
        for choice in choices.filter(|choice| choice.index.0.unwrap_or(0) == 0) {
            error = error.or_else(|| choice.error.and_then(read_error));
            if self.choice(choice, out) == Verdict::Dropped {
                verdict = Verdict::Dropped;
            }
        }
        if let Some(usage) = chunk.usage.0.or(groq_usage) {
            out.extend(self.usage(&usage));
        }
        if let Some(error) = error {
            out.push(StreamEvent::Error(error));
        }
        verdict
    }

    /// What must go back with the next turn is known only at the end.
    pub(super) fn end(&mut self, out: &mut Vec<StreamEvent>) {
        out.extend(self.details.take().map(StreamEvent::Opaque));
    }

    fn start(&mut self, id: &Loose<'_>, model: &Loose<'_>, out: &mut Vec<StreamEvent>) {
        // Azure's first chunk has an empty id and model: wait for one that says something.
        let own = |text: &Loose<'_>| text.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
        if !self.started && (id.as_str() != Some("") || model.as_str() != Some("")) {
            let (id, model) = (own(id), own(model));
            if id.is_some() || model.is_some() {
                self.started = true;
                out.push(StreamEvent::Start { id, model });
            }
        }
    }

    fn choice(&mut self, choice: Choice<'_>, out: &mut Vec<StreamEvent>) -> Verdict {
        let message = choice.delta.or_else(|| serde_json::from_str(choice.message?.get()).ok());
        let mut verdict = Verdict::Read;
        if let Some(message) = message {
            verdict = self.message(message, out);
        }
        if let Some(usage) = choice.usage.0 {
            out.extend(self.usage(&usage));
        }
        if let Some(raw) = choice.finish_reason.0.map(Text::into_string).filter(|raw| !raw.is_empty()) {
            let reason = FinishReason { unified: unify(&raw), raw: Some(raw) };
            if self.finish.as_ref() != Some(&reason) {
                out.push(StreamEvent::Finish(reason.clone()));
            }
            self.finish = Some(reason);
        }
        verdict
    }

    fn message(&mut self, message: Message<'_>, out: &mut Vec<StreamEvent>) -> Verdict {
        let before = out.len();
        // The same thought may stand in two or three fields: one of them is taken.
        let fields = [message.reasoning_content, message.reasoning];
        let plain = fields.into_iter().find_map(|field| field.0.filter(|text| !text.as_str().is_empty()));
        if let Some(text) = plain {
            self.reasoning(text.0, out);
        } else if let Some(details) = &message.reasoning_details.0 {
            for text in details.iter().filter_map(Detail::text) {
                self.reasoning(Cow::Borrowed(text), out);
            }
        }
        for detail in message.reasoning_details.0.into_iter().flatten() {
            self.details.push(detail);
        }
        self.content(message.content, out);
        if let Some(refusal) = message.refusal.non_empty() {
            out.push(StreamEvent::Delta(Delta::Refusal(refusal.into_string())));
        }
        let dropped = self.is_complete() && out.len() > before;
        if dropped {
            out.truncate(before);
        }
        for ToolFragment { index, id, function } in message.tool_calls.0.into_iter().flatten() {
            self.tool_call(index.0, id, function.0.unwrap_or_default(), out);
        }
        if let Some(function) = message.function_call.0 {
            self.tool_call(None, Loose(None), *function, out);
        }
        for citation in message.annotations.0.into_iter().flatten().filter_map(|a| a.url_citation.0) {
            self.citations.push(citation.url, citation.title, out);
        }
        if dropped { Verdict::Dropped } else { Verdict::Read }
    }

    fn tool_call(
        &mut self,
        index: Option<u64>,
        id: Loose<'_>,
        function: FunctionFragment<'_>,
        out: &mut Vec<StreamEvent>,
    ) {
        let arguments = function.arguments.map_or(Cow::Borrowed(""), |raw| raw_arguments(raw.get()));
        self.tool_calls.fragment(index, id, function.name, &arguments, out);
    }

    fn content(&mut self, content: Content<'_>, out: &mut Vec<StreamEvent>) {
        match content {
            Content::None => {}
            Content::Text(text) => self.text(text, out),
            Content::Parts(parts) => {
                for part in parts {
                    match part.kind.as_str() {
                        Some("thinking") => match part.thinking {
                            Content::None => {}
                            Content::Text(text) => self.reasoning(text.0, out),
                            Content::Parts(thoughts) => {
                                for text in thoughts.into_iter().filter_map(|thought| thought.text.0) {
                                    self.reasoning(text.0, out);
                                }
                            }
                        },
                        Some("reference" | "tool_reference") => {
                            self.citations.push(part.url, part.title, out)
                        }
                        Some("text" | "output_text") | None => {
                            if let Some(text) = part.text.0 {
                                self.text(text, out);
                            }
                        }
                        Some(_) => {}
                    }
                }
            }
        }
    }

    fn text(&mut self, text: Text<'_>, out: &mut Vec<StreamEvent>) {
        if !text.as_str().is_empty() {
            self.reasoning.close();
            out.push(StreamEvent::Delta(Delta::Text(text.into_string())));
        }
    }

    fn reasoning(&mut self, text: Cow<'_, str>, out: &mut Vec<StreamEvent>) {
        if !text.is_empty() {
            let part = self.reasoning.number(());
            out.push(StreamEvent::Delta(Delta::Reasoning { part, text: text.into_owned() }));
        }
    }

    fn usage(&self, usage: &RawUsage) -> Option<StreamEvent> {
        let prompt = usage.prompt_tokens_details.0.unwrap_or_default();
        let raw = TokenCounts {
            input: usage.prompt_tokens.0,
            output: usage.completion_tokens.0,
            cached: prompt.cached_tokens.0.or(usage.prompt_cache_hit_tokens.0),
            cache_write: prompt.cache_write_tokens.0,
            reasoning: usage.completion_tokens_details.0.and_then(|details| details.reasoning_tokens.0),
        };
        let cost_usd = usage.cost.0;
        if raw.is_empty() && cost_usd.is_none() {
            return None;
        }
        let output = whole_output(raw, usage.total_tokens.0, self.quirks.reasoning_apart);
        Some(StreamEvent::Usage(Usage { raw, total: TokenCounts { output, ..raw }, cost_usd }))
    }
}

/// Output tokens with reasoning. Most hosts count it in; xAI and some gateways do not, which the sum
/// betrays: `total = prompt + completion + reasoning`.
pub(super) fn whole_output(raw: TokenCounts, total: Option<u64>, reasoning_apart: bool) -> Option<u64> {
    let output = raw.output?;
    let reasoning = raw.reasoning.unwrap_or(0);
    let with_reasoning = output.saturating_add(reasoning);
    let apart = match (raw.input, total) {
        (Some(input), Some(total)) if total == input.saturating_add(output) => false,
        (Some(input), Some(total)) if total == input.saturating_add(with_reasoning) => true,
        // Reasoning cannot be more than the whole that holds it.
        _ => reasoning_apart || reasoning > output,
    };
    Some(if apart { with_reasoning } else { output })
}

fn unify(raw: &str) -> Finish {
    match raw {
        "stop" | "eos" | "end_turn" | "stop_sequence" | "COMPLETE" | "completed" | "STOP" => Finish::Stop,
        "length" | "max_tokens" | "model_length" | "MAX_TOKENS" => Finish::Length,
        "content_filter" | "sensitive" | "safety" | "SAFETY" | "refusal" => Finish::ContentFilter,
        "tool_calls" | "function_call" | "tool_use" => Finish::ToolCalls,
        "error" | "network_error" => Finish::Error,
        _ => Finish::Other,
    }
}

fn read_error(raw: &RawValue) -> Option<ApiError> {
    let value: Value = serde_json::from_str(raw.get()).ok()?;
    // Perhaps `false`, `""` or `{}`: a field that is there and says nothing is no error.
    if matches!(&value, Value::Object(fields) if fields.is_empty()) || value == "" {
        return None;
    }
    read_stream_error(&value).or_else(|| match value {
        Value::Object(_) | Value::Array(_) => Some(ApiError::new(ErrorClass::Server, raw.get())),
        _ => None,
    })
}

/// Arguments are a string with JSON in it; a few servers send the object itself.
pub(super) fn raw_arguments(raw: &str) -> Cow<'_, str> {
    if raw.starts_with('"') {
        serde_json::from_str::<Text<'_>>(raw).map(|text| text.0).unwrap_or_default()
    } else if raw == "null" {
        Cow::Borrowed("")
    } else {
        Cow::Borrowed(raw)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Content<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ContentVisitor;
        impl<'de> serde::de::Visitor<'de> for ContentVisitor {
            type Value = Content<'de>;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a string, a list of parts, or null")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Content::Text(Text(Cow::Borrowed(text))))
            }
            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Content::Text(Text(Cow::Owned(text.to_owned()))))
            }
            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(Content::None)
            }
            /// One part without a list around it.
            fn visit_map<A: serde::de::MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                let part = ContentPart::deserialize(serde::de::value::MapAccessDeserializer::new(map))?;
                Ok(Content::Parts(vec![part]))
            }
            fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut parts = Vec::new();
                while let Some(part) = seq.next_element()? {
                    parts.push(part);
                }
                Ok(Content::Parts(parts))
            }
        }
        deserializer.deserialize_any(ContentVisitor)
    }
}
