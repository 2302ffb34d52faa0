//! Google's `generateContent`. Model and streaming are in the path.
//!
//! Sources: Google, "Generating content", "Gemini thinking", "Thought signatures"; Vercel AI SDK,
//! "google-language-model".

use super::{
    draft::Draft,
    names::{self, GeminiThinking},
    turns::{Turn, arguments, object_or, system, turns},
};
use crate::model::{
    chat::{ChatRequest, Effort, Part, Role, ToolCall},
    json::{Json, Object},
    provider::{Dialect, Provider},
};

pub fn write<'a>(provider: &Provider, request: &'a ChatRequest, draft: &mut Draft<'a>) {
    if let Some(text) = system(request) {
        draft.set("systemInstruction", Json::object(vec![("parts", vec![one("text", text)].into())]));
    }
    draft.set("contents", contents(request));
    let mut config = draft.sampling(&request.sampling, &|name| {
        Some(match name {
            "temperature" => "temperature",
            "top_p" => "topP",
            "top_k" => "topK",
            "max_tokens" => "maxOutputTokens",
            "stop" => "stopSequences",
            "seed" => "seed",
            "presence_penalty" => "presencePenalty",
            "frequency_penalty" => "frequencyPenalty",
            _ => return None,
        })
    });
    let mut thinking = thinking(request, draft);
    if provider.quirks.hide_thoughts {
        thinking.remove("includeThoughts");
    }
    if !thinking.is_empty() {
        config.set("thinkingConfig", thinking);
    }
    if !config.is_empty() {
        draft.set("generationConfig", config);
    }
}

/// Models that think are asked to show it; how much they think is theirs to choose unless the user
/// says otherwise. Budget and level exclude each other.
fn thinking(request: &ChatRequest, draft: &mut Draft<'_>) -> Object<'static> {
    let asked = request.sampling.effort;
    let (shown, key, value) = match (names::gemini(request.model.trim(), request.traits.as_ref()), asked) {
        (GeminiThinking::Never, asked) => {
            if asked.is_some_and(|asked| asked != Effort::Off) {
                draft.drop("effort");
            }
            return Object::new();
        }
        (_, None) => return Object::from_iter([("includeThoughts", true.into())]),
        (GeminiThinking::Budget { least, most }, Some(asked)) => {
            let tokens = budget(asked, least, most);
            if asked == Effort::Off && tokens > 0 {
                draft.change("effort", Effort::Minimal.word());
            }
            (tokens > 0, "thinkingBudget", Json::from(tokens))
        }
        (GeminiThinking::Level(steps), Some(asked)) => {
            (true, "thinkingLevel", Json::from(draft.effort(asked, steps).word()))
        }
    };
    Object::from_iter([("includeThoughts", shown.into()), (key, value)])
}

/// Google's own steps for `reasoning_effort` ("OpenAI compatibility"): 1, 8 and 24 thousand tokens.
/// The smallest budget that all 2.5 models take is 512.
fn budget(asked: Effort, least: u32, most: u32) -> u32 {
    let tokens = match asked {
        Effort::Off => 0,
        Effort::Minimal => 512,
        Effort::Low => 1024,
        Effort::Medium => 8192,
        Effort::High => 24_576,
        Effort::XHigh | Effort::Max => most,
    };
    tokens.clamp(least, most)
}

fn contents(request: &ChatRequest) -> Vec<Json<'_>> {
    let mut contents: Vec<(Role, Vec<Json<'_>>)> = Vec::new();
    for turn in turns(&request.messages, true) {
        let parts = match turn.role {
            Role::User => turn.parts().filter_map(user_part).collect(),
            Role::Assistant => model_parts(&turn),
        };
        match contents.last_mut() {
            Some((role, last)) if *role == turn.role => last.extend(parts),
            _ if parts.is_empty() => {}
            _ => contents.push((turn.role, parts)),
        }
    }
    let contents = contents.into_iter().map(|(role, parts)| {
        let role = match role {
            Role::User => "user",
            Role::Assistant => "model",
        };
        Json::object(vec![("role", role.into()), ("parts", parts.into())])
    });
    contents.collect()
}

fn user_part(part: &Part) -> Option<Json<'_>> {
    match part {
        Part::ToolResult { name, content, .. } => {
            let response = object_or(content, "result");
            let fields = vec![("name", Json::text(name)), ("response", response)];
            Some(one("functionResponse", Json::object(fields)))
        }
        other => said(other),
    }
}

fn said(part: &Part) -> Option<Json<'_>> {
    match part {
        Part::Text(text) if !text.is_empty() => Some(one("text", text.as_str())),
        Part::Image(image) => {
            let fields = vec![("mimeType", Json::text(&image.media_type)), ("data", Json::text(&image.data))];
            Some(one("inlineData", Json::object(fields)))
        }
        _ => None,
    }
}

/// An object with one field.
fn one<'a>(name: &'a str, value: impl Into<Json<'a>>) -> Json<'a> {
    Json::object(vec![(name, value.into())])
}

/// A signature that came with a call goes back on that call, any other part verbatim in its place.
fn model_parts<'a>(turn: &Turn<'a>) -> Vec<Json<'a>> {
    let mut calls: Vec<_> = turn.tool_calls().map(call_part).collect();
    let mut signed = vec![false; calls.len()];
    let mut parts = Vec::new();
    // Where each call stands, so that a signature may come before its call or after it.
    let mut places = Vec::new();
    for part in turn.parts() {
        match part {
            Part::ToolCall(_) => {
                places.push(parts.len());
                parts.push(Json::Null);
            }
            Part::Opaque(item) if item.dialect == Dialect::Gemini => {
                let name = item.json.path("functionCall/name");
                let unsigned = calls.iter_mut().zip(&mut signed).find(|(call, signed)| {
                    !name.is_null() && !**signed && call.path("functionCall/name") == name
                });
                match (unsigned, item.json.get("thoughtSignature")) {
                    (Some((Json::Object(call), signed)), Some(signature)) => {
                        call.set("thoughtSignature", signature.clone());
                        *signed = true;
                    }
                    _ => parts.push(item.json.clone()),
                }
            }
            other => parts.extend(said(other)),
        }
    }
    for (place, call) in places.into_iter().zip(calls) {
        if let Some(part) = parts.get_mut(place) {
            *part = call;
        }
    }
    parts
}

fn call_part(call: &ToolCall) -> Json<'_> {
    one("functionCall", Json::object(vec![("name", Json::text(&call.name)), ("args", arguments(call))]))
}
