//! The prompt, and what sends or stops it.

use leptos::{ev::KeyboardEvent, prelude::*};

use super::words::{Language, Word};

#[component]
pub fn Composer(
    #[prop(into)] on_send: Callback<String>,
    #[prop(into)] on_stop_all: Callback<()>,
    #[prop(into)] on_add: Callback<()>,
    #[prop(into)] is_running: Signal<bool>,
) -> impl IntoView {
    let language = expect_context::<RwSignal<Language>>();
    let word = move |word: Word| move || word.text(language.get());
    let prompt = RwSignal::new(String::new());
    let is_blank = move || prompt.with(|prompt| prompt.trim().is_empty());
    // Sending while answers stream would throw them away, and pay for them twice.
    let is_idle = move || is_blank() || is_running.get();
    let send = move || {
        if !is_idle() {
            on_send.run(prompt.get_untracked());
        }
    };
    let on_key = move |event: KeyboardEvent| {
        // While an input method composes, Enter chooses a candidate; 229 is how older engines say so.
        let composes = event.is_composing() || event.key_code() == 229;
        if event.key() == "Enter" && !event.shift_key() && !composes {
            event.prevent_default();
            send();
        }
    };
    view! {
        <div class="composer">
            <textarea
                id="prompt"
                rows="3"
                dir="auto"
                aria-label=word(Word::Prompt)
                placeholder=word(Word::PromptHint)
                prop:value=move || prompt.get()
                on:input=move |event| prompt.set(event_target_value(&event))
                on:keydown=on_key
            ></textarea>
            <div class="row">
                <button type="button" id="send" class="main" aria-disabled=move || is_idle().to_string() on:click=move |_| send()>
                    {word(Word::Send)}
                </button>
                <button
                    type="button"
                    id="stop-all"
                    aria-disabled=move || (!is_running.get()).to_string()
                    on:click=move |_| on_stop_all.run(())
                >
                    {word(Word::StopAll)}
                </button>
                <button type="button" id="add-panel" on:click=move |_| on_add.run(())>
                    {word(Word::AddPanel)}
                </button>
            </div>
        </div>
    }
}
