//! What is fetched after the first screen: when that is, and what stands in its place meanwhile.

use std::{cell::Cell, rc::Rc};

use super::{comparison, offline::keep_page, page::Page, parts::word_button, words::Word};
use crate::{
    browser::{self, El, Lost, el, signal::*, spawn},
    later,
};

/// Fetched so long after the first screen, when nobody has touched the page before: then it is there also
/// for who loses the connection. Nobody's first seconds are spent on it.
const PAUSE_MS: u32 = 10_000;

/// Whoever does one of these may want anything next.
const FIRST_ACTS: [&str; 4] = ["pointermove", "pointerdown", "keydown", "dragenter"];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rest {
    /// Not asked for yet, or under way.
    Coming,
    Here,
    Lost(Lost),
}

impl Rest {
    pub fn now() -> Self {
        if later::is_here() { Self::Here } else { Self::Coming }
    }
}

impl Page {
    /// Fetches it when somebody begins to use the page, or after a while, once.
    pub fn fetch_rest_soon(self) {
        if later::is_here() {
            return;
        }
        let is_asked = Rc::new(Cell::new(false));
        let fetch = move || {
            if !is_asked.replace(true) && !later::is_here() {
                self.fetch_rest();
            }
        };
        for act in FIRST_ACTS {
            let fetch = fetch.clone();
            browser::on_window(act, move |_| fetch());
        }
        browser::after(PAUSE_MS, fetch);
    }

    /// Does it now, or as soon as the rest is here, if it comes.
    pub fn once_here(self, act: impl FnOnce() + 'static) {
        if later::is_here() {
            return act();
        }
        spawn(async move {
            if self.has_rest().await {
                act();
            }
        });
    }

    /// Shows again what this tab showed before it was loaded: once the rest is here, which comes at once where
    /// it is known that there is something.
    pub fn reopen(self) {
        if later::is_here() {
            comparison::reopen(self);
        } else if comparison::has_shown() {
            self.fetch_rest();
        }
    }

    pub fn fetch_rest(self) {
        spawn(async move {
            self.has_rest().await;
        });
    }

    /// Fetches it if need be; whether it is here then.
    pub async fn has_rest(self) -> bool {
        if !later::is_here() {
            let came = browser::rest().await;
            // What needs it first.
            if came.is_ok() {
                self.shell().keys.go_on();
                comparison::reopen(self);
                keep_page(self);
            }
            self.rest.set(came.map_or_else(Rest::Lost, |()| Rest::Here));
        }
        later::is_here()
    }
}

/// A child that the rest of the program makes, there only while it is wanted, and made anew each time.
/// Until the rest is here, or when it cannot come, a line says so.
pub fn with_rest(
    parent: El,
    page: Page,
    is_wanted: impl Fn() -> bool + 'static,
    make: impl Fn() -> El + 'static,
) -> El {
    let is_wanted = Memo::new(is_wanted);
    parent.list(move || {
        if !is_wanted.get() {
            return Vec::new();
        }
        vec![match page.rest.get() {
            Rest::Here => untrack(&make),
            Rest::Coming => {
                page.fetch_rest();
                el("p").attrs(&[("class", "hint"), ("role", "status")]).live(page.word(Word::Coming))
            }
            Rest::Lost(why) => lost(page, why),
        }]
    })
}

fn lost(page: Page, why: Lost) -> El {
    let (says, name, does, act): (_, _, _, fn(Page)) = match why {
        Lost::Unreachable => (Word::RestUnreachable, "fetch-again", Word::FetchAgain, |page| {
            page.rest.set(Rest::Coming);
        }),
        Lost::Replaced => (Word::RestReplaced, "reload-page", Word::ReloadPage, |_| browser::reload()),
    };
    el("div").attrs(&[("class", "error lost"), ("role", "alert")]).child(el("p").live(page.word(says))).child(
        el("div").class("row").child(word_button(page, &[("name", name)], does).act(move || act(page))),
    )
}
