//! Comparisons as they are stored: what is written is read, what is damaged is refused with a reason.

mod common;
#[path = "common/comparisons.rs"]
mod comparisons;

use std::{cell::Cell, collections::BTreeMap};

use common::Random;
use comparisons::whole;
use proptest::prelude::*;
use tutti::{
    grid::{
        comparison::{Comparison, Id, RoundId},
        record::{BadRecord, Key, Store, Whole, Why, answer, comparison::Head},
    },
    model::{
        error::ErrorClass,
        event::Finish,
        json::{Json, Object},
    },
};

type Records = Vec<(Key, Json<'static>)>;

/// As a structured clone keeps it: names in any order, every number a double.
fn cloned(json: &Json<'_>) -> Json<'static> {
    match json {
        Json::Number(_) => json.as_f64().unwrap().into(),
        Json::List(items) => Json::List(items.iter().map(cloned).collect()),
        Json::Object(fields) => {
            let mut object = Object::new();
            fields.iter().rev().for_each(|(name, value)| object.set(name.to_owned(), cloned(value)));
            Json::Object(object)
        }
        other => other.clone().into_owned(),
    }
}

fn texts(records: &Records) -> Vec<(Key, String)> {
    records.iter().map(|(key, record)| (*key, record.to_text())).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn what_is_written_is_read(seed in any::<u64>()) {
        let whole = whole(&mut Random(seed));
        let records = whole.records();
        let read = Whole::of_records(records.clone()).unwrap();
        prop_assert_eq!(&read, &whole);
        prop_assert_eq!(texts(&read.records()), texts(&records));
        // In another order, and with the numbers of a browser.
        let stored = records.iter().rev().map(|(key, record)| (*key, cloned(record))).collect();
        let read = Whole::of_records(stored).unwrap();
        prop_assert_eq!(texts(&read.records()), texts(&records));
    }

    /// Whatever is damaged: no panic, and what is refused has a place.
    #[test]
    fn damage_is_refused_or_harmless(seed in any::<u64>()) {
        let mut random = Random(seed);
        let mut records = whole(&mut random).records();
        for _ in 0..=random.below(3) {
            let at = random.below(records.len());
            let steps = 1 + random.below(8);
            damage(&mut records[at].1, &mut random, steps);
        }
        if let Ok(whole) = Whole::of_records(records) {
            // What was read can be used, and written again.
            let again = Whole::of_records(whole.records());
            prop_assert_eq!(again.as_ref(), Ok(&whole));
            for column in whole.comparison.columns() {
                for round in whole.comparison.rounds() {
                    let past = whole.comparison.past(column.id, round.id);
                    let _ = whole.comparison.request(column.id, round.id, &past, None, &whole, None);
                    let _ = whole.comparison.load(&column.settings.system, &past, 1).total();
                }
            }
        }
    }
}

/// Changes something within it.
fn damage(json: &mut Json<'static>, random: &mut Random, steps: usize) {
    let junk = ["null", "-1", "1e99", "\"x\"", "[]", "{}", "[0]", "[9,9,9]", "true", "4000000000", "0.5"];
    let new = Json::read(junk[random.below(junk.len())]).unwrap().into_owned();
    match json {
        Json::Object(fields) if steps > 0 && !fields.is_empty() => {
            let names: Vec<String> = fields.iter().map(|(name, _)| name.to_owned()).collect();
            let name = &names[random.below(names.len())];
            match random.below(6) {
                0 => fields.remove(name),
                _ => damage(fields.get_mut(name).unwrap(), random, steps - 1),
            }
        }
        Json::List(items) if steps > 0 && !items.is_empty() => {
            let at = random.below(items.len());
            match random.below(6) {
                0 => drop(items.remove(at)),
                1 => items.push(items[at].clone()),
                _ => damage(&mut items[at], random, steps - 1),
            }
        }
        other => *other = new,
    }
}

/// The records of one comparison that has everything, with one text in place of another.
fn changed(from: &str, to: &str) -> Result<Whole, (Key, BadRecord)> {
    let records = comparisons::sample().records();
    let found = Cell::new(false);
    let change = |(key, record): (Key, Json<'_>)| {
        let text = record.to_text();
        // A head is made anew, and says much twice.
        let text = match text.contains(from) && !found.get() && key.store() != Store::Heads {
            true => {
                found.set(true);
                text.replacen(from, to, 1)
            }
            false => text,
        };
        (key, Json::read(&text).unwrap().into_owned())
    };
    let records = records.into_iter().map(change).collect();
    assert!(found.get(), "{from}");
    Whole::of_records(records)
}

const OWN: &str = r#"{"v":1,"id":"0000000000000000000000000000002a","tip":1,
    "columns":[{"id":3,"settings":{"provider":"openai"}},{"id":4,"settings":{"provider":"openai"},"inherited":[[0,3,0]]}],
    "setups":[{"provider":"openai"}],"files":[{"kind":"text","name":"a"}]}"#;
const FIRST: &str = r#"{"v":1,"text":"x","attachments":[{"file":0}],
    "cells":[{"column":3,"chosen":0,"versions":[{"setup":0,"end":"finished"},{"setup":0,"end":"open","continues":0}]}]}"#;
