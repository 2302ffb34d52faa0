//! The provider faults of the fixture folder: a server that misbehaves in known ways, and what a
//! person should see. Without the folder this tests nothing (the other files cover every kind).

use std::{collections::BTreeMap, fs};

use serde::Deserialize;
use tutti::{
    call::{Limits, phase::PhaseKind},
    model::provider::Dialect,
};

use crate::common::fixtures;

use super::world::{End, Exchange, play_with};

#[derive(Deserialize)]
struct Fault {
    id: String,
    family: String,
    status: u16,
    headers: BTreeMap<String, String>,
    steps: Vec<Step>,
    end: String,
    expect: Expect,
}

#[derive(Deserialize)]
struct Step {
    after_ms: u64,
    b64: String,
}

#[derive(Deserialize)]
struct Expect {
    state: String,
    text: String,
    error_class: Option<String>,
}

#[test]
fn every_provider_fault_is_shown_as_what_it_is() {
    let Some(folder) = fixtures() else { return };
    let path = folder.join("corpora/sse/provider-faults.json");
    let json = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let faults: Vec<Fault> = serde_json::from_slice(&json).expect("a list of faults");
    assert!(!faults.is_empty());
    let wrong: Vec<String> = faults.iter().filter_map(mistake).collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), faults.len(), wrong.join("\n"));
}

/// What is shown in place of what should be, in words.
fn mistake(fault: &Fault) -> Option<String> {
    let dialect = match fault.family.as_str() {
        "anthropic" => Dialect::AnthropicMessages,
        "gemini" => Dialect::Gemini,
        _ => Dialect::OpenaiChat,
    };
    let player = play_with(dialect, Limits::default(), vec![as_a_browser_sees_it(fault)]);
    let state = match player.call.phase().kind() {
        PhaseKind::Finished => "complete",
        PhaseKind::Truncated => "incomplete",
        _ => "error",
    };
    let class = player.error().map(|error| error.class.word());
    let shown = (state, player.answer.text.as_str(), class);
    let expected =
        (fault.expect.state.as_str(), fault.expect.text.as_str(), fault.expect.error_class.as_deref());
    (shown != expected).then(|| format!("{}: shown {shown:?}, expected {expected:?}", fault.id))
}

/// The Fetch Standard hides replies without permission, and all but a few headers.
fn as_a_browser_sees_it(fault: &Fault) -> Exchange {
    const SAFE: [&str; 7] = [
        "cache-control",
        "content-language",
        "content-length",
        "content-type",
        "expires",
        "last-modified",
        "pragma",
    ];
    if !fault.headers.contains_key("access-control-allow-origin") {
        return Exchange::no_connection();
    }
    let exposed = fault.headers.get("access-control-expose-headers").map_or("", String::as_str);
    let exposed: Vec<&str> = exposed.split(',').map(str::trim).collect();
    let visible = |name: &str| exposed.contains(&"*") || exposed.contains(&name) || SAFE.contains(&name);
    let headers = fault.headers.iter().filter(|(name, _)| visible(&name.to_ascii_lowercase()));
    Exchange {
        connect_ms: 10,
        status: Some(fault.status),
        headers: headers.map(|(name, value)| (name.clone(), value.clone())).collect(),
        pieces: fault.steps.iter().map(|step| (step.after_ms, base64(&step.b64))).collect(),
        end: if fault.end == "reset" { End::Reset } else { End::Eof },
    }
}

fn base64(text: &str) -> Vec<u8> {
    let (mut bits, mut count, mut bytes) = (0_u32, 0, Vec::new());
    for byte in text.bytes().filter(|byte| *byte != b'=') {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => panic!("not base64: {}", byte as char),
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    bytes
}
