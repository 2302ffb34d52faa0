//! A page that the browser puts aside, and that may come back: what it holds is let go, and taken again if
//! nobody else has it by then.
//!
//! Locks and open connections keep a page out of the back-forward cache, and while a page is put aside or frozen
//! they would keep other tabs waiting ("Back/forward cache", "Page Lifecycle API").

use std::cell::Cell;

use super::{HELD, keeping, keeping::lock_name, watching};
use crate::{
    browser::{self, store, store::tabs},
    grid::{comparison::Id, record::comparison},
    ui::page::Page,
};

thread_local! {
    static RESTS: Cell<bool> = const { Cell::new(false) };
}

pub(super) fn begin(page: Page) {
    for event in ["pagehide", "freeze"] {
        browser::on_any(event, move |_| rest());
    }
    for event in ["pageshow", "resume"] {
        browser::on_any(event, move |_| wake(page));
    }
}

fn ids() -> Vec<Id> {
    HELD.with_borrow(|all| {
        let stored = all.iter().filter(|(_, held)| held.is_stored);
        stored.map(|(_, held)| held.whole.comparison.id).collect()
    })
}

fn rest() {
    if RESTS.replace(true) {
        return;
    }
    keeping::put_changed();
    if let Some(writer) = store::writer() {
        writer.rest();
    }
    ids().into_iter().for_each(|id| browser::unlock(&lock_name(id)));
    tabs::leave();
}

fn wake(page: Page) {
    if !RESTS.replace(false) {
        return;
    }
    watching::listen(page);
    browser::spawn(async move {
        let writer = keeping::writer(page).await;
        writer.wake().await;
        for id in ids() {
            let is_watched = watching::is_watched(id);
            if is_watched || !browser::lock(&lock_name(id)).await {
                watching::watch(page, id);
            } else if is_changed(&writer, id).await {
                // Another tab had it meanwhile, and has let it go.
                watching::take(page, id).await;
            }
        }
    });
}

/// What is stored is not what this tab has written last.
async fn is_changed(writer: &store::Writer, id: Id) -> bool {
    let Some(store) = writer.store() else { return false };
    let Ok(Some(record)) = store.own(id).await else { return false };
    let revision = comparison::from_json(record).map(|stored| stored.revision);
    revision.is_ok_and(|stored| watching::revision(id).is_some_and(|own| own != stored))
}
