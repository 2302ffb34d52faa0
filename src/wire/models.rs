//! The list of a provider's models. There are three shapes (`{data: []}`, `{models: []}`, a bare
//! array) and as many sets of fields as providers; each fact is read from wherever one puts it.
//!
//! Sources: OpenAI, "List models"; Anthropic, "List Models"; Google, "models.list"; Mistral, "List
//! Models"; Cohere, "List Models"; Ollama, "List models"; OpenRouter, "Models"; Groq, "Models"; Perplexity,
//! "List models"; llama.cpp, "server"; vLLM, "OpenAI-compatible server"; and recorded lists.

use super::error::read_error;
use crate::model::{
    error::{ApiError, ErrorClass},
    json::{Json, number},
    listing::{ModelInfo, ModelPage, Price},
};

/// Reads the models of one page, in the provider's order, nothing left out or joined.
///
/// # Errors
/// The body is no list: what the provider says instead, though it said so with HTTP 200.
pub fn read_models(body: &[u8]) -> Result<Vec<ModelInfo>, Box<ApiError>> {
    read_page(body).map(|page| page.models)
}

/// Reads one page, and what asks for the next.
///
/// # Errors
/// As [`read_models`].
pub fn read_page(body: &[u8]) -> Result<ModelPage, Box<ApiError>> {
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    let Some(value) = std::str::from_utf8(body).ok().and_then(|text| Json::read(text).ok()) else {
        return Err(Box::new(not_json(body)));
    };
    let list = value.get("data").or_else(|| value.get("models")).unwrap_or(&value);
    // A server without models may write `null` for the empty list.
    let list = if list.is_null() { Some(&[][..]) } else { list.as_list() };
    let is_error = !value.at("error").is_null()
        || value.items().first().is_some_and(|first| !first.at("error").is_null());
    match list {
        Some(list) if !is_error => {
            Ok(ModelPage { models: list.iter().filter_map(model).collect(), next: next_page(&value) })
        }
        _ if is_error || is_message(&value) => Err(Box::new(read_error(200, body))),
        _ => Err(Box::new(ApiError::new(ErrorClass::Protocol, "this is no list of models"))),
    }
}

/// What a server says with HTTP 200 that is no JSON value: nothing, the page of a network to log in
/// to, an error framed like a stream.
fn not_json(body: &[u8]) -> ApiError {
    let mut error = read_error(200, body);
    error.class = match body.trim_ascii_start().first() {
        None => ErrorClass::Empty,
        Some(b'<') => ErrorClass::NotAStream,
        // Its words tell no cause.
        Some(_) if error.class == ErrorClass::Server => ErrorClass::Protocol,
        Some(_) => error.class,
    };
    error
}

fn is_message(value: &Json<'_>) -> bool {
    ["message", "detail", "errors"].iter().any(|name| value.get(name).is_some())
}

/// Google and Cohere give a token, Anthropic the last id and whether there is more.
fn next_page(value: &Json<'_>) -> Option<String> {
    let has_more = value.at("has_more").as_bool() == Some(true);
    let last_id = value.get("last_id").filter(|_| has_more);
    let token = value.get("nextPageToken").or_else(|| value.get("next_page_token")).or(last_id)?;
    token.own_words()
}

fn model(value: &Json<'_>) -> Option<ModelInfo> {
    let item = Item(value);
    let id = item.text(&["id", "name", "model", "slug", "key"])?;
    let name = item.text(&["display_name", "displayName", "model_spec/name", "name"]);
    Some(ModelInfo {
        name: name.filter(|name| name != &id),
        id,
        context: item.count(&[
            "max_input_tokens",
            "inputTokenLimit",
            "context_window",
            "context_length",
            "max_context_length",
            "max_model_len",
            "capabilities/limits/max_context_window_tokens",
            "model_spec/availableContextTokens",
            "meta/n_ctx",
            "meta/n_ctx_train",
        ]),
        max_output: item
            .count(&[
                "outputTokenLimit",
                "max_completion_tokens",
                "top_provider/max_completion_tokens",
                "capabilities/limits/max_output_tokens",
                "model_spec/maxCompletionTokens",
                "max_tokens",
            ])
            .and_then(|tokens| u32::try_from(tokens).ok()),
        images: images(item),
        reasoning: reasoning(item),
        adaptive_thinking: item.flag(&[
            "capabilities/thinking/types/adaptive/supported",
            "capabilities/supports/adaptive_thinking",
        ]),
        chat: chat(item),
        price: price(item),
    })
}

/// One entry of a list, read leniently: a field of an unexpected type is a field that says nothing.
#[derive(Clone, Copy)]
struct Item<'a>(&'a Json<'a>);

impl<'a> Item<'a> {
    fn first<T>(self, places: &[&str], read: fn(&'a Json<'a>) -> Option<T>) -> Option<T> {
        places.iter().find_map(|place| read(self.0.path(place)))
    }

