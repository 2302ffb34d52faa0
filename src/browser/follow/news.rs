//! Word that something has come to be drawn.

use std::sync::{
    Arc,
    atomic::{AtomicU8, Ordering::Relaxed},
};

use super::frame;
use crate::browser::is_hidden;

/// Told by whoever writes, asked for by whoever draws. Clones are the same.
#[derive(Clone, Default)]
pub struct News(Arc<AtomicU8>);

impl News {
    pub(super) const NONE: u8 = 0;
    const SOME: u8 = 1;
    pub(super) const LAST: u8 = 2;

    /// A piece has come. Cheap: call it for every one.
    pub fn came(&self) {
        if self.0.fetch_max(Self::SOME, Relaxed) == Self::NONE {
            frame::ask();
        }
    }

    /// Nothing more comes for now: what there is does not wait for its turn, and in a tab that nobody
    /// looks at, where there are no frames, it is drawn at once.
    pub fn came_last(&self) {
        self.0.store(Self::LAST, Relaxed);
        match is_hidden() {
            true => frame::draw_all(),
            false => frame::ask(),
        }
    }

    pub(super) fn state(&self) -> u8 {
        self.0.load(Relaxed)
    }

    pub(super) fn take(&self) -> u8 {
        self.0.swap(Self::NONE, Relaxed)
    }

    pub(super) fn put_back(&self, state: u8) {
        self.0.fetch_max(state, Relaxed);
    }
}
