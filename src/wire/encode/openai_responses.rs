//! OpenAI's Responses, and the hosts that copy it.
//!
//! Sources: OpenAI, "Create a model response" and "Reasoning models" (stateless use: `store: false` and
//! encrypted reasoning that goes back with the next turn).

use serde_json::{Map, Value, json};

use super::{
    draft::Draft,
    names,
    turns::{CallIds, data_url, system, turns},
};
use crate::model::{
    chat::{ChatRequest, Effort, Part, Role, Stream},
    provider::{Dialect, Provider},
};

pub fn write(provider: &Provider, request: &ChatRequest, draft: &mut Draft) {
    let quirks = provider.quirks;
    let model = request.model.trim();
    // Gateways put the maker before the name.
    let openai = names::openai(model.rsplit('/').next().unwrap_or(model));
    let reasons = openai.is_some_and(|model| model.reasons);

    draft.set("model", model);
    draft.set("stream", request.stream == Stream::Events);
    // Otherwise OpenAI keeps every answer for thirty days.
    draft.set("store", false);
    if let Some(text) = system(request) {
        draft.set("instructions", text);
    }
    draft.set("input", input(request));

    let is_off = request.sampling.effort == Some(Effort::Off);
    let samples_when_off = is_off && openai.is_some_and(|model| model.samples_when_off);
    let refuses_sampling = quirks.openai_models && reasons && !samples_when_off;
    let fields = draft.sampling(&request.sampling, |name| match name {
        "temperature" | "top_p" if !refuses_sampling => Some(name),
        "max_tokens" => Some("max_output_tokens"),
        _ => None,
    });
    draft.body.extend(fields);
    reasoning(provider, openai, request, draft);
}

fn reasoning(provider: &Provider, openai: Option<names::Openai>, request: &ChatRequest, draft: &mut Draft) {
    let known = request.traits.as_ref().and_then(|traits| traits.reasoning);
    let reasons = openai.map(|model| model.reasons).or(known);
    let asked = request.sampling.effort;
    if reasons == Some(false) || (reasons.is_none() && asked.is_none()) {
        if asked.is_some() {
            draft.drop("effort");
        }
        return;
    }
    let mut reasoning = Map::new();
    if let Some(asked) = asked {
        let steps = openai.map_or(provider.quirks.efforts, |model| model.efforts);
        let given = draft.effort(asked, steps);
        reasoning.insert("effort".to_owned(), given.word().into());
    }
    if !provider.quirks.hide_thoughts {
        reasoning.insert("summary".to_owned(), "auto".into());
        draft.set("include", json!(["reasoning.encrypted_content"]));
    }
    if !reasoning.is_empty() {
        draft.set("reasoning", reasoning);
    }
}

fn input(request: &ChatRequest) -> Vec<Value> {
    let mut ids = CallIds::default();
    let mut items = Vec::new();
    for turn in turns(&request.messages, false) {
        match turn.role {
            Role::User => {
                items.extend(turn.parts().filter_map(|part| tool_result(part, &mut ids)));
                let content: Vec<Value> = turn.parts().filter_map(user_part).collect();
                if !content.is_empty() {
                    items.push(json!({ "role": "user", "content": content }));
                }
            }
            Role::Assistant => items.extend(turn.parts().filter_map(|part| assistant_item(part, &mut ids))),
        }
    }
    items
}

fn tool_result(part: &Part, ids: &mut CallIds) -> Option<Value> {
    let Part::ToolResult { call_id, content, .. } = part else { return None };
    let id = ids.of_result(call_id);
    Some(json!({ "type": "function_call_output", "call_id": id, "output": content }))
}

fn user_part(part: &Part) -> Option<Value> {
    match part {
        Part::Text(text) if !text.is_empty() => Some(json!({ "type": "input_text", "text": text })),
        Part::Image(image) => Some(json!({ "type": "input_image", "image_url": data_url(image) })),
        _ => None,
    }
}

/// Items of an answer stand side by side, in the order in which they came: a thought before what
/// followed from it.
fn assistant_item(part: &Part, ids: &mut CallIds) -> Option<Value> {
    match part {
        Part::Text(text) if !text.is_empty() => {
            Some(json!({ "role": "assistant", "content": [{ "type": "output_text", "text": text }] }))
        }
        Part::ToolCall(call) => {
            let arguments = if call.arguments.trim().is_empty() { "{}" } else { &call.arguments };
            let id = ids.of_call(&call.id);
            let item =
                json!({ "type": "function_call", "call_id": id, "name": call.name, "arguments": arguments });
            Some(item)
        }
        Part::Opaque(item) if item.dialect == Dialect::OpenaiResponses => Some(item.json.clone()),
        _ => None,
    }
}
