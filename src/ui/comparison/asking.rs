//! A prompt becomes a round, and a round a call for each column that takes part.

use std::mem;

use super::{
    HELD, Held, Mode, Place, Seat, keeping, look,
    showing::{show, show_all},
    watching, window, with,
};
use crate::{
    browser,
    engine::Ask,
    grid::comparison::{ColumnId, Id, RoundId, history::BadRequest, round::Prompt},
    later::later,
    ui::{
        page::Page,
        panel::state::{Panel, Problem},
        panels::Undoable,
        words::Word,
    },
};

later! {
    /// Asks these panels, each with its own past. Whether any of them could be asked.
    "13a1" pub fn send(page: Page, prompt: &str, panels: &[Panel]) -> bool {
        let attachments = look(page, |held| held.bring());
        let mode = page.mode.get_untracked();
        let is_sent = put(page, Prompt { attachments, ..Prompt::text(prompt) }, panels, mode);
        if is_sent {
            look(page, |held| held.attached = mem::take(&mut held.attached_before));
            page.attached.update(|count| *count += 1);
            page.mode.set(Mode::All);
            if let Mode::Edit(_) = mode {
                page.draft.set(page.draft_before.get_value());
            }
        }
        is_sent
    } else {
        // The rest cannot be had: each answers without a past.
        let mut is_asked = false;
        for panel in panels {
            is_asked |= page.ask_alone(panel, prompt, false);
        }
        is_asked
    }

    /// One more answer to what the panel was asked last, or its first to what the others were.
    "13a2" pub fn ask_again(page: Page, panel: &Panel, keep: bool) {
        if watching::is_refused(page) {
            return;
        }
        let round = with(page, |held| {
            sit(page, held);
            held.adopt(page);
            let seat = held.seats.get(&panel.id)?;
            let (column, round) = (seat.column, seat.last.map(|last| last.round));
            let round = round.filter(|_| keep).or_else(|| held.whole.comparison.tip())?;
            held.whole.comparison.invite(round, column);
            Some(round)
        });
        if let Some(round) = round {
            if !keep {
                show_all(page);
            }
            ask(page, std::slice::from_ref(panel), round, keep, None);
        }
    } else {
        let prompt = panel.asked.get_untracked().filter(|_| keep).or_else(|| page.asked.get_untracked());
        if let Some(prompt) = prompt {
            page.ask_alone(panel, &prompt, keep);
        }
    }

    /// The panel's answer has ended.
    "13a3" pub fn answered(page: Page, panel: &Panel, place: Place) {
        let (id, reply) = place;
        // Another comparison may be shown by now.
        let continued = HELD.with_borrow_mut(|all| {
            let (_, held) = all.iter_mut().find(|(_, held)| held.whole.comparison.id == id)?;
            held.took(panel, reply);
            keeping::ended(page, held, reply);
            let is_shown = held.seats.get(&panel.id).is_some_and(|it| it.last.is_some_and(|it| it.reply == Some(reply)));
            let of = held.whole.comparison.reply(reply).filter(|it| is_shown && it.has_words)?.continues;
            of.and_then(|_| held.standing(reply))
        });
        // What was shown while it came may lack what it goes on from, or have it twice.
        if let Some((answer, status)) = continued
            && answer.text != panel.reply.text()
            && place_is_shown(page, id)
        {
            panel.reply.restore(answer, status);
        }
        let turned = panel.turned.clone();
        browser::afterwards(move || turned.update(|count| *count += 1));
        watching::if_ended(page, id);
    } else {}

    /// An empty comparison with the same panels; `Undo` brings the other one back.
    "1305" pub fn begin_anew(page: Page) {
        page.stop_all();
        let unsent = look(page, |held| held.unsent());
        let before = leave(page);
        page.held.set_value(None);
        if !unsent.is_empty() {
            with(page, |held| held.attached = unsent);
        }
        page.attached.update(|count| *count += 1);
        keeping::left();
        page.mode.set(Mode::All);
        page.asked.set(None);
        page.run.update(|run| *run += 1);
        let settings = page.panels.get_untracked().iter().map(|panel| panel.settings.get_untracked()).collect();
        page.seat(settings);
        for panel in page.panels.get_untracked() {
            clear(&panel);
            panel.turned.update(|count| *count += 1);
        }
        if let Some(before) = before {
            page.can_undo(Undoable::Comparison(before));
        }
        page.focus_later("#prompt".to_owned());
    } else {}

    /// The panels that were asked that prompt.
    "130b" pub fn asked_in(page: Page, round: u32) -> Vec<u32> {
        look(page, |held| {
            let round = held.whole.comparison.round(RoundId(round))?;
            let took_part = |seat: &Seat| round.cell(seat.column).is_some();
            Some(held.seats.iter().filter(|(_, seat)| took_part(seat)).map(|(panel, _)| *panel).collect())
        })
        .unwrap_or_default()
    } else {
        Vec::new()
    }

    /// Other panels are there: each shows what it has.
    "130c" pub fn panels_changed(page: Page) {
        let begun = look(page, |held| !held.whole.comparison.rounds().is_empty());
        if begun {
            let strangers: Vec<Panel> = look(page, |held| {
                let panels = page.panels.get_untracked().into_iter();
                panels.filter(|panel| !held.seats.contains_key(&panel.id)).collect()
            });
            // What they show was answered in another comparison.
            strangers.iter().for_each(clear);
            look(page, |held| sit(page, held));
            show_all(page);
        }
    } else {}

    /// Lets an imported panel ask at the address that it brought, and asks what it could not be asked.
    "130a" pub fn allow(page: Page, panel: &Panel) {
        if watching::is_refused(page) {
            return;
        }
        panel.settings.update(|settings| settings.is_foreign = false);
        panel.problem.set(None);
        look(page, |held| sit(page, held));
        keeping::changed(page, &[]);
        if panel.reply.kind_untracked().is_none() {
            page.retry(panel);
        }
    } else {}

    /// The panels whose past this one could take over: it has none of its own.
    "1308" pub fn could_take_over(page: Page, panel: &Panel) -> Vec<u32> {
        look(page, |held| {
            if held.seats.get(&panel.id).is_some_and(|seat| seat.last.is_some()) {
                return Vec::new();
            }
            let panels = page.panels.get_untracked();
            let has_past = |panel: &&Panel| held.seats.get(&panel.id).is_some_and(|seat| seat.last.is_some());
            panels.iter().filter(has_past).map(|panel| panel.id).collect()
        })
    } else {
        Vec::new()
    }

    /// Goes on from the past of another panel, as it stands now.
    "1309" pub fn take_over(page: Page, panel: &Panel, of: u32) {
        if watching::is_refused(page) {
            return;
        }
        look(page, |held| {
            sit(page, held);
            let (own, of) = (held.column(panel.id)?, held.column(of)?);
            let column = held.whole.comparison.add_column_like(of, panel.settings.get_untracked());
            held.whole.comparison.column_mut(own)?.is_removed = true;
            held.seats.insert(panel.id, Seat { column, last: None, trim: 0 });
            Some(())
        });
        keeping::changed(page, &[]);
        show(page, panel);
    } else {}

    /// Shows a comparison that was put away, in the place of the one that is shown.
    "1306" pub fn bring_back(page: Page, number: u32) {
        page.stop_all();
        if !HELD.with_borrow(|all| all.iter().any(|(known, _)| *known == number)) {
            return;
        }
        let unsent = look(page, |held| held.unsent());
        let before = leave(page);
        watching::leave(page);
        page.held.set_value(Some(number));
        look(page, |held| held.attached.extend(unsent));
        keeping::settle(page, false);
        if let Some(before) = before {
            page.can_undo(Undoable::Comparison(before));
        }
    } else {}
}

