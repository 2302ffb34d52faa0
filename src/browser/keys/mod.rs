//! The keys, each bound to the origin that it was entered for. The only place where keys live.
//!
//! In memory they are in clear. What a reload keeps is [sealed](seal) first: in `sessionStorage`, gone
//! with the tab; once they are to be remembered, in [IndexedDB](database) instead. There lie also the
//! two encryption keys, which no script can read out. Where the browser has no encryption (an insecure
//! context) or no IndexedDB, keys live in memory alone.
//!
//! One worker does all that takes time, a chore after the other, so that the last word wins.

mod database;
mod seal;
mod session;
mod typed;
mod worker;

pub use typed::{NotTaken, Taken, Typed};

use std::{pin::pin, rc::Rc, time::Duration};

use futures::{FutureExt, channel::oneshot, future};

use self::worker::{Chore, Inner};
use crate::{
    later,
    model::http::{ApiKey, Origin},
};

/// How long the page waits for the browser's storage before it starts without.
const PATIENCE: Duration = Duration::from_millis(500);

/// All keys of this tab. Clones are the same keyring.
#[derive(Clone)]
pub struct Keyring(Rc<Inner>);

/// Why keys cannot be kept beyond this tab.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StorageProblem {
    /// An insecure context, or a browser that forbids IndexedDB.
    #[error("this page cannot encrypt or store keys here")]
    Unavailable,
    #[error("the browser's storage is full")]
    Full,
    #[error("the browser did not store the keys")]
    Failed,
}

impl Keyring {
    /// Never waits long: keys that the browser is slow to hand out join later, see
    /// [`Keyring::on_change`].
    pub async fn open() -> Self {
        let ring = Self(Inner::new());
        // What reads them is fetched after the first screen.
        if later::is_here() {
            let is_settled = pin!(ring.settled());
            future::select(is_settled, gloo_timers::future::sleep(PATIENCE)).await;
        }
        ring
    }

    /// Does what had to wait until the rest of the program is here.
    pub fn go_on(&self) {
        self.0.go_on();
    }

    /// Done when what was set or forgotten until now is stored, for those who leave the page.
    pub fn settled(&self) -> impl Future<Output = ()> + use<> {
        let (done, is_done) = oneshot::channel();
        self.0.add(Chore::Tell(done));
        is_done.map(drop)
    }

    pub fn has(&self, origin: &Origin) -> bool {
        self.0.keys.borrow().contains_key(origin)
    }

    /// The key that was entered for exactly that origin.
    pub fn get(&self, origin: &Origin) -> Option<ApiKey> {
        self.0.keys.borrow().get(origin).cloned()
    }

    /// Replaces the key of its origin.
    pub fn set(&self, key: ApiKey) {
        let origin = key.origin().clone();
        self.0.keys.borrow_mut().insert(origin.clone(), key);
        self.0.changed(origin);
    }

    pub fn forget(&self, origin: &Origin) {
        self.0.keys.borrow_mut().remove(origin);
        session::remove(origin);
        self.0.changed(origin.clone());
    }

    /// In this tab, in all others, and on this device.
    pub fn forget_all(&self) {
        self.0.forget_everywhere();
    }

    /// Sorted.
    pub fn origins(&self) -> Vec<Origin> {
        self.0.keys.borrow().keys().cloned().collect()
    }

    /// Keeps the keys on this device, encrypted, or (`false`) no longer than this tab. Done when the
    /// browser has stored or deleted them.
    pub async fn remember(&self, on: bool) -> Result<(), StorageProblem> {
        let (done, is_done) = oneshot::channel();
        self.0.add(Chore::Remember(on, done));
        is_done.await.unwrap_or(Err(StorageProblem::Failed))
    }

    pub fn is_remembered(&self) -> bool {
        self.0.device.borrow().is_some()
    }

    /// `false` until the browser has shown that it can: it may say so after [`Keyring::open`] has
    /// returned.
    pub fn can_remember(&self) -> bool {
        self.0.can_remember.get()
    }

    /// Called whenever an answer of `has`, `origins`, `is_remembered` or `can_remember` may have
    /// changed, also by another tab.
    pub fn on_change(&self, listener: impl Fn() + 'static) {
        self.0.listeners.borrow_mut().push(Rc::new(listener));
    }
}
