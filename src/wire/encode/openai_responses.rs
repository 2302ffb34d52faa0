//! OpenAI's Responses, and the hosts that copy it.
//!
//! Sources: OpenAI, "Create a model response" and "Reasoning models" (stateless use: `store: false` and
//! encrypted reasoning that goes back with the next turn).

use super::{
    draft::Draft,
    names,
    turns::{CallIds, arguments_text, data_url, message, system, turns, typed},
};
use crate::model::{
    chat::{ChatRequest, Effort, Part, Role, Stream},
    json::{Json, Object},
    provider::{Dialect, Provider},
};

pub fn write<'a>(provider: &Provider, request: &'a ChatRequest, draft: &mut Draft<'a>) {
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
    let fields = draft.sampling(&request.sampling, &|name| match name {
        "temperature" | "top_p" if !refuses_sampling => Some(name),
        "max_tokens" => Some("max_output_tokens"),
        _ => None,
    });
    draft.set_all(fields);
    reasoning(provider, openai, request, draft);
}

fn reasoning(
    provider: &Provider,
    openai: Option<names::Openai>,
    request: &ChatRequest,
    draft: &mut Draft<'_>,
) {
    let known = request.traits.as_ref().and_then(|traits| traits.reasoning);
    let reasons = openai.map(|model| model.reasons).or(known);
    let asked = request.sampling.effort;
    if reasons == Some(false) || (reasons.is_none() && asked.is_none()) {
        if asked.is_some() {
            draft.drop("effort");
        }
        return;
    }
    let mut reasoning = Object::new();
    if let Some(asked) = asked {
        let steps = openai.map_or(provider.quirks.efforts, |model| model.efforts);
        let given = draft.effort(asked, steps);
        reasoning.set("effort", given.word());
    }
    if !provider.quirks.hide_thoughts {
        reasoning.set("summary", "auto");
        draft.set("include", vec!["reasoning.encrypted_content".into()]);
    }
    if !reasoning.is_empty() {
        draft.set("reasoning", reasoning);
    }
}

fn input(request: &ChatRequest) -> Vec<Json<'_>> {
    let mut ids = CallIds::default();
    let mut items = Vec::new();
    for turn in turns(&request.messages, false) {
        match turn.role {
            Role::User => {
                items.extend(turn.parts().filter_map(|part| tool_result(part, &mut ids)));
                let content: Vec<_> = turn.parts().filter_map(user_part).collect();
                if !content.is_empty() {
                    items.push(message("user", content));
                }
            }
            Role::Assistant => items.extend(turn.parts().filter_map(|part| assistant_item(part, &mut ids))),
        }
    }
    items
}

fn tool_result<'a>(part: &'a Part, ids: &mut CallIds) -> Option<Json<'a>> {
    let Part::ToolResult { call_id, content, .. } = part else { return None };
    let id = ids.of_result(call_id);
    let fields = vec![
        ("type", "function_call_output".into()),
        ("call_id", id.into()),
        ("output", Json::text(content)),
    ];
    Some(Json::object(fields))
}

fn user_part(part: &Part) -> Option<Json<'_>> {
    match part {
        Part::Text(text) if !text.is_empty() => Some(typed("input_text", "text", text.as_str())),
        Part::Image(image) => Some(typed("input_image", "image_url", data_url(image))),
        _ => None,
    }
}

/// Items of an answer stand side by side, in the order in which they came: a thought before what
/// followed from it.
fn assistant_item<'a>(part: &'a Part, ids: &mut CallIds) -> Option<Json<'a>> {
    match part {
        Part::Text(text) if !text.is_empty() => {
            Some(message("assistant", vec![typed("output_text", "text", text.as_str())]))
        }
        Part::ToolCall(call) => Some(Json::object(vec![
            ("type", "function_call".into()),
            ("call_id", ids.of_call(&call.id).into()),
            ("name", Json::text(&call.name)),
            ("arguments", Json::text(arguments_text(call))),
        ])),
        Part::Opaque(item) if item.dialect == Dialect::OpenaiResponses => Some(item.json.clone()),
        _ => None,
    }
}
