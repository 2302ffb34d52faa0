//! Code: boxes of lines, so that a line at the end of thousands lays out only its own box; characters
//! that hide, shown; and word of it to whoever colours it.

use std::{cell::RefCell, mem};

use gloo_timers::callback::Timeout;
use wasm_bindgen::JsCast;
use web_sys::{Document, Element};

use super::{
    Ink, Open, append,
    parts::{may_part, units},
};

/// So many lines share a box: a box is laid out anew for each token at its end.
const BOX_LINES: usize = 100;

/// A text node is left at the next word past this many bytes: browsers shape all of it again for each piece
/// at its end (Chromium 156: 100 µs for 2 kB).
const TEXT_BYTES: usize = 400;

/// Code that grows is told of once in so many ms, outside of every frame.
const REPORT_MS: u32 = 150;

/// What a formula has in the place of an info string, which no fence can have.
pub const FORMULA: &str = "\n";

/// A code block that has grown, or is complete.
#[derive(Clone)]
pub struct Code {
    /// Holds nothing but the code: its text content, whatever text nodes it stands in.
    pub element: Element,
    /// The info string: the language is its first word.
    pub info: String,
    pub is_complete: bool,
}

thread_local! {
    static REPORTS: RefCell<Reports> = const { RefCell::new(Reports { hook: None, news: Vec::new(), timer: None }) };
}

struct Reports {
    hook: Option<fn(&Code)>,
    news: Vec<Code>,
    timer: Option<Timeout>,
}

/// Calls back, between the frames, with each code block that has grown or is complete since. It may
/// look at the element and highlight ranges of it, but change nothing in it.
pub fn on_code(hook: fn(&Code)) {
    REPORTS.with_borrow_mut(|reports| reports.hook = Some(hook));
}

pub(super) fn report(element: &Element, info: &str, is_complete: bool) {
    REPORTS.with_borrow_mut(|reports| {
        if reports.hook.is_none() {
            return;
        }
        match reports.news.iter_mut().find(|code| code.element == *element) {
            Some(known) => known.is_complete |= is_complete,
            None => {
                let info = info.to_owned();
                reports.news.push(Code { element: element.clone(), info, is_complete });
            }
        }
        reports.timer.get_or_insert_with(|| Timeout::new(REPORT_MS, tell));
    });
}

fn tell() {
    let (hook, news) = REPORTS.with_borrow_mut(|reports| {
        if let Some(timer) = reports.timer.take() {
            // It has just run.
            timer.forget();
        }
        (reports.hook, mem::take(&mut reports.news))
    });
    // What was taken back meanwhile is nobody's.
    for code in news.iter().filter(|code| code.element.is_connected()) {
        hook.inspect(|hook| hook(code));
    }
}

impl Open {
    pub(super) fn write(&mut self, document: &Document, text: &str) {
        match self.ink {
            Ink::Blocks | Ink::Words => self.put(document, text),
            Ink::Plain | Ink::Formula => self.put_visibly(document, text),
            Ink::Lines(_) => self.put_lines(document, text),
        }
    }

    fn put_lines(&mut self, document: &Document, mut text: &str) {
        self.has_grown = true;
        while !text.is_empty() {
            if self.part.is_none() || self.in_part >= BOX_LINES {
                self.new_part(document, "span", "lines");
                self.last = None;
            }
            let mut end = text.len();
            for (at, _) in text.match_indices('\n') {
                self.in_part += 1;
                if self.in_part >= BOX_LINES {
                    end = at + 1;
                    break;
                }
            }
            let (now, later) = text.split_at_checked(end).unwrap_or((text, ""));
            self.put_visibly(document, now);
            text = later;
        }
    }

    fn put_visibly(&mut self, document: &Document, text: &str) {
        let mut shown = 0;
        for (at, hidden) in text.char_indices().filter(|(_, c)| hides(*c)) {
            let after = at + hidden.len_utf8();
            self.put(document, text.get(shown..at).unwrap_or_default());
            self.put_mark(document, text.get(at..after).unwrap_or_default(), hidden);
            shown = after;
        }
        self.put(document, text.get(shown..).unwrap_or_default());
    }

    /// The character itself stays in the text; its number stands before it.
    fn put_mark(&mut self, document: &Document, text: &str, hidden: char) {
        let Ok(mark) = document.create_element("span") else { return };
        mark.set_class_name("hidden-char");
        // The name is valid.
        let _ = mark.set_attribute("data-char", &number(hidden));
        mark.set_text_content(Some(text));
        append(self.place(), &mark);
        self.last = None;
    }

    fn put(&mut self, document: &Document, mut text: &str) {
        while let Some((now, later)) = self.end_of_words(text).and_then(|at| text.split_at_checked(at)) {
            self.put_in_part(document, now);
            self.new_words(document);
            text = later;
        }
        self.put_in_part(document, text);
    }

    fn put_in_part(&mut self, document: &Document, text: &str) {
        if self.has_words() {
            self.in_part += units(text);
            self.in_word = text.chars().rev().take_while(|c| !may_part(*c)).count()
                + if text.contains(may_part) { 0 } else { self.in_word };
        }
        let is_long = self.last.is_some() && self.last_bytes >= TEXT_BYTES;
        if is_long && let Some((old, new)) = text.find(may_part).and_then(|at| text.split_at_checked(at)) {
            self.put_on(document, old);
            self.last = None;
            return self.put_on(document, new);
        }
        self.put_on(document, text);
    }

    fn put_on(&mut self, document: &Document, text: &str) {
        if text.is_empty() {
            return;
        }
        let last = self.last.take().filter(|last| last.append_data(text).is_ok());
        self.last = last.or_else(|| {
            self.last_bytes = 0;
            let node = document.create_text_node(text);
            append(self.place(), &node);
            Some(node)
        });
        self.last_bytes += text.len();
    }
}

/// The last text node of an element, if that is what it ends with.
pub(super) fn last_text(element: &Element) -> Option<web_sys::Text> {
    element.last_child()?.dyn_into().ok()
}

/// Whether it changes how others look, or cannot be seen at all ("Trojan Source", CVE-2021-42574; tag
/// characters and variation selectors carry text that nobody sees). What joins emoji and letters is not
/// among them.
fn hides(c: char) -> bool {
    !c.is_ascii()
        && matches!(c,
            '\u{80}'..='\u{9f}'
            | '\u{ad}'
            | '\u{61c}'
            | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}'
            | '\u{180e}'
            | '\u{200b}' | '\u{200e}' | '\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}')
        || c.is_ascii_control() && !matches!(c, '\n' | '\t' | '\r')
}

/// `U+202E`
fn number(c: char) -> String {
    let digits = (0..6).rev().map(|at| (c as u32 >> (4 * at)) & 0xf);
    let digits = digits.enumerate().skip_while(|(at, digit)| *at < 2 && *digit == 0);
    let digits = digits.filter_map(|(_, digit)| char::from_digit(digit, 16));
    "U+".chars().chain(digits.map(|digit| digit.to_ascii_uppercase())).collect()
}
