//! The figures of an answer: the wait and the speed apart, the best of each marked.

use super::state::Panel;
use crate::{
    browser::{El, el, signal::*},
    call::{Phase, phase::PhaseKind},
    grid::numbers::{Best, Numbers},
    later::later,
    ui::{
        page::Page,
        rest::with_rest,
        words::{self, Word},
    },
};

/// A figure: its name in the page, its word, its value, whether it is the best.
type Figure = (&'static str, Word, fn(&Numbers) -> Option<String>, fn(&Best) -> bool);

const FIGURES: [Figure; 6] = [
    ("first-token", Word::FirstToken, |it| it.first_token_ms.map(words::seconds), |best| best.first_token),
    ("total", Word::Total, |it| Some(words::seconds(it.total_ms)), |best| best.total),
    ("rate", Word::Rate, |it| it.rate.map(words::tenths), |best| best.rate),
    ("input", Word::TokensIn, |it| it.input.map(|count| count.to_string()), |_| false),
    ("output", Word::TokensOut, |it| it.output.map(|count| count.to_string()), |_| false),
    ("cost", Word::Cost, |it| it.cost_usd.map(words::dollars), |_| false),
];

pub fn footer(page: Page, panel: &Panel) -> El {
    let (reply, of) = (panel.reply.clone(), panel.clone());
    // The text comes first: figures of two hundred answers that end take longer than a frame.
    let has_some = move || reply.is_drawn.get() && reply.kind().is_some_and(PhaseKind::is_over);
    with_rest(el("div"), page, has_some, move || figures(page, &of))
}

later! {
    "1009" fn figures(page: Page, panel: &Panel) -> El {
        let (id, own) = (panel.id, panel.clone());
        let own = Memo::new(move || own.numbers());
        // A memo of its own: of two hundred panels that end, each redraws only what has changed for it.
        let best = Memo::new(move || {
            page.best
                .with(|best| best.iter().find(|(of, _)| *of == id).map(|(_, best)| *best))
                .unwrap_or_default()
        });
        let figure = |(name, word, read, is_best): Figure| {
            let text = move || own.with(|own| own.as_ref().and_then(read));
            let is_best = move || is_best(&best.get());
            figure(page, name, word, text, is_best)
                // What a call cost is rarely told.
                .hidden(move || name == "cost" && text().is_none())
        };
        let status = panel.reply.status.clone();
        let finish = move || {
            status.with(|status| match &status.phase {
                Some(Phase::Finished(reason)) => reason.raw.clone(),
                _ => None,
            })
        };
        el("div")
            .class("footer")
            .hidden(move || own.with(Option::is_none))
            .children(FIGURES.map(figure))
            .child(self::figure(page, "finish", Word::Finish, finish, || false))
    } else {
        el("div")
    }
}

fn figure(
    page: Page,
    name: &str,
    word: Word,
    text: impl Fn() -> Option<String> + 'static,
    is_best: impl Fn() -> bool + Copy + 'static,
) -> El {
    el("span")
        .attr("data-number", name)
        .flag("data-best", is_best)
        .child(el("span").class("name").live(page.word(word)))
        .text(" ")
        .child(el("span").class("value").live(move || text().unwrap_or_else(|| "-".to_owned())))
        .child(el("span").class("best").hidden(move || !is_best()).live(page.word(Word::Best)))
}
