//! What opens above the page.

mod confirm;
mod keys;
mod palette;
mod sets;
mod settings;
mod shortcuts;

use leptos::prelude::*;

use super::{page::Page, words::Word};
use crate::browser;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialog {
    Sets,
    Keys,
    Settings,
    Shortcuts,
    Palette,
    Confirm,
}

#[component]
pub fn Dialogs() -> impl IntoView {
    view! {
        <Modal of=Dialog::Sets id="sets" title=Word::Sets><sets::Sets /></Modal>
        <Modal of=Dialog::Keys id="keys" title=Word::Keys><keys::Keys /></Modal>
        <Modal of=Dialog::Settings id="settings" title=Word::Settings><settings::Settings /></Modal>
        <Modal of=Dialog::Shortcuts id="shortcuts" title=Word::Shortcuts><shortcuts::Shortcuts /></Modal>
        <Modal of=Dialog::Palette id="palette" title=Word::Palette><palette::Palette /></Modal>
        <Modal of=Dialog::Confirm id="confirm" title=Word::ConfirmTitle><confirm::Confirm /></Modal>
    }
}

/// A dialog of the browser: it keeps the focus inside, closes on Escape, and gives the focus back.
#[component]
fn Modal(of: Dialog, id: &'static str, title: Word, children: ChildrenFn) -> impl IntoView {
    let page = Page::expect();
    let is_open = Memo::new(move |_| page.dialog.get() == Some(of));
    Effect::new(move |was_open: Option<bool>| {
        let is_open = is_open.get();
        match (was_open.unwrap_or_default(), is_open) {
            (false, true) => browser::open_modal(id),
            (true, false) => browser::close(id),
            _ => {}
        }
        is_open
    });
    let closed = move |_| {
        if page.dialog.get_untracked() == Some(of) {
            page.dialog.set(None);
        }
    };
    let title_id = format!("{id}-title");
    let labelled_by = title_id.clone();
    view! {
        <dialog id=id aria-labelledby=labelled_by on:close=closed>
            <header>
                <h2 id=title_id>{page.word(title)}</h2>
                <button
                    type="button"
                    class="icon"
                    name="close"
                    data-icon="close"
                    aria-label=page.word(Word::Close)
                    on:click=move |_| page.dialog.set(None)
                ></button>
            </header>
            <Show when=move || is_open.get()>{children()}</Show>
        </dialog>
    }
}
