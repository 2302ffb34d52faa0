//! One line: who answers, how far it is, and the buttons that are needed most.

use leptos::{prelude::*, task::spawn_local};

use super::{menu::menu, picker::picker, reply::Pulse, state::Panel};
use crate::{
    browser::{self, El, el},
    grid::choices::View,
    ui::{
        page::Page,
        parts::icon_button,
        words::{self, Word},
    },
};

pub fn header(page: Page, panel: &Panel) -> El {
    let id = panel.id;
    let enlarge = move |_| {
        page.active.set(id);
        page.saved.update(|saved| {
            saved.view = if saved.view == View::Focus { View::Columns } else { View::Focus };
        });
    };
    let is_running = {
        let reply = panel.reply.clone();
        move || reply.kind().is_some_and(|kind| !kind.is_over())
    };
    let is_idle = is_running.clone();
    let (stop, retry) = (panel.clone(), panel.clone());
    el("header")
        .on("dblclick", enlarge)
        .child(mark(page, panel))
        .child(picker(page, panel))
        .child(phase_words(page, panel))
        .when(is_running, move || {
            let stop = stop.clone();
            icon_button(page, "stop", "stop", Word::Stop).act(move || stop.stop())
        })
        .when(move || !is_idle(), move || retry_button(page, &retry))
        .child(copy_button(page, panel))
        .child(menu(page, panel))
}

/// The first letter of the provider, its name on resting.
fn mark(page: Page, panel: &Panel) -> El {
    let (settings, named) = (panel.settings.clone(), panel.settings.clone());
    el("span")
        .attrs(&[("class", "mark"), ("aria-hidden", "true")])
        .bind("title", move || {
            Some(named.with(|settings| words::provider_name(page.language.get(), settings.row())))
        })
        .live(move || settings.with(|settings| settings.row().name.chars().take(1).collect::<String>()))
}

fn retry_button(page: Page, panel: &Panel) -> El {
    let (asked, panel) = (panel.asked.clone(), panel.clone());
    let can_ask = {
        let asked = asked.clone();
        move || asked.with(Option::is_some) || page.asked.with(Option::is_some)
    };
    let word = if asked.with_untracked(Option::is_some) { Word::Retry } else { Word::Ask };
    icon_button(page, "retry", "retry", word)
        .state("aria-disabled", move || !can_ask())
        .act(move || page.retry(&panel))
}

fn copy_button(page: Page, panel: &Panel) -> El {
    // What copying led to, until the focus leaves.
    let copied = RwSignal::new(None::<bool>);
    let (reply, answered) = (panel.reply.clone(), panel.reply.clone());
    let said = move || {
        copied
            .get()
            .map_or("", |is| (if is { Word::Copied } else { Word::NotCopied }).text(page.language.get()))
    };
    let button = icon_button(page, "copy", "copy", Word::Copy)
        .bind("data-icon", move || Some(if copied.get() == Some(true) { "check" } else { "copy" }))
        .state("aria-disabled", move || answered.kind().is_none())
        .on("blur", move |_| copied.set(None))
        .act(move || {
            let text = reply.text();
            spawn_local(async move { copied.set(Some(browser::copy(text).await)) });
        });
    el("span").child(button).child(el("span").attrs(&[("class", "unseen"), ("role", "status")]).live(said))
}

/// How far the answer is, in words, with seconds that count.
fn phase_words(page: Page, panel: &Panel) -> El {
    let panel = panel.clone();
    let words = move || {
        let language = page.language.get();
        if panel.problem.with(Option::is_some) {
            return Word::NotAsked.text(language).to_owned();
        }
        panel.reply.status.with(|status| {
            let Some(phase) = status.phase.as_ref().filter(|phase| !phase.is_over()) else {
                return words::phase(language, status.phase.as_ref());
            };
            let now_ms = page.now.get();
            let Pulse { tokens, silent_since_ms, is_thinking } = panel.reply.pulse();
            let before = panel.call_id().and_then(|id| page.shell().engine.position(id));
            let silent_ms = silent_since_ms.map(|since| now_ms.saturating_sub(since));
            let running =
                words::Running { now_ms, since_ms: status.since_ms, before, tokens, silent_ms, is_thinking };
            words::running(language, phase, &running)
        })
    };
    el("span").class("phase").live(words)
}
