//! An answer that broke off is continued within itself, where its host takes the beginning of one.

use super::{Held, asking::ask, look};
use crate::{
    grid::{
        comparison::{ReplyId, reply::End},
        settings::PanelSettings,
    },
    model::{answer::Answer, provider::Dialect},
    ui::{page::Page, panel::state::Panel},
};

/// Goes on in the middle of the panel's answer, if its host takes the beginning of one: the same cell gets a
/// version that continues the one that broke off. Whether it does.
pub(super) fn go_on_within(page: Page, panel: &Panel) -> bool {
    if super::watching::is_refused(page) {
        // Nothing is asked in another way either.
        return true;
    }
    let settings = panel.settings.get_untracked();
    let Some((of, begun)) = look(page, |held| held.to_go_on(panel.id, &settings)) else { return false };
    page.run.update(|run| *run += 1);
    let is_asked = ask(page, std::slice::from_ref(panel), of.round, true, Some(of.version));
    // Mistral says the beginning again (Mistral, "Prefix: Use Cases").
    if is_asked && settings.dialect != Dialect::Mistral {
        panel.reply.go_on_from(&begun);
    }
    is_asked
}

/// What it goes on from is an answer of its own; the host may have said that again.
pub(super) fn cut_off(answer: &mut Answer, begun: &str) {
    for _ in 0..2 {
        if let Some(rest) = answer.text.strip_prefix(begun).filter(|_| !begun.is_empty()) {
            answer.text = rest.to_owned();
            let of = begun.len();
            answer.opaque.iter_mut().for_each(|placed| placed.after = placed.after.saturating_sub(of));
        }
    }
}

impl Held {
    /// What the panel's answer would go on from, within it: one that broke off, of a host that takes the
    /// beginning of an answer, and whose model did not think before it (llama.cpp, Anthropic and others want the
    /// thoughts too then). Where such a host refused once, it is not asked so again.
    fn to_go_on(&self, panel: u32, settings: &PanelSettings) -> Option<(ReplyId, String)> {
        let of = self.chosen(self.seats.get(&panel)?.last?.reply?)?;
        let versions = self.whole.comparison.versions(of);
        let thought = |id: &ReplyId| self.whole.answers.get(id).is_none_or(|it| !it.reasoning.is_empty());
        let cell = self.whole.comparison.round(of.round)?.cell(of.column)?;
        let was_refused =
            cell.versions.iter().any(|it| it.end == End::Failed && it.continues == Some(of.version));
        let is_fit = settings.takes_prefill() && self.is_incomplete(of) && !was_refused;
        (is_fit && !versions.iter().any(thought)).then(|| (of, self.text(of)))
    }

    /// The version that is chosen where that reply stands.
    pub(super) fn chosen(&self, of: ReplyId) -> Option<ReplyId> {
        let cell = self.whole.comparison.round(of.round)?.cell(of.column)?;
        Some(ReplyId { version: u32::try_from(cell.chosen).ok()?, ..of })
    }
}
