//! Answers that are none: statuses from 300 on, and what hides them from a page.

use serde_json::{Value, json};

use super::WHOLE;
use crate::chat;
use crate::script::Script;

fn refusal(status: u16, body: &Value) -> Script {
    Script::new(status).header("content-type", "application/json").send(body.to_string())
}

fn openai(status: u16, kind: &str, code: &str, message: &str) -> Script {
    let error = json!({ "message": message, "type": kind, "param": null, "code": code });
    refusal(status, &json!({ "error": error }))
}

/// A wrong key.
pub fn unauthorized() -> Script {
    openai(401, "invalid_request_error", "invalid_api_key", "Incorrect API key provided.")
}

/// A wrong key, repeated in the words of the error.
pub fn unauthorized_with_echo(key: &str) -> Script {
    openai(401, "invalid_request_error", "invalid_api_key", &format!("Incorrect API key provided: {key}."))
}

/// A country that is not served.
pub fn forbidden_region() -> Script {
    let words = "Country, region, or territory not supported";
    openai(403, "request_forbidden", "unsupported_country_region_territory", words)
}

/// What Ollama says to a page it was not told of: an empty 403.
pub fn ollama_forbidden() -> Script {
    Script::new(403)
}

pub fn unknown_model(model: &str) -> Script {
    let words = format!("The model `{model}` does not exist or you do not have access to it.");
    openai(404, "invalid_request_error", "model_not_found", &words)
}

pub fn context_too_long() -> Script {
    let words =
        "This model's maximum context length is 8192 tokens. However, your messages resulted in 9001 tokens.";
    openai(400, "invalid_request_error", "context_length_exceeded", words)
}

/// A body larger than the host takes.
pub fn too_large() -> Script {
    openai(413, "invalid_request_error", "request_too_large", "Request too large.")
}

/// A 400 that names a field it does not know, or a 422.
pub fn unsupported_parameter(status: u16, name: &str) -> Script {
    let error = json!({
        "message": format!("Unsupported parameter: '{name}' is not supported with this model."),
        "type": "invalid_request_error",
        "param": name,
        "code": "unsupported_parameter",
    });
    refusal(status, &json!({ "error": error }))
}

/// Too many requests, and when to come again, in a header that pages may read.
pub fn rate_limited(retry_after: &str) -> Script {
    rate_limited_hidden(retry_after).header("access-control-expose-headers", "retry-after, retry-after-ms")
}

/// The same, but no page of another origin may read the header.
pub fn rate_limited_hidden(retry_after: &str) -> Script {
    let words = "Rate limit reached for requests.";
    openai(429, "requests", "rate_limit_exceeded", words).header("retry-after", retry_after)
}

/// Too many requests; only the words tell when to come again.
pub fn rate_limited_in_words(time: &str) -> Script {
    let words = format!("Rate limit reached for requests. Please try again in {time}.");
    openai(429, "requests", "rate_limit_exceeded", &words)
}

/// The same of Gemini, which has a field for it: `13s`.
pub fn gemini_rate_limited(delay: &str) -> Script {
    let info = json!({ "@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": delay });
    let error = json!({
        "code": 429,
        "message": "You exceeded your current quota.",
        "status": "RESOURCE_EXHAUSTED",
        "details": [info],
    });
    refusal(429, &json!({ "error": error }))
}

/// Too many requests once, to be repeated after a second; then this.
pub fn rate_limited_then(ok: impl Into<Script>) -> Vec<Script> {
    vec![rate_limited("1"), ok.into()]
}

/// Too many requests, but it is money that is missing: to come again does not help.
pub fn insufficient_quota() -> Script {
    let words = "You exceeded your current quota, please check your plan and billing details.";
    openai(429, "insufficient_quota", "insufficient_quota", words)
}

/// 500, 502, 503 and their kin, as an API says it.
pub fn server_error(status: u16) -> Script {
    openai(status, "server_error", "server_error", "The server had an error while processing your request.")
}

/// A gateway's page in place of an API's answer.
pub fn bad_gateway_page() -> Script {
    let page = "<html><body><h1>502 Bad Gateway</h1><img src=x onerror=alert(1)></body></html>";
    Script::new(502).header("content-type", "text/html").send(page)
}

/// Anthropic has too many people at once.
pub fn overloaded() -> Script {
    let error = json!({ "type": "overloaded_error", "message": "Overloaded" });
    refusal(529, &json!({ "type": "error", "error": error }))
}

/// So many errors of this status, then this.
pub fn errors_then(status: u16, times: usize, ok: impl Into<Script>) -> Vec<Script> {
    let mut scripts = vec![server_error(status); times];
    scripts.push(ok.into());
    scripts
}

/// A good answer that no page of another origin can read.
pub fn no_cors_headers() -> Script {
    chat::answer(WHOLE).hidden_from_pages()
}

/// Sends the client, and with it its key, to another address.
pub fn redirect(to: &str) -> Script {
    Script::new(307).header("location", to)
}
