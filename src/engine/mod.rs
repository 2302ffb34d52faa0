//! Drives calls: the only place that waits. It asks the [`Call`] what it needs, makes it so, and
//! tells the call what happened; every decision is the call's or the queue's.
//!
//! - [`ask`]: one question to one model, and the request that it becomes
//! - [`listing`]: asks a provider for its models
//! - [`transport`]: what the engine needs from the world, as traits
//! - [`simulated`]: a transport that makes up answers in any dialect, for use without a key
//!
//! It names neither a framework nor a browser: tests run it with parts in memory.

pub mod ask;
pub mod listing;
pub mod simulated;
pub mod transport;

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use futures::{
    StreamExt,
    channel::oneshot,
    future::{self, Either, LocalBoxFuture},
    stream::LocalBoxStream,
};

use crate::{
    call::{
        Call, Input, Need,
        queue::{CallId, Outcome, Queue, QueueSettings},
    },
    model::{
        error::{ApiError, ErrorClass},
        http::{Headers, HttpRequest},
        table::Table,
    },
};
pub use ask::Ask;
use ask::notes;
use transport::{AttemptEnd, Clock, Journal, Reply, ReplySink, Transport};

/// All calls of a page, and the queue that they share.
pub struct Engine {
    queue: RefCell<Queue>,
    /// The calls that wait for a slot.
    waiting: RefCell<Table<CallId, oneshot::Sender<()>>>,
    clock: Rc<dyn Clock>,
    journal: Rc<dyn Journal>,
    last_id: Cell<u64>,
    seed: u64,
}

/// Stops a call: what came so far is kept. Dropping it changes nothing.
pub struct StopHandle(oneshot::Sender<()>);

/// The other end of a [`StopHandle`].
pub struct StopSignal(oneshot::Receiver<()>);

pub fn stop_pair() -> (StopHandle, StopSignal) {
    let (sender, receiver) = oneshot::channel();
    (StopHandle(sender), StopSignal(receiver))
}

impl StopHandle {
    pub fn stop(self) {
        // A call that has ended already needs no stopping.
        let _ = self.0.send(());
    }
}

impl Engine {
    /// `seed` spreads retries, so that many pages do not return to a server at the same moment.
    pub fn new(settings: QueueSettings, clock: Rc<dyn Clock>, journal: Rc<dyn Journal>, seed: u64) -> Self {
        Self {
            queue: RefCell::new(Queue::new(settings)),
            waiting: RefCell::default(),
            clock,
            journal,
            last_id: Cell::new(0),
            seed,
        }
    }

    pub fn next_id(&self) -> CallId {
        self.last_id.set(self.last_id.get() + 1);
        CallId(self.last_id.get())
    }

    /// How many calls stand before this one in its line; `None` when it does not wait.
    pub fn position(&self, id: CallId) -> Option<usize> {
        self.queue.borrow().position(id)
    }

    pub fn configure(&self, settings: QueueSettings) {
        self.queue.borrow_mut().configure(settings);
        self.grant();
    }

    /// Lives through one call, to its end. Dropping the future aborts the call and frees its slot.
    pub async fn run(
        &self,
        id: CallId,
        ask: Ask,
        transport: &dyn Transport,
        sink: &dyn ReplySink,
        stop: StopSignal,
    ) {
        let now = self.clock.now();
        let seed = self.seed ^ id.0.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let mut call = Call::new(ask.dialect, ask.provider.quirks, ask.limits.clone(), seed, now)
            .with_key(ask.key.clone());
        let mut slot = Slot { engine: self, id, is_asked: false };
        let mut stop = stopped(stop);
        let mut alarm = Alarm { clock: &*self.clock, armed: None };
        let mut doing = Need::Nothing;
        let mut work = Work::Nothing;
        let mut record = Record { journal: &*self.journal, id, open: None };
        let mut events = Vec::new();
        sink.apply(&events, &call, now.ms);
        loop {
            let need = call.need();
            if need != doing {
                // What was under way for another need is dropped here, and so aborted.
                if need.attempt() != doing.attempt() {
                    record.end(AttemptEnd::Aborted, call.now_ms());
                }
                if !need.keeps_slot() {
                    work = Work::Nothing;
                    slot.release(call.outcome());
                }
                work = match need {
                    Need::Nothing => return,
                    Need::Time => Work::Nothing,
                    Need::Slot => Work::Slot(slot.ask(&ask)),
                    Need::Headers { attempt, without } => match ask.encode(without) {
                        Ok(encoded) => {
                            let (request, notes) = notes(encoded);
                            sink.sending(&notes);
                            Work::Recording(self.journal.before_send(id, attempt, &request), Some(request))
                        }
                        Err(error) => {
                            let error = ApiError::new(ErrorClass::Request, error.to_string());
                            Work::Headers(Box::pin(future::ready(Err(error))))
                        }
                    },
                    Need::Body { .. } => work,
                };
                doing = need;
            }
            let happened = {
                let work = work.next();
                let alarm = alarm.ring(call.wake_at());
                futures::pin_mut!(work, alarm);
                match future::select(&mut stop, future::select(work, alarm)).await {
                    Either::Left(((), _)) => Happened::Stop,
                    Either::Right((Either::Left((happened, _)), _)) => happened,
                    Either::Right((Either::Right(((), _)), _)) => Happened::Alarm,
                }
            };
            let now = self.clock.now();
            match happened {
                Happened::Slot => call.handle(Input::SlotGranted, now, &mut events),
                Happened::Recorded(request) => {
                    record.sent(doing.attempt(), now.ms);
                    call.handle(Input::Sent, now, &mut events);
                    work = Work::Headers(transport.send(request));
                }
                Happened::Headers(Ok(Reply { status, headers, body })) => {
                    record.headers(status, &headers, now.ms);
                    call.handle(Input::Headers { status, headers: &headers }, now, &mut events);
                    work = Work::Body(body);
                }
                Happened::Piece(Some(Ok(bytes))) => {
                    record.chunk(&bytes, now.ms);
                    call.handle(Input::Bytes(&bytes), now, &mut events);
                }
                Happened::Piece(None) => {
                    record.end(AttemptEnd::Eof, now.ms);
                    call.handle(Input::End, now, &mut events);
                }
                Happened::Headers(Err(error)) | Happened::Piece(Some(Err(error))) => {
                    record.end(AttemptEnd::Broken, now.ms);
                    call.handle(Input::Broken(error), now, &mut events);
                }
                Happened::Alarm => {
                    alarm.armed = None;
                    call.handle(Input::Tick, now, &mut events);
                }
                Happened::Stop => call.handle(Input::Stop, now, &mut events),
            }
            sink.apply(&events, &call, now.ms);
            events.clear();
        }
    }

