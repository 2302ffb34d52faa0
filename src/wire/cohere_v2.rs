//! Cohere `/v2/chat`. Source: Cohere, "Chat API v2: streaming" and "Documents and citations".

use serde::Deserialize;
use serde_json::{Value, value::RawValue};

use super::{
    body::Verdict,
    error::read_stream_error,
    object::object,
    parts::{Citations, Numbering, ToolCalls},
    text::{Count, Loose, Maybe, Text},
};
use crate::model::{
    error::{ApiError, ErrorClass},
    event::{Delta, Finish, FinishReason, StreamEvent, TokenCounts, Usage},
};

#[derive(Debug, Default)]
pub struct Decoder {
    /// `message-end` was seen, or `[DONE]`.
    ended: bool,
    thoughts: Numbering<u64>,
    tool_calls: ToolCalls,
    citations: Citations,
}

object! {
    struct Event<'a> {
        "type" => kind: Loose<'a>,
        "id" => id: Loose<'a>,
        "index" => index: Count,
        "delta" => delta: Option<EventDelta<'a>>,
        // A plain answer has these in place of a type.
        "message" => message: Option<&'a RawValue>,
        "finish_reason" => finish_reason: Loose<'a>,
        "usage" => usage: Maybe<Box<RawUsage>>,
    }
}

object! {
    /// What most events leave out is boxed: a small struct is copied faster.
    struct EventDelta<'a> {
        "message" => message: Option<Message<'a>>,
        "finish_reason" => finish_reason: Loose<'a>,
        "error" => error: Loose<'a>,
        "error_type" => error_type: Loose<'a>,
        "usage" => usage: Maybe<Box<RawUsage>>,
    }
}

object! {
    struct Message<'a> {
        "content" => content: Option<&'a RawValue>,
        "tool_calls" => tool_calls: Option<&'a RawValue>,
        "citations" => citations: Option<&'a RawValue>,
    }
}

/// The content of a message; a mere string is its text.
fn contents(raw: Option<&RawValue>) -> Vec<Content<'_>> {
    match raw {
        Some(raw) if raw.get().starts_with('"') => {
            let text = serde_json::from_str(raw.get()).unwrap_or_default();
            vec![Content { text, ..Content::default() }]
        }
        raw => one_or_many(raw),
    }
}

/// A stream names one thing where a plain answer lists many.
fn one_or_many<'a, T: Deserialize<'a>>(raw: Option<&'a RawValue>) -> Vec<T> {
    let Some(raw) = raw else { return Vec::new() };
    if raw.get().starts_with('[') {
        let list: Vec<Maybe<T>> = serde_json::from_str(raw.get()).unwrap_or_default();
        list.into_iter().filter_map(|item| item.0).collect()
    } else {
        serde_json::from_str(raw.get()).map_or_else(|_| Vec::new(), |item| vec![item])
    }
}

object! {
    struct Content<'a> {
        "text" => text: Loose<'a>,
        "thinking" => thinking: Loose<'a>,
    }
}

object! {
    struct ToolCall<'a> {
        "id" => id: Loose<'a>,
        "function" => function: Maybe<Function<'a>>,
    }
}

object! {
    struct Function<'a> {
        "name" => name: Loose<'a>,
        "arguments" => arguments: Loose<'a>,
    }
}

object! {
    struct Citation<'a> {
        "sources" => sources: Maybe<Vec<Source<'a>>>,
    }
}

object! {
    struct Source<'a> {
        "document" => document: Maybe<Document<'a>>,
    }
}

object! {
    struct Document<'a> {
        "url" => url: Loose<'a>,
        "title" => title: Loose<'a>,
    }
}

object! {
    #[derive(Clone, Copy)]
    struct RawUsage {
        "tokens" => tokens: Maybe<Tokens>,
        "cached_tokens" => cached_tokens: Count,
    }
}

object! {
    #[derive(Clone, Copy)]
    struct Tokens {
        "input_tokens" => input_tokens: Count,
        "output_tokens" => output_tokens: Count,
    }
}

impl Decoder {
    pub fn is_complete(&self) -> bool {
        self.ended
    }

    /// `[DONE]` came.
    pub(super) fn done(&mut self) {
        self.ended = true;
    }

