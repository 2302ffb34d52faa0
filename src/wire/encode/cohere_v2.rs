//! Cohere's chat, version 2.
//!
//! Sources: Cohere, "Chat API (v2)" and "Reasoning".

use super::{
    draft::Draft,
    turns::{ChatShape, chat_messages},
};
use crate::model::{
    chat::{ChatRequest, Effort, Stream},
    json::Json,
    provider::{Dialect, Provider},
};

pub fn write<'a>(provider: &Provider, request: &'a ChatRequest, draft: &mut Draft<'a>) {
    draft.set("model", request.model.trim());
    draft.set("stream", request.stream == Stream::Events);
    let shape = ChatShape {
        dialect: Dialect::CohereV2,
        system_role: "system",
        strict_turns: provider.quirks.strict_turns,
        echo_reasoning: false,
    };
    let mut messages = chat_messages(request, shape);
    for message in messages.iter_mut().filter_map(Json::as_object_mut) {
        if message.get("content").is_some_and(Json::is_null) {
            message.remove("content");
        }
    }
    draft.set("messages", messages);
    let fields = draft.sampling(&request.sampling, &|name| {
        Some(match name {
            "top_p" => "p",
            "top_k" => "k",
            "stop" => "stop_sequences",
            _ => name,
        })
    });
    draft.set_all(fields);
    thinking(request, draft);
}

fn thinking(request: &ChatRequest, draft: &mut Draft<'_>) {
    let Some(asked) = request.sampling.effort else { return };
    if request.traits.as_ref().and_then(|traits| traits.reasoning) == Some(false) {
        return draft.drop("effort");
    }
    let (switch, budget) = match asked {
        Effort::Off => ("disabled", None),
        // Without a budget it thinks as long as it likes.
        Effort::XHigh | Effort::Max => ("enabled", None),
        Effort::Minimal => ("enabled", Some(512_u32)),
        Effort::Low => ("enabled", Some(2048)),
        Effort::Medium => ("enabled", Some(8192)),
        Effort::High => ("enabled", Some(16_384)),
    };
    let mut fields = vec![("type", switch.into())];
    fields.extend(budget.map(|budget| ("token_budget", budget.into())));
    draft.set("thinking", Json::object(fields));
}
