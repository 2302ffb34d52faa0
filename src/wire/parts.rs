//! What several dialects need to put pieces of an answer in their places.

use std::collections::HashSet;

use crate::model::{
    event::{Citation, Delta, StreamEvent},
    json::Json,
};

/// Text of the answer, if it says anything.
pub fn say_text(text: &Json<'_>, out: &mut Vec<StreamEvent>) {
    out.extend(text.own_words().map(|text| StreamEvent::Delta(Delta::Text(text))));
}

/// A refusal in words, if it says anything.
pub fn say_refusal(text: &Json<'_>, out: &mut Vec<StreamEvent>) {
    out.extend(text.own_words().map(|text| StreamEvent::Delta(Delta::Refusal(text))));
}

pub fn say_start(id: &Json<'_>, model: &Json<'_>, out: &mut Vec<StreamEvent>) {
    out.push(StreamEvent::Start { id: id.own_words(), model: model.own_words() });
}

/// Numbers the separate thoughts of an answer from 0, without gaps. A thought lasts as long as its
/// key stays the same and nothing closed it.
#[derive(Debug)]
pub struct Numbering<K> {
    open: Option<K>,
    next: u32,
}

impl<K> Default for Numbering<K> {
    fn default() -> Self {
        Self { open: None, next: 0 }
    }
}

impl<K: PartialEq> Numbering<K> {
    fn number(&mut self, key: K) -> u32 {
        if self.open.as_ref() != Some(&key) {
            self.open = Some(key);
            self.next += 1;
        }
        self.next - 1
    }

    /// Thinking text, if it says anything.
    pub fn say(&mut self, key: K, text: &Json<'_>, out: &mut Vec<StreamEvent>) {
        if let Some(text) = text.own_words() {
            let part = self.number(key);
            out.push(StreamEvent::Delta(Delta::Reasoning { part, text }));
        }
    }

    /// Something else came in between: what follows is another thought.
    pub fn close(&mut self) {
        self.open = None;
    }
}

/// Names each source once.
#[derive(Debug, Default)]
pub struct Citations {
    seen: HashSet<String>,
}

impl Citations {
    pub fn push(&mut self, source: &Json<'_>, title: &Json<'_>, out: &mut Vec<StreamEvent>) {
        let Some(source) = source.words() else { return };
        if self.seen.contains(source) {
            return;
        }
        self.seen.insert(source.to_owned());
        let (source, title) = (source.to_owned(), title.own_words());
        out.push(StreamEvent::Delta(Delta::Citation(Citation { source, title })));
    }
}

/// How many calls back the call of a fragment is looked for. Models write a few calls at a time; a
/// stream of a million calls must not take a million steps for each.
const LOOK_BACK: usize = 100;

#[derive(Debug)]
struct Call {
    /// The provider's index.
    index: Option<u64>,
    id: Option<String>,
    name: Option<String>,
}

/// Joins the fragments of tool calls by the provider's index, and numbers the calls without gaps.
#[derive(Debug, Default)]
pub struct ToolCalls {
    /// The calls in order of appearance.
    calls: Vec<Call>,
}

impl ToolCalls {
    pub fn is_empty(&self) -> bool {
        self.calls.is_empty()
    }

    /// The provider's index of the call with that id, if it is known.
    pub fn index_of(&self, id: &Json<'_>) -> Option<u64> {
        let id = id.words()?;
        let mut latest = self.calls.iter().rev().take(LOOK_BACK);
        latest.find(|known| known.id.as_deref() == Some(id))?.index
    }

    /// A fragment without an index belongs to the call of its id, else to the latest. A new id under
    /// a used index is another call if it is named: some servers number every parallel call 0, others
    /// invent an id for every fragment. So is another name, where there are no ids.
    pub fn fragment(
        &mut self,
        index: Option<u64>,
        id: &Json<'_>,
        name: &Json<'_>,
        arguments: &str,
        out: &mut Vec<StreamEvent>,
    ) {
        let mut id = id.own_words().filter(|id| id != "null");
        let name = name.own_words();
        let mut latest = self.calls.iter().enumerate().rev().take(LOOK_BACK);
        let found = latest.find(|(_, known)| {
            let same_id = id.is_none() || known.id.is_none() || known.id == id;
            let other_name = name.is_some()
                && known.name.is_some()
                && known.name != name
                && id.is_none()
                && known.id.is_none();
            match index {
                _ if other_name => false,
                Some(_) => known.index == index && (same_id || name.is_none()),
                None => same_id,
            }
        });
        let place = found.map(|(place, _)| place).unwrap_or_else(|| {
            self.calls.push(Call { index, id: None, name: None });
            self.calls.len() - 1
        });
        if let Some(known) = self.calls.get_mut(place) {
            if known.id.is_some() {
                id = None;
            } else {
                known.id.clone_from(&id);
            }
            if known.name.is_none() {
                known.name.clone_from(&name);
            }
        }
        out.push(StreamEvent::Delta(Delta::ToolCall {
            index: u32::try_from(place).unwrap_or(u32::MAX),
            id,
            name,
            arguments: arguments.to_owned(),
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parallel_calls_under_one_index_stay_apart() {
        let mut calls = ToolCalls::default();
        let mut out = Vec::new();
        calls.fragment(Some(0), &Json::text("a"), &Json::text("f"), "{", &mut out);
        calls.fragment(Some(0), &Json::Null, &Json::Null, "}", &mut out);
        calls.fragment(Some(0), &Json::text("b"), &Json::text("f"), "{}", &mut out);
        calls.fragment(Some(0), &Json::text(""), &Json::text(""), "", &mut out);
        let places: Vec<_> = out
            .iter()
            .map(|event| match event {
                StreamEvent::Delta(Delta::ToolCall { index, .. }) => *index,
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(places, [0, 0, 1, 1]);
    }

    #[test]
    fn calls_without_ids_under_one_index_are_told_apart_by_their_names() {
        let mut calls = ToolCalls::default();
        let mut out = Vec::new();
        calls.fragment(Some(0), &Json::text(""), &Json::text("f"), "{}", &mut out);
        calls.fragment(Some(0), &Json::text(""), &Json::text("f"), "", &mut out);
        calls.fragment(Some(0), &Json::text(""), &Json::text("g"), "{}", &mut out);
        assert_eq!(calls.calls.len(), 2);
    }

    #[test]
    fn an_id_of_its_own_for_every_fragment_makes_one_call() {
        let mut calls = ToolCalls::default();
        let mut out = Vec::new();
        calls.fragment(Some(0), &Json::text("a"), &Json::text("f"), "{", &mut out);
        calls.fragment(Some(0), &Json::text("b"), &Json::Null, "}", &mut out);
        let fragment = |id: Option<&str>, name: Option<&str>, arguments: &str| {
            StreamEvent::Delta(Delta::ToolCall {
                index: 0,
                id: id.map(str::to_owned),
                name: name.map(str::to_owned),
                arguments: arguments.to_owned(),
            })
        };
        assert_eq!(out, [fragment(Some("a"), Some("f"), "{"), fragment(None, None, "}")]);
    }

    #[test]
    fn thoughts_are_numbered_without_gaps() {
        let mut thoughts = Numbering::default();
        assert_eq!([thoughts.number(3), thoughts.number(3), thoughts.number(9)], [0, 0, 1]);
        thoughts.close();
        assert_eq!(thoughts.number(9), 2);
    }
}