    fn grant(&self) {
        let granted = self.queue.borrow_mut().granted();
        for id in granted {
            let waiting = self.waiting.borrow_mut().remove(&id);
            // Whoever no longer waits gives the slot back by being dropped.
            let _ = waiting.map(|sender| sender.send(()));
        }
    }
}

/// What is under way for a call.
enum Work {
    Nothing,
    Slot(oneshot::Receiver<()>),
    /// The journal commits the request before it is sent.
    Recording(LocalBoxFuture<'static, ()>, Option<HttpRequest>),
    Headers(LocalBoxFuture<'static, Result<Reply, ApiError>>),
    Body(LocalBoxStream<'static, Result<Vec<u8>, ApiError>>),
}

enum Happened {
    Slot,
    Recorded(HttpRequest),
    Headers(Result<Reply, ApiError>),
    Piece(Option<Result<Vec<u8>, ApiError>>),
    Alarm,
    Stop,
}

impl Work {
    /// Waits for the next thing. Dropping the wait loses nothing: it can be taken up again.
    async fn next(&mut self) -> Happened {
        match self {
            Self::Nothing => future::pending().await,
            Self::Slot(granted) => match granted.await {
                Ok(()) => Happened::Slot,
                Err(oneshot::Canceled) => future::pending().await,
            },
            Self::Recording(recorded, request) => {
                recorded.await;
                match request.take() {
                    Some(request) => Happened::Recorded(request),
                    None => future::pending().await,
                }
            }
            Self::Headers(reply) => Happened::Headers(reply.await),
            Self::Body(body) => Happened::Piece(body.next().await),
        }
    }
}

/// Tells the journal of one call, each attempt from its sending to its one end.
struct Record<'a> {
    journal: &'a dyn Journal,
    id: CallId,
    /// The attempt that was sent and has not ended.
    open: Option<u32>,
}

impl Record<'_> {
    fn sent(&mut self, attempt: Option<u32>, now_ms: u64) {
        self.open = attempt;
        if let Some(attempt) = attempt {
            self.journal.sent(self.id, attempt, now_ms);
        }
    }

    fn headers(&self, status: u16, headers: &Headers, now_ms: u64) {
        if let Some(attempt) = self.open {
            self.journal.headers(self.id, attempt, status, headers, now_ms);
        }
    }

    fn chunk(&self, bytes: &[u8], now_ms: u64) {
        if let Some(attempt) = self.open {
            self.journal.chunk(self.id, attempt, bytes, now_ms);
        }
    }

    fn end(&mut self, end: AttemptEnd, now_ms: u64) {
        if let Some(attempt) = self.open.take() {
            self.journal.end(self.id, attempt, end, now_ms);
        }
    }
}

/// Resolves when a person stops the call, and never when the handle is merely dropped.
fn stopped(signal: StopSignal) -> LocalBoxFuture<'static, ()> {
    Box::pin(async move {
        if signal.0.await.is_err() {
            future::pending().await
        }
    })
}

/// One timer, kept over many pieces: a call may be woken too early, never too late.
struct Alarm<'a> {
    clock: &'a dyn Clock,
    armed: Option<(u64, LocalBoxFuture<'static, ()>)>,
}

impl Alarm<'_> {
    async fn ring(&mut self, wake_at: Option<u64>) {
        let Some(wake_at) = wake_at else { return future::pending().await };
        if self.armed.as_ref().is_none_or(|(armed_at, _)| wake_at < *armed_at) {
            self.armed = Some((wake_at, self.clock.sleep_until(wake_at)));
        }
        match &mut self.armed {
            Some((_, timer)) => timer.await,
            None => future::pending().await,
        }
    }
}

/// A call's place in the queue, given back when it is dropped.
struct Slot<'a> {
    engine: &'a Engine,
    id: CallId,
    is_asked: bool,
}

impl Slot<'_> {
    fn ask(&mut self, ask: &Ask) -> oneshot::Receiver<()> {
        let (sender, receiver) = oneshot::channel();
        self.is_asked = true;
        self.engine.waiting.borrow_mut().insert(self.id, sender);
        let Ask { provider, class, .. } = ask;
        let origin = provider.base_url.origin();
        self.engine.queue.borrow_mut().request(self.id, &origin, provider.connections, *class);
        self.engine.grant();
        receiver
    }

    fn release(&mut self, outcome: Outcome) {
        if std::mem::take(&mut self.is_asked) {
            self.engine.waiting.borrow_mut().remove(&self.id);
            self.engine.queue.borrow_mut().release(self.id, outcome);
            self.engine.grant();
        }
    }
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        self.release(Outcome::Neutral);
    }
}
