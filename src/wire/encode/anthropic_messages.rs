//! Anthropic's Messages.
//!
//! Sources: Anthropic, "Create a Message", "Extended thinking", "Adaptive thinking", "Effort"; Vercel AI
//! SDK, "anthropic-language-model" (which model takes what).

use super::{
    draft::Draft,
    names::{self, Claude, ClaudeThinking},
    turns::{CallIds, Turn, arguments, message, system, turns, typed},
};
use crate::model::{
    chat::{ChatRequest, Effort, Part, Role, Stream},
    json::Json,
    provider::{Dialect, Provider},
};

/// Sent where neither the user nor the model list tells how long an answer may be.
const USUAL_MAX_TOKENS: u32 = 8192;
/// The smallest thinking budget, in tokens.
const LEAST_BUDGET: u32 = 1024;

/// `max_tokens` is required: the most that the model can give, unless the user says less.
pub fn required(request: &ChatRequest) -> Option<(&'static str, Json<'static>)> {
    request.sampling.max_tokens.is_none().then(|| ("max_tokens", max_tokens(request).into()))
}

fn max_tokens(request: &ChatRequest) -> u32 {
    let known = request.traits.as_ref().and_then(|traits| traits.max_output);
    request.sampling.max_tokens.or(known).unwrap_or(USUAL_MAX_TOKENS)
}

pub fn write<'a>(provider: &Provider, request: &'a ChatRequest, draft: &mut Draft<'a>) {
    let model = request.model.trim();
    let claude = names::claude(model, request.traits.as_ref());
    draft.set("model", model);
    draft.set("stream", request.stream == Stream::Events);
    if let Some(text) = system(request) {
        draft.set("system", text);
    }
    draft.set("messages", messages(request));
    if let Some((name, value)) = required(request) {
        draft.set(name, value.clone());
        draft.defaults.push((name, value));
    }

    let thinks = thinking(provider, claude, request, draft);
    let samples = claude.samples && !thinks;
    let has_temperature = request.sampling.temperature.is_some();
    let mut fields = draft.sampling(&request.sampling, &|name| match name {
        "temperature" | "top_k" if samples => Some(name),
        // Both together are refused.
        "top_p" if samples && !has_temperature => Some(name),
        "max_tokens" => Some(name),
        "stop" => Some("stop_sequences"),
        _ => None,
    });
    // From 0 to 1 here, to 2 nearly everywhere else.
    if fields.get("temperature").and_then(Json::as_f64).is_some_and(|value| value > 1.0) {
        fields.set("temperature", 1.0);
        draft.change("temperature", 1.0);
    }
    draft.set_all(fields);
}

/// Writes how the model shall think, and tells whether it will: then it takes no sampling.
fn thinking(provider: &Provider, claude: Claude, request: &ChatRequest, draft: &mut Draft<'_>) -> bool {
    let Some(asked) = request.sampling.effort else { return false };
    match claude.thinking {
        ClaudeThinking::Never => {
            if asked != Effort::Off {
                draft.drop("effort");
            }
            false
        }
        // The newest models think unless they are told not to.
        ClaudeThinking::Adaptive if asked == Effort::Off => {
            draft.set("thinking", Json::object(vec![("type", "disabled".into())]));
            false
        }
        ClaudeThinking::Adaptive => {
            let given = draft.effort(asked, claude.efforts);
            let display = (!provider.quirks.hide_thoughts).then_some("summarized");
            let mut thinking = vec![("type", "adaptive".into())];
            thinking.extend(display.map(|display| ("display", display.into())));
            draft.set("thinking", Json::object(thinking));
            draft.set("output_config", Json::object(vec![("effort", given.word().into())]));
            true
        }
        ClaudeThinking::Budget => match budget(asked, max_tokens(request)) {
            Some(tokens) => {
                draft.set("thinking", typed("enabled", "budget_tokens", tokens));
                true
            }
            None => {
                if asked != Effort::Off {
                    draft.drop("effort");
                }
                false
            }
        },
    }
}

