//! The body of a refusal, or an error inside a stream, to an [`ApiError`].
//!
//! Shapes, in the order tried: `error.message` | `error` (a string: xAI, Venice, Ollama) | `message`
//! (Cohere, Mistral 400, vLLM) | `detail` (a string: Mistral 401; a list: FastAPI 422) |
//! `[0].error` (Gemini without `alt=sse`) | `errors[]` | the raw text (an edge proxy).

mod class;
mod wait;

use self::{
    class::classify,
    wait::{retry_delay, retry_hint},
};
use crate::{
    later::later,
    model::{
        error::{ApiError, Code, ErrorClass},
        json::Json,
    },
};

/// The longest text that is kept of an error, in bytes.
const TEXT_LIMIT: usize = 4000;

later! {
    /// Reads an error body of any provider. Never fails: what has no known shape is kept as plain text.
    "b011" pub fn read_error(http_status: u16, body: &[u8]) -> ApiError {
        let read = |json: &[u8]| find(&Json::read(std::str::from_utf8(json).ok()?).ok()?, 0);
        let known = read(body).or_else(|| {
            // Framed like the stream that was asked for.
            let mut lines = body.split(|byte| matches!(byte, b'\n' | b'\r'));
            lines.find_map(|line| read(line.strip_prefix(b"data:")?))
        });
        let mut error = known.unwrap_or_else(|| raw_text(body));
        error.http_status = Some(http_status);
        error.class = classify(&error);
        error
    } else {
        let mut error = unread(&super::text::lossy(body));
        error.http_status = Some(http_status);
        error
    }

    /// Reads an error that came inside a stream: the whole event, or the value of its `error` field.
    /// `None` when the value has none of the known shapes.
    "b012" pub(super) fn read_stream_error(value: &Json<'_>) -> Option<ApiError> {
        let mut error = find(value, 0)?;
        error.class = classify(&error);
        Some(error)
    } else {
        matches!(value, Json::Object(_) | Json::Text(_)).then(|| unread(&value.to_text()))
    }
}

/// Somebody failed, and the words that say how are all that is kept.
#[cfg(feature = "split")]
fn unread(words: &str) -> ApiError {
    ApiError::new(ErrorClass::Server, words.chars().take(TEXT_LIMIT / 4).collect::<String>())
}

fn find(value: &Json<'_>, depth: u8) -> Option<ApiError> {
    if depth > 4 {
        return None;
    }
    match value {
        Json::List(list) => return find(list.first()?, depth + 1),
        Json::Text(text) => return Some(error_with(text)),
        Json::Object(_) => {}
        _ => return None,
    }
    let inner = value.at("error");
    if !inner.is_null() {
        let mut error = find(inner, depth + 1)?;
        // Around an error that is a mere string, the code stands beside it (xAI).
        error.code = error.code.or_else(|| code(value.at("code")));
        return Some(error);
    }
    let text = |name: &str| value.at(name).as_str().map(str::to_owned);
    let message = text("message").or_else(|| detail_text(value.at("detail")));
    let message = message.or_else(|| text("msg"));
    let message = message.or_else(|| {
        let first = value.at("errors").items().first()?;
        first.get("message").unwrap_or(first).as_str().map(str::to_owned)
    });
    // Inside an `error` any object is one; on its own it must say something.
    if message.is_none() && depth == 0 && value.get("code").is_none() {
        return None;
    }
    let mut error = error_with(message.as_deref().unwrap_or_default());
    error.kind = text("type").filter(|kind| kind != "error");
    error.code = code(value.at("code"));
    error.status = text("status");
    error.param = text("param");
    error.detail = upstream_words(value.at("metadata")).map(|text| cut(&text));
    let details = value.at("details").items();
    error.retry_after_ms = retry_delay(details).or(error.retry_after_ms);
    let reset = value.path("metadata/headers/X-RateLimit-Reset");
    error.retry_at_epoch_ms = reset.as_u64().or_else(|| reset.as_str()?.parse().ok());
    if details.iter().any(|item| item.at("reason").as_str() == Some("API_KEY_INVALID")) {
        error.class = ErrorClass::Auth;
    }
    Some(error)
}

/// An error code: a number with some providers, a word with others; anything else reads as absent.
fn code(value: &Json<'_>) -> Option<Code> {
    match value {
        Json::Number(number) => number.parse().ok().map(Code::Number),
        Json::Text(text) => Some(Code::Text(text.clone().into_owned())),
        _ => None,
    }
}

fn error_with(message: &str) -> ApiError {
    // `Request` stands for "not classified yet"; `find` may know better.
    let mut error = ApiError::new(ErrorClass::Request, cut(message));
    error.retry_after_ms = retry_hint(message);
    error
}

