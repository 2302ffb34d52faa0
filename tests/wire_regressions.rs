//! Bodies that once were read wrongly.

use tutti::{
    model::provider::{Dialect, Quirks},
    wire::report::{Report, decode},
};

fn read(dialect: Dialect, body: &str) -> Report {
    decode(dialect, Quirks::default(), 200, [body.as_bytes()])
}

/// The data as server-sent events.
fn events(data: &[&str]) -> String {
    data.iter().map(|data| format!("data: {data}\n\n")).collect()
}

#[test]
fn half_a_surrogate_pair_costs_one_character_wherever_it_stands() {
    let check = |dialect, body: &str| {
        let report = read(dialect, &events(&[body]));
        let arguments = report.tool_calls.first().map_or("", |call| &call.arguments);
        let found = if report.text.is_empty() { arguments } else { &report.text };
        assert!(found.contains("a\u{fffd}b") || found.contains("a\\ufffdb"), "{dialect:?} {report:?}");
        assert_eq!(report.skipped_events, 0, "{dialect:?}");
    };
    check(
        Dialect::CohereV2,
        r#"{"type":"content-delta","index":0,"delta":{"message":{"content":{"text":"a\ud83db"}}}}"#,
    );
    check(Dialect::OpenaiChat, r#"{"choices":[{"message":{"content":"a\uDE00b"},"finish_reason":"stop"}]}"#);
    check(
        Dialect::OpenaiChat,
        r#"{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"i","function":{"name":"f","arguments":"a\ud83db"}}]}}]}"#,
    );
    check(
        Dialect::AnthropicMessages,
        r#"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":"a\ud83db"}}"#,
    );
    check(
        Dialect::OpenaiResponses,
        r#"{"type":"response.output_item.done","item":{"type":"message","content":[{"type":"output_text","text":"a\ud83db"}]}}"#,
    );
    check(
        Dialect::Gemini,
        r#"{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":{"x":"a\ud83db"}}}]}}]}"#,
    );
}

#[test]
fn arguments_that_are_cut_off_are_kept() {
    let body = events(&[
        r#"{"candidates":[{"content":{"parts":[{"functionCall":{"name":"cook","willContinue":true}}]}}]}"#,
        r#"{"candidates":[{"content":{"parts":[{"functionCall":{"partialArgs":[{"jsonPath":"$.dish","stringValue":"so"}],"willContinue":true}}]}}]}"#,
    ]);
    let report = read(Dialect::Gemini, &body);
    assert_eq!(report.tool_calls[0].arguments, r#"{"dish":"so"}"#);
    assert!(!report.complete);
}

#[test]
fn the_lines_of_a_web_page_stay_apart() {
    let page = "<html><title>Please log\nin</title>\r\nto go on</html>";
    let error = read(Dialect::OpenaiChat, page).error.expect("a page is no answer");
    assert_eq!(error.message, "Please log in");
    assert_eq!(error.detail.as_deref(), Some("<html><title>Please log\nin</title>\nto go on</html>"));
    let long = read(Dialect::OpenaiChat, &format!("<html>{}", "\na line".repeat(2_000)));
    assert_eq!(long.error.and_then(|error| error.detail).map(|detail| detail.len()), Some(4 << 10));
}
