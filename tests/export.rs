//! Comparisons as files, and back: the same to the byte, or nothing at all.

mod common;
#[path = "common/comparisons.rs"]
mod comparisons;

use std::fs;

use common::{Random, fixtures};
use comparisons::{sample, whole};
use proptest::prelude::*;
use tutti::{
    export::{
        json::{BadImport, LIMIT, read, title, write},
        split::{Part, Splitter},
    },
    grid::{
        comparison::{Comparison, Id, reply::End, round::Prompt},
        record::{Whole, Why},
        settings::PanelSettings,
        workspace::{ModelSet, Workspace},
    },
    model::{catalog, json::Json},
};

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn what_comes_back_is_the_same_to_the_byte(seed in any::<u64>()) {
        let whole = whole(&mut Random(seed));
        let text = write(&whole).unwrap();
        let (back, preview) = read(&text).unwrap();
        prop_assert_eq!(write(&back).unwrap(), &*text);
        prop_assert_eq!(preview.rounds, whole.comparison.rounds().len());
        prop_assert_eq!(preview.columns, whole.comparison.columns().len());
        // Through the store, as it is there.
        let stored = Whole::of_records(back.records()).unwrap();
        prop_assert_eq!(write(&stored).unwrap(), write(&whole).unwrap());
        // Said again in another order and with blanks.
        let loose = loosened(&Json::read(&text).unwrap());
        prop_assert_eq!(read(&loose).unwrap().0, back);
    }

    #[test]
    fn damage_gives_an_error_or_a_comparison_and_never_a_panic(seed in any::<u64>()) {
        let mut random = Random(seed);
        let mut bytes = write(&whole(&mut random)).unwrap().into_bytes();
        for _ in 0..=random.below(4) {
            let at = random.below(bytes.len());
            let junk = b"\"{}[]:,0-9\\truenl xe.";
            match random.below(3) {
                0 => drop(bytes.remove(at)),
                1 => bytes[at] = junk[random.below(junk.len())],
                _ => bytes.insert(at, junk[random.below(junk.len())]),
            }
        }
        let Ok(text) = String::from_utf8(bytes) else { return Ok(()) };
        if let Ok((back, _)) = read(&text) {
            let again = write(&back).unwrap();
            prop_assert_eq!(write(&read(&again).unwrap().0).unwrap(), again);
        }
    }
}

/// The same JSON in other words: names the other way round, blanks wherever they may be.
fn loosened(json: &Json<'_>) -> String {
    match json {
        Json::List(items) => format!("[ {} ]", items.iter().map(loosened).collect::<Vec<_>>().join(" ,\n")),
        Json::Object(fields) => {
            let field = |(name, value): (&str, &Json<'_>)| format!("\"{name}\" : {}", loosened(value));
            format!("{{ {} }}", fields.iter().rev().map(field).collect::<Vec<_>>().join("\t,\r\n"))
        }
        other => other.to_text(),
    }
}

#[test]
fn names_stand_in_order_and_nothing_says_when_it_was_exported() {
    let text = write(&sample()).unwrap();
    let json = Json::read(&text).unwrap();
    let mut sorted = json.clone();
    sorted.sort();
    assert_eq!(sorted.to_text() + "\n", text);
    let names: Vec<_> = json.as_object().unwrap().iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["answers", "comparison", "files", "format", "rounds", "v"]);
    assert_eq!(text.lines().count(), 1);
}

#[test]
fn a_file_that_ends_anywhere_is_refused() {
    let text = write(&sample()).unwrap();
    let text = text.trim_end();
    for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
        assert!(read(&text[..end]).is_err(), "cut at {end}");
    }
    let (mut splitter, mut out) = (Splitter::default(), Vec::new());
    for (at, byte) in text.as_bytes().iter().enumerate() {
        assert!(out.is_empty(), "{at}");
        splitter.push(&[*byte], &mut out);
    }
    assert_eq!(out, [Ok(text.to_owned())]);
}

