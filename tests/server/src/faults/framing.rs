//! Bodies that are not what they seem, or never stop.

use serde_json::json;

use super::WHOLE;
use crate::chat;
use crate::script::Script;

const MEBIBYTE: u64 = 1024 * 1024;
const BLOCK: usize = 64 * 1024;

/// Some text, then one line of so many MiB that no line end ever closes. It is made while it is sent.
pub fn endless_line(mebibytes: u64) -> Script {
    let blocks = mebibytes * MEBIBYTE / BLOCK as u64;
    Script::sse()
        .send(chat::text("Hello "))
        .send(r#"data: {"choices":[{"index":0,"delta":{"content":""#)
        .repeat(vec![b'x'; BLOCK], blocks)
}

/// The same few words for ever, as fast as they are read.
pub fn endless_stream() -> Script {
    Script::sse().repeat(chat::text("on and on and on and on, "), u64::MAX)
}

/// One JSON object a line, said to be server-sent events.
pub fn ndjson_as_sse() -> Script {
    let line = |content: &str, reason: Option<&str>| {
        let choice = json!({ "index": 0, "delta": { "content": content }, "finish_reason": reason });
        format!("{}\n", json!({ "object": "chat.completion.chunk", "choices": [choice] }))
    };
    Script::sse().send(line("Hello ", None)).send(line("world", None)).send(line("", Some("stop")))
}

/// A whole answer as one JSON object, said to be server-sent events.
pub fn json_as_sse() -> Script {
    let message = json!({ "role": "assistant", "content": WHOLE });
    let choice = json!({ "index": 0, "message": message, "finish_reason": "stop" });
    Script::sse().send(json!({ "object": "chat.completion", "choices": [choice] }).to_string())
}

/// A captive portal: a page with status 200.
pub fn html_page() -> Script {
    Script::new(200)
        .header("content-type", "text/html; charset=utf-8")
        .send("<!doctype html><title>Sign in</title><h1>Welcome to the hotel</h1><script>alert(1)</script>\n")
}

/// One event among good ones that is no JSON.
pub fn one_bad_event() -> Script {
    let good = Script::sse().send(chat::text("Hello ")).send("data: {\"choices\":[{\n\n");
    good.send(chat::text("world")).send(chat::finish("stop")).send(chat::DONE)
}

/// Events of which none is JSON.
pub fn all_bad_events() -> Script {
    (0..4).fold(Script::sse(), |script, _| script.send("data: nope\n\n"))
}
