//! Mistral: Chat Completions with thoughts in the content, and errors in shapes of its own.

use super::{Facts, Refused, Step, data, quoted};
use crate::engine::simulated::{script::Section, simulation::Refusal};

pub fn write(step: Step<'_>, facts: &mut Facts, out: &mut String) {
    match step {
        Step::Open => chunk(facts, r#"{"role":"assistant","content":""}"#, "null", None, out),
        Step::Begin(Section::Thought(1..)) => think(facts, "\n\n", out),
        Step::Token(Section::Thought(_), token) => think(facts, token, out),
        Step::Token(Section::Text, token) => {
            let delta = format!(r#"{{"content":{}}}"#, quoted(token));
            chunk(facts, &delta, "null", None, out);
        }
        Step::Begin(_) | Step::End(_) => {}
        Step::Close => {
            let (input, output) = (facts.input_tokens, facts.output_tokens());
            let total = input + output;
            let usage =
                format!(r#"{{"prompt_tokens":{input},"total_tokens":{total},"completion_tokens":{output}}}"#);
            chunk(facts, r#"{"content":""}"#, r#""stop""#, Some(&usage), out);
            data("[DONE]", out);
        }
    }
}

fn think(facts: &Facts, token: &str, out: &mut String) {
    let text = format!(r#"{{"type":"text","text":{}}}"#, quoted(token));
    let delta = format!(r#"{{"content":[{{"type":"thinking","thinking":[{text}]}}]}}"#);
    chunk(facts, &delta, "null", None, out);
}

fn chunk(facts: &Facts, delta: &str, finish: &str, usage: Option<&str>, out: &mut String) {
    let Facts { id, model, created_s, .. } = facts;
    let usage = usage.map_or_else(String::new, |usage| format!(r#","usage":{usage}"#));
    let json = format!(
        r#"{{"id":"{id}","object":"chat.completion.chunk","created":{created_s},"model":{model},"choices":[{{"index":0,"delta":{delta},"finish_reason":{finish}}}]{usage}}}"#
    );
    data(&json, out);
}

pub fn refuse(refusal: Refusal, model: &str) -> Refused {
    let (status, message, kind, code) = match refusal {
        Refusal::Unauthorized => return Refused::new(401, r#"{"detail":"Unknown key"}"#.to_owned()),
        Refusal::NotFound => (400, format!("{model} is not a model"), "invalid_model", "1500"),
        Refusal::RateLimited => (429, "Too many requests".to_owned(), "rate_limited", "1300"),
        Refusal::ServerError => (500, "The service failed".to_owned(), "internal_server_error", "3000"),
    };
    let message = quoted(&message);
    let body = format!(
        r#"{{"object":"error","message":{message},"type":"{kind}","param":null,"code":"{code}","raw_status_code":{status}}}"#
    );
    Refused::new(status, body)
}

pub fn entry(id: &str, name: &str) -> String {
    let (id, name) = (quoted(id), quoted(name));
    format!(
        r#"{{"id":{id},"object":"model","created":1788000000,"owned_by":"tutti","name":{name},"max_context_length":131072,"capabilities":{{"completion_chat":true}},"type":"base"}}"#
    )
}
