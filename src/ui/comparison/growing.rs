//! A long conversation is shown from its end: the last turns at once, older ones above them while the page has
//! nothing else to do, so that a search within the page finds all of them in the end.

use std::cell::Cell;

use super::{Held, look, with};
use crate::{
    browser,
    ui::{page::Page, panel::state::Panel},
};

/// So many of the last turns are drawn at once.
const AT_ONCE: usize = 3;
/// So many bytes of text are drawn in one go, and at least one turn.
const BYTES: usize = 16_384;

thread_local! {
    static GROWS: Cell<bool> = const { Cell::new(false) };
}

/// These are the panel's earlier turns. What is drawn of them stays so.
pub(super) fn lay(page: Page, panel: &Panel, past: Vec<u32>) {
    let drawn = panel.past.get_untracked();
    let mut from = past.len().saturating_sub(AT_ONCE);
    while from.checked_sub(1).and_then(|at| past.get(at)).is_some_and(|name| drawn.contains(name)) {
        from -= 1;
    }
    panel.past.set(past.get(from..).unwrap_or_default().to_vec());
    with(page, |held| held.past.insert(panel.id, past));
    if from > 0 && !GROWS.replace(true) {
        browser::spawn(grow(page));
    }
}

/// All of them, drawn now.
pub(super) fn all(page: Page, panel: &Panel) -> Vec<u32> {
    let past = look(page, |held| held.past.get(&panel.id).cloned());
    if let Some(past) = past {
        panel.past.set(past);
    }
    panel.past.get_untracked()
}

async fn grow(page: Page) {
    loop {
        browser::idle().await;
        let mut is_more = false;
        for panel in page.panels.get_untracked() {
            let drawn = panel.past.get_untracked().len();
            let Some(next) = look(page, |held| held.next_past(panel.id, drawn)) else { continue };
            is_more = true;
            let at = ["[data-panel=\"", &panel.id.to_string(), "\"] .body"].concat();
            let set = || panel.past.set(next);
            match (browser::find(&at), browser::find(&[&at, " > .past > .turn"].concat())) {
                (Some(body), Some(first)) => browser::put_above(&body, &first, set).await,
                _ => set(),
            }
        }
        if !is_more {
            break;
        }
    }
    GROWS.set(false);
}

impl Held {
    /// What a panel shows next that has drawn so many of its last turns; `None` when that was all.
    fn next_past(&self, panel: u32, drawn: usize) -> Option<Vec<u32>> {
        let past = self.past.get(&panel)?;
        let mut from = past.len().checked_sub(drawn).filter(|left| *left > 0)?;
        let mut bytes = 0;
        while bytes < BYTES
            && let Some(name) = from.checked_sub(1).and_then(|at| past.get(at))
        {
            from -= 1;
            let reply = self.called(*name).and_then(|shown| shown.reply);
            bytes += reply.and_then(|id| self.whole.answers.get(&id)).map_or(0, |answer| answer.text.len());
            // A turn costs something without any text too.
            bytes += BYTES / 8;
        }
        past.get(from..).map(<[u32]>::to_vec)
    }
}
