//! Every recorded list of models is read as listed, and what a list tells of a model is found.

use std::path::Path;

use serde_json::{Value, json};
use tutti::{
    model::{
        error::ErrorClass,
        listing::{ModelInfo, Price},
    },
    wire::models::{read_models, read_page},
};

mod common;

fn read(json: &Value) -> ModelInfo {
    let body = json!({ "data": [json] }).to_string();
    read_models(body.as_bytes()).unwrap().remove(0)
}

#[test]
fn every_recorded_list_is_read_whole_and_in_order() {
    let Some(fixtures) = common::fixtures() else { return };
    let mut cases = 0;
    for folder in std::fs::read_dir(fixtures.join("cassettes")).unwrap() {
        let folder = folder.unwrap().path();
        if !folder.is_dir() {
            continue;
        }
        for file in std::fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            if path.to_string_lossy().ends_with(".meta.json") {
                let meta: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
                if meta["api"] == "models" {
                    check(&path, &meta);
                    cases += 1;
                }
            }
        }
    }
    assert!(cases >= 20, "only {cases} lists were found");
}

fn check(meta_path: &Path, meta: &Value) {
    let name = meta_path.to_string_lossy();
    let body = std::fs::read(name.replace(".meta.json", ".json")).unwrap();
    let expected = &meta["expected"];
    let read = read_models(&body);
    if !expected["error"].is_null() {
        let error = read.expect_err(&name);
        // Keys were blotted out of some bodies, and not of what was expected of them.
        if !error.message.contains("REDACTED") {
            assert_eq!(json!(error.message), expected["error"]["message"], "{name}");
        }
        return;
    }
    let models = read.unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(json!(models.len()), expected["n_models"], "{name}");
    let first: Vec<_> = models.iter().take(5).map(|model| model.id.as_str()).collect();
    let wanted: Vec<_> = expected["first_ids"].as_array().unwrap().iter().take(5).collect();
    assert_eq!(json!(first), json!(wanted), "{name}");
}

#[test]
fn anthropic_tells_how_a_model_thinks() {
    let model = read(&json!({
        "type": "model", "id": "claude-opus-4-7", "display_name": "Claude Opus 4.7",
        "max_input_tokens": 1_000_000, "max_tokens": 128_000,
        "capabilities": {"image_input": {"supported": true}, "thinking": {
            "supported": true, "types": {"adaptive": {"supported": true}, "enabled": {"supported": false}}}},
    }));
    assert_eq!(model.label(), "Claude Opus 4.7");
    assert_eq!((model.context, model.max_output), (Some(1_000_000), Some(128_000)));
    assert_eq!(
        (model.images, model.reasoning, model.adaptive_thinking),
        (Some(true), Some(true), Some(true))
    );
    assert!(model.is_for_chat());
    assert_eq!(model.traits().max_output, Some(128_000));
}

#[test]
fn googles_ids_are_kept_as_listed_and_called_without_their_folder() {
    let model = read(&json!({
        "name": "models/gemini-2.5-flash", "displayName": "Gemini 2.5 Flash", "inputTokenLimit": 1_048_576,
        "outputTokenLimit": 65_536, "supportedGenerationMethods": ["generateContent"], "thinking": true,
    }));
    assert_eq!((model.id.as_str(), model.call_id()), ("models/gemini-2.5-flash", "gemini-2.5-flash"));
    assert_eq!((model.chat, model.reasoning), (Some(true), Some(true)));
    let model = read(&json!({"name": "models/imagen-4", "supportedGenerationMethods": ["predict"]}));
    assert_eq!((model.chat, model.reasoning), (Some(false), Some(false)));
}

#[test]
fn prices_are_per_million_tokens_however_they_are_written() {
    let price = |pricing: Value| read(&json!({"id": "m", "pricing": pricing})).price;
    let expected =
        |input, output, cache_read, cache_write| Some(Price { input, output, cache_read, cache_write });
    // OpenRouter and Groq: per token, as text.
    let text = json!({"prompt": "0.000003", "completion": "0.000015", "input_cache_read": "0.0000003"});
    assert_eq!(price(text), expected(3.0, 15.0, Some(0.3), None));
    // Perplexity and Together: per million, as numbers.
    let numbers =
        json!({"input": 2, "output": 6.5, "cache_read": 0.3, "cache_write": 1, "unit": "usd_per_1m_tokens"});
    assert_eq!(price(numbers), expected(2.0, 6.5, Some(0.3), Some(1.0)));
    // A router that does not know beforehand.
    assert_eq!(price(json!({"prompt": "-1", "completion": "-1"})), None);
    assert_eq!(price(json!({"prompt": "0", "completion": "0"})), expected(0.0, 0.0, None, None));
    assert_eq!(price(json!({"image": "0"})), None);
    assert_eq!(price(json!("free")), None);
}

