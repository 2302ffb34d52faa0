//! Anthropic Messages. Source: Anthropic, "Streaming messages" and "Extended thinking".

use std::collections::BTreeMap;

use serde_json::{Map, Value, value::RawValue};

use super::{
    body::Verdict,
    error::read_stream_error,
    object::object,
    parts::{Citations, Numbering, ToolCalls},
    text::{Count, Loose, Maybe, Text, kept_json},
};
use crate::model::{
    error::{ApiError, ErrorClass},
    event::{Delta, Finish, FinishReason, Opaque, StreamEvent, TokenCounts, Usage},
    provider::Dialect,
};

/// How many blocks may be open at once. Providers have one.
const OPEN_LIMIT: usize = 100;

#[derive(Debug, Default)]
pub struct Decoder {
    counts: TokenCounts,
    finish: Option<FinishReason>,
    stopped: bool,
    thoughts: Numbering<u64>,
    tool_calls: ToolCalls,
    citations: Citations,
    /// The blocks that must be sent back verbatim and have not ended yet, by index.
    open: BTreeMap<u64, OpenBlock>,
}

/// A block under way. Text blocks are not kept: their deltas say everything.
#[derive(Debug)]
struct OpenBlock {
    fields: Map<String, Value>,
    /// The `input` of a tool run by the server, as JSON text.
    input: String,
}

object! {
    /// What most events leave out is boxed: a small struct is copied faster.
    struct Event<'a> {
        "type" => kind: Loose<'a>,
        "message" => message: Option<Box<Message<'a>>>,
        "index" => index: Count,
        "content_block" => content_block: Option<&'a RawValue>,
        "delta" => delta: Option<BlockDelta<'a>>,
        "usage" => usage: Maybe<Box<RawUsage>>,
    }
}

object! {
    /// The head of a stream, or a whole plain answer.
    struct Message<'a> {
        "id" => id: Loose<'a>,
        "model" => model: Loose<'a>,
        "content" => content: Option<Vec<&'a RawValue>>,
        "stop_reason" => stop_reason: Loose<'a>,
        "usage" => usage: Maybe<Box<RawUsage>>,
    }
}

object! {
    struct Block<'a> {
        "type" => kind: Loose<'a>,
        "text" => text: Loose<'a>,
        "thinking" => thinking: Loose<'a>,
        "id" => id: Loose<'a>,
        "name" => name: Loose<'a>,
        "input" => input: Option<&'a RawValue>,
        "citations" => citations: Maybe<Vec<RawCitation<'a>>>,
    }
}

object! {
    struct BlockDelta<'a> {
        "type" => kind: Loose<'a>,
        "text" => text: Loose<'a>,
        "thinking" => thinking: Loose<'a>,
        "signature" => signature: Loose<'a>,
        "partial_json" => partial_json: Loose<'a>,
        "content" => content: Loose<'a>,
        "citation" => citation: Maybe<Box<RawCitation<'a>>>,
        "stop_reason" => stop_reason: Loose<'a>,
    }
}

object! {
    struct RawCitation<'a> {
        "url" => url: Loose<'a>,
        "title" => title: Loose<'a>,
        "document_title" => document_title: Loose<'a>,
        "cited_text" => cited_text: Loose<'a>,
    }
}

object! {
    #[derive(Clone, Copy)]
    struct RawUsage {
        "input_tokens" => input_tokens: Count,
        "output_tokens" => output_tokens: Count,
        "cache_read_input_tokens" => cache_read_input_tokens: Count,
        "cache_creation_input_tokens" => cache_creation_input_tokens: Count,
        "output_tokens_details" => output_tokens_details: Maybe<OutputDetails>,
    }
}

object! {
    #[derive(Clone, Copy)]
    struct OutputDetails {
        "thinking_tokens" => thinking_tokens: Count,
    }
}

impl Decoder {
    pub fn is_complete(&self) -> bool {
        self.stopped || self.finish.is_some()
    }

    /// `[DONE]` came.
    pub(super) fn done(&mut self) {
        self.stopped = true;
    }

