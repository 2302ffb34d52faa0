//! Leptos' signals, without a copy of their machinery for every type.
//!
//! Each type in a signal of Leptos' own compiles to 30 functions more; with the page's forty types that was a
//! tenth of the first screen. So its graph gets what it needs to know and no more, a trigger for each signal and
//! a counter for each memo, and the values stand beside them. Names and meanings are Leptos' own, and both kinds
//! can be mixed.

use std::{any::Any, cell::RefCell, marker::PhantomData, rc::Rc};

use leptos::prelude::{
    ArcMemo, ArcTrigger, Dispose, Get, GetValue, LocalStorage, Notify, RenderEffect, StoredValue as Slot,
    Track,
};
pub use leptos::prelude::{Owner, on_cleanup, untrack};

/// What lives as long as an owner, whatever it is.
type Held = Slot<Rc<dyn Any>, LocalStorage>;

/// Lives as long as the owner that is current now.
#[inline(never)]
fn hold_shared(value: Rc<dyn Any>) -> Held {
    Slot::new_local(value)
}

pub(super) fn hold<T: 'static>(value: T) {
    hold_shared(Rc::new(value));
}

#[inline(never)]
fn held(at: Held) -> Option<Rc<dyn Any>> {
    at.try_get_value()
}

/// Runs at once, and again whenever a signal changes that it has read, as long as its owner lives.
#[inline(never)]
pub(super) fn keep_up(run: Box<dyn Fn()>) {
    hold(RenderEffect::new(move |_: Option<()>| run()));
}

#[cold]
#[inline(never)]
fn gone() -> ! {
    unreachable!("a signal was read after its owner had gone")
}

/// A handle that can be copied: what it stands for goes with the owner that was current when it was made.
struct At<N> {
    held: Held,
    what: PhantomData<fn() -> N>,
}

impl<N> Clone for At<N> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<N> Copy for At<N> {}

impl<N: 'static> At<N> {
    fn new(node: Rc<N>) -> Self {
        Self { held: hold_shared(node), what: PhantomData }
    }

    fn find(self) -> Option<Rc<N>> {
        held(self.held)?.downcast().ok()
    }

    fn node(self) -> Rc<N> {
        self.find().unwrap_or_else(|| gone())
    }
}

struct Node<T> {
    changed: ArcTrigger,
    value: RefCell<T>,
}

impl<T> Node<T> {
    fn with<R>(&self, read: impl FnOnce(&T) -> R) -> R {
        read(&self.value.borrow())
    }

    fn update<R>(&self, change: impl FnOnce(&mut T) -> R) -> R {
        let said = change(&mut self.value.borrow_mut());
        notify(&self.changed);
        said
    }
}

#[inline(never)]
fn track(changed: &ArcTrigger) {
    changed.track();
}

#[inline(never)]
fn notify(changed: &ArcTrigger) {
    changed.notify();
}

/// A value that wakes those who have read it. Clones are the same; it lives as long as somebody holds it.
pub struct ArcRwSignal<T>(Rc<Node<T>>);

impl<T> Clone for ArcRwSignal<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T: Default> Default for ArcRwSignal<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T> ArcRwSignal<T> {
    pub fn new(value: T) -> Self {
        Self(Rc::new(Node { changed: ArcTrigger::new(), value: RefCell::new(value) }))
    }

    pub fn track(&self) {
        track(&self.0.changed);
    }

    pub fn with<R>(&self, read: impl FnOnce(&T) -> R) -> R {
        self.track();
        self.0.with(read)
    }

    pub fn with_untracked<R>(&self, read: impl FnOnce(&T) -> R) -> R {
        self.0.with(read)
    }

    pub fn update(&self, change: impl FnOnce(&mut T)) {
        self.0.update(change);
    }

    /// What the change says; always something.
    pub fn try_update<R>(&self, change: impl FnOnce(&mut T) -> R) -> Option<R> {
        Some(self.0.update(change))
    }

    pub fn set(&self, value: T) {
        self.0.update(|old| *old = value);
    }
}

impl<T: Clone> ArcRwSignal<T> {
    pub fn get(&self) -> T {
        self.with(T::clone)
    }

    pub fn get_untracked(&self) -> T {
        self.with_untracked(T::clone)
    }
}

/// A value that wakes those who have read it, and goes with its owner.
pub struct RwSignal<T>(At<Node<T>>);

impl<T> Clone for RwSignal<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for RwSignal<T> {}

