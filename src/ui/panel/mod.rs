//! One column: a header, the answer, a footer.
//!
//! - [`state`]: what a panel is; [`reply`]: its growing answer; `answer`: how that is drawn
//! - `header`, `menu`, `picker`: who answers, how far it is, what can be done
//! - `setup`, `key_field`, `parameters`: whom it asks and how
//! - `extras`, `trouble`, `footer`: what came besides text, what went wrong, the figures

pub mod reply;
pub mod state;

pub mod answer;
mod extras;
mod footer;
mod header;
mod key_field;
mod menu;
mod parameters;
mod picker;
mod setup;
mod trouble;

use super::{
    comparison,
    page::Page,
    parts::{hint, label_of, word_button},
    rest::with_rest,
    words::{self, Word},
};
use crate::{
    browser::{El, Follow, effect, el, signal::*},
    call::phase::PhaseKind,
    grid::{choices::View, script},
};
use answer::Answer;
use state::Panel;

pub fn panel_view(page: Page, panel: &Panel) -> El {
    let id = panel.id;
    let view = page.view();
    let Panel { settings, reply, problem, is_setup_open, .. } = panel.clone();
    let kind = {
        let reply = reply.clone();
        Memo::new(move || reply.kind())
    };
    let name = {
        let settings = settings.clone();
        move || {
            let at = page.panels.with(|panels| panels.iter().position(|panel| panel.id == id));
            let model = settings.with(|settings| settings.model.clone());
            Some(words::panel_name(page.language.get(), at.map_or(0, |at| at + 1), &model))
        }
    };
    let status = reply.status.clone();
    let has_reasoning = move || status.with(|status| status.has_reasoning);
    let script = {
        let reply = reply.clone();
        Memo::new(move || {
            // The first words may not tell yet.
            if reply.kind() == Some(PhaseKind::Streaming) {
                page.now.track();
            }
            script::language(&reply.beginning())
        })
    };
    let answer = Answer::new(page, panel);
    let thoughts = el("details")
        .class("thoughts")
        .hidden(move || !has_reasoning())
        .child(el("summary").live(page.word(Word::Reasoning)))
        .child(answer.reasoning.clone());
    let is_waiting = {
        let problem = problem.clone();
        move || kind.get().is_none() && problem.with(Option::is_none)
    };
    let (turns, of) = (panel.past.clone(), panel.clone());
    let past =
        el("div").class("past").each(move || turns.get(), move |name| comparison::turn(page, &of, name));
    let body = el("div")
        .attrs(&[("class", "body"), ("tabindex", "0"), ("role", "group")])
        .child(past)
        .child(last_said(page, panel))
        .child(own_prompt(page, panel))
        .child(thoughts)
        .child(answer.text.clone().bind("lang", move || script.get()))
        .child(answer.source.clone().bind("lang", move || script.get()))
        .child(hint(page, Word::Empty).hidden(move || !is_waiting()))
        .child(tools(page, panel))
        .child(extras::extras(page, panel))
        .child(trouble::trouble(page, panel));
    let body = label_of(body, page, Word::Answer);
    let has_more = RwSignal::new(false);
    let follow = Follow::new(body.element(), move |is_below| has_more.set(is_below));
    let linked = Memo::new(move || page.saved.with(|saved| saved.linked_scroll));
    effect({
        let follow = follow.clone();
        move || follow.set_linked(linked.get())
    });
    effect({
        let (status, problem, settings) = (reply.status.clone(), problem.clone(), settings.clone());
        move || {
            status.track();
            problem.track();
            settings.track();
            page.survey();
        }
    });
    answer.grow(page, panel, &follow);
    let new_text = word_button(page, &[("name", "new-text")], Word::NewText)
        .hidden(move || !has_more.get())
        .act(move || follow.to_end());
    let setup_of = panel.clone();
    let section = el("section")
        .attrs(&[("class", "panel"), ("data-panel", &id.to_string())])
        .bind("data-phase", move || Some(words::phase_name(kind.get())))
        .flag("data-problem", move || problem.with(Option::is_some))
        .state("data-enabled", move || settings.with(|settings| settings.enabled))
        .state("data-active", move || page.active.get() == id)
        .hidden(move || view.get() != View::Columns && page.active.get() != id)
        .bind("aria-label", name)
        .on("focusin", move |_| page.active.set(id))
        .child(header::header(page, panel));
    with_rest(section, page, move || is_setup_open.get(), move || setup::setup(page, &setup_of))
        .child(body)
        .child(window_line(page, panel))
        .child(new_text)
        .child(footer::footer(page, panel))
}

/// What can be done with the last turn; most often nothing but what the header offers.
fn tools(page: Page, panel: &Panel) -> El {
    let (asked, of) = (panel.clone(), panel.clone());
    let is_wanted = move || {
        asked.turned.track();
        comparison::has_tools(page, &asked)
    };
    with_rest(el("div").class("last-acts"), page, is_wanted, move || comparison::tools(page, &of))
}

/// What its past comes to, where that may be too much.
fn window_line(page: Page, panel: &Panel) -> El {
    let (asked, of) = (panel.clone(), panel.clone());
    let is_wanted = move || {
        page.rest.track();
        comparison::has_line(page, &asked)
    };
    with_rest(el("div").class("window-line"), page, is_wanted, move || comparison::window_line(page, &of))
}

/// The prompt of the last turn, where others stand above it or beside it.
fn last_said(page: Page, panel: &Panel) -> El {
    let (asked, of) = (panel.clone(), panel.clone());
    let is_wanted = move || {
        asked.turned.track();
        comparison::has_said(page, &asked)
    };
    with_rest(el("div").class("last-said"), page, is_wanted, move || comparison::last_said(page, &of))
}

/// The prompt that this panel's answer is for, where the others were asked another one since.
fn own_prompt(page: Page, panel: &Panel) -> El {
    let (asked, panel) = (panel.asked.clone(), panel.clone());
    let own =
        Memo::new(move || asked.get().filter(|asked| page.asked.with(|last| last.as_ref() != Some(asked))));
    let current = move || {
        let panel = panel.clone();
        let ask = word_button(page, &[("name", "ask-current")], Word::AskCurrent)
            .act(move || page.ask_current(&panel));
        el("div")
            .class("own-prompt")
            .child(el("p").attr("dir", "auto").live(move || own.get().unwrap_or_default()))
            .child(ask)
    };
    el("div").when(move || own.with(Option::is_some), current)
}