    pub(super) fn event(&mut self, data: &str, out: &mut Vec<StreamEvent>) -> Verdict {
        let Ok(event) = serde_json::from_str::<Event<'_>>(data) else { return Verdict::Skipped };
        let index = event.index.0.unwrap_or(0);
        let delta = event.delta;
        match event.kind.as_str() {
            Some("message-start") => {
                let id = event.id.non_empty().map(Text::into_string);
                out.push(StreamEvent::Start { id, model: None });
            }
            Some(
                "content-start" | "content-delta" | "tool-call-start" | "tool-call-delta" | "citation-start",
            ) => {
                if self.ended {
                    return Verdict::Dropped;
                }
                if let Some(message) = delta.and_then(|delta| delta.message) {
                    self.message(index, message, out);
                }
            }
            // The plan ("I will use the weather tool") is no part of the answer; the calls say what it does.
            Some("tool-plan-delta" | "content-end" | "tool-call-end" | "citation-end") => {}
            Some("message-end") => {
                if let Some(delta) = delta {
                    let raw = delta.finish_reason;
                    self.end(raw, delta.usage, Some((delta.error, delta.error_type)), out);
                }
                self.ended = true;
            }
            None if event.message.is_some() && event.finish_reason.as_str().is_some() => {
                let Some(Ok(message)) = event.message.map(|raw| serde_json::from_str(raw.get())) else {
                    return Verdict::Skipped;
                };
                let id = event.id.non_empty().map(Text::into_string);
                out.push(StreamEvent::Start { id, model: None });
                self.message(0, message, out);
                self.end(event.finish_reason, event.usage, None, out);
                self.ended = true;
            }
            _ => {
                let value = serde_json::from_str::<Value>(data).ok();
                let is_error = |value: &Value| {
                    value.get("error").is_some() || value.get("message").is_some_and(Value::is_string)
                };
                let error = value.filter(is_error).as_ref().and_then(read_stream_error);
                let Some(error) = error else { return Verdict::Unknown };
                out.push(StreamEvent::Error(error));
            }
        }
        Verdict::Read
    }

    fn message(&mut self, index: u64, message: Message<'_>, out: &mut Vec<StreamEvent>) {
        for content in contents(message.content) {
            if let Some(text) = content.thinking.non_empty() {
                let part = self.thoughts.number(index);
                out.push(StreamEvent::Delta(Delta::Reasoning { part, text: text.into_string() }));
            }
            if let Some(text) = content.text.non_empty() {
                out.push(StreamEvent::Delta(Delta::Text(text.into_string())));
            }
        }
        for (offset, call) in (0..).zip(one_or_many::<ToolCall<'_>>(message.tool_calls)) {
            let Some(function) = call.function.0 else { continue };
            let arguments = function.arguments.as_str().unwrap_or_default();
            self.tool_calls.fragment(
                Some(index.saturating_add(offset)),
                call.id,
                function.name,
                arguments,
                out,
            );
        }
        for citation in one_or_many::<Citation<'_>>(message.citations) {
            for document in citation.sources.0.into_iter().flatten().filter_map(|source| source.document.0) {
                self.citations.push(document.url, document.title, out);
            }
        }
    }

    fn end(
        &mut self,
        raw: Loose<'_>,
        usage: Maybe<Box<RawUsage>>,
        error: Option<(Loose<'_>, Loose<'_>)>,
        out: &mut Vec<StreamEvent>,
    ) {
        let usage = usage.0.map_or_else(RawUsage::default, |usage| *usage);
        let tokens = usage.tokens.0.unwrap_or_default();
        let raw_counts = TokenCounts {
            input: tokens.input_tokens.0,
            output: tokens.output_tokens.0,
            cached: usage.cached_tokens.0,
            ..TokenCounts::default()
        };
        if !raw_counts.is_empty() {
            out.push(StreamEvent::Usage(Usage { raw: raw_counts, total: raw_counts, cost_usd: None }));
        }
        let raw = raw.non_empty().map(Text::into_string);
        let unified = match raw.as_deref() {
            Some("COMPLETE" | "STOP_SEQUENCE") => Finish::Stop,
            Some("MAX_TOKENS") => Finish::Length,
            Some("TOOL_CALL") => Finish::ToolCalls,
            Some("ERROR" | "TIMEOUT") => Finish::Error,
            _ => Finish::Other,
        };
        if let Some((message, kind)) = error.filter(|(message, _)| message.as_str().is_some()) {
            let mut error =
                ApiError::new(ErrorClass::Server, message.0.map(Text::into_string).unwrap_or_default());
            error.detail = kind.non_empty().map(Text::into_string);
            out.push(StreamEvent::Error(error));
        }
        out.push(StreamEvent::Finish(FinishReason { unified, raw }));
    }
}
