//! The JSON reader beside the standard's own cases (JSONTestSuite, of the fixture folder) and beside
//! another implementation.

mod common;

use std::{fs, path::Path};

use common::fixtures;
use proptest::{collection::vec, prelude::*};
use serde_json::Value;
use tutti::model::json::Json;

/// Every file of a folder: its name and its bytes.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(folder).expect("a folder of cases").flatten();
    let read = |entry: fs::DirEntry| {
        let bytes = fs::read(entry.path()).expect("a readable case");
        (entry.file_name().to_string_lossy().into_owned(), bytes)
    };
    entries.map(read).collect()
}

fn reads(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok_and(|text| Json::read(text).is_ok())
}

#[test]
fn the_standards_cases_are_accepted_and_rejected() {
    let Some(fixtures) = fixtures() else { return };
    let (mut good, mut bad, mut wrong) = (0, 0, Vec::new());
    for (name, bytes) in files(&fixtures.join("corpora/jsontestsuite/test_parsing")) {
        let is_read = reads(&bytes);
        match name.as_bytes().first() {
            Some(b'y') => good += 1,
            Some(b'n') => bad += 1,
            // Left to each reader: it only must not fail over it.
            _ => continue,
        }
        if is_read != name.starts_with('y') {
            wrong.push(name);
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert!(good >= 90 && bad >= 180, "only {good} and {bad} cases were found");
}

#[test]
fn what_is_transformed_is_still_json() {
    let Some(fixtures) = fixtures() else { return };
    for (name, bytes) in files(&fixtures.join("corpora/jsontestsuite/test_transform")) {
        let Ok(text) = String::from_utf8(bytes) else { continue };
        let json = Json::read(&text).unwrap_or_else(|fault| panic!("{name}: {fault:?}"));
        let written = json.to_text();
        assert_eq!(Json::read(&written), Ok(json.clone()), "{name}");
        assert!(serde_json::from_str::<serde::de::IgnoredAny>(&written).is_ok(), "{name}: {written}");
    }
}

#[test]
fn every_recorded_event_is_read_as_another_reader_reads_it() {
    let Some(fixtures) = fixtures() else { return };
    let mut count = 0;
    for folder in fs::read_dir(fixtures.join("cassettes")).expect("recordings").flatten() {
        if !folder.path().is_dir() {
            continue;
        }
        for (name, bytes) in files(&folder.path()) {
            for line in String::from_utf8_lossy(&bytes).lines() {
                let text = line.strip_prefix("data:").unwrap_or(line);
                let (ours, theirs) = (Json::read(text), serde_json::from_str::<Value>(text));
                assert_eq!(ours.is_ok(), theirs.is_ok(), "{name}: {text}");
                if let (Ok(ours), Ok(theirs)) = (ours, theirs) {
                    count += 1;
                    assert!(same(&ours, &theirs), "{name}: {text}");
                }
            }
        }
    }
    assert!(count > 10_000, "only {count} events were found");
}

fn same(ours: &Json<'_>, theirs: &Value) -> bool {
    match (ours, theirs) {
        (Json::Null, Value::Null) => true,
        (Json::Bool(ours), Value::Bool(theirs)) => ours == theirs,
        (Json::Number(_), Value::Number(theirs)) => match theirs.as_u64() {
            Some(number) => ours.as_u64() == Some(number),
            None => ours.as_f64().zip(theirs.as_f64()).is_some_and(|(a, b)| (a - b).abs() <= a.abs() * 1e-15),
        },
        (Json::Text(ours), Value::String(theirs)) => ours == theirs,
        (Json::List(ours), Value::Array(theirs)) => {
            ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(ours, theirs)| same(ours, theirs))
        }
        (Json::Object(_), Value::Object(theirs)) => {
            theirs.iter().all(|(name, theirs)| ours.get(name).is_some_and(|ours| same(ours, theirs)))
        }
        _ => false,
    }
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec((any::<String>(), inner), 0..4).prop_map(|fields| fields.into_iter().collect()),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn two_implementations_understand_each_other(value in value(), is_pretty in any::<bool>()) {
        let text = if is_pretty { format!("{value:#}") } else { value.to_string() };
        let json = Json::read(&text).expect("JSON");
        prop_assert!(same(&json, &value), "{}", text);
        let written = json.to_text();
        let again: Value = serde_json::from_str(&written).expect("JSON");
        prop_assert!(same(&json, &again), "{}", written);
        prop_assert_eq!(Json::read(&written).expect("JSON"), json);
    }

    #[test]
    fn text_that_is_nearly_json_is_read_by_both_or_by_none(mut text in value().prop_map(|value| value.to_string()), at in any::<prop::sample::Index>(), with in "[]\\[{}\",:0-9eE.+ntu\\\\-]") {
        let places: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        let place = places[at.index(places.len())];
        let end = place + text[place..].chars().next().map_or(0, char::len_utf8);
        text.replace_range(place..end, &with);
        let theirs = serde_json::from_str::<Value>(&text);
        // Numbers that are too large for it, and halves of surrogate pairs, are read here all the same.
        let is_its_own = theirs.as_ref().is_err_and(|error| {
            ["number out of range", "surrogate"].iter().any(|words| error.to_string().contains(words))
        });
        if !is_its_own {
            prop_assert_eq!(Json::read(&text).is_ok(), theirs.is_ok(), "{} {:?}", text, theirs);
        }
    }
}
