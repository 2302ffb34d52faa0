//! A comparison that another page writes, as this one shows it: read once, then changed by what the other says
//! that it has written.
//!
//! What is said may be known already, since it is said while the records are read: pieces have numbers, all
//! else is whole records. A piece that is missing means that all is to be read anew.

use std::collections::{BTreeMap, btree_map::Entry};

use super::{
    comparison::{ReplyId, RoundId, reply::End},
    record::{Act, BadRecord, Key, Record, Whole, answer, comparison, round, segment, whole},
};
use crate::model::json::Json;

/// What is not in the [`Whole`] that is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Mirror {
    /// The comparison's own record, and those of its rounds.
    own: Json<'static>,
    rounds: BTreeMap<RoundId, Json<'static>>,
    /// The number of the next piece of what is still coming.
    next: BTreeMap<ReplyId, u32>,
}

/// What a change means for who shows it; the later ones mean the earlier ones too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum News {
    Nothing,
    /// Texts have grown, or stand whole.
    Texts,
    /// Rounds, columns, or what is known of replies.
    Form,
    /// It does not fit: it is to be read anew.
    Gap,
    /// It was deleted.
    Gone,
}

impl Mirror {
    /// Of all records of a comparison, pieces of answers that are still coming among them.
    ///
    /// # Errors
    /// One of them is no such record; its key is told.
    pub fn of(records: Vec<Record>) -> Result<(Self, Whole), (Key, BadRecord)> {
        let mut mirror = Self { own: Json::Null, rounds: BTreeMap::new(), next: BTreeMap::new() };
        let mut pieces = BTreeMap::new();
        for (key, record) in &records {
            match key {
                Key::Comparison(_) => mirror.own = record.clone(),
                Key::Round(_, id) => drop(mirror.rounds.insert(*id, record.clone())),
                Key::Segment(_, reply, number) => {
                    drop(pieces.insert((*reply, *number), record.clone()));
                }
                Key::Head(_) | Key::Answer(..) | Key::File(..) => {}
            }
        }
        let mut whole = Whole::of_records(records)?;
        for ((reply, number), record) in pieces {
            let is_open = whole.comparison.reply(reply).is_some_and(|reply| reply.end == End::Open);
            // Its answer may be written already, and only the round not yet.
            if is_open && (mirror.next.contains_key(&reply) || !whole.answers.contains_key(&reply)) {
                mirror.piece(&mut whole, reply, number, record);
            }
        }
        Ok((mirror, whole))
    }

    /// The other page has written this.
    pub fn take(&mut self, whole: &mut Whole, acts: Vec<Act>) -> News {
        let mut news = News::Nothing;
        for act in acts {
            news = news.max(match act {
                Act::Put(Key::Segment(_, reply, number), record) => self.piece(whole, reply, number, record),
                Act::Put(Key::Answer(_, reply), record) => match answer::from_json(record) {
                    Ok(answer) => {
                        whole.answers.insert(reply, answer);
                        News::Texts
                    }
                    Err(_) => News::Gap,
                },
                Act::Put(Key::File(_, file), record) => match whole::file_from_json(record) {
                    Ok(content) => {
                        whole.files.insert(file, content);
                        News::Nothing
                    }
                    Err(_) => News::Gap,
                },
                Act::Put(Key::Round(_, id), record) => {
                    self.rounds.insert(id, record);
                    News::Form
                }
                Act::Put(Key::Comparison(_), record) => {
                    self.own = record;
                    News::Form
                }
                Act::Clear(_, reply) => {
                    self.next.remove(&reply);
                    News::Nothing
                }
                Act::Remove(_) => News::Gone,
                Act::Put(Key::Head(_), _) | Act::Delete(_) => News::Nothing,
            });
        }
        if news == News::Form && self.rebuild(whole).is_err() {
            return News::Gap;
        }
        news
    }

    fn piece(&mut self, whole: &mut Whole, reply: ReplyId, number: u32, record: Json<'static>) -> News {
        let next = match self.next.entry(reply) {
            Entry::Vacant(next) if number == 0 => {
                whole.answers.remove(&reply);
                next.insert(0)
            }
            Entry::Occupied(next) => next.into_mut(),
            Entry::Vacant(_) => return News::Gap,
        };
        if number < *next {
            return News::Nothing;
        }
        match segment::from_json(record) {
            // It only says that something is coming; the first piece will be in its place.
            Ok(events) if number == *next && events.is_empty() => News::Nothing,
            Ok(events) if number == *next => {
                let answer = whole.answers.entry(reply).or_default();
                events.iter().for_each(|event| answer.apply(event));
                *next += 1;
                News::Texts
            }
            _ => News::Gap,
        }
    }

    fn rebuild(&self, whole: &mut Whole) -> Result<(), BadRecord> {
        let own = comparison::from_json(self.own.clone())?;
        let rounds = self.rounds.iter().map(|(id, record)| round::from_json(record.clone(), *id));
        whole.comparison = round::with_rounds(own, rounds.collect::<Result<_, _>>()?)?;
        Ok(())
    }
}
