//! Google's `streamGenerateContent`: lines end with CRLF, and every chunk repeats the counts.

use super::{Facts, Refused, Step, quoted};
use crate::engine::simulated::{script::Section, simulation::Refusal};

pub fn write(step: Step<'_>, facts: &mut Facts, out: &mut String) {
    match step {
        Step::Begin(Section::Thought(1..)) => think(facts, "\n\n", out),
        Step::Token(Section::Thought(_), token) => think(facts, token, out),
        Step::Token(Section::Text, token) => {
            chunk(facts, &format!(r#"{{"text": {}}}"#, quoted(token)), "", out);
        }
        // The first chunk is one of the answer.
        Step::Open | Step::Begin(_) | Step::End(_) => {}
        Step::Close => {
            let part = match facts.thoughts {
                0 => r#"{"text": ""}"#,
                _ => r#"{"text": "","thoughtSignature": "c2ltdWxhdGVk"}"#,
            };
            chunk(facts, part, r#""finishReason": "STOP","#, out);
        }
    }
}

fn think(facts: &Facts, token: &str, out: &mut String) {
    chunk(facts, &format!(r#"{{"text": {},"thought": true}}"#, quoted(token)), "", out);
}

fn chunk(facts: &Facts, part: &str, finish: &str, out: &mut String) {
    let Facts { id, model, input_tokens: input, thought_tokens: thoughts, text_tokens: text, .. } = facts;
    let total = input + thoughts + text;
    // A count of nothing is left out.
    let thoughts = match thoughts {
        0 => String::new(),
        _ => format!(r#","thoughtsTokenCount": {thoughts}"#),
    };
    let candidate = format!(r#"{{"content": {{"parts": [{part}],"role": "model"}},{finish}"index": 0}}"#);
    let usage = format!(
        r#"{{"promptTokenCount": {input},"candidatesTokenCount": {text},"totalTokenCount": {total}{thoughts}}}"#
    );
    out.push_str(&format!(
        "data: {{\"candidates\": [{candidate}],\"usageMetadata\": {usage},\"modelVersion\": {model},\"responseId\": \"{id}\"}}\r\n\r\n"
    ));
}

pub fn refuse(refusal: Refusal, model: &str) -> Refused {
    let (code, message, status, details) = match refusal {
        // A wrong key is a bad request here.
        Refusal::Unauthorized => (
            400,
            "This API key is not valid here.".to_owned(),
            "INVALID_ARGUMENT",
            r#"{"@type": "type.googleapis.com/google.rpc.ErrorInfo","reason": "API_KEY_INVALID"}"#,
        ),
        Refusal::NotFound => (404, format!("models/{model}: no such model."), "NOT_FOUND", ""),
        Refusal::RateLimited => (
            429,
            "Too many requests per minute.".to_owned(),
            "RESOURCE_EXHAUSTED",
            r#"{"@type": "type.googleapis.com/google.rpc.RetryInfo","retryDelay": "2s"}"#,
        ),
        Refusal::ServerError => (500, "The server failed over this request.".to_owned(), "INTERNAL", ""),
    };
    let message = quoted(&message);
    let body = format!(
        r#"{{"error": {{"code": {code},"message": {message},"status": "{status}","details": [{details}]}}}}"#
    );
    Refused::new(code, body)
}

pub fn entry(id: &str, name: &str) -> String {
    let (id, name) = (quoted(&format!("models/{id}")), quoted(name));
    format!(
        r#"{{"name": {id},"version": "001","displayName": {name},"inputTokenLimit": 131072,"outputTokenLimit": 65536,"supportedGenerationMethods": ["generateContent","countTokens"]}}"#
    )
}
