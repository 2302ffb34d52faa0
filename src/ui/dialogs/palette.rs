//! Everything that can be done, found by typing.

use super::Dialog;
use crate::{
    browser::{self, El, Event, el, signal::*},
    grid::choices::View,
    ui::{
        comparison,
        page::Page,
        parts::{input, label_of},
        words::Word,
    },
};

#[derive(Clone, Copy)]
struct Command {
    word: Word,
    act: fn(Page),
}

const COMMANDS: [Command; 17] = [
    Command { word: Word::Send, act: Page::send },
    Command { word: Word::StopAll, act: Page::stop_all },
    Command { word: Word::RetryAllFailed, act: Page::retry_failed },
    Command { word: Word::AddPanel, act: Page::add },
    Command { word: Word::Undo, act: Page::undo },
    Command { word: Word::Columns, act: |page| page.saved.update(|saved| saved.view = View::Columns) },
    Command { word: Word::Tabs, act: |page| page.saved.update(|saved| saved.view = View::Tabs) },
    Command { word: Word::Focus, act: |page| page.saved.update(|saved| saved.view = View::Focus) },
    Command {
        word: Word::LinkedScroll,
        act: |page| page.saved.update(|saved| saved.linked_scroll = !saved.linked_scroll),
    },
    Command { word: Word::History, act: |page| page.dialog.set(Some(Dialog::History)) },
    Command { word: Word::NewComparison, act: comparison::begin_anew },
    Command { word: Word::Sets, act: |page| page.dialog.set(Some(Dialog::Sets)) },
    Command { word: Word::Keys, act: |page| page.dialog.set(Some(Dialog::Keys)) },
    Command { word: Word::Settings, act: |page| page.dialog.set(Some(Dialog::Settings)) },
    Command { word: Word::Shortcuts, act: |page| page.dialog.set(Some(Dialog::Shortcuts)) },
    Command { word: Word::DoPrompt, act: |_| browser::focus("prompt") },
    Command { word: Word::Duplicate, act: |page| page.duplicate(page.active.get_untracked()) },
];

pub fn palette(page: Page) -> El {
    let filter = RwSignal::new(String::new());
    let at = RwSignal::new(0_usize);
    let found = Memo::new(move || {
        let (language, filter) = (page.language.get(), filter.get().to_lowercase());
        let fits = |at: &usize| {
            let text = COMMANDS.get(*at).map_or("", |command| command.word.text(language)).to_lowercase();
            filter.split_whitespace().all(|word| text.contains(word))
        };
        (0..COMMANDS.len()).filter(fits).collect::<Vec<_>>()
    });
    let on_key = move |event: Event| {
        let count = found.with_untracked(Vec::len).max(1);
        match event.key().as_str() {
            "ArrowDown" => at.update(|at| *at = (*at + 1) % count),
            "ArrowUp" => at.update(|at| *at = (*at + count - 1) % count),
            "Enter" if !event.composes() => {
                if let Some(index) = found.with_untracked(|found| found.get(at.get_untracked()).copied()) {
                    run(page, index);
                }
            }
            _ => return,
        }
        event.prevent();
    };
    let field = input("command", "text")
        .attrs(&[
            ("role", "combobox"),
            ("autofocus", ""),
            ("aria-controls", "commands"),
            ("aria-expanded", "true"),
        ])
        .bind("aria-activedescendant", move || Some(format!("command-{}", at.get())))
        .on("input", move |event| {
            at.set(0);
            filter.set(event.value());
        })
        .on("keydown", on_key);
    let option = move |(place, index): (usize, &usize)| {
        let index = *index;
        let word = COMMANDS.get(index).map_or(Word::Close, |command| command.word);
        el("div")
            .attrs(&[("role", "option"), ("id", &format!("command-{place}"))])
            .state("aria-selected", move || at.get() == place)
            .act(move || run(page, index))
            .child(el("span").live(page.word(word)))
    };
    let options = move || found.with(|found| found.iter().enumerate().map(option).collect::<Vec<_>>());
    let list = el("div").attrs(&[("role", "listbox"), ("id", "commands")]).list(options);
    el("div").class("inside").child(label_of(field, page, Word::Palette)).child(label_of(
        list,
        page,
        Word::Palette,
    ))
}

fn run(page: Page, index: usize) {
    page.dialog.set(None);
    if let Some(command) = COMMANDS.get(index) {
        (command.act)(page);
    }
}
