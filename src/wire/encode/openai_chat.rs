//! Chat Completions, OpenAI's and its many copies. Where a host departs from it, its row says so
//! ([`Quirks`]).
//!
//! Sources: OpenAI, "Create chat completion"; OpenRouter, "Reasoning tokens"; DeepSeek, "Thinking mode";
//! Groq, "Reasoning"; Z.ai, "Thinking mode"; Kimi, "Use kimi-k2-thinking"; Alibaba, "Deep thinking".

use super::{
    draft::Draft,
    names::{self, GroqThinking},
    turns::{ChatShape, chat_messages},
};
use crate::model::{
    chat::{ChatRequest, Effort, Stream},
    json::Json,
    provider::{Dialect, EffortStyle, MaxTokens, Provider, Quirks, StreamOptions},
};

pub fn write<'a>(provider: &Provider, request: &'a ChatRequest, draft: &mut Draft<'a>) {
    let quirks = provider.quirks;
    let model = request.model.trim();
    let openai = quirks.openai_models.then(|| names::openai(model)).flatten();
    let reasons = openai.is_some_and(|model| model.reasons);

    draft.set("model", model);
    draft.set("stream", request.stream == Stream::Events);
    if request.stream == Stream::Events && quirks.stream_options == StreamOptions::IncludeUsage {
        draft.set("stream_options", Json::object(vec![("include_usage", true.into())]));
    }
    let shape = ChatShape {
        dialect: Dialect::OpenaiChat,
        system_role: if reasons { "developer" } else { "system" },
        strict_turns: quirks.strict_turns,
        echo_reasoning: quirks.echo_reasoning,
    };
    draft.set("messages", chat_messages(request, shape));

    let is_off = request.sampling.effort == Some(Effort::Off);
    let samples_when_off = is_off && openai.is_some_and(|model| model.samples_when_off);
    let is_fixed = quirks.fixed_sampling.is_some_and(|prefix| model.starts_with(prefix));
    let limit = match quirks.max_tokens {
        // Its reasoning models refuse the older name wherever they run.
        _ if reasons => "max_completion_tokens",
        MaxTokens::MaxTokens => "max_tokens",
        MaxTokens::MaxCompletionTokens => "max_completion_tokens",
    };
    let fields = draft.sampling(&request.sampling, &|name| match name {
        _ if quirks.refuses.contains(&name) => None,
        "temperature" | "top_p" if is_fixed || (reasons && !samples_when_off) => None,
        "presence_penalty" | "frequency_penalty" if is_fixed || reasons => None,
        "max_tokens" => Some(limit),
        _ => Some(name),
    });
    draft.set_all(fields);
    effort(quirks, openai, request, draft);
}

fn effort(quirks: Quirks, openai: Option<names::Openai>, request: &ChatRequest, draft: &mut Draft<'_>) {
    let traits = request.traits.as_ref();
    if quirks.effort == EffortStyle::Groq {
        return groq(quirks, request, draft);
    }
    let Some(asked) = request.sampling.effort else { return };
    let never = traits.and_then(|traits| traits.reasoning) == Some(false);
    if openai.map_or(never, |model| !model.reasons) {
        return draft.drop("effort");
    }
    let switch = if asked == Effort::Off { "disabled" } else { "enabled" };
    match quirks.effort {
        EffortStyle::ReasoningEffort | EffortStyle::Groq => {
            let steps = openai.map_or(quirks.efforts, |model| model.efforts);
            let given = draft.effort(asked, steps);
            draft.set("reasoning_effort", given.word());
        }
        EffortStyle::Reasoning => {
            let given = draft.effort(asked, quirks.efforts);
            draft.set("reasoning", Json::object(vec![("effort", given.word().into())]));
        }
        EffortStyle::Thinking => draft.set("thinking", Json::object(vec![("type", switch.into())])),
        EffortStyle::ThinkingAndEffort => {
            draft.set("thinking", Json::object(vec![("type", switch.into())]));
            if asked != Effort::Off {
                let given = draft.effort(asked, quirks.efforts);
                draft.set("reasoning_effort", given.word());
            }
        }
        EffortStyle::EnableThinking => draft.set("enable_thinking", asked != Effort::Off),
    }
}

/// Thoughts are asked for apart from the answer even when no effort is set: the other way they
/// would stand in the text between `<think>` tags.
fn groq(quirks: Quirks, request: &ChatRequest, draft: &mut Draft<'_>) {
    let thinking = names::groq(request.model.trim(), request.traits.as_ref());
    if thinking == GroqThinking::Switch && !quirks.hide_thoughts {
        draft.set("reasoning_format", "parsed");
    }
    let Some(asked) = request.sampling.effort else { return };
    match thinking {
        GroqThinking::Never => draft.drop("effort"),
        GroqThinking::Steps(steps) => {
            let given = draft.effort(asked, steps);
            draft.set("reasoning_effort", given.word());
        }
        GroqThinking::Switch if asked == Effort::Off => draft.set("reasoning_effort", "none"),
        GroqThinking::Switch => draft.set("reasoning_effort", "default"),
    }
}