    pub(super) fn event(&mut self, data: &str, out: &mut Vec<StreamEvent>) -> Verdict {
        let Ok(event) = serde_json::from_str::<Event<'_>>(data) else { return Verdict::Skipped };
        match event.kind.as_str().unwrap_or_default() {
            "content_block_delta" => return self.delta(event.index.0.unwrap_or(0), event.delta, out),
            "content_block_start" => {
                let Some(raw) = event.content_block else { return Verdict::Skipped };
                return self.block(event.index.0.unwrap_or(0), raw, true, out);
            }
            "content_block_stop" => out.extend(self.close(event.index.0.unwrap_or(0))),
            "message_start" => {
                if let Some(message) = event.message {
                    self.message(*message, out);
                }
            }
            "message_delta" => {
                if let Some(raw) = event.delta.and_then(|delta| delta.stop_reason.non_empty()) {
                    self.finish(raw, out);
                }
                self.usage(event.usage, out);
            }
            "message_stop" => self.stopped = true,
            "ping" => {}
            // A plain answer is one message.
            "message" => match serde_json::from_str(data) {
                Ok(message) => {
                    self.message(message, out);
                    self.stopped = true;
                }
                Err(_) => return Verdict::Skipped,
            },
            _ => return unknown(data, out),
        }
        Verdict::Read
    }

    fn message(&mut self, message: Message<'_>, out: &mut Vec<StreamEvent>) {
        let own = |text: Loose<'_>| text.non_empty().map(Text::into_string);
        out.push(StreamEvent::Start { id: own(message.id), model: own(message.model) });
        for (index, raw) in (0..).zip(message.content.into_iter().flatten()) {
            self.block(index, raw, false, out);
            out.extend(self.close(index));
        }
        if let Some(raw) = message.stop_reason.non_empty() {
            self.finish(raw, out);
        }
        self.usage(message.usage, out);
    }

    fn block(&mut self, index: u64, raw: &RawValue, is_stream: bool, out: &mut Vec<StreamEvent>) -> Verdict {
        let Ok(block) = serde_json::from_str::<Block<'_>>(raw.get()) else { return Verdict::Skipped };
        match block.kind.as_str().unwrap_or_default() {
            "text" => {
                for citation in block.citations.0.into_iter().flatten() {
                    self.cite(citation, out);
                }
                self.text(block.text, out);
            }
            "tool_use" => {
                // A stream begins with `input: {}` and sends the fragments after it.
                let input = block.input.map_or("", RawValue::get);
                let input = if is_stream && matches!(input, "{}" | "null") { "" } else { input };
                self.tool_calls.fragment(Some(index), block.id, block.name, input, out);
            }
            kind => {
                if kind == "thinking" {
                    self.think(index, block.thinking, out);
                }
                let has_room = self.open.len() < OPEN_LIMIT;
                if let Some(Value::Object(fields)) = kept_json(raw.get()).filter(|_| has_room) {
                    self.open.insert(index, OpenBlock { fields, input: String::new() });
                }
            }
        }
        Verdict::Read
    }

    fn delta(&mut self, index: u64, delta: Option<BlockDelta<'_>>, out: &mut Vec<StreamEvent>) -> Verdict {
        let Some(delta) = delta else { return Verdict::Skipped };
        if self.is_complete() {
            return Verdict::Dropped;
        }
        let open = self.open.get_mut(&index);
        match delta.kind.as_str().unwrap_or_default() {
            "text_delta" => self.text(delta.text, out),
            "thinking_delta" => {
                append(open, "thinking", delta.thinking.as_str());
                self.think(index, delta.thinking, out);
            }
            "signature_delta" => append(open, "signature", delta.signature.as_str()),
            "input_json_delta" => match (open, delta.partial_json) {
                (Some(block), json) => block.input.push_str(json.as_str().unwrap_or_default()),
                (None, Loose(Some(json))) if !json.as_str().is_empty() => {
                    self.tool_calls.fragment(Some(index), Loose(None), Loose(None), json.as_str(), out);
                }
                (None, _) => {}
            },
            "citations_delta" => {
                if let Some(citation) = delta.citation.0 {
                    self.cite(*citation, out);
                }
            }
            "compaction_delta" => append(open, "content", delta.content.as_str()),
            _ => return Verdict::Unknown,
        }
        Verdict::Read
    }