#[test]
fn the_standards_cases_are_refused_as_comparisons_and_as_parts_of_them() {
    let Some(fixtures) = fixtures() else { return };
    let whole = sample();
    let text = write(&whole).unwrap();
    let mut count = 0;
    for folder in ["test_parsing", "test_transform"] {
        let files = fs::read_dir(fixtures.join("corpora/jsontestsuite").join(folder)).unwrap().flatten();
        for file in files {
            let bytes = fs::read(file.path()).unwrap();
            let mut out = Vec::new();
            let mut splitter = Splitter::default();
            splitter.push(&bytes, &mut out);
            splitter.finish(&mut out);
            out.iter().flatten().for_each(|part| assert!(read(part).is_err()));
            let Ok(case) = String::from_utf8(bytes) else { continue };
            assert!(read(&case).is_err(), "{}", file.path().display());
            count += 1;
            for name in [
                "\"answers\":",
                "\"comparison\":",
                "\"files\":",
                "\"format\":",
                "\"rounds\":",
                "\"v\":",
                "\"text\":",
            ] {
                // Behind the name, so that what stood there makes it no JSON, or in its place.
                let broken = text.replacen(name, &format!("{name}{case},\"x\":"), 1);
                if let Ok((back, _)) = read(&broken) {
                    assert!(write(&back).is_ok());
                }
            }
        }
    }
    assert!(count > 250, "only {count} cases");
}

