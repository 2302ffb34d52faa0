//! Everything that can be done, found by typing.

use leptos::{ev::KeyboardEvent, prelude::*};

use super::Dialog;
use crate::{
    browser,
    grid::choices::View,
    ui::{page::Page, words::Word},
};

#[derive(Clone, Copy)]
struct Command {
    word: Word,
    act: fn(Page),
}

const COMMANDS: [Command; 15] = [
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
    Command { word: Word::Sets, act: |page| page.dialog.set(Some(Dialog::Sets)) },
    Command { word: Word::Keys, act: |page| page.dialog.set(Some(Dialog::Keys)) },
    Command { word: Word::Settings, act: |page| page.dialog.set(Some(Dialog::Settings)) },
    Command { word: Word::Shortcuts, act: |page| page.dialog.set(Some(Dialog::Shortcuts)) },
    Command { word: Word::DoPrompt, act: |_| browser::focus("prompt") },
    Command { word: Word::Duplicate, act: |page| page.duplicate(page.active.get_untracked()) },
];

#[component]
pub fn Palette() -> impl IntoView {
    let page = Page::expect();
    let filter = RwSignal::new(String::new());
    let at = RwSignal::new(0_usize);
    let found = Memo::new(move |_| {
        let (language, filter) = (page.language.get(), filter.get().to_lowercase());
        let fits = |at: &usize| {
            let text = COMMANDS.get(*at).map_or("", |command| command.word.text(language)).to_lowercase();
            filter.split_whitespace().all(|word| text.contains(word))
        };
        (0..COMMANDS.len()).filter(fits).collect::<Vec<_>>()
    });
    let run = move |index: usize| {
        page.dialog.set(None);
        if let Some(command) = COMMANDS.get(index) {
            (command.act)(page);
        }
    };
    let on_key = move |event: KeyboardEvent| {
        let count = found.with(Vec::len).max(1);
        match event.key().as_str() {
            "ArrowDown" => at.update(|at| *at = (*at + 1) % count),
            "ArrowUp" => at.update(|at| *at = (*at + count - 1) % count),
            "Enter" if !event.is_composing() => {
                if let Some(index) = found.with(|found| found.get(at.get_untracked()).copied()) {
                    run(index);
                }
            }
            _ => return,
        }
        event.prevent_default();
    };
    let option = move |(place, index): (usize, usize)| {
        let word = COMMANDS.get(index).map_or(Word::Close, |command| command.word);
        view! {
            <div
                role="option"
                id=format!("command-{place}")
                aria-selected=move || (at.get() == place).to_string()
                on:click=move |_| run(index)
            >
                {page.word(word)}
            </div>
        }
    };
    view! {
        <input
            type="text"
            name="command"
            role="combobox"
            autofocus
            autocomplete="off"
            aria-label=page.word(Word::Palette)
            aria-controls="commands"
            aria-expanded="true"
            aria-activedescendant=move || format!("command-{}", at.get())
            on:input=move |event| {
                at.set(0);
                filter.set(event_target_value(&event));
            }
            on:keydown=on_key
        />
        <div role="listbox" id="commands" aria-label=page.word(Word::Palette)>
            {move || found.get().into_iter().enumerate().map(option).collect_view()}
        </div>
    }
}
