//! A comparison that another page writes, as this one shows it: read once, then changed by what the other says
//! that it has written.
//!
//! What is said may be known already, since it is said while the records are read: segments have numbers, all
//! else is whole records. A segment that is missing means that all is to be read anew.

use std::{
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet},
};

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
    /// The number of the next segment.
    next: u32,
    /// Replies of which segments tell.
    coming: BTreeSet<ReplyId>,
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
        let mut mirror = Self { own: Json::Null, rounds: BTreeMap::new(), next: 0, coming: BTreeSet::new() };
        let mut segments = BTreeMap::new();
        for (key, record) in &records {
            match key {
                Key::Comparison(_) => mirror.own = record.clone(),
                Key::Round(_, id) => drop(mirror.rounds.insert(*id, record.clone())),
                Key::Segment(_, number) => drop(segments.insert(*number, record.clone())),
                Key::Head(_) | Key::Answer(..) | Key::File(..) => {}
            }
        }
        let mut whole = Whole::of_records(records)?;
        // An answer may be written already, and only the round not yet.
        let ended: BTreeSet<ReplyId> = whole.answers.keys().copied().collect();
        for (number, record) in segments {
            mirror.segment(&mut whole, number, record, |whole, reply| {
                let is_open = whole.comparison.reply(reply).is_some_and(|reply| reply.end == End::Open);
                is_open && !ended.contains(&reply)
            });
        }
        Ok((mirror, whole))
    }

    /// The other page has written this.
    pub fn take(&mut self, whole: &mut Whole, acts: Vec<Act>) -> News {
        let mut news = News::Nothing;
        for act in acts {
            news = news.max(match act {
                Act::Put(Key::Segment(_, number), record) => self.segment(whole, number, record, |_, _| true),
                Act::Put(Key::Answer(_, reply), record) => match answer::from_json(record) {
                    Ok(answer) => {
                        self.coming.remove(&reply);
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
                Act::Clear(_) => {
                    self.next = 0;
                    self.coming.clear();
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

    /// Takes what a segment tells of the replies that `counts` says yes to.
    fn segment(
        &mut self,
        whole: &mut Whole,
        number: u32,
        record: Json<'static>,
        counts: impl Fn(&Whole, ReplyId) -> bool,
    ) -> News {
        match number.cmp(&self.next) {
            Ordering::Less => return News::Nothing,
            Ordering::Greater => return News::Gap,
            Ordering::Equal => {}
        }
        let Ok(pieces) = segment::from_json(record) else { return News::Gap };
        self.next += 1;
        let mut news = News::Nothing;
        for (reply, events) in pieces {
            if !counts(whole, reply) {
                continue;
            }
            if self.coming.insert(reply) {
                whole.answers.remove(&reply);
            }
            // It may only say that something is coming.
            if !events.is_empty() {
                let answer = whole.answers.entry(reply).or_default();
                events.iter().for_each(|event| answer.apply(event));
                news = News::Texts;
            }
        }
        news
    }

    fn rebuild(&self, whole: &mut Whole) -> Result<(), BadRecord> {
        let own = comparison::from_json(self.own.clone())?;
        let rounds = self.rounds.iter().map(|(id, record)| round::from_json(record.clone(), *id));
        whole.comparison = round::with_rounds(own, rounds.collect::<Result<_, _>>()?)?;
        Ok(())
    }
}
