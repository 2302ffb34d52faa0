//! Where hosts differ: the headers that a page may send there, the fields that they refuse, and model
//! ids that want to be something else.

mod common;
#[path = "common/hosts.rs"]
mod hosts;

use serde_json::{Value, json};
use tutti::{
    call::field::OptionalField,
    model::{
        catalog,
        chat::{ChatRequest, Effort, Message, Sampling, Stream},
        http::{ApiKey, BaseUrl, Method},
        provider::{Cors, Dialect, Place, Provider},
    },
    wire::encode::{EncodeError, encode, list_models, more_models},
};

use hosts::{ask, body_of, everybody, provider, ready, sent};

/// Header names that each host's preflight admits besides `content-type`, as measured from a page
/// (big-AGI, "client-side fetch"). `*` is a host that admits whatever is asked.
const ADMITTED: [(&str, &[&str]); 23] = [
    ("openai", &["*"]),
    ("anthropic", &["*"]),
    ("google", &["x-goog-api-key", "x-goog-api-client"]),
    ("openrouter", &["authorization", "http-referer", "x-title", "x-openrouter-title"]),
    ("mistral", &["authorization", "x-mistral-user-agent"]),
    ("groq", &["*"]),
    ("deepseek", &["*"]),
    ("xai", &["*"]),
    ("together", &["*"]),
    ("fireworks", &["authorization", "http-referer", "x-title"]),
    ("perplexity", &["authorization", "x-title", "x-source"]),
    ("cerebras", &["*"]),
    ("cohere", &["*"]),
    ("huggingface", &["authorization"]),
    ("zai", &["*"]),
    ("moonshot", &["authorization", "referer", "x-stainless-lang"]),
    ("alibaba", &["*"]),
    ("azure", &["api-key"]),
    ("ollama", &["authorization"]),
    ("lmstudio", &["authorization"]),
    ("llamacpp", &["authorization"]),
    ("vllm", &["*"]),
    ("simulated", &["*"]),
];

#[test]
fn no_header_is_sent_that_a_hosts_preflight_refuses() {
    assert_eq!(ADMITTED.len(), everybody().count());
    for (id, admitted) in ADMITTED {
        let mut provider = provider(id).clone();
        if provider.needs_base_url() {
            provider.base_url = BaseUrl::parse("https://r.openai.azure.com/openai/v1").unwrap();
        }
        let key = ApiKey::new(provider.base_url.origin(), "sk-secret").unwrap();
        for &dialect in provider.dialects.iter() {
            let chat = encode(&provider, dialect, Some(&key), &ask("some-model")).unwrap().request;
            let list = list_models(&provider, dialect, Some(&key));
            for request in [chat, list] {
                let names: Vec<_> = request.headers.iter().map(|(name, _)| *name).collect();
                for name in &names {
                    let content_type = *name == "content-type" && request.method == Method::Post;
                    let fine = content_type || admitted.contains(&"*") || admitted.contains(name);
                    assert!(fine, "{id} refuses {name}");
                    assert!(!name.starts_with("x-stainless") && *name != "user-agent", "{id} gets {name}");
                }
                let mut distinct = names.clone();
                distinct.dedup();
                assert_eq!(names, distinct, "{id}");
                // The key goes out as a header, and the host gets all of them in clear.
                assert!(
                    request.headers_to_send().unwrap().iter().any(|(_, value)| value.ends_with("sk-secret"))
                );
            }
        }
    }
}

#[test]
fn what_a_page_may_call_is_told_as_data() {
    for provider in everybody() {
        let expected = match provider.id.as_ref() {
            "ollama" => Cors::NeedsSetting("OLLAMA_ORIGINS"),
            "lmstudio" => Cors::NeedsSetting("lms server start --cors"),
            _ => Cors::Yes,
        };
        assert_eq!(provider.cors, expected, "{}", provider.id);
    }
    let base = || BaseUrl::parse("https://models.example.com/v1").unwrap();
    assert_eq!(catalog::custom_openai(base()).cors, Cors::Unknown);
}

