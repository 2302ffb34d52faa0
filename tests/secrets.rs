//! A key leaves the program only as a header to its own origin.

use tutti::{
    call::{Call, Input, Limits, Now},
    model::{
        catalog,
        event::StreamEvent,
        http::{ApiKey, Headers},
    },
};

const CANARY: &str = "sk-canary-7b1f02c9e4";

/// Everything that a call says about a reply, as text.
fn said(status: u16, body: &str) -> String {
    let provider = catalog::find("openai").expect("a row");
    let key = ApiKey::new(provider.base_url.origin(), CANARY).expect("a key");
    let now = Now { ms: 1, wall_ms: 1 };
    let mut call =
        Call::new(provider.dialect(), provider.quirks, Limits::default(), 1, now).with_key(Some(key));
    let mut events: Vec<StreamEvent> = Vec::new();
    let headers = Headers::default();
    for input in [
        Input::SlotGranted,
        Input::Headers { status, headers: &headers },
        Input::Bytes(body.as_bytes()),
        Input::End,
    ] {
        call.handle(input, now, &mut events);
    }
    assert!(call.phase().error().is_some(), "{status}: {:?}", call.phase());
    format!("{:?} {events:?}", call.phase())
}

#[test]
fn an_error_that_echoes_the_key_is_shown_without_it() {
    for (status, body) in [
        (
            401,
            format!(
                r#"{{"error":{{"message":"Incorrect key: {CANARY}","code":"{CANARY}","param":"{CANARY}"}}}}"#
            ),
        ),
        (403, format!(r#"{{"error":{{"message":"x","metadata":{{"raw":"{CANARY}"}}}}}}"#)),
        (502, format!("<html><title>{CANARY}</title>{CANARY}</html>")),
        (429, format!(r#"{{"error":{{"message":"slow down {CANARY}"}}}}"#)),
        (200, format!("event: error\ndata: {{\"error\":{{\"message\":\"{CANARY}\"}}}}\n\n")),
        (200, format!("<html><title>{CANARY}</title></html>")),
        (200, format!("data: {CANARY}\n\n")),
    ] {
        let said = said(status, &body);
        assert!(said.contains("[key]"), "{status}: {said}");
        assert!(!said.contains(CANARY), "{status}: {said}");
    }
}

#[test]
fn a_text_that_was_cut_in_the_middle_of_the_key_shows_no_part_of_it() {
    // Texts of errors are cut after 4000 bytes, unreadable data after 200 characters, pages after 4 KB.
    for (status, body) in [
        (500, format!("{}{CANARY} ...", "x".repeat(4_000 - 12))),
        (200, format!("data: {}{CANARY}\n\n", "x".repeat(200 - 12))),
        (200, format!("<html>{}{CANARY}</html>", "x".repeat((4 << 10) - 6 - 12))),
    ] {
        let said = said(status, &body);
        assert!(said.contains("x[key]") && !said.contains("sk-canary"), "{status}: {said}");
    }
}
