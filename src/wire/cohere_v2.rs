//! Cohere `/v2/chat`. Source: Cohere, "Chat API v2: streaming" and "Documents and citations".

use super::{
    body::Verdict,
    error::read_stream_error,
    openai_chat::one_or_many,
    parts::{Citations, Numbering, ToolCalls, say_start, say_text},
};
use crate::model::{
    error::{ApiError, ErrorClass},
    event::{Finish, FinishReason, StreamEvent, TokenCounts, Usage},
    json::Json,
};

#[derive(Debug, Default)]
pub struct Decoder {
    /// `message-end` was seen, or `[DONE]`.
    ended: bool,
    thoughts: Numbering<u64>,
    tool_calls: ToolCalls,
    citations: Citations,
}

impl Decoder {
    pub fn is_complete(&self) -> bool {
        self.ended
    }

    /// `[DONE]` came.
    pub(super) fn done(&mut self) {
        self.ended = true;
    }

    pub(super) fn event(&mut self, event: &Json<'_>, out: &mut Vec<StreamEvent>) -> Verdict {
        let index = event.at("index").count().unwrap_or(0);
        let (delta, message) = (event.at("delta"), event.at("message"));
        match event.at("type").as_str() {
            Some("message-start") => say_start(event.at("id"), &Json::Null, out),
            Some(
                "content-start" | "content-delta" | "tool-call-start" | "tool-call-delta" | "citation-start",
            ) => {
                if self.ended {
                    return Verdict::Dropped;
                }
                self.message(index, delta.at("message"), out);
            }
            // The plan ("I will use the weather tool") is no part of the answer; the calls say what it does.
            Some("tool-plan-delta" | "content-end" | "tool-call-end" | "citation-end") => {}
            Some("message-end") => {
                if delta.as_object().is_some() {
                    self.end(delta, out);
                }
                self.ended = true;
            }
            // A plain answer has no type.
            None if message.as_object().is_some() && event.at("finish_reason").as_str().is_some() => {
                say_start(event.at("id"), &Json::Null, out);
                self.message(0, message, out);
                self.end(event, out);
                self.ended = true;
            }
            _ => {
                let is_error = event.get("error").is_some() || message.as_str().is_some();
                let error = if is_error { read_stream_error(event) } else { None };
                let Some(error) = error else { return Verdict::Unknown };
                out.push(StreamEvent::Error(error));
            }
        }
        Verdict::Read
    }

    /// A stream names one thing where a plain answer lists many.
    fn message(&mut self, index: u64, message: &Json<'_>, out: &mut Vec<StreamEvent>) {
        for content in one_or_many(message.at("content")) {
            self.thoughts.say(index, content.at("thinking"), out);
            // A mere string is its text.
            say_text(if content.as_str().is_some() { content } else { content.at("text") }, out);
        }
        for (offset, call) in (0..).zip(one_or_many(message.at("tool_calls"))) {
            let function = call.at("function");
            if function.as_object().is_none() {
                continue;
            }
            let arguments = function.at("arguments").as_str().unwrap_or_default();
            let index = Some(index.saturating_add(offset));
            self.tool_calls.fragment(index, call.at("id"), function.at("name"), arguments, out);
        }
        for citation in one_or_many(message.at("citations")) {
            for source in citation.at("sources").items() {
                let document = source.at("document");
                self.citations.push(document.at("url"), document.at("title"), out);
            }
        }
    }

    fn end(&mut self, end: &Json<'_>, out: &mut Vec<StreamEvent>) {
        let count = |name: &str| end.at("usage").path(name).count();
        let counts = TokenCounts {
            input: count("tokens/input_tokens"),
            output: count("tokens/output_tokens"),
            cached: count("cached_tokens"),
            ..TokenCounts::default()
        };
        if !counts.is_empty() {
            out.push(StreamEvent::Usage(Usage { raw: counts, total: counts, cost_usd: None }));
        }
        if let Some(message) = end.at("error").as_str() {
            let mut error = ApiError::new(ErrorClass::Server, message);
            error.detail = end.at("error_type").own_words();
            out.push(StreamEvent::Error(error));
        }
        let raw = end.at("finish_reason").own_words();
        let unified = match raw.as_deref() {
            Some("COMPLETE" | "STOP_SEQUENCE") => Finish::Stop,
            Some("MAX_TOKENS") => Finish::Length,
            Some("TOOL_CALL") => Finish::ToolCalls,
            Some("ERROR" | "TIMEOUT") => Finish::Error,
            _ => Finish::Other,
        };
        out.push(StreamEvent::Finish(FinishReason { unified, raw }));
    }
}
