//! What a panel's past comes to, said before it is sent, and what of it to leave out.

use std::cell::RefCell;

use super::{Held, Mode, focus_one_of, look};
use crate::{
    browser::{El, el, signal::*, storage},
    grid::{
        comparison::{
            Id, RoundId,
            window::{Fit, Load, Window},
        },
        estimate,
        settings::PanelSettings,
        told::Told,
    },
    later::later,
    model::listing::ModelInfo,
    ui::{
        page::{Page, Pending},
        panel::state::Panel,
        parts::word_button,
        words::{self, Word},
    },
};

/// Under which is kept what lists have told; its name is from when that was the windows alone.
const TOLD: &str = "tutti.windows";

later! {
    /// Whether there is something to say about it.
    "1351" pub fn has_line(page: Page, panel: &Panel) -> bool {
        page.draft.track();
        panel.turned.track();
        page.attached.track();
        trimmed(page, panel) > 0
            || leaves_pictures_out(page, panel)
            || load(page, panel, |load, window| load.fit(window) >= Fit::Tight) == Some(true)
    } else {
        false
    }

    "1352" pub fn window_line(page: Page, panel: &Panel) -> El {
        let (of, to, panel) = (panel.clone(), panel.clone(), panel.clone());
        let blind = el("div").class("row window");
        let blind = blind.list(move || {
            let text = page.word(Word::NoPictures)();
            leaves_pictures_out(page, &of).then(|| el("p").class("hint").text(text)).into_iter().collect()
        });
        // What is drawn stays as long as it says the same: a press does not miss it, the focus does not leave it.
        let said = Memo::new(move || said(page, &to));
        let size = el("div").class("row window").list(move || {
            let Some((text, button)) = said.get() else { return Vec::new() };
            let button = button.map(|(word, turns)| trim_button(page, &panel, word, turns));
            [el("p").class("hint").text(&text)].into_iter().chain(button).collect()
        });
        el("div").child(blind).child(size)
    } else {
        el("div")
    }

    /// What its provider's list has told of the model, when it was here.
    "1354" pub fn told_of(settings: &PanelSettings) -> Option<ModelInfo> {
        known(|known| known.of(settings).cloned())
    } else {
        None
    }

    /// About how many tokens the panel is sent when what is pending is done: all of its past that goes along, what
    /// the prompt brings, the prompt. `None` where it has no past here.
    "1353" pub fn planned_tokens(page: Page, panel: &Panel) -> Option<u64> {
        let settings = panel.settings.get_untracked();
        let is_blind = page.info(&settings).is_some_and(|info| info.images == Some(false));
        let pending = page.pending.get_untracked();
        let prompt = page.draft.with_untracked(|draft| counted(draft));
        look(page, |held| {
            let (comparison, seat) = (&held.whole.comparison, held.seats.get(&panel.id)?);
            let (turns, prompt) = match pending {
                Pending::Send => {
                    let parent = match page.mode.get_untracked() {
                        Mode::Edit(round) => comparison.round(RoundId(round))?.parent,
                        _ => held.asked_last(),
                    };
                    (comparison.turns(seat.column, parent), prompt + held.attached_tokens(is_blind))
                }
                Pending::RetryFailed => {
                    let round = seat.last.map(|last| last.round).or_else(|| comparison.tip())?;
                    (comparison.past(seat.column, round), comparison.round(round)?.tokens)
                }
            };
            Some(comparison.load(&settings.system, &held.sent(panel.id, turns), prompt).total())
        })
    } else {
        None
    }
}

/// What is said of its size, and what its button does: the word on it, and how many turns are left out then.
fn said(page: Page, panel: &Panel) -> Option<(String, Option<(Word, usize)>)> {
    page.draft.track();
    page.attached.track();
    panel.turned.track();
    let language = page.language.get();
    let left_out = trimmed(page, panel);
    if left_out > 0 {
        return Some((Word::LeftOut.with(language, &[&left_out.to_string()]), Some((Word::SendAllTurns, 0))));
    }
    let said = load(page, panel, |load, window| {
        let word = match load.fit(window) {
            Fit::Over => Word::TooMuch,
            Fit::Tight => Word::NearlyTooMuch,
            Fit::Fits | Fit::Unknown => return None,
        };
        let room = window.room().unwrap_or_default();
        let (total, room) = (words::short_count(load.total()), words::short_count(room));
        let trim = load.trim(window).map(|trim| (Word::LeaveOutOldest, trim.turns));
        Some((word.with(language, &[&total, &room]), trim))
    });
    said.flatten()
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
        let at = format!("[data-panel=\"{}\"] .window-line [name=trim]", panel.id);
        focus_one_of(vec![at, "#prompt".to_owned()]);
    })
}

