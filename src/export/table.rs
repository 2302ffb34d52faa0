//! A row for each reply, in all versions and branches: as CSV, or as a JSON object a line.

use crate::{
    grid::{
        comparison::{Column, ReplyId, reply::Reply, round::Round},
        record::Whole,
    },
    model::{
        answer::Answer,
        json::{Json, Object},
    },
};

/// What a row says, in the order of the columns of a table. A version that continues another has only its own
/// words.
pub const NAMES: [&str; 23] = [
    "comparison",
    "title",
    "round",
    "follows",
    "prompt",
    "column",
    "provider",
    "model",
    "version",
    "continues",
    "chosen",
    "winner",
    "note",
    "end",
    "finish",
    "text",
    "thoughts",
    "error",
    "input_tokens",
    "output_tokens",
    "first_token_ms",
    "total_ms",
    "cost_usd",
];

/// The head of a table, for the first of one or more comparisons. It begins with the mark by which spreadsheet
/// programs know UTF-8: without it they show Korean and Japanese as junk.
pub fn csv_head() -> String {
    format!("\u{feff}{}\r\n", NAMES.join(","))
}

/// The rows of a comparison (RFC 4180, "Common Format and MIME Type for CSV Files"). A text that a spreadsheet
/// program would run as a formula has an apostrophe before it (OWASP, "CSV Injection"); JSON Lines keep all
/// texts as they are.
pub fn csv(whole: &Whole) -> String {
    let mut out = String::new();
    for row in rows(whole) {
        for (index, value) in row.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            match value {
                Json::Text(text) => field(text, &mut out),
                Json::Null => {}
                other => out.push_str(&other.to_text()),
            }
        }
        out.push_str("\r\n");
    }
    out
}

fn field(text: &str, out: &mut String) {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
    let guard = if is_formula { "'" } else { "" };
    if !is_formula && !text.contains(['"', ',', '\r', '\n']) {
        return out.push_str(text);
    }
    out.push('"');
    out.push_str(guard);
    out.push_str(&text.replace('"', "\"\""));
    out.push('"');
}

/// The rows of a comparison, a JSON object a line, its names in order. What nobody knows is `null`.
pub fn json_lines(whole: &Whole) -> String {
    let mut out = String::new();
    for row in rows(whole) {
        let mut object = Object::new();
        let mut fields: Vec<_> = NAMES.into_iter().zip(row).collect();
        fields.sort_by_key(|(name, _)| *name);
        fields.into_iter().for_each(|(name, value)| object.set(name, value));
        out.push_str(&object.to_text());
        out.push('\n');
    }
    out
}

fn rows(whole: &Whole) -> Vec<[Json<'static>; 23]> {
    let comparison = &whole.comparison;
    let mut rows = Vec::new();
    for round in comparison.rounds() {
        for column in comparison.columns() {
            let Some(cell) = round.cell(column.id) else { continue };
            for (version, reply) in (0_u32..).zip(&cell.versions) {
                let id = ReplyId { round: round.id, column: column.id, version };
                rows.push(row(whole, round, column, id, reply, cell.chosen == version as usize));
            }
        }
    }
    rows
}

fn row(
    whole: &Whole,
    round: &Round,
    column: &Column,
    id: ReplyId,
    reply: &Reply,
    is_chosen: bool,
) -> [Json<'static>; 23] {
    let comparison = &whole.comparison;
    let nothing = Answer::default();
    let answer = whole.answers.get(&id).unwrap_or(&nothing);
    let setup = comparison.setup(reply).unwrap_or(&column.settings);
    let counts = answer.usage.as_ref().map(|usage| usage.total).unwrap_or_default();
    let cost = answer.usage.as_ref().and_then(|usage| usage.cost_usd);
    let known = |number: Option<u64>| number.map_or(Json::Null, Json::from);
    let own = |text: &str| Json::from(text.to_owned());
    let error = reply.error.as_deref().or(answer.error.as_ref());
    let finish = answer.finish.as_ref();
    // Counted from 1, as a person counts.
    let number = |index: u32| Json::from(u64::from(index) + 1);
    let text = [answer.text.as_str(), &answer.refusal].concat();
    [
        comparison.id.to_string().into(),
        own(comparison.title()),
        number(round.id.0),
        round.parent.map_or(Json::Null, |parent| number(parent.0)),
        own(&round.prompt.text),
        number(column.id.0),
        own(&setup.provider),
        own(setup.model.trim()),
        number(id.version),
        reply.continues.map_or(Json::Null, number),
        is_chosen.into(),
        reply.is_winner.into(),
        own(&reply.note),
        own(reply.end.word()),
        finish.map_or(Json::Null, |finish| own(finish.raw.as_deref().unwrap_or(finish.unified.word()))),
        text.into(),
        answer.reasoning.join("\n\n").into(),
        error.map_or(Json::Null, |error| own(&error.message)),
        known(counts.input),
        known(counts.output),
        known(reply.times.first_token_ms),
        Json::from(reply.times.total_ms),
        cost.map_or(Json::Null, Json::from),
    ]
}
