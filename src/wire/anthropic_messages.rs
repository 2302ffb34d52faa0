//! Anthropic Messages. Source: Anthropic, "Streaming messages" and "Extended thinking".

use super::{
    body::Verdict,
    error::read_stream_error,
    parts::{Citations, Numbering, ToolCalls, say_start, say_text},
    text::{kept, kept_text},
};
use crate::model::{
    error::{ApiError, ErrorClass},
    event::{Finish, FinishReason, Opaque, StreamEvent, TokenCounts, Usage},
    json::{Json, Object},
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
    /// The blocks that must be sent back verbatim and have not ended yet.
    open: Vec<OpenBlock>,
}

/// A block under way. Text blocks are not kept: their deltas say everything.
#[derive(Debug)]
struct OpenBlock {
    index: u64,
    fields: Object<'static>,
    /// The `input` of a tool run by the server, as JSON text.
    input: String,
}

impl Decoder {
    pub fn is_complete(&self) -> bool {
        self.stopped || self.finish.is_some()
    }

    /// `[DONE]` came.
    pub(super) fn done(&mut self) {
        self.stopped = true;
    }

    pub(super) fn event(&mut self, event: &Json<'_>, out: &mut Vec<StreamEvent>) -> Verdict {
        let index = event.at("index").count().unwrap_or(0);
        match event.at("type").as_str().unwrap_or_default() {
            "content_block_delta" => return self.delta(index, event.at("delta"), out),
            "content_block_start" => return self.block(index, event.at("content_block"), true, out),
            "content_block_stop" => out.extend(self.close(index)),
            "message_start" => {
                let message = event.at("message");
                if message.as_object().is_some() {
                    self.message(message, out);
                }
            }
            "message_delta" => {
                self.finish(event.path("delta/stop_reason"), out);
                self.usage(event.at("usage"), out);
            }
            "message_stop" => self.stopped = true,
            "ping" => {}
            // A plain answer is one message.
            "message" => {
                self.message(event, out);
                self.stopped = true;
            }
            _ => return unknown(event, out),
        }
        Verdict::Read
    }

    /// The head of a stream, or a whole plain answer.
    fn message(&mut self, message: &Json<'_>, out: &mut Vec<StreamEvent>) {
        say_start(message.at("id"), message.at("model"), out);
        for (index, block) in (0..).zip(message.at("content").items()) {
            self.block(index, block, false, out);
            out.extend(self.close(index));
        }
        self.finish(message.at("stop_reason"), out);
        self.usage(message.at("usage"), out);
    }

    fn block(
        &mut self,
        index: u64,
        block: &Json<'_>,
        is_stream: bool,
        out: &mut Vec<StreamEvent>,
    ) -> Verdict {
        if block.as_object().is_none() {
            return Verdict::Skipped;
        }
        match block.at("type").as_str().unwrap_or_default() {
            "text" => {
                for citation in block.at("citations").items() {
                    self.cite(citation, out);
                }
                say_text(block.at("text"), out);
            }
            "tool_use" => {
                // A stream begins with `input: {}` and sends the fragments after it.
                let input = match block.at("input") {
                    Json::Null => String::new(),
                    Json::Object(fields) if is_stream && fields.is_empty() => String::new(),
                    input => input.to_text(),
                };
                self.tool_calls.fragment(Some(index), block.at("id"), block.at("name"), &input, out);
            }
            kind => {
                if kind == "thinking" {
                    self.thoughts.say(index, block.at("thinking"), out);
                }
                let has_room = self.open.len() < OPEN_LIMIT;
                if let Some(Json::Object(fields)) = kept(block).filter(|_| has_room) {
                    self.open.retain(|open| open.index != index);
                    self.open.push(OpenBlock { index, fields, input: String::new() });
                }
            }
        }
        Verdict::Read
    }

