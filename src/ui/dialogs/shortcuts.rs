//! The list of keys.

use crate::{
    browser::{El, el},
    ui::{page::Page, parts::hint, words::Word},
};

const KEYS: [(&str, Word); 16] = [
    ("/", Word::DoPrompt),
    ("1 – 9", Word::DoPanel),
    ("[  ]", Word::DoNeighbour),
    ("R", Word::Retry),
    ("S", Word::Stop),
    ("C", Word::Copy),
    ("M", Word::ViewSource),
    ("F", Word::FocusView),
    ("H", Word::History),
    ("Esc", Word::DoEscape),
    ("Shift+Esc", Word::StopAll),
    ("↑", Word::DoRecall),
    ("Alt+← →", Word::DoMoveChip),
    ("Ctrl / ⌘ + K", Word::Palette),
    ("?", Word::Shortcuts),
    ("Enter", Word::DoSend),
];

pub fn shortcuts(page: Page) -> El {
    let row = |(key, word): (&str, Word)| {
        el("div").child(el("dt").child(el("kbd").text(key))).child(el("dd").live(page.word(word)))
    };
    el("div")
        .class("inside")
        .child(hint(page, Word::ShortcutsAbout))
        .child(el("dl").class("keys").children(KEYS.map(row)))
}
