#![no_main]

use libfuzzer_sys::fuzz_target;
use tutti::{
    grid::settings::{BadExtra, PanelSettings},
    model::{catalog, curl::curl, json::Json, provider::Dialect},
    wire::encode::encode,
};

fuzz_target!(|text: &str| {
    let row = catalog::simulated();
    let panel = PanelSettings { extra: text.to_owned(), ..PanelSettings::new(row, "m") };
    let extra = match panel.extra() {
        Ok(extra) => extra,
        Err(BadExtra::Syntax { line, column }) => {
            // At the end of a line that goes no further it is the place after it.
            let length = text.split('\n').nth(line - 1).expect("a line").len();
            assert!((1..=length + 1).contains(&column), "line {line}, column {column}");
            return;
        }
        Err(_) => return,
    };
    let written = extra.to_text();
    let rewritten = PanelSettings { extra: written.clone(), ..panel.clone() };
    let again = rewritten.extra().expect("what was written can be read");
    assert_eq!(again, extra);

    let request = panel.request(text, None).expect("a request");
    for dialect in Dialect::ALL {
        let encoded = encode(row, dialect, None, &request).expect("what can be typed can be sent");
        let body = encoded.request.body.clone().expect("a body");
        let body = Json::read(&body).expect("a body that can be read");
        assert!(body.as_object().is_some());
        let line = curl(&encoded.request);
        assert!(!line.contains(['\n', '\r', '\0']), "one line");
    }
});
