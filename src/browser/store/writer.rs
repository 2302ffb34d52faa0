//! The journal at work: one transaction at a time, and whoever must wait for one.

use std::{
    cell::{Cell, RefCell},
    future::Future,
    rc::Rc,
};

use futures::{
    FutureExt,
    channel::oneshot,
    future::{LocalBoxFuture, Shared},
};
use wasm_bindgen_futures::spawn_local;

use super::{Failure, Store};
use crate::{
    browser::{Interval, Listener, every, is_hidden, on_visibility_change},
    engine::transport::Clock,
    grid::{
        comparison::{Id, ReplyId},
        journal::{HOLD_MS, Journal, Next, Ticket},
        record::Batch,
    },
    model::event::StreamEvent,
};

/// Why what happens is kept in this page's memory only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    Full,
    Unavailable,
    Blocked,
}

thread_local! {
    static OPENING: RefCell<Option<Shared<LocalBoxFuture<'static, Writer>>>> = const { RefCell::new(None) };
    static WRITER: RefCell<Option<Writer>> = const { RefCell::new(None) };
}

/// The writer of this page, once it is there.
pub fn writer() -> Option<Writer> {
    WRITER.with_borrow(Clone::clone)
}

/// The one writer of this page, opened by the first who asks. Trouble is told whenever it begins.
pub fn open_writer(
    clock: Rc<dyn Clock>,
    on_trouble: impl Fn(Trouble) + 'static,
) -> impl Future<Output = Writer> + 'static {
    OPENING.with_borrow_mut(|opening| {
        let open = || {
            let open = async move {
                let store = Store::open().await;
                if let Err(failure) = store {
                    on_trouble(failure.into());
                }
                let writer = Writer::new(store.ok().map(Rc::new), clock, on_trouble);
                WRITER.set(Some(writer.clone()));
                writer
            };
            open.boxed_local().shared()
        };
        opening.get_or_insert_with(open).clone()
    })
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Full => Self::Full,
            Failure::Unavailable => Self::Unavailable,
            Failure::Blocked => Self::Blocked,
        }
    }
}

/// Writes down what happens; clones are the same writer.
#[derive(Clone)]
pub struct Writer(Rc<Inner>);

struct Inner {
    clock: Rc<dyn Clock>,
    journal: RefCell<Journal>,
    /// `None` once nothing can be written any more.
    store: RefCell<Option<Rc<Store>>>,
    waiting: RefCell<Vec<(Ticket, oneshot::Sender<()>)>>,
    timer: RefCell<Option<Interval>>,
    /// The connection was opened again after it was lost.
    was_reopened: Cell<bool>,
    on_trouble: Box<dyn Fn(Trouble)>,
    /// Tells when the page is seen, and when no more.
    seen: RefCell<Option<Listener>>,
}

impl Writer {
    /// Without a store nothing is written, and nobody waits.
    pub fn new(
        store: Option<Rc<Store>>,
        clock: Rc<dyn Clock>,
        on_trouble: impl Fn(Trouble) + 'static,
    ) -> Self {
        let writer = Self(Rc::new(Inner {
            clock,
            journal: RefCell::new(Journal::new(HOLD_MS)),
            store: RefCell::new(store),
            waiting: RefCell::default(),
            timer: RefCell::default(),
            was_reopened: Cell::new(false),
            on_trouble: Box::new(on_trouble),
            seen: RefCell::default(),
        }));
        let of = Rc::downgrade(&writer.0);
        let seen = on_visibility_change(move |_| {
            if let Some(inner) = of.upgrade() {
                Self(inner).drive();
            }
        });
        writer.0.seen.replace(seen);
        writer
    }

    pub fn store(&self) -> Option<Rc<Store>> {
        self.0.store.borrow().clone()
    }

    pub fn put(&self, batch: Batch) -> Ticket {
        let ticket = self.0.journal.borrow_mut().put(batch);
        self.drive();
        ticket
    }

    /// A piece of a reply, before it is shown.
    pub fn push(&self, comparison: Id, reply: ReplyId, events: &[StreamEvent]) {
        let now_ms = self.0.clock.now().ms;
        self.0.journal.borrow_mut().push(comparison, reply, events, now_ms);
        self.drive();
    }

    pub fn end(&self, comparison: Id, reply: ReplyId, batch: Batch) -> Ticket {
        let ticket = self.0.journal.borrow_mut().end(comparison, reply, batch);
        self.drive();
        ticket
    }

    /// Resolves once it is written, or nothing can be.
    pub fn written(&self, ticket: Ticket) -> impl Future<Output = ()> + 'static {
        let is_written = self.0.store.borrow().is_none() || self.0.journal.borrow().is_written(ticket);
        let receiver = (!is_written).then(|| {
            let (sender, receiver) = oneshot::channel();
            self.0.waiting.borrow_mut().push((ticket, sender));
            receiver
        });
        async move {
            if let Some(receiver) = receiver {
                // A writer that is gone writes nothing more.
                let _ = receiver.await;
            }
        }
    }

    /// Resolves once all that was put so far is written, or nothing can be.
    pub fn all_written(&self) -> impl Future<Output = ()> + 'static {
        let ticket = self.0.journal.borrow().last();
        self.written(ticket)
    }

    fn drive(&self) {
        let inner = &self.0;
        if inner.store.borrow().is_none() {
            return self.forget();
        }
        let next = {
            let mut journal = inner.journal.borrow_mut();
            journal.hold_ms = if is_hidden() { 0 } else { HOLD_MS };
            journal.next(inner.clock.now().ms)
        };
        inner.timer.take();
        match next {
            Next::Nothing => {}
            Next::At(at_ms) => {
                let wait = at_ms.saturating_sub(inner.clock.now().ms);
                let this = self.clone();
                let timer = every(u32::try_from(wait).unwrap_or(u32::MAX).max(1), move || this.drive());
                inner.timer.replace(Some(timer));
            }
            Next::Write(batch) => {
                let this = self.clone();
                spawn_local(async move { this.write(batch).await });
            }
        }
    }

    async fn write(&self, batch: Batch) {
        let Some(store) = self.store() else { return self.forget() };
        let written = store.write(&batch).await;
        match written {
            Ok(()) => {
                self.0.journal.borrow_mut().done();
                self.wake();
            }
            // A connection may be lost, once: opened again, all of it is tried again.
            Err(Failure::Unavailable) if !self.0.was_reopened.replace(true) => {
                // Nothing else is written before it is open again.
                let opened = Store::open().await;
                self.0.journal.borrow_mut().failed(batch);
                match opened {
                    Ok(store) => {
                        self.0.store.replace(Some(Rc::new(store)));
                    }
                    Err(_) => self.give_up(Trouble::Unavailable),
                }
            }
            Err(failure) => {
                self.0.journal.borrow_mut().failed(batch);
                self.give_up(failure.into());
            }
        }
        self.drive();
    }

    /// From now on everything is kept in memory only.
    fn give_up(&self, why: Trouble) {
        self.0.store.replace(None);
        (self.0.on_trouble)(why);
    }

    /// Nobody waits for what is never written.
    fn forget(&self) {
        self.0.waiting.take();
        let hold_ms = HOLD_MS;
        self.0.journal.replace(Journal::new(hold_ms));
    }

    fn wake(&self) {
        let journal = self.0.journal.borrow();
        let waiting = self.0.waiting.take();
        let (done, still): (Vec<_>, Vec<_>) =
            waiting.into_iter().partition(|(ticket, _)| journal.is_written(*ticket));
        self.0.waiting.replace(still);
        for (_, sender) in done {
            // Who waited may be gone.
            let _ = sender.send(());
        }
    }
}
