//! Takes a key and forgets it: the field is empty again as soon as the key is kept.

use super::{setup::is_real, state::Panel};
use crate::{
    browser::{El, NotTaken, Taken, Typed, el, signal::*},
    grid::settings::PanelSettings,
    ui::{
        page::Page,
        parts::{field, input, placeholder},
        words::{self, Word},
    },
};

pub fn key_field(page: Page, panel: &Panel) -> El {
    let said = RwSignal::new(String::new());
    let (typed, pasted, shown) = (panel.clone(), panel.clone(), panel.clone());
    let state = move || {
        page.keys_changed.track();
        let wants_key = shown.settings.with(|settings| settings.row().key_url.is_some());
        let has_key = shown.origin().is_some_and(|origin| page.shell().keys.has(&origin));
        let word = match (has_key, wants_key) {
            (true, _) => Word::KeyIsThere,
            (false, true) => Word::KeyIsMissing,
            (false, false) => Word::KeyNotNeeded,
        };
        word.text(page.language.get())
    };
    let key = placeholder(input("key", "password"), page, Word::KeyHint)
        .on("change", move |event| {
            let secret = event.take_typed();
            if !take(page, &typed, said, &secret) {
                event.give_back(secret);
            }
        })
        .on("paste", move |event| {
            if let Some(lines) = event.take_pasted_lines() {
                take(page, &pasted, said, &lines);
            }
        });
    let (is_real, settings) = (is_real(panel), panel.settings.clone());
    let key_url = Memo::new(move || settings.with(|settings| PanelSettings::row(settings).key_url));
    let get_key = move || {
        let link = |url: &str| {
            el("a")
                .attrs(&[("href", url), ("target", "_blank"), ("rel", "noopener noreferrer")])
                .live(page.word(Word::GetKey))
        };
        key_url.get().map(link).into_iter().collect()
    };
    el("div")
        .hidden(move || !is_real())
        .child(field(page, Word::Key, key))
        .child(el("p").class("hint key-state").live(state).text(" ").list(get_key))
        .child(el("p").attrs(&[("class", "wrong said"), ("role", "status")]).live(move || said.get()))
}

/// Whether the key is kept now, or there was none.
fn take(page: Page, panel: &Panel, said: RwSignal<String>, typed: &Typed) -> bool {
    let language = page.language.get_untracked();
    let fixed = |word: Word| word.text(language).to_owned();
    let (is_taken, text) = match page.shell().keys.take(typed, panel.origin()) {
        Ok(Taken::Nothing) => return true,
        Ok(Taken::Key) => (true, String::new()),
        Ok(Taken::Lines { kept, unknown }) => (true, words::pasted(language, &kept, &unknown)),
        Err(NotTaken::BadKey) => (false, fixed(Word::BadKey)),
        Err(NotTaken::NoAddress) => (false, fixed(Word::KeyNeedsAddress)),
    };
    said.set(text);
    if is_taken {
        panel.problem.set(None);
    }
    is_taken
}
