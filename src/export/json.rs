//! The whole of a comparison as one line of JSON, and back: all of it, or nothing.
//!
//! It is made of the records that are stored, their names in order, so that what was exported, imported and
//! exported again is the same to the byte. What belongs to this browser only stays here: revisions, what an
//! import switched off, and fields of another version of this program.

use std::collections::BTreeMap;

use crate::{
    grid::{
        comparison::{Comparison, FileId, ReplyId, RoundId, reply::End, title_of},
        record::{self, BadRecord, Whole, Why, answer, fields::Fields, key, round, whole},
        settings::PanelSettings,
    },
    model::{
        answer::Answer,
        json::{DEPTH_LIMIT, Json, Object},
    },
};

/// The most bytes of one comparison.
pub const LIMIT: usize = 64 << 20;

/// What the file says that it is.
const FORMAT: &str = "tutti-comparison";
const VERSION: u64 = 1;

/// Why a text is no comparison that can be taken in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadImport {
    /// It is no JSON from there on; lines and columns count from 1.
    Syntax { line: usize, column: usize },
    /// It is no text in UTF-8.
    NotText,
    /// It ends in the middle.
    Cut,
    /// More than [`LIMIT`].
    TooLarge,
    /// Nested deeper than 64 levels.
    TooDeep,
    /// JSON, but nothing that this program wrote.
    Foreign,
    /// Something in it is not as it should be.
    Record(BadRecord),
}

impl From<BadRecord> for BadImport {
    fn from(bad: BadRecord) -> Self {
        Self::Record(bad)
    }
}

/// What an import would add.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preview {
    pub title: String,
    pub rounds: usize,
    pub columns: usize,
    pub replies: usize,
    pub files: usize,
    /// Addresses that its columns name and the catalogue does not. These columns are switched off, and so are
    /// those that bring JSON of their own.
    pub addresses: Vec<String>,
    pub switched_off: usize,
}

/// One line, with its end.
///
/// # Errors
/// The text of a reply or the content of a file is not at hand.
pub fn write(whole: &Whole) -> Result<String, BadRecord> {
    let mut comparison = whole.comparison.clone();
    comparison.forget_unknown();
    comparison.mark_foreign(|_| false);
    comparison.revision = 0;
    close(&mut comparison, &whole.answers);
    check(&comparison, whole)?;
    let answers = whole
        .answers
        .iter()
        .map(|(id, it)| Json::object(vec![("of", key::reply_to_json(*id)), ("answer", answer::to_json(it))]));
    let files = whole.files.values().map(|content| whole::file_to_json(content)).collect();
    let rounds = comparison.rounds().iter().map(round::to_json).collect();
    let mut json = Json::object(vec![
        ("format", FORMAT.into()),
        ("v", VERSION.into()),
        ("comparison", record::comparison::to_json(&comparison)),
        ("rounds", Json::List(rounds)),
        ("answers", Json::List(answers.collect())),
        ("files", Json::List(files)),
    ]);
    json.sort();
    Ok(json.to_text() + "\n")
}

/// What is still coming is told as far as it has come.
fn close(comparison: &mut Comparison, answers: &BTreeMap<ReplyId, Answer>) {
    let mut open = Vec::new();
    each_reply(comparison, |id, end, _| {
        if end == End::Open {
            open.push(id);
        }
    });
    let nothing = Answer::default();
    for id in open {
        let so_far = answers.get(&id).unwrap_or(&nothing);
        if let Some(reply) = comparison.reply_mut(id) {
            reply.over(End::Cut, so_far);
        }
    }
}

fn each_reply(comparison: &Comparison, mut say: impl FnMut(ReplyId, End, bool)) {
    for round in comparison.rounds() {
        for cell in &round.cells {
            for (version, reply) in (0..).zip(&cell.versions) {
                let id = ReplyId { round: round.id, column: cell.column, version };
                say(id, reply.end, reply.has_words);
            }
        }
    }
}

/// Every text is there that something names, and nothing else.
fn check(comparison: &Comparison, whole: &Whole) -> Result<(), BadRecord> {
    let mut known = BTreeMap::new();
    each_reply(comparison, |id, _, has_words| {
        known.insert(id, has_words);
    });
    let place = |id: &ReplyId| format!("answers/{}-{}-{}", id.round.0, id.column.0, id.version);
    let missing = known.iter().find(|(id, has_words)| **has_words && !whole.answers.contains_key(id));
    if let Some((id, _)) = missing {
        return Err(BadRecord::from(Why::Missing).at(place(id)));
    }
    if let Some(id) = whole.answers.keys().find(|id| !known.contains_key(id)) {
        return Err(BadRecord::from(Why::Dangling).at(place(id)));
    }
    let files = comparison.files().len();
    let is_there =
        |index: &usize| u32::try_from(*index).is_ok_and(|id| whole.files.contains_key(&FileId(id)));
    match (0..files).find(|index| !is_there(index)) {
        Some(index) => Err(BadRecord::from(Why::Missing).at(index).at("files")),
        None if whole.files.len() > files => Err(BadRecord::from(Why::Dangling).at("files")),
        None => Ok(()),
    }
}