/// What is shown is about to make room for another: as it stands now, with the panels' settings, it can be
/// brought back.
pub(super) fn leave(page: Page) -> Option<u32> {
    look(page, |held| sit(page, held));
    keeping::changed(page, &[]);
    page.held.get_value()
}

/// The panel shows nothing.
pub(super) fn clear(panel: &Panel) {
    panel.past.set(Vec::new());
    panel.asked.set(None);
    panel.problem.set(None);
    panel.diagnosis.set(None);
    panel.reply.clear();
}

/// A prompt of one panel's own.
pub(super) fn ask_one(page: Page, panel: &Panel, prompt: Prompt) {
    page.run.update(|run| *run += 1);
    // Whatever is being written meanwhile.
    put(page, prompt, std::slice::from_ref(panel), Mode::All);
}

fn put(page: Page, prompt: Prompt, panels: &[Panel], mode: Mode) -> bool {
    if watching::is_refused(page) {
        return false;
    }
    let round = with(page, |held| {
        sit(page, held);
        held.adopt(page);
        let columns: Vec<ColumnId> = panels.iter().filter_map(|panel| held.column(panel.id)).collect();
        let parent = match mode {
            Mode::Edit(round) => held.whole.comparison.round(RoundId(round))?.parent,
            _ => held.asked_last(),
        };
        held.whole.comparison.ask_anew(parent, prompt, &columns)
    });
    let Some(round) = round else { return false };
    show_all(page);
    ask(page, panels, round, false, None)
}

