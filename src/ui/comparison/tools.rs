//! What can be done with the last turn of a panel; the best answer and notes, whatever turn they are of.

use super::{
    Held, Mode, Shown, asking, at_round,
    attaching::Attached,
    focus_one_of, going_on, keeping, look,
    turn::{keep_button, row_of, versions},
    watching, with,
};
use crate::{
    browser::{El, el, signal::*},
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
            let is_marked = known.is_winner || held.has_note(reply);
            let is_kept = held.is_kept(reply).unwrap_or(true);
            Some(versions > 1 || is_marked || !is_kept || held.can_go_on(reply))
        })
        .unwrap_or_default()
    } else {
        false
    }

    "1332" pub fn tools(page: Page, panel: &Panel) -> El {
        let id = panel.id;
        let last = move || look(page, |held| held.seats.get(&id)?.last);
        let note = notes(page, panel, last);
        let panel = panel.clone();
        let row = el("div").list(move || {
            panel.turned.track();
            let Some(shown @ Shown { reply: Some(reply), .. }) = last() else { return Vec::new() };
            let mut row = row_of(shown.round).child(versions(page, &panel, shown));
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
            vec![row]
        });
        el("div").child(row).child(note)
    } else {
        el("div")
    }
}

later! {
    /// Makes the panel's answer the best of its round; the best itself stops being it.
    "1333" pub fn pick(page: Page, panel: &Panel) {
        if let Some(reply) = last(page, panel) {
            pick_it(page, reply);
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
        if let Some(reply) = last(page, panel) {
            begin_note(page, panel.id, &panel.turned, reply);
        }
    } else {}
}

/// What stands at the panel's end.
fn last(page: Page, panel: &Panel) -> Option<ReplyId> {
    look(page, |held| held.seats.get(&panel.id)?.last?.reply)
}

pub(super) fn pick_it(page: Page, reply: ReplyId) {
    if watching::is_refused(page) {
        return;
    }
    look(page, |held| held.whole.comparison.pick(reply));
    keeping::changed(page, &[reply.round]);
    // Another one was it before.
    page.panels.get_untracked().iter().for_each(|panel| panel.turned.update(|count| *count += 1));
}

pub(super) fn begin_note(page: Page, panel: u32, turned: &ArcRwSignal<u32>, reply: ReplyId) {
    if watching::is_refused(page) {
        return;
    }
    look(page, |held| {
        if !held.noting.contains(&reply) {
            held.noting.push(reply);
        }
    });
    turned.update(|count| *count += 1);
    focus_one_of(vec![at_round(panel, reply.round, "[name=note-text]")]);
}

/// The note of the turn that stands there, if it has one. The field stays while its turn does, whatever is made anew
/// around it.
pub(super) fn notes(page: Page, panel: &Panel, shown: impl Fn() -> Option<Shown> + 'static) -> El {
    let (turned, of) = (panel.turned.clone(), panel.turned.clone());
    let noted = move || {
        turned.track();
        let shown = shown();
        let noted = look(page, |held| {
            let shown = shown.filter(|shown| shown.reply.is_some_and(|reply| held.has_note(reply)))?;
            Some(held.name_of(shown))
        });
        noted.into_iter().collect()
    };
    el("div").each(noted, move |name| {
        let reply = look(page, |held| held.called(name)?.reply);
        reply.map_or_else(|| el("div"), |reply| note_field(page, of.clone(), reply))
    })
}

fn note_field(page: Page, turned: ArcRwSignal<u32>, reply: ReplyId) -> El {
    let note = move || {
        turned.track();
        look(page, |held| held.whole.comparison.reply(reply).map(|reply| reply.note.clone()))
            .unwrap_or_default()
    };
    let write = move |text: &str| {
        look(page, |held| {
            if let Some(reply) = held.whole.comparison.reply_mut(reply) {
                text.clone_into(&mut reply.note);
            }
        });
        keeping::changed_soon(page, reply.round);
    };
    let field = el("textarea")
        .attrs(&[("name", "note-text"), ("rows", "2"), ("dir", "auto")])
        .flag("readonly", move || page.mode.get() == Mode::Watching)
        .value(note)
        .on("input", move |event| write(&event.value()))
        .on("change", move |event| {
            write(event.value().trim());
            // Who leaves the field may leave the page next, and not every browser writes what is begun then.
            keeping::put_changed();
        });
    el("div").attr("data-round", &reply.round.0.to_string()).child(label_of(field, page, Word::Note))
}

impl Held {
    /// There is a note to that reply, or one is being written.
    fn has_note(&self, reply: ReplyId) -> bool {
        let is_noted = |id: ReplyId| self.whole.comparison.reply(id).is_some_and(|it| !it.note.is_empty());
        self.noting.contains(&reply) || is_noted(reply)
    }
}

/// Asks a panel to go on with an answer that broke off: within it where that can be, else with the answer as it
/// is, and a prompt that everybody sees.
fn continue_it(page: Page, panel: &Panel) {
    // The button goes; the one that stops what comes now is where it was asked for.
    focus_one_of(vec![format!("[data-panel=\"{}\"] header :is([name=stop], [name=retry])", panel.id)]);
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
