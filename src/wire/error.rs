//! The body of a refusal, or an error inside a stream, to an [`ApiError`].
//!
//! Shapes, in the order tried: `error.message` | `error` (a string: xAI, Venice, Ollama) | `message`
//! (Cohere, Mistral 400, vLLM) | `detail` (a string: Mistral 401; a list: FastAPI 422) |
//! `[0].error` (Gemini without `alt=sse`) | `errors[]` | the raw text (an edge proxy).

use crate::{
    later::later,
    model::{
        error::{ApiError, Code, ErrorClass},
        json::{Json, number},
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

/// Gemini: `details[]` holds a `google.rpc.RetryInfo` with `retryDelay: "17s"`.
fn retry_delay(details: &[Json<'_>]) -> Option<u64> {
    details.iter().find_map(|item| duration_ms(item.at("retryDelay").as_str()?))
}

/// "Please try again in 800ms", "in about 1.2s", "in 6m0s", "after 20 seconds": the first hint that a
/// duration follows.
fn retry_hint(message: &str) -> Option<u64> {
    let lower = message.to_ascii_lowercase();
    let hints = ["try again in ", "retry in ", "retry after ", "try again after ", "wait "];
    let mut said = hints.iter().flat_map(|hint| lower.split(hint).skip(1));
    said.find_map(|rest| duration_ms(without_filler(rest)))
}

/// The text after the words that may stand before a number: "for about", "another".
fn without_filler(text: &str) -> &str {
    let fillers = ["for ", "about ", "around ", "approximately ", "at least ", "another ", "~"];
    let mut rest = text.trim_start();
    while let Some(after) = fillers.iter().find_map(|filler| rest.strip_prefix(filler)) {
        rest = after.trim_start();
    }
    rest
}

/// The duration that a text begins with, in milliseconds: `800ms`, `1.5s`, `6m0s`, `1 minute and 30
/// seconds`. Each unit is smaller than the one before: another number begins another sentence.
fn duration_ms(text: &str) -> Option<u64> {
    let mut rest = text;
    let mut total: Option<u64> = None;
    let mut smallest = f64::INFINITY;
    loop {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let (number, after) = rest.split_at_checked(digits)?;
        let Some(number) = number::parse(number.trim_end_matches('.')) else { return total };
        let after = after.trim_start_matches(' ');
        let letters = after.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(after.len());
        let (unit, next) = after.split_at_checked(letters)?;
        let unit_ms = match unit {
            "ms" | "milliseconds" => 1.0,
            "s" | "sec" | "secs" | "second" | "seconds" => 1000.0,
            "m" | "min" | "mins" | "minute" | "minutes" => 60_000.0,
            "h" | "hour" | "hours" => 3_600_000.0,
            _ => return total,
        };
        if unit_ms >= smallest {
            return total;
        }
        smallest = unit_ms;
        // A time without end is no time to wait for.
        let ms = Some(number * unit_ms).filter(|ms| *ms < u64::MAX as f64)?;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be in range")]
        let ms = ms.round() as u64;
        total = Some(total.unwrap_or(0).saturating_add(ms));
        let next = next.trim_start_matches([' ', ',']);
        rest = next.strip_prefix("and ").map_or(next, str::trim_start);
    }
}

fn classify(error: &ApiError) -> ErrorClass {
    if error.class != ErrorClass::Request {
        return error.class;
    }
    let code_number = match error.code {
        Some(Code::Number(number)) => u16::try_from(number).ok().filter(|code| (400..600).contains(code)),
        _ => None,
    };
    let status = error.http_status.or(code_number);
    let code = match &error.code {
        Some(Code::Text(text)) => text.as_str(),
        _ => "",
    };
    let words = [error.kind.as_deref().unwrap_or(""), code, error.status.as_deref().unwrap_or("")]
        .join(" ")
        .to_ascii_lowercase();
    let message = error.message.to_ascii_lowercase();
    let named = |names: &[&str]| names.iter().any(|name| words.contains(name));
    let says = |phrases: &[&str]| phrases.iter().any(|phrase| message.contains(phrase));
    let is_request = matches!(status, None | Some(400 | 422));

    if status == Some(402)
        || named(&[
            "insufficient_quota",
            "billing",
            "insufficient_balance",
            "insufficient_credits",
            "exceeded_current_quota",
            "allocationquota",
            "arrearage",
        ])
        || says(&[
            "insufficient balance",
            "credit balance is too low",
            "insufficient credits",
            "used all available credits",
        ])
    {
        return ErrorClass::Quota;
    }
    // Whatever the code says: the same request is as large when it is sent again.
    if status == Some(413) {
        return ErrorClass::TooLong;
    }
    if status == Some(429) || named(&["rate_limit", "resource_exhausted", "too_many_requests"]) {
        return ErrorClass::RateLimit;
    }
    if named(&["overloaded", "capacity_exceeded"])
        || status == Some(529)
        || (status == Some(503) && says(&["overloaded"]))
    {
        return ErrorClass::Overloaded;
    }
    let wrong_key =
        says(&["api key"]) && says(&["incorrect", "invalid", "not valid", "missing", "no api key"]);
    if status == Some(401)
        || named(&["invalid_api_key", "wrong_api_key", "authentication", "unauthenticated", "unauthorized"])
        || (wrong_key && matches!(status, None | Some(400 | 403)))
    {
        return ErrorClass::Auth;
    }
    if is_request
        && (named(&[
            "context_length",
            "exceed_context",
            "too_many_prompt_tokens",
            "request_too_large",
            "context_window",
        ]) || says(&[
            "context length",
            "context window",
            "context size",
            "context limit",
            "prompt is too long",
            "prompt length",
            "prompt exceeds max length",
            "model token limit",
            "input token count",
            "range of input length",
            "input is too long",
            "too many tokens",
            "maximum number of tokens",
            "length of all messages is too long",
            "exceeds the maximum number of tokens",
            "`inputs` tokens",
        ]))
    {
        return ErrorClass::TooLong;
    }
    if named(&[
        "content_filter",
        "content_policy",
        "responsibleai",
        "content_blocked",
        "moderation",
        "data_inspection",
    ]) || says(&[
        "content management policy",
        "content policy",
        "content exists risk",
        "unsafe or sensitive content",
    ]) {
        return ErrorClass::Blocked;
    }
    if status == Some(404)
        || named(&[
            "model_not_found",
            "model_not_supported",
            "model_not_available",
            "model_decommissioned",
            "deploymentnotfound",
            "not_found",
            "invalid_model",
        ])
        || (is_request
            && says(&["model"])
            && says(&[
                "does not exist",
                "not found",
                "not exist",
                "unknown model",
                "invalid model",
                "not a valid model",
            ]))
    {
        return ErrorClass::Model;
    }
    if status == Some(403)
        || named(&["permission", "forbidden", "unsupported_country"])
        || says(&["user location is not supported"])
    {
        return ErrorClass::Forbidden;
    }
    match status {
        Some(408) => ErrorClass::Timeout,
        Some(400..=499) => ErrorClass::Request,
        Some(_) => ErrorClass::Server,
        None if named(&["invalid_request", "invalid_argument", "bad_request", "unsupported"]) => {
            ErrorClass::Request
        }
        None if named(&["timeout", "deadline"]) => ErrorClass::Timeout,
        // An error in mid-stream that names no cause is the provider's.
        None => ErrorClass::Server,
    }
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
    fn classes_follow_the_meaning_not_the_status() {
        use ErrorClass::*;
        let class = |status, body: &str| read_error(status, body.as_bytes()).class;
        assert_eq!(class(429, r#"{"error":{"code":"insufficient_quota","message":"x"}}"#), Quota);
        assert_eq!(class(402, r#"{"error":{"message":"Insufficient Balance"}}"#), Quota);
        assert_eq!(
            class(
                400,
                r#"{"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low"}}"#
            ),
            Quota
        );
        assert_eq!(class(400, r#"{"error":{"code":"context_length_exceeded","message":"x"}}"#), TooLong);
        assert_eq!(
            class(400, r#"{"error":{"message":"prompt is too long: 9 tokens > 8 maximum"}}"#),
            TooLong
        );
        assert_eq!(class(400, r#"{"error":{"code":"content_filter","message":"x"}}"#), Blocked);
        assert_eq!(
            class(403, r#"{"error":{"code":"unsupported_country_region_territory","message":"x"}}"#),
            Forbidden
        );
        assert_eq!(class(400, r#"{"error":{"message":"bad","param":"temperature"}}"#), Request);
        // A request that is too large for one minute is so in the next one too.
        assert_eq!(class(413, r#"{"error":{"message":"too large","code":"rate_limit_exceeded"}}"#), TooLong);
        assert_eq!(class(498, r#"{"error":{"message":"x","code":"capacity_exceeded"}}"#), Overloaded);
        assert_eq!(class(403, r#"{"message":"Wrong key","code":"wrong_api_key"}"#), Auth);
        let location =
            r#"{"error":{"code":400,"message":"User location is not supported for the API use."}}"#;
        assert_eq!(class(400, location), Forbidden);
        let words = |message: &str| class(400, &serde_json::json!({ "message": message }).to_string());
        assert_eq!(words("`max_tokens` exceed context limit: 9 + 2 > 10"), TooLong);
        assert_eq!(words("the maximum prompt length is 9"), TooLong);
        assert_eq!(words("the input token count is 9 but the model only supports 8"), TooLong);
        assert_eq!(words("exceeded model token limit: 8"), TooLong);
        assert_eq!(words("Model Not Exist"), Model);
        assert_eq!(words("Content Exists Risk"), Blocked);
        assert_eq!(words("You have used all available credits."), Quota);
    }

    #[test]
    fn waits_are_read_from_the_body() {
        let wait = |body: &str| read_error(429, body.as_bytes()).retry_after_ms;
        assert_eq!(wait(r#"{"error":{"message":"Please try again in 800ms."}}"#), Some(800));
        assert_eq!(wait(r#"{"error":{"message":"Please try again in 1.2s. Visit x"}}"#), Some(1200));
        assert_eq!(wait(r#"{"error":{"message":"try again in 6m0s"}}"#), Some(360_000));
        assert_eq!(wait(r#"{"error":{"message":"retry after 20 seconds"}}"#), Some(20_000));
        assert_eq!(wait(r#"{"error":{"message":"try again in a while"}}"#), None);
        assert_eq!(wait(r#"{"error":{"details":[{"retryDelay":"17s"}]}}"#), Some(17_000));
        assert_eq!(wait(r#"{"error":{"message":"try again in 99999999999999999999999h"}}"#), None);
    }

    #[test]
    fn waits_in_many_words_are_not_read_too_short() {
        let wait = |message: &str| {
            let body = serde_json::json!({ "error": { "message": message } }).to_string();
            read_error(429, body.as_bytes()).retry_after_ms
        };
        assert_eq!(wait("Try again in 1m 30s."), Some(90_000));
        assert_eq!(wait("retry after 1 minute 30 seconds"), Some(90_000));
        assert_eq!(wait("retry after 1 minute, 30 seconds"), Some(90_000));
        assert_eq!(wait("retry in 1 hour, 2 minutes and 3 seconds!"), Some(3_723_000));
        assert_eq!(wait("Try again in about 20 seconds"), Some(20_000));
        assert_eq!(wait("Please wait for at least 5s"), Some(5_000));
        assert_eq!(wait("Try again in a while: wait here, or retry in 7s"), Some(7_000));
        assert_eq!(wait("Please wait. Do wait 8 s"), Some(8_000));
        assert_eq!(wait("try again in 20 s, 5 minutes at most"), Some(20_000));
        assert_eq!(wait("try again in 20s 3 requests are left"), Some(20_000));
        let large = "18446744073709540000ms";
        assert!(wait(&format!("wait {large}{large}")).is_some());
        assert_eq!(wait("wait 5124095576030h3600000m"), Some(u64::MAX));
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
