//! Ollama's own chat.
//!
//! Sources: Ollama, "Generate a chat message", "Thinking", "Tool calling".

use serde_json::{Map, Value, json};

use super::{
    draft::Draft,
    turns::{Turn, arguments, system, turns},
};
use crate::model::chat::{ChatRequest, Effort, Part, Role, Stream};

pub fn write(request: &ChatRequest, draft: &mut Draft) {
    draft.set("model", request.model.trim());
    draft.set("stream", request.stream == Stream::Events);
    draft.set("messages", messages(request));
    let options = draft.sampling(&request.sampling, |name| match name {
        "max_tokens" => Some("num_predict"),
        _ => Some(name),
    });
    if !options.is_empty() {
        draft.set("options", options);
    }
    think(request, draft);
}

/// On or off; only gpt-oss knows levels, and cannot be told not to think.
fn think(request: &ChatRequest, draft: &mut Draft) {
    let Some(asked) = request.sampling.effort else { return };
    if request.model.contains("gpt-oss") {
        let given = draft.effort(asked, &[Effort::Low, Effort::Medium, Effort::High]);
        return draft.set("think", given.word());
    }
    if request.traits.as_ref().and_then(|traits| traits.reasoning) == Some(false) {
        return draft.drop("effort");
    }
    draft.set("think", asked != Effort::Off);
}

fn messages(request: &ChatRequest) -> Vec<Value> {
    let mut messages = Vec::new();
    messages.extend(system(request).map(|text| json!({ "role": "system", "content": text })));
    for turn in turns(&request.messages, false) {
        match turn.role {
            Role::User => {
                messages.extend(turn.parts().filter_map(tool_result));
                messages.extend(user(&turn));
            }
            Role::Assistant => messages.extend(assistant(&turn)),
        }
    }
    messages
}

/// Results are matched with calls by the name of the tool; there are no ids.
fn tool_result(part: &Part) -> Option<Value> {
    let Part::ToolResult { name, content, .. } = part else { return None };
    Some(json!({ "role": "tool", "tool_name": name, "content": content }))
}

fn user(turn: &Turn<'_>) -> Option<Value> {
    let images: Vec<&str> = turn.images().map(|image| image.data.as_str()).collect();
    let text = turn.text();
    match (text.is_empty(), images.is_empty()) {
        (true, true) => None,
        (_, true) => Some(json!({ "role": "user", "content": text })),
        (_, false) => Some(json!({ "role": "user", "content": text, "images": images })),
    }
}

fn assistant(turn: &Turn<'_>) -> Option<Value> {
    let calls = turn.tool_calls();
    let calls: Vec<Value> = calls
        .map(|call| json!({ "function": { "name": call.name, "arguments": arguments(call) } }))
        .collect();
    let text = turn.text();
    if text.is_empty() && calls.is_empty() {
        return None;
    }
    let mut message = Map::new();
    message.insert("role".to_owned(), "assistant".into());
    message.insert("content".to_owned(), text.into());
    if !calls.is_empty() {
        // The model goes on from where it was: its thoughts belong to the calls.
        let thoughts = turn.reasoning();
        if !thoughts.is_empty() {
            message.insert("thinking".to_owned(), thoughts.into());
        }
        message.insert("tool_calls".to_owned(), calls.into());
    }
    Some(Value::Object(message))
}