/// The model reads no pictures, as its list says, and would be sent some.
fn leaves_pictures_out(page: Page, panel: &Panel) -> bool {
    page.attached.track();
    page.lists.track();
    panel.turned.track();
    let reads_none = page.info(&panel.settings.get()).is_some_and(|info| info.images == Some(false));
    reads_none && look(page, |held| held.brings_pictures() || held.past(panel, |past| past.has_pictures))
}

fn trimmed(page: Page, panel: &Panel) -> usize {
    look(page, |held| held.seats.get(&panel.id).map_or(0, |seat| seat.trim))
}

thread_local! {
    static COUNTED: RefCell<(String, u64)> = const { RefCell::new((String::new(), 0)) };
    static KNOWN: RefCell<Option<Told>> = const { RefCell::new(None) };
    static PASTS: RefCell<Vec<(u32, Past)>> = const { RefCell::new(Vec::new()) };
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

/// Looks at what lists have told of models, or adds to it.
fn known<T>(act: impl FnOnce(&mut Told) -> T) -> T {
    KNOWN.with_borrow_mut(|known| {
        act(known.get_or_insert_with(|| Told::from_text(&storage::read(TOLD).unwrap_or_default())))
    })
}

/// What the list that is here says of these models is known from now on.
pub fn learn_models(page: Page, panels: &[Panel]) {
    for panel in panels {
        let settings = panel.settings.get_untracked();
        let Some(info) = page.info(&settings) else { continue };
        known(|known| {
            if known.learn(&settings, &info) {
                storage::write(TOLD, &known.to_text());
            }
        });
    }
}

/// What a panel's past comes to, which no key press changes.
#[derive(Default)]
struct Past {
    /// Of which comparison, when its turns had changed so many times, with so many left out and that system prompt.
    of: (Id, u32, usize, String),
    load: Load,
    has_pictures: bool,
}

impl Held {
    /// Walks the rounds only when something of them has changed.
    fn past<T: Default>(&self, panel: &Panel, act: impl FnOnce(&mut Past) -> T) -> T {
        let Some(seat) = self.seats.get(&panel.id) else { return T::default() };
        let system = panel.settings.with_untracked(|settings| settings.system.clone());
        let of = (self.whole.comparison.id, panel.turned.get_untracked(), seat.trim, system);
        PASTS.with_borrow_mut(|pasts| {
            let at = pasts.iter().position(|(id, _)| *id == panel.id).unwrap_or_else(|| {
                pasts.push((panel.id, Past::default()));
                pasts.len() - 1
            });
            let Some((_, past)) = pasts.get_mut(at) else { return T::default() };
            if past.of != of {
                let comparison = &self.whole.comparison;
                let all = comparison.turns(seat.column, comparison.tip());
                let has_pictures = comparison.has_pictures(&all, None);
                let load = comparison.load(&of.3, &self.sent(panel.id, all), 0);
                *past = Past { of, load, has_pictures };
            }
            act(past)
        })
    }
}

/// Looks at what the prompt that is being written comes to, with the panel's past; `None` where nobody knows how
/// much the model takes.
fn load<T: Default>(page: Page, panel: &Panel, act: impl FnOnce(&Load, Window) -> T) -> Option<T> {
    let settings = panel.settings.get();
    let info = page.info(&settings);
    let window = Window::of(info.as_ref(), &settings);
    window.room()?;
    let is_blind = info.is_some_and(|info| info.images == Some(false));
    let prompt = page.draft.with_untracked(|draft| counted(draft));
    look(page, |held| {
        held.seats.get(&panel.id)?;
        let prompt = prompt + held.attached_tokens(is_blind);
        Some(held.past(panel, |past| {
            past.load.set_prompt(prompt);
            act(&past.load, window)
        }))
    })
}