/// Every panel has its column, with the settings that it has now; a column without a panel is asked nothing.
pub(super) fn sit(page: Page, held: &mut Held) {
    let panels = page.panels.get_untracked();
    for panel in &panels {
        let settings = panel.settings.get_untracked();
        let seat = held.seats.get(&panel.id).copied();
        let seat = seat.unwrap_or_else(|| Seat {
            column: held.whole.comparison.add_column(settings.clone()),
            last: None,
            trim: 0,
        });
        held.seats.insert(panel.id, seat);
        if let Some(column) = held.whole.comparison.column_mut(seat.column) {
            column.settings = settings;
            column.is_removed = false;
        }
    }
    let seated: Vec<ColumnId> = panels.iter().filter_map(|panel| held.column(panel.id)).collect();
    let all: Vec<ColumnId> = held.whole.comparison.columns().iter().map(|column| column.id).collect();
    for id in all.into_iter().filter(|id| !seated.contains(id)) {
        if let Some(column) = held.whole.comparison.column_mut(id) {
            column.is_removed = true;
        }
    }
}

/// Writes the requests of those panels in that round, puts down what is asked, then sends them. Whether any
/// could be.
pub(super) fn ask(page: Page, panels: &[Panel], round: RoundId, keep: bool, continues: Option<u32>) -> bool {
    let written: Vec<(&Panel, Ask)> =
        panels.iter().filter_map(|panel| Some((panel, write(page, panel, round, continues)?))).collect();
    if written.is_empty() {
        return false;
    }
    let seats = |held: &mut Held| {
        let seats = written.iter().filter_map(|(panel, _)| held.seats.get(&panel.id)?.last?.reply);
        seats.collect::<Vec<_>>()
    };
    keeping::begun(page, round, &with(page, seats));
    window::learn_models(page, panels);
    for (panel, ask) in written {
        page.start(panel, ask, keep);
        panel.turned.update(|count| *count += 1);
    }
    true
}

fn write(page: Page, panel: &Panel, round: RoundId, continues: Option<u32>) -> Option<Ask> {
    if panel.reply.kind_untracked().is_some_and(|kind| !kind.is_over()) {
        return None;
    }
    let traits = page.traits_of(panel);
    let written = with(page, |held| {
        let column = held.column(panel.id).ok_or(BadRequest::NotAsked)?;
        let turns = held.sent(panel.id, held.whole.comparison.past(column, round));
        let has_pictures = held.whole.comparison.has_pictures(&turns, Some(round));
        let is_blind = has_pictures && traits.as_ref().is_some_and(|it| it.images == Some(false));
        let request = held.whole.comparison.request(column, round, &turns, continues, &held.whole, traits)?;
        Ok((column, turns, request, is_blind))
    });
    panel.asked.set(with(page, |held| held.prompt(round)));
    panel.run.set(page.run.get_untracked());
    let written = written.map_err(problem).and_then(|(column, turns, request, is_blind)| {
        Ok((column, turns, page.written(panel, |_, _| Ok(request))?, is_blind))
    });
    match written {
        Ok((column, turns, ask, is_blind)) => {
            with(page, |held| {
                let reply = held.whole.comparison.begin(round, column, turns, continues);
                if let Some(reply) = reply.and_then(|id| held.whole.comparison.reply_mut(id)) {
                    reply.is_blind = is_blind;
                }
                held.stand(panel.id, round, reply);
            });
            Some(ask)
        }
        Err(problem) => {
            page.cannot_ask(panel, problem);
            None
        }
    }
}

fn place_is_shown(page: Page, id: Id) -> bool {
    look(page, |held| held.whole.comparison.id == id)
}

pub(super) fn problem(bad: BadRequest) -> Problem {
    match bad {
        BadRequest::Settings(settings) => Problem::Settings(settings),
        BadRequest::Nothing => Problem::Missing(Word::OnlyPictures),
        // None of these can be had from what the page itself has made.
        BadRequest::NotAsked | BadRequest::Answer(_) | BadRequest::File(_) => Problem::Past,
    }
}
