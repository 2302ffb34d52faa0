//! What of the comparison is written down, when, and how it is found again.
//!
//! The rules are the journal's ([`crate::grid::journal`]): before anything is sent, what is asked is on the
//! disk; what comes is appended; what has ended stands as a whole.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeSet,
    future::Future,
};

use super::{
    HELD, Held, Mode,
    asking::{clear, sit},
    hold, look, seats,
    showing::show_all,
    trouble, watching, with,
};
use crate::{
    browser::{
        self, Interval, storage,
        store::{self, Writer},
    },
    grid::{
        comparison::{Id, ReplyId, RoundId},
        journal,
        record::{Batch, Key, Record, Whole, answer, comparison, round, whole},
    },
    later::later,
    model::event::StreamEvent,
    ui::{page::Page, words::Word},
};
use futures::{
    FutureExt,
    future::{LocalBoxFuture, Shared},
};

/// Under which a tab notes which comparison it shows.
const SHOWN: &str = "tutti.comparison";
/// Answers that end together change their round together.
const PAUSE_MS: u32 = 100;

/// A reply of a comparison.
pub type Place = (Id, ReplyId);

/// Rounds that have changed and are not put yet, and the pause before they are.
type Changed = (BTreeSet<(Id, RoundId)>, Option<Interval>);

thread_local! {
    static REOPENING: RefCell<Option<Shared<LocalBoxFuture<'static, ()>>>> = const { RefCell::new(None) };
    static HAS_REOPENED: Cell<bool> = const { Cell::new(false) };
    static CHANGED: RefCell<Changed> =
        const { RefCell::new((BTreeSet::new(), None)) };
}

/// Whether this tab showed a comparison before it was loaded again.
pub fn has_shown() -> bool {
    storage::read_of_tab(SHOWN).is_some_and(|id| !id.is_empty())
}

later! {
    /// Resolves once the store is open, or it is known that there is none, and what this tab showed is shown.
    "1341" pub fn opened(page: Page) -> LocalBoxFuture<'static, ()> {
        // What is asked meanwhile belongs to what comes back.
        async move {
            writer(page).await;
            reopening(page).await;
        }
        .boxed_local()
    } else {
        Box::pin(std::future::ready(()))
    }

    /// The store is open, or it is known that there is none.
    "1346" pub fn is_open() -> bool {
        store::writer().is_some() && HAS_REOPENED.get()
    } else {
        false
    }

    /// What the panel is answering.
    "1343" pub fn place(page: Page, panel: u32) -> Option<Place> {
        look(page, |held| {
            let reply = held.seats.get(&panel)?.last?.reply?;
            Some((held.whole.comparison.id, reply))
        })
    } else {
        None
    }

    /// A piece of an answer, before it is shown.
    "1344" pub fn piece(place: Place, events: &[StreamEvent]) {
        let is_kept = HELD.with_borrow(|all| {
            all.iter().any(|(_, held)| held.is_written() && held.whole.comparison.id == place.0)
        });
        if let Some(writer) = store::writer().filter(|_| is_kept) {
            writer.push(place.0, place.1, events);
        }
    } else {}

    /// Shows what this tab showed before it was loaded again; in a tab that is new, what another one was killed
    /// over. Once: later, a person may have put it away.
    "1345" pub fn reopen(page: Page) {
        browser::spawn(reopening(page));
    } else {}
}

fn reopening(page: Page) -> impl Future<Output = ()> + 'static {
    let reopen = async move {
        browser::on_window("pagehide", move |_| look(page, |held| seats::note(page, held)));
        if page.held.with_value(Option::is_none) {
            match storage::read_of_tab(SHOWN).map(|id| Id::parse(&id)) {
                Some(Some(id)) => {
                    open(page, id, true).await;
                }
                // It was put away.
                Some(None) => {}
                // Without locks nobody knows whether another tab still goes on with it.
                None if browser::can_lock() => open_unfinished(page).await,
                None => {}
            }
        }
        HAS_REOPENED.set(true);
    };
    REOPENING.with_borrow_mut(|it| it.get_or_insert_with(|| reopen.boxed_local().shared()).clone())
}

