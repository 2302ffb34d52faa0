//! Laws that hold for every request whatever is asked: the key is in a header and nowhere else, the
//! body is JSON, nothing unset is sent, and the user's own JSON is in it as written.

mod common;

use proptest::{collection::vec, option, prelude::*};
use serde_json::{Map, Value, json};
use tutti::{
    model::{
        catalog,
        chat::{ChatRequest, Effort, Image, Message, ModelTraits, Part, Role, Sampling, Stream, ToolCall},
        event::Opaque,
        http::{ApiKey, BaseUrl, HeaderValue},
        provider::{Dialect, Provider},
    },
    wire::encode::{encode, required_defaults},
};

const SECRET: &str = "sk-very-secret-key";

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        Just(" \n".to_owned()),
        Just("\u{0}\u{202e}\"\\</script>{}".to_owned()),
        "\\PC{0,12}",
    ]
}

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Value::from),
            vec((key(), inner), 0..3).prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

/// Names that the formats use, and others.
fn key() -> impl Strategy<Value = String> {
    let used = ["messages", "model", "options", "thinking", "generationConfig", "x"];
    prop_oneof![(0..used.len()).prop_map(move |at| used[at].to_owned()), text()]
}

fn part() -> impl Strategy<Value = Part> {
    let dialect = (0..Dialect::ALL.len()).prop_map(|at| Dialect::ALL[at]);
    prop_oneof![
        3 => text().prop_map(Part::Text),
        1 => text().prop_map(|data| Part::Image(Image { media_type: "image/png".to_owned(), data })),
        1 => text().prop_map(Part::Reasoning),
        1 => (text(), text(), text()).prop_map(|(id, name, arguments)| {
            Part::ToolCall(ToolCall { id, name, arguments })
        }),
        1 => (text(), text(), text()).prop_map(|(call_id, name, content)| {
            Part::ToolResult { call_id, name, content }
        }),
        1 => (dialect, json_value()).prop_map(|(dialect, json)| {
            Part::Opaque(Opaque { dialect, json: common::json(&json) })
        }),
    ]
}

fn message() -> impl Strategy<Value = Message> {
    let role = prop_oneof![Just(Role::User), Just(Role::Assistant)];
    (role, vec(part(), 0..4)).prop_map(|(role, parts)| Message { role, parts })
}

fn sampling() -> impl Strategy<Value = Sampling> {
    let number = || option::of(any::<f64>());
    let effort = option::of((0..Effort::ALL.len()).prop_map(|at| Effort::ALL[at]));
    let first = (number(), number(), option::of(any::<u32>()), option::of(any::<u32>()));
    let second = (vec(text(), 0..2), option::of(any::<i64>()), number(), number(), effort);
    (first, second).prop_map(
        |((temperature, top_p, top_k, max_tokens), (stop, seed, presence, frequency, effort))| Sampling {
            temperature,
            top_p,
            top_k,
            max_tokens,
            stop,
            seed,
            presence_penalty: presence,
            frequency_penalty: frequency,
            effort,
        },
    )
}

fn model() -> impl Strategy<Value = String> {
    let known = [
        "gpt-5",
        "gpt-5.2",
        "gpt-4o",
        "o3",
        "claude-opus-5",
        "claude-sonnet-4-5",
        "claude-3-haiku-20240307",
        "gemini-2.5-pro",
        "models/gemini-3.6-flash",
        "magistral-small-latest",
        "qwen/qwen3-32b",
        "gpt-oss:20b",
        "kimi-k3",
        "o",
        "gpt-",
        "claude-",
        "gemini-",
    ];
    prop_oneof![(0..known.len()).prop_map(move |at| known[at].to_owned()), "\\PC{1,12}"]
}

fn request() -> impl Strategy<Value = ChatRequest> {
    let traits = option::of((option::of(any::<u32>()), option::of(any::<bool>()), option::of(any::<bool>())));
    let traits = traits.prop_map(|traits| {
        traits.map(|(max_output, adaptive_thinking, reasoning)| ModelTraits {
            max_output,
            adaptive_thinking,
            reasoning,
            ..ModelTraits::default()
        })
    });
    let extra = vec((key(), json_value()), 0..3)
        .prop_map(|fields| common::object(&Value::Object(Map::from_iter(fields))));
    let stream = prop_oneof![Just(Stream::Events), Just(Stream::Whole)];
    (model(), option::of(text()), vec(message(), 0..4), sampling(), traits, extra, stream).prop_map(
        |(model, system, messages, sampling, traits, extra, stream)| ChatRequest {
            model,
            system,
            messages,
            sampling,
            traits,
            extra,
            stream,
        },
    )
}

fn provider() -> impl Strategy<Value = Provider> {
    let rows = catalog::all().iter().chain(catalog::custom()).chain([catalog::simulated()]);
    let providers: Vec<Provider> = rows
        .map(|row| match row.needs_base_url() {
            true => {
                Provider { base_url: BaseUrl::parse("https://models.example.com/v1").unwrap(), ..row.clone() }
            }
            false => row.clone(),
        })
        .collect();
    (0..providers.len()).prop_map(move |at| providers[at].clone())
}

