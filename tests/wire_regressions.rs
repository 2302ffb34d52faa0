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
fn a_call_is_known_again_by_its_id_at_another_place() {
    let added = |index: u32, id: &str| {
        format!(
            r#"{{"type":"response.output_item.added","output_index":{index},"item":{{"type":"function_call","call_id":"{id}","name":"f","arguments":""}}}}"#
        )
    };
    let call = |id: &str| {
        format!(r#"{{"type":"function_call","call_id":"{id}","name":"f","arguments":"{{\"{id}\":1}}"}}"#)
    };
    let completed = |items: &[String]| {
        let output = items.join(",");
        format!(r#"{{"type":"response.completed","response":{{"status":"completed","output":[{output}]}}}}"#)
    };
    let delta = r#"{"type":"response.function_call_arguments.delta","output_index":1,"delta":"{\"a\":1}"}"#;
    let calls = |data: &[&str]| -> Vec<String> {
        let report = read(Dialect::OpenaiResponses, &events(data));
        report.tool_calls.into_iter().map(|call| call.arguments).collect()
    };
    assert_eq!(calls(&[&added(1, "a"), &completed(&[call("a")])]), [r#"{"a":1}"#]);
    assert_eq!(calls(&[&added(1, "a"), delta, &completed(&[call("a")])]), [r#"{"a":1}"#]);
    // One came in pieces, the other only at the end.
    let both = [r#"{"a":1}"#, r#"{"b":1}"#];
    let end = completed(&[call("a"), call("b")]);
    assert_eq!(calls(&[&added(1, "a"), delta, &added(2, "b"), &end]), both);
    assert_eq!(calls(&[&end]), both);
}

#[test]
fn a_summary_and_the_thinking_itself_are_two_thoughts() {
    let body = events(&[
        r#"{"type":"response.reasoning_text.delta","output_index":0,"content_index":0,"delta":"long"}"#,
        r#"{"type":"response.reasoning_summary_text.delta","output_index":0,"summary_index":0,"delta":"short"}"#,
    ]);
    assert_eq!(read(Dialect::OpenaiResponses, &body).reasoning_parts, ["long", "short"]);
    let item = r#"{"type":"response.output_item.done","output_index":0,"item":{"type":"reasoning","summary":[{"type":"summary_text","text":"short"}],"content":[{"type":"reasoning_text","text":"long"}]}}"#;
    assert_eq!(read(Dialect::OpenaiResponses, &events(&[item])).reasoning_parts, ["short", "long"]);
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

#[test]
fn odd_side_fields_cost_no_text() {
    let check = |dialect, body: &str| {
        let report = read(dialect, &events(&[body]));
        assert_eq!((report.text.as_str(), report.skipped_events), ("kept", 0), "{dialect:?} {body}");
    };
    for odd in ["{}", "[]", "\"no\"", "7", "true", "[7]", "{\"function\":[]}"] {
        for (dialect, body) in [
            (
                Dialect::Gemini,
                r#"{"candidates":[{"content":{"parts":[{"text":"kept","functionCall":[ODD]}]},"groundingMetadata":{"groundingChunks":ODD}}]}"#,
            ),
            (
                Dialect::Gemini,
                r#"{"candidates":[{"content":{"parts":[{"text":"kept"}]},"groundingMetadata":ODD}],"usageMetadata":ODD,"promptFeedback":ODD}"#,
            ),
            (
                Dialect::AnthropicMessages,
                r#"{"type":"message","content":[{"type":"text","text":"kept","citations":ODD}],"usage":{"output_tokens_details":ODD}}"#,
            ),
            (
                Dialect::AnthropicMessages,
                r#"{"type":"content_block_delta","delta":{"type":"text_delta","text":"kept","citation":ODD},"usage":ODD}"#,
            ),
            (
                Dialect::CohereV2,
                r#"{"message":{"content":[{"text":"kept"},7],"tool_calls":ODD,"citations":ODD},"finish_reason":"COMPLETE","usage":ODD}"#,
            ),
            (
                Dialect::CohereV2,
                r#"{"message":{"content":"kept"},"finish_reason":"COMPLETE","usage":{"tokens":ODD}}"#,
            ),
            (Dialect::OllamaChat, r#"{"message":{"content":"kept","tool_calls":ODD},"done":false}"#),
            (
                Dialect::OpenaiResponses,
                r#"{"type":"response.output_text.delta","delta":"kept","annotation":ODD}"#,
            ),
            (
                Dialect::OpenaiResponses,
                r#"{"type":"response.output_item.done","item":{"type":"message","summary":ODD,"content":[{"type":"output_text","text":"kept","annotations":ODD},7]}}"#,
            ),
            (
                Dialect::OpenaiResponses,
                r#"{"type":"response.completed","response":{"usage":ODD,"incomplete_details":ODD,"output":[{"type":"message","content":"kept"}]}}"#,
            ),
            (
                Dialect::OpenaiChat,
                r#"{"choices":[{"delta":{"content":"kept","tool_calls":ODD,"function_call":[ODD]}}],"usage":{"prompt_tokens_details":ODD}}"#,
            ),
        ] {
            // `{"function":[]}` in a list would be a call without a name: still no text is lost.
            check(dialect, &body.replace("ODD", odd));
        }
    }
    check(Dialect::Gemini, r#"{"candidates":[{"content":{"parts":[{"text":"kept","thought":"no"}]}}]}"#);
    let usage = |dialect, body: &str| read(dialect, &events(&[body])).counts.output;
    let body =
        r#"{"type":"message_delta","delta":{},"usage":{"output_tokens":3,"output_tokens_details":[]}}"#;
    assert_eq!(usage(Dialect::AnthropicMessages, body), Some(3));
    let body = r#"{"choices":[],"usage":{"completion_tokens":3,"completion_tokens_details":[]}}"#;
    assert_eq!(usage(Dialect::OpenaiChat, body), Some(3));
}

#[test]
fn done_ends_an_answer_in_every_api_and_framing() {
    for (dialect, text) in [
        (Dialect::OpenaiChat, r#"{"choices":[{"delta":{"content":"kept"}}]}"#),
        (Dialect::OpenaiResponses, r#"{"type":"response.output_text.delta","delta":"kept"}"#),
        (
            Dialect::AnthropicMessages,
            r#"{"type":"content_block_delta","delta":{"type":"text_delta","text":"kept"}}"#,
        ),
        (Dialect::Gemini, r#"{"candidates":[{"content":{"parts":[{"text":"kept"}]}}]}"#),
        (Dialect::CohereV2, r#"{"type":"content-delta","delta":{"message":{"content":{"text":"kept"}}}}"#),
        (Dialect::OllamaChat, r#"{"message":{"content":"kept"},"done":false}"#),
    ] {
        for body in [
            events(&[text, "[DONE]"]),
            format!("{text}\n[DONE]\n"),
            format!("{text}\n[DONE]"),
            format!("{text}\r\n [DONE] \r\n"),
        ] {
            let report = read(dialect, &body);
            assert_eq!((report.text.as_str(), report.finish), ("kept", None), "{dialect:?} {body}");
            assert!(report.complete && report.skipped_events == 0, "{dialect:?} {body}");
        }
    }
}

#[test]
fn only_a_success_is_an_answer() {
    let body = r#"{"error":{"message":"moved"}}"#;
    for status in [100, 301, 304, 399, 400, 500] {
        let report = decode(Dialect::OllamaChat, Quirks::default(), status, [body.as_bytes()]);
        assert_eq!(report.error.and_then(|error| error.http_status), Some(status));
    }
    let body = r#"{"message":{"content":"kept"},"done":true}"#;
    let report = decode(Dialect::OllamaChat, Quirks::default(), 206, [body.as_bytes()]);
    assert_eq!(report.text, "kept");
}
