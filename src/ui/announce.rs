//! What is said of the run as a whole: to screen readers in one polite line, to whoever looks at
//! another tab in the title.

use super::{
    page::Page,
    panel::state::Panel,
    parts::hint,
    words::{self, Ended, Word},
};
use crate::{
    browser::{self, El, effect, el, signal::*},
    call::phase::PhaseKind,
    later::later,
};

/// Answers that end close together are announced together, after so many ms.
const BATCH_MS: u32 = 2_000;

impl Page {
    /// An answer has ended, whichever way.
    pub fn ended(self, id: u32) {
        self.ended.update(|ended| ended.push(id));
        if let Some((_, panel)) = self.find(id) {
            alarm(self, &panel);
        }
        if browser::is_hidden() && !self.is_running_untracked() {
            self.once_here(move || entitle(self));
        }
    }

    /// Of the panels that the last prompt went to: how many have ended, how many of these failed, how
    /// many there are.
    fn tally(self) -> (usize, usize, usize) {
        let run = self.run.get_untracked();
        self.panels.with_untracked(|panels| {
            let asked = || panels.iter().filter(|panel| panel.run.get_untracked() == run);
            let kinds = asked().map(|panel| panel.reply.kind_untracked());
            let ended = kinds.filter(|kind| kind.is_none_or(PhaseKind::is_over)).count();
            (ended, asked().filter(|panel| untrack(|| panel.has_failed())).count(), asked().count())
        })
    }
}

later! {
    "1301" fn announce(page: Page) {
        let mut ended = page.ended.try_update(std::mem::take).unwrap_or_default();
        // What was asked before is not shown any more, or another prompt was sent since.
        let run = page.run.get_untracked();
        ended.retain(|id| page.find(*id).is_some_and(|(_, panel)| panel.run.get_untracked() == run));
        if ended.is_empty() {
            return;
        }
        let language = page.language.get_untracked();
        let one = ended.first().filter(|_| ended.len() == 1).and_then(|id| page.find(*id));
        let one = one.and_then(|(_, panel)| {
            Some(Ended {
                model: panel.settings.with_untracked(|settings| settings.model.clone()),
                kind: panel.reply.kind_untracked()?,
                counts: panel.reply.counts(),
            })
        });
        page.said.set(words::announcement(language, one, page.tally()));
    } else {}

    /// Says aloud why an answer failed.
    "1302" fn alarm(page: Page, panel: &Panel) {
        let error = panel.reply.status.with_untracked(|status| status.phase.as_ref()?.error().cloned());
        if let Some(error) = error {
            let settings = panel.settings.get_untracked();
            let language = page.language.get_untracked();
            let text = words::failure(language, &error, settings.row(), &browser::location_origin());
            page.alert.set([&settings.model, ": ", &text].concat());
        }
    } else {}

    /// In the title, for who looks at another tab.
    "1303" fn entitle(page: Page) {
        browser::set_title(&words::title(page.language.get_untracked(), page.tally()));
    } else {}
}

pub fn status_line(page: Page) -> El {
    let said = page.said;
    let timer = StoredValue::new(None);
    effect(move || {
        let has_news = page.ended.with(|ended| !ended.is_empty());
        if has_news && timer.with_value(Option::is_none) {
            timer.set_value(Some(browser::every(BATCH_MS, move || {
                timer.set_value(None);
                page.once_here(move || announce(page));
            })));
        }
    });
    let listener = browser::on_visibility_change(move |is_hidden| {
        if !is_hidden {
            browser::set_title("Tutti");
        }
    });
    let listener = StoredValue::new(listener);
    on_cleanup(move || listener.dispose());
    // Another run has ended nothing yet.
    effect(move || {
        page.run.track();
        said.set(String::new());
    });
    let status = el("p").attrs(&[("id", "status"), ("role", "status")]).live(move || said.get());
    let alert = el("p").attrs(&[("id", "alert"), ("class", "unseen"), ("role", "alert")]);
    let full = hint(page, Word::StorageFull).hidden(move || !page.is_storage_full.get());
    let trouble = el("p").attrs(&[("class", "hint trouble"), ("role", "alert")]);
    let trouble = trouble
        .hidden(move || page.trouble.get().is_none())
        .live(move || page.trouble.get().map_or("", |word| word.text(page.language.get())));
    el("div").child(trouble).child(status).child(alert.live(move || page.alert.get())).child(full)
}
