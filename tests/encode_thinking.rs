//! How each host is told to think, and what of its thoughts goes back to it.

mod common;
#[path = "common/hosts.rs"]
mod hosts;

use serde_json::{Value, json};
use tutti::{
    model::{
        chat::{ChatRequest, Effort, Message, ModelTraits, Part, Role, Sampling, ToolCall},
        provider::Dialect,
    },
    wire::encode::{encode, required_defaults},
};

use hosts::{ask, body_of, provider, ready, sent};

fn with_effort(model: &str, effort: Effort) -> ChatRequest {
    ChatRequest { sampling: Sampling { effort: Some(effort), ..Sampling::default() }, ..ask(model) }
}

#[test]
fn reasoning_models_of_openai_get_no_sampling() {
    let sampling = Sampling {
        temperature: Some(0.5),
        top_p: Some(0.5),
        presence_penalty: Some(1.0),
        max_tokens: Some(9),
        ..Sampling::default()
    };
    let request = |model: &str, effort| ChatRequest {
        system: Some("S".to_owned()),
        sampling: Sampling { effort, ..sampling.clone() },
        ..ask(model)
    };
    let openai = provider("openai");
    let send = |request: &ChatRequest| encode(openai, Dialect::OpenaiChat, None, request).unwrap();

    let encoded = send(&request("gpt-5", None));
    let body = body_of(&encoded.request);
    assert_eq!(encoded.dropped, ["temperature", "top_p", "presence_penalty"]);
    assert_eq!(body["messages"][0]["role"], "developer");
    assert_eq!((&body["max_completion_tokens"], &body["max_tokens"]), (&json!(9), &Value::Null));

    let encoded = send(&request("gpt-5.2", Some(Effort::Off)));
    let body = body_of(&encoded.request);
    assert_eq!(encoded.dropped, ["presence_penalty"]);
    assert_eq!((&body["temperature"], &body["reasoning_effort"]), (&json!(0.5), &json!("none")));

    let encoded = send(&request("gpt-4o", Some(Effort::High)));
    let body = body_of(&encoded.request);
    assert_eq!(encoded.dropped, ["effort"]);
    assert_eq!(body["messages"][0]["role"], "system");
    assert_eq!(body["temperature"], 0.5);

    // The same name elsewhere is somebody else's model, or a gateway that knows what to do.
    let (body, encoded) = sent(provider("openrouter"), &request("openai/gpt-5", None));
    assert!(encoded.dropped.is_empty());
    assert_eq!((&body["max_tokens"], &body["messages"][0]["role"]), (&json!(9), &json!("system")));
}

#[test]
fn responses_keep_nothing_on_the_server_and_bring_thoughts_back() {
    let openai = provider("openai");
    let send = |request: &ChatRequest| {
        body_of(&encode(openai, Dialect::OpenaiResponses, None, request).unwrap().request)
    };
    let body = send(&ask("gpt-5.5"));
    assert_eq!(body["store"], false);
    assert_eq!(body["include"], json!(["reasoning.encrypted_content"]));
    assert_eq!(body["reasoning"], json!({"summary": "auto"}));
    let body = send(&ask("gpt-4o"));
    assert_eq!(body["store"], false);
    assert_eq!((&body["include"], &body["reasoning"]), (&Value::Null, &Value::Null));
    // A deployment or a model of another maker: the list says whether it thinks.
    let traits = ModelTraits { reasoning: Some(true), ..ModelTraits::default() };
    let request = ChatRequest { traits: Some(traits), ..ask("grok-4.3") };
    let body = body_of(&encode(provider("xai"), Dialect::OpenaiResponses, None, &request).unwrap().request);
    assert_eq!(body["reasoning"], json!({"summary": "auto"}));
}

