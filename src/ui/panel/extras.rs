//! What an answer has besides text: tool calls, sources, and how the request differed from the settings.

use leptos::prelude::*;

use super::state::Panel;
use crate::{
    model::{chat::ToolCall, event::Citation},
    ui::{
        page::Page,
        words::{self, Word},
    },
};

#[component]
pub fn Extras(panel: Panel) -> impl IntoView {
    let page = Page::expect();
    let extras = panel.reply.extras.clone();
    let tools = {
        let extras = extras.clone();
        Memo::new(move |_| extras.with(|extras| extras.tools.clone()))
    };
    let sources = {
        let extras = extras.clone();
        Memo::new(move |_| extras.with(|extras| extras.citations.clone()))
    };
    let notes = Memo::new(move |_| extras.with(|extras| extras.notes.clone()));
    let status = panel.reply.status.clone();
    let about = Memo::new(move |_| {
        status.with(|status| (status.summary.without, status.summary.skipped_events, status.summary.retries))
    });
    let lines = move || {
        let language = page.language.get();
        let (without, skipped, retries) = about.get();
        let mut lines = notes.with(|notes| words::notes(language, notes));
        lines.extend((!without.is_empty()).then(|| words::sent_without(language, without)));
        lines.extend((skipped > 0).then(|| words::skipped_events(language, skipped)));
        lines.extend((retries > 0).then(|| words::retried(language, retries)));
        lines
    };
    view! {
        <Show when=move || tools.with(|tools| !tools.is_empty())>
            <section class="tools" aria-label=page.word(Word::Tools)>
                <h3>{page.word(Word::Tools)}</h3>
                {move || tools.get().into_iter().map(tool).collect_view()}
            </section>
        </Show>
        <Show when=move || sources.with(|sources| !sources.is_empty())>
            <section class="citations" aria-label=page.word(Word::Sources)>
                <h3>{page.word(Word::Sources)}</h3>
                <ol>{move || sources.get().into_iter().map(source).collect_view()}</ol>
            </section>
        </Show>
        <div class="notes">
            {move || lines().into_iter().map(|line| view! { <p>{line}</p> }).collect_view()}
        </div>
    }
}

fn tool(call: ToolCall) -> impl IntoView {
    view! {
        <p>
            <code dir="ltr">{call.name}</code>
            " "
            <code dir="ltr">{call.arguments}</code>
        </p>
    }
}

/// Links only where the provider gave a web address; anything else is text.
fn source(citation: Citation) -> impl IntoView {
    let Citation { source, title } = citation;
    let is_web = ["https://", "http://"].iter().any(|scheme| source.starts_with(scheme));
    let label = title.unwrap_or_else(|| source.clone());
    match is_web {
        true => view! {
            <li dir="auto">
                <a href=source.clone() title=source target="_blank" rel="noopener noreferrer nofollow">{label}</a>
            </li>
        }
        .into_any(),
        false => view! { <li dir="auto">{label}</li> }.into_any(),
    }
}