    fn text(self, places: &[&str]) -> Option<String> {
        self.first(places, Json::own_words)
    }

    fn count(self, places: &[&str]) -> Option<u64> {
        self.first(places, |value| value.as_u64().filter(|count| *count > 0))
    }

    fn flag(self, places: &[&str]) -> Option<bool> {
        self.first(places, Json::as_bool)
    }

    fn words(self, places: &[&str]) -> Option<Vec<&'a str>> {
        self.first(places, Json::as_list).map(|list| list.iter().filter_map(Json::as_str).collect())
    }

    /// Whether one of these words is in the first of these lists that is there.
    fn lists(self, places: &[&str], any_of: &[&str]) -> Option<bool> {
        self.words(places).map(|words| words.iter().any(|word| any_of.contains(word)))
    }
}

const INPUTS: [&str; 2] = ["input_modalities", "architecture/input_modalities"];
const OUTPUTS: [&str; 2] = ["output_modalities", "architecture/output_modalities"];

fn images(item: Item<'_>) -> Option<bool> {
    let flag = item.flag(&[
        "capabilities/image_input/supported",
        "capabilities/vision",
        "capabilities/supports/vision",
        "model_spec/capabilities/supportsVision",
        "supports_image_input",
    ]);
    flag.or_else(|| item.lists(&INPUTS, &["image"]))
        .or_else(|| item.lists(&["features", "capabilities"], &["vision", "image"]))
}

fn reasoning(item: Item<'_>) -> Option<bool> {
    let flag = item.flag(&[
        "capabilities/thinking/supported",
        "capabilities/reasoning",
        "model_spec/capabilities/supportsReasoning",
        "thinking",
    ]);
    flag.or_else(|| item.words(&["capabilities/supports/reasoning_effort"]).map(|steps| !steps.is_empty()))
        .or_else(|| item.lists(&["supported_parameters"], &["reasoning"]))
        .or_else(|| item.lists(&["supported_features", "features"], &["reasoning"]))
        .or_else(|| item.lists(&["capabilities"], &["thinking", "reasoning"]))
        // Google leaves a false field out.
        .or_else(|| item.words(&["supportedGenerationMethods"]).map(|_| false))
}

fn chat(item: Item<'_>) -> Option<bool> {
    let kind = |value: &Json<'_>| {
        let known = ["chat", "language", "text", "code", "llm", "vlm", "completion"];
        let other =
            ["embedding", "embeddings", "image", "audio", "moderation", "rerank", "video", "tts", "asr"];
        let kind = value.as_str()?;
        known.contains(&kind).then_some(true).or_else(|| other.contains(&kind).then_some(false))
    };
    item.flag(&["capabilities/completion_chat", "supports_chat"])
        .or_else(|| item.lists(&["supportedGenerationMethods"], &["generateContent"]))
        .or_else(|| item.lists(&["endpoints"], &["chat"]))
        .or_else(|| item.lists(&OUTPUTS, &["text"]))
        .or_else(|| item.first(&["capabilities/type", "type"], kind))
        .or_else(|| item.lists(&["capabilities"], &["completion", "chat"]))
        // Ollama's embedding models.
        .or_else(|| {
            item.lists(&["details/families"], &["bert", "nomic-bert"]).filter(|is| *is).map(|_| false)
        })
}

/// Dollars per token as text (OpenRouter's fields, Groq too), or per million tokens as a number.
fn price(item: Item<'_>) -> Option<Price> {
    let per_token =
        |names: &[&str]| item.first(names, |value| number::parse(value.as_str()?)).and_then(million);
    let per_million = |names: &[&str]| item.first(names, Json::as_f64).and_then(dollars);
    let read = |text: &[&str], number: &[&str]| per_token(text).or_else(|| per_million(number));
    Some(Price {
        input: read(
            &["pricing/prompt", "pricing/input"],
            &["pricing/input", "model_spec/pricing/input/usd"],
        )?,
        output: read(
            &["pricing/completion", "pricing/output"],
            &["pricing/output", "model_spec/pricing/output/usd"],
        )?,
        cache_read: read(
            &["pricing/input_cache_read"],
            &["pricing/cache_read", "pricing/cached_input", "model_spec/pricing/cache_input/usd"],
        ),
        cache_write: read(
            &["pricing/input_cache_write"],
            &["pricing/cache_write", "model_spec/pricing/cache_write/usd"],
        ),
    })
}

/// From dollars per token, without the dust that a power of ten leaves on a binary fraction.
fn million(per_token: f64) -> Option<f64> {
    dollars((per_token * 1e12).round() / 1e6)
}

/// Some routers write -1 for "it depends".
fn dollars(price: f64) -> Option<f64> {
    (price.is_finite() && price >= 0.0).then_some(price)
}
