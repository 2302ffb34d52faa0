//! Every recorded stream, in every cut, against what an independent decoder found in it.
//!
//! Reads the project's own cassettes and, where present, the fixture folder (see
//! `tests/common/mod.rs`). No case is skipped.

mod common;

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use common::{Random, fixtures, pieces};
use serde_json::Value;
use tutti::{
    model::{
        catalog,
        provider::{Dialect, Quirks},
    },
    wire::{
        error::read_error,
        models::read_models,
        report::{Report, decode},
    },
};

struct Case {
    name: String,
    body: Vec<u8>,
    meta: Value,
}

fn cases(folder: &Path) -> Vec<Case> {
    let mut metas = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let files = fs::read_dir(entry.path()).into_iter().flatten().flatten().map(|file| file.path());
        metas.extend(files.filter(|path| path.to_string_lossy().ends_with(".meta.json")));
    }
    metas.sort();
    metas.iter().map(|path| case(folder, path)).collect()
}

fn case(folder: &Path, meta_path: &Path) -> Case {
    let stem = meta_path.to_string_lossy().replace(".meta.json", "");
    let body = ["sse", "ndjson", "json"].iter().find_map(|ext| fs::read(format!("{stem}.{ext}")).ok());
    let meta = fs::read(meta_path).expect("a readable meta file");
    let name = PathBuf::from(&stem);
    Case {
        name: name.strip_prefix(folder).unwrap_or(&name).display().to_string(),
        body: body.unwrap_or_else(|| panic!("{stem} has no body")),
        meta: serde_json::from_slice(&meta).unwrap_or_else(|error| panic!("{stem}.meta.json: {error}")),
    }
}

/// Everything about a case that is not as expected, in words.
fn faults(case: &Case) -> Vec<String> {
    let expected = &case.meta["expected"];
    if case.meta["api"] == "models" {
        return model_list_faults(&case.body, &case.meta);
    }
    let dialect = Dialect::from_name(case.meta["api"].as_str().unwrap_or_default()).expect("a known api");
    let provider = case.meta["provider"].as_str().and_then(catalog::find);
    let quirks = provider.map_or(Quirks::default(), |provider| provider.quirks);
    let status = case.meta["http_status"].as_u64().and_then(|status| u16::try_from(status).ok());
    let status = status.unwrap_or(200);
    let run = |chunks: Vec<&[u8]>| decode(dialect, quirks, status, chunks);

    let whole = run(vec![&case.body]);
    let mut faults = differences(&whole, expected);
    let mut check = |how: &str, report: Report| {
        if report != whole {
            faults.push(format!("cut {how}: the result differs from the whole"));
        }
    };
    check("at every byte", run(case.body.chunks(1).collect()));
    let mut random = Random(case.body.len() as u64);
    for round in 0..24 {
        let longest = [3, 17, 90, 700, 5000][round % 5];
        let lengths = (0..case.body.len()).map(|_| 1 + random.below(longest)).collect::<Vec<_>>();
        check(&format!("at random, round {round}"), run(pieces(&case.body, lengths)));
    }
    if let Some(lengths) = case.meta["chunk_lengths"].as_array() {
        let lengths = lengths.iter().filter_map(Value::as_u64).map(|length| length as usize);
        check("as recorded", run(pieces(&case.body, lengths)));
    }
    faults
}

fn differences(report: &Report, expected: &Value) -> Vec<String> {
    let actual = serde_json::from_str::<Value>(&report.to_json().to_text()).expect("a report is JSON");
    let mut faults = Vec::new();
    let mut compare = |field: &str, actual: &Value, expected: &Value| {
        if actual != expected {
            faults.push(format!("{field}: {actual} instead of {expected}"));
        }
    };
    // An error body has an error, and nothing else counts.
    let fields: &[&str] = if report.error.as_ref().is_some_and(|error| error.http_status.is_some()) {
        &[]
    } else {
        &[
            "text",
            "reasoning",
            "reasoning_parts",
            "refusal",
            "finish_reason",
            "finish",
            "citations",
            "input_tokens",
            "output_tokens",
            "cached_tokens",
            "cache_write_tokens",
            "reasoning_tokens",
            "usage",
            "complete",
            "skipped_events",
        ]
    };
    // The expectations pass over reasoning that stands in `reasoning_details` and nowhere else
    // (one gateway does so); a person wants to read it, so such an answer must show some.
    let only_details =
        expected["reasoning"] == "" && expected["reasoning_details_types"][0] == "reasoning.text";
    for field in fields {
        if let Some(expected) = expected.get(field) {
            if *field == "reasoning" && only_details {
                compare("some reasoning", &(actual[field] != "").into(), &true.into());
            } else {
                compare(field, &actual[field], expected);
            }
        }
    }
    match &expected["error"] {
        Value::Object(error) => {
            for (field, expected) in error {
                // What the recorder noted about the body itself is not part of the error.
                if field != "object" && field != "unstructured" {
                    compare(&format!("error.{field}"), &actual["error"][field], expected);
                }
            }
        }
        _ => compare("error", &actual["error"], &Value::Null),
    }
    let calls = expected["tool_calls"].as_array().map_or(&[][..], Vec::as_slice);
    compare_tool_calls(&actual["tool_calls"], calls, &mut compare);
    faults
}