    /// The end of a block: what must be sent back is whole now.
    fn close(&mut self, index: u64) -> Option<StreamEvent> {
        let OpenBlock { mut fields, input } = self.open.remove(&index)?;
        if !input.is_empty() {
            fields.insert("input".to_owned(), kept_json(&input).unwrap_or(Value::String(input)));
        }
        // Thinking without a signature is not accepted back.
        let is_thinking = fields.get("type").is_some_and(|kind| kind == "thinking");
        let is_signed = fields.get("signature").and_then(Value::as_str).is_some_and(|text| !text.is_empty());
        (!is_thinking || is_signed).then(|| {
            let json = Value::Object(fields);
            StreamEvent::Opaque(Opaque { dialect: Dialect::AnthropicMessages, json })
        })
    }

    fn text(&mut self, text: Loose<'_>, out: &mut Vec<StreamEvent>) {
        if let Some(text) = text.non_empty() {
            out.push(StreamEvent::Delta(Delta::Text(text.into_string())));
        }
    }

    fn think(&mut self, index: u64, text: Loose<'_>, out: &mut Vec<StreamEvent>) {
        if let Some(text) = text.non_empty() {
            let part = self.thoughts.number(index);
            out.push(StreamEvent::Delta(Delta::Reasoning { part, text: text.into_string() }));
        }
    }

    fn cite(&mut self, citation: RawCitation<'_>, out: &mut Vec<StreamEvent>) {
        let title = if citation.title.as_str().is_some() { citation.title } else { citation.document_title };
        let source = [citation.url, title.clone(), citation.cited_text];
        let source = source.into_iter().find(|source| source.as_str().is_some_and(|text| !text.is_empty()));
        self.citations.push(source.unwrap_or_default(), title, out);
    }

    fn finish(&mut self, raw: Text<'_>, out: &mut Vec<StreamEvent>) {
        let unified = match raw.as_str() {
            "end_turn" | "stop_sequence" => Finish::Stop,
            "max_tokens" | "model_context_window_exceeded" => Finish::Length,
            "tool_use" => Finish::ToolCalls,
            "refusal" => Finish::ContentFilter,
            _ => Finish::Other,
        };
        let reason = FinishReason { unified, raw: Some(raw.into_string()) };
        if self.finish.as_ref() != Some(&reason) {
            out.push(StreamEvent::Finish(reason.clone()));
            self.finish = Some(reason);
        }
    }

    /// Counts are cumulative and replace. `input_tokens` leaves out what the cache gave or took.
    fn usage(&mut self, usage: Maybe<Box<RawUsage>>, out: &mut Vec<StreamEvent>) {
        let Some(usage) = usage.0 else { return };
        self.counts.update(&TokenCounts {
            input: usage.input_tokens.0,
            output: usage.output_tokens.0,
            cached: usage.cache_read_input_tokens.0,
            cache_write: usage.cache_creation_input_tokens.0,
            reasoning: usage.output_tokens_details.0.and_then(|details| details.thinking_tokens.0),
        });
        let raw = self.counts;
        let cache = raw.cached.unwrap_or(0).saturating_add(raw.cache_write.unwrap_or(0));
        let total = TokenCounts { input: raw.input.map(|input| input.saturating_add(cache)), ..raw };
        out.push(StreamEvent::Usage(Usage { raw, total, cost_usd: None }));
    }
}

/// An error, or an event type that this program does not know.
fn unknown(data: &str, out: &mut Vec<StreamEvent>) -> Verdict {
    let Ok(value) = serde_json::from_str::<Value>(data) else { return Verdict::Skipped };
    if value.get("type").is_none_or(|kind| kind != "error") && value.get("error").is_none() {
        return Verdict::Unknown;
    }
    let error = read_stream_error(&value).unwrap_or_else(|| ApiError::new(ErrorClass::Server, data));
    out.push(StreamEvent::Error(error));
    Verdict::Read
}

fn append(block: Option<&mut OpenBlock>, field: &str, fragment: Option<&str>) {
    let (Some(block), Some(fragment)) = (block, fragment) else { return };
    match block.fields.get_mut(field) {
        Some(Value::String(text)) => text.push_str(fragment),
        _ => {
            block.fields.insert(field.to_owned(), fragment.into());
        }
    }
}
