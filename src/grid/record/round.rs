//! A prompt and what is known of its replies, as a record.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    answer::{error_from_fields, error_to_json},
    comparison::tokens,
    fields::{BadRecord, Fields, Why, small},
    flag, group, key, list, optional_count, versioned, words,
};
use crate::{
    grid::{
        comparison::{
            ColumnId, Comparison, FileId, MAX_VERSIONS, ReplyId, RoundId, Turn,
            reply::{End, Reply},
            round::{Attachment, Cell, Kept, Prompt, Round},
        },
        numbers::Times,
    },
    model::json::{Json, Object},
};

/// The fields that this version knows.
const KNOWN: [&str; 6] = ["v", "parent", "text", "attachments", "continuation", "cells"];
const KNOWN_OF_REPLY: [&str; 12] = [
    "setup",
    "sent",
    "trimmed",
    "continues",
    "blind",
    "end",
    "words",
    "tokens",
    "times",
    "error",
    "winner",
    "note",
];

pub fn to_json(round: &Round) -> Json<'static> {
    let prompt = &round.prompt;
    let fields = vec![
        ("parent", round.parent.map_or(Json::Null, |parent| parent.0.into())),
        ("text", words(&prompt.text)),
        ("attachments", list(prompt.attachments.iter().map(attachment_to_json).collect())),
        ("continuation", flag(prompt.is_continuation)),
        ("cells", list(round.cells.iter().map(cell_to_json).collect())),
    ];
    versioned(fields, &round.unknown)
}

/// The round that stands under that id.
///
/// # Errors
/// It is no such record, or of a newer version.
pub fn from_json(record: Json<'static>, id: RoundId) -> Result<Round, BadRecord> {
    let object = super::migrated(record)?;
    let fields = Fields::new(&object);
    let prompt = Prompt {
        text: fields.text("text")?,
        attachments: fields.each("attachments", attachment_from_json)?,
        is_continuation: fields.flag("continuation")?,
    };
    Ok(Round {
        id,
        parent: fields.maybe_small("parent")?.map(RoundId),
        prompt,
        cells: fields.each("cells", cell_from_json)?,
        tokens: 0,
        unknown: fields.unknown(&KNOWN),
    })
}

/// The comparison with its rounds, once nothing in it names what is not there.
///
/// # Errors
/// Something does.
pub fn with_rounds(mut comparison: Comparison, rounds: Vec<Round>) -> Result<Comparison, BadRecord> {
    comparison.rounds = rounds;
    let known = Known::of(&comparison);
    for (index, round) in comparison.rounds.iter().enumerate() {
        known.check_round(index, round).map_err(|bad| bad.at(index).at("rounds"))?;
    }
    check(comparison.tip.is_none_or(|tip| comparison.round(tip).is_some()), Why::Dangling, "tip")?;
    for (index, column) in comparison.columns.iter().enumerate() {
        let turns = known.check_turns(&column.inherited, comparison.rounds.len());
        turns.map_err(|bad| bad.at("inherited").at(index).at("columns"))?;
    }
    let files = std::mem::take(&mut comparison.files);
    for round in &mut comparison.rounds {
        round.tokens = round.prompt.tokens(&files);
    }
    comparison.files = files;
    Ok(comparison)
}

fn check(is_good: bool, why: Why, name: &str) -> Result<(), BadRecord> {
    if is_good { Ok(()) } else { Err(BadRecord::from(why).at(name)) }
}

/// What may be named.
struct Known {
    columns: BTreeSet<ColumnId>,
    setups: usize,
    files: usize,
    /// How many versions each cell has.
    cells: BTreeMap<(RoundId, ColumnId), usize>,
}

impl Known {
    fn of(comparison: &Comparison) -> Self {
        let cells = comparison
            .rounds
            .iter()
            .flat_map(|round| round.cells.iter().map(|cell| ((round.id, cell.column), cell.versions.len())));
        Self {
            columns: comparison.columns.iter().map(|column| column.id).collect(),
            setups: comparison.setups.len(),
            files: comparison.files.len(),
            cells: cells.collect(),
        }
    }

    fn check_round(&self, index: usize, round: &Round) -> Result<(), BadRecord> {
        if round.id.0 as usize != index {
            return Err(Why::Missing.into());
        }
        check(round.parent.is_none_or(|parent| parent < round.id), Why::Dangling, "parent")?;
        let dangles = |it: &Attachment| matches!(it, Attachment::File(id) if id.0 as usize >= self.files);
        if let Some(index) = round.prompt.attachments.iter().position(dangles) {
            return Err(BadRecord::from(Why::Dangling).at("file").at(index).at("attachments"));
        }
        let mut seen = BTreeSet::new();
        for (place, cell) in round.cells.iter().enumerate() {
            let is_new = seen.insert(cell.column);
            check(self.columns.contains(&cell.column), Why::Dangling, "column")
                .and_then(|()| check(is_new, Why::Twice, "column"))
                .and_then(|()| check(cell.chosen < cell.versions.len().max(1), Why::Dangling, "chosen"))
                .and_then(|()| check(cell.versions.len() <= MAX_VERSIONS, Why::Wrong, "versions"))
                .and_then(|()| self.check_versions(index, &cell.versions))
                .map_err(|bad| bad.at(place).at("cells"))?;
        }
        Ok(())
    }

    fn check_versions(&self, round: usize, versions: &[Reply]) -> Result<(), BadRecord> {
        for (version, reply) in versions.iter().enumerate() {
            let continues = reply.continues.is_none_or(|earlier| (earlier as usize) < version);
            check((reply.setup as usize) < self.setups, Why::Dangling, "setup")
                .and_then(|()| check(continues, Why::Dangling, "continues"))
                .and_then(|()| self.check_turns(&reply.sent, round).map_err(|bad| bad.at("sent")))
                .map_err(|bad| bad.at(version).at("versions"))?;
        }
        Ok(())
    }

