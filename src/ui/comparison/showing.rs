//! Which turns a panel shows, and which one stands at its end.

use super::{Held, Shown, growing, keeping, with};
use crate::{
    browser::{self, el},
    call::{Phase, Summary},
    grid::comparison::{ReplyId, reply::End},
    model::{
        answer::Answer,
        error::{ApiError, ErrorClass},
        event::{Finish, FinishReason},
    },
    ui::{
        page::Page,
        panel::{reply::Status, state::Panel},
    },
};

/// Whether an answer is drawn is looked at so often, so many times.
const LOOK_MS: u32 = 50;
const MOST_LOOKS: u32 = 40;
/// By then a box that has come onto the screen is laid out.
const LAID_OUT_MS: u32 = 200;

/// What a panel shall show.
struct Laid {
    past: Vec<u32>,
    last: Option<Shown>,
    /// What stood at its end before, which is called so now.
    before: Option<u32>,
    is_other: bool,
}

/// Every panel shows its way to the tip.
pub(super) fn show_all(page: Page) {
    for panel in page.panels.get_untracked() {
        show(page, &panel);
    }
    let asked = with(page, |held| held.whole.comparison.tip().and_then(|tip| held.prompt(tip)));
    page.asked.set(asked);
}

pub(super) fn show(page: Page, panel: &Panel) {
    let Some(laid) = with(page, |held| held.lay_out(panel.id)) else { return };
    if laid.is_other {
        // What is drawn moves up as it is: nothing is parsed or laid out again.
        if let Some(name) = laid.before.filter(|name| laid.past.contains(name))
            && panel.reply.is_drawn.get_untracked()
            && let Some(reply) = browser::find(&format!("[data-panel=\"{}\"] .body > .reply", panel.id))
        {
            let drawn = el("div").class("prose");
            reply.give_children_to(&drawn);
            with(page, |held| held.drawn.insert((panel.id, name), drawn));
        }
        panel.problem.set(None);
        panel.diagnosis.set(None);
        let (asked, stands) = with(page, |held| {
            let asked = laid.last.and_then(|last| held.prompt(last.round));
            (asked, laid.last.and_then(|last| held.standing(last.reply?)))
        });
        panel.asked.set(asked);
        match stands {
            Some((answer, status)) => panel.reply.restore(answer, status),
            None => panel.reply.clear(),
        }
    }
    growing::lay(page, panel, laid.past);
    panel.turned.update(|count| *count += 1);
}

/// Shows that reply, with its branch and as the chosen version where it is not, and scrolls to those words of it.
pub fn go_to(page: Page, reply: ReplyId, words: String) {
    let is_running = page.is_running_untracked();
    let has_changed = with(page, |held| {
        let comparison = &mut held.whole.comparison;
        let is_on_the_way = comparison.path(comparison.tip()).contains(&reply.round);
        let chosen = comparison.round(reply.round).and_then(|it| it.cell(reply.column)).map(|it| it.chosen);
        let is_shown = is_on_the_way && chosen == usize::try_from(reply.version).ok();
        // While answers come, nothing else is put in their place.
        if is_shown || is_running || comparison.reply(reply).is_none() {
            return false;
        }
        if !is_on_the_way {
            comparison.show(reply.round);
        }
        comparison.choose(reply)
    });
    if has_changed {
        keeping::changed(page, &[reply.round]);
        show_all(page);
    }
    let shown = Shown { round: reply.round, reply: Some(reply) };
    let at = with(page, |held| {
        let (panel, seat) = held.seats.iter().find(|(_, seat)| seat.column == reply.column)?;
        let name = held.names.get(&shown).copied();
        Some((*panel, seat.last == Some(shown), name))
    });
    let Some((_, panel)) = at.and_then(|(panel, ..)| page.find(panel)) else { return };
    let place = match at {
        Some((_, true, _)) => ".body > .reply".to_owned(),
        Some((_, _, Some(name))) => {
            let past = growing::all(page, &panel);
            let Some(place) = past.iter().position(|known| *known == name) else { return };
            [".past > :nth-child(", &(place + 1).to_string(), ")"].concat()
        }
        _ => return,
    };
    page.active.set(panel.id);
    let panel_at = ["[data-panel=\"", &panel.id.to_string(), "\"] "].concat();
    page.focus_later([&*panel_at, ".body"].concat());
    scroll_to(panel, [panel_at, place].concat(), words, MOST_LOOKS);
}

