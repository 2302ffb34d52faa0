//! Where each record lies, and what is written together.
//!
//! Every key begins with the comparison's id, so all that belongs to one comparison is one range of each
//! store.

use super::{
    super::comparison::{ColumnId, FileId, Id, ReplyId, RoundId},
    fields::small,
};
use std::collections::BTreeSet;

use crate::model::json::Json;

/// A store of the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Store {
    /// What a list of comparisons shows and searches: see [`Head`](super::comparison::Head).
    Heads,
    Comparisons,
    Rounds,
    Answers,
    Files,
    /// Pieces of answers that are still coming: see [`journal`](crate::grid::journal).
    Segments,
}

impl Store {
    pub const ALL: [Self; 6] =
        [Self::Heads, Self::Comparisons, Self::Rounds, Self::Answers, Self::Files, Self::Segments];

    /// Its name in the database.
    pub fn word(self) -> &'static str {
        match self {
            Self::Heads => "heads",
            Self::Comparisons => "comparisons",
            Self::Rounds => "rounds",
            Self::Answers => "answers",
            Self::Files => "files",
            Self::Segments => "segments",
        }
    }
}

/// Where a record lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    Head(Id),
    Comparison(Id),
    Round(Id, RoundId),
    Answer(Id, ReplyId),
    File(Id, FileId),
    /// Counted from 0 while something of the comparison is coming.
    Segment(Id, u32),
}

impl Key {
    pub fn store(self) -> Store {
        match self {
            Self::Head(_) => Store::Heads,
            Self::Comparison(_) => Store::Comparisons,
            Self::Round(..) => Store::Rounds,
            Self::Answer(..) => Store::Answers,
            Self::File(..) => Store::Files,
            Self::Segment(..) => Store::Segments,
        }
    }

    pub fn comparison(self) -> Id {
        match self {
            Self::Head(id)
            | Self::Comparison(id)
            | Self::Round(id, _)
            | Self::Answer(id, _)
            | Self::File(id, _)
            | Self::Segment(id, ..) => id,
        }
    }

    /// What follows the id in the database's key, which is a list: the id's text and these numbers.
    pub fn numbers(self) -> Vec<u32> {
        match self {
            Self::Head(_) | Self::Comparison(_) => Vec::new(),
            Self::Round(_, round) => vec![round.0],
            Self::Answer(_, reply) => numbers_of(reply).into(),
            Self::File(_, file) => vec![file.0],
            Self::Segment(_, number) => vec![number],
        }
    }

    pub fn from_numbers(store: Store, id: Id, numbers: &[u32]) -> Option<Self> {
        let reply =
            |round, column, version| ReplyId { round: RoundId(round), column: ColumnId(column), version };
        Some(match (store, numbers) {
            (Store::Heads, []) => Self::Head(id),
            (Store::Comparisons, []) => Self::Comparison(id),
            (Store::Rounds, [round]) => Self::Round(id, RoundId(*round)),
            (Store::Answers, [round, column, version]) => Self::Answer(id, reply(*round, *column, *version)),
            (Store::Files, [file]) => Self::File(id, FileId(*file)),
            (Store::Segments, [number]) => Self::Segment(id, *number),
            _ => return None,
        })
    }
}

fn numbers_of(reply: ReplyId) -> [u32; 3] {
    [reply.round.0, reply.column.0, reply.version]
}

/// The numbers of a round, a column and a version.
pub fn reply_to_json(id: ReplyId) -> Json<'static> {
    Json::List(vec![id.round.0.into(), id.column.0.into(), id.version.into()])
}

pub fn reply_from_json(json: &Json<'_>) -> Option<ReplyId> {
    let [round, column, version] = json.as_list()? else { return None };
    let (round, column) = (RoundId(small(round)?), ColumnId(small(column)?));
    Some(ReplyId { round, column, version: small(version)? })
}

/// What is done in one transaction, in this order: all of it, or nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Batch {
    /// It counts as written only when it has reached the disk (`durability: "strict"`).
    pub is_strict: bool,
    pub acts: Vec<Act>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    /// In the place of what stands under that key.
    Put(Key, Json<'static>),
    Delete(Key),
    /// All segments of that comparison.
    Clear(Id),
    /// All records of that comparison, in all stores.
    Remove(Id),
}

impl Act {
    fn put(&self) -> Option<Key> {
        match self {
            Self::Put(key, _) => Some(*key),
            _ => None,
        }
    }
}

impl Batch {
    /// Puts those records.
    pub fn of(records: impl IntoIterator<Item = (Key, Json<'static>)>) -> Self {
        let acts = records.into_iter().map(|(key, record)| Act::Put(key, record)).collect();
        Self { is_strict: false, acts }
    }

    #[must_use]
    pub fn strict(self) -> Self {
        Self { is_strict: true, ..self }
    }

    /// Does the other's acts after its own, in one transaction. What the other puts need not be put before.
    pub fn join(&mut self, later: Self) {
        self.is_strict |= later.is_strict;
        let put: BTreeSet<Key> = later.acts.iter().filter_map(Act::put).collect();
        let ends = |act: &Act| matches!(act, Act::Delete(_) | Act::Clear(_) | Act::Remove(_));
        // What is taken away between two puts stays between them.
        let from = self.acts.iter().rposition(ends).map_or(0, |last| last + 1);
        let mut at = 0;
        self.acts.retain(|act| {
            at += 1;
            at <= from || act.put().is_none_or(|key| !put.contains(&key))
        });
        self.acts.extend(later.acts);
    }

    pub fn is_empty(&self) -> bool {
        self.acts.is_empty()
    }

    /// The stores that it changes.
    pub fn stores(&self) -> Vec<Store> {
        let has = |store: Store| {
            self.acts.iter().any(|act| match act {
                Act::Put(key, _) | Act::Delete(key) => key.store() == store,
                Act::Clear(_) => store == Store::Segments,
                Act::Remove(_) => true,
            })
        };
        Store::ALL.into_iter().filter(|store| has(*store)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transaction_is_over_the_stores_that_it_changes() {
        let of = |acts| Batch { is_strict: false, acts }.stores();
        let put = |key| Act::Put(key, Json::Null);
        assert_eq!(of(vec![put(Key::Segment(Id(1), 0)), put(Key::Segment(Id(2), 3))]), [Store::Segments]);
        let ended = vec![Act::Clear(Id(1)), Act::Delete(Key::Head(Id(1)))];
        assert_eq!(of(ended), [Store::Heads, Store::Segments]);
        assert_eq!(of(vec![Act::Remove(Id(1))]), Store::ALL);
        assert_eq!(of(Vec::new()), []);
    }

    #[test]
    fn keys_are_made_of_their_parts_again() {
        let id = Id(5);
        let reply = ReplyId { round: RoundId(1), column: ColumnId(2), version: 3 };
        let keys = [
            Key::Head(id),
            Key::Comparison(id),
            Key::Round(id, RoundId(4)),
            Key::Answer(id, reply),
            Key::File(id, FileId(6)),
            Key::Segment(id, 7),
        ];
        for (key, store) in keys.into_iter().zip(Store::ALL) {
            assert_eq!((key.store(), key.comparison()), (store, id));
            assert_eq!(Key::from_numbers(store, id, &key.numbers()), Some(key));
            assert_eq!(Key::from_numbers(store, id, &[1, 2]), None);
        }
    }
}