#[test]
fn anthropic_admits_pages_that_say_so() {
    let request = list_models(provider("anthropic"), Dialect::AnthropicMessages, None);
    let headers = request.headers_to_send().unwrap();
    let expected =
        [("anthropic-version", "2023-06-01"), ("anthropic-dangerous-direct-browser-access", "true")];
    assert_eq!(headers, expected.map(|(name, value)| (name, value.to_owned())));
}

#[test]
fn each_list_of_models_is_asked_for_where_it_is() {
    let check = |id, dialect, expected: &str| {
        let request = list_models(provider(id), dialect, None);
        assert_eq!((request.method, request.url().as_str()), (Method::Get, expected));
        assert_eq!(request.body, None);
    };
    check("openai", Dialect::OpenaiResponses, "https://api.openai.com/v1/models");
    check("anthropic", Dialect::AnthropicMessages, "https://api.anthropic.com/v1/models?limit=1000");
    let google = "https://generativelanguage.googleapis.com/v1beta/models?pageSize=1000";
    check("google", Dialect::Gemini, google);
    check("mistral", Dialect::Mistral, "https://api.mistral.ai/v1/models");
    check("deepseek", Dialect::OpenaiChat, "https://api.deepseek.com/models");
    check("perplexity", Dialect::OpenaiChat, "https://api.perplexity.ai/v1/models");
    check("cohere", Dialect::CohereV2, "https://api.cohere.com/v1/models?endpoint=chat&page_size=1000");
    check("ollama", Dialect::OllamaChat, "http://localhost:11434/api/tags");
    check("ollama", Dialect::OpenaiChat, "http://localhost:11434/v1/models");
    check("groq", Dialect::OpenaiChat, "https://api.groq.com/openai/v1/models");

    let next = more_models(provider("google"), Dialect::Gemini, None, "a/b&key=x#y");
    assert_eq!(next.url(), format!("{google}&pageToken=a%2Fb%26key%3Dx%23y"));
}

#[test]
fn a_hostile_model_id_stays_one_path_segment() {
    let google = provider("google");
    for id in HOSTILE {
        for stream in [Stream::Events, Stream::Whole] {
            let url = encode(google, Dialect::Gemini, None, &ChatRequest { stream, ..ask(id) })
                .unwrap()
                .request
                .url();
            let (method, query) = match stream {
                Stream::Events => (":streamGenerateContent", "?alt=sse"),
                Stream::Whole => (":generateContent", ""),
            };
            let folders =
                ["models/", "tunedModels/"].map(|folder| format!("{}/{folder}", google.base_url.as_str()));
            let rest = folders.iter().find_map(|folder| url.strip_prefix(folder.as_str()));
            let segment = rest.and_then(|rest| rest.strip_suffix(query)?.strip_suffix(method));
            let segment = segment.unwrap_or_else(|| panic!("{id:?} became {url}"));
            assert!(!segment.is_empty(), "{id:?}");
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~%".contains(&byte);
            assert!(segment.bytes().all(plain), "{id:?} became {url}");
        }
    }
    // Where the id stands in the body, it is a string there and nowhere in the URL.
    for provider in ready() {
        for &dialect in provider.dialects.iter().filter(|dialect| **dialect != Dialect::Gemini) {
            let usual = encode(provider, dialect, None, &ask("usual")).unwrap().request;
            for id in HOSTILE {
                let request = encode(provider, dialect, None, &ask(id)).unwrap().request;
                assert_eq!(request.url(), usual.url(), "{id:?} at {}", provider.id);
                assert_eq!(body_of(&request)["model"], id.trim());
            }
        }
    }
}

const HOSTILE: [&str; 16] = [
    "../../x",
    "..%2f..%2fx",
    "x?key=1",
    "x#y",
    "x\nhost: evil",
    "a b",
    "a/b",
    "a\\b",
    "//evil.example/x",
    "https://evil.example",
    "x:generateContent?alt=",
    "models/../../x",
    "tunedModels/../x",
    "\u{202e}gemini",
    "ключ",
    "{\"a\":1}",
];