#[test]
fn each_host_is_told_how_to_think_in_its_own_words() {
    let check = |id: &str, model: &str, effort, expected: Value| {
        let (body, _) = sent(provider(id), &with_effort(model, effort));
        for (name, value) in expected.as_object().unwrap() {
            assert_eq!(&body[name], value, "{name} of {model} at {id}");
        }
    };
    use Effort::{High, Low, Max, Medium, Minimal, Off};
    check(
        "openrouter",
        "openai/o4-mini",
        Minimal,
        json!({"reasoning": {"effort": "minimal"}, "reasoning_effort": null}),
    );
    check(
        "deepseek",
        "deepseek-v4-pro",
        Off,
        json!({"thinking": {"type": "disabled"}, "reasoning_effort": null}),
    );
    check(
        "deepseek",
        "deepseek-v4-pro",
        Medium,
        json!({"thinking": {"type": "enabled"}, "reasoning_effort": "low"}),
    );
    check(
        "deepseek",
        "deepseek-v4-pro",
        Max,
        json!({"thinking": {"type": "enabled"}, "reasoning_effort": "max"}),
    );
    check("zai", "glm-4.7", Off, json!({"thinking": {"type": "disabled"}, "reasoning_effort": null}));
    check("moonshot", "kimi-k2.6", High, json!({"thinking": {"type": "enabled"}}));
    check("alibaba", "qwen3-max", High, json!({"enable_thinking": true}));
    check("alibaba", "qwen3-max", Off, json!({"enable_thinking": false}));
    check("groq", "openai/gpt-oss-20b", Off, json!({"reasoning_effort": "low", "reasoning_format": null}));
    check(
        "groq",
        "qwen/qwen3.6-27b",
        Low,
        json!({"reasoning_effort": "default", "reasoning_format": "parsed"}),
    );
    check("groq", "qwen/qwen3.6-27b", Off, json!({"reasoning_effort": "none", "reasoning_format": "parsed"}));
    check("groq", "llama-3.1-8b-instant", High, json!({"reasoning_effort": null, "reasoning_format": null}));
    check("xai", "grok-4.3", High, json!({"reasoning_effort": "high"}));
    check("perplexity", "sonar-reasoning-pro", Minimal, json!({"reasoning_effort": "low"}));
    check("cerebras", "gpt-oss-120b", Max, json!({"reasoning_effort": "high"}));
    check("cohere", "command-a-reasoning-08-2025", Off, json!({"thinking": {"type": "disabled"}}));
    check("ollama", "gpt-oss:120b", Max, json!({"think": "high"}));
    // Thoughts stay out of the text even where nothing was said about thinking.
    assert_eq!(sent(provider("groq"), &ask("qwen/qwen3.6-27b")).0["reasoning_format"], "parsed");
}

#[test]
fn a_model_that_never_thinks_is_not_told_to() {
    let traits = ModelTraits { reasoning: Some(false), ..ModelTraits::default() };
    for provider in ready() {
        for &dialect in provider.dialects.iter() {
            let request =
                ChatRequest { traits: Some(traits.clone()), ..with_effort("plain-model", Effort::High) };
            let encoded = encode(provider, dialect, None, &request).unwrap();
            assert_eq!(encoded.dropped, ["effort"], "{} {}", provider.id, dialect.name());
            let plain = encode(provider, dialect, None, &ask("plain-model")).unwrap();
            assert_eq!(encoded.request, plain.request, "{} {}", provider.id, dialect.name());
        }
    }
}

#[test]
fn claude_takes_one_kind_of_sampling_and_none_while_it_thinks() {
    let anthropic = provider("anthropic");
    let sampling =
        Sampling { temperature: Some(1.5), top_p: Some(0.5), top_k: Some(5), ..Sampling::default() };
    let request =
        |model: &str, effort| ChatRequest { sampling: Sampling { effort, ..sampling.clone() }, ..ask(model) };
    let (body, encoded) = sent(anthropic, &request("claude-sonnet-4-5", None));
    assert_eq!(
        (&body["temperature"], &body["top_p"], &body["top_k"]),
        (&json!(1.0), &Value::Null, &json!(5))
    );
    assert_eq!((encoded.dropped, encoded.changed), (vec!["top_p"], vec![("temperature", 1.0.into())]));
    for (model, effort) in [("claude-sonnet-4-5", Some(Effort::Low)), ("claude-opus-5", None)] {
        let (_, encoded) = sent(anthropic, &request(model, effort));
        assert_eq!(encoded.dropped, ["temperature", "top_p", "top_k"], "{model}");
    }
}

