//! The list of keys.

use leptos::prelude::*;

use crate::ui::{page::Page, words::Word};

#[component]
pub fn Shortcuts() -> impl IntoView {
    let page = Page::expect();
    let keys: [(&str, Word); 14] = [
        ("/", Word::DoPrompt),
        ("1 – 9", Word::DoPanel),
        ("[  ]", Word::DoNeighbour),
        ("R", Word::Retry),
        ("S", Word::Stop),
        ("C", Word::Copy),
        ("F", Word::FocusView),
        ("Esc", Word::DoEscape),
        ("Shift+Esc", Word::StopAll),
        ("↑", Word::DoRecall),
        ("Alt+← →", Word::DoMoveChip),
        ("Ctrl / ⌘ + K", Word::Palette),
        ("?", Word::Shortcuts),
        ("Enter", Word::DoSend),
    ];
    let rows = keys
        .map(|(key, word)| view! { <div><dt><kbd>{key}</kbd></dt><dd>{page.word(word)}</dd></div> })
        .collect_view();
    view! {
        <p class="hint">{page.word(Word::ShortcutsAbout)}</p>
        <dl class="keys">{rows}</dl>
    }
}