    /// Turns stand in the order of their rounds, each before that one.
    fn check_turns(&self, turns: &[Turn], end: usize) -> Result<(), BadRecord> {
        let mut from = 0;
        for (index, turn) in turns.iter().enumerate() {
            let round = turn.round.0 as usize;
            let versions = |id: ReplyId| self.cells.get(&(id.round, id.column)).copied().unwrap_or_default();
            let is_there = turn.reply.is_none_or(|id| (id.version as usize) < versions(id));
            if round < from || round >= end || !is_there {
                return Err(BadRecord::from(Why::Dangling).at(index));
            }
            from = round + 1;
        }
        Ok(())
    }
}

/// A round alone, or the round, the column and the version of a reply.
pub(super) fn turn_to_json(turn: &Turn) -> Json<'static> {
    match turn.reply {
        Some(id) => key::reply_to_json(id),
        None => Json::List(vec![turn.round.0.into()]),
    }
}

pub(super) fn turn_from_json(json: &Json<'_>) -> Result<Turn, BadRecord> {
    let turn = match json.items() {
        [round] => small(round).map(|round| Turn { round: RoundId(round), reply: None }),
        _ => key::reply_from_json(json).map(|id| Turn { round: id.round, reply: Some(id) }),
    };
    turn.ok_or(Why::Wrong.into())
}

fn attachment_to_json(attachment: &Attachment) -> Json<'static> {
    let fields = match attachment {
        Attachment::File(id) => vec![("file", id.0.into())],
        Attachment::Answer { of, by, text } => {
            vec![("answer", key::reply_to_json(*of)), ("by", words(by)), ("text", words(text))]
        }
    };
    group(fields, &Object::new())
}

fn attachment_from_json(json: &Json<'_>) -> Result<Attachment, BadRecord> {
    let fields = Fields::of(json)?;
    match fields.maybe("answer", key::reply_from_json)? {
        Some(of) => Ok(Attachment::Answer { of, by: fields.text("by")?, text: fields.text("text")? }),
        None => Ok(Attachment::File(FileId(fields.must("file", small)?))),
    }
}

fn cell_to_json(cell: &Cell) -> Json<'static> {
    let kept = if cell.kept == Kept::All { "" } else { cell.kept.word() };
    let fields = vec![
        ("column", cell.column.0.into()),
        ("chosen", super::count(cell.chosen as u64)),
        ("kept", words(kept)),
        ("versions", list(cell.versions.iter().map(reply_to_json).collect())),
    ];
    group(fields, &Object::new())
}

fn cell_from_json(json: &Json<'_>) -> Result<Cell, BadRecord> {
    let fields = Fields::of(json)?;
    Ok(Cell {
        column: ColumnId(fields.must("column", small)?),
        versions: fields.each("versions", reply_from_json)?,
        chosen: usize::try_from(fields.small("chosen")?).unwrap_or(usize::MAX),
        kept: fields.maybe("kept", |word| Kept::from_word(word.as_str()?))?.unwrap_or_default(),
    })
}

fn reply_to_json(reply: &Reply) -> Json<'static> {
    let fields = vec![
        ("setup", reply.setup.into()),
        ("sent", list(reply.sent.iter().map(turn_to_json).collect())),
        ("trimmed", super::count(reply.trimmed.into())),
        ("continues", optional_count(reply.continues.map(u64::from))),
        ("blind", flag(reply.is_blind)),
        ("end", words(reply.end.word())),
        ("words", flag(reply.has_words)),
        ("tokens", super::count(reply.tokens)),
        ("times", times_to_json(&reply.times)),
        ("error", reply.error.as_deref().map(error_to_json).unwrap_or_default()),
        ("winner", flag(reply.is_winner)),
        ("note", words(&reply.note)),
    ];
    group(fields, &reply.unknown)
}

fn reply_from_json(json: &Json<'_>) -> Result<Reply, BadRecord> {
    let fields = Fields::of(json)?;
    Ok(Reply {
        setup: fields.must("setup", small)?,
        sent: fields.each("sent", turn_from_json)?,
        trimmed: fields.small("trimmed")?,
        continues: fields.maybe_small("continues")?,
        is_blind: fields.flag("blind")?,
        end: fields.must("end", |word| End::from_word(word.as_str()?))?,
        has_words: fields.flag("words")?,
        tokens: fields.maybe("tokens", tokens)?.unwrap_or_default(),
        times: fields.part("times", times_from_fields)?.unwrap_or_default(),
        error: fields.part("error", error_from_fields)?.map(Box::new),
        is_winner: fields.flag("winner")?,
        note: fields.text("note")?,
        unknown: fields.unknown(&KNOWN_OF_REPLY),
    })
}

fn times_to_json(times: &Times) -> Json<'static> {
    if *times == Times::default() {
        return Json::Null;
    }
    let fields = vec![
        ("first_token_ms", optional_count(times.first_token_ms)),
        ("attempt_ms", optional_count(times.attempt_ms)),
        ("total_ms", super::count(times.total_ms)),
        ("thinking", flag(times.shows_thinking)),
    ];
    group(fields, &Object::new())
}

fn times_from_fields(fields: Fields<'_>) -> Result<Times, BadRecord> {
    Ok(Times {
        first_token_ms: fields.maybe_count("first_token_ms")?,
        attempt_ms: fields.maybe_count("attempt_ms")?,
        total_ms: fields.count("total_ms")?,
        shows_thinking: fields.flag("thinking")?,
    })
}
