//! The prompt, and what sends or stops it.

use leptos::{ev::KeyboardEvent, prelude::*};

use super::{page::Page, words::Word};
use crate::grid::choices::SendKey;

#[component]
pub fn Composer() -> impl IntoView {
    let page = Page::expect();
    let kinds = page.kinds();
    let is_running = Memo::new(move |_| kinds.with(|kinds| kinds.iter().any(|kind| !kind.is_over())));
    let has_takers =
        Memo::new(move |_| page.panels.with(|panels| panels.iter().any(|panel| panel.is_enabled())));
    let is_blank = Memo::new(move |_| page.draft.with(|draft| draft.trim().is_empty()));
    // Sending while answers stream would throw them away, and pay for them twice.
    let is_idle = move || is_blank.get() || is_running.get() || !has_takers.get();
    let send_key = page.send_key();
    let hint = move || match send_key.get() {
        SendKey::Enter => Word::PromptHintEnter,
        SendKey::ModEnter => Word::PromptHintMod,
    };
    // Which of the earlier prompts is shown; nothing was typed since.
    let recalled = StoredValue::new(None::<usize>);
    let recall = move |step: isize| {
        let at = match recalled.get_value() {
            None if step > 0 => 0,
            None => return false,
            Some(at) => match at.checked_add_signed(step) {
                Some(at) => at,
                None => {
                    recalled.set_value(None);
                    page.draft.set(String::new());
                    return true;
                }
            },
        };
        let prompt = page.saved.with_untracked(|saved| saved.prompts.get(at).cloned());
        let Some(prompt) = prompt else { return false };
        recalled.set_value(Some(at));
        page.draft.set(prompt);
        true
    };
    let on_key = move |event: KeyboardEvent| {
        // While an input method composes, Enter chooses a candidate; 229 is how older engines say so.
        let composes = event.is_composing() || event.key_code() == 229;
        let with_mod = event.ctrl_key() || event.meta_key();
        let is_empty = page.draft.with_untracked(String::is_empty) || recalled.with_value(Option::is_some);
        match event.key().as_str() {
            "Enter" if send_key.get_untracked().sends(event.shift_key(), with_mod, composes) => {
                event.prevent_default();
                page.send();
            }
            "ArrowUp" if is_empty && !composes && recall(1) => event.prevent_default(),
            "ArrowDown" if is_empty && !composes && recall(-1) => event.prevent_default(),
            _ => {}
        }
    };
    let on_input = move |event| {
        recalled.set_value(None);
        page.draft.set(event_target_value(&event));
    };
    view! {
        <div class="composer">
            <textarea
                id="prompt"
                rows="2"
                dir="auto"
                aria-label=page.word(Word::Prompt)
                placeholder=move || hint().text(page.language.get())
                prop:value=move || page.draft.get()
                on:input=on_input
                on:keydown=on_key
            ></textarea>
            <div class="row">
                <button
                    type="button"
                    id="send"
                    class="main"
                    aria-disabled=move || is_idle().to_string()
                    on:click=move |_| page.send()
                >
                    {page.word(Word::Send)}
                </button>
                <button
                    type="button"
                    id="stop-all"
                    aria-disabled=move || (!is_running.get()).to_string()
                    on:click=move |_| page.stop_all()
                >
                    {page.word(Word::StopAll)}
                </button>
                <p class="hint" hidden=move || has_takers.get()>{page.word(Word::NothingTakesPart)}</p>
            </div>
        </div>
    }
}