#[test]
fn what_cannot_be_sent_is_said() {
    let error =
        |id: &str, model: &str| encode(provider(id), provider(id).dialect(), None, &ask(model)).unwrap_err();
    assert_eq!(error("openai", " \n"), EncodeError::NoModel);
    assert_eq!(error("google", ".."), EncodeError::BadModel);
    assert_eq!(error("azure", "gpt-4o"), EncodeError::NoBaseUrl);
    let mut deep = json!(1);
    for _ in 0..65 {
        deep = json!([deep]);
    }
    let request = ChatRequest { extra: common::object(&json!({"a": deep})), ..ask("gpt-4o") };
    let refused = encode(provider("openai"), Dialect::OpenaiChat, None, &request).unwrap_err();
    assert_eq!(refused, EncodeError::ExtraTooDeep);
    assert_eq!(refused.to_string(), "the extra JSON is nested deeper than 64 levels");
}

#[test]
fn white_space_around_a_pasted_model_id_is_dropped() {
    assert_eq!(sent(provider("groq"), &ask(" llama-3.1-8b-instant\n")).0["model"], "llama-3.1-8b-instant");
    let request = encode(provider("google"), Dialect::Gemini, None, &ask(" models/gemini-2.5-pro ")).unwrap();
    assert!(request.request.path.starts_with("/models/gemini-2.5-pro:stream"));
}

#[test]
fn hosts_get_only_the_parameters_that_they_know() {
    let sampling = Sampling {
        temperature: Some(0.5),
        top_p: Some(0.5),
        top_k: Some(5),
        stop: vec!["x".to_owned()],
        seed: Some(1),
        presence_penalty: Some(0.5),
        frequency_penalty: Some(0.5),
        ..Sampling::default()
    };
    let dropped = |id: &str, model: &str| {
        let request = ChatRequest { sampling: sampling.clone(), ..ask(model) };
        sent(provider(id), &request).1.dropped
    };
    assert_eq!(dropped("groq", "llama-3.1-8b-instant"), ["top_k"]);
    assert_eq!(dropped("xai", "grok-4.3"), ["top_k", "stop", "presence_penalty", "frequency_penalty"]);
    assert_eq!(dropped("deepseek", "deepseek-v4-pro"), ["top_k", "seed"]);
    assert_eq!(
        dropped("moonshot", "kimi-k3"),
        ["temperature", "top_p", "top_k", "seed", "presence_penalty", "frequency_penalty"]
    );
    assert_eq!(dropped("moonshot", "moonshot-v1-8k"), ["top_k", "seed"]);
    assert_eq!(dropped("together", "openai/gpt-oss-120b"), [""; 0]);
    let (body, _) =
        sent(provider("mistral"), &ChatRequest { sampling: sampling.clone(), ..ask("mistral-large-latest") });
    assert_eq!((&body["random_seed"], &body["seed"]), (&json!(1), &Value::Null));
    assert_eq!(body["stream_options"], Value::Null);
    let infinite = Sampling { temperature: Some(f64::INFINITY), ..Sampling::default() };
    let (body, encoded) = sent(provider("together"), &ChatRequest { sampling: infinite, ..ask("m") });
    assert_eq!((&body["temperature"], encoded.dropped), (&Value::Null, vec!["temperature"]));
}

