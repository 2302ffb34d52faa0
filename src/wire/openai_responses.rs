//! OpenAI Responses and its copies. Source: OpenAI, "Responses: streaming events".
//!
//! Events are told apart by `data.type`: OpenRouter and others send no `event:` line.

use std::collections::BTreeMap;

use serde_json::{Value, value::RawValue};

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

#[derive(Debug, Default)]
pub struct Decoder {
    started: bool,
    /// A terminal event was seen, or `[DONE]`.
    ended: bool,
    /// An error has been told: `response.failed` repeats what `error` said.
    failed: bool,
    thoughts: Numbering<(u64, Thought)>,
    tool_calls: ToolCalls,
    /// The number of the item under way where the events bear none.
    unnumbered: u64,
    /// What came of each output item, by its index. What is done or ended repeats it.
    items: BTreeMap<u64, Seen>,
    /// What came of any of them.
    any_item: Seen,
    citations: Citations,
}

#[derive(Clone, Copy, Debug)]
enum Field {
    Text,
    Refusal,
    Reasoning,
    Arguments,
    /// The item was announced as a tool call.
    Call,
    /// The item was given out to be sent back.
    Opaque,
    /// The item was read when it was done.
    Done,
}

/// A part of a thought: summaries and the thinking itself are counted apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Thought {
    Summary(u64),
    Text(u64),
}

/// A set of fields.
#[derive(Clone, Copy, Debug, Default)]
struct Seen(u8);

impl Seen {
    fn insert(&mut self, field: Field) {
        self.0 |= 1 << field as u8;
    }

    fn has(self, field: Field) -> bool {
        self.0 & (1 << field as u8) != 0
    }
}

object! {
    /// What most events leave out is boxed: a small struct is copied faster.
    struct Event<'a> {
        "type" => kind: Loose<'a>,
        "object" => object: Loose<'a>,
        "output_index" => output_index: Count,
        "content_index" => content_index: Count,
        "summary_index" => summary_index: Count,
        "delta" => delta: Loose<'a>,
        "item" => item: Option<&'a RawValue>,
        "annotation" => annotation: Maybe<Box<Annotation<'a>>>,
        "response" => response: Option<&'a RawValue>,
    }
}

object! {
    /// The whole state of a response: in its first and last event, and as a plain answer.
    struct Response<'a> {
        "id" => id: Loose<'a>,
        "model" => model: Loose<'a>,
        "status" => status: Loose<'a>,
        "output" => output: Maybe<Vec<&'a RawValue>>,
        "incomplete_details" => incomplete_details: Maybe<IncompleteDetails<'a>>,
        "error" => error: Option<&'a RawValue>,
        "usage" => usage: Maybe<RawUsage>,
    }
}

object! {
    struct IncompleteDetails<'a> {
        "reason" => reason: Loose<'a>,
    }
}

object! {
    struct Item<'a> {
        "type" => kind: Loose<'a>,
        "content" => content: Option<&'a RawValue>,
        "summary" => summary: Option<&'a RawValue>,
        "call_id" => call_id: Loose<'a>,
        "name" => name: Loose<'a>,
        "arguments" => arguments: Loose<'a>,
        /// The free text of a custom tool's call.
        "input" => input: Loose<'a>,
        "encrypted_content" => encrypted_content: Loose<'a>,
    }
}

object! {
    struct ItemPart<'a> {
        "type" => kind: Loose<'a>,
        "text" => text: Loose<'a>,
        "refusal" => refusal: Loose<'a>,
        "annotations" => annotations: Maybe<Vec<Annotation<'a>>>,
    }
}

object! {
    struct Annotation<'a> {
        "type" => kind: Loose<'a>,
        "url" => url: Loose<'a>,
        "title" => title: Loose<'a>,
    }
}

object! {
    #[derive(Clone, Copy)]
    struct RawUsage {
        "input_tokens" => input_tokens: Count,
        "output_tokens" => output_tokens: Count,
        "total_tokens" => total_tokens: Count,
        "input_tokens_details" => input_tokens_details: Maybe<InputDetails>,
        "output_tokens_details" => output_tokens_details: Maybe<OutputDetails>,
    }
}

