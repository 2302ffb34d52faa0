//! One question before many paid calls.

use crate::{
    browser::{El, el},
    ui::{
        page::Page,
        parts::{hint, word_button},
        words::{self, Word},
    },
};

pub fn confirm(page: Page) -> El {
    // The lists tell the prices.
    for panel in page.concerned() {
        page.list_models(&panel, false);
    }
    let said = move || {
        page.lists.track();
        words::estimate(page.language.get(), &page.estimate())
    };
    let send = word_button(page, &[("id", "confirm-send"), ("class", "main")], Word::Send).act(move || {
        page.dialog.set(None);
        page.go();
    });
    let cancel =
        word_button(page, &[("id", "confirm-cancel")], Word::Cancel).act(move || page.dialog.set(None));
    el("div")
        .class("inside")
        .child(el("p").live(said))
        .child(hint(page, Word::ConfirmHint))
        .child(el("div").class("row").child(send).child(cancel))
}