#[test]
fn strict_hosts_get_turns_that_alternate_and_say_something() {
    let messages = vec![
        Message::user("a"),
        Message::user(" "),
        Message::assistant(""),
        Message::user("b"),
        Message::assistant("c "),
    ];
    let request = |model: &str| ChatRequest { messages: messages.clone(), ..ask(model) };
    let (body, _) = sent(provider("anthropic"), &request("claude-haiku-4-5"));
    assert_eq!(
        body["messages"],
        json!([
            {"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]},
            {"role": "assistant", "content": [{"type": "text", "text": "c"}]},
        ])
    );
    let (body, _) = sent(provider("google"), &request("gemini-2.5-pro"));
    let roles: Vec<_> =
        body["contents"].as_array().unwrap().iter().map(|turn| turn["role"].clone()).collect();
    assert_eq!(roles, ["user", "model"]);
    let messages = vec![Message::user("a"), Message::user("b")];
    let (body, _) = sent(provider("perplexity"), &ChatRequest { messages, ..ask("sonar") });
    assert_eq!(body["messages"], json!([{"role": "user", "content": "a\n\nb"}]));
}

#[test]
fn mistral_is_told_to_go_on_with_an_answer() {
    let messages = vec![Message::user("Count"), Message::assistant("1, 2")];
    let (body, _) = sent(provider("mistral"), &ChatRequest { messages, ..ask("mistral-small-latest") });
    assert_eq!(body["messages"][1], json!({"role": "assistant", "content": "1, 2", "prefix": true}));
}

/// Whatever a host can refuse is really gone from the request that is sent in its place.
#[test]
fn a_refused_field_is_left_out_of_the_next_request() {
    let sampling = Sampling {
        temperature: Some(0.5),
        max_tokens: Some(9),
        effort: Some(Effort::Low),
        ..Sampling::default()
    };
    let less = |id: &str, dialect: Dialect, model: &str, field: OptionalField| {
        let mut provider = provider(id).clone();
        let mut request = ChatRequest { sampling: sampling.clone(), ..ask(model) };
        field.leave_out(dialect, &mut request, &mut provider.quirks);
        body_of(&encode(&provider, dialect, None, &request).unwrap().request)
    };
    let body = less("together", Dialect::OpenaiChat, "m", OptionalField::Temperature);
    assert_eq!((&body["temperature"], &body["max_tokens"]), (&Value::Null, &json!(9)));
    let body = less("together", Dialect::OpenaiChat, "m", OptionalField::MaxTokens);
    assert_eq!((&body["max_tokens"], &body["max_completion_tokens"]), (&Value::Null, &json!(9)));
    let body = less("together", Dialect::OpenaiChat, "m", OptionalField::StreamOptions);
    assert_eq!(body["stream_options"], Value::Null);
    let body = less("openai", Dialect::OpenaiResponses, "gpt-5", OptionalField::Thoughts);
    assert_eq!((&body["reasoning"], &body["include"]), (&json!({"effort": "low"}), &Value::Null));
    let body = less("openai", Dialect::OpenaiResponses, "gpt-5", OptionalField::Effort);
    assert_eq!((&body["reasoning"], &body["include"]), (&Value::Null, &Value::Null));
    let body = less("google", Dialect::Gemini, "gemini-2.5-pro", OptionalField::Effort);
    assert_eq!(body["generationConfig"]["thinkingConfig"], Value::Null);
    // Required there: without it the request would only fail again.
    let body = less("anthropic", Dialect::AnthropicMessages, "claude-haiku-4-5", OptionalField::MaxTokens);
    assert!(body["max_tokens"].is_u64());
}

#[test]
fn azure_takes_a_deployment_in_either_kind_of_address() {
    let url = |base: &str, dialect| {
        let provider = Provider { base_url: BaseUrl::parse(base).unwrap(), ..provider("azure").clone() };
        assert!(!provider.needs_base_url());
        encode(&provider, dialect, None, &ask("my gpt")).unwrap().request.url()
    };
    let v1 = "https://r.openai.azure.com/openai/v1";
    assert_eq!(url(v1, Dialect::OpenaiChat), format!("{v1}/chat/completions"));
    let old = "https://r.openai.azure.com/openai/deployments";
    assert_eq!(
        url(old, Dialect::OpenaiChat),
        format!("{old}/my%20gpt/chat/completions?api-version=2025-04-01-preview")
    );
    assert_eq!(
        url(&format!("{old}/mine"), Dialect::OpenaiResponses),
        "https://r.openai.azure.com/openai/responses?api-version=2025-04-01-preview"
    );
}

#[test]
fn the_simulated_host_speaks_every_dialect() {
    let simulated = provider("simulated");
    assert_eq!(simulated.place, Place::Simulated);
    for dialect in Dialect::ALL {
        let request = encode(simulated, dialect, None, &ask("simulated")).unwrap().request;
        assert!(request.url().starts_with("https://simulated.invalid/"), "{}", request.url());
    }
}
