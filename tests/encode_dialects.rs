//! What is sent in each dialect, as one snapshot a dialect: read them to see the formats.

mod common;

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tutti::{
    model::{
        catalog,
        chat::{ChatRequest, Effort, Image, Message, ModelTraits, Part, Role, Sampling, Stream, ToolCall},
        event::Opaque,
        http::{ApiKey, HeaderValue},
        provider::Dialect,
    },
    wire::encode::{Encoded, encode},
};

/// Holds the requests of every case against the snapshot of the dialect. `opaque` are items as the
/// dialect's own decoder hands them out; `thinkers` are models whose ways of being told to think differ.
fn check(provider_id: &str, dialect: Dialect, model: &str, opaque: &[Value], thinkers: &[&str]) {
    let provider = catalog::find(provider_id).unwrap();
    let key = ApiKey::new(provider.base_url.origin(), "sk-secret").unwrap();
    let send = |request: &ChatRequest| encode(provider, dialect, Some(&key), request).unwrap();
    let ask =
        |messages: Vec<Message>| ChatRequest { model: model.to_owned(), messages, ..ChatRequest::default() };
    let mut shown = String::new();
    let mut show = |name: &str, encoded: &Encoded| {
        let head = if shown.is_empty() { head(encoded) } else { encoded.request.path.clone() + "\n" };
        shown.push_str(&format!("# {name}\n{head}{}\n", lines(encoded)));
    };

    let plain = ask(vec![Message::user("Hi")]);
    show("plain", &send(&plain));
    show("in one piece", &send(&ChatRequest { stream: Stream::Whole, ..plain.clone() }));
    let talk = ["What is 1+1?", "2", "And twice that?"];
    let messages = vec![Message::user(talk[0]), Message::assistant(talk[1]), Message::user(talk[2])];
    show("a conversation", &send(&ChatRequest { system: Some("Be brief.".to_owned()), ..ask(messages) }));
    let image = Image { media_type: "image/png".to_owned(), data: "aGk=".to_owned() };
    let parts = vec![Part::Text("What is this?".to_owned()), Part::Image(image)];
    show("a picture", &send(&ask(vec![Message { role: Role::User, parts }])));
    show("every parameter", &send(&ChatRequest { sampling: sampling(), ..plain.clone() }));
    show("tools", &send(&ask(tool_turns(Vec::new()))));
    let opaque: Vec<Part> = opaque
        .iter()
        .map(|item| Part::Opaque(Opaque { dialect, json: common::json(item) }))
        .chain([Part::Opaque(foreign(dialect))])
        .collect();
    show("what only the provider understands", &send(&ask(tool_turns(opaque))));
    let extra = json!({"stream": null, "metadata": {"user": "me"}, "model": "mine"});
    show("extra JSON", &send(&ChatRequest { extra: common::object(&extra), ..plain.clone() }));

    for thinker in thinkers {
        shown.push_str(&format!("# effort: {thinker}\n"));
        for effort in Effort::ALL {
            let sampling = Sampling { effort: Some(effort), ..Sampling::default() };
            let encoded = send(&ChatRequest { model: (*thinker).to_owned(), sampling, ..plain.clone() });
            shown.push_str(&format!("{}: {}\n", effort.word(), of_effort(&encoded)));
        }
    }
    insta::with_settings!({ omit_expression => true }, {
        insta::assert_snapshot!(dialect.name(), shown);
    });
}

fn sampling() -> Sampling {
    Sampling {
        temperature: Some(0.7),
        top_p: Some(0.9),
        top_k: Some(40),
        max_tokens: Some(500),
        stop: vec!["END".to_owned()],
        seed: Some(7),
        presence_penalty: Some(0.1),
        frequency_penalty: Some(0.2),
        effort: None,
    }
}

/// A call with an id, one without, and their results; `between` stands before the calls.
fn tool_turns(between: Vec<Part>) -> Vec<Message> {
    let call = |id: &str, name: &str, arguments: &str| {
        Part::ToolCall(ToolCall { id: id.to_owned(), name: name.to_owned(), arguments: arguments.to_owned() })
    };
    let result = |call_id: &str, name: &str, content: &str| Part::ToolResult {
        call_id: call_id.to_owned(),
        name: name.to_owned(),
        content: content.to_owned(),
    };
    let mut parts = vec![Part::Reasoning("I need a tool.".to_owned())];
    parts.extend(between);
    parts.extend([call("t1", "weather", "{\"city\":\"Oslo\"}"), call("", "now", "")]);
    vec![
        Message::user("Weather?"),
        Message { role: Role::Assistant, parts },
        Message {
            role: Role::User,
            parts: vec![result("t1", "weather", "{\"c\":3}"), result("", "now", "noon")],
        },
    ]
}

/// An item of another dialect, which must not be sent.
fn foreign(dialect: Dialect) -> Opaque {
    let other = Dialect::ALL.into_iter().find(|other| *other != dialect).unwrap();
    Opaque { dialect: other, json: common::json(&json!({"foreign": true})) }
}

/// What is the same for all requests.
fn head(encoded: &Encoded) -> String {
    let request = &encoded.request;
    let mut text = format!("{:?} {}\n", request.method, request.url());
    for (name, value) in &request.headers {
        let value = match value {
            HeaderValue::Plain(value) => value.to_string(),
            HeaderValue::Key { prefix, .. } => format!("{prefix}[key]"),
        };
        text.push_str(&format!("{name}: {value}\n"));
    }
    text
}

