//! Bodies as providers send them, a piece at a time.

use serde_json::json;
use tutti::model::provider::Dialect;

/// The dialects that scripted servers speak; two framings, four ways to end.
pub const SPOKEN: [Dialect; 4] =
    [Dialect::OpenaiChat, Dialect::AnthropicMessages, Dialect::Gemini, Dialect::OllamaChat];

/// An event with a piece of text.
pub fn text(dialect: Dialect, text: &str) -> Vec<u8> {
    match dialect {
        Dialect::AnthropicMessages => named(
            "content_block_delta",
            &json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text}}),
        ),
        Dialect::Gemini => data(&json!({"candidates": [{"content": {"parts": [{"text": text}]}}]})),
        Dialect::OllamaChat => {
            line(&json!({"message": {"role": "assistant", "content": text}, "done": false}))
        }
        _ => data(&json!({"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": null}]})),
    }
}

/// An event that says something, but nothing to read.
pub fn start(dialect: Dialect) -> Vec<u8> {
    match dialect {
        Dialect::AnthropicMessages => named(
            "message_start",
            &json!({"type": "message_start", "message": {"id": "msg_1", "model": "claude",
                "usage": {"input_tokens": 3, "output_tokens": 1}}}),
        ),
        Dialect::Gemini => data(&json!({"responseId": "r1", "modelVersion": "gemini", "candidates": [{}]})),
        Dialect::OllamaChat => {
            line(&json!({"model": "llama", "message": {"role": "assistant", "content": ""}, "done": false}))
        }
        _ => data(
            &json!({"id": "c1", "model": "gpt", "choices": [{"index": 0, "delta": {"role": "assistant"}}]}),
        ),
    }
}

/// The provider's mark of the end.
pub fn finish(dialect: Dialect) -> Vec<u8> {
    match dialect {
        Dialect::AnthropicMessages => {
            let mut bytes = named(
                "message_delta",
                &json!({"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 9}}),
            );
            bytes.extend(named("message_stop", &json!({"type": "message_stop"})));
            bytes
        }
        Dialect::Gemini => data(&json!({"candidates": [{"finishReason": "STOP"}]})),
        Dialect::OllamaChat => line(
            &json!({"message": {"role": "assistant", "content": ""}, "done": true, "done_reason": "stop"}),
        ),
        _ => {
            let mut bytes = data(&json!({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}));
            bytes.extend(b"data: [DONE]\n\n");
            bytes
        }
    }
}

/// The provider has too much to do, and says so inside the stream.
pub fn overloaded(dialect: Dialect) -> Vec<u8> {
    match dialect {
        Dialect::AnthropicMessages => named(
            "error",
            &json!({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}),
        ),
        Dialect::Gemini => data(
            &json!({"error": {"code": 503, "message": "The model is overloaded.", "status": "UNAVAILABLE"}}),
        ),
        Dialect::OllamaChat => line(&json!({"error": "the server had an error: overloaded"})),
        _ => data(&json!({"error": {"message": "overloaded", "type": "server_error", "code": null}})),
    }
}

/// A sign of life that says nothing.
pub fn ping(dialect: Dialect) -> Vec<u8> {
    match dialect {
        Dialect::OllamaChat => b"\n".to_vec(),
        _ => b": ping\n\n".to_vec(),
    }
}

fn data(json: &serde_json::Value) -> Vec<u8> {
    format!("data: {json}\n\n").into_bytes()
}

fn named(event: &str, json: &serde_json::Value) -> Vec<u8> {
    format!("event: {event}\ndata: {json}\n\n").into_bytes()
}

fn line(json: &serde_json::Value) -> Vec<u8> {
    format!("{json}\n").into_bytes()
}
