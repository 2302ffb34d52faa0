//! What a person can do about an error, by what the provider says of it.

use crate::model::error::{ApiError, Code, ErrorClass};

/// The class of an error that has none yet. The words mean more than the status.
pub(super) fn classify(error: &ApiError) -> ErrorClass {
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

#[cfg(test)]
mod tests {
    use super::super::read_error;
    use super::*;

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
}
