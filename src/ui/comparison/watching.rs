//! A comparison that another tab writes: shown here as it grows there, until this tab takes it over.
//!
//! Who holds the comparison's lock writes, nobody else. A tab that shows it too says so ([`Said::Watch`]), reads
//! its records, and from then on hears each transaction; once the writing tab says that it has heard
//! ([`Said::Here`]) it reads them again, since something may have been written between.

use std::{cell::Cell, mem};

use super::{HELD, Held, Mode, keeping, keeping::lock_name, look, resting, showing::show, with};
use crate::{
    browser::{
        self,
        store::tabs::{self, RENEW, Said},
    },
    grid::{
        comparison::{ColumnId, Id},
        mirror::{Mirror, News},
        record::{Act, Batch, Record},
    },
    ui::{page::Page, words::Word},
};

/// How another tab's comparison is followed.
#[derive(Default)]
pub struct Watch {
    /// `None` until it was read.
    mirror: Option<Mirror>,
    /// What was heard while it is read.
    waiting: Vec<Act>,
    is_reading: bool,
    /// It is to be read once more: something was written since this reading began.
    is_behind: bool,
    /// How often in a row it could not be read.
    failures: u32,
    /// So many transactions were heard since this tab said last that it listens.
    heard: u32,
    /// The other tab was asked to let go.
    is_asking: bool,
}

/// So often in a row it is tried to read what cannot be read, and so long after each, in milliseconds.
const MOST_FAILURES: u32 = 5;
const RETRY_MS: u32 = 500;

/// What reading came to.
enum Found {
    Records { is_behind: bool },
    Nothing { tries_again: bool },
}

thread_local! {
    static IS_LISTENING: Cell<bool> = const { Cell::new(false) };
}

/// Hears other tabs, and what becomes of this one, from now on.
pub(super) fn begin(page: Page) {
    if !IS_LISTENING.replace(true) {
        listen(page);
        resting::begin(page);
    }
}

pub(super) fn listen(page: Page) {
    tabs::listen(move |said| match said {
        Said::Watch(id) => {
            if held(id, |held| held.is_written()) == Some(true) {
                tabs::say(&Said::Here(id));
            }
        }
        Said::Here(id) => read(page, id),
        Said::LetGo(id) => let_go(page, id),
        Said::Wrote(id, acts) => heard(page, id, acts),
    });
}

/// Asks to hear what is written of it.
pub(super) fn ask(id: Id) {
    tabs::say(&Said::Watch(id));
}

/// A comparison that this tab only shows. There is nothing to mend: its answers may still be coming.
pub(super) fn watched(records: Vec<Record>) -> Option<(Held, Batch)> {
    let (mirror, whole) = Mirror::of(records).ok()?;
    let watch = Watch { mirror: Some(mirror), ..Watch::default() };
    Some((Held { is_stored: true, watch: Some(watch), ..Held::of(whole) }, Batch::default()))
}

pub(super) fn is_watched(id: Id) -> bool {
    held(id, |held| held.watch.is_some()) == Some(true)
}

pub(super) fn revision(id: Id) -> Option<u64> {
    held(id, |held| held.whole.comparison.revision)
}

/// From now on another tab writes it.
pub(super) fn watch(page: Page, id: Id) {
    held(id, |held| held.watch = Some(Watch::default()));
    if look(page, |held| held.whole.comparison.id == id) {
        page.mode.set(Mode::Watching);
    }
    ask(id);
    read(page, id);
}

/// Whether the page shows what another tab writes.
pub(super) fn is_shown(page: Page) -> bool {
    look(page, |held| held.watch.is_some())
}

/// Another one is shown next: nothing is coming here.
pub(super) fn leave(page: Page) {
    if is_shown(page) {
        page.panels.get_untracked().iter().for_each(|panel| panel.reply.call_off());
    }
}

/// Nothing of what is shown can be changed here: then what can be done about it gets the focus.
pub(super) fn is_refused(page: Page) -> bool {
    let is_refused = page.mode.get_untracked() == Mode::Watching;
    if is_refused {
        page.focus_later("[name=write-here]".to_owned());
    }
    is_refused
}

/// What the page says about it.
pub(super) fn word(page: Page) -> Word {
    look(page, |held| {
        Some(match &held.watch {
            Some(watch) if watch.is_asking => Word::AskingOther,
            Some(_) if held.is_open() => Word::GrowsElsewhere,
            _ => Word::WrittenElsewhere,
        })
    })
    .unwrap_or(Word::WrittenElsewhere)
}

fn held<T>(id: Id, act: impl FnOnce(&mut Held) -> T) -> Option<T> {
    HELD.with_borrow_mut(|all| {
        all.iter_mut().find(|(_, held)| held.whole.comparison.id == id).map(|(_, held)| act(held))
    })
}

