//! Bodies that no honest provider sends. Each was found by a fuzz target, or by asking what would
//! make a decoder slow, large or wrong.
//!
//! Where time is at stake the sizes are such that one step too many per piece, over all pieces
//! before it, would take minutes.

use std::thread;

use tutti::{
    model::{
        event::{Delta, StreamEvent},
        provider::{Dialect, Quirks},
    },
    wire::{
        body::{BodyDecoder, BodyEnd, DEFAULT_LINE_LIMIT, LineTooLong},
        error::read_error,
    },
};

const MANY: usize = 100_000;

fn read(dialect: Dialect, body: &str) -> (Vec<StreamEvent>, BodyEnd) {
    let mut decoder = BodyDecoder::new(dialect, Quirks::default());
    let mut events = Vec::new();
    decoder.push(body.as_bytes(), &mut events).expect("no line over the limit");
    let end = decoder.end(&mut events);
    (events, end)
}

fn count(events: &[StreamEvent], wanted: impl Fn(&Delta) -> bool) -> usize {
    events.iter().filter(|event| matches!(event, StreamEvent::Delta(delta) if wanted(delta))).count()
}

/// A line for each number.
fn lines(line: impl Fn(usize) -> String) -> String {
    (0..MANY).map(line).collect()
}

#[test]
fn a_long_line_may_come_byte_by_byte() {
    let body =
        format!("data: {{\"choices\":[{{\"delta\":{{\"content\":\"{}\"}}}}]}}\n\n", "a".repeat(1 << 20));
    let mut decoder = BodyDecoder::new(Dialect::OpenaiChat, Quirks::default());
    let mut events = Vec::new();
    for byte in body.as_bytes().chunks(1) {
        decoder.push(byte, &mut events).expect("a line below the limit");
    }
    assert_eq!(count(&events, |delta| matches!(delta, Delta::Text(text) if text.len() == 1 << 20)), 1);
}

#[test]
fn a_value_may_come_in_many_lines() {
    let body = format!("{{\"message\":{{\"content\":\"a\"}},\n{}\"done\":true}}", lines(|_| "\n".to_owned()));
    assert!(read(Dialect::OllamaChat, &body).1.complete);
}

#[test]
fn many_tool_calls() {
    let body = lines(|index| {
        let call = format!("{{\"index\":{index},\"function\":{{\"name\":\"f\",\"arguments\":\"{{}}\"}}}}");
        format!("data: {{\"choices\":[{{\"delta\":{{\"tool_calls\":[{call}]}}}}]}}\n\n")
    });
    let (events, _) = read(Dialect::OpenaiChat, &body);
    let last = |delta: &Delta| matches!(delta, Delta::ToolCall { index, .. } if *index as usize == MANY - 1);
    assert_eq!(count(&events, last), 1);
}

#[test]
fn many_sources() {
    let urls: Vec<_> = (0..MANY).map(|index| format!("\"https://{index}.example\"")).collect();
    let body = format!("data: {{\"choices\":[],\"citations\":[{}]}}\n\n", urls.join(","));
    let (events, _) = read(Dialect::OpenaiChat, &(body.clone() + &body));
    assert_eq!(count(&events, |delta| matches!(delta, Delta::Citation(_))), MANY);
}

#[test]
fn many_blocks_that_are_never_closed() {
    let start = lines(|index| {
        format!(
            "data: {{\"type\":\"content_block_start\",\"index\":{index},\"content_block\":{{\"type\":\"x\"}}}}\n\n"
        )
    });
    let delta = lines(|index| {
        let delta = "{\"type\":\"compaction_delta\",\"content\":\"a\"}";
        format!("data: {{\"type\":\"content_block_delta\",\"index\":{index},\"delta\":{delta}}}\n\n")
    });
    assert_eq!(read(Dialect::AnthropicMessages, &(start + &delta)).1.skipped_events, 0);
}

#[test]
fn many_output_items() {
    let body = lines(|index| {
        format!(
            "data: {{\"type\":\"response.output_text.delta\",\"output_index\":{index},\"delta\":\"a\"}}\n\n"
        )
    });
    let done = lines(|index| {
        let item = "{\"type\":\"message\",\"content\":[{\"type\":\"output_text\",\"text\":\"a\"}]}";
        format!(
            "data: {{\"type\":\"response.output_item.done\",\"output_index\":{index},\"item\":{item}}}\n\n"
        )
    });
    let (events, _) = read(Dialect::OpenaiResponses, &(body + &done));
    assert_eq!(count(&events, |delta| matches!(delta, Delta::Text(_))), MANY);
}

