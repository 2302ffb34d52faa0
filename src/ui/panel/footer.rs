//! The figures of an answer: the wait and the speed apart, the best of each marked.

use leptos::prelude::*;

use super::state::Panel;
use crate::{
    call::{Phase, phase::PhaseKind},
    grid::numbers::{self, Numbers},
    ui::{
        page::Page,
        words::{self, Word},
    },
};

#[component]
pub fn Footer(panel: Panel) -> impl IntoView {
    let page = Page::expect();
    let id = panel.id;
    let own = {
        let panel = panel.clone();
        Memo::new(move |_| panel.numbers())
    };
    let marks = Memo::new(move |_| {
        // Only who has figures is compared.
        own.with(|own| own.is_some()).then_some(())?;
        page.panels.with(|panels| {
            // Who fails at once is not the fastest.
            let whole = |panel: &Panel| {
                panel.reply.kind().filter(|kind| *kind == PhaseKind::Finished).and_then(|_| panel.numbers())
            };
            let all: Vec<Option<Numbers>> = panels.iter().map(whole).collect();
            let at = panels.iter().position(|panel| panel.id == id)?;
            numbers::best(&all).get(at).copied()
        })
    });
    let finish = {
        let status = panel.reply.status.clone();
        move || {
            status.with(|status| match &status.phase {
                Some(Phase::Finished(reason)) => reason.raw.clone(),
                _ => None,
            })
        }
    };
    let number = move |name: &'static str,
                       word: Word,
                       read: fn(&Numbers) -> Option<String>,
                       is_best: fn(&numbers::Best) -> bool| {
        let text = move || own.with(|own| own.as_ref().and_then(read)).unwrap_or_else(|| "-".to_owned());
        let best = move || marks.with(|marks| marks.as_ref().is_some_and(is_best));
        view! {
            <span data-number=name data-best=move || best().then_some("")>
                <span class="name">{page.word(word)}</span>
                " "
                <span class="value">{text}</span>
                <span class="best" hidden=move || !best()>{page.word(Word::Best)}</span>
            </span>
        }
    };
    let never: fn(&numbers::Best) -> bool = |_| false;
    view! {
        <div class="footer" hidden=move || own.with(Option::is_none)>
            {number("first-token", Word::FirstToken, |it| it.first_token_ms.map(words::seconds), |best| best.first_token)}
            {number("total", Word::Total, |it| Some(words::seconds(it.total_ms)), |best| best.total)}
            {number("rate", Word::Rate, |it| it.rate.map(words::tenths), |best| best.rate)}
            {number("input", Word::TokensIn, |it| it.input.map(|count| count.to_string()), never)}
            {number("output", Word::TokensOut, |it| it.output.map(|count| count.to_string()), never)}
            <Show when=move || own.with(|own| own.as_ref().is_some_and(|it| it.cost_usd.is_some()))>
                {number("cost", Word::Cost, |it| it.cost_usd.map(words::dollars), never)}
            </Show>
            <span data-number="finish">
                <span class="name">{page.word(Word::Finish)}</span>
                " "
                <span class="value">{move || finish().unwrap_or_else(|| "-".to_owned())}</span>
            </span>
        </div>
    }
}
