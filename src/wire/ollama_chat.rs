//! Ollama's own `/api/chat`: one JSON object a line. Source: Ollama, "API: Generate a chat completion".

use super::{
    body::Verdict,
    error::read_stream_error,
    openai_chat::arguments,
    parts::{Numbering, say_start, say_text},
};
use crate::model::{
    event::{Delta, Finish, FinishReason, StreamEvent, TokenCounts, Usage},
    json::Json,
};

#[derive(Debug, Default)]
pub struct Decoder {
    started: bool,
    done: bool,
    thoughts: Numbering<()>,
    tool_calls: u32,
}

impl Decoder {
    pub fn is_complete(&self) -> bool {
        self.done
    }

    /// `[DONE]` came.
    pub(super) fn done(&mut self) {
        self.done = true;
    }

    pub(super) fn event(&mut self, line: &Json<'_>, out: &mut Vec<StreamEvent>) -> Verdict {
        let (message, done) = (line.at("message"), line.at("done").as_bool());
        let error = read_stream_error(line.at("error"));
        if message.is_null() && done.is_none() && error.is_none() {
            return Verdict::Unknown;
        }
        if let Some(error) = error {
            out.push(StreamEvent::Error(error));
            if done.is_none() {
                return Verdict::Read;
            }
        }
        if self.done {
            return Verdict::Dropped;
        }
        if !self.started {
            self.started = true;
            say_start(&Json::Null, line.at("model"), out);
        }
        self.message(message, out);
        let raw = TokenCounts {
            input: line.at("prompt_eval_count").count(),
            output: line.at("eval_count").count(),
            ..TokenCounts::default()
        };
        if !raw.is_empty() {
            out.push(StreamEvent::Usage(Usage { raw, total: raw, cost_usd: None }));
        }
        if done == Some(true) {
            self.done = true;
            let raw = line.at("done_reason").own_words();
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

    fn message(&mut self, message: &Json<'_>, out: &mut Vec<StreamEvent>) {
        self.thoughts.say((), message.at("thinking"), out);
        let content = message.at("content");
        if content.words().is_some() {
            self.thoughts.close();
            say_text(content, out);
        }
        for call in message.at("tool_calls").items() {
            let function = call.at("function");
            if function.as_object().is_none() {
                continue;
            }
            let text = arguments(function.at("arguments"));
            out.push(StreamEvent::Delta(Delta::ToolCall {
                index: self.tool_calls,
                id: call.at("id").own_words(),
                name: function.at("name").own_words(),
                arguments: text.unwrap_or("{}".into()).into_owned(),
            }));
            self.tool_calls += 1;
        }
    }
}
