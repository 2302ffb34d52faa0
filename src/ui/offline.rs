//! The page without a network, and the next version of it.

use std::cell::Cell;

use super::{
    page::Page,
    parts::{hint, word_button},
    words::Word,
};
use crate::{
    browser::{self, effect, el, offline, signal::*, spawn},
    later::later,
};

/// Who has just begun needs the connection for what they ask.
const PAUSE_MS: u32 = 5_000;

thread_local! {
    /// The rest may come to several who have asked for it.
    static IS_BEGUN: Cell<bool> = const { Cell::new(false) };
}

later! {
    /// Has the browser keep the page, once nothing else is going on.
    "9001" pub fn keep_page(page: Page) {
        if IS_BEGUN.replace(true) {
            return;
        }
        let Some(worker) = offline::worker() else { return };
        let is_running = is_running(page);
        effect(move || offline::set_streaming(is_running.get()));
        wait(page, worker);
    } else {}
}

fn is_running(page: Page) -> Memo<bool> {
    let kinds = page.kinds();
    Memo::new(move || kinds.with(|kinds| kinds.iter().any(|kind| !kind.is_over())))
}

fn wait(page: Page, worker: String) {
    browser::after(PAUSE_MS, move || {
        if page.is_running_untracked() {
            return wait(page, worker);
        }
        spawn(async move { offline::keep(&worker, move || tell(page)).await });
    });
}

/// Nobody is hurried: this page goes on as it is, and the next one that is loaded is the new one.
fn tell(page: Page) {
    if browser::find("#newer").is_some() {
        return;
    }
    // Where what is said of the page as a whole stands.
    let Some(lines) = browser::find("footer.bottom > div:has(> #status)") else { return };
    let is_running = is_running(page);
    let reload = word_button(page, &[("name", "reload-page")], Word::ReloadPage);
    lines.child(
        el("div")
            .attrs(&[("id", "newer"), ("class", "row"), ("role", "status")])
            // An answer would be cut off.
            .hidden(move || is_running.get())
            .child(hint(page, Word::NewerVersion))
            .child(reload.act(browser::reload)),
    );
}
