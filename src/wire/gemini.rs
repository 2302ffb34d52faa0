//! Gemini `streamGenerateContent`, with and without `alt=sse`, of Google AI and of Vertex.
//! Source: Google, "GenerateContentResponse" and "Function calling: stream function call arguments".

use super::{
    body::Verdict,
    error::read_stream_error,
    json_path::Arguments,
    parts::{Citations, Numbering, say_start, say_text},
};
use crate::model::{
    error::{ApiError, ErrorClass},
    event::{Delta, Finish, FinishReason, Opaque, StreamEvent, TokenCounts, Usage},
    json::Json,
    provider::Dialect,
};

#[derive(Debug, Default)]
pub struct Decoder {
    started: bool,
    /// `[DONE]` was seen.
    done: bool,
    finish: Option<FinishReason>,
    usage: Option<Usage>,
    thoughts: Numbering<()>,
    citations: Citations,
    tool_calls: u32,
    /// The call whose arguments are still coming in pieces, and the arguments so far.
    open_call: Option<(u32, Arguments)>,
}

impl Decoder {
    pub fn is_complete(&self) -> bool {
        self.done || self.finish.is_some()
    }

    /// `[DONE]` came.
    pub(super) fn done(&mut self) {
        self.done = true;
    }

    pub(super) fn event(&mut self, chunk: &Json<'_>, out: &mut Vec<StreamEvent>) -> Verdict {
        let error = chunk.at("error");
        if !error.is_null() {
            let read = read_stream_error(error);
            out.push(StreamEvent::Error(
                read.unwrap_or_else(|| ApiError::new(ErrorClass::Server, error.to_text())),
            ));
            return Verdict::Read;
        }
        let (candidates, feedback) = (chunk.at("candidates").as_list(), chunk.at("promptFeedback"));
        let usage = chunk.at("usageMetadata");
        if candidates.is_none() && feedback.as_object().is_none() && usage.as_object().is_none() {
            return Verdict::Unknown;
        }
        if !self.started {
            self.started = true;
            say_start(chunk.at("responseId"), chunk.at("modelVersion"), out);
        }
        for candidate in candidates.unwrap_or_default() {
            if candidate.at("index").count().unwrap_or(0) == 0 {
                self.candidate(candidate, out);
            }
        }
        self.usage(usage, out);
        if let Some(reason) = feedback.at("blockReason").own_words() {
            let message = feedback.at("blockReasonMessage").words().unwrap_or(&reason);
            let mut error = ApiError::new(ErrorClass::Blocked, message);
            error.status = Some(reason);
            out.push(StreamEvent::Error(error));
        }
        Verdict::Read
    }

    /// A call that was cut off gives what came of its arguments.
    pub(super) fn end(&mut self, out: &mut Vec<StreamEvent>) {
        self.close_call(out);
    }

    fn candidate(&mut self, candidate: &Json<'_>, out: &mut Vec<StreamEvent>) {
        for part in candidate.path("content/parts").items() {
            self.part(part, out);
        }
        for chunk in candidate.path("groundingMetadata/groundingChunks").items() {
            let web = chunk.at("web");
            let source = if web.as_object().is_some() { web } else { chunk.at("retrievedContext") };
            self.citations.push(source.at("uri"), source.at("title"), out);
        }
        // Older backends repeat STOP on every chunk: text may still follow.
        if let Some(raw) = candidate.at("finishReason").own_words() {
            self.close_call(out);
            let unified = match raw.as_str() {
                "STOP" if self.tool_calls > 0 => Finish::ToolCalls,
                "STOP" => Finish::Stop,
                "MAX_TOKENS" => Finish::Length,
                "SAFETY" | "RECITATION" | "BLOCKLIST" | "PROHIBITED_CONTENT" | "SPII" | "IMAGE_SAFETY" => {
                    Finish::ContentFilter
                }
                "MALFORMED_FUNCTION_CALL" => Finish::Error,
                _ => Finish::Other,
            };
            let reason = FinishReason { unified, raw: Some(raw) };
            if self.finish.as_ref() != Some(&reason) {
                out.push(StreamEvent::Finish(reason.clone()));
                self.finish = Some(reason);
            }
        }
    }

