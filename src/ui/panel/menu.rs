//! What else can be done with a panel.

use leptos::{ev::KeyboardEvent, html, prelude::*};

use super::state::Panel;
use crate::{
    browser,
    grid::choices::View,
    ui::{page::Page, words::Word},
};

#[component]
pub fn Menu(panel: Panel) -> impl IntoView {
    let page = Page::expect();
    let id = panel.id;
    let is_open = RwSignal::new(false);
    let button = NodeRef::<html::Button>::new();
    let close = move || {
        is_open.set(false);
        browser::focus_element(button.get_untracked().map(Into::into));
    };
    let entry = move |name: &'static str, word: Word, act: Box<dyn Fn() + Send + Sync>| {
        view! {
            <button
                type="button"
                name=name
                on:click=move |_| {
                    close();
                    act();
                }
            >
                {page.word(word)}
            </button>
        }
    };
    let setup = panel.is_setup_open.clone();
    let entries = move || {
        let setup = setup.clone();
        view! {
            <div class="menu" role="group" aria-label=page.word(Word::More)>
                {entry("setup", Word::Setup, Box::new(move || setup.update(|is| *is = !*is)))}
                {entry("duplicate", Word::Duplicate, Box::new(move || page.duplicate(id)))}
                {entry("left", Word::MoveLeft, Box::new(move || page.shift(id, -1)))}
                {entry("right", Word::MoveRight, Box::new(move || page.shift(id, 1)))}
                {entry("focus", Word::FocusView, Box::new(move || {
                    page.active.set(id);
                    page.saved.update(|saved| saved.view = View::Focus);
                }))}
                {entry("remove", Word::Remove, Box::new(move || page.remove(id)))}
            </div>
        }
    };
    let on_key = move |event: KeyboardEvent| match event.key().as_str() {
        "Escape" if is_open.get_untracked() => {
            event.stop_propagation();
            close();
        }
        "ArrowDown" if is_open.get_untracked() => {
            event.prevent_default();
            browser::focus_sibling(1);
        }
        "ArrowUp" if is_open.get_untracked() => {
            event.prevent_default();
            browser::focus_sibling(-1);
        }
        _ => {}
    };
    view! {
        <div class="more" on:keydown=on_key on:focusout=move |event| {
            if browser::leaves(&event) {
                is_open.set(false);
            }
        }>
            <button
                type="button"
                class="icon"
                name="more"
                data-icon="more"
                aria-label=page.word(Word::More)
                title=page.word(Word::More)
                aria-expanded=move || is_open.get().to_string()
                node_ref=button
                on:click=move |_| is_open.update(|is| *is = !*is)
            ></button>
            <Show when=move || is_open.get()>{entries.clone()()}</Show>
        </div>
    }
}
