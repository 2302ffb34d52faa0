//! What waits until the text of answers that have ended is on the screen: figures, and what can be done with them.

use std::{cell::RefCell, collections::VecDeque};

/// So long it takes of a frame, in milliseconds.
const BUDGET_MS: f64 = 4.0;

thread_local! {
    static ACTS: RefCell<VecDeque<Box<dyn FnOnce()>>> = const { RefCell::new(VecDeque::new()) };
}

pub(super) fn put(act: impl FnOnce() + 'static) {
    ACTS.with_borrow_mut(|acts| acts.push_back(Box::new(act)));
}

pub(super) fn waiting() -> usize {
    ACTS.with_borrow(VecDeque::len)
}

/// The oldest, at most so many of them and while there is time: where answers wait to be drawn, only one.
pub(super) fn run(at_most: usize, is_busy: bool, now: impl Fn() -> f64) {
    let began = now();
    for _ in 0..at_most {
        // What it does may come back here.
        let Some(act) = ACTS.with_borrow_mut(VecDeque::pop_front) else { return };
        act();
        if is_busy || now() - began > BUDGET_MS {
            return;
        }
    }
}