/// `wanted` as it is after the user's `null`s have removed their keys.
fn without_nulls(wanted: &Value) -> Value {
    match wanted {
        Value::Object(fields) => Value::Object(
            fields
                .iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(key, value)| (key.clone(), without_nulls(value)))
                .collect(),
        ),
        other => other.clone(),
    }
}

fn holds(body: &Value, wanted: &Value) -> bool {
    match (body, wanted) {
        (Value::Object(body), Value::Object(wanted)) => {
            wanted.iter().all(|(key, value)| body.get(key).is_some_and(|found| holds(found, value)))
        }
        _ => body == wanted,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_key_is_in_one_header_and_the_body_is_json(provider in provider(), request in request(), at in 0_usize..7) {
        let dialect = provider.dialects[at % provider.dialects.len()];
        let key = ApiKey::new(provider.base_url.origin(), SECRET).unwrap();
        let Ok(encoded) = encode(&provider, dialect, Some(&key), &request) else {
            // Only an id that no request can carry.
            prop_assert!(["", ".", ".."].contains(&request.model.trim()));
            return Ok(());
        };
        let sent = &encoded.request;
        prop_assert!(!sent.url().contains(SECRET) && !sent.url().contains("key="));
        let debug = format!("{:?}", encoded);
        prop_assert!(!debug.contains(SECRET));
        let keys = sent.headers.iter().filter(|(_, value)| matches!(value, HeaderValue::Key { .. })).count();
        prop_assert_eq!(keys, 1);

        let url = sent.url();
        prop_assert!(url.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"<>\\^`{|}#".contains(&byte)), "{}", url);
        prop_assert_eq!(BaseUrl::parse(url.split('?').next().unwrap()).map(|url| url.origin()), Ok(sent.origin()));

        let text = sent.body.as_deref().unwrap();
        prop_assert!(!text.contains(SECRET));
        let body: Value = serde_json::from_str(text).unwrap();
        prop_assert!(body.is_object());
        let extra: Value = serde_json::from_str(&request.extra.to_text()).unwrap();
        let wanted = without_nulls(&extra);
        prop_assert!(holds(&body, &wanted), "{} is not in {}", wanted, body);
        let removed = |(key, value): (&String, &Value)| !value.is_null() || body.get(key).is_none();
        prop_assert!(extra.as_object().unwrap().iter().all(removed));
        prop_assert_eq!(encoded.defaults, required_defaults(dialect, &request));
        // The same question gives the same bytes.
        prop_assert_eq!(&encode(&provider, dialect, Some(&key), &request).unwrap().request, sent);
    }

    #[test]
    fn what_is_not_set_is_not_sent(provider in provider(), model in model(), at in 0_usize..7) {
        let dialect = provider.dialects[at % provider.dialects.len()];
        let request = ChatRequest { model, messages: vec![Message::user("Hi")], ..ChatRequest::default() };
        let Ok(encoded) = encode(&provider, dialect, None, &request) else { return Ok(()) };
        prop_assert!(encoded.dropped.is_empty() && encoded.changed.is_empty());
        let mut body: Value = serde_json::from_str(encoded.request.body.as_deref().unwrap()).unwrap();
        let body = body.as_object_mut().unwrap();
        let always = ["model", "messages", "input", "contents", "stream", "stream_options", "store"];
        for name in always {
            body.remove(name);
        }
        for (name, value) in encoded.defaults {
            prop_assert_eq!(body.remove(name).as_ref().map(common::json), Some(value));
        }
        // To show thoughts is no parameter of the answer.
        let shown = [
            ("include", json!(["reasoning.encrypted_content"])),
            ("reasoning", json!({"summary": "auto"})),
            ("reasoning_format", json!("parsed")),
            ("generationConfig", json!({"thinkingConfig": {"includeThoughts": true}})),
        ];
        body.retain(|name, value| !shown.contains(&(name.as_str(), value.clone())));
        prop_assert!(body.is_empty(), "{:?}", body);
    }
}

#[test]
fn a_picture_alone_is_sent_alone() {
    let picture = || Part::Image(Image { media_type: "image/png".to_owned(), data: "aGk=".to_owned() });
    let asks = |parts: Vec<Part>| ChatRequest {
        model: "m".to_owned(),
        messages: vec![Message { role: Role::User, parts }],
        ..ChatRequest::default()
    };
    for provider in catalog::all().iter().filter(|provider| !provider.needs_base_url()) {
        for dialect in provider.dialects.iter().copied() {
            let key = ApiKey::new(provider.base_url.origin(), SECRET).unwrap();
            let encoded = encode(provider, dialect, Some(&key), &asks(vec![picture()])).unwrap();
            let body = encoded.request.body.unwrap_or_default();
            assert!(body.contains("aGk="), "{body}");
            // Some hosts refuse an empty text beside it; Ollama's have a field for the words of each message.
            assert_eq!(body.contains(":\"\""), dialect == Dialect::OllamaChat, "{body}");
        }
    }
}
