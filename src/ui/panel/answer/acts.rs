//! What the buttons inside an answer do. One listener hears them all: an answer may hold thousands.

use super::shapes::say;
use crate::{
    browser::{self, El, Event, spawn},
    ui::{page::Page, words::Word},
};

pub fn act(page: Page, event: &Event) {
    let Some(pressed) = event.within("button") else { return };
    match pressed.get("name").as_str() {
        "copy-code" => copy_code(page, pressed),
        "wrap" => {
            if let Some(code) = pressed.closest("figure") {
                let wraps = code.get("class").is_empty();
                code.class(if wraps { "wraps" } else { "" });
                pressed.attr("aria-pressed", if wraps { "true" } else { "false" });
            }
        }
        "open-image" => {
            // It may stand in a link.
            event.prevent();
            browser::open_tab(&pressed.get("value"));
        }
        "note" => {
            event.prevent();
            go_to_note(&pressed);
        }
        _ => {}
    }
}

fn copy_code(page: Page, pressed: El) {
    let Some(code) = pressed.closest("figure").and_then(|figure| figure.find("code")) else { return };
    let text = code.text_content();
    spawn(async move {
        let is_copied = browser::copy(text).await;
        let word = if is_copied { Word::Copied } else { Word::NotCopied };
        let text = word.text(page.language.get_untracked());
        page.said.set(text.to_owned());
        say(&pressed, text);
        pressed.attr("data-icon", if is_copied { "check" } else { "copy" });
    });
}

/// What copying led to is said until the focus leaves.
pub fn leave(page: Page, event: &Event) {
    if let Some(left) = event.within("[name=copy-code]") {
        say(&left, Word::CopyCode.text(page.language.get_untracked()));
        left.attr("data-icon", "copy");
    }
}

fn go_to_note(pressed: &El) {
    let name = pressed.get("value");
    let Some(reply) = pressed.closest(".prose") else { return };
    reply.each_found(".footnote", &|note| {
        if note.get("data-footnote") == name {
            note.focus();
        }
    });
}
