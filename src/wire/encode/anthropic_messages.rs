//! Anthropic's Messages.
//!
//! Sources: Anthropic, "Create a Message", "Extended thinking", "Adaptive thinking", "Effort"; Vercel AI
//! SDK, "anthropic-language-model" (which model takes what).

use serde_json::{Map, Value, json};

use super::{
    draft::Draft,
    names::{self, Claude, ClaudeThinking},
    turns::{CallIds, Turn, arguments, system, turns},
};
use crate::model::{
    chat::{ChatRequest, Effort, Part, Role, Stream},
    provider::{Dialect, Provider},
};

/// Sent where neither the user nor the model list tells how long an answer may be.
const USUAL_MAX_TOKENS: u32 = 8192;
/// The smallest thinking budget, in tokens.
const LEAST_BUDGET: u32 = 1024;

/// `max_tokens` is required: the most that the model can give, unless the user says less.
pub fn required(request: &ChatRequest) -> Option<(&'static str, Value)> {
    request.sampling.max_tokens.is_none().then(|| ("max_tokens", max_tokens(request).into()))
}

fn max_tokens(request: &ChatRequest) -> u32 {
    let known = request.traits.as_ref().and_then(|traits| traits.max_output);
    request.sampling.max_tokens.or(known).unwrap_or(USUAL_MAX_TOKENS)
}

pub fn write(provider: &Provider, request: &ChatRequest, draft: &mut Draft) {
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
    let mut fields = draft.sampling(&request.sampling, |name| match name {
        "temperature" | "top_k" if samples => Some(name),
        // Both together are refused.
        "top_p" if samples && !has_temperature => Some(name),
        "max_tokens" => Some(name),
        "stop" => Some("stop_sequences"),
        _ => None,
    });
    // From 0 to 1 here, to 2 nearly everywhere else.
    if fields.get("temperature").and_then(Value::as_f64).is_some_and(|value| value > 1.0) {
        fields.insert("temperature".to_owned(), 1.0.into());
        draft.change("temperature", 1.0);
    }
    draft.body.extend(fields);
}

/// Writes how the model shall think, and tells whether it will: then it takes no sampling.
fn thinking(provider: &Provider, claude: Claude, request: &ChatRequest, draft: &mut Draft) -> bool {
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
            draft.set("thinking", json!({ "type": "disabled" }));
            false
        }
        ClaudeThinking::Adaptive => {
            let given = draft.effort(asked, claude.efforts);
            let display = (!provider.quirks.hide_thoughts).then_some("summarized");
            let mut thinking = Map::from_iter([("type".to_owned(), "adaptive".into())]);
            thinking.extend(display.map(|display| ("display".to_owned(), display.into())));
            draft.set("thinking", thinking);
            draft.set("output_config", json!({ "effort": given.word() }));
            true
        }
        ClaudeThinking::Budget => match budget(asked, max_tokens(request)) {
            Some(tokens) => {
                draft.set("thinking", json!({ "type": "enabled", "budget_tokens": tokens }));
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

fn messages(request: &ChatRequest) -> Vec<Value> {
    let mut ids = CallIds::default();
    let mut messages: Vec<(Role, Vec<Value>)> = Vec::new();
    for turn in turns(&request.messages, true) {
        let blocks: Vec<Value> = match turn.role {
            // Results must come before anything else that is said with them.
            Role::User => {
                let results: Vec<Value> = turn.parts().filter_map(|part| result(part, &mut ids)).collect();
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
        json!({ "role": role, "content": blocks })
    });
    messages.collect()
}

/// An answer to be continued must not end in white space.
fn trim_end(blocks: &mut [Value]) {
    if let Some(Value::String(text)) = blocks.last_mut().and_then(|block| block.get_mut("text")) {
        text.truncate(text.trim_end().len());
    }
}

fn result(part: &Part, ids: &mut CallIds) -> Option<Value> {
    let Part::ToolResult { call_id, content, .. } = part else { return None };
    let mut block = Map::new();
    block.insert("type".to_owned(), "tool_result".into());
    block.insert("tool_use_id".to_owned(), ids.of_result(call_id).into());
    if !content.trim().is_empty() {
        block.insert("content".to_owned(), content.as_str().into());
    }
    Some(Value::Object(block))
}

fn user_block(part: &Part) -> Option<Value> {
    match part {
        Part::Text(text) => text_block(text),
        Part::Image(image) => Some(json!({
            "type": "image",
            "source": { "type": "base64", "media_type": image.media_type, "data": image.data },
        })),
        _ => None,
    }
}

/// Thoughts go back only as the signed blocks in which they came.
fn assistant_blocks(turn: &Turn<'_>, ids: &mut CallIds) -> Vec<Value> {
    let blocks = turn.parts().filter_map(|part| match part {
        Part::Text(text) => text_block(text),
        Part::ToolCall(call) => {
            let id = ids.of_call(&call.id);
            Some(json!({ "type": "tool_use", "id": id, "name": call.name, "input": arguments(call) }))
        }
        Part::Opaque(item) if item.dialect == Dialect::AnthropicMessages => Some(item.json.clone()),
        _ => None,
    });
    blocks.collect()
}

/// A block without a visible character is refused.
fn text_block(text: &str) -> Option<Value> {
    (!text.trim().is_empty()).then(|| json!({ "type": "text", "text": text }))
}
