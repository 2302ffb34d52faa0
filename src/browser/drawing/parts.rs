//! Parts of what is long: a browser looks at every child of an element that grows, so items of a long list
//! and rows of a table stand in groups; and it breaks all lines of a paragraph anew, so the words of one
//! that is longer than a person writes stand in several blocks.

use wasm_bindgen::JsCast;
use web_sys::{Document, Element, Node, Text};

use super::{Ink, Open, append, remove};

/// So many items or rows are a part. A list that has no more is not parted at all.
const MEMBERS: usize = 50;

/// Words that weigh so much are a part, if a line ends there: then nothing looks otherwise. Where none ends,
/// they are parted at a word that comes a little later, or in the end anywhere.
const WORDS: usize = 8 << 10;
const WORDS_AT_BLANK: usize = WORDS + WORDS / 4;
const WORDS_ANYWHERE: usize = WORDS * 2;
/// So many letters without a blank are no word: browsers look at the rest of it for each line (Chromium 156:
/// 0.3 s for 16,000 letters).
const LONGEST_WORD: usize = 2 << 10;

/// An element costs a browser as much as so many letters.
const ELEMENT: usize = 32;

/// What words weigh: UTF-16 units, and more for elements among them.
fn weight(node: &Node) -> usize {
    let text = node.text_content().map_or(0, |text| units(&text));
    if node.has_type::<Text>() { text } else { text + ELEMENT }
}

pub(super) fn units(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

impl Open {
    /// Begins a part where the last one is full.
    pub(super) fn make_room(&mut self, document: &Document, child: &Element) {
        if self.ink == Ink::Words {
            if self.in_part >= WORDS_ANYWHERE {
                self.new_words(document);
            }
            self.in_part += ELEMENT;
            return;
        }
        match child.local_name().as_str() {
            "tr" if self.part.is_none() || self.in_part >= MEMBERS => self.new_part(document, "tbody", ""),
            "tr" => {}
            "li" => {
                if self.in_part >= MEMBERS {
                    self.new_group(document, child);
                }
                if self.part.is_some() {
                    set(child, "role", "listitem");
                }
            }
            _ => return,
        }
        self.in_part += 1;
    }

    /// HTML knows no groups in lists. For who cannot see them, they are not there; numbers go on, though
    /// what is contained does not count.
    fn new_group(&mut self, document: &Document, first: &Element) {
        let groups = (self.inner.child_element_count() as usize).saturating_sub(MEMBERS);
        set(&self.inner, "role", "list");
        if self.inner.local_name() == "ol" {
            let start = self.inner.get_attribute("start").and_then(|start| start.parse().ok());
            let number = start.unwrap_or(1_usize) + MEMBERS * (groups + 1);
            set(first, "value", &number.to_string());
        }
        self.new_part(document, "div", "items");
        if let Some(group) = &self.part {
            set(group, "role", "none");
        }
    }

    /// What nests too deep to be drawn leaves its text among blocks.
    pub(super) fn has_words(&self) -> bool {
        matches!(self.ink, Ink::Blocks | Ink::Words | Ink::Plain)
    }

    /// Where in this text a part of words is full.
    pub(super) fn end_of_words(&self, text: &str) -> Option<usize> {
        if !self.has_words() || self.in_part.max(self.in_word) + text.len() < LONGEST_WORD {
            return None;
        }
        let (mut weight, mut word) = (self.in_part, self.in_word);
        for (at, c) in text.char_indices() {
            if weight >= WORDS_ANYWHERE || word >= LONGEST_WORD {
                return Some(at);
            }
            weight += c.len_utf16();
            word = if may_part(c) { 0 } else { word + 1 };
            if c == '\n' && weight >= WORDS || may_part(c) && weight >= WORDS_AT_BLANK {
                return Some(at + c.len_utf8());
            }
        }
        None
    }

    pub(super) fn new_words(&mut self, document: &Document) {
        // Browsers look for a letter that has a direction in all that stands there, whenever it grows.
        if let Ok(Some(block)) = self.outer.closest("[dir=auto]") {
            set(&block, "dir", if block.matches(":dir(rtl)") == Ok(true) { "rtl" } else { "ltr" });
        }
        (self.last, self.in_word) = (None, 0);
        self.new_part(document, "span", "words");
    }

    pub(super) fn new_part(&mut self, document: &Document, tag: &str, class: &str) {
        if let Ok(part) = document.create_element(tag) {
            if !class.is_empty() {
                part.set_class_name(class);
            }
            append(&self.inner, &part);
            (self.part, self.in_part) = (Some(part), 0);
        }
    }

    /// The last child goes; text is one child, whatever nodes it stands in.
    pub(super) fn remove_last(&mut self) {
        let ends_with_text =
            |open: &Self| open.place().last_child().is_some_and(|last| last.has_type::<Text>());
        loop {
            let place = self.place().clone();
            let Some(last) = place.last_child() else { return };
            remove(&place, &last);
            self.in_word = 0;
            let is_member = self.ink == Ink::Blocks && !last.has_type::<Text>();
            self.in_part = self.in_part.saturating_sub(if is_member { 1 } else { weight(&last) });
            if self.part.is_some() && place.first_child().is_none() {
                place.remove();
                self.find_part();
            }
            if !last.has_type::<Text>() || !ends_with_text(self) {
                return;
            }
        }
    }

    /// The part that an element which was drawn before ends with.
    pub(super) fn find_part(&mut self) {
        let last = self.inner.last_element_child();
        self.part = last.filter(|last| last.matches(".items, tbody, .words") == Ok(true));
        self.in_part = match self.ink {
            Ink::Words => self.place().text_content().map_or(0, |text| units(&text)),
            _ => self.place().child_element_count() as usize,
        };
    }
}

/// Where one text node or part may end, without a letter looking any different.
pub(super) fn may_part(c: char) -> bool {
    matches!(c, ' ' | '\n' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}')
}

fn set(element: &Element, name: &str, value: &str) {
    // The names are this program's own and valid.
    let _ = element.set_attribute(name, value);
}
