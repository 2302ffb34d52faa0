//! The comparison that the page shows: what was asked and answered in it, and what of that each panel shows.
//!
//! - `keeping`: what of it is stored, and how it is found again
//! - `watching`: what another tab writes; `resting`: a page that is put aside; `trouble`: a store that fails
//! - `asking`: a prompt becomes a round, a round a call for each column that takes part
//! - `account`: what stands at each panel's end, and how its answer has ended; `questions`: what is sent, to be looked at
//! - [`stored`]: the list of all that are stored, and what can be done with each
//! - `showing`: which turns a panel shows, and which one stands at its end; `growing`: older ones, drawn bit by bit
//! - `turn`: an earlier turn as it is read; `tools`: what can be done with the last one
//! - `going_on`: a reply that broke off is continued within itself
//! - `attaching`: files that the next prompt brings along
//! - `seats`: which panel stands for which column, across a reload
//! - `mode`: what the next prompt is: to all, to one, another wording of an earlier one
//! - `window`: what a panel's past comes to, and what of it to leave out
//!
//! A panel's last turn is the one that `panel::reply` grows. All of this is fetched after the first screen:
//! the page holds a [`Held`] without knowing it, and reaches it by functions that stand in `later!`.

mod account;
mod asking;
mod attaching;
mod going_on;
mod growing;
mod keeping;
pub mod mode;
mod questions;
mod resting;
mod seats;
mod showing;
pub mod stored;
mod tools;
mod trouble;
mod turn;
mod watching;
mod window;

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, HashMap},
};

use super::{page::Page, panels::Undoable};
use crate::{
    browser::{self, El},
    grid::{
        comparison::{ColumnId, Comparison, FileId, ReplyId, RoundId, reply::End},
        record::Whole,
    },
};
pub use asking::{
    allow, answered, ask_again, asked_in, begin_anew, bring_back, could_take_over, panels_changed, send,
    take_over,
};
use attaching::Attached;
pub use attaching::{attached_tokens, brings_something, choose_files, take_files};
pub use keeping::{Place, has_shown, is_open, opened, piece, place, reopen};
pub use mode::{Mode, mode_line};
pub use questions::{last_question, next_question};
pub use showing::go_to;
pub use tools::{has_tools, is_kept, note, pick, quote_last, toggle_kept, tools};
pub use turn::{edit_last, has_said, last_said, turn};
pub use window::{has_line, learn_models, planned_tokens, told_of, window_line};

thread_local! {
    /// Each under its number, the oldest first. The page knows only the numbers: what only the rest of the
    /// program makes, only that drops.
    static HELD: RefCell<Vec<(u32, Held)>> = const { RefCell::new(Vec::new()) };
    /// What the next comparison is called: no number is given out twice.
    static NEXT_NUMBER: Cell<u32> = const { Cell::new(0) };
    /// What the next turn is called, whatever comparison it belongs to.
    static NEXT_NAME: Cell<u32> = const { Cell::new(0) };
}

/// The comparison with its texts, and which panel stands for which column.
pub struct Held {
    whole: Whole,
    /// By the panel's id.
    seats: HashMap<u32, Seat>,
    /// Turns that panels show, each by the number that it is called: no other comparison's has the same, and each
    /// is higher than those before.
    shown: Vec<(u32, Shown)>,
    names: BTreeMap<Shown, u32>,
    /// Replies whose note is being written, whether there is a word in it or not.
    noting: Vec<ReplyId>,
    /// What a panel had drawn of a turn when the next one began, by its id and what the turn is called.
    drawn: HashMap<(u32, u32), El>,
    /// What the next prompt brings along.
    attached: Vec<Attached>,
    /// What it did before an earlier prompt was taken up.
    attached_before: Vec<Attached>,
    /// Why files could not be taken.
    refused: Vec<String>,
    /// All earlier turns of each panel, by its id, also those that are not drawn yet.
    past: HashMap<u32, Vec<u32>>,
    /// Files that are the comparison's and not stored yet.
    unstored: Vec<FileId>,
    /// Something of it was put into the store.
    is_stored: bool,
    /// Another tab writes it: nothing of it is written here.
    watch: Option<watching::Watch>,
    /// Another tab wants to write it, and gets it when nothing of it is still coming.
    is_leaving: bool,
}

/// What a panel is in the comparison.
#[derive(Clone, Copy)]
struct Seat {
    column: ColumnId,
    /// What stands at its end: the round, and the reply once a call has begun.
    last: Option<Shown>,
    /// So many of its oldest turns are not sent along.
    trim: usize,
}

/// A turn as a panel shows it: a round, and which reply to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Shown {
    round: RoundId,
    reply: Option<ReplyId>,
}

