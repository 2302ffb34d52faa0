//! Mistral's chat completions.
//!
//! Sources: Mistral, "Chat Completion API" and "Reasoning".

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
    let quirks = provider.quirks;
    draft.set("model", request.model.trim());
    draft.set("stream", request.stream == Stream::Events);
    let shape = ChatShape {
        dialect: Dialect::Mistral,
        system_role: "system",
        strict_turns: quirks.strict_turns,
        echo_reasoning: false,
    };
    let mut messages = chat_messages(request, shape);
    // An answer to be continued must say so.
    if let Some(Json::Object(last)) = messages.last_mut()
        && last.get("role").and_then(Json::as_str) == Some("assistant")
        && last.get("tool_calls").is_none()
    {
        last.set("prefix", true);
    }
    draft.set("messages", messages);
    let fields = draft.sampling(&request.sampling, &|name| match name {
        "top_k" => None,
        "seed" => Some("random_seed"),
        _ => Some(name),
    });
    draft.set_all(fields);
    effort(request, draft);
}

/// Magistral always thinks when its prompt mode is on; the hybrid models know all or nothing.
fn effort(request: &ChatRequest, draft: &mut Draft<'_>) {
    let Some(asked) = request.sampling.effort else { return };
    let reasons = request.traits.as_ref().and_then(|traits| traits.reasoning);
    if reasons == Some(false) {
        return draft.drop("effort");
    }
    if request.model.contains("magistral") && reasons.is_none() {
        if asked == Effort::Off {
            return draft.drop("effort");
        }
        return draft.set("prompt_mode", "reasoning");
    }
    let given = draft.effort(asked, &[Effort::Off, Effort::High]);
    draft.set("reasoning_effort", given.word());
}