/// The sample with one text in place of another.
fn changed(from: &str, to: &str) -> BadImport {
    let text = write(&sample()).unwrap();
    assert!(text.contains(from), "{from}");
    read(&text.replacen(from, to, 1)).unwrap_err()
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let record = |from: &str, to: &str| match changed(from, to) {
        BadImport::Record(bad) => (bad.place, bad.why),
        other => panic!("{from} -> {to}: {other:?}"),
    };
    let at = |place: &str, why| (place.to_owned(), why);
    let end = "}\n";
    let text = write(&sample()).unwrap();
    let last = |from: &str, to: &str| {
        let at = text.rfind(from).unwrap();
        let broken = format!("{}{to}{}", &text[..at], &text[at + from.len()..]);
        match read(&broken).unwrap_err() {
            BadImport::Record(bad) => (bad.place, bad.why),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(last("\"v\":1", "\"v\":2"), at("v", Why::Newer(2)));
    assert_eq!(last("\"v\":1", "\"v\":0"), at("v", Why::Wrong));
    assert_eq!(last("\"v\":1", "\"w\":1"), at("v", Why::Missing));
    assert_eq!(record("\"rounds\":", "\"round\":"), at("rounds", Why::Missing));
    assert_eq!(record("\"rounds\":[", "\"rounds\":[7,"), at("rounds/0", Why::NotAnObject));
    assert_eq!(record("\"files\":[{\"data\"", "\"files\":[{\"date\""), at("files/0/data", Why::Missing));
    assert_eq!(record("\"answers\":[", "\"answers\":[{},"), at("answers/0/of", Why::Missing));
    assert_eq!(record("\"answers\":[", "\"answers\":[[],"), at("answers/0", Why::NotAnObject));
    let stray = "\"answers\":[{\"of\":[0,99,0],\"answer\":{\"v\":1}},";
    assert_eq!(record("\"answers\":[", stray), at("answers/0-99-0", Why::Dangling));
    assert_eq!(changed(end, "}}\n"), BadImport::Syntax { line: 1, column: text.len() });
    assert_eq!(changed("\"format\":\"tutti", "\"format\":\"tutta"), BadImport::Foreign);
    assert_eq!(changed("{", "{\n\"a\":nul,"), BadImport::Syntax { line: 2, column: 5 });
    assert_eq!(read("[]"), Err(BadImport::Foreign));
    assert_eq!(read(&"[".repeat(1_000_000)), Err(BadImport::TooDeep));
    assert_eq!(read(&" ".repeat(LIMIT + 1)), Err(BadImport::TooLarge));
    // Small enough, and still more than a page could hold.
    let many = |piece: &str, count: usize| format!("[{}0]", piece.repeat(count));
    assert_eq!(read(&many("{\"a\":1},", 1_000_001)), Err(BadImport::TooLarge));
    assert_eq!(read(&many("0,", 8_000_000)), Err(BadImport::TooLarge));
    assert_eq!(read(&many("\"{,[\\\"{,[\",", 1_000_000)), Err(BadImport::Foreign));
}

#[test]
fn an_answer_that_is_missing_is_missed() {
    let mut whole = sample();
    let has_words = |whole: &Whole, id| whole.comparison.reply(id).unwrap().has_words;
    let id = *whole.answers.keys().find(|id| has_words(&whole, **id)).unwrap();
    whole.answers.remove(&id);
    assert_eq!(write(&whole).unwrap_err().why, Why::Missing);
    let file = *whole.files.keys().next().unwrap();
    let mut whole = sample();
    whole.files.remove(&file);
    assert_eq!(write(&whole).unwrap_err().place, format!("files/{}", file.0));
}

fn with_column(settings: PanelSettings) -> Whole {
    let mut comparison = Comparison::new(Id(3), 5);
    let column = comparison.add_column(settings);
    comparison.ask(None, Prompt::text("x"), &[column]);
    Whole { comparison, ..Whole::default() }
}

#[test]
fn foreign_endpoints_are_switched_off_and_the_next_export_is_the_same() {
    let openai = PanelSettings::new(catalog::find("openai").unwrap(), "m");
    let check = |settings: PanelSettings, addresses: &[&str], is_off: bool| {
        let whole = with_column(settings);
        let text = write(&whole).unwrap();
        let (back, preview) = read(&text).unwrap();
        assert_eq!(
            (&*preview.addresses, preview.switched_off),
            (&*addresses.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>(), usize::from(is_off))
        );
        let column = &back.comparison.columns()[0];
        assert_eq!(column.settings.is_foreign, is_off);
        let (round, past) = (back.comparison.rounds()[0].id, Vec::new());
        let request = back.comparison.request(column.id, round, &past, None, &back, None);
        assert_eq!(request.is_err(), is_off);
        assert_eq!(write(&back).unwrap(), text);
        let mut copied = back.comparison.clone();
        let copy = copied.add_column_like(column.id, column.settings.clone());
        assert_eq!(copied.column(copy).unwrap().settings.is_foreign, is_off);
        // It stays off in the store, also in one that an earlier version wrote.
        let check_stored = |records| {
            let stored = Whole::of_records(records).unwrap();
            assert_eq!(stored.comparison.columns()[0].settings.is_foreign, is_off);
        };
        check_stored(back.records());
        let of_column_only = back.records().into_iter().map(|(key, record)| {
            let text = record.to_text().replacen("\"foreign\":true}", "}", 1).replace(",}", "}");
            (key, Json::read(&text).unwrap().into_owned())
        });
        check_stored(of_column_only.collect());
        // And in another comparison, a set, a page that is loaded again.
        let panels = vec![column.settings.clone()];
        let sets = vec![ModelSet { name: "s".to_owned(), panels: panels.clone() }];
        let kept = Workspace { panels, sets, ..Workspace::default() }.to_json();
        let kept = Workspace::from_json(&kept);
        for settings in kept.panels.iter().chain(&kept.sets[0].panels) {
            let mut next = Comparison::new(Id(9), 5);
            let column = next.add_column(settings.clone());
            let round = next.ask(None, Prompt::text("x"), &[column]).unwrap();
            assert_eq!(next.request(column, round, &[], None, &back, None).is_err(), is_off);
            assert_eq!(settings.provider().is_err(), is_off);
        }
    };
    check(openai.clone(), &[], false);
    let elsewhere = PanelSettings { base_url: "https://evil.example/v1".to_owned(), ..openai.clone() };
    check(elsewhere, &["https://evil.example/v1"], true);
    check(PanelSettings { extra: "{\"tools\":[]}".to_owned(), ..openai }, &[], true);
    let own = PanelSettings::new(catalog::find("custom-openai").unwrap(), "m");
    check(PanelSettings { base_url: "http://localhost:1".to_owned(), ..own }, &["http://localhost:1"], true);
}

#[test]
fn keys_and_what_this_version_does_not_know_are_not_taken_in() {
    let text = write(&sample()).unwrap();
    let stranger =
        text.replace("\"settings\":{", "\"key\":\"sk-secret\",\"settings\":{\"api_key\":\"sk-secret\",");
    assert_ne!(stranger, text);
    let (back, _) = read(&stranger).unwrap();
    assert_eq!(write(&back).unwrap(), text);
    let records = back.records();
    assert!(records.iter().all(|(_, record)| !record.to_text().contains("sk-secret")));
}

#[test]
fn what_still_comes_is_exported_as_far_as_it_came() {
    let mut whole = with_column(PanelSettings::new(catalog::simulated(), "m"));
    let (column, round) = (whole.comparison.columns()[0].id, whole.comparison.rounds()[0].id);
    let id = whole.comparison.begin(round, column, Vec::new(), None).unwrap();
    let answer = tutti::model::answer::Answer { text: "half".to_owned(), ..Default::default() };
    whole.answers.insert(id, answer);
    let (back, _) = read(&write(&whole).unwrap()).unwrap();
    let reply = back.comparison.reply(id).unwrap();
    assert_eq!((reply.end, reply.has_words, &*back.answers[&id].text), (End::Cut, true, "half"));
    assert_eq!(whole.comparison.reply(id).unwrap().end, End::Open);
}

#[test]
fn an_archive_is_comparisons_one_after_the_other() {
    let all: Vec<_> = (0..5).map(|seed| write(&whole(&mut Random(seed))).unwrap()).collect();
    let file = all.concat();
    let (mut splitter, mut out) = (Splitter::default(), Vec::new());
    for piece in file.as_bytes().chunks(1000) {
        splitter.push(piece, &mut out);
    }
    splitter.finish(&mut out);
    let again = |out: &[Part]| -> String {
        out.iter().flatten().filter_map(|part| Some(write(&read(part).ok()?.0).unwrap())).collect()
    };
    assert_eq!(again(&out), file);

    // One that is damaged anywhere costs itself only.
    let mut random = Random(7);
    for _ in 0..300 {
        let mut bad = all[2].trim_end().as_bytes().to_vec();
        let from = random.below(bad.len());
        bad.drain(from..(from + 1 + random.below(20)).min(bad.len()));
        let file = [all[0].as_bytes(), all[1].as_bytes(), &bad, b"\n", all[3].as_bytes()].concat();
        let (mut splitter, mut out) = (Splitter::default(), Vec::new());
        splitter.push(&file, &mut out);
        splitter.finish(&mut out);
        let whole = again(&out);
        assert!(whole.starts_with(&[&*all[0], &*all[1]].concat()), "{from}");
        // What lost a bracket takes along what follows it: then that is told of too.
        assert!(
            whole.ends_with(&*all[3])
                || out.last().unwrap().as_ref().is_ok_and(|it| read(it).is_err())
                || out.last().unwrap().is_err()
        );
    }
}

#[test]
fn what_cannot_be_added_is_told_by_its_title() {
    let text = write(&sample()).unwrap();
    let named = title(&text);
    assert_eq!(named.as_deref(), Some(sample().comparison.title()));
    let damaged = text.replacen("\"answers\":[", "\"answers\":[7,", 1);
    assert!(read(&damaged).is_err());
    assert_eq!(title(&damaged), named);
    let unnamed = write(&with_column(PanelSettings::new(catalog::simulated(), "m"))).unwrap();
    assert_eq!(title(&unnamed.replacen("\"rounds\":[", "\"rounds\":[7,", 1)).as_deref(), Some("x"));
    for text in
        ["", "{}", "[]", "{\"comparison\":7}", "{\"rounds\":[{\"text\":[]}]}", &text[..text.len() / 2]]
    {
        assert_eq!(title(text), None);
    }
}

#[test]
fn a_file_full_of_names_that_nobody_knows_costs_no_more_than_its_length() {
    let text = write(&sample()).unwrap();
    let names: String = (0..300_000).map(|number| format!("\"x{number}\":0,")).collect();
    let full = text.replacen("\"comparison\":{", &format!("\"comparison\":{{{names}"), 1);
    // Work that grows with the square of it would take minutes here.
    let (back, _) = read(&full).unwrap();
    assert_eq!(write(&back).unwrap(), text);
    let stored = Whole::of_records(back.records()).unwrap();
    assert_eq!(stored, back);
}
