//! OpenAI Responses and its copies. Source: OpenAI, "Responses: streaming events".
//!
//! Events are told apart by `data.type`: OpenRouter and others send no `event:` line.

use super::{
    body::Verdict,
    error::read_stream_error,
    parts::{Citations, Numbering, ToolCalls, say_refusal, say_start, say_text},
    text::kept,
};
use crate::model::{
    error::{ApiError, ErrorClass},
    event::{Finish, FinishReason, Opaque, StreamEvent, TokenCounts, Usage},
    json::Json,
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
    /// What came of each output item, in the order of their indices. What is done or ended repeats it.
    items: Vec<(u64, Seen)>,
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

/// How many items are kept in order that come in another one: making room for one moves all behind it.
const UNORDERED_LIMIT: usize = 10_000;

impl Decoder {
    pub fn is_complete(&self) -> bool {
        self.ended
    }

    /// `[DONE]` came.
    pub(super) fn done(&mut self) {
        self.ended = true;
    }

    pub(super) fn event(&mut self, name: &str, event: &Json<'_>, out: &mut Vec<StreamEvent>) -> Verdict {
        let kind = event.at("type").as_str().unwrap_or(name);
        let index = event.at("output_index").count().unwrap_or_else(|| self.place(kind));
        if self.ended && kind.ends_with(".delta") {
            return Verdict::Dropped;
        }
        let (delta, item, response) = (event.at("delta"), event.at("item"), event.at("response"));
        let part = |name: &str| event.at(name).count().unwrap_or(0);
        match kind {
            "response.output_text.delta" => self.text(index, delta, out),
            "response.refusal.delta" => self.refusal(index, delta, out),
            "response.reasoning_summary_text.delta" => {
                self.think(index, Thought::Summary(part("summary_index")), delta, out);
            }
            "response.reasoning_text.delta" => {
                self.think(index, Thought::Text(part("content_index")), delta, out);
            }
            "response.function_call_arguments.delta" | "response.custom_tool_call_input.delta" => {
                self.note(index, Field::Arguments);
                let delta = delta.as_str().unwrap_or_default();
                self.tool_calls.fragment(Some(index), &Json::Null, &Json::Null, delta, out);
            }
            "response.output_text.annotation.added" => self.cite(event.at("annotation"), out),
            "response.output_item.added" => self.announce(index, item, out),
            "response.output_item.done" => self.item_done(index, item, out),
            "response.created" | "response.in_progress" | "response.queued" => self.start(response, out),
            "response.completed"
            | "response.incomplete"
            | "response.failed"
            | "response.done"
            | "response.cancelled" => {
                if response.as_object().is_none() {
                    return Verdict::Skipped;
                }
                // Some servers say it in the name of the event only.
                self.end(response, Some(kind.trim_start_matches("response.")), out);
            }
            "error" => self.error(event, out),
            _ if event.at("object").as_str() == Some("response") => self.end(event, None, out),
            kind if kind.starts_with("response.") => {}
            _ if event.at("error").is_null() => return Verdict::Unknown,
            _ => self.error(event, out),
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

    fn start(&mut self, response: &Json<'_>, out: &mut Vec<StreamEvent>) {
        if response.as_object().is_some() && !std::mem::replace(&mut self.started, true) {
            say_start(response.at("id"), response.at("model"), out);
        }
    }

    fn note(&mut self, index: u64, field: Field) {
        self.any_item.insert(field);
        let has_room = self.items.len() < UNORDERED_LIMIT;
        match self.items.binary_search_by_key(&index, |(index, _)| *index) {
            Ok(place) => {
                if let Some((_, seen)) = self.items.get_mut(place) {
                    seen.insert(field);
                }
            }
            Err(place) if place == self.items.len() || has_room => {
                let mut seen = Seen::default();
                seen.insert(field);
                self.items.insert(place, (index, seen));
            }
            Err(_) => {}
        }
    }

    fn seen(&self, index: u64) -> Seen {
        let place = self.items.binary_search_by_key(&index, |(index, _)| *index).ok();
        place.and_then(|place| self.items.get(place)).map_or(Seen::default(), |(_, seen)| *seen)
    }

    fn text(&mut self, index: u64, text: &Json<'_>, out: &mut Vec<StreamEvent>) {
        if text.words().is_some() {
            self.note(index, Field::Text);
            say_text(text, out);
        }
    }

    fn refusal(&mut self, index: u64, text: &Json<'_>, out: &mut Vec<StreamEvent>) {
        if text.words().is_some() {
            self.note(index, Field::Refusal);
            say_refusal(text, out);
        }
    }

    fn think(&mut self, index: u64, part: Thought, text: &Json<'_>, out: &mut Vec<StreamEvent>) {
        if text.words().is_some() {
            self.note(index, Field::Reasoning);
            self.thoughts.say((index, part), text, out);
        }
    }

    fn cite(&mut self, annotation: &Json<'_>, out: &mut Vec<StreamEvent>) {
        if annotation.at("type").as_str() == Some("url_citation") {
            self.citations.push(annotation.at("url"), annotation.at("title"), out);
        }
    }

    /// An item begins: a tool call is named before its arguments come.
    fn announce(&mut self, index: u64, item: &Json<'_>, out: &mut Vec<StreamEvent>) {
        if is_call(item) && !self.seen(index).has(Field::Call) {
            self.note(index, Field::Call);
            self.tool_calls.fragment(Some(index), item.at("call_id"), item.at("name"), "", out);
        }
    }

    /// An item is done: whatever of it came in no delta is read now.
    fn item_done(&mut self, index: u64, item: &Json<'_>, out: &mut Vec<StreamEvent>) {
        let seen = self.seen(index);
        if !item.is_null() && !seen.has(Field::Done) {
            self.note(index, Field::Done);
            self.item(index, item, seen, out);
        }
    }

    /// What the last event, or a plain answer, holds and no event before it gave. Its list may leave
    /// items out, so the place in the list says nothing: each kind is taken as a whole or not at all.
    fn end(&mut self, response: &Json<'_>, status: Option<&str>, out: &mut Vec<StreamEvent>) {
        self.start(response, out);
        let seen = self.any_item;
        for (place, item) in (0..).zip(response.at("output").items()) {
            // Only a call has a name of its own by which it is known again.
            match self.tool_calls.index_of(item.at("call_id")) {
                Some(index) => self.item(index, item, self.seen(index), out),
                None => self.item(place, item, seen, out),
            }
        }
        let counts = response.at("usage");
        if counts.as_object().is_some() {
            out.push(usage(counts));
        }
        self.error(response.at("error"), out);
        self.ended = true;
        let raw = response.at("status").as_str().or(status).filter(|status| !status.is_empty());
        let unified = match (raw, response.path("incomplete_details/reason").as_str()) {
            (Some("completed"), _) if !self.tool_calls.is_empty() => Finish::ToolCalls,
            (Some("completed"), _) => Finish::Stop,
            (Some("incomplete"), Some("max_output_tokens" | "max_tokens")) => Finish::Length,
            (Some("incomplete"), Some("content_filter")) => Finish::ContentFilter,
            (Some("failed"), _) => Finish::Error,
            _ => Finish::Other,
        };
        out.push(StreamEvent::Finish(FinishReason { unified, raw: raw.map(str::to_owned) }));
    }

    fn item(&mut self, index: u64, item: &Json<'_>, seen: Seen, out: &mut Vec<StreamEvent>) {
        let is_new = |field| !seen.has(field);
        if is_call(item) {
            let text = |name: &str| item.at(name).as_str();
            // The free text of a custom tool's call is its `input`.
            let mut arguments = text("arguments").or_else(|| text("input")).unwrap_or_default();
            if is_new(Field::Arguments) {
                self.note(index, Field::Arguments);
            } else if is_new(Field::Call) {
                // Its arguments have come and nothing has named it yet.
                arguments = "";
            } else {
                return;
            }
            self.note(index, Field::Call);
            self.tool_calls.fragment(Some(index), item.at("call_id"), item.at("name"), arguments, out);
            return;
        }
        let kind = item.at("type").as_str().unwrap_or_default();
        let is_encrypted = item.at("encrypted_content").words().is_some();
        if kind == "reasoning" && is_encrypted && is_new(Field::Opaque) {
            self.note(index, Field::Opaque);
            // Its status is the server's to set; the rest goes back as it came.
            if let Some(mut json) = kept(item) {
                if let Some(fields) = json.as_object_mut() {
                    fields.remove("status");
                }
                out.push(StreamEvent::Opaque(Opaque { dialect: Dialect::OpenaiResponses, json }));
            }
        }
        let content_kind = match kind {
            "message" => "output_text",
            "reasoning" => "reasoning_text",
            _ => "",
        };
        for (place, part) in (0..).zip(parts(item.at("summary"))) {
            self.part(index, Thought::Summary(place), part, "summary_text", seen, out);
        }
        for (place, part) in (0..).zip(parts(item.at("content"))) {
            self.part(index, Thought::Text(place), part, content_kind, seen, out);
        }
    }

    /// A part of an item; a mere string is one of that kind.
    fn part(
        &mut self,
        index: u64,
        thought: Thought,
        part: &Json<'_>,
        kind: &str,
        seen: Seen,
        out: &mut Vec<StreamEvent>,
    ) {
        let is_new = |field| !seen.has(field);
        let (kind, text) = match part {
            Json::Text(_) => (kind, part),
            _ => (part.at("type").as_str().unwrap_or_default(), part.at("text")),
        };
        match kind {
            "summary_text" | "reasoning_text" if is_new(Field::Reasoning) => {
                self.think(index, thought, text, out);
            }
            "output_text" if is_new(Field::Text) => self.text(index, text, out),
            "refusal" if is_new(Field::Refusal) => self.refusal(index, part.at("refusal"), out),
            _ => {}
        }
        part.at("annotations").items().iter().for_each(|annotation| self.cite(annotation, out));
    }

    fn error(&mut self, json: &Json<'_>, out: &mut Vec<StreamEvent>) {
        if json.is_null() || std::mem::replace(&mut self.failed, true) {
            return;
        }
        let error = read_stream_error(json);
        let error = error.unwrap_or_else(|| ApiError::new(ErrorClass::Server, json.to_text()));
        out.push(StreamEvent::Error(error));
    }
}

/// A list's items, or a mere string as the only one.
fn parts<'a>(json: &'a Json<'a>) -> &'a [Json<'a>] {
    match json {
        Json::Text(_) => std::slice::from_ref(json),
        other => other.items(),
    }
}

fn is_call(item: &Json<'_>) -> bool {
    matches!(item.at("type").as_str(), Some("function_call" | "custom_tool_call"))
}

fn usage(usage: &Json<'_>) -> StreamEvent {
    let count = |name: &str| usage.path(name).count();
    let raw = TokenCounts {
        input: count("input_tokens"),
        output: count("output_tokens"),
        cached: count("input_tokens_details/cached_tokens"),
        cache_write: count("input_tokens_details/cache_write_tokens"),
        reasoning: count("output_tokens_details/reasoning_tokens"),
    };
    let output = super::openai_chat::whole_output(raw, count("total_tokens"), false);
    StreamEvent::Usage(Usage { raw, total: TokenCounts { output, ..raw }, cost_usd: None })
}
