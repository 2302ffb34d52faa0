//! Ollama's own `/api/chat`: one JSON object a line. Source: Ollama, "API: Generate a chat completion".

use std::borrow::Cow;

use serde_json::{Value, value::RawValue};

use super::{
    body::Verdict,
    error::read_stream_error,
    object::object,
    openai_chat::raw_arguments,
    parts::Numbering,
    text::{Count, Loose, Maybe, Text},
};
use crate::model::event::{Delta, Finish, FinishReason, StreamEvent, TokenCounts, Usage};

#[derive(Debug, Default)]
pub struct Decoder {
    started: bool,
    done: bool,
    thoughts: Numbering<()>,
    tool_calls: u32,
}

object! {
    struct Line<'a> {
        "model" => model: Loose<'a>,
        "message" => message: Option<Message<'a>>,
        "done" => done: Option<bool>,
        "done_reason" => done_reason: Loose<'a>,
        "prompt_eval_count" => prompt_eval_count: Count,
        "eval_count" => eval_count: Count,
        "error" => error: Option<&'a RawValue>,
    }
}

object! {
    struct Message<'a> {
        "content" => content: Loose<'a>,
        "thinking" => thinking: Loose<'a>,
        "tool_calls" => tool_calls: Maybe<Vec<ToolCall<'a>>>,
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
        "arguments" => arguments: Option<&'a RawValue>,
    }
}

impl Decoder {
    pub fn is_complete(&self) -> bool {
        self.done
    }

    /// `[DONE]` came.
    pub(super) fn done(&mut self) {
        self.done = true;
    }

    pub(super) fn event(&mut self, data: &str, out: &mut Vec<StreamEvent>) -> Verdict {
        let Ok(line) = serde_json::from_str::<Line<'_>>(data) else { return Verdict::Skipped };
        let value = line.error.and_then(|raw| serde_json::from_str::<Value>(raw.get()).ok());
        let error = value.as_ref().and_then(read_stream_error);
        if line.message.is_none() && line.done.is_none() && error.is_none() {
            return Verdict::Unknown;
        }
        if let Some(error) = error {
            out.push(StreamEvent::Error(error));
            if line.done.is_none() {
                return Verdict::Read;
            }
        }
        if self.done {
            return Verdict::Dropped;
        }
        if !self.started {
            self.started = true;
            let model = line.model.non_empty().map(Text::into_string);
            out.push(StreamEvent::Start { id: None, model });
        }
        if let Some(message) = line.message {
            self.message(message, out);
        }
        let raw = TokenCounts {
            input: line.prompt_eval_count.0,
            output: line.eval_count.0,
            ..TokenCounts::default()
        };
        if !raw.is_empty() {
            out.push(StreamEvent::Usage(Usage { raw, total: raw, cost_usd: None }));
        }
        if line.done == Some(true) {
            self.done = true;
            let raw = line.done_reason.non_empty().map(Text::into_string);
            let unified = match raw.as_deref() {
                Some("stop") if self.tool_calls > 0 => Finish::ToolCalls,
                Some("stop") => Finish::Stop,
                Some("length") => Finish::Length,
                _ => Finish::Other,
            };
            out.push(StreamEvent::Finish(FinishReason { unified, raw }));
        }
        Verdict::Read
    }

    fn message(&mut self, message: Message<'_>, out: &mut Vec<StreamEvent>) {
        if let Some(text) = message.thinking.non_empty() {
            let part = self.thoughts.number(());
            out.push(StreamEvent::Delta(Delta::Reasoning { part, text: text.into_string() }));
        }
        if let Some(text) = message.content.non_empty() {
            self.thoughts.close();
            out.push(StreamEvent::Delta(Delta::Text(text.into_string())));
        }
        for call in message.tool_calls.0.into_iter().flatten() {
            let Some(function) = call.function.0 else { continue };
            out.push(StreamEvent::Delta(Delta::ToolCall {
                index: self.tool_calls,
                id: call.id.non_empty().map(Text::into_string),
                name: function.name.non_empty().map(Text::into_string),
                arguments: function
                    .arguments
                    .map_or(Cow::Borrowed("{}"), |raw| raw_arguments(raw.get()))
                    .into_owned(),
            }));
            self.tool_calls += 1;
        }
    }
}
