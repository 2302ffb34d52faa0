#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use tutti::model::json::Json;

fuzz_target!(|text: &str| {
    let theirs = serde_json::from_str::<Value>(text);
    let Ok(json) = Json::read(text) else {
        assert!(theirs.is_err(), "only the other reader reads it");
        return;
    };
    let written = json.to_text();
    assert_eq!(Json::read(&written).as_ref(), Ok(&json));
    match theirs {
        Ok(theirs) => {
            let ours: Value = serde_json::from_str(&written).expect("what was written can be read");
            assert_eq!(ours, theirs);
        }
        // Halves of surrogate pairs and numbers beyond all measure are read here all the same, and one
        // level of brackets more.
        Err(error) => {
            let error = error.to_string();
            let is_known = ["number out of range", "surrogate", "hex escape", "recursion limit"];
            assert!(is_known.iter().any(|words| error.contains(words)), "{error}");
        }
    }
});
