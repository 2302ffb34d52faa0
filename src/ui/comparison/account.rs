//! What stands at each panel's end, what of its past goes along, and how its answer has ended.

use std::mem;

use super::{Held, going_on};
use crate::{
    call::phase::PhaseKind,
    grid::comparison::{
        ColumnId, ReplyId, RoundId, Turn,
        reply::End,
        round::{Kept, Prompt},
    },
    model::answer::Answer,
    ui::{page::Page, panel::state::Panel},
};

impl Held {
    /// The round on the way to the tip that was really asked last: a prompt that nobody could be asked is none.
    pub(super) fn asked_last(&self) -> Option<RoundId> {
        let comparison = &self.whole.comparison;
        let was_asked = |id: &RoundId| {
            let cells = comparison.round(*id).map(|round| &*round.cells).unwrap_or_default();
            cells.iter().any(|cell| !cell.versions.is_empty())
        };
        comparison.path(comparison.tip()).into_iter().rev().find(was_asked)
    }

    pub(super) fn prompt(&self, round: RoundId) -> Option<String> {
        self.whole.comparison.round(round).map(|round| round.prompt.text.clone())
    }

    /// What of its past goes along: not the oldest turns that a person left out.
    pub(super) fn sent(&self, panel: u32, mut turns: Vec<Turn>) -> Vec<Turn> {
        let trim = self.seats.get(&panel).map_or(0, |seat| seat.trim);
        turns.drain(..trim.min(turns.len()));
        turns
    }

    pub(super) fn column(&self, panel: u32) -> Option<ColumnId> {
        self.seats.get(&panel).map(|seat| seat.column)
    }

    /// That is what stands at the panel's end now.
    pub(super) fn stand(&mut self, panel: u32, round: RoundId, reply: Option<ReplyId>) {
        if let Some(seat) = self.seats.get_mut(&panel) {
            seat.last = Some(super::Shown { round, reply });
        }
    }

    /// What was asked and answered before this part of the program was here.
    pub(super) fn adopt(&mut self, page: Page) {
        if !self.whole.comparison.rounds().is_empty() {
            return;
        }
        let mut panels = page.panels.get_untracked();
        panels.retain(|panel| panel.asked.with_untracked(Option::is_some));
        panels.sort_by_key(|panel| panel.run.get_untracked());
        for panel in panels {
            let prompt = panel.asked.get_untracked().unwrap_or_default();
            let Some(column) = self.column(panel.id) else { continue };
            let is_same = |round: &crate::grid::comparison::round::Round| round.prompt.text == prompt;
            let known =
                self.whole.comparison.rounds().last().filter(|round| is_same(round)).map(|round| round.id);
            let round = match known {
                Some(round) => self.whole.comparison.invite(round, column).then_some(round),
                None => {
                    self.whole.comparison.ask(self.whole.comparison.tip(), Prompt::text(prompt), &[column])
                }
            };
            let Some(round) = round else { continue };
            let turns = self.whole.comparison.past(column, round);
            let is_asked = panel.reply.kind_untracked().is_some();
            let reply = is_asked.then(|| self.whole.comparison.begin(round, column, turns, None)).flatten();
            self.stand(panel.id, round, reply);
            if let Some(reply) = reply {
                self.took(&panel, reply);
            }
        }
    }

    /// Notes how the panel's answer has ended, and keeps its text.
    pub(super) fn took(&mut self, panel: &Panel, id: ReplyId) {
        let (kind, error, times) = panel.reply.status.with_untracked(|status| {
            let error = status.phase.as_ref().and_then(|phase| phase.error().cloned());
            (status.phase.as_ref().map(|phase| phase.kind()), error, status.times())
        });
        let mut answer = panel.reply.answer();
        let continues = self.whole.comparison.reply(id).and_then(|reply| reply.continues);
        if let Some(version) = continues {
            going_on::cut_off(&mut answer, &self.text(ReplyId { version, ..id }));
        }
        let Some(reply) = self.whole.comparison.reply_mut(id) else { return };
        let end = match kind {
            Some(PhaseKind::Finished) if is_cut_short(&answer) => End::Length,
            Some(PhaseKind::Finished) => End::Finished,
            Some(PhaseKind::Truncated) => End::Truncated,
            Some(PhaseKind::Stopped) => End::Stopped,
            Some(PhaseKind::Failed) => End::Failed,
            // Called off before anything was sent.
            None => End::Failed,
            Some(_) => return,
        };
        reply.over(end, &answer);
        reply.times = times;
        reply.error = error.map(Box::new);
        self.whole.answers.insert(id, answer);
        self.whole.comparison.choose_words(id);
    }

    pub(super) fn is_kept(&self, reply: ReplyId) -> Option<bool> {
        let cell = self.whole.comparison.round(reply.round)?.cell(reply.column)?;
        Some(cell.kept == Kept::All)
    }

    /// Leaves an answer out of what the column remembers, or takes it in again.
    pub(super) fn toggle_kept(&mut self, round: RoundId, column: ColumnId) {
        if let Some(cell) = self.whole.comparison.cell_mut(round, column) {
            cell.kept = match mem::take(&mut cell.kept) {
                Kept::All => Kept::Nothing,
                _ => Kept::All,
            };
        }
    }
}

fn is_cut_short(answer: &Answer) -> bool {
    use crate::model::event::Finish;
    answer.finish.as_ref().is_some_and(|finish| finish.unified == Finish::Length)
}