fn lines(encoded: &Encoded) -> String {
    let mut text = String::new();
    let body = body(encoded);
    for (name, value) in body.as_object().unwrap() {
        match value.as_array().filter(|list| list.iter().any(Value::is_object)) {
            // One line a message.
            Some(list) => {
                text.push_str(&format!("  {name}:\n"));
                text.extend(list.iter().map(|item| format!("    {item}\n")));
            }
            None => text.push_str(&format!("  {name}: {value}\n")),
        }
    }
    text + &notes(encoded)
}

fn notes(encoded: &Encoded) -> String {
    let mut text = String::new();
    for (what, names) in [("changed", &encoded.changed), ("required", &encoded.defaults)] {
        text.extend(names.iter().map(|(name, value)| format!("! {what} {name}: {value}\n")));
    }
    if !encoded.dropped.is_empty() {
        text.push_str(&format!("! dropped {}\n", encoded.dropped.join(", ")));
    }
    text
}

/// Only what effort wrote.
fn of_effort(encoded: &Encoded) -> String {
    let mut body = body(encoded);
    let fields = body.as_object_mut().unwrap();
    for name in ["model", "messages", "input", "contents", "stream", "stream_options", "store"] {
        fields.remove(name);
    }
    let notes = notes(encoded);
    format!("{body}{}{}", if notes.is_empty() { "" } else { " " }, notes.trim_end().replace('\n', " "))
}

fn body(encoded: &Encoded) -> Value {
    sorted(serde_json::from_str(encoded.request.body.as_deref().unwrap()).unwrap())
}

/// In the order of the names, which `serde_json` keeps to only where no other crate of the build asks it
/// to keep the text's own order.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let fields: BTreeMap<String, Value> =
                fields.into_iter().map(|(name, value)| (name, sorted(value))).collect();
            Value::Object(fields.into_iter().collect())
        }
        Value::Array(list) => Value::Array(list.into_iter().map(sorted).collect()),
        other => other,
    }
}

#[test]
fn openai_chat() {
    let details = json!({"reasoning_details": [{"type": "reasoning.encrypted", "data": "x", "index": 0}]});
    check("openrouter", Dialect::OpenaiChat, "openai/gpt-4.1-mini", &[details], &["openai/gpt-5-nano"]);
}

#[test]
fn openai_responses() {
    let thought = json!({"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "x"});
    check(
        "openai",
        Dialect::OpenaiResponses,
        "gpt-4.1-mini",
        &[thought],
        &["gpt-5", "gpt-5.6-luna", "o4-mini", "gpt-4.1-mini"],
    );
}

#[test]
fn anthropic_messages() {
    let thought = json!({"type": "thinking", "thinking": "I need a tool.", "signature": "x"});
    check(
        "anthropic",
        Dialect::AnthropicMessages,
        "claude-haiku-4-5",
        &[thought, json!({"type": "redacted_thinking", "data": "y"})],
        &["claude-3-5-haiku-latest", "claude-sonnet-4-5", "claude-opus-4-6", "claude-opus-5"],
    );
}

#[test]
fn gemini() {
    check(
        "google",
        Dialect::Gemini,
        "models/gemini-2.5-flash",
        &[
            json!({"text": "", "thoughtSignature": "x"}),
            json!({"functionCall": {"name": "now"}, "thoughtSignature": "y"}),
        ],
        &["gemini-2.0-flash", "gemini-2.5-pro", "gemini-3.6-flash", "gemini-3.1-pro-preview"],
    );
}

#[test]
fn mistral() {
    check(
        "mistral",
        Dialect::Mistral,
        "mistral-small-latest",
        &[],
        &["mistral-small-latest", "magistral-medium-latest"],
    );
}

#[test]
fn cohere_v2() {
    check("cohere", Dialect::CohereV2, "command-a-03-2025", &[], &["command-a-reasoning-08-2025"]);
}

#[test]
fn ollama_chat() {
    check("ollama", Dialect::OllamaChat, "qwen3:4b", &[], &["qwen3:4b", "gpt-oss:20b"]);
}

#[test]
fn a_model_list_decides_how_claude_thinks_and_how_long_it_may_answer() {
    let provider = catalog::find("anthropic").unwrap();
    let traits = ModelTraits {
        max_output: Some(64_000),
        adaptive_thinking: Some(true),
        reasoning: Some(true),
        ..ModelTraits::default()
    };
    let request = ChatRequest {
        model: "claude-sonnet-4-5".to_owned(),
        messages: vec![Message::user("Hi")],
        sampling: Sampling { effort: Some(Effort::High), ..Sampling::default() },
        traits: Some(traits),
        ..ChatRequest::default()
    };
    let encoded = encode(provider, Dialect::AnthropicMessages, None, &request).unwrap();
    let body = body(&encoded);
    assert_eq!(body["max_tokens"], 64_000);
    assert_eq!(encoded.defaults, [("max_tokens", 64_000_u32.into())]);
    assert_eq!(body["thinking"], json!({"type": "adaptive", "display": "summarized"}));
    assert_eq!(body["output_config"], json!({"effort": "high"}));
}
