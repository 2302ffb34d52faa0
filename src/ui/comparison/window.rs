//! What a panel's past comes to, said before it is sent, and what of it to leave out.

use std::cell::RefCell;

use super::look;
use crate::{
    browser::{El, el},
    grid::{
        comparison::window::{Fit, Load, Window},
        estimate,
    },
    later::later,
    ui::{
        page::Page,
        panel::state::Panel,
        parts::word_button,
        words::{self, Word},
    },
};

later! {
    /// Whether there is something to say about it.
    "1351" pub fn has_line(page: Page, panel: &Panel) -> bool {
        page.draft.track();
        panel.turned.track();
        page.attached.track();
        trimmed(page, panel) > 0
            || leaves_pictures_out(page, panel)
            || load(page, panel).is_some_and(|(load, window)| load.fit(window) >= Fit::Tight)
    } else {
        false
    }

    "1352" pub fn window_line(page: Page, panel: &Panel) -> El {
        let panel = panel.clone();
        let (of, blind) = (panel.clone(), el("div").class("row window"));
        let blind = blind.list(move || {
            let text = page.word(Word::NoPictures)();
            leaves_pictures_out(page, &of).then(|| el("p").class("hint").text(text)).into_iter().collect()
        });
        let size = el("div").class("row window").list(move || {
            page.draft.track();
            page.attached.track();
            panel.turned.track();
            let language = page.language.get();
            let left_out = trimmed(page, &panel);
            if left_out > 0 {
                let text = Word::LeftOut.with(language, &[&left_out.to_string()]);
                return vec![el("p").class("hint").text(&text), trim_button(page, &panel, Word::SendAllTurns, 0)];
            }
            let Some((load, window)) = load(page, &panel) else { return Vec::new() };
            let room = window.room().unwrap_or_default();
            let (total, room) = (words::short_count(load.total()), words::short_count(room));
            let word = if load.fit(window) == Fit::Over { Word::TooMuch } else { Word::NearlyTooMuch };
            let text = word.with(language, &[&total, &room]);
            let trim = load.trim(window).map(|trim| trim_button(page, &panel, Word::LeaveOutOldest, trim.turns));
            [el("p").class("hint").text(&text)].into_iter().chain(trim).collect()
        });
        el("div").child(blind).child(size)
    } else {
        el("div")
    }
}

fn trim_button(page: Page, panel: &Panel, word: Word, turns: usize) -> El {
    let panel = panel.clone();
    word_button(page, &[("name", "trim")], word).act(move || {
        look(page, |held| {
            if let Some(seat) = held.seats.get_mut(&panel.id) {
                seat.trim = turns;
            }
        });
        panel.turned.update(|count| *count += 1);
    })
}

/// The model reads no pictures, as its list says, and would be sent some.
fn leaves_pictures_out(page: Page, panel: &Panel) -> bool {
    page.attached.track();
    page.lists.track();
    panel.turned.track();
    let reads_none = page.info(&panel.settings.get()).is_some_and(|info| info.images == Some(false));
    reads_none
        && look(page, |held| {
            let comparison = &held.whole.comparison;
            let past = held.column(panel.id).map(|column| comparison.turns(column, comparison.tip()));
            held.brings_pictures() || comparison.has_pictures(&past.unwrap_or_default(), None)
        })
}

fn trimmed(page: Page, panel: &Panel) -> usize {
    look(page, |held| held.seats.get(&panel.id).map_or(0, |seat| seat.trim))
}

thread_local! {
    static COUNTED: RefCell<(String, u64)> = const { RefCell::new((String::new(), 0)) };
}

/// The tokens of a text that every panel asks about, counted once.
fn counted(text: &str) -> u64 {
    COUNTED.with_borrow_mut(|(known, tokens)| {
        if known != text {
            text.clone_into(known);
            *tokens = estimate::tokens(text);
        }
        *tokens
    })
}

/// What the prompt that is being written comes to, with the panel's past; `None` where nobody knows how much the
/// model takes.
fn load(page: Page, panel: &Panel) -> Option<(Load, Window)> {
    let settings = panel.settings.get();
    let info = page.info(&settings)?;
    let window = Window::of(Some(&info), &settings);
    window.room()?;
    let prompt = page.draft.with_untracked(|draft| counted(draft));
    look(page, |held| {
        let prompt = prompt + held.attached_tokens(info.images == Some(false));
        let comparison = &held.whole.comparison;
        let column = held.column(panel.id)?;
        let turns = held.sent(panel.id, comparison.turns(column, comparison.tip()));
        Some((comparison.load(column, &turns, prompt), window))
    })
}
