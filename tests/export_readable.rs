//! Exports that people and other programs read.

mod common;
#[path = "common/comparisons.rs"]
mod comparisons;
#[path = "common/export_words.rs"]
mod export_words;

use std::collections::BTreeMap;

use common::Random;
use comparisons::{sample, whole};
use export_words::WORDS;
use proptest::prelude::*;
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use tutti::{
    export::{
        markdown,
        table::{NAMES, csv, csv_head, json_lines},
    },
    grid::{
        comparison::{Comparison, Id, reply::End, round::Prompt},
        record::Whole,
        settings::PanelSettings,
    },
    model::{answer::Answer, catalog, json::Json},
};

/// One column, one answer.
fn said(answer: &str, end: End) -> Whole {
    let mut comparison = Comparison::new(Id(3), 5);
    let column = comparison.add_column(PanelSettings::new(catalog::find("openai").unwrap(), "m_1"));
    let round = comparison.ask(None, Prompt::text("Why?\n# Really"), &[column]).unwrap();
    let id = comparison.begin(round, column, Vec::new(), None).unwrap();
    let answer = Answer { text: answer.to_owned(), ..Answer::default() };
    comparison.reply_mut(id).unwrap().over(end, &answer);
    Whole { comparison, answers: BTreeMap::from([(id, answer)]), files: BTreeMap::new() }
}

#[test]
fn columns_are_sections() {
    let mut whole = said("Because.\r\n\r\n```rust\nfn", End::Stopped);
    let id = *whole.answers.keys().next().unwrap();
    whole.comparison.pick(id);
    whole.comparison.reply_mut(id).unwrap().note = "good *enough*\n".to_owned();
    let expected = "# Why\\?\n\n## Prompt 1\n\n> Why?\n> # Really\n\n### m\\_1 · OpenAI\n\n> Because.\n>\n\
        > ```rust\n> fn\n\n**Incomplete**\n\n**Winner**\n\n**Note**: good \\*enough\\*\n";
    assert_eq!(markdown::write(&whole, &WORDS), expected);
}

/// What stands outside of block quotes: headings with their level, and anything that has no business there.
fn outline(text: &str) -> (Vec<HeadingLevel>, Vec<String>) {
    let (mut depth, mut levels, mut foreign) = (0, Vec::new(), Vec::new());
    for event in Parser::new_ext(text, Options::all()) {
        match event {
            Event::Start(Tag::BlockQuote(_)) => depth += 1,
            Event::End(TagEnd::BlockQuote(_)) => depth -= 1,
            _ if depth > 0 => {}
            Event::Start(Tag::Heading { level, .. }) => levels.push(level),
            Event::Start(Tag::Paragraph | Tag::Strong) | Event::End(_) | Event::Text(_) => {}
            other => foreign.push(format!("{other:?}")),
        }
    }
    (levels, foreign)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]
    /// Whatever was asked, answered and noted: the sections are the page's own.
    #[test]
    fn no_answer_can_pass_for_a_section(seed in any::<u64>()) {
        let whole = whole(&mut Random(seed));
        let comparison = &whole.comparison;
        let path = comparison.path(comparison.tip());
        let cells = path.iter().map(|id| comparison.round(*id).unwrap().cells.len()).sum::<usize>();
        let (levels, foreign) = outline(&markdown::write(&whole, &WORDS));
        let count = |level| levels.iter().filter(|it| **it == level).count();
        prop_assert_eq!(foreign, Vec::<String>::new());
        prop_assert_eq!(
            [count(HeadingLevel::H1), count(HeadingLevel::H2), count(HeadingLevel::H3), levels.len()],
            [1, path.len(), cells, 1 + path.len() + cells]
        );
    }

    /// Read by the rules, a table has what the lines of JSON have.
    #[test]
    fn tables_and_lines_say_the_same(seed in any::<u64>()) {
        let whole = whole(&mut Random(seed));
        let rows = read_csv(&(csv_head() + &csv(&whole)));
        let lines = json_lines(&whole);
        let lines: Vec<_> = lines.lines().map(|line| Json::read(line).unwrap()).collect();
        let replies = whole.comparison.rounds().iter().flat_map(|round| &round.cells);
        prop_assert_eq!(lines.len(), replies.map(|cell| cell.versions.len()).sum::<usize>());
        prop_assert_eq!(rows.len(), lines.len() + 1);
        prop_assert_eq!(&rows[0], &NAMES.map(str::to_owned));
        for (row, line) in rows[1..].iter().zip(&lines) {
            prop_assert_eq!(row.len(), NAMES.len());
            for (name, value) in NAMES.into_iter().zip(row) {
                let expected = match line.get(name).unwrap() {
                    Json::Text(text) => text.clone().into_owned(),
                    Json::Null => String::new(),
                    other => other.to_text(),
                };
                let is_formula = expected.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
                let expected = if is_formula && line.get(name).unwrap().as_str().is_some() {
                    format!("'{expected}")
                } else {
                    expected
                };
                prop_assert_eq!(value, &expected, "{}", name);
            }
        }
    }
}

/// A second reader of RFC 4180, a character at a time.
fn read_csv(text: &str) -> Vec<Vec<String>> {
    let mut characters = text.strip_prefix('\u{feff}').unwrap().chars().peekable();
    let (mut rows, mut row, mut field, mut is_quoted) = (Vec::new(), Vec::new(), String::new(), false);
    while let Some(c) = characters.next() {
        match c {
            '"' if is_quoted && characters.peek() == Some(&'"') => {
                characters.next();
                field.push('"');
            }
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => row.push(std::mem::take(&mut field)),
            '\r' if !is_quoted => {
                assert_eq!(characters.next(), Some('\n'));
                row.push(std::mem::take(&mut field));
                rows.push(std::mem::take(&mut row));
            }
            c => field.push(c),
        }
    }
    assert!(!is_quoted && row.is_empty() && field.is_empty());
    rows
}

#[test]
fn no_text_becomes_a_formula() {
    for text in ["=cmd|'/c calc'!A0", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "\n=1"] {
        let whole = said(text, End::Finished);
        let table = csv(&whole);
        assert!(table.contains(&format!("\"'{text}\"")), "{table}");
        assert!(json_lines(&whole).contains(&Json::text(text).to_text()));
    }
    assert!(csv(&said("a=b", End::Finished)).contains(",a=b,"));
}

#[test]
fn what_nobody_knows_is_not_0() {
    let whole = said("x", End::Finished);
    let line = json_lines(&whole);
    let json = Json::read(line.trim_end()).unwrap();
    assert!(json.get("cost_usd").unwrap().is_null() && json.get("input_tokens").unwrap().is_null());
    assert_eq!((json.at("round").as_u64(), json.at("version").as_u64()), (Some(1), Some(1)));
    assert!(csv(&sample()).ends_with("\r\n"));
}