#[test]
fn other_providers_say_it_in_other_places() {
    let groq = read(&json!({
        "id": "whisper-large-v3", "context_window": 448, "max_completion_tokens": 448,
        "input_modalities": ["audio"], "output_modalities": ["transcription"],
    }));
    assert_eq!((groq.chat, groq.images, groq.context), (Some(false), Some(false), Some(448)));
    let openrouter = read(&json!({
        "id": "anthropic/claude-sonnet-4", "name": "Anthropic: Claude Sonnet 4", "context_length": 1_000_000,
        "architecture": {"input_modalities": ["image", "text"], "output_modalities": ["text"]},
        "top_provider": {"max_completion_tokens": 64_000}, "supported_parameters": ["reasoning", "top_p"],
    }));
    assert_eq!(
        (openrouter.chat, openrouter.images, openrouter.reasoning),
        (Some(true), Some(true), Some(true))
    );
    assert_eq!(openrouter.max_output, Some(64_000));
    let mistral = read(&json!({
        "id": "mistral-embed", "max_context_length": 8192,
        "capabilities": {"completion_chat": false, "vision": false, "reasoning": false},
    }));
    assert_eq!((mistral.chat, mistral.images, mistral.reasoning), (Some(false), Some(false), Some(false)));
    let llamacpp = read(&json!({"id": "/models/qwen.gguf", "meta": {"n_ctx": 4096, "n_ctx_train": 40_960}}));
    assert_eq!(llamacpp.context, Some(4096));
    let vllm = read(&json!({"id": "m", "max_model_len": 32_768}));
    assert_eq!((vllm.context, vllm.chat), (Some(32_768), None));
    let ollama = read(&json!({"name": "all-minilm:latest", "details": {"families": ["bert"]}}));
    assert_eq!((ollama.id.as_str(), ollama.chat), ("all-minilm:latest", Some(false)));
    let cohere = read(&json!({"name": "embed-v4", "endpoints": ["embed"], "context_length": 128_000}));
    assert_eq!(cohere.chat, Some(false));
    let openai = read(&json!({"id": "gpt-4o", "object": "model", "owned_by": "system"}));
    assert_eq!(openai, ModelInfo { id: "gpt-4o".to_owned(), ..ModelInfo::default() });
}

#[test]
fn every_shape_of_list_is_known_and_a_name_twice_is_two_entries() {
    let ids = |body: &str| {
        let models = read_models(body.as_bytes()).unwrap();
        models.into_iter().map(|model| model.id).collect::<Vec<_>>()
    };
    assert_eq!(ids(r#"{"object":"list","data":[{"id":"a"},{"id":"a"}]}"#), ["a", "a"]);
    assert_eq!(ids(r#"{"models":[{"name":"b"}]}"#), ["b"]);
    assert_eq!(ids(r#"[{"id":"c"}]"#), ["c"]);
    assert_eq!(ids(r#"{"data":[{"id":"d"}],"models":[{"name":"e"}],"error":null}"#), ["d"]);
    assert_eq!(ids(r#"{"data":[]}"#), [""; 0]);
    // Fields of a type that nobody expects say nothing.
    assert_eq!(ids(r#"{"data":[{"id":"f","context_length":"long","pricing":[1],"capabilities":7}]}"#), ["f"]);
}

#[test]
fn the_next_page_is_known_where_there_is_one() {
    let next = |body: &str| read_page(body.as_bytes()).unwrap().next;
    assert_eq!(next(r#"{"models":[],"nextPageToken":"t"}"#).as_deref(), Some("t"));
    assert_eq!(next(r#"{"data":[],"has_more":true,"last_id":"m"}"#).as_deref(), Some("m"));
    assert_eq!(next(r#"{"data":[],"has_more":false,"last_id":"m"}"#), None);
    assert_eq!(next(r#"{"models":[],"next_page_token":""}"#), None);
    assert_eq!(next("[]"), None);
}

#[test]
fn what_is_no_json_is_told_apart() {
    let class = |body: &str| read_models(body.as_bytes()).unwrap_err().class;
    assert_eq!(class("<html><title>Log in</title>"), ErrorClass::NotAStream);
    assert_eq!(class("\u{feff}\r\n<!doctype html>"), ErrorClass::NotAStream);
    assert_eq!(class(""), ErrorClass::Empty);
    assert_eq!(class("\n"), ErrorClass::Empty);
    assert_eq!(class("it works!"), ErrorClass::Protocol);
    assert_eq!(class("{\"data\":[{\"id\":\"cut o"), ErrorClass::Protocol);
    assert_eq!(class("data: {\"error\":{\"code\":\"invalid_api_key\"}}\n\n"), ErrorClass::Auth);
    assert_eq!(read_models("\u{feff}[{\"id\":\"a\"}]".as_bytes()).unwrap().len(), 1);
}

#[test]
fn a_refusal_with_status_200_is_a_refusal() {
    let error = |body: &str| read_models(body.as_bytes()).unwrap_err().message.clone();
    assert_eq!(error(r#"{"error":{"message":"no such key"}}"#), "no such key");
    assert_eq!(error(r#"{"detail":"Invalid API Key"}"#), "Invalid API Key");
    assert_eq!(error(r#"[{"error":{"message":"quota"}}]"#), "quota");
    assert_eq!(error(r#"{"data":{"id":"a"}}"#), "this is no list of models");
    assert_eq!(error("7"), "this is no list of models");
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(read_models(deep.as_bytes()).is_err());
}