/// Reads what [`write()`] wrote, or what another program made of it. Columns that name an address of their own,
/// or bring JSON of their own, ask nothing until a person allows it.
///
/// # Errors
/// It is none, too large, too deep, of a newer version, or something in it is wrong: then there is nothing.
pub fn read(text: &str) -> Result<(Whole, Preview), BadImport> {
    if text.len() > LIMIT || !is_light(text) {
        return Err(BadImport::TooLarge);
    }
    let json = Json::read_within(text, DEPTH_LIMIT).map_err(|fault| match fault.is_too_deep {
        true => BadImport::TooDeep,
        false => {
            let before = text.get(..fault.at).unwrap_or(text);
            let line = before.split('\n').count();
            let column = before.split('\n').next_back().map_or(0, str::len) + 1;
            BadImport::Syntax { line, column }
        }
    })?;
    let Json::Object(mut file) = json else { return Err(BadImport::Foreign) };
    if file.get("format").and_then(Json::as_str) != Some(FORMAT) {
        return Err(BadImport::Foreign);
    }
    let version = Fields::new(&file).must("v", crate::grid::record::fields::whole)?;
    if version != VERSION {
        let why = if version > VERSION { Why::Newer(version) } else { Why::Wrong };
        return Err(BadRecord::from(why).at("v").into());
    }
    let mut whole = records(&mut file)?;
    whole.comparison.forget_unknown();
    whole.comparison.revision = 0;
    close(&mut whole.comparison, &whole.answers);
    check(&whole.comparison, &whole)?;
    let preview = switch_off(&mut whole);
    Ok((whole, preview))
}

/// What a comparison that cannot be read is called, as far as that can be told.
pub fn title(text: &str) -> Option<String> {
    if text.len() > LIMIT || !is_light(text) {
        return None;
    }
    let json = Json::read_within(text, DEPTH_LIMIT).ok()?;
    let own = json.as_object()?.get("comparison").and_then(|own| own.as_object()?.get("name")?.as_str());
    if let Some(name) = own.filter(|name| !name.is_empty()) {
        return Some(name.to_owned());
    }
    let Json::List(rounds) = json.as_object()?.get("rounds")? else { return None };
    let asked = |round: &Json<'_>| {
        let text = round.as_object()?.get("text")?;
        title_of(text.as_str()?).map(str::to_owned)
    };
    rounds.iter().find_map(asked)
}

/// A tree of it fits into a page's memory: an object in it takes half a kilobyte, anything else 32 bytes.
fn is_light(text: &str) -> bool {
    const OBJECTS: u32 = 1_000_000;
    const VALUES: u32 = 8_000_000;
    let (mut objects, mut values, mut in_string, mut is_escaped) = (0, 0, false, false);
    for byte in text.bytes() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = in_string,
            b'"' => in_string = !in_string,
            b'{' if !in_string => objects += 1,
            b',' | b'[' if !in_string => values += 1,
            _ => {}
        }
    }
    objects <= OBJECTS && values <= VALUES
}

/// The records of a file, each taken out of it.
fn records(file: &mut Object<'_>) -> Result<Whole, BadImport> {
    let own = take(file, "comparison").into_owned();
    let own = record::comparison::from_json(own).map_err(|bad| bad.at("comparison"))?;
    let mut rounds = Vec::new();
    for (index, record) in items(file, "rounds")?.into_iter().enumerate() {
        let id = RoundId(u32::try_from(index).map_err(|_| BadImport::TooLarge)?);
        let round = round::from_json(record.into_owned(), id);
        rounds.push(round.map_err(|bad| bad.at(index).at("rounds"))?);
    }
    let mut whole = Whole { comparison: round::with_rounds(own, rounds)?, ..Whole::default() };
    for (index, mut entry) in items(file, "answers")?.into_iter().enumerate() {
        let mut read = || {
            let fields = entry.as_object_mut().ok_or(Why::NotAnObject)?;
            let of = Fields::new(fields).must("of", key::reply_from_json)?;
            let record = take(fields, "answer").into_owned();
            Ok((of, answer::from_json(record).map_err(|bad| bad.at("answer"))?))
        };
        let (of, answer) = read().map_err(|bad: BadRecord| bad.at(index).at("answers"))?;
        if whole.answers.insert(of, answer).is_some() {
            return Err(BadRecord::from(Why::Twice).at(index).at("answers").into());
        }
    }
    for (index, record) in items(file, "files")?.into_iter().enumerate() {
        let id = FileId(u32::try_from(index).map_err(|_| BadImport::TooLarge)?);
        let content = whole::file_from_json(record.into_owned());
        whole.files.insert(id, content.map_err(|bad| bad.at(index).at("files"))?);
    }
    Ok(whole)
}

fn take<'a>(fields: &mut Object<'a>, name: &str) -> Json<'a> {
    fields.get_mut(name).map(std::mem::take).unwrap_or_default()
}

fn items<'a>(file: &mut Object<'a>, name: &'static str) -> Result<Vec<Json<'a>>, BadRecord> {
    match take(file, name) {
        Json::List(items) => Ok(items),
        Json::Null => Err(BadRecord::from(Why::Missing).at(name)),
        _ => Err(BadRecord::from(Why::Wrong).at(name)),
    }
}

fn switch_off(whole: &mut Whole) -> Preview {
    let mut preview = Preview::default();
    whole.comparison.mark_foreign(PanelSettings::brings_its_own);
    for column in whole.comparison.columns() {
        preview.switched_off += usize::from(column.settings.is_foreign);
        let address = column.settings.foreign_address().map(str::to_owned);
        preview.addresses.extend(address.filter(|address| !preview.addresses.contains(address)));
    }
    each_reply(&whole.comparison, |_, _, _| preview.replies += 1);
    preview.title = whole.comparison.title().to_owned();
    preview.rounds = whole.comparison.rounds().len();
    preview.columns = whole.comparison.columns().len();
    preview.files = whole.files.len();
    preview
}
