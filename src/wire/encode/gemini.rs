//! Google's `generateContent`. Model and streaming are in the path.
//!
//! Sources: Google, "Generating content", "Gemini thinking", "Thought signatures"; Vercel AI SDK,
//! "google-language-model".

use serde_json::{Map, Value, json};

use super::{
    draft::Draft,
    names::{self, GeminiThinking},
    turns::{Turn, arguments, system, turns},
};
use crate::model::{
    chat::{ChatRequest, Effort, Part, Role, ToolCall},
    provider::{Dialect, Provider},
};

pub fn write(provider: &Provider, request: &ChatRequest, draft: &mut Draft) {
    if let Some(text) = system(request) {
        draft.set("systemInstruction", json!({ "parts": [{ "text": text }] }));
    }
    draft.set("contents", contents(request));
    let mut config = draft.sampling(&request.sampling, |name| {
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
        config.insert("thinkingConfig".to_owned(), thinking.into());
    }
    if !config.is_empty() {
        draft.set("generationConfig", config);
    }
}

/// Models that think are asked to show it; how much they think is theirs to choose unless the user
/// says otherwise. Budget and level exclude each other.
fn thinking(request: &ChatRequest, draft: &mut Draft) -> Map<String, Value> {
    let asked = request.sampling.effort;
    let (shown, key, value) = match (names::gemini(request.model.trim(), request.traits.as_ref()), asked) {
        (GeminiThinking::Never, asked) => {
            if asked.is_some_and(|asked| asked != Effort::Off) {
                draft.drop("effort");
            }
            return Map::new();
        }
        (_, None) => return Map::from_iter([("includeThoughts".to_owned(), true.into())]),
        (GeminiThinking::Budget { least, most }, Some(asked)) => {
            let tokens = budget(asked, least, most);
            if asked == Effort::Off && tokens > 0 {
                draft.change("effort", Effort::Minimal.word());
            }
            (tokens > 0, "thinkingBudget", Value::from(tokens))
        }
        (GeminiThinking::Level(steps), Some(asked)) => {
            (true, "thinkingLevel", Value::from(draft.effort(asked, steps).word()))
        }
    };
    Map::from_iter([("includeThoughts".to_owned(), shown.into()), (key.to_owned(), value)])
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

fn contents(request: &ChatRequest) -> Vec<Value> {
    let mut contents: Vec<(Role, Vec<Value>)> = Vec::new();
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
        json!({ "role": role, "parts": parts })
    });
    contents.collect()
}

fn user_part(part: &Part) -> Option<Value> {
    match part {
        Part::ToolResult { name, content, .. } => {
            let response = match serde_json::from_str(content) {
                Ok(Value::Object(fields)) => Value::Object(fields),
                _ => json!({ "result": content }),
            };
            Some(json!({ "functionResponse": { "name": name, "response": response } }))
        }
        other => said(other),
    }
}

fn said(part: &Part) -> Option<Value> {
    match part {
        Part::Text(text) if !text.is_empty() => Some(json!({ "text": text })),
        Part::Image(image) => {
            Some(json!({ "inlineData": { "mimeType": image.media_type, "data": image.data } }))
        }
        _ => None,
    }
}

/// A signature that came with a call goes back on that call, any other part verbatim in its place.
fn model_parts(turn: &Turn<'_>) -> Vec<Value> {
    let mut calls: Vec<Value> = turn.tool_calls().map(call_part).collect();
    let mut signed = vec![false; calls.len()];
    let mut parts = Vec::new();
    // Where each call stands, so that a signature may come before its call or after it.
    let mut places = Vec::new();
    for part in turn.parts() {
        match part {
            Part::ToolCall(_) => {
                places.push(parts.len());
                parts.push(Value::Null);
            }
            Part::Opaque(item) if item.dialect == Dialect::Gemini => {
                let name = item.json.pointer("/functionCall/name");
                let unsigned = calls.iter_mut().zip(&mut signed).find(|(call, signed)| {
                    name.is_some() && !**signed && call.pointer("/functionCall/name") == name
                });
                match (unsigned, item.json.get("thoughtSignature")) {
                    (Some((Value::Object(call), signed)), Some(signature)) => {
                        call.insert("thoughtSignature".to_owned(), signature.clone());
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

fn call_part(call: &ToolCall) -> Value {
    let mut fields = Map::new();
    fields.insert("name".to_owned(), call.name.as_str().into());
    fields.insert("args".to_owned(), arguments(call));
    json!({ "functionCall": fields })
}
