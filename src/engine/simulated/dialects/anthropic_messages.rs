//! Anthropic Messages: named events, and a block for each thought and for the text.

use super::{Facts, Refused, Step, named, quoted};
use crate::engine::simulated::{script::Section, simulation::Refusal};

pub fn write(step: Step<'_>, facts: &mut Facts, out: &mut String) {
    match step {
        Step::Open => {
            let Facts { id, model, input_tokens, .. } = facts;
            let message = format!(
                r#"{{"model":{model},"id":"msg_{id}","type":"message","role":"assistant","content":[],"stop_reason":null,"stop_sequence":null,"usage":{{"input_tokens":{input_tokens},"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":0}}}}"#
            );
            event("message_start", &format!(r#""message":{message}"#), out);
        }
        Step::Begin(section) => {
            let index = facts.place(section);
            let block = match section {
                Section::Thought(_) => r#"{"type":"thinking","thinking":"","signature":""}"#,
                Section::Text => r#"{"type":"text","text":""}"#,
            };
            event("content_block_start", &format!(r#""index":{index},"content_block":{block}"#), out);
            if index == 0 {
                named("ping", r#"{"type": "ping"}"#, out);
            }
        }
        Step::Token(section, token) => {
            let token = quoted(token);
            delta(
                facts.place(section),
                &match section {
                    Section::Thought(_) => format!(r#"{{"type":"thinking_delta","thinking":{token}}}"#),
                    Section::Text => format!(r#"{{"type":"text_delta","text":{token}}}"#),
                },
                out,
            );
        }
        Step::End(section) => {
            let index = facts.place(section);
            if section != Section::Text {
                delta(index, r#"{"type":"signature_delta","signature":"c2ltdWxhdGVk"}"#, out);
            }
            event("content_block_stop", &format!(r#""index":{index}"#), out);
        }
        Step::Close => {
            let (output, thoughts) = (facts.output_tokens(), facts.thought_tokens);
            let delta = r#""delta":{"stop_reason":"end_turn","stop_sequence":null}"#;
            let usage = format!(
                r#""usage":{{"output_tokens_details":{{"thinking_tokens":{thoughts}}},"output_tokens":{output}}}"#
            );
            event("message_delta", &format!("{delta},{usage}"), out);
            named("message_stop", r#"{"type":"message_stop"}"#, out);
        }
    }
}

fn event(kind: &str, fields: &str, out: &mut String) {
    named(kind, &format!(r#"{{"type":"{kind}",{fields}}}"#), out);
}

fn delta(index: u64, delta: &str, out: &mut String) {
    event("content_block_delta", &format!(r#""index":{index},"delta":{delta}"#), out);
}

pub fn refuse(refusal: Refusal, model: &str) -> Refused {
    let (status, kind, message) = match refusal {
        Refusal::Unauthorized => (401, "authentication_error", "unknown x-api-key".to_owned()),
        Refusal::NotFound => (404, "not_found_error", format!("model: {model}")),
        Refusal::RateLimited => (429, "rate_limit_error", "Too many requests per minute.".to_owned()),
        Refusal::ServerError => (500, "api_error", "The server failed over this request.".to_owned()),
    };
    let message = quoted(&message);
    let error = format!(r#"{{"type":"{kind}","message":{message}}}"#);
    let body = format!(r#"{{"type":"error","error":{error},"request_id":"req_simulated"}}"#);
    let retry_after = (refusal == Refusal::RateLimited).then_some("2");
    Refused { retry_after, ..Refused::new(status, body) }
}

pub fn entry(id: &str, name: &str) -> String {
    let (id, name) = (quoted(id), quoted(name));
    format!(
        r#"{{"type":"model","id":{id},"display_name":{name},"created_at":"2026-01-01T00:00:00Z","max_input_tokens":200000,"max_tokens":64000}}"#
    )
}
