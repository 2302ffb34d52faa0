//! Gemini `streamGenerateContent`, with and without `alt=sse`, of Google AI and of Vertex.
//! Source: Google, "GenerateContentResponse" and "Function calling: stream function call arguments".

use serde::de::IgnoredAny;
use serde_json::{Map, Number, Value, value::RawValue};

use super::{
    body::Verdict,
    error::read_stream_error,
    json_path::Arguments,
    object::object,
    parts::{Citations, Numbering},
    text::{Count, Loose, Maybe, MaybeObject, Text},
};
use crate::model::{
    error::{ApiError, ErrorClass},
    event::{Delta, Finish, FinishReason, Opaque, StreamEvent, TokenCounts, Usage},
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

object! {
    struct Chunk<'a> {
        "candidates" => candidates: Option<Vec<Candidate<'a>>>,
        "promptFeedback" => prompt_feedback: Maybe<PromptFeedback<'a>>,
        "usageMetadata" => usage_metadata: MaybeObject<RawUsage>,
        "modelVersion" => model_version: Loose<'a>,
        "responseId" => response_id: Loose<'a>,
        "error" => error: Option<&'a RawValue>,
    }
}

object! {
    struct Candidate<'a> {
        "index" => index: Count,
        "content" => content: Option<Content<'a>>,
        "finishReason" => finish_reason: Loose<'a>,
        "groundingMetadata" => grounding_metadata: Maybe<Grounding<'a>>,
    }
}

object! {
    struct Content<'a> {
        "parts" => parts: Option<Vec<Part<'a>>>,
    }
}

object! {
    struct Part<'a> {
        "text" => text: Loose<'a>,
        "thought" => thought: Maybe<bool>,
        "thoughtSignature" => thought_signature: Loose<'a>,
        "functionCall" => function_call: Maybe<FunctionCall<'a>>,
    }
}

object! {
    struct FunctionCall<'a> {
        "id" => id: Loose<'a>,
        "name" => name: Loose<'a>,
        "args" => args: Option<&'a RawValue>,
        "partialArgs" => partial_args: Maybe<Vec<PartialArg<'a>>>,
        "willContinue" => will_continue: Maybe<bool>,
    }
}

object! {
    struct PartialArg<'a> {
        "jsonPath" => json_path: Loose<'a>,
        "stringValue" => string_value: Loose<'a>,
        "numberValue" => number_value: Maybe<Number>,
        "boolValue" => bool_value: Maybe<bool>,
        /// There, as `NULL_VALUE`, for a null.
        "nullValue" => null_value: Option<IgnoredAny>,
    }
}

object! {
    struct Grounding<'a> {
        "groundingChunks" => grounding_chunks: Option<Vec<GroundingChunk<'a>>>,
    }
}

object! {
    struct GroundingChunk<'a> {
        "web" => web: Maybe<Source<'a>>,
        "retrievedContext" => retrieved_context: Maybe<Source<'a>>,
    }
}

object! {
    struct Source<'a> {
        "uri" => uri: Loose<'a>,
        "title" => title: Loose<'a>,
    }
}

object! {
    struct PromptFeedback<'a> {
        "blockReason" => block_reason: Loose<'a>,
        "blockReasonMessage" => block_reason_message: Loose<'a>,
    }
}

object! {
    struct RawUsage {
        "promptTokenCount" => prompt_token_count: Count,
        "candidatesTokenCount" => candidates_token_count: Count,
        "thoughtsTokenCount" => thoughts_token_count: Count,
        "cachedContentTokenCount" => cached_content_token_count: Count,
        "toolUsePromptTokenCount" => tool_use_prompt_token_count: Count,
    }
}

impl Decoder {
    pub fn is_complete(&self) -> bool {
        self.done || self.finish.is_some()
    }

    /// `[DONE]` came.
    pub(super) fn done(&mut self) {
        self.done = true;
    }

    pub(super) fn event(&mut self, data: &str, out: &mut Vec<StreamEvent>) -> Verdict {
        let Ok(chunk) = serde_json::from_str::<Chunk<'_>>(data) else { return Verdict::Skipped };
        if let Some(raw) = chunk.error {
            let value = serde_json::from_str::<Value>(raw.get()).ok();
            let error = value.as_ref().and_then(read_stream_error);
            out.push(StreamEvent::Error(
                error.unwrap_or_else(|| ApiError::new(ErrorClass::Server, raw.get())),
            ));
            return Verdict::Read;
        }
        if chunk.candidates.is_none() && chunk.prompt_feedback.0.is_none() && chunk.usage_metadata.0.is_none()
        {
            return Verdict::Unknown;
        }
        if !self.started {
            self.started = true;
            let own = |text: Loose<'_>| text.non_empty().map(Text::into_string);
            out.push(StreamEvent::Start { id: own(chunk.response_id), model: own(chunk.model_version) });
        }
        let candidates = chunk.candidates.into_iter().flatten();
        for candidate in candidates.filter(|candidate| candidate.index.0.unwrap_or(0) == 0) {
            self.candidate(candidate, out);
        }
        if let Some(usage) = chunk.usage_metadata.0 {
            self.usage(&usage, out);
        }
        if let Some(feedback) = chunk.prompt_feedback.0 {
            out.extend(feedback.block_reason.non_empty().map(|reason| {
                let words = feedback.block_reason_message.non_empty();
                let message = words.unwrap_or_else(|| reason.clone()).into_string();
                let mut error = ApiError::new(ErrorClass::Blocked, message);
                error.status = Some(reason.into_string());
                StreamEvent::Error(error)
            }));
        }
        Verdict::Read
    }