impl<T: Default + 'static> Default for RwSignal<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T: 'static> RwSignal<T> {
    pub fn new(value: T) -> Self {
        Self(At::new(Rc::new(Node { changed: ArcTrigger::new(), value: RefCell::new(value) })))
    }

    pub fn track(self) {
        track(&self.0.node().changed);
    }

    pub fn with<R>(self, read: impl FnOnce(&T) -> R) -> R {
        let node = self.0.node();
        track(&node.changed);
        node.with(read)
    }

    pub fn with_untracked<R>(self, read: impl FnOnce(&T) -> R) -> R {
        self.0.node().with(read)
    }

    /// Nothing when its owner has gone.
    pub fn update(self, change: impl FnOnce(&mut T)) {
        self.try_update(change);
    }

    /// What the change says; nothing when its owner has gone.
    pub fn try_update<R>(self, change: impl FnOnce(&mut T) -> R) -> Option<R> {
        Some(self.0.find()?.update(change))
    }

    /// Nothing when its owner has gone.
    pub fn set(self, value: T) {
        self.update(|old| *old = value);
    }
}

impl<T: Clone + 'static> RwSignal<T> {
    pub fn get(self) -> T {
        self.with(T::clone)
    }

    pub fn get_untracked(self) -> T {
        self.with_untracked(T::clone)
    }
}

/// A value that nobody is woken by, and that goes with its owner.
pub struct StoredValue<T>(At<RefCell<T>>);

impl<T> Clone for StoredValue<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for StoredValue<T> {}

impl<T: Default + 'static> Default for StoredValue<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T: 'static> StoredValue<T> {
    pub fn new(value: T) -> Self {
        Self(At::new(Rc::new(RefCell::new(value))))
    }

    pub fn with_value<R>(self, read: impl FnOnce(&T) -> R) -> R {
        read(&self.0.node().borrow())
    }

    /// What the change says; nothing when its owner has gone.
    pub fn try_update_value<R>(self, change: impl FnOnce(&mut T) -> R) -> Option<R> {
        Some(change(&mut self.0.find()?.borrow_mut()))
    }

    /// What was there is let go after it has been replaced.
    pub fn set_value(self, value: T) {
        let _before = self.try_update_value(|old| std::mem::replace(old, value));
    }

    pub fn dispose(self) {
        self.0.held.dispose();
    }
}

impl<T: Clone + 'static> StoredValue<T> {
    pub fn get_value(self) -> T {
        self.with_value(T::clone)
    }
}

/// A value that follows from others: worked out when it is read after one of them has changed, and waking
/// those who have read it only when it is another one then.
pub struct Memo<T>(At<Derived<T>>);

struct Derived<T> {
    /// How often it has become another one.
    version: ArcMemo<u32>,
    value: Rc<RefCell<T>>,
}

impl<T> Clone for Memo<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Memo<T> {}

impl<T: Default + PartialEq + 'static> Memo<T> {
    pub fn new(work_out: impl Fn() -> T + 'static) -> Self {
        let value = Rc::new(RefCell::new(T::default()));
        let last = value.clone();
        let version = versions(Box::new(move || {
            let now = work_out();
            let is_new = *last.borrow() != now;
            if is_new {
                // What was there may be somebody's last hold on a signal.
                let _before = last.replace(now);
            }
            is_new
        }));
        Self(At::new(Rc::new(Derived { version, value })))
    }
}

/// `work_out` says whether there is a new value.
#[inline(never)]
fn versions(work_out: Box<dyn Fn() -> bool>) -> ArcMemo<u32> {
    // The graph wants what any thread may hold: a handle.
    let at = At::<Box<dyn Fn() -> bool>>::new(Rc::new(work_out));
    ArcMemo::new(move |before: Option<&u32>| {
        let is_new = at.find().is_some_and(|work_out| work_out());
        before.map_or(0, |before| before.wrapping_add(u32::from(is_new)))
    })
}

#[inline(never)]
fn follow(version: &ArcMemo<u32>) {
    version.get();
}

impl<T: 'static> Memo<T> {
    pub fn with_untracked<R>(self, read: impl FnOnce(&T) -> R) -> R {
        let node = self.0.node();
        untrack(|| follow(&node.version));
        read(&node.value.borrow())
    }

    pub fn with<R>(self, read: impl FnOnce(&T) -> R) -> R {
        let node = self.0.node();
        follow(&node.version);
        read(&node.value.borrow())
    }
}

impl<T: Clone + 'static> Memo<T> {
    pub fn get(self) -> T {
        self.with(T::clone)
    }

    pub fn get_untracked(self) -> T {
        self.with_untracked(T::clone)
    }
}
