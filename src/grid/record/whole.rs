//! All records of one comparison.

use std::collections::BTreeMap;

use super::{BadRecord, Key, Why, answer, comparison, round};
use crate::{
    grid::comparison::{Comparison, FileId, ReplyId, RoundId, history::Bodies},
    model::{
        answer::Answer,
        json::{Json, Object},
    },
};

/// A comparison with the texts of its replies and the contents of its files.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Whole {
    pub comparison: Comparison,
    pub answers: BTreeMap<ReplyId, Answer>,
    pub files: BTreeMap<FileId, String>,
}

impl Bodies for Whole {
    fn answer(&self, id: ReplyId, read: &mut dyn FnMut(&Answer)) {
        self.answers.get(&id).into_iter().for_each(read);
    }

    fn file(&self, id: FileId, read: &mut dyn FnMut(&str)) {
        self.files.get(&id).into_iter().for_each(|content| read(content));
    }
}

impl Whole {
    /// Every record, in the order of their keys.
    pub fn records(&self) -> Vec<(Key, Json<'static>)> {
        let id = self.comparison.id;
        let head = (Key::Head(id), comparison::Head::of(&self.comparison).to_json());
        let own = (Key::Comparison(id), comparison::to_json(&self.comparison));
        let rounds = self.comparison.rounds.iter().map(|it| (Key::Round(id, it.id), round::to_json(it)));
        let answers = self.answers.iter().map(|(reply, it)| (Key::Answer(id, *reply), answer::to_json(it)));
        let files = self.files.iter().map(|(file, content)| (Key::File(id, *file), file_to_json(content)));
        [head, own].into_iter().chain(rounds).chain(answers).chain(files).collect()
    }

    /// Of the records of one comparison, in any order. Heads and segments are passed over.
    ///
    /// # Errors
    /// One of them is no such record, or names what is not there; its key is told.
    pub fn of_records(records: Vec<(Key, Json<'static>)>) -> Result<Self, (Key, BadRecord)> {
        let mut whole = Self::default();
        let (mut own, mut rounds) = (None, Vec::new());
        for (key, record) in records {
            match key {
                Key::Comparison(_) => own = Some((key, record)),
                Key::Round(_, id) => rounds.push((id, key, record)),
                Key::Answer(_, reply) => {
                    let read = answer::from_json(record).map_err(|bad| (key, bad))?;
                    whole.answers.insert(reply, read);
                }
                Key::File(_, file) => {
                    let read = file_from_json(record).map_err(|bad| (key, bad))?;
                    whole.files.insert(file, read);
                }
                Key::Head(_) | Key::Segment(..) => {}
            }
        }
        let Some((key, record)) = own else {
            let key = rounds.first().map_or(Key::Comparison(whole.comparison.id), |(_, key, _)| *key);
            return Err((Key::Comparison(key.comparison()), Why::Missing.into()));
        };
        let comparison = comparison::from_json(record).map_err(|bad| (key, bad))?;
        if comparison.id != key.comparison() {
            return Err((key, BadRecord::from(Why::Wrong).at("id")));
        }
        rounds.sort_by_key(|(id, ..)| *id);
        let read =
            |(id, key, record): (RoundId, Key, _)| round::from_json(record, id).map_err(|it| (key, it));
        let rounds = rounds.into_iter().map(read).collect::<Result<_, _>>()?;
        whole.comparison = round::with_rounds(comparison, rounds).map_err(|bad| (key, bad))?;
        Ok(whole)
    }
}

impl Comparison {
    /// Forgets what only another version of this program knows.
    pub fn forget_unknown(&mut self) {
        let columns = self.columns.iter_mut().map(|column| &mut column.unknown);
        let (mut rounds, mut replies) = (Vec::new(), Vec::new());
        for round in &mut self.rounds {
            rounds.push(&mut round.unknown);
            let versions = round.cells.iter_mut().flat_map(|cell| &mut cell.versions);
            replies.extend(versions.map(|reply| &mut reply.unknown));
        }
        let all = columns.chain(rounds).chain(replies).chain([&mut self.unknown]);
        all.for_each(|unknown| *unknown = Object::new());
    }
}

pub fn file_to_json(content: &str) -> Json<'static> {
    super::versioned(vec![("data", content.to_owned().into())], &Object::new())
}

/// # Errors
/// It is no such record, or of a newer version.
pub fn file_from_json(record: Json<'static>) -> Result<String, BadRecord> {
    let object = super::migrated(record)?;
    super::fields::Fields::new(&object).must("data", |data| data.as_str().map(str::to_owned))
}