    /// A call that was cut off gives what came of its arguments.
    pub(super) fn end(&mut self, out: &mut Vec<StreamEvent>) {
        self.close_call(out);
    }

    fn candidate(&mut self, candidate: Candidate<'_>, out: &mut Vec<StreamEvent>) {
        for part in candidate.content.and_then(|content| content.parts).into_iter().flatten() {
            self.part(part, out);
        }
        let chunks = candidate.grounding_metadata.0.and_then(|grounding| grounding.grounding_chunks);
        for source in
            chunks.into_iter().flatten().filter_map(|chunk| chunk.web.0.or(chunk.retrieved_context.0))
        {
            self.citations.push(source.uri, source.title, out);
        }
        // Older backends repeat STOP on every chunk: text may still follow.
        if let Some(raw) = candidate.finish_reason.non_empty() {
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
            let reason = FinishReason { unified, raw: Some(raw.into_string()) };
            if self.finish.as_ref() != Some(&reason) {
                out.push(StreamEvent::Finish(reason.clone()));
                self.finish = Some(reason);
            }
        }
    }

    fn part(&mut self, part: Part<'_>, out: &mut Vec<StreamEvent>) {
        let is_thought = part.thought.0 == Some(true);
        if let Some(signature) = part.thought_signature.non_empty() {
            // It belongs to the part that it came with: to a call by name, else to a text that may
            // be empty. The text itself goes back as the answer's own.
            let mut json = Map::new();
            if let Some(call) = &part.function_call.0 {
                let name = call.name.as_str().unwrap_or_default();
                json.insert("functionCall".to_owned(), serde_json::json!({ "name": name }));
            } else {
                json.insert("text".to_owned(), "".into());
            }
            json.insert("thoughtSignature".to_owned(), signature.into_string().into());
            out.push(StreamEvent::Opaque(Opaque { dialect: Dialect::Gemini, json: Value::Object(json) }));
        }
        if let Some(text) = part.text.non_empty() {
            out.push(StreamEvent::Delta(if is_thought {
                Delta::Reasoning { part: self.thoughts.number(()), text: text.into_string() }
            } else {
                self.thoughts.close();
                Delta::Text(text.into_string())
            }));
        }
        if let Some(call) = part.function_call.0 {
            self.call(call, out);
        }
    }

    fn call(&mut self, call: FunctionCall<'_>, out: &mut Vec<StreamEvent>) {
        let will_continue = call.will_continue.0 == Some(true);
        if let Some(name) = call.name.non_empty() {
            self.close_call(out);
            let index = self.tool_calls;
            self.tool_calls += 1;
            let whole = if will_continue || call.partial_args.0.is_some() {
                self.open_call = Some((index, Arguments::default()));
                ""
            } else {
                call.args.map_or("{}", RawValue::get)
            };
            out.push(StreamEvent::Delta(Delta::ToolCall {
                index,
                id: call.id.non_empty().map(Text::into_string),
                name: Some(name.into_string()),
                arguments: whole.to_owned(),
            }));
        }
        if let Some((_, arguments)) = &mut self.open_call {
            for piece in call.partial_args.0.into_iter().flatten() {
                let path = piece.json_path.as_str().unwrap_or_default();
                if let Some(text) = piece.string_value.as_str() {
                    arguments.append_text(path, text);
                } else if let Some(value) =
                    piece.number_value.0.map(Value::Number).or(piece.bool_value.0.map(Value::Bool))
                {
                    arguments.set(path, value);
                } else if piece.null_value.is_some() {
                    arguments.set(path, Value::Null);
                }
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
    fn usage(&mut self, usage: &RawUsage, out: &mut Vec<StreamEvent>) {
        let raw = TokenCounts {
            input: usage.prompt_token_count.0,
            output: usage.candidates_token_count.0,
            cached: usage.cached_content_token_count.0,
            cache_write: None,
            reasoning: usage.thoughts_token_count.0,
        };
        let total = TokenCounts {
            input: sum(raw.input, usage.tool_use_prompt_token_count.0),
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