    fn part(&mut self, part: &Json<'_>, out: &mut Vec<StreamEvent>) {
        let call = part.at("functionCall");
        let is_call = call.as_object().is_some();
        if let Some(signature) = part.at("thoughtSignature").own_words() {
            // It belongs to the part that it came with: to a call by name, else to a text that may
            // be empty. The text itself goes back as the answer's own.
            let place = if is_call {
                let name = call.at("name").as_str().unwrap_or_default().to_owned();
                ("functionCall", Json::object(vec![("name", name.into())]))
            } else {
                ("text", "".into())
            };
            let json = Json::object(vec![place, ("thoughtSignature", signature.into())]);
            out.push(StreamEvent::Opaque(Opaque { dialect: Dialect::Gemini, json }));
        }
        let text = part.at("text");
        if part.at("thought").as_bool() == Some(true) {
            self.thoughts.say((), text, out);
        } else if text.words().is_some() {
            self.thoughts.close();
            say_text(text, out);
        }
        if is_call {
            self.call(call, out);
        }
    }

    fn call(&mut self, call: &Json<'_>, out: &mut Vec<StreamEvent>) {
        let will_continue = call.at("willContinue").as_bool() == Some(true);
        let pieces = call.at("partialArgs").as_list();
        if let Some(name) = call.at("name").own_words() {
            self.close_call(out);
            let index = self.tool_calls;
            self.tool_calls += 1;
            let arguments = if will_continue || pieces.is_some() {
                self.open_call = Some((index, Arguments::default()));
                String::new()
            } else {
                call.get("args").filter(|args| !args.is_null()).map_or("{}".to_owned(), Json::to_text)
            };
            let id = call.at("id").own_words();
            out.push(StreamEvent::Delta(Delta::ToolCall { index, id, name: Some(name), arguments }));
        }
        if let Some((_, arguments)) = &mut self.open_call {
            for piece in pieces.unwrap_or_default() {
                let path = piece.at("jsonPath").as_str().unwrap_or_default();
                if let Some(text) = piece.at("stringValue").as_str() {
                    arguments.append_text(path, text);
                    continue;
                }
                let value = match (piece.at("numberValue"), piece.at("boolValue")) {
                    (number @ Json::Number(_), _) => number,
                    (_, is @ Json::Bool(_)) => is,
                    // There, as `NULL_VALUE`, for a null.
                    _ if !piece.at("nullValue").is_null() => &Json::Null,
                    _ => continue,
                };
                arguments.set(path, value.clone().into_owned());
            }
        }
        if !will_continue {
            self.close_call(out);
        }
    }

    fn close_call(&mut self, out: &mut Vec<StreamEvent>) {
        if let Some((index, arguments)) = self.open_call.take() {
            let arguments = arguments.to_json();
            out.push(StreamEvent::Delta(Delta::ToolCall { index, id: None, name: None, arguments }));
        }
    }

    /// On every chunk, cumulative. What a search tool read counts as input, thoughts as output.
    fn usage(&mut self, usage: &Json<'_>, out: &mut Vec<StreamEvent>) {
        let count = |name: &str| usage.at(name).count();
        let raw = TokenCounts {
            input: count("promptTokenCount"),
            output: count("candidatesTokenCount"),
            cached: count("cachedContentTokenCount"),
            cache_write: None,
            reasoning: count("thoughtsTokenCount"),
        };
        let total = TokenCounts {
            input: sum(raw.input, count("toolUsePromptTokenCount")),
            output: sum(raw.output, raw.reasoning),
            ..raw
        };
        let usage = Usage { raw, total, cost_usd: None };
        if !raw.is_empty() && self.usage.as_ref() != Some(&usage) {
            out.push(StreamEvent::Usage(usage.clone()));
            self.usage = Some(usage);
        }
    }
}

fn sum(a: Option<u64>, b: Option<u64>) -> Option<u64> {
    match (a, b) {
        (None, None) => None,
        (a, b) => Some(a.unwrap_or(0).saturating_add(b.unwrap_or(0))),
    }
}
