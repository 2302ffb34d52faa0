//! What opens above the page.

mod confirm;
mod keys;
mod palette;
mod sets;
mod settings;
mod shortcuts;

use leptos::prelude::*;

use super::{page::Page, parts::icon_button, words::Word};
use crate::browser::{self, El, effect, el};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialog {
    Sets,
    Keys,
    Settings,
    Shortcuts,
    Palette,
    Confirm,
}

/// Which, its id in the page, its title, and what makes its inside.
type Entry = (Dialog, &'static str, Word, fn(Page) -> El);

const DIALOGS: [Entry; 6] = [
    (Dialog::Sets, "sets", Word::Sets, sets::sets),
    (Dialog::Keys, "keys", Word::Keys, keys::keys),
    (Dialog::Settings, "settings", Word::Settings, settings::settings),
    (Dialog::Shortcuts, "shortcuts", Word::Shortcuts, shortcuts::shortcuts),
    (Dialog::Palette, "palette", Word::Palette, palette::palette),
    (Dialog::Confirm, "confirm", Word::ConfirmTitle, confirm::confirm),
];

pub fn dialogs(page: Page) -> El {
    el("div").children(DIALOGS.map(|entry| modal(page, entry)))
}

/// A dialog of the browser: it keeps the focus inside, closes on Escape, and gives the focus back.
fn modal(page: Page, (of, id, title, make): Entry) -> El {
    let is_open = Memo::new(move |_| page.dialog.get() == Some(of));
    let title_id = format!("{id}-title");
    let close = icon_button(page, "close", "close", Word::Close).act(move || page.dialog.set(None));
    let header = el("header").child(el("h2").attr("id", &title_id).live(page.word(title))).child(close);
    let dialog = el("dialog")
        .attrs(&[("id", id), ("aria-labelledby", &title_id)])
        .on("close", move |_| {
            if page.dialog.get_untracked() == Some(of) {
                page.dialog.set(None);
            }
        })
        .child(header)
        .when(move || is_open.get(), move || make(page));
    // After what is inside was made: it may ask for the focus.
    effect(move || match is_open.get() {
        true => browser::open_modal(id),
        false => browser::close(id),
    });
    dialog
}
