#![no_main]

#[path = "../../tests/common/export_words.rs"]
mod export_words;

use export_words::WORDS;
use libfuzzer_sys::fuzz_target;
use tutti::{
    export::{json, markdown, split::Splitter, table},
    grid::record::Whole,
};

fuzz_target!(|text: &str| {
    let mut parts = Vec::new();
    let mut splitter = Splitter::default();
    splitter.push(text.as_bytes(), &mut parts);
    splitter.finish(&mut parts);
    let Ok((whole, preview)) = json::read(text) else { return };
    assert_eq!(parts, [Ok(text.trim_matches([' ', '\t', '\r', '\n']).to_owned())]);

    // What was read can be written, and is then the same to the byte.
    let written = json::write(&whole).expect("nothing is missing");
    let (again, same) = json::read(&written).expect("what was written can be read");
    assert_eq!((&again, same), (&whole, preview));
    assert_eq!(json::write(&again).as_ref(), Ok(&written));
    assert_eq!(Whole::of_records(whole.records()).as_ref(), Ok(&whole));

    // Whatever it is, it can be used.
    for column in whole.comparison.columns() {
        for round in whole.comparison.rounds().iter().take(20) {
            let past = whole.comparison.past(column.id, round.id);
            whole.comparison.load(&column.settings.system, &past, 1).total();
            let _ = whole.comparison.request(column.id, round.id, &past, None, &whole, None);
        }
    }
    markdown::write(&whole, &WORDS);
    table::csv(&whole);
    assert!(table::json_lines(&whole).lines().count() <= written.len());
});