/// The panels become those that were killed, whatever the page has kept of them: browsers write its short texts
/// down seconds later.
async fn open_unfinished(page: Page) {
    let Some(store) = writer(page).await.store() else { return };
    for id in store.unfinished().await.unwrap_or_default() {
        // What another tab goes on with is its own.
        let is_ours = async || browser::lock(&lock_name(id)).await;
        if page.held.with_value(Option::is_some) || is_ours().await && open(page, id, false).await {
            return;
        }
    }
}

pub(super) fn writer(page: Page) -> impl Future<Output = Writer> + 'static {
    watching::begin(page);
    store::open_writer(page.shell().clock, move |trouble| trouble::told(page, trouble))
}

/// Something was asked: the comparison and that round, on the disk before anything is sent, with what says that
/// these replies are coming.
pub(super) fn begun(page: Page, round: RoundId, replies: &[ReplyId]) {
    with(page, |held| {
        held.touch(page);
        seats::note(page, held);
        let records = match std::mem::replace(&mut held.is_stored, true) {
            true => {
                let id = held.whole.comparison.id;
                let unstored = held.unstored.drain(..);
                let files = unstored.filter_map(|file| Some((file, held.whole.files.get(&file)?)));
                let files: Vec<Record> =
                    files.map(|(file, it)| (Key::File(id, file), whole::file_to_json(it))).collect();
                files.into_iter().chain(held.records(&[round])).collect()
            }
            // Also what was asked before the store was there.
            false => {
                browser::persist();
                let name = lock_name(held.whole.comparison.id);
                // Nobody else knows its number yet.
                browser::spawn(async move {
                    browser::lock(&name).await;
                });
                storage::write_of_tab(SHOWN, &held.whole.comparison.id.to_string());
                held.unstored.clear();
                held.whole.records()
            }
        };
        if let Some(writer) = store::writer() {
            writer.begin(held.whole.comparison.id, replies, Batch::of(records).strict());
        }
    });
}

/// A choice of the person changed those rounds, or which of them are shown.
pub(super) fn changed(page: Page, rounds: &[RoundId]) {
    look(page, |held| {
        if held.is_written() {
            held.touch(page);
            put(Batch::of(held.records(rounds)));
        }
    });
}

/// As [`changed`], for what changes with every key: written in a moment, and when the page goes.
pub(super) fn changed_soon(page: Page, round: RoundId) {
    look(page, |held| {
        if held.is_written() {
            held.touch(page);
            put_soon(held.whole.comparison.id, round);
        }
    });
}

fn put_soon(id: Id, round: RoundId) {
    CHANGED.with_borrow_mut(|(rounds, pause)| {
        rounds.insert((id, round));
        pause.get_or_insert_with(|| browser::every(PAUSE_MS, put_changed));
    });
}

/// An answer has ended.
pub(super) fn ended(page: Page, held: &mut Held, reply: ReplyId) {
    let id = held.whole.comparison.id;
    let Some(answer) = held.whole.answers.get(&reply) else { return };
    if !held.is_written() {
        // It was deleted meanwhile.
        return;
    }
    let batch = Batch::of([(Key::Answer(id, reply), answer::to_json(answer))]);
    if let Some(writer) = store::writer() {
        writer.end(id, reply, batch);
    }
    held.touch(page);
    // A hidden page's timers may come a minute later, or never.
    if browser::is_hidden() {
        return put(Batch::of(held.records(&[reply.round])));
    }
    put_soon(id, reply.round);
}

pub(super) fn put_changed() {
    let (rounds, _) = CHANGED.take();
    HELD.with_borrow(|all| {
        for (_, held) in all {
            let id = held.whole.comparison.id;
            let own: Vec<RoundId> =
                rounds.iter().filter(|(of, _)| *of == id).map(|(_, round)| *round).collect();
            if !own.is_empty() && held.is_written() {
                put(Batch::of(held.records(&own)));
            }
        }
    });
}

pub(super) fn lock_name(id: Id) -> String {
    ["tutti.comparison.", &id.to_string()].concat()
}

/// This tab shows another one.
pub(super) fn left() {
    storage::write_of_tab(SHOWN, "");
}

pub(super) fn put(batch: Batch) {
    if let Some(writer) = store::writer() {
        writer.put(batch);
    }
}

impl Held {
    /// This tab writes down what happens to it.
    pub(super) fn is_written(&self) -> bool {
        self.is_stored && self.watch.is_none()
    }

