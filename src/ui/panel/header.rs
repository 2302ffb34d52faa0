//! One line: who answers, how far it is, and the buttons that are needed most.

use super::{menu::menu, picker::picker, reply::Pulse, state::Panel};
use crate::{
    browser::{self, El, Event, button, el, signal::*, spawn},
    ui::{
        comparison::Mode,
        page::Page,
        parts::icon_button,
        words::{self, Word},
    },
};

pub fn header(page: Page, panel: &Panel) -> El {
    let id = panel.id;
    let enlarge = move |event: Event| {
        // Two quick clicks on a button or in the field are meant for these.
        if !event.is_within("input, button, .menu") {
            page.active.set(id);
            page.toggle_focus();
        }
    };
    el("header")
        .on("dblclick", enlarge)
        .child(mark(page, panel))
        .child(picker(page, panel))
        .child(phase_words(page, panel))
        .child(run_button(page, panel))
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

/// Stop while it runs, Ask again otherwise: one button, so that the focus stays on it.
fn run_button(page: Page, panel: &Panel) -> El {
    let reply = panel.reply.clone();
    let is_running = Memo::new(move || reply.kind().is_some_and(|kind| !kind.is_over()));
    let was_asked = panel.asked.clone();
    let word = move || match (is_running.get(), was_asked.with(Option::is_some)) {
        (true, _) => Word::Stop,
        (false, true) => Word::Retry,
        (false, false) => Word::Ask,
    };
    let label = {
        let word = word.clone();
        move || Some(word().text(page.language.get()))
    };
    let name = move || Some(if is_running.get() { "stop" } else { "retry" });
    let asked = panel.asked.clone();
    let can_act = move || is_running.get() || asked.with(Option::is_some) || page.asked.with(Option::is_some);
    let panel = panel.clone();
    button(&[("class", "icon")])
        .bind("name", name)
        .bind("data-icon", name)
        .bind("aria-label", label.clone())
        .bind("title", label)
        .state("aria-disabled", move || !can_act())
        .act(move || match is_running.get_untracked() && page.mode.get_untracked() != Mode::Watching {
            true => panel.stop(),
            // What comes in another tab is stopped there, by taking it over.
            false => page.retry(&panel),
        })
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
            if text.is_empty() {
                return;
            }
            spawn(async move { copied.set(Some(browser::copy(text).await)) });
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
