//! What is sent to a panel's model, to the letter: the last question, and the one that is being written. The key
//! is never among it.

use crate::{
    browser::{self, El, el, spawn},
    engine::Ask,
    ui::{
        comparison,
        page::Page,
        panel::state::Problem,
        parts::{label_of, word_button},
        words::{Language, Word},
    },
};

pub fn request(page: Page) -> El {
    let Some(panel) = page.active_panel() else { return el("div") };
    let last = comparison::last_question(page, &panel);
    let next = comparison::next_question(page, &panel);
    let parts = [(Word::SentNext, next), (Word::SentLast, last)];
    let parts = parts.into_iter().filter_map(|(word, question)| Some(part(page, word, question?)));
    let parts: Vec<El> = parts.collect();
    let nothing = parts.is_empty().then(|| el("p").class("hint").live(page.word(Word::NothingSent)));
    el("div").class("inside").children(parts).children(nothing)
}

fn part(page: Page, title: Word, question: Result<Ask, Problem>) -> El {
    let text = written(question, page.language.get_untracked());
    let copied = text.clone();
    let copy = word_button(page, &[("name", "copy-request")], Word::Copy).act(move || {
        let text = copied.clone();
        spawn(async move {
            let word = if browser::copy(text).await { Word::Copied } else { Word::NotCopied };
            page.said.set(word.text(page.language.get_untracked()).to_owned());
        });
    });
    let source =
        el("pre").attrs(&[("class", "source"), ("tabindex", "0"), ("dir", "ltr"), ("role", "group")]);
    el("section")
        .child(el("h3").live(page.word(title)))
        .child(label_of(source.text(&text), page, title))
        .child(el("div").class("row").child(copy))
}

fn written(question: Result<Ask, Problem>, language: Language) -> String {
    match question {
        Ok(ask) => ask.shown().unwrap_or_default(),
        Err(problem) => problem.text(language),
    }
}
