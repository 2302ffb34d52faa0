//! Pieces that many parts of the page are made of.

use super::{page::Page, words::Word};
use crate::browser::{El, button, el};

/// A button that says a word.
pub fn word_button(page: Page, attributes: &[(&'static str, &str)], word: Word) -> El {
    button(attributes).live(page.word(word))
}

/// A button that shows an icon, and says what it does to who cannot see it or rests on it.
pub fn icon_button(page: Page, name: &str, icon: &str, word: Word) -> El {
    let say = page.word(word);
    button(&[("class", "icon"), ("name", name), ("data-icon", icon)])
        .bind("aria-label", move || Some(say()))
        .bind("title", move || Some(say()))
}

/// A quiet line.
pub fn hint(page: Page, word: Word) -> El {
    el("p").class("hint").live(page.word(word))
}

/// A field with its label before it.
pub fn field(page: Page, label: Word, input: El) -> El {
    el("label").class("field").child(el("span").live(page.word(label))).child(input)
}

/// A field with its label above it.
pub fn tall_field(page: Page, label: Word, input: El) -> El {
    el("label").class("field tall").child(el("span").live(page.word(label))).child(input)
}

/// A line of text that is typed as it is: no completion, no spelling.
pub fn input(name: &str, kind: &str) -> El {
    el("input").attrs(&[("name", name), ("type", kind), ("autocomplete", "off"), ("spellcheck", "false")])
}

/// A choice: `value`, what it is called, and whether it is the one.
pub fn option(
    value: &str,
    text: impl Fn() -> String + 'static,
    is_chosen: impl Fn() -> bool + 'static,
) -> El {
    el("option").attr("value", value).live(text).selected(is_chosen)
}

pub fn label_of(element: El, page: Page, word: Word) -> El {
    let say = page.word(word);
    element.bind("aria-label", move || Some(say()))
}

pub fn placeholder(element: El, page: Page, word: Word) -> El {
    let say = page.word(word);
    element.bind("placeholder", move || Some(say()))
}
