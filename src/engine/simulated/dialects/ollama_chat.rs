//! Ollama's own chat: one JSON object a line.

use super::{Facts, Refused, Step, quoted};
use crate::engine::simulated::{script::Section, simulation::Refusal};

pub fn write(step: Step<'_>, facts: &mut Facts, out: &mut String) {
    match step {
        Step::Begin(Section::Thought(1..)) => think(facts, "\n\n", out),
        Step::Token(Section::Thought(_), token) => think(facts, token, out),
        Step::Token(Section::Text, token) => {
            line(facts, &format!(r#""content":{}"#, quoted(token)), r#""done":false"#, out);
        }
        Step::Open | Step::Begin(_) | Step::End(_) => {}
        Step::Close => {
            let (input, output) = (facts.input_tokens, facts.output_tokens());
            let done = format!(
                r#""done":true,"done_reason":"stop","total_duration":912345678,"load_duration":51000000,"prompt_eval_count":{input},"prompt_eval_duration":88000000,"eval_count":{output},"eval_duration":700000000"#
            );
            line(facts, r#""content":"""#, &done, out);
        }
    }
}

fn think(facts: &Facts, token: &str, out: &mut String) {
    line(facts, &format!(r#""content":"","thinking":{}"#, quoted(token)), r#""done":false"#, out);
}

fn line(facts: &Facts, message: &str, done: &str, out: &mut String) {
    let model = &facts.model;
    let created = r#""created_at":"2026-01-01T00:00:00Z""#;
    out.push_str(&format!(
        "{{\"model\":{model},{created},\"message\":{{\"role\":\"assistant\",{message}}},{done}}}\n"
    ));
}

pub fn refuse(refusal: Refusal, model: &str) -> Refused {
    let (status, message) = match refusal {
        Refusal::Unauthorized => (401, "unauthorized".to_owned()),
        Refusal::NotFound => (404, format!("model \"{model}\" not found, try pulling it first")),
        Refusal::RateLimited => (429, "too many requests".to_owned()),
        Refusal::ServerError => (500, "the model runner has stopped".to_owned()),
    };
    Refused::new(status, format!(r#"{{"error":{}}}"#, quoted(&message)))
}

pub fn entry(id: &str, _: &str) -> String {
    let id = quoted(id);
    format!(
        r#"{{"name":{id},"model":{id},"modified_at":"2026-01-01T00:00:00Z","size":0,"details":{{"format":"simulated","family":"simulated","families":["simulated"]}}}}"#
    )
}
