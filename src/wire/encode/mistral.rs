//! Mistral's chat completions.
//!
//! Sources: Mistral, "Chat Completion API" and "Reasoning".

use serde_json::Value;

use super::{
    draft::Draft,
    turns::{ChatShape, chat_messages},
};
use crate::model::{
    chat::{ChatRequest, Effort, Stream},
    provider::{Dialect, Provider},
};

pub fn write(provider: &Provider, request: &ChatRequest, draft: &mut Draft) {
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
    if let Some(Value::Object(last)) = messages.last_mut()
        && last.get("role").is_some_and(|role| role == "assistant")
        && !last.contains_key("tool_calls")
    {
        last.insert("prefix".to_owned(), true.into());
    }
    draft.set("messages", messages);
    let fields = draft.sampling(&request.sampling, |name| match name {
        "top_k" => None,
        "seed" => Some("random_seed"),
        _ => Some(name),
    });
    draft.body.extend(fields);
    effort(request, draft);
}

/// Magistral always thinks when its prompt mode is on; the hybrid models know all or nothing.
fn effort(request: &ChatRequest, draft: &mut Draft) {
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
