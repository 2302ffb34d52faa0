//! Server-sent events as OpenAI's chat completions send them.

use serde_json::{Value, json};

use crate::script::Script;

pub const DONE: &str = "data: [DONE]\n\n";

/// An event with any JSON as its data.
pub fn event(data: &Value) -> String {
    format!("data: {data}\n\n")
}

/// One piece of the answer.
pub fn text(content: &str) -> String {
    event(&chunk(json!([{ "index": 0, "delta": { "content": content }, "finish_reason": null }])))
}

/// What ends the only choice.
pub fn finish(reason: &str) -> String {
    event(&chunk(json!([{ "index": 0, "delta": {}, "finish_reason": reason }])))
}

/// The counts that come after the finish, when they are asked for.
pub fn usage(input: u64, output: u64) -> String {
    let mut last = chunk(json!([]));
    last["usage"] =
        json!({ "prompt_tokens": input, "completion_tokens": output, "total_tokens": input + output });
    event(&last)
}

/// A whole answer, one word a chunk.
pub fn answer(content: &str) -> Script {
    let words = content.split_inclusive(' ');
    let script = words.fold(Script::sse(), |script, word| script.send(text(word)));
    script.send(finish("stop")).send(usage(10, 5)).send(DONE)
}

fn chunk(choices: Value) -> Value {
    json!({
        "id": "chatcmpl-test",
        "object": "chat.completion.chunk",
        "created": 1_700_000_000,
        "model": "test-model",
        "choices": choices,
    })
}
