//! The journal at work: one transaction at a time, and whoever must wait for one.

use std::{
    cell::{Cell, RefCell},
    future::Future,
    rc::Rc,
};

use futures::{
    FutureExt,
    channel::oneshot,
    future::{self, Either, LocalBoxFuture, Shared},
};
use gloo_timers::future::TimeoutFuture;
use wasm_bindgen_futures::spawn_local;

use super::{Change, Failure, Store, tabs};
use crate::{
    browser::{Interval, Listener, every, is_hidden, on_visibility_change},
    engine::transport::Clock,
    grid::{
        comparison::{Id, ReplyId},
        journal::{HOLD_MS, Journal, Next, Ticket},
        record::{Act, Batch, segment::Piece},
    },
    model::event::StreamEvent,
};

/// How long a store may take to open before the page goes on without; it may still come.
const OPEN_MS: u32 = 5_000;

/// Why what happens is kept in this page's memory only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    Full,
    Unavailable,
    /// Another tab has an older version of this page open.
    Blocked,
    /// Another tab has a newer one.
    Replaced,
}

thread_local! {
    static OPENING: RefCell<Option<Shared<LocalBoxFuture<'static, Writer>>>> = const { RefCell::new(None) };
    static WRITER: RefCell<Option<Writer>> = const { RefCell::new(None) };
}

/// The writer of this page, once it is there.
pub fn writer() -> Option<Writer> {
    WRITER.with_borrow(Clone::clone)
}