/// Arguments are compared as JSON where they are JSON.
///
/// The expectations list every *piece* of a call whose arguments Gemini streams (`partialArgs`) as a
/// call of its own, without a name and with arguments `null`. Such pieces belong to the named call
/// before them; of that call id and name are compared, and that its arguments are a JSON object.
fn compare_tool_calls(actual: &Value, expected: &[Value], compare: &mut impl FnMut(&str, &Value, &Value)) {
    let actual = actual.as_array().map_or(&[][..], Vec::as_slice);
    let named: Vec<_> = expected.iter().filter(|call| !call["name"].is_null()).collect();
    compare("number of tool calls", &actual.len().into(), &named.len().into());
    for (actual, expected) in actual.iter().zip(named) {
        compare("tool call id", &actual["id"], &expected["id"]);
        compare("tool call name", &actual["name"], &expected["name"]);
        let json = |call: &Value| {
            let text = call["arguments"].as_str().unwrap_or_default();
            serde_json::from_str(text).unwrap_or_else(|_| Value::from(text))
        };
        let (actual, expected) = (json(actual), json(expected));
        if expected.is_null() {
            compare("tool call arguments", &actual.is_object().into(), &true.into());
        } else {
            compare("tool call arguments", &actual, &expected);
        }
    }
}

fn model_list_faults(body: &[u8], meta: &Value) -> Vec<String> {
    let expected = &meta["expected"];
    let status = meta["http_status"].as_u64().and_then(|status| u16::try_from(status).ok());
    let list = match status {
        Some(status @ 400..) => Err(Box::new(read_error(status, body))),
        _ => read_models(body),
    };
    let mut faults = Vec::new();
    match list {
        Ok(list) => {
            let first: Vec<_> = list.iter().take(5).map(|model| model.id.as_str()).collect();
            if serde_json::json!(first) != expected["first_ids"] {
                faults.push(format!("first_ids: {first:?} instead of {}", expected["first_ids"]));
            }
            if list.len() as u64 != expected["n_models"] {
                faults.push(format!("{} models instead of {}", list.len(), expected["n_models"]));
            }
        }
        Err(error) if expected["error"].is_object() => {
            let expected = expected["error"]["message"].as_str();
            if expected.is_some_and(|expected| without_keys(expected) != without_keys(&error.message)) {
                faults.push(format!("error: {:?} instead of {expected:?}", error.message));
            }
        }
        Err(error) => faults.push(format!("an unexpected error: {error}")),
    }
    faults
}

/// Recorded bodies had the keys that errors echo blotted out after their expectations were computed:
/// in one body the expectation still shows another blotting.
fn without_keys(message: &str) -> Vec<&str> {
    message.split_whitespace().filter(|word| !word.starts_with("sk-")).collect()
}

/// Past the test runner, which keeps what passing tests print to itself.
fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// Runs every case of a folder and gives how many there are, or fails with every fault.
fn run(folder: &Path) -> usize {
    let cases = cases(folder);
    let failed: Vec<_> = cases
        .iter()
        .map(|case| (case, faults(case)))
        .filter(|(_, faults)| !faults.is_empty())
        .map(|(case, faults)| format!("{}\n    {}", case.name, faults.join("\n    ")))
        .collect();
    let passed = cases.len() - failed.len();
    say(&format!("{passed} of {} recorded bodies", cases.len()));
    assert!(failed.is_empty(), "{passed} of {}\n{}", cases.len(), failed.join("\n"));
    passed
}

#[test]
fn every_cassette_of_the_project_is_decoded_exactly() {
    let count = run(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cassettes"));
    assert!(count >= 50, "only {count} cassettes were found");
    if fixtures().is_none() {
        say(&format!("project cassettes only: {count}"));
    }
}

#[test]
fn every_recorded_stream_is_decoded_exactly() {
    if let Some(fixtures) = fixtures() {
        let count = run(&fixtures.join("cassettes"));
        assert!(count > 0, "{} has no cassettes", fixtures.display());
    }
}
