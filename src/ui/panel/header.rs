//! One line: who answers, how far it is, and the buttons that are needed most.

use leptos::{prelude::*, task::spawn_local};

use super::{menu::Menu, picker::Picker, state::Panel};
use crate::{
    browser,
    grid::choices::View,
    ui::{
        page::Page,
        words::{self, Word},
    },
};

#[component]
pub fn Header(panel: Panel) -> impl IntoView {
    let page = Page::expect();
    let is_running = {
        let reply = panel.reply.clone();
        Memo::new(move |_| reply.kind().is_some_and(|kind| !kind.is_over()))
    };
    let is_askable = {
        let asked = panel.asked.clone();
        Memo::new(move |_| asked.with(Option::is_some) || page.asked.with(Option::is_some))
    };
    let was_asked = {
        let asked = panel.asked.clone();
        move || asked.with(Option::is_some)
    };
    let mark = {
        let settings = panel.settings.clone();
        move || settings.with(|settings| settings.row().name.chars().next())
    };
    let provider = {
        let settings = panel.settings.clone();
        move || settings.with(|settings| words::provider_name(page.language.get(), settings.row()))
    };
    let has_text = {
        let reply = panel.reply.clone();
        move || {
            reply.status.track();
            reply.kind().is_some()
        }
    };
    // What copying led to, until the next try.
    let copied = RwSignal::new(None::<bool>);
    let copy = {
        let reply = panel.reply.clone();
        move |_| {
            let text = reply.text();
            spawn_local(async move { copied.set(Some(browser::copy(text).await)) });
        }
    };
    let stop = panel.clone();
    let retry = panel.clone();
    let enlarge = {
        let id = panel.id;
        move |_| {
            page.active.set(id);
            page.saved.update(|saved| {
                saved.view = if saved.view == View::Focus { View::Columns } else { View::Focus };
            });
        }
    };
    let retry_word = move || if was_asked() { Word::Retry } else { Word::Ask };
    view! {
        <header on:dblclick=enlarge>
            <span class="mark" title=provider aria-hidden="true">{mark}</span>
            <Picker panel=panel.clone() />
            <PhaseWords panel=panel.clone() />
            <Show
                when=move || is_running.get()
                fallback={
                    let retry_word = retry_word.clone();
                    move || {
                        let (retry, label) = (retry.clone(), retry_word.clone());
                        let title = label.clone();
                        view! {
                            <button
                                type="button"
                                class="icon"
                                name="retry"
                                data-icon="retry"
                                aria-label=move || label().text(page.language.get())
                                title=move || title().text(page.language.get())
                                aria-disabled=move || (!is_askable.get()).to_string()
                                on:click=move |_| page.retry(&retry)
                            ></button>
                        }
                    }
                }
            >
                {
                    let stop = stop.clone();
                    view! {
                        <button
                            type="button"
                            class="icon"
                            name="stop"
                            data-icon="stop"
                            aria-label=page.word(Word::Stop)
                            title=page.word(Word::Stop)
                            on:click=move |_| stop.stop()
                        ></button>
                    }
                }
            </Show>
            <button
                type="button"
                class="icon"
                name="copy"
                data-icon=move || if copied.get() == Some(true) { "check" } else { "copy" }
                aria-label=page.word(Word::Copy)
                title=page.word(Word::Copy)
                aria-disabled=move || (!has_text()).to_string()
                on:click=copy
                on:blur=move |_| copied.set(None)
            ></button>
            <span class="unseen" role="status">
                {move || copied.get().map(|is| (if is { Word::Copied } else { Word::NotCopied }).text(page.language.get()))}
            </span>
            <Menu panel />
        </header>
    }
}

/// How far the answer is, in words, with seconds that count.
#[component]
fn PhaseWords(panel: Panel) -> impl IntoView {
    let page = Page::expect();
    let reply = panel.reply.clone();
    let words = Memo::new(move |_| {
        let language = page.language.get();
        if panel.problem.with(Option::is_some) {
            return Word::NotAsked.text(language).to_owned();
        }
        reply.status.with(|status| {
            let Some(phase) = status.phase.as_ref().filter(|phase| !phase.is_over()) else {
                return words::phase(language, status.phase.as_ref());
            };
            let now = page.now.get();
            let (tokens, silent_since) = reply.pulse();
            let before = panel.call_id().and_then(|id| page.shell().engine.position(id));
            words::running(
                language,
                phase,
                &words::Running {
                    now_ms: now,
                    since_ms: status.since_ms,
                    before,
                    tokens,
                    silent_ms: silent_since.map(|since| now.saturating_sub(since)),
                },
            )
        })
    });
    view! { <span class="phase">{move || words.get()}</span> }
}
