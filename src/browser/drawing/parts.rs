//! Parts of what is long: a browser looks at every child of an element that grows, so items of a long list
//! and rows of a table stand in groups.

use wasm_bindgen::JsCast;
use web_sys::{Document, Element, Text};

use super::{Open, append, remove};

/// So many items or rows are a part. A list that has no more is not parted at all.
const MEMBERS: usize = 50;

impl Open {
    /// Begins a part where the last one is full.
    pub(super) fn make_room(&mut self, document: &Document, child: &Element) {
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
        let place = self.place().clone();
        while let Some(last) = place.last_child() {
            remove(&place, &last);
            let is_more = |last: Option<web_sys::Node>| last.is_some_and(|last| last.has_type::<Text>());
            if !last.has_type::<Text>() || !is_more(place.last_child()) {
                break;
            }
        }
        self.in_part = self.in_part.saturating_sub(1);
        if self.part.is_some() && self.in_part == 0 {
            place.remove();
            self.find_part();
        }
    }

    /// The part that an element which was drawn before ends with.
    pub(super) fn find_part(&mut self) {
        let last = self.inner.last_element_child();
        self.part = last.filter(|last| last.matches(".items, tbody") == Ok(true));
        self.in_part = self.place().child_element_count() as usize;
    }
}

fn set(element: &Element, name: &str, value: &str) {
    // The names are this program's own and valid.
    let _ = element.set_attribute(name, value);
}
