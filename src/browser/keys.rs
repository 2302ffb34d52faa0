//! The keys, each bound to the origin that it was entered for. The only place where keys live.

use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

use crate::model::http::{ApiKey, Origin};

/// All keys of this tab.
#[derive(Clone, Default)]
pub struct Keyring(Rc<Inner>);

#[derive(Default)]
struct Inner {
    keys: RefCell<BTreeMap<Origin, ApiKey>>,
    listeners: RefCell<Vec<Rc<dyn Fn()>>>,
}

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
        Self::default()
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
        self.0.keys.borrow_mut().insert(key.origin().clone(), key);
        self.tell();
    }

    pub fn forget(&self, origin: &Origin) {
        self.0.keys.borrow_mut().remove(origin);
        self.tell();
    }

    /// In this tab, in all others, and on this device.
    pub fn forget_all(&self) {
        self.0.keys.borrow_mut().clear();
        self.tell();
    }

    /// Sorted.
    pub fn origins(&self) -> Vec<Origin> {
        self.0.keys.borrow().keys().cloned().collect()
    }

    /// Keeps the keys on this device, encrypted, or (`false`) no longer than this tab. Done when the
    /// browser has stored or deleted them.
    pub async fn remember(&self, _on: bool) -> Result<(), StorageProblem> {
        Err(StorageProblem::Unavailable)
    }

    pub fn is_remembered(&self) -> bool {
        false
    }

    /// `false` until the browser has shown that it can: it may say so after [`Keyring::open`] has
    /// returned.
    pub fn can_remember(&self) -> bool {
        false
    }

    /// Called whenever an answer of `has`, `origins`, `is_remembered` or `can_remember` may have
    /// changed, also by another tab.
    pub fn on_change(&self, listener: impl Fn() + 'static) {
        self.0.listeners.borrow_mut().push(Rc::new(listener));
    }

    fn tell(&self) {
        let listeners = self.0.listeners.borrow().clone();
        listeners.iter().for_each(|listener| listener());
    }
}
