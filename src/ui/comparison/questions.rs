//! What is sent, before it is sent and after.

use super::{
    Mode,
    asking::{problem, sit},
    attaching::Planned,
    look, with,
};
use crate::{
    engine::Ask,
    grid::comparison::{RoundId, history::BadRequest, round::Prompt},
    later::later,
    model::chat::ChatRequest,
    ui::{
        page::Page,
        panel::state::{Panel, Problem},
    },
};

later! {
    /// What the panel was asked last, with all that is sent along.
    "1304" pub fn last_question(page: Page, panel: &Panel) -> Option<Result<Ask, Problem>> {
        let (column, last) = look(page, |held| {
            let seat = held.seats.get(&panel.id)?;
            Some((seat.column, seat.last?))
        })?;
        if let Some(reply) = last.reply {
            let of = look(page, |held| held.whole.comparison.setup(held.whole.comparison.reply(reply)?).cloned());
            // The panel may ask another model by now.
            let settings = of.unwrap_or_else(|| panel.settings.get_untracked());
            let traits = page.info(&settings).map(|info| info.traits());
            let asked = with(page, |held| held.whole.comparison.request_of(reply, &held.whole));
            let asked = asked.map_err(problem);
            return Some(asked.and_then(|it| page.asked_with(&settings, Ok(ChatRequest { traits, ..it }))));
        }
        let traits = page.traits_of(panel);
        let asked = with(page, |held| {
            let turns = held.sent(panel.id, held.whole.comparison.past(column, last.round));
            held.whole.comparison.request(column, last.round, &turns, None, &held.whole, traits)
        });
        Some(asked.map_err(problem).and_then(|request| page.written(panel, |_, _| Ok(request))))
    } else {
        None
    }

    /// What the panel would be asked if the prompt in the composer were sent now.
    "1307" pub fn next_question(page: Page, panel: &Panel) -> Option<Result<Ask, Problem>> {
        let draft = page.draft.get_untracked();
        if !page.has_prompt() {
            return None;
        }
        let traits = page.traits_of(panel);
        let asked = with(page, |held| {
            sit(page, held);
            held.adopt(page);
            let column = held.column(panel.id).ok_or(BadRequest::NotAsked)?;
            let mut planned = Planned::new(held);
            let prompt = Prompt { attachments: planned.attachments(), ..Prompt::text(draft) };
            let parent = match page.mode.get_untracked() {
                Mode::Edit(round) => planned.comparison.round(RoundId(round)).and_then(|round| round.parent),
                _ => held.asked_last(),
            };
            let round = planned.comparison.ask(parent, prompt, &[column]).ok_or(BadRequest::NotAsked)?;
            let turns = held.sent(panel.id, planned.comparison.past(column, round));
            planned.comparison.request(column, round, &turns, None, &planned, traits)
        });
        Some(asked.map_err(problem).and_then(|request| page.written(panel, |_, _| Ok(request))))
    } else {
        None
    }
}
