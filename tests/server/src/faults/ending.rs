//! Answers that end too early, too often, or strangely.

use serde_json::json;

use crate::chat;
use crate::replay::End;
use crate::script::Script;

/// `Hello wor` in two pieces, and no more.
fn partial() -> Script {
    Script::sse().send(chat::text("Hello ")).send(chat::text("wor"))
}

/// `Hello world` in two pieces, without an end.
fn whole() -> Script {
    Script::sse().send(chat::text("Hello ")).send(chat::text("world"))
}

/// The body ends well, but nothing said that the answer is over.
pub fn no_finish() -> Script {
    partial()
}

/// Finished, but the customary last event is missing.
pub fn finish_without_done() -> Script {
    whole().send(chat::finish("stop"))
}

/// The customary last event, but no reason.
pub fn done_without_finish() -> Script {
    whole().send(chat::DONE)
}

/// The connection, over HTTP/2 the stream, is reset after some text, when the test releases one step:
/// a browser that hears of the reset together with the text may keep the text to itself.
pub fn reset_mid_stream() -> Script {
    partial().wait_for_release().end(End::Reset)
}

/// It is reset before there is any answer.
pub fn reset_before_first_byte() -> Script {
    Script::new(200).without_head().end(End::Reset)
}

/// It is reset between the head and the first byte of the body, when the test releases one step.
pub fn reset_after_head() -> Script {
    Script::sse().wait_for_release().end(End::Reset)
}

/// The server goes away after some text, with every stream of the connection, when the test releases
/// one step.
pub fn server_gone() -> Script {
    partial().wait_for_release().end(End::Close)
}

/// Some text, then nothing, until the client goes.
pub fn stall() -> Script {
    partial().end(End::Hang)
}

/// Some text, then nothing until the test releases one step, then the rest.
pub fn stall_until_released() -> Script {
    partial().wait_for_release().send(chat::text("ld")).send(chat::finish("stop")).send(chat::DONE)
}

/// Status and headers, and no byte of a body.
pub fn silence_after_head() -> Script {
    Script::sse().end(End::Hang)
}

/// Nothing at all, until the client goes.
pub fn silence() -> Script {
    Script::new(200).without_head().end(End::Hang)
}

/// The same finish three times.
pub fn repeated_finish() -> Script {
    (0..3).fold(whole(), |script, _| script.send(chat::finish("stop"))).send(chat::DONE)
}

/// Text after the finish, which does not belong to the answer.
pub fn text_after_finish() -> Script {
    finish_without_done().send(chat::text(" and more")).send(chat::DONE)
}

/// The counts come before the text.
pub fn usage_before_text() -> Script {
    let counts = Script::sse().send(chat::usage(3, 2));
    counts.send(chat::text("Hello ")).send(chat::text("world")).send(chat::finish("stop")).send(chat::DONE)
}

/// The body is packed, and ends in the middle of its packing. Chromium takes it for a whole one.
pub fn truncated_gzip() -> Script {
    partial().truncated_gzip()
}

/// Fewer bytes than the head has promised. Over HTTP/2 Chromium takes it for a whole body.
pub fn short_content_length() -> Script {
    partial().stated_length(99_999)
}

/// A 200 without a byte.
pub fn empty_200() -> Script {
    Script::sse()
}

/// Finished without a word.
pub fn empty_answer() -> Script {
    let role = json!({ "index": 0, "delta": { "role": "assistant" }, "finish_reason": null });
    let first = chat::event(&json!({ "object": "chat.completion.chunk", "choices": [role] }));
    Script::sse().send(first).send(chat::finish("stop")).send(chat::DONE)
}

/// A whole answer that ends for this reason: `length`, `content_filter`, or one nobody knows.
pub fn finished_for(reason: &str) -> Script {
    whole().send(chat::finish(reason)).send(chat::DONE)
}

/// Some text, then an error where an event should be.
pub fn error_mid_stream() -> Script {
    let error = json!({ "message": "The server had an error", "type": "server_error", "code": null });
    partial().send(chat::event(&json!({ "error": error })))
}

/// The same of Anthropic's messages: too many people at once.
pub fn anthropic_error_mid_stream() -> Script {
    let error = json!({ "type": "overloaded_error", "message": "Overloaded" });
    let error = json!({ "type": "error", "error": error });
    anthropic_block(anthropic_start(), 0, "Hello wor").send(format!("event: error\n{}", chat::event(&error)))
}

/// Two blocks of Anthropic's messages whose pieces alternate: `Hello ` and `world` in the end.
pub fn interleaved_blocks() -> Script {
    let pieces = [(0, "Hel"), (1, "wor"), (0, "lo "), (1, "ld")];
    let script =
        pieces.iter().fold(anthropic_start(), |script, (index, text)| anthropic_block(script, *index, text));
    let over = json!({
        "type": "message_delta",
        "delta": { "stop_reason": "end_turn", "stop_sequence": null },
        "usage": { "output_tokens": 2 },
    });
    let script = script.send(format!("event: message_delta\n{}", chat::event(&over)));
    script.send("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n")
}

fn anthropic_start() -> Script {
    let message = json!({
        "id": "msg_test",
        "type": "message",
        "role": "assistant",
        "model": "test-model",
        "content": [],
        "stop_reason": null,
        "usage": { "input_tokens": 3, "output_tokens": 1 },
    });
    let start = json!({ "type": "message_start", "message": message });
    let start = Script::sse().send(format!("event: message_start\n{}", chat::event(&start)));
    (0..2).fold(start, |script, index| {
        let block = json!({ "type": "text", "text": "" });
        let block = json!({ "type": "content_block_start", "index": index, "content_block": block });
        script.send(format!("event: content_block_start\n{}", chat::event(&block)))
    })
}

fn anthropic_block(script: Script, index: usize, text: &str) -> Script {
    let delta = json!({ "type": "text_delta", "text": text });
    let delta = json!({ "type": "content_block_delta", "index": index, "delta": delta });
    script.send(format!("event: content_block_delta\n{}", chat::event(&delta)))
}