    fn delta(&mut self, index: u64, delta: &Json<'_>, out: &mut Vec<StreamEvent>) -> Verdict {
        if delta.as_object().is_none() {
            return Verdict::Skipped;
        }
        if self.is_complete() {
            return Verdict::Dropped;
        }
        let open = self.open.iter_mut().find(|open| open.index == index);
        match delta.at("type").as_str().unwrap_or_default() {
            "text_delta" => say_text(delta.at("text"), out),
            "thinking_delta" => {
                append(open, "thinking", delta);
                self.thoughts.say(index, delta.at("thinking"), out);
            }
            "signature_delta" => append(open, "signature", delta),
            "input_json_delta" => {
                let json = delta.at("partial_json").as_str().unwrap_or_default();
                match open {
                    Some(block) => block.input.push_str(json),
                    None if json.is_empty() => {}
                    None => self.tool_calls.fragment(Some(index), &Json::Null, &Json::Null, json, out),
                }
            }
            "citations_delta" => self.cite(delta.at("citation"), out),
            "compaction_delta" => append(open, "content", delta),
            _ => return Verdict::Unknown,
        }
        Verdict::Read
    }

    /// The end of a block: what must be sent back is whole now.
    fn close(&mut self, index: u64) -> Option<StreamEvent> {
        let place = self.open.iter().position(|open| open.index == index)?;
        let OpenBlock { mut fields, input, .. } = self.open.swap_remove(place);
        if !input.is_empty() {
            fields.set("input", kept_text(&input).unwrap_or(Json::from(input)));
        }
        // Thinking without a signature is not accepted back.
        let text = |name: &str| fields.get(name).and_then(Json::words);
        (text("type") != Some("thinking") || text("signature").is_some()).then(|| {
            let json = Json::Object(fields);
            StreamEvent::Opaque(Opaque { dialect: Dialect::AnthropicMessages, json })
        })
    }

    fn cite(&mut self, citation: &Json<'_>, out: &mut Vec<StreamEvent>) {
        let title = citation.at("title");
        let title = if title.as_str().is_some() { title } else { citation.at("document_title") };
        let source = [citation.at("url"), title, citation.at("cited_text")];
        let source = source.into_iter().find(|source| source.words().is_some());
        self.citations.push(source.unwrap_or(&Json::Null), title, out);
    }

    fn finish(&mut self, raw: &Json<'_>, out: &mut Vec<StreamEvent>) {
        let Some(raw) = raw.own_words() else { return };
        let unified = match raw.as_str() {
            "end_turn" | "stop_sequence" => Finish::Stop,
            "max_tokens" | "model_context_window_exceeded" => Finish::Length,
            "tool_use" => Finish::ToolCalls,
            "refusal" => Finish::ContentFilter,
            _ => Finish::Other,
        };
        let reason = FinishReason { unified, raw: Some(raw) };
        if self.finish.as_ref() != Some(&reason) {
            out.push(StreamEvent::Finish(reason.clone()));
            self.finish = Some(reason);
        }
    }

    /// Counts are cumulative and replace. `input_tokens` leaves out what the cache gave or took.
    fn usage(&mut self, usage: &Json<'_>, out: &mut Vec<StreamEvent>) {
        if usage.as_object().is_none() {
            return;
        }
        let count = |name: &str| usage.path(name).count();
        self.counts.update(&TokenCounts {
            input: count("input_tokens"),
            output: count("output_tokens"),
            cached: count("cache_read_input_tokens"),
            cache_write: count("cache_creation_input_tokens"),
            reasoning: count("output_tokens_details/thinking_tokens"),
        });
        let raw = self.counts;
        let cache = raw.cached.unwrap_or(0).saturating_add(raw.cache_write.unwrap_or(0));
        let total = TokenCounts { input: raw.input.map(|input| input.saturating_add(cache)), ..raw };
        out.push(StreamEvent::Usage(Usage { raw, total, cost_usd: None }));
    }
}

/// An error, or an event type that this program does not know.
fn unknown(event: &Json<'_>, out: &mut Vec<StreamEvent>) -> Verdict {
    if event.at("type").as_str() != Some("error") && event.get("error").is_none() {
        return Verdict::Unknown;
    }
    let error = read_stream_error(event);
    let error = error.unwrap_or_else(|| ApiError::new(ErrorClass::Server, event.to_text()));
    out.push(StreamEvent::Error(error));
    Verdict::Read
}

fn append(block: Option<&mut OpenBlock>, field: &'static str, delta: &Json<'_>) {
    let (Some(block), Some(fragment)) = (block, delta.at(field).as_str()) else { return };
    match block.fields.get_mut(field) {
        Some(Json::Text(text)) => text.to_mut().push_str(fragment),
        _ => block.fields.set(field, fragment.to_owned()),
    }
}