#[test]
fn many_lines_of_one_event_are_bounded_like_one_line() {
    let body = "data: 0123456789\n".repeat(100);
    for length in [1, 7, 1000, body.len()] {
        let mut decoder = BodyDecoder::new(Dialect::OpenaiChat, Quirks::default()).with_line_limit(500);
        let mut events = Vec::new();
        let result = body.as_bytes().chunks(length).try_for_each(|piece| decoder.push(piece, &mut events));
        assert_eq!(result, Err(LineTooLong { limit: 500 }), "in pieces of {length}");
    }
}

#[test]
fn what_is_left_of_a_line_over_the_limit_is_not_read() {
    let body = "{\"error\":".to_owned() + &" ".repeat(100);
    let end = |length: usize| {
        let mut decoder = BodyDecoder::new(Dialect::OpenaiChat, Quirks::default()).with_line_limit(50);
        let mut events = Vec::new();
        let result = body.as_bytes().chunks(length).try_for_each(|piece| decoder.push(piece, &mut events));
        assert!(result.is_err());
        (decoder.end(&mut events), events)
    };
    assert_eq!(end(1), end(body.len()));
}

#[test]
fn counts_too_large_to_add_up() {
    let most = u64::MAX;
    let usage = format!("\"prompt_tokens\":{most},\"completion_tokens\":{most},\"total_tokens\":{most}");
    let details = format!("\"completion_tokens_details\":{{\"reasoning_tokens\":{most}}}");
    let bodies = [
        (Dialect::OpenaiChat, format!("{{\"choices\":[],\"usage\":{{{usage},{details}}}}}")),
        (
            Dialect::OpenaiResponses,
            format!(
                "{{\"object\":\"response\",\"status\":\"completed\",\"usage\":{{\"input_tokens\":{most},\"output_tokens\":{most},\"total_tokens\":1}}}}"
            ),
        ),
        (
            Dialect::AnthropicMessages,
            format!(
                "{{\"type\":\"message_delta\",\"usage\":{{\"input_tokens\":{most},\"cache_read_input_tokens\":{most},\"cache_creation_input_tokens\":{most}}}}}"
            ),
        ),
        (
            Dialect::Gemini,
            format!(
                "{{\"usageMetadata\":{{\"promptTokenCount\":{most},\"toolUsePromptTokenCount\":{most},\"candidatesTokenCount\":{most},\"thoughtsTokenCount\":{most}}}}}"
            ),
        ),
        (
            Dialect::CohereV2,
            format!(
                "{{\"type\":\"tool-call-start\",\"index\":{most},\"delta\":{{\"message\":{{\"tool_calls\":[{{\"function\":{{}}}},{{\"function\":{{}}}}]}}}}}}"
            ),
        ),
    ];
    for (dialect, json) in bodies {
        let (events, _) = read(dialect, &format!("data: {json}\n\n"));
        assert!(!events.is_empty(), "{}", dialect.name());
    }
}

#[test]
fn a_wait_longer_than_all_time_does_not_become_a_short_one() {
    let part = format!("{}s", u64::MAX / 1500);
    let error = read_error(429, format!("wait {part}{part}").as_bytes());
    assert!(error.retry_after_ms.is_none_or(|wait| wait > u64::MAX / 2));
}

/// The stack that a page has, in bytes.
const STACK: usize = 1 << 20;

