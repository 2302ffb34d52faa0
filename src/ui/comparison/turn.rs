//! An earlier turn of a panel: what was asked, what it said, and what can be done with both.

use super::{
    Shown, at_round, attaching, body_of, focus_one_of, keeping, look, mode,
    showing::{show, show_all},
    tools::notes,
    watching, with,
};
use crate::{
    browser::{self, El, button, effect, el, signal::*},
    grid::{
        comparison::{ReplyId, RoundId, reply::End},
        script,
    },
    later::later,
    ui::{
        page::Page,
        panel::{
            answer::{self, Markdown, speak},
            state::Panel,
        },
        parts::{icon_button, word_button},
        words::Word,
    },
};

later! {
    /// The turn of that panel that is called so.
    "1321" pub fn turn(page: Page, panel: &Panel, name: u32) -> El {
        let Some(shown) = look(page, |held| held.called(name)) else { return el("div") };
        let (text, thoughts, end, drawn) = with(page, |held| {
            let reply = shown.reply.and_then(|id| held.whole.comparison.reply(id));
            let end = reply.map(|reply| reply.end);
            let text = shown.reply.map(|id| held.text(id)).unwrap_or_default();
            let answer = shown.reply.and_then(|id| held.whole.answers.get(&id));
            let thoughts = answer.map(|answer| answer.reasoning.concat()).unwrap_or_default();
            (text, thoughts, end, held.drawn.remove(&(panel.id, name)))
        });
        let language = page.language.get_untracked();
        let prose = drawn.unwrap_or_else(|| {
            let prose = el("div").class("prose");
            if let Some(mut markdown) = Markdown::new(&prose) {
                markdown.write(language, &text, true);
            }
            prose
        });
        let spoken = prose.clone();
        effect(move || speak(&spoken, page.language.get()));
        let prose = answer::listen(prose, page);
        let prose = match script::language(&text) {
            Some(tag) => prose.attr("lang", tag),
            None => prose,
        };
        let mut turn = el("article").class("turn").child(said(page, panel, shown.round));
        if !thoughts.is_empty() {
            let summary = el("summary").live(page.word(Word::Reasoning));
            let thoughts = el("div").attrs(&[("class", "reasoning"), ("dir", "auto")]).text(&thoughts);
            turn = turn.child(el("details").class("thoughts").child(summary).child(thoughts));
        }
        turn = turn.child(prose);
        if let Some(end) = end.filter(|end| *end != End::Finished) {
            let word = match end {
                End::Stopped => Word::EndStopped,
                End::Failed => Word::EndFailed,
                _ => Word::EndIncomplete,
            };
            turn = turn.child(el("p").class("hint").live(page.word(word)));
        }
        turn.child(acts(page, panel, shown, text)).child(notes(page, panel, move || Some(shown)))
    } else {
        el("div")
    }

    /// Whether the panel has more than the one turn that the page's own line tells of.
    "1322" pub fn has_said(page: Page, panel: &Panel) -> bool {
        look(page, |held| {
            let round = held.seats.get(&panel.id)?.last?.round;
            let comparison = &held.whole.comparison;
            let has_more = comparison.round(round).is_some_and(|it| !it.prompt.attachments.is_empty());
            let has_past = !panel.past.with_untracked(Vec::is_empty);
            Some(comparison.branches(round).len() > 1 || has_past || has_more)
        })
        .unwrap_or_default()
    } else {
        false
    }

    "1323" pub fn last_said(page: Page, panel: &Panel) -> El {
        let panel = panel.clone();
        el("div").list(move || {
            panel.turned.track();
            let last = look(page, |held| held.seats.get(&panel.id)?.last);
            last.map(|last| said(page, &panel, last.round)).into_iter().collect()
        })
    } else {
        el("div")
    }

    /// Takes up the prompt that was asked last.
    "1324" pub fn edit_last(page: Page) {
        if let Some(tip) = look(page, |held| held.whole.comparison.tip()) {
            mode::edit(page, tip);
        }
    } else {}
}

/// The prompt, with its other wordings.
pub(super) fn said(page: Page, panel: &Panel, round: RoundId) -> El {
    let prompt = look(page, |held| held.prompt(round)).unwrap_or_default();
    let (id, turned) = (panel.id, panel.turned.clone());
    let branches = move || {
        turned.track();
        look(page, |held| {
            let all = held.whole.comparison.branches(round);
            (all.iter().position(|id| *id == round).unwrap_or_default(), all.len())
        })
    };
    let step = move |by: isize| {
        if watching::is_refused(page) || page.is_running_untracked() {
            return;
        }
        let shown = with(page, |held| {
            let all = held.whole.comparison.branches(round);
            let at = all.iter().position(|id| *id == round).and_then(|at| at.checked_add_signed(by));
            let other = *at.and_then(|at| all.get(at))?;
            held.whole.comparison.show(other);
            Some(other)
        });
        let Some(shown) = shown else { return };
        keeping::changed(page, &[]);
        show_all(page);
        let name = if by < 0 { "branch-before" } else { "branch-after" };
        focus_one_of(vec![at_round(id, shown, &format!("[name={name}]")), body_of(id)]);
    };
    let words = (Word::EarlierWording, Word::LaterWording);
    el("div")
        .class("said")
        .attr("data-round", &round.0.to_string())
        .child(el("p").attr("dir", "auto").text(&prompt))
        .children(attaching::of_round(page, round))
        .child(icon_button(page, "edit", "edit", Word::EditPrompt).act(move || mode::edit(page, round)))
        .child(pager(page, "branch", words, branches, step))
}

