//! The framing of server-sent events, by the WHATWG rules, in every cut.

mod common;

use common::{Random, fixtures, pieces};
use serde_json::{Value, json};
use tutti::wire::{body::DEFAULT_LINE_LIMIT, sse::Sse};

fn events<'a>(chunks: impl IntoIterator<Item = &'a [u8]>) -> (Value, Value) {
    let mut parser = Sse::new(DEFAULT_LINE_LIMIT);
    let mut found = Vec::new();
    for chunk in chunks {
        let push = |event: tutti::wire::sse::SseEvent<'_>| {
            found.push(json!({ "event": event.event, "data": event.data, "id": event.id }));
        };
        parser.push(chunk, push).expect("short lines");
    }
    (Value::Array(found), json!(parser.retry()))
}

fn check(name: &str, input: &[u8], expected: &Value, retry: &Value) {
    let whole = events([input]);
    assert_eq!(&whole.0, expected, "{name}, whole");
    assert_eq!(&whole.1, retry, "{name}, retry");
    assert_eq!(events(input.chunks(1)), whole, "{name}, every byte");
    // Everywhere; in a very long input, at its ends and in some places between.
    let mut random = Random(7);
    let everywhere = 0..=if input.len() > 4096 { 64 } else { input.len() };
    let elsewhere = (0..20).map(|_| random.below(input.len() + 1)).collect::<Vec<_>>();
    for at in everywhere.chain(elsewhere) {
        let (head, tail) = input.split_at(at);
        assert_eq!(events([head, tail]), whole, "{name}, cut at {at}");
    }
    for _ in 0..5 {
        let lengths: Vec<_> = (0..input.len()).map(|_| random.below(9)).collect();
        assert_eq!(events(pieces(input, lengths)), whole, "{name}, cut at random");
    }
}

#[test]
fn events_are_what_the_standard_says() {
    let event = |data: &str| json!({ "event": "message", "data": data, "id": "" });
    let cases: &[(&str, &[u8], Value)] = &[
        (
            "three line ends",
            b"data: a\n\ndata: b\r\rdata: c\r\n\r\n",
            json!([event("a"), event("b"), event("c")]),
        ),
        ("no space and two spaces", b"data:a\ndata:  b\n\n", json!([event("a\n b")])),
        ("several data lines", b"data: a\ndata\ndata: b\n\n", json!([event("a\n\nb")])),
        ("comments and unknown fields", b": x\nfoo: bar\ndata: a\n:\n\n", json!([event("a")])),
        ("no data, no event", b"event: x\n\ndata: a\n\n", json!([event("a")])),
        ("unfinished event", b"data: a\n\ndata: b\n", json!([event("a")])),
        ("byte order mark", b"\xEF\xBB\xBFdata: a\n\n", json!([event("a")])),
        ("invalid UTF-8", b"data: a\xE2\x82\n\n", json!([event("a\u{fffd}")])),
        ("NUL glued to a name", b"data\0: x\ndata: a\n\n", json!([event("a")])),
        (
            "other separators are text",
            "data: a\u{2028}\u{85}\u{b}b\n\n".as_bytes(),
            json!([event("a\u{2028}\u{85}\u{b}b")]),
        ),
        ("split characters", "data: 한글 👩‍💻 日本\n\n".as_bytes(), json!([event("한글 👩‍💻 日本")])),
        (
            "names and ids",
            b"event: e\nid: 1\ndata: a\n\ndata: b\n\nid: 2\0\ndata: c\n\nid\ndata: d\n\n",
            json!([
                { "event": "e", "data": "a", "id": "1" },
                { "event": "message", "data": "b", "id": "1" },
                { "event": "message", "data": "c", "id": "1" },
                { "event": "message", "data": "d", "id": "" },
            ]),
        ),
    ];
    for (name, input, expected) in cases {
        check(name, input, expected, &Value::Null);
    }
    check("retry", b"retry: 250\nretry: -1\nretry: 1e3\ndata: a\n\n", &json!([event("a")]), &json!(250));
}

#[test]
fn every_case_of_the_corpus_agrees() {
    let Some(fixtures) = fixtures() else { return };
    let cases = std::fs::read(fixtures.join("corpora/sse/cases.json")).expect("the corpus of SSE cases");
    let cases: Vec<Value> = serde_json::from_slice(&cases).expect("JSON");
    assert!(!cases.is_empty());
    for case in &cases {
        let input = base64(case["input_b64"].as_str().expect("base64"));
        check(case["name"].as_str().unwrap_or("?"), &input, &case["events"], &case["retry"]);
    }
    println!("{} of {}", cases.len(), cases.len());
}

fn base64(text: &str) -> Vec<u8> {
    let digit = |byte: u8| match byte {
        b'A'..=b'Z' => u32::from(byte - b'A'),
        b'a'..=b'z' => u32::from(byte - b'a') + 26,
        b'0'..=b'9' => u32::from(byte - b'0') + 52,
        b'+' => 62,
        b'/' => 63,
        other => panic!("{other} is no base64"),
    };
    let digits: Vec<_> = text.bytes().filter(|byte| *byte != b'=').map(digit).collect();
    let mut bytes = Vec::new();
    for group in digits.chunks(4) {
        let bits = group.iter().fold(0, |bits, digit| bits << 6 | digit) << (6 * (4 - group.len()));
        bytes.extend_from_slice(&bits.to_be_bytes()[1..group.len()]);
    }
    bytes
}
