//! Chat Completions, OpenAI's and its many copies (and Mistral's, whose content may come in parts).
//!
//! Sources: OpenAI "Chat Completions streaming events"; OpenRouter "Streaming" and "Reasoning tokens";
//! Mistral "Reasoning"; and what recorded streams of two dozen hosts hold.

use std::borrow::Cow;

use super::{
    body::Verdict,
    error::read_stream_error,
    parts::{Citations, Numbering, ToolCalls, say_refusal, say_start, say_text},
    reasoning_details::{Details, readable},
};
use crate::model::{
    error::{ApiError, ErrorClass},
    event::{Finish, FinishReason, StreamEvent, TokenCounts, Usage},
    json::Json,
    provider::Quirks,
};

#[derive(Debug)]
pub struct Decoder {
    quirks: Quirks,
    started: bool,
    /// `[DONE]` was seen.
    done: bool,
    finish: Option<FinishReason>,
    thoughts: Numbering<()>,
    tool_calls: ToolCalls,
    citations: Citations,
    details: Details,
}

impl Decoder {
    pub fn new(quirks: Quirks) -> Self {
        Self {
            quirks,
            started: false,
            done: false,
            finish: None,
            thoughts: Numbering::default(),
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

    pub(super) fn event(&mut self, name: &str, chunk: &Json<'_>, out: &mut Vec<StreamEvent>) -> Verdict {
        let object = chunk.at("object").as_str();
        let choices = chunk.at("choices").as_list();
        // Groq puts the usage, and some errors, into a field of its own.
        let (usage, groq) = (chunk.at("usage"), chunk.at("x_groq"));
        let has_usage = usage.as_object().is_some();
        let mut error = read_error(chunk.at("error")).or_else(|| read_error(groq.at("error")));
        let is_error = name == "error" || object == Some("error");
        if is_error || (choices.is_none() && !has_usage && error.is_none()) {
            error = read_stream_error(chunk).or(error);
        }
        if choices.is_none() && !has_usage && groq.as_object().is_none() && error.is_none() {
            return if object.is_some() { Verdict::Read } else { Verdict::Unknown };
        }
        self.start(chunk, out);
        let mut verdict = Verdict::Read;
        // Perplexity: the URLs of all sources, on every chunk, and the same sources with their titles.
        match chunk.at("citations").as_list() {
            Some(urls) => urls.iter().for_each(|url| self.citations.push(url, &Json::Null, out)),
            None => self.cite(chunk.at("search_results").items(), out),
        }
        for choice in choices.unwrap_or_default() {
            if choice.at("index").count().unwrap_or(0) != 0 {
                continue;
            }
            error = error.or_else(|| read_error(choice.at("error")));
            if self.choice(choice, out) == Verdict::Dropped {
                verdict = Verdict::Dropped;
            }
        }
        self.usage(if has_usage { usage } else { groq.at("usage") }, out);
        out.extend(error.map(StreamEvent::Error));
        verdict
    }

    /// What must go back with the next turn is known only at the end.
    pub(super) fn end(&mut self, out: &mut Vec<StreamEvent>) {
        out.extend(self.details.take().map(StreamEvent::Opaque));
    }

    fn start(&mut self, chunk: &Json<'_>, out: &mut Vec<StreamEvent>) {
        // Azure's first chunk has an empty id and model: wait for one that says something.
        let (id, model) = (chunk.at("id"), chunk.at("model"));
        if !self.started && (id.words().is_some() || model.words().is_some()) {
            self.started = true;
            say_start(id, model, out);
        }
    }

    fn choice(&mut self, choice: &Json<'_>, out: &mut Vec<StreamEvent>) -> Verdict {
        // The whole answer of a plain reply stands in `message`. Perplexity sends it besides every delta:
        // read only when there is no delta.
        let delta = choice.at("delta");
        let verdict = self.message(if delta.is_null() { choice.at("message") } else { delta }, out);
        // Moonshot's place for it.
        self.usage(choice.at("usage"), out);
        if let Some(raw) = choice.at("finish_reason").own_words() {
            let reason = FinishReason { unified: unify(&raw), raw: Some(raw) };
            if self.finish.as_ref() != Some(&reason) {
                out.push(StreamEvent::Finish(reason.clone()));
            }
            self.finish = Some(reason);
        }
        verdict
    }

    fn message(&mut self, message: &Json<'_>, out: &mut Vec<StreamEvent>) -> Verdict {
        let before = out.len();
        let details = message.at("reasoning_details").items();
        // The same thought may stand in two or three fields: one of them is taken.
        let fields = [message.at("reasoning_content"), message.at("reasoning")];
        match fields.into_iter().find(|field| field.words().is_some()) {
            Some(text) => self.thoughts.say((), text, out),
            None => details.iter().for_each(|detail| self.thoughts.say((), readable(detail), out)),
        }
        details.iter().for_each(|detail| self.details.push(detail));
        self.content(message.at("content"), out);
        say_refusal(message.at("refusal"), out);
        let dropped = self.is_complete() && out.len() > before;
        if dropped {
            out.truncate(before);
        }
        for call in message.at("tool_calls").items() {
            self.tool_call(call.at("index").count(), call.at("id"), call.at("function"), out);
        }
        // The one call of the format before `tool_calls`.
        let function = message.at("function_call");
        if function.as_object().is_some() {
            self.tool_call(None, &Json::Null, function, out);
        }
        for annotation in message.at("annotations").items() {
            self.cite(std::slice::from_ref(annotation.at("url_citation")), out);
        }
        if dropped { Verdict::Dropped } else { Verdict::Read }
    }

    fn tool_call(
        &mut self,
        index: Option<u64>,
        id: &Json<'_>,
        function: &Json<'_>,
        out: &mut Vec<StreamEvent>,
    ) {
        let arguments = arguments(function.at("arguments")).unwrap_or_default();
        self.tool_calls.fragment(index, id, function.at("name"), &arguments, out);
    }

    /// A string, or Mistral's list of parts, or one part without a list around it.
    fn content(&mut self, content: &Json<'_>, out: &mut Vec<StreamEvent>) {
        if content.as_str().is_some() {
            return self.text(content, out);
        }
        for part in one_or_many(content) {
            match part.at("type").as_str() {
                Some("thinking") => match part.at("thinking") {
                    text @ Json::Text(_) => self.thoughts.say((), text, out),
                    thoughts => {
                        for thought in one_or_many(thoughts) {
                            self.thoughts.say((), thought.at("text"), out);
                        }
                    }
                },
                Some("reference" | "tool_reference") => self.cite(std::slice::from_ref(part), out),
                Some("text" | "output_text") | None => self.text(part.at("text"), out),
                Some(_) => {}
            }
        }
    }

    fn text(&mut self, text: &Json<'_>, out: &mut Vec<StreamEvent>) {
        if text.words().is_some() {
            self.thoughts.close();
            say_text(text, out);
        }
    }

    fn cite(&mut self, sources: &[Json<'_>], out: &mut Vec<StreamEvent>) {
        for source in sources {
            self.citations.push(source.at("url"), source.at("title"), out);
        }
    }

    fn usage(&self, usage: &Json<'_>, out: &mut Vec<StreamEvent>) {
        if usage.as_object().is_none() {
            return;
        }
        let count = |name: &str| usage.path(name).count();
        let raw = TokenCounts {
            input: count("prompt_tokens"),
            output: count("completion_tokens"),
            // DeepSeek has its own name for it.
            cached: count("prompt_tokens_details/cached_tokens").or_else(|| count("prompt_cache_hit_tokens")),
            cache_write: count("prompt_tokens_details/cache_write_tokens"),
            reasoning: count("completion_tokens_details/reasoning_tokens"),
        };
        // US dollars: a number (OpenRouter) or an object (Perplexity).
        let cost = usage.at("cost");
        let cost_usd = cost.as_f64().or_else(|| cost.at("total_cost").as_f64());
        if !raw.is_empty() || cost_usd.is_some() {
            let output = whole_output(raw, count("total_tokens"), self.quirks.reasoning_apart);
            let total = TokenCounts { output, ..raw };
            out.push(StreamEvent::Usage(Usage { raw, total, cost_usd }));
        }
    }
}

/// A list's items, or the one thing that stands without a list around it.
pub(super) fn one_or_many<'a>(json: &'a Json<'a>) -> &'a [Json<'a>] {
    match json {
        Json::List(items) => items,
        one => std::slice::from_ref(one),
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

fn read_error(error: &Json<'_>) -> Option<ApiError> {
    // Perhaps `false`, `""` or `{}`: a field that is there and says nothing is no error.
    let says_nothing = match error {
        Json::Object(fields) => fields.is_empty(),
        Json::Text(text) => text.is_empty(),
        Json::List(_) => false,
        _ => return None,
    };
    if says_nothing {
        return None;
    }
    read_stream_error(error).or_else(|| match error {
        Json::Text(_) => None,
        _ => Some(ApiError::new(ErrorClass::Server, error.to_text())),
    })
}

/// Arguments are a string with JSON in it; a few servers send the object itself.
pub(super) fn arguments<'a>(json: &'a Json<'_>) -> Option<Cow<'a, str>> {
    match json {
        Json::Null => None,
        Json::Text(text) => Some(Cow::Borrowed(text)),
        other => Some(Cow::Owned(other.to_text())),
    }
}