    /// What the list of comparisons shows, the comparison itself, and those rounds.
    pub(super) fn records(&self, rounds: &[RoundId]) -> Vec<Record> {
        let of = &self.whole.comparison;
        let head = (Key::Head(of.id), comparison::Head::of(of).to_json());
        let own = (Key::Comparison(of.id), comparison::to_json(of));
        let rounds = rounds.iter().filter_map(|id| of.round(*id));
        let rounds = rounds.map(|it| (Key::Round(of.id, it.id), round::to_json(it)));
        [head, own].into_iter().chain(rounds).collect()
    }

    fn touch(&mut self, page: Page) {
        self.whole.comparison.changed_ms = page.shell().clock.now().wall_ms;
        self.whole.comparison.revision += 1;
    }
}

/// Shows a stored comparison. What was still coming when its page ended stands as incomplete; one that another
/// tab writes is shown as it grows there. Whether it could be shown. With `keeps_panels` those that the page has
/// stay, also where it was stored with others.
pub(super) async fn open(page: Page, id: Id, keeps_panels: bool) -> bool {
    let before = page.held.get_value();
    let known = HELD.with_borrow(|all| {
        let is_own = |held: &Held| held.whole.comparison.id == id && held.watch.is_none();
        all.iter().find(|(_, held)| is_own(held)).map(|(number, _)| *number)
    });
    if let Some(number) = known {
        page.held.set_value(Some(number));
        settle(page, keeps_panels);
        return true;
    }
    let writer = writer(page).await;
    let Some(store) = writer.store() else { return false };
    let is_ours = browser::lock(&lock_name(id)).await;
    let not_opened = || {
        browser::unlock(&lock_name(id));
        false
    };
    if !is_ours {
        watching::ask(id);
    }
    let Ok(records) = store.records(id).await else { return not_opened() };
    if page.held.get_value() != before || page.is_running_untracked() {
        // Something was asked meanwhile.
        return not_opened();
    }
    let read = if is_ours { recovered(records) } else { watching::watched(records) };
    let Some((held, repair)) = read else {
        left();
        page.trouble.set(Some(Word::Damaged));
        return not_opened();
    };
    if !repair.is_empty() {
        writer.put(repair);
    }
    let number = HELD.with_borrow_mut(|all| {
        all.retain(|(_, held)| held.whole.comparison.id != id);
        hold(page, all, held)
    });
    page.held.set_value(Some(number));
    settle(page, keeps_panels && is_ours);
    true
}

/// A comparison that this tab writes; and what makes its records so, where it was cut.
pub(super) fn recovered(records: Vec<Record>) -> Option<(Held, Batch)> {
    let (segments, records) = records.into_iter().partition(|(key, _)| matches!(key, Key::Segment(..)));
    let mut whole = Whole::of_records(records).ok()?;
    let repair = journal::recover(&mut whole, segments);
    Some((Held { is_stored: true, ..Held::of(whole) }, repair))
}

/// The panels are those of the comparison, and show it.
pub(super) fn settle(page: Page, keeps_panels: bool) {
    let columns = with(page, |held| {
        let columns = held.whole.comparison.columns().iter().filter(|column| !column.is_removed);
        columns.map(|column| (column.id, column.settings.clone())).collect::<Vec<_>>()
    });
    let is_same = || {
        let panels = page.panels.get_untracked();
        let settings = panels.iter().map(|panel| panel.settings.get_untracked());
        settings.eq(columns.iter().map(|(_, settings)| settings.clone()))
    };
    if !columns.is_empty() && !keeps_panels && !is_same() {
        page.seat(columns.iter().map(|(_, settings)| settings.clone()).collect());
    }
    let panels = page.panels.get_untracked();
    panels.iter().for_each(clear);
    for panel in with(page, |held| seats::take(held, &panels)) {
        panel.settings.update(|settings| settings.is_foreign = true);
    }
    let id = with(page, |held| {
        sit(page, held);
        seats::note(page, held);
        held.is_stored.then_some(held.whole.comparison.id)
    });
    match id {
        Some(id) => {
            storage::write_of_tab(SHOWN, &id.to_string());
        }
        // A reload shall not bring back what was shown before this one.
        None => left(),
    }
    page.attached.update(|count| *count += 1);
    page.mode.set(if watching::is_shown(page) { Mode::Watching } else { Mode::All });
    page.run.update(|run| *run += 1);
    show_all(page);
}
