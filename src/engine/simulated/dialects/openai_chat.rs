//! Chat Completions. Its thoughts are written as DeepSeek writes them: OpenAI's own models keep theirs.

use super::{Facts, Refused, Step, data, quoted};
use crate::engine::simulated::{script::Section, simulation::Refusal};

pub fn write(step: Step<'_>, facts: &mut Facts, out: &mut String) {
    match step {
        Step::Open => chunk(facts, r#"{"role":"assistant","content":"","refusal":null}"#, "null", out),
        // One thought cannot be told from the next but by a blank line.
        Step::Begin(Section::Thought(1..)) => think(facts, "\n\n", out),
        Step::Token(Section::Thought(_), token) => think(facts, token, out),
        Step::Token(Section::Text, token) => {
            let delta = format!(r#"{{"content":{}}}"#, quoted(token));
            chunk(facts, &delta, "null", out);
        }
        Step::Begin(_) | Step::End(_) => {}
        Step::Close => {
            chunk(facts, "{}", r#""stop""#, out);
            usage(facts, out);
            data("[DONE]", out);
        }
    }
}

fn think(facts: &Facts, token: &str, out: &mut String) {
    let delta = format!(r#"{{"content":null,"reasoning_content":{}}}"#, quoted(token));
    chunk(facts, &delta, "null", out);
}

fn chunk(facts: &Facts, delta: &str, finish: &str, out: &mut String) {
    let choices = format!(r#"[{{"index":0,"delta":{delta},"logprobs":null,"finish_reason":{finish}}}]"#);
    event(facts, &choices, "null", out);
}

/// The last event but one, without a choice.
fn usage(facts: &Facts, out: &mut String) {
    let (input, output, thoughts) = (facts.input_tokens, facts.output_tokens(), facts.thought_tokens);
    let total = input + output;
    let usage = format!(
        r#"{{"prompt_tokens":{input},"completion_tokens":{output},"total_tokens":{total},"prompt_tokens_details":{{"cached_tokens":0}},"completion_tokens_details":{{"reasoning_tokens":{thoughts}}}}}"#
    );
    event(facts, "[]", &usage, out);
}

fn event(facts: &Facts, choices: &str, usage: &str, out: &mut String) {
    let Facts { id, model, created_s, .. } = facts;
    let json = format!(
        r#"{{"id":"chatcmpl-{id}","object":"chat.completion.chunk","created":{created_s},"model":{model},"service_tier":"default","system_fingerprint":null,"choices":{choices},"usage":{usage}}}"#
    );
    data(&json, out);
}

pub fn refuse(refusal: Refusal, model: &str) -> Refused {
    let (status, message, kind, code) = match refusal {
        Refusal::Unauthorized => {
            (401, "This key is not known here.".to_owned(), "invalid_request_error", r#""invalid_api_key""#)
        }
        Refusal::NotFound => (
            404,
            format!("The model `{model}` does not exist here."),
            "invalid_request_error",
            r#""model_not_found""#,
        ),
        Refusal::RateLimited => (
            429,
            format!("Rate limit reached for {model} on requests per min. Please try again in 1.5s."),
            "requests",
            r#""rate_limit_exceeded""#,
        ),
        Refusal::ServerError => {
            (500, "The server failed over this request.".to_owned(), "server_error", "null")
        }
    };
    let message = quoted(&message);
    let body = format!(r#"{{"error":{{"message":{message},"type":"{kind}","param":null,"code":{code}}}}}"#);
    Refused::new(status, body)
}

pub fn entry(id: &str, _: &str) -> String {
    format!(r#"{{"id":{},"object":"model","created":1788000000,"owned_by":"tutti"}}"#, quoted(id))
}
