//! Cohere's chat, version 2.
//!
//! Sources: Cohere, "Chat API (v2)" and "Reasoning".

use serde_json::{Value, json};

use super::{
    draft::Draft,
    turns::{ChatShape, chat_messages},
};
use crate::model::{
    chat::{ChatRequest, Effort, Stream},
    provider::{Dialect, Provider},
};

pub fn write(provider: &Provider, request: &ChatRequest, draft: &mut Draft) {
    draft.set("model", request.model.trim());
    draft.set("stream", request.stream == Stream::Events);
    let shape = ChatShape {
        dialect: Dialect::CohereV2,
        system_role: "system",
        strict_turns: provider.quirks.strict_turns,
        echo_reasoning: false,
    };
    let mut messages = chat_messages(request, shape);
    for message in messages.iter_mut().filter_map(Value::as_object_mut) {
        if message.get("content").is_some_and(Value::is_null) {
            message.remove("content");
        }
    }
    draft.set("messages", messages);
    let fields = draft.sampling(&request.sampling, |name| {
        Some(match name {
            "top_p" => "p",
            "top_k" => "k",
            "stop" => "stop_sequences",
            _ => name,
        })
    });
    draft.body.extend(fields);
    thinking(request, draft);
}

fn thinking(request: &ChatRequest, draft: &mut Draft) {
    let Some(asked) = request.sampling.effort else { return };
    if request.traits.as_ref().and_then(|traits| traits.reasoning) == Some(false) {
        return draft.drop("effort");
    }
    let budget = match asked {
        Effort::Off => return draft.set("thinking", json!({ "type": "disabled" })),
        // Without a budget it thinks as long as it likes.
        Effort::XHigh | Effort::Max => return draft.set("thinking", json!({ "type": "enabled" })),
        Effort::Minimal => 512,
        Effort::Low => 2048,
        Effort::Medium => 8192,
        Effort::High => 16_384,
    };
    draft.set("thinking", json!({ "type": "enabled", "token_budget": budget }));
}