/// The one writer of this page, opened by the first who asks. Trouble is told whenever it begins, and `None`
/// when it is over: what was kept in memory is to be put again then.
pub fn open_writer(
    clock: Rc<dyn Clock>,
    on_trouble: impl Fn(Option<Trouble>) + 'static,
) -> impl Future<Output = Writer> + 'static {
    OPENING.with_borrow_mut(|opening| {
        let open = || {
            let open = async move {
                let writer = Writer::new(None, clock, on_trouble);
                writer.open().await;
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
        }
    }
}

/// Where what is to be written goes.
enum Connection {
    Open(Rc<Store>),
    /// There is no room: what is stored can be read, and taken away.
    Full(Rc<Store>),
    /// The page rests: nothing holds the store open. What is to be written waits.
    Resting,
    /// Into this page's memory only.
    Gone,
}

/// Writes down what happens; clones are the same writer.
#[derive(Clone)]
pub struct Writer(Rc<Inner>);

struct Inner {
    clock: Rc<dyn Clock>,
    journal: RefCell<Journal>,
    connection: RefCell<Connection>,
    waiting: RefCell<Vec<(Ticket, oneshot::Sender<()>)>>,
    timer: RefCell<Option<Interval>>,
    /// The connection was opened again after it was lost, and nothing was written since.
    was_reopened: Cell<bool>,
    on_trouble: Box<dyn Fn(Option<Trouble>)>,
    /// Tells when the page is seen, and when no more.
    seen: RefCell<Option<Listener>>,
}

impl Writer {
    /// Without a store nothing is written, and nobody waits.
    pub fn new(
        store: Option<Rc<Store>>,
        clock: Rc<dyn Clock>,
        on_trouble: impl Fn(Option<Trouble>) + 'static,
    ) -> Self {
        let writer = Self(Rc::new(Inner {
            clock,
            journal: RefCell::new(Journal::new(HOLD_MS)),
            connection: RefCell::new(store.map_or(Connection::Gone, Connection::Open)),
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

    /// What can be read.
    pub fn store(&self) -> Option<Rc<Store>> {
        match &*self.0.connection.borrow() {
            Connection::Open(store) | Connection::Full(store) => Some(store.clone()),
            Connection::Resting | Connection::Gone => None,
        }
    }

    /// What happens is kept in memory only.
    pub fn is_lost(&self) -> bool {
        matches!(&*self.0.connection.borrow(), Connection::Full(_) | Connection::Gone)
    }

    pub fn is_full(&self) -> bool {
        matches!(&*self.0.connection.borrow(), Connection::Full(_))
    }

    /// Opens the store. One that takes too long, or that another tab holds back, is waited for beside what else
    /// happens, and taken when it comes.
    async fn open(&self) {
        let (blocked, is_blocked) = oneshot::channel();
        let blocked = RefCell::new(Some(blocked));
        let opening = Store::open(Rc::new(move |change| match change {
            Change::Blocked => {
                // Nobody waits any more for what is open.
                let _ = blocked.take().map(|blocked| blocked.send(()));
            }
            Change::Replaced => {
                if let Some(writer) = writer() {
                    writer.give_up(Trouble::Replaced);
                }
            }
        }));
        let late = future::select(is_blocked, TimeoutFuture::new(OPEN_MS));
        let (trouble, opening) = match future::select(opening.boxed_local(), late).await {
            Either::Left((Ok(store), _)) => {
                self.0.connection.replace(Connection::Open(Rc::new(store)));
                return;
            }
            Either::Left((Err(failure), _)) => return self.give_up(failure.into()),
            Either::Right((Either::Left((Ok(()), _)), opening)) => (Trouble::Blocked, opening),
            Either::Right((_, opening)) => (Trouble::Unavailable, opening),
        };
        self.give_up(trouble);
        let this = self.clone();
        spawn_local(async move {
            if let Ok(store) = opening.await {
                this.come_back(Rc::new(store));
            }
        });
    }

    /// Something can be written again.
    fn come_back(&self, store: Rc<Store>) {
        self.0.connection.replace(Connection::Open(store));
        (self.0.on_trouble)(None);
        self.drive();
    }

    /// Takes a comparison away, also where there is no room for anything. Then there may be some again.
    pub async fn remove(&self, id: Id) {
        let batch = Batch { is_strict: true, acts: vec![Act::Remove(id)] };
        match self.store().filter(|_| self.is_full()) {
            Some(store) => {
                if store.write(&batch).await.is_ok() {
                    tabs::wrote(&batch);
                    self.come_back(store);
                }
            }
            None => {
                let ticket = self.0.journal.borrow_mut().remove(id);
                self.drive();
                self.written(ticket).await;
            }
        }
    }

    /// Lets the store go, so that nothing keeps the browser from putting this page aside. What is under way is
    /// still written, and what waits for that: the page may not come back.
    pub fn rest(&self) {
        self.0.timer.take();
        let store = match &*self.0.connection.borrow() {
            Connection::Open(store) => store.clone(),
            _ => return,
        };
        self.0.connection.replace(Connection::Resting);
        let (batch, ticket) = self.0.journal.borrow_mut().flush();
        if !batch.is_empty() {
            let (this, written) = (self.clone(), store.write(&batch));
            spawn_local(async move {
                match written.await {
                    Ok(()) => this.0.journal.borrow_mut().flushed(ticket),
                    Err(_) => this.0.journal.borrow_mut().put_back(batch),
                }
                this.wake_waiting();
            });
        }
    }

    fn is_resting(&self) -> bool {
        matches!(&*self.0.connection.borrow(), Connection::Resting)
    }

    /// The page goes on.
    pub async fn wake(&self) {
        if self.is_resting() {
            self.open().await;
            self.drive();
        }
    }

    pub fn put(&self, batch: Batch) -> Ticket {
        let ticket = self.0.journal.borrow_mut().put(batch);
        self.drive();
        ticket
    }

    /// These replies are coming.
    pub fn begin(&self, comparison: Id, replies: &[ReplyId], batch: Batch) -> Ticket {
        let ticket = self.0.journal.borrow_mut().begin(comparison, replies, batch);
        self.drive();
        ticket
    }

    /// All of a comparison, with all that has come of what is still coming.
    pub fn begin_anew(&self, comparison: Id, pieces: &[Piece], batch: Batch) -> Ticket {
        let ticket = self.0.journal.borrow_mut().begin_anew(comparison, pieces, batch);
        self.drive();
        ticket
    }

    /// A piece of a reply, before it is shown.
    pub fn push(&self, comparison: Id, reply: ReplyId, events: &[StreamEvent]) {
        let now_ms = self.0.clock.now().ms;
        self.0.journal.borrow_mut().push(comparison, reply, events, now_ms);
        // A timer that is set comes before this piece is due: many come between two.
        if self.0.timer.borrow().is_none() || is_hidden() {
            self.drive();
        }
    }

    pub fn end(&self, comparison: Id, reply: ReplyId, batch: Batch) -> Ticket {
        let ticket = self.0.journal.borrow_mut().end(comparison, reply, batch);
        self.drive();
        ticket
    }

    /// Resolves once it is written, or nothing can be.
    pub fn written(&self, ticket: Ticket) -> impl Future<Output = ()> + 'static {
        let is_written = self.is_lost() || self.0.journal.borrow().is_written(ticket);
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
        if self.is_lost() {
            return self.forget();
        }
        let Some(store) = self.store() else { return };
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
                let (this, written) = (self.clone(), store.write(&batch));
                spawn_local(async move { this.wrote(batch, written.await).await });
            }
        }
    }

    async fn wrote(&self, batch: Batch, written: Result<(), Failure>) {
        match written {
            Ok(()) => {
                self.0.was_reopened.set(false);
                self.0.journal.borrow_mut().done();
                tabs::wrote(&batch);
                self.wake_waiting();
            }
            // A connection may be lost: opened again, all of it is tried again, once.
            Err(Failure::Unavailable) if !self.is_lost() && !self.0.was_reopened.replace(true) => {
                // Nothing else is written before it is open again.
                self.0.connection.replace(Connection::Resting);
                self.open().await;
                self.0.journal.borrow_mut().failed(batch);
                if !self.is_lost() {
                    // What was stored may be gone with it.
                    (self.0.on_trouble)(None);
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
        let store = self.store().filter(|_| why == Trouble::Full);
        self.0.connection.replace(store.map_or(Connection::Gone, Connection::Full));
        self.forget();
        (self.0.on_trouble)(Some(why));
    }

    /// Nobody waits for what is never written.
    fn forget(&self) {
        self.0.waiting.take();
        let hold_ms = HOLD_MS;
        self.0.journal.replace(Journal::new(hold_ms));
    }

    fn wake_waiting(&self) {
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
