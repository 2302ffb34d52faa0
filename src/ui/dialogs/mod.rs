//! What opens above the page.

mod confirm;
mod history;
mod keys;
mod palette;
mod request;
mod sets;
mod settings;
mod shortcuts;

use super::{
    page::Page,
    parts::icon_button,
    rest::{Rest, with_rest},
    words::Word,
};
use crate::{
    browser::{self, El, effect, el, signal::*},
    later::later,
};

/// Who waits longer is shown that there is something to wait for.
const NOTICED_MS: u32 = 400;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialog {
    History,
    Sets,
    Keys,
    Settings,
    Shortcuts,
    Palette,
    Confirm,
    Request,
}

/// Which, its id in the page, and its title.
type Entry = (Dialog, &'static str, Word);

const DIALOGS: [Entry; 8] = [
    (Dialog::History, "history", Word::History),
    (Dialog::Sets, "sets", Word::Sets),
    (Dialog::Keys, "keys", Word::Keys),
    (Dialog::Settings, "settings", Word::Settings),
    (Dialog::Shortcuts, "shortcuts", Word::Shortcuts),
    (Dialog::Palette, "palette", Word::Palette),
    (Dialog::Confirm, "confirm", Word::ConfirmTitle),
    (Dialog::Request, "request", Word::Request),
];

later! {
    "d001" fn inside(page: Page, dialog: Dialog) -> El {
        match dialog {
            Dialog::History => history::history(page),
            Dialog::Sets => sets::sets(page),
            Dialog::Keys => keys::keys(page),
            Dialog::Settings => settings::settings(page),
            Dialog::Shortcuts => shortcuts::shortcuts(page),
            Dialog::Palette => palette::palette(page),
            Dialog::Confirm => confirm::confirm(page),
            Dialog::Request => request::request(page),
        }
    } else {
        el("div")
    }
}

pub fn dialogs(page: Page) -> El {
    el("div").children(DIALOGS.map(|entry| modal(page, entry)))
}

/// A dialog of the browser: it keeps the focus inside, closes on Escape, and gives the focus back.
fn modal(page: Page, (of, id, title): Entry) -> El {
    let is_open = Memo::new(move || page.dialog.get() == Some(of));
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
        .child(header);
    let dialog = with_rest(dialog, page, move || is_open.get(), move || inside(page, of));
    // After what is inside was made: it may ask for the focus.
    effect(move || match (is_open.get(), page.rest.get()) {
        (true, Rest::Here | Rest::Lost(_)) => browser::open_modal(id),
        // It mostly comes before anybody notices that it had to.
        (true, Rest::Coming) => browser::after(NOTICED_MS, move || {
            if page.dialog.get_untracked() == Some(of) {
                browser::open_modal(id);
            }
        }),
        (false, _) => browser::close(id),
    });
    dialog
}