#[test]
fn claudes_thinking_budget_leaves_room_for_an_answer() {
    let budget = |max_tokens: Option<u32>, effort| {
        let sampling = Sampling { max_tokens, effort: Some(effort), ..Sampling::default() };
        let (body, encoded) =
            sent(provider("anthropic"), &ChatRequest { sampling, ..ask("claude-sonnet-4-5") });
        (body["max_tokens"].as_u64(), body["thinking"]["budget_tokens"].as_u64(), encoded.dropped)
    };
    assert_eq!(budget(None, Effort::High), (Some(8192), Some(6144), vec![]));
    assert_eq!(budget(Some(64_000), Effort::High), (Some(64_000), Some(16_384), vec![]));
    assert_eq!(budget(Some(64_000), Effort::Max), (Some(64_000), Some(48_000), vec![]));
    assert_eq!(budget(Some(1100), Effort::High), (Some(1100), Some(1024), vec![]));
    assert_eq!(budget(Some(1024), Effort::High), (Some(1024), None, vec!["effort"]));
    assert_eq!(required_defaults(Dialect::AnthropicMessages, &ask("m")), [("max_tokens", 8192_u32.into())]);
    assert_eq!(required_defaults(Dialect::OpenaiChat, &ask("m")), []);
}

#[test]
fn thoughts_go_back_only_where_tool_calls_need_them() {
    let parts = |calls: bool| {
        let mut parts = vec![Part::Reasoning("Hm.".to_owned()), Part::Text("Let me see.".to_owned())];
        if calls {
            parts.push(Part::ToolCall(ToolCall {
                id: "t".to_owned(),
                name: "f".to_owned(),
                arguments: String::new(),
            }));
        }
        vec![Message::user("?"), Message { role: Role::Assistant, parts }]
    };
    let thought = |id: &str, calls| {
        let request = ChatRequest { messages: parts(calls), ..ask("m") };
        let message = sent(provider(id), &request).0["messages"][1].clone();
        message.get("reasoning_content").or_else(|| message.get("thinking")).cloned()
    };
    for id in ["deepseek", "moonshot", "ollama"] {
        assert_eq!(thought(id, true), Some(json!("Hm.")), "{id}");
        assert_eq!(thought(id, false), None, "{id}");
    }
    for id in ["groq", "openrouter", "mistral", "cohere"] {
        assert_eq!(thought(id, true), None, "{id}");
    }
}

#[test]
fn thoughts_can_be_left_unasked_for() {
    let hidden = |id: &str, dialect, request: &ChatRequest| {
        let mut provider = provider(id).clone();
        provider.quirks.hide_thoughts = true;
        body_of(&encode(&provider, dialect, None, request).unwrap().request)
    };
    let body = hidden("openai", Dialect::OpenaiResponses, &ask("gpt-5"));
    assert_eq!((&body["reasoning"], &body["include"]), (&Value::Null, &Value::Null));
    let body = hidden("openai", Dialect::OpenaiResponses, &with_effort("gpt-5", Effort::Low));
    assert_eq!(body["reasoning"], json!({"effort": "low"}));
    assert_eq!(hidden("google", Dialect::Gemini, &ask("gemini-2.5-pro"))["generationConfig"], Value::Null);
    assert_eq!(hidden("groq", Dialect::OpenaiChat, &ask("qwen/qwen3-32b"))["reasoning_format"], Value::Null);
    let body = hidden("anthropic", Dialect::AnthropicMessages, &with_effort("claude-opus-5", Effort::Low));
    assert_eq!(body["thinking"], json!({"type": "adaptive"}));
}
