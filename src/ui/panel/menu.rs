//! What else can be done with a panel.

use super::state::Panel;
use crate::{
    browser::{self, El, Event, button, el, signal::*},
    grid::choices::View,
    later::later,
    ui::{
        comparison,
        dialogs::Dialog,
        page::Page,
        parts::{icon_button, label_of, word_button},
        rest::with_rest,
        words::{self, Word},
    },
};

#[derive(Clone, Copy)]
enum Act {
    Setup,
    Only,
    Pick,
    Note,
    Quote,
    Keep,
    Request,
    Source,
    CopyRich,
    Duplicate,
    Left,
    Right,
    Focus,
    Remove,
}

const ENTRIES: [(&str, Word, Act); 14] = [
    ("setup", Word::Setup, Act::Setup),
    ("only", Word::AskOnly, Act::Only),
    ("pick", Word::PickBest, Act::Pick),
    ("note", Word::Note, Act::Note),
    ("quote", Word::Quote, Act::Quote),
    ("keep", Word::ForgetAnswer, Act::Keep),
    ("request", Word::Request, Act::Request),
    ("source", Word::ViewSource, Act::Source),
    ("copy-rich", Word::CopyRich, Act::CopyRich),
    ("duplicate", Word::Duplicate, Act::Duplicate),
    ("left", Word::MoveLeft, Act::Left),
    ("right", Word::MoveRight, Act::Right),
    ("focus", Word::FocusView, Act::Focus),
    ("remove", Word::Remove, Act::Remove),
];

pub fn menu(page: Page, panel: &Panel) -> El {
    let is_open = RwSignal::new(false);
    let (id, panel) = (panel.id, panel.clone());
    let button = icon_button(page, "more", "more", Word::More)
        .state("aria-expanded", move || is_open.get())
        .act(move || {
            is_open.update(|is| *is = !*is);
        });
    let on_key = move |event: Event| {
        if !is_open.get_untracked() {
            return;
        }
        match event.key().as_str() {
            "Escape" => close(id, is_open),
            "ArrowDown" => browser::focus_sibling(1),
            "ArrowUp" => browser::focus_sibling(-1),
            _ => return,
        }
        event.prevent();
        event.stop();
    };
    let more = el("div")
        .class("more")
        .on("keydown", on_key)
        .on("focusout", move |event| {
            if event.leaves() {
                is_open.set(false);
            }
        })
        .child(button);
    with_rest(more, page, move || is_open.get(), move || entries(page, &panel, is_open))
}

fn close(id: u32, is_open: RwSignal<bool>) {
    is_open.set(false);
    browser::focus_in(&format!("[data-panel=\"{id}\"]"), "more");
}

later! {
    "1004" fn entries(page: Page, panel: &Panel, is_open: RwSignal<bool>) -> El {
        let id = panel.id;
        let entry = |(name, word, act): (&'static str, Word, Act)| {
            let panel = panel.clone();
            let word = match act {
                Act::Source if panel.shows_source.get_untracked() => Word::ViewDrawn,
                Act::Keep if !comparison::is_kept(page, &panel) => Word::RememberAnswer,
                Act::Focus if page.view().get_untracked() == View::Focus => Word::ShowAll,
                _ => word,
            };
            word_button(page, &[("name", name)], word).act(move || {
                close(id, is_open);
                do_it(page, &panel, act);
            })
        };
        let entries = el("div").attrs(&[("class", "menu"), ("role", "group")]).children(ENTRIES.map(entry));
        let taking = |of: u32| {
            let panel = panel.clone();
            let language = page.language.get_untracked();
            let place = page.find(of).map(|(at, of)| {
                words::panel_name(language, at + 1, &of.settings.with_untracked(|settings| settings.model.clone()))
            });
            let text = Word::TakeOver.with(language, &[&place.unwrap_or_default()]);
            button(&[("name", "take-over")]).text(&text).act(move || {
                close(id, is_open);
                comparison::take_over(page, &panel, of);
            })
        };
        let entries = entries.children(comparison::could_take_over(page, panel).into_iter().map(taking));
        page.focus_later(format!("[data-panel=\"{id}\"] .more .menu button"));
        label_of(entries, page, Word::More)
    } else {
        el("div")
    }
}

fn do_it(page: Page, panel: &Panel, act: Act) {
    let id = panel.id;
    match act {
        Act::Setup => panel.is_setup_open.update(|is| *is = !*is),
        Act::Only => comparison::mode::only_to(page, id),
        Act::Pick => comparison::pick(page, panel),
        Act::Note => comparison::note(page, panel),
        Act::Quote => comparison::quote_last(page, panel),
        Act::Keep => comparison::toggle_kept(page, panel),
        Act::Request => {
            page.active.set(id);
            page.dialog.set(Some(Dialog::Request));
        }
        Act::Source => panel.shows_source.update(|is| *is = !*is),
        Act::CopyRich => copy_rich(page, panel),
        Act::Duplicate => page.duplicate(id),
        Act::Left => page.shift(id, -1),
        Act::Right => page.shift(id, 1),
        Act::Focus => {
            page.active.set(id);
            page.toggle_focus();
        }
        Act::Remove => page.remove(id),
    }
}

/// As it is drawn, for whatever takes formatted text; where only text is taken, the source.
fn copy_rich(page: Page, panel: &Panel) {
    let is_copied =
        browser::copy_drawn(&format!("[data-panel=\"{}\"] .body > .reply", panel.id), &panel.reply.text());
    let word = if is_copied { Word::Copied } else { Word::NotCopied };
    page.said.set(word.text(page.language.get_untracked()).to_owned());
}