const SECOND: &str =
    r#"{"v":1,"parent":0,"cells":[{"column":3,"versions":[{"setup":0,"end":"cut","sent":[[0,3,1]]}]}]}"#;

fn read(texts: [&str; 3]) -> Result<Whole, (Key, BadRecord)> {
    let keys = [Key::Comparison(Id(42)), Key::Round(Id(42), RoundId(0)), Key::Round(Id(42), RoundId(1))];
    let record = |text| Json::read(text).unwrap().into_owned();
    Whole::of_records(keys.into_iter().zip(texts.map(record)).collect())
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    read([OWN, FIRST, SECOND]).unwrap();
    let check = |from: &str, to: &str, place: &str, why: Why| {
        let texts = [OWN, FIRST, SECOND].map(|text| text.replacen(from, to, 1));
        assert_ne!(texts.concat(), [OWN, FIRST, SECOND].concat(), "{from}");
        let (_, bad) = read([&texts[0], &texts[1], &texts[2]]).unwrap_err();
        assert_eq!((&*bad.place, bad.why), (place, why), "{from} -> {to}");
    };
    check("02a", "02A", "id", Why::Wrong);
    check("02a", "02b", "id", Why::Wrong);
    check("\"id\":3", "\"id\":4", "columns/1/id", Why::Twice);
    check("\"id\":3", "\"id\":-3", "columns/0/id", Why::Wrong);
    check("\"id\":3", "\"ID\":3", "columns/0/id", Why::Missing);
    check("\"tip\":1", "\"tip\":2", "tip", Why::Dangling);
    check("{\"provider\":\"openai\"}}", "{}}", "columns/0/settings", Why::Wrong);
    check("\"setups\":[", "\"setups\":[{},", "setups/0", Why::Wrong);
    check("[[0,3,0]]", "[[0,3,2]]", "columns/1/inherited/0", Why::Dangling);
    check("[[0,3,0]]", "[[0],[0]]", "columns/1/inherited/1", Why::Dangling);
    check("[[0,3,0]]", "[[0,3]]", "columns/1/inherited/0", Why::Wrong);
    check("\"kind\":\"text\"", "\"kind\":\"folder\"", "files/0/kind", Why::Wrong);
    check("\"file\":0", "\"file\":1", "rounds/0/attachments/0/file", Why::Dangling);
    check("\"file\":0", "\"link\":1", "attachments/0/file", Why::Missing);
    check("\"column\":3,\"chosen\"", "\"column\":5,\"chosen\"", "rounds/0/cells/0/column", Why::Dangling);
    check("\"cells\":[", "\"cells\":[{\"column\":3},", "rounds/0/cells/1/column", Why::Twice);
    check("\"chosen\":0", "\"chosen\":2", "rounds/0/cells/0/chosen", Why::Dangling);
    check("\"setup\":0", "\"setup\":1", "rounds/0/cells/0/versions/0/setup", Why::Dangling);
    check("\"continues\":0", "\"continues\":1", "rounds/0/cells/0/versions/1/continues", Why::Dangling);
    check("\"end\":\"open\"", "\"end\":\"ajar\"", "cells/0/versions/1/end", Why::Wrong);
    check("[[0,3,1]]", "[[1]]", "rounds/1/cells/0/versions/0/sent/0", Why::Dangling);
    check("\"parent\":0", "\"parent\":1", "rounds/1/parent", Why::Dangling);
    check("\"text\":\"x\"", "\"text\":[\"x\"]", "text", Why::Wrong);
}

