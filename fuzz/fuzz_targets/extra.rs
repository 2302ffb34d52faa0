#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use tutti::{
    grid::settings::{BadExtra, PanelSettings},
    model::{catalog, curl::curl, provider::Dialect},
    wire::encode::encode,
};

fuzz_target!(|text: &str| {
    let row = catalog::simulated();
    let panel = PanelSettings { extra: text.to_owned(), ..PanelSettings::new(row, "m") };
    let extra = match panel.extra() {
        Ok(extra) => extra,
        Err(BadExtra::Syntax { line, column }) => {
            // Column 0 is the end of the line before.
            let length = text.split('\n').nth(line - 1).map_or(0, str::len);
            assert!(column <= length + 1, "line {line}, column {column}");
            return;
        }
        Err(_) => return,
    };
    let written = Value::Object(extra.clone()).to_string();
    let rewritten = PanelSettings { extra: written.clone(), ..panel.clone() };
    let again = rewritten.extra().expect("what was written can be read");
    assert!(alike(&Value::Object(again), &Value::Object(extra)), "{written}");

    let request = panel.request(text, None).expect("a request");
    for dialect in Dialect::ALL {
        let encoded = encode(row, dialect, None, &request).expect("what can be typed can be sent");
        let body = encoded.request.body.clone().expect("a body");
        let body: Value = serde_json::from_str(&body).expect("a body that can be read");
        assert!(body.is_object());
        let line = curl(&encoded.request);
        assert!(!line.contains(['\n', '\r', '\0']), "one line");
    }
});

/// The same but for the last bits of long fractions: serde_json reads those fast, not exactly.
fn alike(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| alike(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            let fields = || left.iter().zip(right);
            left.len() == right.len() && fields().all(|((a, left), (b, right))| a == b && alike(left, right))
        }
        (Value::Number(left), Value::Number(right)) if left.is_f64() => {
            let (Some(left), Some(right)) = (left.as_f64(), right.as_f64()) else { return false };
            (left - right).abs() <= 4.0 * f64::EPSILON * left.abs() + f64::MIN_POSITIVE
        }
        _ => left == right,
    }
}
