//! Formulas as MathML: the part answers with a tree of numbers from two lists, and nothing else than what
//! is on these lists is ever made.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
};

use web_sys::{Document, Element};

#[path = "../../../parts/math/src/lists.rs"]
mod lists;

use self::lists::{ATTRIBUTES, ELEMENTS};
use super::{Part, idle};
use crate::browser::document;

const NAMESPACE: &str = "http://www.w3.org/1998/Math/MathML";

/// So many formulas are drawn before the page gets its turn.
const AT_ONCE: usize = 4;

/// On what holds a formula's source, with the drawn one behind it.
const DRAWN: &str = "data-drawn";

thread_local! {
    static WAITING: RefCell<(VecDeque<Element>, bool)> = const { RefCell::new((VecDeque::new(), false)) };
    static PART: Cell<Option<Part>> = const { Cell::new(None) };
}

/// Puts the drawn formula beside the element that holds its source, soon.
pub fn draw(source: &Element) {
    let is_running = WAITING.with_borrow_mut(|(waiting, is_running)| {
        waiting.push_back(source.clone());
        std::mem::replace(is_running, true)
    });
    if !is_running {
        crate::browser::spawn(run());
    }
}

fn next() -> Option<Element> {
    WAITING.with_borrow_mut(|(waiting, is_running)| {
        let next = waiting.pop_front();
        *is_running = next.is_some();
        next
    })
}

async fn run() {
    let mut part = PART.take().unwrap_or(Part::new("math"));
    let mut drawn = 0;
    while let Some(source) = next() {
        if drawn % AT_ONCE == 0 {
            idle().await;
        }
        drawn += 1;
        let Some(outer) = source.parent_element().filter(|outer| outer.is_connected()) else { continue };
        let is_block = outer.class_list().contains("block");
        let latex = source.text_content().unwrap_or_default();
        let answer = part.ask(&[&[u8::from(is_block)], latex.as_bytes()].concat()).await;
        match answer.as_deref().and_then(<[u8]>::split_first) {
            Some((0, tree)) => put(&outer, tree),
            // What is wrong with it, in the library's words.
            Some((_, wrong)) => {
                // The attribute's name is valid.
                let _ = outer.set_attribute("title", &String::from_utf8_lossy(wrong));
            }
            None => {}
        }
    }
    PART.set(Some(part));
}

fn put(outer: &Element, tree: &[u8]) {
    let Some(math) = document().and_then(|document| build(&document, tree)) else { return };
    if outer.has_attribute(DRAWN) {
        // More of the formula has come.
        outer.last_element_child().inspect(|old| old.remove());
    }
    // The names are valid, and an element takes another one.
    let _ = outer.append_child(&math);
    let _ = outer.set_attribute(DRAWN, "");
    if let Some(source) = outer.first_element_child() {
        let _ = source.set_attribute("aria-hidden", "true");
    }
}

/// `None`: that is no tree, or something in it is not on the lists.
pub fn build(document: &Document, mut tree: &[u8]) -> Option<Element> {
    let mut open: Vec<Element> = Vec::new();
    loop {
        match take(&mut tree)? {
            1 => {
                let name = ELEMENTS.get(usize::from(take(&mut tree)?))?;
                let element = document.create_element_ns(Some(NAMESPACE), name).ok()?;
                for _ in 0..take(&mut tree)? {
                    let name = ATTRIBUTES.get(usize::from(take(&mut tree)?))?;
                    element.set_attribute(name, string(&mut tree)?).ok()?;
                }
                match open.last() {
                    Some(parent) => {
                        parent.append_child(&element).ok()?;
                    }
                    // It is no part of what is copied: its source is.
                    None => element.class_list().add_1("chrome").ok()?,
                }
                open.push(element);
            }
            2 => {
                let text = document.create_text_node(string(&mut tree)?);
                open.last()?.append_child(&text).ok()?;
            }
            3 => {
                let closed = open.pop()?;
                if open.is_empty() {
                    return tree.is_empty().then_some(closed);
                }
            }
            _ => return None,
        }
    }
}

fn take(bytes: &mut &[u8]) -> Option<u8> {
    let (first, rest) = bytes.split_first()?;
    *bytes = rest;
    Some(*first)
}

fn string<'a>(bytes: &mut &'a [u8]) -> Option<&'a str> {
    let length = super::number(bytes)?;
    let (text, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    std::str::from_utf8(text).ok()
}