object! {
    #[derive(Clone, Copy)]
    struct InputDetails {
        "cached_tokens" => cached_tokens: Count,
        "cache_write_tokens" => cache_write_tokens: Count,
    }
}

object! {
    #[derive(Clone, Copy)]
    struct OutputDetails {
        "reasoning_tokens" => reasoning_tokens: Count,
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

    pub(super) fn event(&mut self, name: &str, data: &str, out: &mut Vec<StreamEvent>) -> Verdict {
        let Ok(event) = serde_json::from_str::<Event<'_>>(data) else { return Verdict::Skipped };
        let kind = event.kind.as_str().unwrap_or(name);
        let index = event.output_index.0.unwrap_or_else(|| self.place(kind));
        if self.ended && kind.ends_with(".delta") {
            return Verdict::Dropped;
        }
        match kind {
            "response.output_text.delta" => self.text(index, event.delta, out),
            "response.refusal.delta" => self.refusal(index, event.delta, out),
            "response.reasoning_summary_text.delta" => {
                let part = Thought::Summary(event.summary_index.0.unwrap_or(0));
                self.think(index, part, event.delta, out);
            }
            "response.reasoning_text.delta" => {
                let part = Thought::Text(event.content_index.0.unwrap_or(0));
                self.think(index, part, event.delta, out);
            }
            "response.function_call_arguments.delta" | "response.custom_tool_call_input.delta" => {
                self.note(index, Field::Arguments);
                let delta = event.delta.as_str().unwrap_or_default();
                self.tool_calls.fragment(Some(index), Loose(None), Loose(None), delta, out);
            }
            "response.output_text.annotation.added" => {
                if let Some(annotation) = event.annotation.0 {
                    self.cite(*annotation, out);
                }
            }
            "response.output_item.added" => {
                if let Some(Ok(item)) = event.item.map(|raw| serde_json::from_str::<Item<'_>>(raw.get())) {
                    self.announce(index, item, out);
                }
            }
            "response.output_item.done" => {
                if let Some(raw) = event.item {
                    self.item_done(index, raw, out);
                }
            }
            "response.created" | "response.in_progress" | "response.queued" => {
                if let Some(Ok(response)) = event.response.map(|raw| serde_json::from_str(raw.get())) {
                    self.start(&response, out);
                }
            }
            "response.completed"
            | "response.incomplete"
            | "response.failed"
            | "response.done"
            | "response.cancelled" => {
                let Some(Ok(mut response)) =
                    event.response.map(|raw| serde_json::from_str::<Response<'_>>(raw.get()))
                else {
                    return Verdict::Skipped;
                };
                if response.status.as_str().is_none() {
                    // Some servers say it in the name of the event only.
                    let status = kind.trim_start_matches("response.").to_owned();
                    response.status = Loose(Some(Text(status.into())));
                }
                self.end(response, out);
            }
            "error" => self.error(data, out),
            _ if event.object.as_str() == Some("response") => match serde_json::from_str(data) {
                Ok(response) => self.end(response, out),
                Err(_) => return Verdict::Skipped,
            },
            kind if kind.starts_with("response.") => {}
            _ => {
                let value = serde_json::from_str::<Value>(data).unwrap_or_default();
                if value.get("error").is_none_or(Value::is_null) {
                    return Verdict::Unknown;
                }
                self.error(data, out);
            }
        }
        Verdict::Read
    }

    /// Some servers do not number the items: then an item lasts until the next one begins.
    fn place(&mut self, kind: &str) -> u64 {
        let is_next = match kind {
            "response.output_item.added" => true,
            "response.output_item.done" => self.seen(self.unnumbered).has(Field::Done),
            _ => false,
        };
        self.unnumbered += u64::from(is_next);
        self.unnumbered
    }

    fn start(&mut self, response: &Response<'_>, out: &mut Vec<StreamEvent>) {
        if !std::mem::replace(&mut self.started, true) {
            let own = |text: &Loose<'_>| text.clone().non_empty().map(Text::into_string);
            out.push(StreamEvent::Start { id: own(&response.id), model: own(&response.model) });
        }
    }

    fn note(&mut self, index: u64, field: Field) {
        self.items.entry(index).or_default().insert(field);
        self.any_item.insert(field);
    }

    fn seen(&self, index: u64) -> Seen {
        self.items.get(&index).copied().unwrap_or_default()
    }

    fn text(&mut self, index: u64, text: Loose<'_>, out: &mut Vec<StreamEvent>) {
        if let Some(text) = text.non_empty() {
            self.note(index, Field::Text);
            out.push(StreamEvent::Delta(Delta::Text(text.into_string())));
        }
    }

    fn refusal(&mut self, index: u64, text: Loose<'_>, out: &mut Vec<StreamEvent>) {
        if let Some(text) = text.non_empty() {
            self.note(index, Field::Refusal);
            out.push(StreamEvent::Delta(Delta::Refusal(text.into_string())));
        }
    }

    fn think(&mut self, index: u64, part: Thought, text: Loose<'_>, out: &mut Vec<StreamEvent>) {
        if let Some(text) = text.non_empty() {
            self.note(index, Field::Reasoning);
            let part = self.thoughts.number((index, part));
            out.push(StreamEvent::Delta(Delta::Reasoning { part, text: text.into_string() }));
        }
    }

    fn cite(&mut self, annotation: Annotation<'_>, out: &mut Vec<StreamEvent>) {
        if annotation.kind.as_str() == Some("url_citation") {
            self.citations.push(annotation.url, annotation.title, out);
        }
    }

    /// An item begins: a tool call is named before its arguments come.
    fn announce(&mut self, index: u64, item: Item<'_>, out: &mut Vec<StreamEvent>) {
        if is_call(&item) && !self.seen(index).has(Field::Call) {
            self.note(index, Field::Call);
            self.tool_calls.fragment(Some(index), item.call_id, item.name, "", out);
        }
    }

    /// An item is done: whatever of it came in no delta is read now.
    fn item_done(&mut self, index: u64, raw: &RawValue, out: &mut Vec<StreamEvent>) {
        let seen = self.seen(index);
        if !seen.has(Field::Done) {
            self.note(index, Field::Done);
            if let Ok(item) = serde_json::from_str(raw.get()) {
                self.item(index, item, raw, seen, out);
            }
        }
    }

    /// What the last event, or a plain answer, holds and no event before it gave. Its list may leave
    /// items out, so the place in the list says nothing: each kind is taken as a whole or not at all.
    fn end(&mut self, response: Response<'_>, out: &mut Vec<StreamEvent>) {
        self.start(&response, out);
        let seen = self.any_item;
        for (place, raw) in (0..).zip(response.output.0.into_iter().flatten()) {
            let Ok(item) = serde_json::from_str::<Item<'_>>(raw.get()) else { continue };
            // Only a call has a name of its own by which it is known again.
            match self.tool_calls.index_of(&item.call_id) {
                Some(index) => self.item(index, item, raw, self.seen(index), out),
                None => self.item(place, item, raw, seen, out),
            }
        }
        out.extend(response.usage.0.map(usage));
        if let Some(raw) = response.error {
            self.error(raw.get(), out);
        }
        self.ended = true;
        let raw = response.status.non_empty().map(Text::into_string);
        let details = response.incomplete_details.0.and_then(|details| details.reason.0);
        let unified = match (raw.as_deref(), details.as_ref().map(Text::as_str)) {
            (Some("completed"), _) if !self.tool_calls.is_empty() => Finish::ToolCalls,
            (Some("completed"), _) => Finish::Stop,
            (Some("incomplete"), Some("max_output_tokens" | "max_tokens")) => Finish::Length,
            (Some("incomplete"), Some("content_filter")) => Finish::ContentFilter,
            (Some("failed"), _) => Finish::Error,
            _ => Finish::Other,
        };
        out.push(StreamEvent::Finish(FinishReason { unified, raw }));
    }

    fn item(&mut self, index: u64, item: Item<'_>, raw: &RawValue, seen: Seen, out: &mut Vec<StreamEvent>) {
        let is_new = |field| !seen.has(field);
        if is_call(&item) {
            let arguments = item.arguments.as_str().or(item.input.as_str()).unwrap_or_default();
            if is_new(Field::Arguments) {
                self.note(index, Field::Arguments);
                self.note(index, Field::Call);
                self.tool_calls.fragment(Some(index), item.call_id, item.name, arguments, out);
            } else if is_new(Field::Call) {
                // Its arguments have come and nothing has named it yet.
                self.note(index, Field::Call);
                self.tool_calls.fragment(Some(index), item.call_id, item.name, "", out);
            }
            return;
        }
        let is_encrypted = item.encrypted_content.non_empty().is_some();
        if item.kind.as_str() == Some("reasoning") && is_encrypted && is_new(Field::Opaque) {
            self.note(index, Field::Opaque);
            // Its status is the server's to set; the rest goes back as it came.
            if let Some(mut json) = kept_json(raw.get()) {
                if let Some(fields) = json.as_object_mut() {
                    fields.remove("status");
                }
                out.push(StreamEvent::Opaque(Opaque { dialect: Dialect::OpenaiResponses, json }));
            }
        }
        let content_kind = match item.kind.as_str() {
            Some("message") => "output_text",
            Some("reasoning") => "reasoning_text",
            _ => "",
        };
        let summary = (0..).map(Thought::Summary).zip(parts(item.summary, "summary_text"));
        let content = (0..).map(Thought::Text).zip(parts(item.content, content_kind));
        for (part, ItemPart { kind, text, refusal, annotations }) in summary.chain(content) {
            match kind.as_str() {
                Some("summary_text" | "reasoning_text") if is_new(Field::Reasoning) => {
                    self.think(index, part, text, out);
                }
                Some("output_text") if is_new(Field::Text) => self.text(index, text, out),
                Some("refusal") if is_new(Field::Refusal) => self.refusal(index, refusal, out),
                _ => {}
            }
            for annotation in annotations.0.into_iter().flatten() {
                self.cite(annotation, out);
            }
        }
    }

    fn error(&mut self, json: &str, out: &mut Vec<StreamEvent>) {
        let value = serde_json::from_str::<Value>(json).unwrap_or_default();
        if value.is_null() || std::mem::replace(&mut self.failed, true) {
            return;
        }
        let error = read_stream_error(&value).unwrap_or_else(|| ApiError::new(ErrorClass::Server, json));
        out.push(StreamEvent::Error(error));
    }
}

/// The parts of an item; a mere string is one part of that kind.
fn parts<'a>(raw: Option<&'a RawValue>, kind: &'static str) -> Vec<ItemPart<'a>> {
    let Some(raw) = raw.map(RawValue::get) else { return Vec::new() };
    if raw.starts_with('"') {
        let text = serde_json::from_str(raw).unwrap_or_default();
        return vec![ItemPart { kind: Loose(Some(Text(kind.into()))), text, ..ItemPart::default() }];
    }
    let list: Vec<Maybe<ItemPart<'_>>> = serde_json::from_str(raw).unwrap_or_default();
    list.into_iter().filter_map(|part| part.0).collect()
}

fn is_call(item: &Item<'_>) -> bool {
    matches!(item.kind.as_str(), Some("function_call" | "custom_tool_call"))
}

fn usage(usage: RawUsage) -> StreamEvent {
    let input = usage.input_tokens_details.0.unwrap_or_default();
    let raw = TokenCounts {
        input: usage.input_tokens.0,
        output: usage.output_tokens.0,
        cached: input.cached_tokens.0,
        cache_write: input.cache_write_tokens.0,
        reasoning: usage.output_tokens_details.0.and_then(|details| details.reasoning_tokens.0),
    };
    let output = super::openai_chat::whole_output(raw, usage.total_tokens.0, false);
    StreamEvent::Usage(Usage { raw, total: TokenCounts { output, ..raw }, cost_usd: None })
}
