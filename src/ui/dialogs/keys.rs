//! Which keys there are, for which addresses; never the keys themselves.

use leptos::{prelude::*, task::spawn_local};

use crate::{
    model::pasted_keys,
    ui::{
        page::Page,
        words::{self, Word},
    },
};

#[component]
pub fn Keys() -> impl IntoView {
    let page = Page::expect();
    let origins = Memo::new(move |_| {
        page.keys_changed.track();
        page.shell().keys.origins()
    });
    let said = RwSignal::new(None::<String>);
    let field = NodeRef::<leptos::html::Textarea>::new();
    let take = move |_| {
        let Some(field) = field.get_untracked() else { return };
        let language = page.language.get_untracked();
        match pasted_keys::read(&field.value()) {
            Some(pasted) => {
                said.set(Some(words::pasted(language, &pasted)));
                pasted.keys.into_iter().for_each(|(_, key)| page.shell().keys.set(key));
                field.set_value("");
            }
            None => said.set(Some(Word::NoKeyLines.text(language).to_owned())),
        }
    };
    let is_remembered = Memo::new(move |_| {
        page.keys_changed.track();
        page.shell().keys.is_remembered()
    });
    let can_remember = Memo::new(move |_| {
        page.keys_changed.track();
        page.shell().keys.can_remember()
    });
    let trouble = RwSignal::new(false);
    let remember = move |event| {
        let on = event_target_checked(&event);
        let keys = page.shell().keys;
        spawn_local(async move {
            trouble.set(keys.remember(on).await.is_err());
            page.keys_changed.update(|count| *count += 1);
        });
    };
    view! {
        <p>{page.word(Word::KeysAbout)}</p>
        <ul class="list">
            <For each=move || origins.get() key=|origin| origin.to_string() let(origin)>
                {
                    let (name, shown) = (origin.to_string(), origin.to_string());
                    view! {
                        <li data-origin=name>
                            <span dir="ltr">{shown}</span>
                            <button type="button" name="forget" on:click=move |_| page.shell().keys.forget(&origin)>
                                {page.word(Word::Forget)}
                            </button>
                        </li>
                    }
                }
            </For>
        </ul>
        <p class="hint" hidden=move || origins.with(|origins| !origins.is_empty())>{page.word(Word::NoKeys)}</p>
        <label class="field tall">
            <span>{page.word(Word::PasteKeys)}</span>
            <textarea
                name="paste-keys"
                rows="3"
                autocomplete="off"
                spellcheck="false"
                dir="ltr"
                placeholder="OPENAI_API_KEY=…"
                node_ref=field
            ></textarea>
        </label>
        <div class="row">
            <button type="button" id="take-keys" class="main" on:click=take>{page.word(Word::TakeKeys)}</button>
            <p role="status">{move || said.get()}</p>
        </div>
        <label class="check">
            <input
                type="checkbox"
                name="remember"
                prop:checked=move || is_remembered.get()
                prop:disabled=move || !can_remember.get()
                on:change=remember
            />
            <span>{page.word(Word::Remember)}</span>
        </label>
        <p class="hint">{move || {
            let word = if can_remember.get() { Word::RememberAbout } else { Word::CannotRemember };
            word.text(page.language.get())
        }}</p>
        <p class="wrong" role="alert" hidden=move || !trouble.get()>{page.word(Word::CannotRemember)}</p>
        <button type="button" id="forget-all" class="danger" on:click=move |_| page.shell().keys.forget_all()>
            {page.word(Word::ForgetAll)}
        </button>
    }
}