impl Held {
    fn new(now_epoch_ms: u64) -> Self {
        let id = stored::new_id();
        Self::of(Whole { comparison: Comparison::new(id, now_epoch_ms), ..Whole::default() })
    }

    fn of(whole: Whole) -> Self {
        Self {
            whole,
            seats: HashMap::new(),
            shown: Vec::new(),
            names: BTreeMap::new(),
            noting: Vec::new(),
            drawn: HashMap::new(),
            attached: Vec::new(),
            attached_before: Vec::new(),
            refused: Vec::new(),
            past: HashMap::new(),
            unstored: Vec::new(),
            is_stored: false,
            watch: None,
            is_leaving: false,
        }
    }

    /// What the turn is called.
    fn name_of(&mut self, shown: Shown) -> u32 {
        if let Some(name) = self.names.get(&shown) {
            return *name;
        }
        let name = NEXT_NAME.replace(NEXT_NAME.get() + 1);
        self.shown.push((name, shown));
        self.names.insert(shown, name);
        name
    }

    fn called(&self, name: u32) -> Option<Shown> {
        let at = self.shown.binary_search_by_key(&name, |(name, _)| *name).ok()?;
        self.shown.get(at).map(|(_, shown)| *shown)
    }

    /// The words of a reply, with those that it continues.
    fn text(&self, id: ReplyId) -> String {
        let versions = self.whole.comparison.versions(id);
        let answers = versions.iter().filter_map(|id| self.whole.answers.get(id));
        answers.flat_map(|answer| [answer.text.as_str(), &answer.refusal]).collect()
    }

    /// Some answer is still coming.
    fn is_open(&self) -> bool {
        let cells = self.whole.comparison.rounds().iter().flat_map(|round| &round.cells);
        cells.flat_map(|cell| &cell.versions).any(|reply| reply.end == End::Open)
    }

    /// There is something to go on from where that reply stands, or stood before a try that failed.
    fn can_go_on(&self, id: ReplyId) -> bool {
        self.chosen(id).is_some_and(|id| self.is_incomplete(id))
    }

    /// More of that reply could come, and nothing is under way.
    fn is_incomplete(&self, id: ReplyId) -> bool {
        self.whole.comparison.reply(id).is_some_and(|reply| reply.end.is_incomplete() && reply.has_words)
    }
}

/// Looks at the comparison, or changes it; it begins with the first who looks. `act` sets no signals that
/// somebody follows who looks too.
fn with<T>(page: Page, act: impl FnOnce(&mut Held) -> T) -> T {
    HELD.with_borrow_mut(|all| {
        let now = || page.shell().clock.now().wall_ms;
        let number = page.held.get_value().unwrap_or_else(|| {
            let number = hold(page, all, Held::new(now()));
            page.held.set_value(Some(number));
            number
        });
        match all.iter_mut().find(|(known, _)| *known == number) {
            Some((_, held)) => act(held),
            // Every number that the page holds is here.
            None => act(&mut Held::new(now())),
        }
    })
}

/// One more, under a number of its own. What nobody can come back to is let go: neither shown nor to be undone,
/// and nothing of it is still coming.
fn hold(page: Page, all: &mut Vec<(u32, Held)>, held: Held) -> u32 {
    let number = NEXT_NUMBER.replace(NEXT_NUMBER.get() + 1);
    let shown = page.held.get_value();
    let kept: Vec<u32> = page.undoable.with_untracked(|steps| {
        let number = |step: &Undoable| match step {
            Undoable::Comparison(number) => Some(*number),
            _ => None,
        };
        steps.iter().filter_map(number).collect()
    });
    all.retain(|(number, held)| {
        let is_coming = held.is_open() && held.watch.is_none();
        let stays = shown == Some(*number) || kept.contains(number) || is_coming;
        if !stays {
            browser::unlock(&keeping::lock_name(held.whole.comparison.id));
        }
        stays
    });
    all.push((number, held));
    number
}

/// Moves the focus to the control that took the place of one that is gone: the first of these that is there.
fn focus_one_of(selectors: Vec<String>) {
    browser::spawn(async move {
        browser::tick().await;
        if let Some(first) = selectors.iter().find_map(|selector| browser::find(selector)) {
            first.focus();
        }
    });
}

/// Where what belongs to that round stands in a panel: at its end, or among its earlier turns.
fn at_round(panel: u32, round: RoundId, control: &str) -> String {
    format!("[data-panel=\"{panel}\"] [data-round=\"{}\"] {control}", round.0)
}

fn body_of(panel: u32) -> String {
    format!("[data-panel=\"{panel}\"] .body")
}

/// As [`with`], where there is one already.
fn look<T: Default>(page: Page, act: impl FnOnce(&mut Held) -> T) -> T {
    match page.held.with_value(Option::is_some) {
        true => with(page, act),
        false => T::default(),
    }
}