fn raw_text(body: &[u8]) -> ApiError {
    let text = String::from_utf8_lossy(body);
    let text = text.trim();
    if text.starts_with('<') {
        let mut error = ApiError::new(ErrorClass::Request, page_title(text).unwrap_or_default());
        error.detail = Some(cut(text));
        return error;
    }
    error_with(text)
}

/// The words of a web page's title: the rest of the page is for the details.
pub(super) fn page_title(page: &str) -> Option<String> {
    let lower = page.to_ascii_lowercase();
    let start = lower.find("<title")?;
    let start = start + lower.get(start..)?.find('>')? + 1;
    let end = start + lower.get(start..)?.find('<')?;
    let title = page.get(start..end)?.split_whitespace().collect::<Vec<_>>().join(" ");
    (!title.is_empty()).then(|| cut(&title))
}

/// FastAPI: a string, or a list of `{loc, msg}`.
fn detail_text(detail: &Json<'_>) -> Option<String> {
    let items = match detail {
        Json::List(items) => items,
        Json::Object(_) => return detail.at("message").as_str().map(str::to_owned),
        other => return other.as_str().map(str::to_owned),
    };
    let mut lines = Vec::new();
    for item in items.iter().take(8) {
        let Some(message) = item.get("msg").unwrap_or(item).as_str() else { continue };
        let words = item.at("loc").items().iter();
        let words = words.map(|word| word.as_str().map_or_else(|| word.to_text(), str::to_owned));
        let mut line = words.collect::<Vec<_>>().join(".");
        if item.at("loc").as_list().is_some() {
            line.push_str(": ");
        }
        line.push_str(message);
        lines.push(line);
    }
    (!lines.is_empty()).then(|| lines.join("\n"))
}

/// OpenRouter: which upstream it was and what it said (often JSON in a string).
fn upstream_words(metadata: &Json<'_>) -> Option<String> {
    let words = [metadata.at("provider_name"), metadata.at("raw")];
    let words: Vec<_> = words.into_iter().filter_map(Json::as_str).collect();
    (!words.is_empty()).then(|| words.join(": "))
}

fn cut(text: &str) -> String {
    if text.len() <= TEXT_LIMIT {
        return text.to_owned();
    }
    let mut end = TEXT_LIMIT;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}…", text.get(..end).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(status: u16, body: &str, class: ErrorClass, message: &str) {
        let error = read_error(status, body.as_bytes());
        assert_eq!((error.class, error.message.as_str()), (class, message), "{body}");
    }

    #[test]
    fn every_shape_gives_its_message() {
        use ErrorClass::*;
        check(401, r#"{"error":{"message":"Bad key","type":"x","code":"invalid_api_key"}}"#, Auth, "Bad key");
        check(
            400,
            r#"{"code":"invalid-argument","error":"Incorrect API key provided."}"#,
            Auth,
            "Incorrect API key provided.",
        );
        check(
            400,
            r#"{"error":{"code":400,"message":"API key not valid.","status":"INVALID_ARGUMENT","details":[{"reason":"API_KEY_INVALID"}]}}"#,
            Auth,
            "API key not valid.",
        );
        check(401, r#"{"detail":"Invalid API Key"}"#, Auth, "Invalid API Key");
        check(
            422,
            r#"{"detail":[{"loc":["body","messages",0],"msg":"field required"}]}"#,
            Request,
            "body.messages.0: field required",
        );
        check(503, r#"[{"error":{"code":503,"message":"busy","status":"UNAVAILABLE"}}]"#, Server, "busy");
        check(404, r#"{"id":"1","message":"model 'x' not found"}"#, Model, "model 'x' not found");
        check(
            400,
            r#"{"object":"error","message":"Invalid model: x","type":"invalid_model","code":"1500"}"#,
            Model,
            "Invalid model: x",
        );
        check(
            529,
            r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#,
            Overloaded,
            "Overloaded",
        );
        check(502, "<html><head><title>502\n Bad Gateway</title></head></html>", Server, "502 Bad Gateway");
        check(500, "upstream failed", Server, "upstream failed");
        check(408, "", Timeout, "");
        check(400, "event: error\r\ndata: {\"error\":{\"message\":\"bad\"}}\r\n\r\n", Request, "bad");
        check(500, r#"{"code":5,"msg":"out of order"}"#, Server, "out of order");
        check(429, "{}", RateLimit, "{}");
    }

    #[test]
    fn an_upstream_is_named() {
        let body = r#"{"error":{"code":502,"message":"Provider returned error","metadata":{"provider_name":"Acme","raw":"down"}}}"#;
        assert_eq!(read_error(502, body.as_bytes()).detail.as_deref(), Some("Acme: down"));
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        let error = read_error(500, "가".repeat(3000).as_bytes());
        assert!(error.message.len() <= TEXT_LIMIT + 3 && error.message.ends_with('…'));
    }
}