#[test]
fn json_nested_without_end() {
    let shapes = [
        (Dialect::OpenaiChat, "{\"choices\":[{\"delta\":DEEP}]}"),
        (Dialect::OpenaiChat, "{\"choices\":[{\"delta\":{\"content\":DEEP}}]}"),
        (Dialect::OpenaiChat, "{\"choices\":[{\"message\":DEEP}]}"),
        (
            Dialect::OpenaiChat,
            "{\"choices\":[{\"delta\":{\"tool_calls\":[{\"function\":{\"arguments\":DEEP}}]}}]}",
        ),
        (Dialect::OpenaiChat, "{\"error\":DEEP}"),
        (Dialect::OpenaiChat, "{\"error\":{\"message\":\"a\",\"details\":DEEP}}"),
        (Dialect::OpenaiChat, "{\"x\":DEEP}"),
        (Dialect::OpenaiChat, "{\"choices\":[],\"usage\":{\"prompt_tokens\":DEEP,\"cost\":DEEP}}"),
        (
            Dialect::Mistral,
            "{\"choices\":[{\"delta\":{\"content\":[{\"type\":\"thinking\",\"thinking\":DEEP}]}}]}",
        ),
        (Dialect::OpenaiResponses, "{\"type\":\"response.output_item.done\",\"item\":DEEP}"),
        (
            Dialect::OpenaiResponses,
            "{\"type\":\"response.output_item.done\",\"item\":{\"type\":\"reasoning\",\"encrypted_content\":\"a\",\"x\":DEEP}}",
        ),
        (
            Dialect::OpenaiResponses,
            "{\"type\":\"response.completed\",\"response\":{\"output\":[DEEP],\"error\":DEEP}}",
        ),
        (Dialect::AnthropicMessages, "{\"type\":\"content_block_start\",\"content_block\":DEEP}"),
        (
            Dialect::AnthropicMessages,
            "{\"type\":\"content_block_start\",\"content_block\":{\"type\":\"x\",\"input\":DEEP}}",
        ),
        (
            Dialect::AnthropicMessages,
            "{\"type\":\"content_block_start\",\"content_block\":{\"type\":\"tool_use\",\"input\":DEEP}}",
        ),
        (Dialect::AnthropicMessages, "{\"type\":\"error\",\"error\":DEEP}"),
        (
            Dialect::Gemini,
            "{\"candidates\":[{\"content\":{\"parts\":[{\"functionCall\":{\"name\":\"f\",\"args\":DEEP}}]}}]}",
        ),
        (
            Dialect::Gemini,
            "{\"candidates\":[{\"content\":{\"parts\":[{\"functionCall\":{\"name\":\"f\",\"partialArgs\":[{\"jsonPath\":\"$.a\",\"numberValue\":DEEP}]}}]}}]}",
        ),
        (
            Dialect::CohereV2,
            "{\"type\":\"content-delta\",\"delta\":{\"message\":{\"content\":DEEP,\"citations\":DEEP}}}",
        ),
        (
            Dialect::OllamaChat,
            "{\"message\":{\"tool_calls\":[{\"function\":{\"name\":\"f\",\"arguments\":DEEP}}]}}",
        ),
        (Dialect::OllamaChat, "{\"error\":DEEP}"),
    ];
    let nested = |open: &str, close: &str, depth: usize| open.repeat(depth) + "1" + &close.repeat(depth);
    let run = move || {
        for (dialect, shape) in shapes {
            for depth in [60, 100, 126, 127, 128, 10_000] {
                for (open, close) in [
                    ("[", "]"),
                    ("{\"a\":", "}"),
                    ("{\"thinking\":", "}"),
                    ("[{\"thinking\":", "}]"),
                    ("{\"error\":", "}"),
                ] {
                    let json = shape.replace("DEEP", &nested(open, close, depth));
                    let body =
                        if dialect == Dialect::OllamaChat { json } else { format!("data: {json}\n\n") };
                    read(dialect, &body);
                }
            }
        }
    };
    let thread = thread::Builder::new().stack_size(STACK).spawn(run).expect("a thread");
    thread.join().expect("no panic");
}

#[test]
fn json_that_is_kept_is_not_nested_too_deep_to_be_saved() {
    let block = |depth: usize| {
        let deep = "[".repeat(depth) + &"]".repeat(depth);
        let start = format!(
            "data: {{\"type\":\"content_block_start\",\"content_block\":{{\"type\":\"x\",\"a\":{deep}}}}}\n\n"
        );
        let (events, _) =
            read(Dialect::AnthropicMessages, &(start + "data: {\"type\":\"content_block_stop\"}\n\n"));
        events.len()
    };
    assert_eq!([block(63), block(64), block(100)], [1, 0, 0]);
}

#[test]
fn a_short_path_makes_no_long_list() {
    let path = format!("${}", "[9999]".repeat(60));
    let call = format!("{{\"name\":\"f\",\"partialArgs\":[{{\"jsonPath\":\"{path}\",\"boolValue\":true}}]}}");
    let body =
        format!("data: {{\"candidates\":[{{\"content\":{{\"parts\":[{{\"functionCall\":{call}}}]}}}}]}}\n\n");
    let (events, _) = read(Dialect::Gemini, &body);
    let arguments: usize = events
        .iter()
        .map(|event| match event {
            StreamEvent::Delta(Delta::ToolCall { arguments, .. }) => arguments.len(),
            _ => 0,
        })
        .sum();
    assert!(arguments < body.len(), "{arguments} bytes from {}", body.len());
    assert!(body.len() < DEFAULT_LINE_LIMIT);
}
