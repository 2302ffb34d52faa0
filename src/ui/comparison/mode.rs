//! What the next prompt is: to all, to one panel, or another wording of an earlier one.

use super::{attaching, look, watching};
use crate::{
    browser::{El, el},
    grid::comparison::RoundId,
    later::later,
    ui::{page::Page, parts::word_button, words::Word},
};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    #[default]
    All,
    /// To the panel with that id.
    Only(u32),
    /// Another wording of that round.
    Edit(u32),
    /// None: another tab writes what is shown.
    Watching,
}

later! {
    /// Says what the next prompt is, and lets one think better of it.
    "1311" pub fn mode_line(page: Page) -> El {
        let says = move || {
            let language = page.language.get();
            match page.mode.get() {
                Mode::All => String::new(),
                Mode::Watching => {
                    page.attached.track();
                    watching::word(page).text(language).to_owned()
                }
                Mode::Edit(_) => Word::Editing.text(language).to_owned(),
                Mode::Only(id) => {
                    let model = page.find(id).map(|(_, panel)| panel.settings.with(|it| it.model.clone()));
                    Word::OnlyTo.with(language, &[&model.unwrap_or_default()])
                }
            }
        };
        let is_plain = move || page.mode.get() == Mode::All;
        let is_watching = move || page.mode.get() == Mode::Watching;
        let write_here = word_button(page, &[("name", "write-here")], Word::WriteHere)
            .hidden(move || !is_watching())
            .act(move || watching::write_here(page));
        let cancel = word_button(page, &[("name", "cancel-mode")], Word::Cancel)
            .hidden(is_watching)
            .act(move || leave(page));
        let line = el("div")
            .class("row mode")
            .hidden(is_plain)
            .child(el("p").attrs(&[("class", "hint"), ("role", "status")]).live(says))
            .child(write_here)
            .child(cancel);
        el("div").child(line).child(attaching::attached(page))
    } else {
        el("div")
    }

    /// Back to prompts to all; what was being written before stands in the composer again.
    "1312" pub fn leave(page: Page) {
        if let Mode::Edit(_) = page.mode.get_untracked() {
            page.draft.set(page.draft_before.get_value());
            look(page, |held| held.attached = std::mem::take(&mut held.attached_before));
            page.attached.update(|count| *count += 1);
        }
        page.mode.set(Mode::All);
        page.focus_later("#prompt".to_owned());
    } else {}

    "1313" pub fn only_to(page: Page, panel: u32) {
        if watching::is_refused(page) {
            return;
        }
        leave(page);
        page.mode.set(Mode::Only(panel));
    } else {}
}

/// Puts an earlier prompt into the composer, to be sent in other words.
pub(super) fn edit(page: Page, round: RoundId) {
    if watching::is_refused(page) {
        return;
    }
    let Some(prompt) = look(page, |held| held.prompt(round)) else { return };
    if !matches!(page.mode.get_untracked(), Mode::Edit(_)) {
        page.draft_before.set_value(page.draft.get_untracked());
        look(page, |held| held.attached_before = std::mem::take(&mut held.attached));
    }
    look(page, |held| held.attach_as_in(round));
    page.attached.update(|count| *count += 1);
    page.mode.set(Mode::Edit(round.0));
    page.draft.set(prompt);
    page.focus_later("#prompt".to_owned());
}
