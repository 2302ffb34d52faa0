//! Word that something has come to be drawn.

use std::sync::{
    Arc,
    atomic::{AtomicU8, AtomicU32, Ordering::Relaxed},
};

use super::frame;
use crate::browser::is_hidden;

/// Told by whoever writes, asked for by whoever draws. Clones are the same.
#[derive(Clone, Default)]
pub struct News(Arc<Told>);

#[derive(Default)]
struct Told {
    state: AtomicU8,
    /// Until when what has come waits, in whole milliseconds of the page's clock.
    waits_until: AtomicU32,
}

impl News {
    pub(super) const NONE: u8 = 0;
    const SOME: u8 = 1;
    pub(super) const LAST: u8 = 2;

    /// A piece has come. Cheap: call it for every one.
    pub fn came(&self) {
        if self.0.state.fetch_max(Self::SOME, Relaxed) == Self::NONE {
            frame::ask_at(self.0.waits_until.load(Relaxed).into());
        }
    }

    /// Nothing more comes for now: what there is does not wait for its turn, and in a tab that nobody
    /// looks at, where there are no frames, it is drawn at once.
    pub fn came_last(&self) {
        self.0.state.store(Self::LAST, Relaxed);
        match is_hidden() {
            true => frame::draw_all(),
            false => frame::ask(),
        }
    }

    pub(super) fn state(&self) -> u8 {
        self.0.state.load(Relaxed)
    }

    pub(super) fn take(&self) -> u8 {
        self.0.state.swap(Self::NONE, Relaxed)
    }

    pub(super) fn put_back(&self, state: u8) {
        self.0.state.fetch_max(state, Relaxed);
    }

    /// What comes is not drawn before that time, unless it is the last.
    pub(super) fn wait_until(&self, ms: f64) {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a page lives 50 days at most"
        )]
        self.0.waits_until.store(ms as u32, Relaxed);
    }
}