/// `‹ 2/3 ›`, where there is more than one.
pub(super) fn pager(
    page: Page,
    name: &'static str,
    (before, after): (Word, Word),
    at: impl Fn() -> (usize, usize) + Clone + 'static,
    step: impl Fn(isize) + Clone + 'static,
) -> El {
    let arrow = |by: isize, word: Word, icon: &str| {
        let (at, step) = (at.clone(), step.clone());
        let is_end = move || {
            let (at, of) = at();
            at.checked_add_signed(by).is_none_or(|next| next >= of)
        };
        let direction = if by < 0 { "-before" } else { "-after" };
        icon_button(page, &[name, direction].concat(), icon, word)
            .state("aria-disabled", is_end)
            .act(move || step(by))
    };
    let (shown, wanted) = (at.clone(), at.clone());
    el("span")
        .class("pager")
        .hidden(move || wanted().1 < 2)
        .child(arrow(-1, before, "back"))
        .child(el("span").class("value").live(move || {
            let (at, of) = shown();
            [&*(at + 1).to_string(), "/", &*of.to_string()].concat()
        }))
        .child(arrow(1, after, "forward"))
}

/// The versions of a cell, of which the one that is shown is continued.
pub(super) fn versions(page: Page, panel: &Panel, shown: Shown) -> El {
    let of = move || shown.reply.map(|reply| (shown.round, reply.column));
    let turned = panel.turned.clone();
    let at = move || {
        turned.track();
        look(page, |held| {
            let (round, column) = of()?;
            let cell = held.whole.comparison.round(round)?.cell(column)?;
            Some((cell.chosen, cell.versions.len()))
        })
        .unwrap_or_default()
    };
    let panel = panel.clone();
    let step = move |by: isize| {
        if watching::is_refused(page) || panel.reply.kind_untracked().is_some_and(|kind| !kind.is_over()) {
            return;
        }
        with(page, |held| {
            let (round, column) = of()?;
            let chosen = held.whole.comparison.round(round)?.cell(column)?.chosen.checked_add_signed(by)?;
            let version = u32::try_from(chosen).ok()?;
            Some(held.whole.comparison.choose(ReplyId { round, column, version }))
        });
        keeping::changed(page, &[shown.round]);
        show(page, &panel);
        let name = if by < 0 { "version-before" } else { "version-after" };
        focus_one_of(vec![at_round(panel.id, shown.round, &format!("[name={name}]")), body_of(panel.id)]);
    };
    pager(page, "version", (Word::EarlierVersion, Word::LaterVersion), at, step)
}

fn acts(page: Page, panel: &Panel, shown: Shown, text: String) -> El {
    let row = row_of(shown.round);
    let Some(reply) = shown.reply else { return row };
    // What was taken over from another panel is changed there.
    let is_own = look(page, |held| held.column(panel.id) == Some(reply.column));
    let row = row.children(is_own.then(|| versions(page, panel, shown)));
    let copied = RwSignal::new(false);
    let copy = icon_button(page, "copy-turn", "copy", Word::Copy)
        .bind("data-icon", move || Some(if copied.get() { "check" } else { "copy" }))
        .on("blur", move |_| copied.set(false))
        .act(move || {
            let text = text.clone();
            browser::spawn(async move { copied.set(browser::copy(text).await) });
        });
    let toggle = keep_button(page, panel, reply);
    let quote = word_button(page, &[("name", "quote")], Word::Quote);
    let quote = quote.act(move || super::tools::quote(page, reply));
    let marks = || {
        let turned = panel.turned.clone();
        let is_best = move || {
            turned.track();
            look(page, |held| held.whole.comparison.reply(reply).is_some_and(|it| it.is_winner))
        };
        let pick = word_button(page, &[("name", "pick-turn")], Word::PickBest).state("aria-pressed", is_best);
        let (id, turned) = (panel.id, panel.turned.clone());
        let note = word_button(page, &[("name", "note-turn")], Word::Note);
        [
            pick.act(move || super::tools::pick_it(page, reply)),
            note.act(move || super::tools::begin_note(page, id, &turned, reply)),
        ]
    };
    row.child(copy)
        .children(is_own.then_some(toggle))
        .child(quote)
        .children(is_own.then(marks).into_iter().flatten())
}

/// What can be done with a turn: found by its round, wherever it stands.
pub(super) fn row_of(round: RoundId) -> El {
    el("div").class("row acts").attr("data-round", &round.0.to_string())
}

/// Whether the panel remembers that answer, to be changed.
pub(super) fn keep_button(page: Page, panel: &Panel, reply: ReplyId) -> El {
    let (kept, turned) = (panel.turned.clone(), panel.turned.clone());
    let is_kept = move || {
        turned.track();
        look(page, |held| held.is_kept(reply)).unwrap_or(true)
    };
    let id = panel.id;
    button(&[("name", "keep-turn")]).live(page.word(Word::InHistory)).state("aria-pressed", is_kept).act(
        move || {
            if watching::is_refused(page) {
                return;
            }
            look(page, |held| held.toggle_kept(reply.round, reply.column));
            keeping::changed(page, &[reply.round]);
            kept.update(|count| *count += 1);
            // The last turn says it only while it is so.
            focus_one_of(vec![at_round(id, reply.round, "[name=keep-turn]"), body_of(id)]);
        },
    )
}