/// Once what stands at its end is drawn, for until then the panel goes there itself.
fn scroll_to(panel: Panel, selector: String, words: String, looks: u32) {
    browser::after(LOOK_MS, move || {
        if looks > 0 && !panel.reply.is_drawn.get_untracked() {
            return scroll_to(panel, selector, words, looks - 1);
        }
        if let Some(reply) = browser::find(&selector) {
            let found = reply.holding(&words);
            // What is off the screen is not laid out: WebKit goes to nothing in it before its box is there.
            if let Some(part) = found.closest(".box") {
                part.scroll_into_view();
            }
            browser::after(LAID_OUT_MS, move || found.scroll_into_view());
        }
    });
}

fn finish() -> FinishReason {
    FinishReason { unified: Finish::Stop, raw: None }
}

impl Held {
    /// The turns of a panel on the way to the tip; it stands in the last of them that it was asked in itself.
    fn lay_out(&mut self, panel: u32) -> Option<Laid> {
        let seat = self.seats.get(&panel).copied()?;
        let column = self.whole.comparison.column(seat.column)?;
        let inherited = column.inherited.clone();
        let mut turns: Vec<(Shown, bool)> = Vec::new();
        for round in self.whole.comparison.path(self.whole.comparison.tip()) {
            if let Some(cell) = self.whole.comparison.round(round).and_then(|it| it.cell(seat.column)) {
                let version = u32::try_from(cell.chosen).ok().filter(|_| !cell.versions.is_empty());
                let reply = version.map(|version| ReplyId { round, column: seat.column, version });
                turns.push((Shown { round, reply }, true));
            } else if let Some(turn) = inherited.iter().find(|turn| turn.round == round) {
                turns.push((Shown { round, reply: turn.reply }, false));
            }
        }
        let last = turns.pop_if(|(_, is_own)| *is_own).map(|(shown, _)| shown);
        let past = turns.into_iter().map(|(shown, _)| self.name_of(shown)).collect();
        let before = seat.last.map(|before| self.name_of(before));
        if let Some(seat) = self.seats.get_mut(&panel) {
            seat.last = last;
        }
        Some(Laid { past, last, before, is_other: seat.last != last })
    }

    /// A reply as a panel shows it, if its text is here.
    pub(super) fn standing(&self, id: ReplyId) -> Option<(Answer, Status)> {
        let reply = self.whole.comparison.reply(id)?;
        let is_coming = self.watch.is_some() && reply.end == End::Open;
        let mut answer = self.whole.answers.get(&id).cloned().or(is_coming.then(Answer::default))?;
        if reply.continues.is_some() {
            // With what it goes on from.
            answer.text = self.text(id);
            answer.refusal.clear();
        }
        let error = || reply.error.as_deref().cloned();
        let phase = match reply.end {
            End::Finished | End::Length => Phase::Finished(answer.finish.clone().unwrap_or_else(finish)),
            End::Stopped => Phase::Stopped,
            End::Failed => {
                Phase::Failed(error().unwrap_or_else(|| ApiError::new(ErrorClass::Server, String::new())))
            }
            // In another tab.
            End::Open if is_coming && answer.is_empty() => Phase::Waiting,
            End::Open if is_coming => Phase::Streaming,
            End::Truncated | End::Cut | End::Open => Phase::Truncated(error()),
        };
        let times = &reply.times;
        let summary = Summary {
            attempts: 1,
            first_token_ms: times.first_token_ms,
            attempt_ms: times.attempt_ms,
            total_ms: times.total_ms,
            ..Summary::default()
        };
        let has_reasoning = answer.reasoning.iter().any(|thought| !thought.is_empty());
        Some((answer, Status { phase: Some(phase), since_ms: 0, summary, has_reasoning }))
    }
}