/// Tokens to think with. They count towards `max_tokens`, so a quarter of that is left for the
/// answer. `None` where there is no room for the smallest budget, or no thinking is wanted.
fn budget(asked: Effort, limit: u32) -> Option<u32> {
    let wanted = match asked {
        Effort::Off => return None,
        Effort::Minimal => LEAST_BUDGET,
        Effort::Low => 4096,
        Effort::Medium => 8192,
        Effort::High => 16_384,
        Effort::XHigh => 32_768,
        Effort::Max => u32::MAX,
    };
    let room = (limit / 4).saturating_mul(3).max(LEAST_BUDGET);
    (limit > LEAST_BUDGET).then(|| wanted.min(room))
}

fn messages(request: &ChatRequest) -> Vec<Json<'_>> {
    let mut ids = CallIds::default();
    let mut messages: Vec<(Role, Vec<Json<'_>>)> = Vec::new();
    for turn in turns(&request.messages, true) {
        let blocks: Vec<_> = match turn.role {
            // Results must come before anything else that is said with them.
            Role::User => {
                let results: Vec<_> = turn.parts().filter_map(|part| result(part, &mut ids)).collect();
                results.into_iter().chain(turn.parts().filter_map(user_block)).collect()
            }
            Role::Assistant => assistant_blocks(&turn, &mut ids),
        };
        match messages.last_mut() {
            // What stood between them said nothing.
            Some((role, last)) if *role == turn.role => last.extend(blocks),
            _ if blocks.is_empty() => {}
            _ => messages.push((turn.role, blocks)),
        }
    }
    if let Some((Role::Assistant, blocks)) = messages.last_mut() {
        trim_end(blocks);
    }
    let messages = messages.into_iter().map(|(role, blocks)| {
        let role = match role {
            Role::User => "user",
            Role::Assistant => "assistant",
        };
        message(role, blocks)
    });
    messages.collect()
}

/// An answer to be continued must not end in white space.
fn trim_end(blocks: &mut [Json<'_>]) {
    let last = blocks.last_mut().and_then(Json::as_object_mut);
    if let Some(Json::Text(text)) = last.and_then(|block| block.get_mut("text")) {
        *text = text.trim_end().to_owned().into();
    }
}

fn result<'a>(part: &'a Part, ids: &mut CallIds) -> Option<Json<'a>> {
    let Part::ToolResult { call_id, content, .. } = part else { return None };
    let mut fields = vec![("type", "tool_result".into()), ("tool_use_id", ids.of_result(call_id).into())];
    if !content.trim().is_empty() {
        fields.push(("content", Json::text(content)));
    }
    Some(Json::object(fields))
}

fn user_block(part: &Part) -> Option<Json<'_>> {
    match part {
        Part::Text(text) => text_block(text),
        Part::Image(image) => {
            let source = vec![
                ("type", "base64".into()),
                ("media_type", Json::text(&image.media_type)),
                ("data", Json::text(&image.data)),
            ];
            Some(typed("image", "source", Json::object(source)))
        }
        _ => None,
    }
}

/// Thoughts go back only as the signed blocks in which they came.
fn assistant_blocks<'a>(turn: &Turn<'a>, ids: &mut CallIds) -> Vec<Json<'a>> {
    let blocks = turn.parts().filter_map(|part| match part {
        Part::Text(text) => text_block(text),
        Part::ToolCall(call) => Some(Json::object(vec![
            ("type", "tool_use".into()),
            ("id", ids.of_call(&call.id).into()),
            ("name", Json::text(&call.name)),
            ("input", arguments(call)),
        ])),
        Part::Opaque(item) if item.dialect == Dialect::AnthropicMessages => Some(item.json.clone()),
        _ => None,
    });
    blocks.collect()
}

/// A block without a visible character is refused.
fn text_block(text: &str) -> Option<Json<'_>> {
    (!text.trim().is_empty()).then(|| typed("text", "text", text))
}
