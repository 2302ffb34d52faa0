//! The prompt, and what sends or stops it.

use super::{
    comparison::{self, Mode, mode_line},
    page::Page,
    parts::{hint, icon_button, label_of, word_button},
    rest::{Rest, with_rest},
    words::Word,
};
use crate::{
    browser::{El, Event, effect, el, signal::*},
    grid::choices::SendKey,
};

pub fn composer(page: Page) -> El {
    let kinds = page.kinds();
    let is_running = Memo::new(move || kinds.with(|kinds| kinds.iter().any(|kind| !kind.is_over())));
    let has_takers =
        Memo::new(move || page.panels.with(|panels| panels.iter().any(|panel| panel.is_enabled())));
    // Sending while answers stream would throw them away, and pay for them twice.
    let is_idle = move || {
        page.draft.track();
        page.attached.track();
        !page.has_prompt() || is_running.get() || !has_takers.get() || page.mode.get() == Mode::Watching
    };
    let send_key = page.send_key();
    let hint_text = move || match send_key.get() {
        SendKey::Enter => Word::PromptHintEnter,
        SendKey::ModEnter => Word::PromptHintMod,
    };
    let on_key = move |event: Event| {
        // In a prompt of several lines the arrows move between them.
        let is_empty = page.draft.with_untracked(|draft| {
            draft.is_empty() || page.recalled.get_untracked().is_some() && !draft.contains('\n')
        });
        let is_taken = match event.key().as_str() {
            "Enter" => {
                let key = send_key.get_untracked();
                let sends = key.sends(event.shift(), event.ctrl_or_cmd(), event.composes());
                if sends {
                    page.send();
                }
                sends
            }
            "ArrowUp" => is_empty && !event.composes() && recall(page, 1),
            "ArrowDown" => is_empty && !event.composes() && recall(page, -1),
            _ => false,
        };
        if is_taken {
            event.prevent();
        }
    };
    let prompt = el("textarea")
        .attrs(&[("id", "prompt"), ("rows", "2"), ("dir", "auto")])
        .bind("placeholder", move || Some(hint_text().text(page.language.get())))
        .value(move || page.draft.get())
        .on("input", move |event| {
            page.recalled.set(None);
            page.draft.set(event.value());
        })
        .on("keydown", on_key);
    let buttons = el("div")
        .class("row")
        .child(
            word_button(page, &[("id", "send"), ("class", "main")], Word::Send)
                .state("aria-disabled", is_idle)
                .act(move || page.send()),
        )
        .child(
            word_button(page, &[("id", "stop-all")], Word::StopAll)
                .state("aria-disabled", move || !is_running.get() || page.mode.get() == Mode::Watching)
                .act(move || page.stop_all()),
        )
        .child(
            icon_button(page, "attach", "attach", Word::Attach)
                .act(move || page.once_here(move || comparison::choose_files(page))),
        )
        .child(hint(page, Word::NothingTakesPart).hidden(move || has_takers.get()));
    effect(move || {
        if page.rest.get() == Rest::Here {
            untrack(|| comparison::take_files(page));
        }
    });
    let has_lines = move || page.mode.get() != Mode::All || page.attached.get() > 0;
    let lines = with_rest(el("div"), page, has_lines, move || mode_line(page));
    let composer = el("div").class("composer").child(label_of(prompt, page, Word::Prompt)).child(buttons);
    el("div").child(lines).child(composer)
}

/// Shows the prompt before (1) or after (-1) the one that is shown; whether there is one.
fn recall(page: Page, step: isize) -> bool {
    let at = match page.recalled.get_untracked() {
        None if step > 0 => Some(0),
        None => return false,
        Some(at) => at.checked_add_signed(step),
    };
    let Some(at) = at else {
        page.recalled.set(None);
        page.draft.set(String::new());
        return true;
    };
    let prompt = page.saved.with_untracked(|saved| saved.prompts.get(at).cloned());
    if let Some(prompt) = &prompt {
        page.recalled.set(Some(at));
        page.draft.set(prompt.clone());
    }
    prompt.is_some()
}