/// Reads it, again if need be. What is heard meanwhile is taken in afterwards.
pub(super) fn read(page: Page, id: Id) {
    let is_next = held(id, |held| {
        let watch = held.watch.as_mut()?;
        watch.is_behind = mem::replace(&mut watch.is_reading, true);
        Some(!watch.is_behind)
    });
    if is_next.flatten() != Some(true) {
        return;
    }
    browser::spawn(async move {
        let store = keeping::writer(page).await.store();
        let records = match store {
            Some(store) => store.records(id).await.ok(),
            None => None,
        };
        let mirrored = records.and_then(|records| Mirror::of(records).ok());
        let found = held(id, |held| {
            let watch = held.watch.as_mut()?;
            watch.is_reading = false;
            let is_behind = mem::take(&mut watch.is_behind);
            let waiting = mem::take(&mut watch.waiting);
            let Some((mut mirror, mut whole)) = mirrored else {
                watch.failures += 1;
                return Some(Found::Nothing { tries_again: watch.failures < MOST_FAILURES });
            };
            watch.failures = 0;
            let news = mirror.take(&mut whole, waiting);
            watch.mirror = Some(mirror);
            held.whole = whole;
            Some(Found::Records { is_behind: is_behind || news == News::Gap })
        });
        match found.flatten() {
            Some(Found::Records { is_behind }) => {
                follow(page, id, News::Form);
                if is_behind {
                    read(page, id);
                }
            }
            Some(Found::Nothing { tries_again: true }) => browser::after(RETRY_MS, move || read(page, id)),
            // What is shown stays.
            Some(Found::Nothing { .. }) | None => {}
        }
    });
}

/// The other tab has written this.
fn heard(page: Page, id: Id, acts: Vec<Act>) {
    let news = held(id, |held| {
        let Some(watch) = &mut held.watch else { return News::Nothing };
        watch.heard += 1;
        if watch.heard % RENEW == 0 {
            ask(id);
        }
        match &mut watch.mirror {
            Some(mirror) if !watch.is_reading => mirror.take(&mut held.whole, acts),
            _ => {
                watch.waiting.extend(acts);
                News::Nothing
            }
        }
    });
    match news {
        Some(News::Gap) => read(page, id),
        Some(News::Gone) => {
            // What is shown stays, and is stored anew when something is asked.
            held(id, |held| (held.watch, held.is_stored) = (None, false));
            if look(page, |held| held.whole.comparison.id == id) {
                page.mode.set(Mode::All);
            }
        }
        Some(news) => follow(page, id, news),
        None => {}
    }
}

/// Shows what is new.
fn follow(page: Page, id: Id, news: News) {
    if news == News::Nothing || !look(page, |held| held.whole.comparison.id == id) {
        return;
    }
    if news >= News::Form && !is_seated(page) {
        return keeping::settle(page, false);
    }
    for panel in page.panels.get_untracked() {
        if news >= News::Form {
            show(page, &panel);
        }
        let stands = with(page, |held| {
            let reply = held.seats.get(&panel.id)?.last?.reply?;
            held.standing(reply)
        });
        if let Some((answer, status)) = stands {
            panel.reply.catch_up(answer, status, page.shell().clock.now().ms);
        }
    }
    if news >= News::Form {
        let asked = with(page, |held| held.whole.comparison.tip().and_then(|tip| held.prompt(tip)));
        page.asked.set(asked);
        // What is said of it may be another word.
        page.attached.update(|count| *count += 1);
    }
    if page.is_running_untracked() {
        page.tick();
    }
}

/// Every column that is asked has its panel, and no other is there.
fn is_seated(page: Page) -> bool {
    with(page, |held| {
        let columns = held.whole.comparison.columns().iter().filter(|column| !column.is_removed);
        let mut columns: Vec<ColumnId> = columns.map(|column| column.id).collect();
        let mut seated: Vec<ColumnId> = held.seats.values().map(|seat| seat.column).collect();
        columns.sort();
        seated.sort();
        columns == seated
    })
}

/// This tab writes it from now on, once the other one has let go: asked to, it stops what is under way and
/// writes down what has come.
pub(super) fn write_here(page: Page) {
    let id = look(page, |held| {
        let is_asking = mem::replace(&mut held.watch.as_mut()?.is_asking, true);
        (!is_asking).then_some(held.whole.comparison.id)
    });
    let Some(id) = id else { return };
    page.attached.update(|count| *count += 1);
    tabs::say(&Said::LetGo(id));
    browser::spawn(async move {
        browser::lock_when_free(&lock_name(id)).await;
        if !take(page, id).await {
            browser::unlock(&lock_name(id));
        }
    });
}

/// Reads what now is this tab's to write, and mends it where the other one was killed.
pub(super) async fn take(page: Page, id: Id) -> bool {
    let writer = keeping::writer(page).await;
    let Some(store) = writer.store() else { return false };
    let Ok(records) = store.records(id).await else { return false };
    let Some((read, repair)) = keeping::recovered(records) else { return false };
    let was_there = held(id, |held| {
        held.whole = read.whole;
        held.watch = None;
    });
    if was_there.is_none() {
        // Another one is shown meanwhile.
        return false;
    }
    if !repair.is_empty() {
        writer.put(repair);
    }
    // Who listened to the other tab listens to this one now.
    tabs::say(&Said::Here(id));
    if look(page, |held| held.whole.comparison.id == id) {
        follow(page, id, News::Form);
        page.mode.set(Mode::All);
        page.focus_later("#prompt".to_owned());
    }
    true
}

/// Another tab wants to write it: what is under way is stopped, and this tab lets go once all is written.
fn let_go(page: Page, id: Id) {
    if held(id, |held| held.is_written()) != Some(true) {
        return;
    }
    if look(page, |held| held.whole.comparison.id == id) {
        page.mode.set(Mode::Watching);
        page.stop_all();
    }
    held(id, |held| held.is_leaving = true);
    if_ended(page, id);
}

/// Lets go what was asked for, if nothing of it is still coming.
pub(super) fn if_ended(page: Page, id: Id) {
    if held(id, |held| held.is_leaving && !held.is_open()) != Some(true) {
        return;
    }
    browser::spawn(async move {
        keeping::put_changed();
        keeping::writer(page).await.all_written().await;
        held(id, |held| held.is_leaving = false);
        browser::unlock(&lock_name(id));
        watch(page, id);
    });
}
