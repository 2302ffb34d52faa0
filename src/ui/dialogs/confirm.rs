//! One question before many paid calls.

use leptos::prelude::*;

use crate::ui::{
    page::Page,
    words::{self, Word},
};

#[component]
pub fn Confirm() -> impl IntoView {
    let page = Page::expect();
    let said = move || {
        let estimate = page.draft.with(|draft| page.estimate(draft));
        words::estimate(page.language.get(), &estimate)
    };
    let send = move |_| {
        page.dialog.set(None);
        page.send_now();
    };
    view! {
        <p>{said}</p>
        <p class="hint">{page.word(Word::ConfirmHint)}</p>
        <div class="row">
            <button type="button" id="confirm-send" class="main" on:click=send>{page.word(Word::Send)}</button>
            <button type="button" id="confirm-cancel" on:click=move |_| page.dialog.set(None)>
                {page.word(Word::Cancel)}
            </button>
        </div>
    }
}
