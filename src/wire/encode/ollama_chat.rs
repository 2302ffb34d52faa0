//! Ollama's own chat.
//!
//! Sources: Ollama, "Generate a chat message", "Thinking", "Tool calling".

use super::{
    draft::Draft,
    turns::{Turn, arguments, message, system, turns},
};
use crate::model::{
    chat::{ChatRequest, Effort, Part, Role, Stream, ToolCall},
    json::Json,
};

pub fn write<'a>(request: &'a ChatRequest, draft: &mut Draft<'a>) {
    draft.set("model", request.model.trim());
    draft.set("stream", request.stream == Stream::Events);
    draft.set("messages", messages(request));
    let options = draft.sampling(&request.sampling, &|name| match name {
        "max_tokens" => Some("num_predict"),
        _ => Some(name),
    });
    if !options.is_empty() {
        draft.set("options", options);
    }
    think(request, draft);
}

/// On or off; only gpt-oss knows levels, and cannot be told not to think.
fn think(request: &ChatRequest, draft: &mut Draft<'_>) {
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

fn messages(request: &ChatRequest) -> Vec<Json<'_>> {
    let mut messages = Vec::new();
    messages.extend(system(request).map(|text| message("system", text)));
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
fn tool_result(part: &Part) -> Option<Json<'_>> {
    let Part::ToolResult { name, content, .. } = part else { return None };
    let fields =
        vec![("role", "tool".into()), ("tool_name", Json::text(name)), ("content", Json::text(content))];
    Some(Json::object(fields))
}

fn user<'a>(turn: &Turn<'a>) -> Option<Json<'a>> {
    let images: Vec<_> = turn.images().map(|image| Json::text(&image.data)).collect();
    let text = turn.text();
    if text.is_empty() && images.is_empty() {
        return None;
    }
    let mut fields = vec![("role", "user".into()), ("content", text.into())];
    if !images.is_empty() {
        fields.push(("images", images.into()));
    }
    Some(Json::object(fields))
}

fn assistant<'a>(turn: &Turn<'a>) -> Option<Json<'a>> {
    let call = |call: &'a ToolCall| {
        let function = vec![("name", Json::text(&call.name)), ("arguments", arguments(call))];
        Json::object(vec![("function", Json::object(function))])
    };
    let calls: Vec<_> = turn.tool_calls().map(call).collect();
    let text = turn.text();
    if text.is_empty() && calls.is_empty() {
        return None;
    }
    let mut fields = vec![("role", "assistant".into()), ("content", text.into())];
    if !calls.is_empty() {
        // The model goes on from where it was: its thoughts belong to the calls.
        let thoughts = turn.reasoning();
        if !thoughts.is_empty() {
            fields.push(("thinking", thoughts.into()));
        }
        fields.push(("tool_calls", calls.into()));
    }
    Some(Json::object(fields))
}
