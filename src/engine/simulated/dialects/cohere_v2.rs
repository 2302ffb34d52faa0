//! Cohere: named events, and a content part for each thought and for the text.

use super::{Facts, Refused, Step, data, named, quoted};
use crate::engine::simulated::{script::Section, simulation::Refusal};

pub fn write(step: Step<'_>, facts: &mut Facts, out: &mut String) {
    match step {
        Step::Open => {
            let id = &facts.id;
            let message =
                r#"{"role":"assistant","content":[],"tool_plan":"","tool_calls":[],"citations":[]}"#;
            let json = format!(
                r#"{{"id":"{id}-0000-4000-8000-000000000000","type":"message-start","delta":{{"message":{message}}}}}"#
            );
            named("message-start", &json, out);
        }
        Step::Begin(section) => {
            let content = match section {
                Section::Thought(_) => r#"{"type":"thinking","thinking":""}"#,
                Section::Text => r#"{"type":"text","text":""}"#,
            };
            part("content-start", facts.place(section), content, out);
        }
        Step::Token(section, token) => {
            let name = if section == Section::Text { "text" } else { "thinking" };
            let content = format!(r#"{{"{name}":{}}}"#, quoted(token));
            part("content-delta", facts.place(section), &content, out);
        }
        Step::End(section) => {
            let index = facts.place(section);
            named("content-end", &format!(r#"{{"type":"content-end","index":{index}}}"#), out);
        }
        Step::Close => {
            let (input, output) = (facts.input_tokens, facts.output_tokens());
            let tokens = format!(r#"{{"input_tokens":{input},"output_tokens":{output}}}"#);
            let json = format!(
                r#"{{"type":"message-end","delta":{{"finish_reason":"COMPLETE","usage":{{"billed_units":{tokens},"tokens":{tokens}}}}}}}"#
            );
            named("message-end", &json, out);
            data("[DONE]", out);
        }
    }
}

fn part(kind: &str, index: u64, content: &str, out: &mut String) {
    let json =
        format!(r#"{{"type":"{kind}","index":{index},"delta":{{"message":{{"content":{content}}}}}}}"#);
    named(kind, &json, out);
}

pub fn refuse(refusal: Refusal, model: &str) -> Refused {
    let (status, message) = match refusal {
        Refusal::Unauthorized => (401, "unknown api token".to_owned()),
        Refusal::NotFound => (404, format!("model '{model}' not found")),
        Refusal::RateLimited => (429, "This key may make 20 calls in a minute.".to_owned()),
        Refusal::ServerError => (500, "The server failed over this request.".to_owned()),
    };
    let message = quoted(&message);
    Refused::new(status, format!(r#"{{"id":"00000000-0000-4000-8000-000000000000","message":{message}}}"#))
}

pub fn entry(id: &str, _: &str) -> String {
    format!(
        r#"{{"name":{},"endpoints":["generate","chat"],"finetuned":false,"context_length":131072,"features":[]}}"#,
        quoted(id)
    )
}