#[test]
fn columns_are_no_more_than_a_workspace_has() {
    let with = |count: usize, is_removed: bool| {
        let removed = if is_removed { ",\"removed\":true" } else { "" };
        let column =
            |id: usize| format!("{{\"id\":{},\"settings\":{{\"provider\":\"x\"}}{removed}}},", id + 10);
        let more: String = (0..count).map(column).collect();
        read([&OWN.replacen("\"columns\":[", &format!("\"columns\":[{more}"), 1), FIRST, SECOND])
    };
    assert!(with(998, false).is_ok());
    // Those that were removed keep their past.
    assert!(with(2000, true).is_ok());
    assert_eq!(with(999, false).unwrap_err().1, BadRecord { place: "columns".to_owned(), why: Why::Wrong });
}

#[test]
fn a_record_of_a_newer_version_is_refused_and_told_apart() {
    let (key, bad) = changed("\"v\":1", "\"v\":2").unwrap_err();
    assert_eq!((key.store(), bad.why), (Store::Comparisons, Why::Newer(2)));
}

#[test]
fn fields_of_another_version_are_written_back_and_not_exported() {
    let mut whole = changed("\"created_ms\"", "\"colour\":{\"of\":[1.50]},\"created_ms\"").unwrap();
    let text = |whole: &Whole| texts(&whole.records()).into_iter().map(|(_, text)| text).collect::<String>();
    assert!(text(&whole).contains("\"colour\":{\"of\":[1.50]}"));
    whole.comparison.forget_unknown();
    assert_eq!(whole, comparisons::sample());
}

#[test]
fn a_round_that_is_missing_is_told() {
    let records = comparisons::sample().records();
    let without = |gone: Key| records.iter().filter(|(key, _)| *key != gone).cloned().collect();
    let rounds: Vec<_> =
        records.iter().map(|(key, _)| *key).filter(|key| key.store() == Store::Rounds).collect();
    let bad = Whole::of_records(without(rounds[0])).unwrap_err().1;
    assert_eq!((&*bad.place, bad.why), ("rounds/0", Why::Missing));
    let own = records[1].0;
    assert_eq!(Whole::of_records(without(own)).unwrap_err(), (own, Why::Missing.into()));
    assert!(Whole::of_records(Vec::new()).is_err());
}

#[test]
fn what_a_list_shows_is_a_record_of_its_own() {
    let whole = comparisons::sample();
    let head = Head::of(&whole.comparison);
    assert_eq!(Head::from_json(cloned(&head.to_json())), Ok(head.clone()));
    assert_eq!(head.title, whole.comparison.title());
    assert!(!head.models.is_empty() && !head.prompts.is_empty());
    let mut long = Comparison::new(Id(1), 0);
    for _ in 0..3 {
        let prompt = tutti::grid::comparison::round::Prompt::text("하".repeat(5000));
        long.ask(None, prompt, &[]);
    }
    let head = Head::of(&long);
    assert_eq!(head.prompts.iter().map(String::len).sum::<usize>(), 19_998);
}

#[test]
fn every_word_of_a_closed_set_reads_back() {
    assert!(ErrorClass::ALL.into_iter().all(|class| ErrorClass::from_word(class.word()) == Some(class)));
    assert!(Finish::ALL.into_iter().all(|finish| Finish::from_word(finish.word()) == Some(finish)));
    let words: BTreeMap<_, _> = ErrorClass::ALL.into_iter().map(|class| (class.word(), class)).collect();
    assert_eq!(words.len(), ErrorClass::ALL.len());
}

#[test]
fn an_item_in_the_middle_of_a_character_is_refused() {
    let record = r#"{"v":1,"text":"하","items":[{"dialect":"gemini","json":"{}","after":1}]}"#;
    let bad = answer::from_json(Json::read(record).unwrap().into_owned()).unwrap_err();
    assert_eq!((&*bad.place, bad.why), ("items/0/after", Why::Wrong));
}
