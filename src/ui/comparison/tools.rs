//! What can be done with the last turn of a panel.

use super::{
    Mode, Shown, asking,
    attaching::Attached,
    going_on, keeping, look,
    turn::{keep_button, versions},
    watching, with,
};
use crate::{
    browser::{El, el},
    grid::comparison::{
        ReplyId,
        round::{Attachment, Prompt},
    },
    later::later,
    ui::{
        page::Page,
        panel::state::Panel,
        parts::{label_of, word_button},
        words::Word,
    },
};

later! {
    /// Whether there is something of it.
    "1331" pub fn has_tools(page: Page, panel: &Panel) -> bool {
        look(page, |held| {
            let shown = held.seats.get(&panel.id)?.last?;
            let reply = shown.reply?;
            let versions = held.whole.comparison.round(shown.round)?.cell(reply.column)?.versions.len();
            let known = held.whole.comparison.reply(reply)?;
            let is_marked = known.is_winner || !known.note.is_empty() || held.seats.get(&panel.id)?.is_noting;
            let is_kept = held.is_kept(reply).unwrap_or(true);
            Some(versions > 1 || is_marked || !is_kept || held.can_go_on(reply))
        })
        .unwrap_or_default()
    } else {
        false
    }

    "1332" pub fn tools(page: Page, panel: &Panel) -> El {
        let panel = panel.clone();
        el("div").list(move || {
            panel.turned.track();
            let shown = look(page, |held| held.seats.get(&panel.id)?.last);
            let Some(shown @ Shown { reply: Some(reply), .. }) = shown else { return Vec::new() };
            let mut row = el("div").class("row acts").child(versions(page, &panel, shown));
            let is_running = panel.reply.kind().is_some_and(|kind| !kind.is_over());
            if !is_running && look(page, |held| held.can_go_on(reply)) {
                let panel = panel.clone();
                let go_on = word_button(page, &[("name", "go-on")], Word::GoOn);
                row = row.child(go_on.act(move || continue_it(page, &panel)));
            }
            if !look(page, |held| held.is_kept(reply)).unwrap_or(true) {
                row = row.child(keep_button(page, &panel, reply));
            }
            if look(page, |held| held.whole.comparison.reply(reply).is_some_and(|it| it.is_winner)) {
                row = row.child(el("strong").class("winner").live(page.word(Word::Best)));
            }
            [row].into_iter().chain(note_field(page, &panel, reply)).collect()
        })
    } else {
        el("div")
    }
}

later! {
    /// Makes the panel's answer the best of its round; the best itself stops being it.
    "1333" pub fn pick(page: Page, panel: &Panel) {
        if watching::is_refused(page) {
            return;
        }
        if let Some(reply) = last(page, panel) {
            look(page, |held| held.whole.comparison.pick(reply));
            keeping::changed(page, &[reply.round]);
            // Another one was it before.
            page.panels.get_untracked().iter().for_each(|panel| panel.turned.update(|count| *count += 1));
        }
    } else {}

    /// Quotes the panel's answer in the prompt that is being written.
    "1335" pub fn quote_last(page: Page, panel: &Panel) {
        if let Some(reply) = last(page, panel) {
            quote(page, reply);
        }
    } else {}

    /// Leaves the panel's answer out of what it remembers, or takes it in again.
    "1336" pub fn toggle_kept(page: Page, panel: &Panel) {
        if watching::is_refused(page) {
            return;
        }
        if let Some(reply) = last(page, panel) {
            look(page, |held| held.toggle_kept(reply.round, reply.column));
            keeping::changed(page, &[reply.round]);
            panel.turned.update(|count| *count += 1);
        }
    } else {}

    "1337" pub fn is_kept(page: Page, panel: &Panel) -> bool {
        last(page, panel).is_none_or(|reply| look(page, |held| held.is_kept(reply)).unwrap_or(true))
    } else {
        true
    }

    /// Opens the note of the panel's answer.
    "1334" pub fn note(page: Page, panel: &Panel) {
        if watching::is_refused(page) {
            return;
        }
        look(page, |held| {
            if let Some(seat) = held.seats.get_mut(&panel.id) {
                seat.is_noting = true;
            }
        });
        panel.turned.update(|count| *count += 1);
        page.focus_later(format!("[data-panel=\"{}\"] [name=note-text]", panel.id));
    } else {}
}

/// What stands at the panel's end.
fn last(page: Page, panel: &Panel) -> Option<ReplyId> {
    look(page, |held| held.seats.get(&panel.id)?.last?.reply)
}

fn note_field(page: Page, panel: &Panel, reply: ReplyId) -> Option<El> {
    let (note, is_noting) = look(page, |held| {
        let is_noting = held.seats.get(&panel.id).is_some_and(|seat| seat.is_noting);
        (held.whole.comparison.reply(reply).map(|reply| reply.note.clone()).unwrap_or_default(), is_noting)
    });
    if note.is_empty() && !is_noting {
        return None;
    }
    let field = el("textarea")
        .attrs(&[("name", "note-text"), ("rows", "2"), ("dir", "auto")])
        .flag("readonly", move || page.mode.get() == Mode::Watching)
        .value(move || note.clone());
    let field = field.on("change", move |event| {
        let text = event.value();
        look(page, |held| {
            if let Some(reply) = held.whole.comparison.reply_mut(reply) {
                reply.note = text.trim().to_owned();
            }
        });
        keeping::changed(page, &[reply.round]);
    });
    Some(label_of(field, page, Word::Note))
}

/// Asks a panel to go on with an answer that broke off: within it where that can be, else with the answer as it
/// is, and a prompt that everybody sees.
fn continue_it(page: Page, panel: &Panel) {
    if going_on::go_on_within(page, panel) {
        return;
    }
    let words = Word::GoOnPrompt.text(page.language.get_untracked());
    let prompt = Prompt { is_continuation: true, ..Prompt::text(words) };
    asking::ask_one(page, panel, prompt);
}

/// Quotes an answer in the prompt that is being written, for everybody to take up.
pub(super) fn quote(page: Page, of: ReplyId) {
    if watching::is_refused(page) {
        return;
    }
    with(page, |held| {
        let settings = held.whole.comparison.reply(of).and_then(|it| held.whole.comparison.setup(it));
        let by = settings.map(|settings| settings.model.clone()).unwrap_or_default();
        let text = held.text(of);
        let is_it =
            |it: &Attached| matches!(it, Attached::Known(Attachment::Answer { of: it, .. }) if *it == of);
        if !held.attached.iter().any(is_it) {
            held.attached.push(Attached::Known(Attachment::Answer { of, by, text }));
        }
    });
    page.attached.update(|count| *count += 1);
    page.focus_later("#prompt".to_owned());
}
