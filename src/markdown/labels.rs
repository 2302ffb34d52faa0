//! What labels stand for, which may be said long after they are used.

use std::collections::BTreeMap;

/// Where a label's links lead.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Definition {
    pub url: String,
    pub title: String,
}

/// What is defined in text that is settled, and who waits for a definition. The first one of a label counts.
///
/// Keys are names, as [`link_name`] and [`note_name`] make them of labels.
#[derive(Clone, Debug, Default)]
pub struct Labels {
    names: BTreeMap<String, Name>,
    defined: usize,
}

#[derive(Clone, Debug, Default)]
struct Name {
    meaning: Option<Definition>,
    waiting: Vec<usize>,
}

impl Labels {
    pub fn link(&self, label: &str) -> Option<&Definition> {
        // Most answers define nothing.
        if self.defined == 0 { None } else { self.names.get(&link_name(label))?.meaning.as_ref() }
    }

    pub fn knows(&self, name: &str) -> bool {
        self.defined > 0 && self.names.get(name).is_some_and(|name| name.meaning.is_some())
    }

    /// Defines a name, if it is not defined; gives those that waited for it.
    pub fn define(&mut self, name: String, meaning: Definition) -> Vec<usize> {
        let name = self.names.entry(name).or_default();
        if name.meaning.is_some() {
            return Vec::new();
        }
        self.defined += 1;
        name.meaning = Some(meaning);
        std::mem::take(&mut name.waiting)
    }

    pub fn wait(&mut self, name: String, who: usize) {
        let waiting = &mut self.names.entry(name).or_default().waiting;
        if waiting.last() != Some(&who) {
            waiting.push(who);
        }
    }

    /// Text that, standing before a text, makes its references to known notes what they are. It ends with a
    /// rule, so that it changes nothing else.
    pub fn notes_for(&self, text: &str) -> String {
        let mut head = String::new();
        if self.defined == 0 {
            return head;
        }
        let mut seen = Vec::new();
        for label in notes_in(text) {
            let name = note_name(label);
            if self.knows(&name) && !seen.contains(&name) {
                seen.push(name);
                for part in ["[^", label, "]:\n"] {
                    head.push_str(part);
                }
            }
        }
        if !head.is_empty() {
            head.push_str("***\n\n");
        }
        head
    }
}

/// Labels are compared as the library compares them: by Unicode case folding.
pub fn folded(label: &str) -> String {
    unicase::UniCase::new(label).to_folded_case()
}

pub fn link_name(label: &str) -> String {
    [" ", &folded(label)].concat()
}

/// However many blanks stand in the label, or around it.
pub fn note_name(label: &str) -> String {
    let mut name = String::from("^");
    for word in label.split([' ', '\t', '\x0b', '\x0c']).filter(|word| !word.is_empty()) {
        if name.len() > 1 {
            name.push(' ');
        }
        name.push_str(word);
    }
    folded(&name)
}

/// The labels of all that looks like a reference to a note, also where it is none.
pub fn notes_in(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices("[^").filter_map(|(at, opening)| {
        let rest = text.get(at + opening.len()..)?;
        let end = label_end(rest)?;
        rest.get(..end).filter(|label| !label.is_empty())
    })
}

/// Where a label ends: at the first bracket that no backslash precedes, and on its line.
fn label_end(rest: &str) -> Option<usize> {
    let mut is_escaped = false;
    for (at, byte) in rest.bytes().enumerate().take(4000) {
        match byte {
            b'\n' | b'\r' => return None,
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b']' => return Some(at),
            b'[' => return None,
            _ => {}
        }
    }
    None
}
