//! Parts of the engine's world in memory: a clock that a test turns, transports, a journal and
//! sinks that remember everything.

#![allow(dead_code, reason = "each test binary uses its own part of this")]

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    future::Future,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, Waker},
};

use futures::{
    StreamExt,
    executor::LocalPool,
    future::{AbortHandle, LocalBoxFuture, abortable},
    stream,
    task::LocalSpawnExt,
};
use tutti::{
    call::{
        Call, Limits, Now, Phase, Summary,
        phase::{PhaseKind, Transition},
        queue::{CallId, Class, QueueSettings},
    },
    engine::{
        Ask, Engine, StopHandle,
        ask::Notes,
        simulated::{Simulated, Simulation},
        stop_pair,
        transport::{AttemptEnd, Clock, Journal, Reply, ReplySink, Transport},
    },
    model::{
        answer::Answer,
        catalog,
        chat::{ChatRequest, Message},
        error::{ApiError, ErrorClass},
        event::StreamEvent,
        http::{Headers, HttpRequest},
        provider::{Dialect, Provider},
    },
};

/// 2026-08-01T00:00:00Z
pub const WALL_MS: u64 = 1_785_542_400_000;

/// Time that passes when a test says so. Handles to one time can be counted apart.
pub struct VirtualClock {
    time: Rc<RefCell<Time>>,
    /// How many timers this handle has made.
    pub timers: Cell<usize>,
}

#[derive(Default)]
struct Time {
    now_ms: u64,
    next_id: u64,
    sleepers: BTreeMap<(u64, u64), Option<Waker>>,
}

impl VirtualClock {
    pub fn new() -> Rc<Self> {
        Rc::new(Self { time: Rc::default(), timers: Cell::new(0) })
    }

    /// Another handle to the same time.
    pub fn handle(&self) -> Rc<Self> {
        Rc::new(Self { time: Rc::clone(&self.time), timers: Cell::new(0) })
    }

    pub fn ms(&self) -> u64 {
        self.time.borrow().now_ms
    }

    /// How many timers are set.
    pub fn sleepers(&self) -> usize {
        self.time.borrow().sleepers.len()
    }

    pub fn next_at(&self) -> Option<u64> {
        self.time.borrow().sleepers.keys().next().map(|(at, _)| *at)
    }

    pub fn turn_to(&self, ms: u64) {
        let mut time = self.time.borrow_mut();
        time.now_ms = time.now_ms.max(ms);
        let now_ms = time.now_ms;
        let due: Vec<Waker> =
            time.sleepers.range_mut(..=(now_ms, u64::MAX)).filter_map(|(_, waker)| waker.take()).collect();
        drop(time);
        due.into_iter().for_each(Waker::wake);
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> Now {
        let ms = self.ms();
        Now { ms, wall_ms: WALL_MS + ms }
    }

    fn sleep_until(&self, ms: u64) -> LocalBoxFuture<'static, ()> {
        self.timers.set(self.timers.get() + 1);
        let mut time = self.time.borrow_mut();
        time.next_id += 1;
        let key = (ms, time.next_id);
        time.sleepers.insert(key, None);
        Box::pin(Sleep { key, time: Rc::clone(&self.time) })
    }
}

struct Sleep {
    key: (u64, u64),
    time: Rc<RefCell<Time>>,
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut time = self.time.borrow_mut();
        if time.now_ms >= self.key.0 {
            return Poll::Ready(());
        }
        time.sleepers.insert(self.key, Some(cx.waker().clone()));
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        self.time.borrow_mut().sleepers.remove(&self.key);
    }
}

/// What a server does with one request.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// Until the headers, or until the connection fails.
    pub connect_ms: u64,
    /// `None`: no connection.
    pub status: Option<u16>,
    pub headers: Headers,
    /// Pieces of the body, each so long after the one before.
    pub pieces: Vec<(u64, Vec<u8>)>,
    pub end: End,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Eof,
    Reset,
    /// The connection stays open, and nothing comes.
    Silence,
}

impl Exchange {
    pub fn status(status: u16, body: &str) -> Self {
        let pieces = vec![(0, body.into())];
        Self { connect_ms: 10, status: Some(status), headers: Headers::default(), pieces, end: End::Eof }
    }

    pub fn no_connection() -> Self {
        Self { status: None, ..Self::status(0, "") }
    }

    /// An answer of Chat Completions, a word at a time.
    pub fn answer(words: &[&str], every_ms: u64) -> Self {
        let word = |word: &&str| {
            let delta = serde_json::json!({ "choices": [{ "index": 0, "delta": { "content": word } }] });
            (every_ms, format!("data: {delta}\n\n").into_bytes())
        };
        let mut pieces: Vec<_> = words.iter().map(word).collect();
        let finish = r#"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#;
        pieces.push((0, format!("data: {finish}\n\ndata: [DONE]\n\n").into_bytes()));
        Self { pieces, ..Self::status(200, "") }
    }

    pub fn with(self, name: &str, value: &str) -> Self {
        Self { headers: [(name, value)].into_iter().collect(), ..self }
    }

    /// Ends after so many pieces.
    pub fn broken_off(mut self, pieces: usize, end: End) -> Self {
        self.pieces.truncate(pieces);
        Self { end, ..self }
    }
}

/// A server that plays exchanges in order; the last one repeats.
pub struct Scripted {
    clock: Rc<VirtualClock>,
    exchanges: Vec<Exchange>,
    sent: Cell<usize>,
}

impl Scripted {
    pub fn new(clock: &VirtualClock, exchanges: Vec<Exchange>) -> Self {
        Self { clock: clock.handle(), exchanges, sent: Cell::new(0) }
    }
}

impl Transport for Scripted {
    fn send(&self, _: HttpRequest) -> LocalBoxFuture<'static, Result<Reply, ApiError>> {
        let exchange = self.exchanges[self.sent.get().min(self.exchanges.len() - 1)].clone();
        self.sent.set(self.sent.get() + 1);
        let clock = Rc::clone(&self.clock);
        let begun_ms = clock.ms();
        Box::pin(async move {
            clock.sleep_until(begun_ms + exchange.connect_ms).await;
            let lost = |words: &str| ApiError::new(ErrorClass::NetworkOrCors, words);
            let Some(status) = exchange.status else { return Err(lost("Failed to fetch")) };
            let state = (clock, exchange.pieces.into_iter(), Some(exchange.end));
            let body = stream::unfold(state, move |(clock, mut pieces, end)| async move {
                if let Some((after_ms, piece)) = pieces.next() {
                    clock.sleep_until(clock.ms() + after_ms).await;
                    return Some((Ok(piece), (clock, pieces, end)));
                }
                match end? {
                    End::Eof => None,
                    End::Reset => Some((Err(lost("network error")), (clock, pieces, None))),
                    End::Silence => futures::future::pending().await,
                }
            });
            Ok(Reply { status, headers: exchange.headers, body: Box::pin(body) })
        })
    }
}

/// What came of one request.
#[derive(Clone, Debug)]
pub struct Sent {
    pub at_ms: u64,
    pub request: HttpRequest,
    /// All bytes of the body that were read.
    pub bytes: Vec<u8>,
    pub state: Connection,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connection {
    Open,
    /// Read to its end.
    Ended,
    /// Nobody wanted more of it.
    Dropped,
}

/// All requests that went over taps, and how many connections were open at once.
#[derive(Default)]
pub struct Traffic {
    pub sent: RefCell<Vec<Sent>>,
    pub open: Cell<usize>,
    pub most_open: Cell<usize>,
    /// In one line with what the journal does.
    pub log: Log,
}

impl Traffic {
    pub fn states(&self) -> Vec<Connection> {
        self.sent.borrow().iter().map(|sent| sent.state).collect()
    }

    pub fn times(&self) -> Vec<u64> {
        self.sent.borrow().iter().map(|sent| sent.at_ms).collect()
    }
}

/// What happened, in order, over all parts.
pub type Log = Rc<RefCell<Vec<String>>>;

/// Listens in on a transport.
pub struct Tap {
    inner: Box<dyn Transport>,
    clock: Rc<VirtualClock>,
    traffic: Rc<Traffic>,
}

impl Transport for Tap {
    fn send(&self, request: HttpRequest) -> LocalBoxFuture<'static, Result<Reply, ApiError>> {
        let traffic = Rc::clone(&self.traffic);
        traffic.log.borrow_mut().push("sent".to_owned());
        let (at_ms, state) = (self.clock.ms(), Connection::Open);
        let sent = Sent { at_ms, request: request.clone(), bytes: Vec::new(), state };
        traffic.sent.borrow_mut().push(sent);
        traffic.open.set(traffic.open.get() + 1);
        traffic.most_open.set(traffic.most_open.get().max(traffic.open.get()));
        let number = traffic.sent.borrow().len() - 1;
        let mut line = Line { traffic, number, state };
        let reply = self.inner.send(request);
        Box::pin(async move {
            let reply = reply.await;
            if reply.is_err() {
                line.state = Connection::Ended;
            }
            let Reply { status, headers, body } = reply?;
            let body = stream::unfold((body, line), |(mut body, mut line)| async move {
                let piece = body.next().await;
                match &piece {
                    Some(Ok(bytes)) => line.traffic.sent.borrow_mut()[line.number].bytes.extend(bytes),
                    Some(Err(_)) | None => line.state = Connection::Ended,
                }
                Some((piece?, (body, line)))
            });
            Ok(Reply { status, headers, body: Box::pin(body) })
        })
    }
}

/// One connection, counted while it lives.
struct Line {
    traffic: Rc<Traffic>,
    number: usize,
    state: Connection,
}

impl Drop for Line {
    fn drop(&mut self) {
        if self.state == Connection::Open {
            self.state = Connection::Dropped;
        }
        self.traffic.sent.borrow_mut()[self.number].state = self.state;
        self.traffic.open.set(self.traffic.open.get() - 1);
    }
}

/// What the journal was told of one call.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    BeforeSend { id: CallId, attempt: u32 },
    Sent { id: CallId, attempt: u32, now_ms: u64 },
    Headers { id: CallId, attempt: u32, status: u16, now_ms: u64 },
    Chunk { id: CallId, attempt: u32, bytes: Vec<u8>, now_ms: u64 },
    End { id: CallId, attempt: u32, end: AttemptEnd, now_ms: u64 },
}

/// Remembers what it is told; its commits may take a while.
pub struct Recorder {
    clock: Rc<VirtualClock>,
    pub commit_ms: Cell<u64>,
    pub entries: RefCell<Vec<Entry>>,
    log: Log,
}

impl Entry {
    pub fn call(&self) -> CallId {
        match self {
            Self::BeforeSend { id, .. }
            | Self::Sent { id, .. }
            | Self::Headers { id, .. }
            | Self::Chunk { id, .. }
            | Self::End { id, .. } => *id,
        }
    }
}

impl Recorder {
    /// How the attempts of one call ended, in order; each that was sent ends once.
    pub fn ends(&self, call: CallId) -> Vec<(u32, AttemptEnd)> {
        let entries = self.entries.borrow();
        let ends = entries.iter().filter_map(|entry| match entry {
            Entry::End { id, attempt, end, .. } if *id == call => Some((*attempt, *end)),
            _ => None,
        });
        ends.collect()
    }

    /// The bytes of one call's attempt, and when they came.
    pub fn chunks(&self, call: CallId, of_attempt: u32) -> Vec<(u64, Vec<u8>)> {
        let entries = self.entries.borrow();
        let chunks = entries.iter().filter_map(|entry| match entry {
            Entry::Chunk { id, attempt, bytes, now_ms } if *id == call && *attempt == of_attempt => {
                Some((*now_ms, bytes.clone()))
            }
            _ => None,
        });
        chunks.collect()
    }
}

impl Journal for Recorder {
    fn before_send(&self, id: CallId, attempt: u32, _: &HttpRequest) -> LocalBoxFuture<'static, ()> {
        self.entries.borrow_mut().push(Entry::BeforeSend { id, attempt });
        self.log.borrow_mut().push("asked to commit".to_owned());
        let (clock, log) = (Rc::clone(&self.clock), Rc::clone(&self.log));
        let committed_ms = clock.ms() + self.commit_ms.get();
        Box::pin(async move {
            clock.sleep_until(committed_ms).await;
            log.borrow_mut().push("committed".to_owned());
        })
    }

    fn sent(&self, id: CallId, attempt: u32, now_ms: u64) {
        self.entries.borrow_mut().push(Entry::Sent { id, attempt, now_ms });
    }

    fn end(&self, id: CallId, attempt: u32, end: AttemptEnd, now_ms: u64) {
        self.entries.borrow_mut().push(Entry::End { id, attempt, end, now_ms });
    }

    fn headers(&self, id: CallId, attempt: u32, status: u16, _: &Headers, now_ms: u64) {
        self.entries.borrow_mut().push(Entry::Headers { id, attempt, status, now_ms });
    }

    fn chunk(&self, id: CallId, attempt: u32, bytes: &[u8], now_ms: u64) {
        self.entries.borrow_mut().push(Entry::Chunk { id, attempt, bytes: bytes.to_owned(), now_ms });
    }
}

/// What a person would have seen of one reply.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    pub answer: Answer,
    /// Every phase that was shown, without what it carries.
    pub phases: Vec<PhaseKind>,
    pub phase: Option<Phase>,
    pub log: Vec<Transition>,
    pub summary: Summary,
    /// What was said of each request before it was sent.
    pub notes: Vec<Notes>,
    /// How often something was to be drawn.
    pub applied: usize,
    pub last_ms: u64,
}

#[derive(Default)]
pub struct Sink(RefCell<Seen>);

impl ReplySink for Sink {
    fn sending(&self, notes: &Notes) {
        self.0.borrow_mut().notes.push(notes.clone());
    }

    fn apply(&self, events: &[StreamEvent], call: &Call, now_ms: u64) {
        let mut seen = self.0.borrow_mut();
        events.iter().for_each(|event| seen.answer.apply(event));
        if seen.phases.last() != Some(&call.phase().kind()) {
            seen.phases.push(call.phase().kind());
        }
        assert!(seen.last_ms <= now_ms, "time goes back");
        seen.phase = Some(call.phase().clone());
        seen.log = call.log().to_vec();
        seen.summary = call.summary(now_ms);
        seen.applied += 1;
        seen.last_ms = now_ms;
    }
}

/// An engine with everything around it.
pub struct World {
    pub clock: Rc<VirtualClock>,
    /// What the engine itself uses, so that its timers can be counted.
    pub engine_clock: Rc<VirtualClock>,
    pub engine: Rc<Engine>,
    pub journal: Rc<Recorder>,
    pub traffic: Rc<Traffic>,
    pool: LocalPool,
}

/// One call, seen from outside.
pub struct Player {
    pub id: CallId,
    sink: Rc<Sink>,
    stop: Option<StopHandle>,
    abort: AbortHandle,
    is_over: Rc<Cell<bool>>,
}

impl World {
    pub fn new(settings: QueueSettings) -> Self {
        let clock = VirtualClock::new();
        let engine_clock = clock.handle();
        let log = Log::default();
        let journal = Rc::new(Recorder {
            clock: clock.handle(),
            commit_ms: Cell::new(0),
            entries: RefCell::default(),
            log: Rc::clone(&log),
        });
        let traffic = Rc::new(Traffic { log, ..Traffic::default() });
        let engine =
            Engine::new(settings, Rc::clone(&engine_clock) as Rc<dyn Clock>, Rc::clone(&journal) as _, 7);
        Self { clock, engine_clock, engine: Rc::new(engine), journal, traffic, pool: LocalPool::new() }
    }

    /// A world where every connection that is asked for may be open at once.
    pub fn wide() -> Self {
        Self::new(QueueSettings::default())
    }

    /// One call at a time.
    pub fn narrow() -> Self {
        Self::new(QueueSettings { total: 1, ..QueueSettings::default() })
    }

    /// Asks a simulated model.
    pub fn ask(&mut self, dialect: Dialect, model: &str, prompt: &str) -> Player {
        let simulation = Simulation::from_model(model);
        let simulated = Simulated::new(dialect, simulation, self.clock.handle());
        self.start(ask(dialect, model, prompt), simulated)
    }

    /// Asks a scripted server that speaks Chat Completions.
    pub fn ask_server(&mut self, prompt: &str, exchanges: Vec<Exchange>) -> Player {
        let server = Scripted::new(&self.clock, exchanges);
        self.start(ask(Dialect::OpenaiChat, "model", prompt), server)
    }

    pub fn start(&mut self, ask: Ask, transport: impl Transport + 'static) -> Player {
        let id = self.engine.next_id();
        let (stop, signal) = stop_pair();
        let sink = Rc::new(Sink::default());
        let is_over = Rc::new(Cell::new(false));
        let tap =
            Tap { inner: Box::new(transport), clock: self.clock.handle(), traffic: Rc::clone(&self.traffic) };
        let (engine, heard, over) = (Rc::clone(&self.engine), Rc::clone(&sink), Rc::clone(&is_over));
        let (run, abort) = abortable(async move {
            engine.run(id, ask, &tap, &*heard, signal).await;
            over.set(true);
        });
        let run = async move {
            let _ = run.await;
        };
        self.pool.spawner().spawn_local(run).unwrap();
        Player { id, sink, stop: Some(stop), abort, is_over }
    }

    /// Lets everything happen that needs no time.
    pub fn settle(&mut self) {
        self.pool.run_until_stalled();
    }

    /// Lets time pass up to that moment.
    pub fn run_until(&mut self, ms: u64) {
        self.settle();
        while let Some(next) = self.clock.next_at().filter(|next| *next <= ms) {
            self.clock.turn_to(next);
            self.settle();
        }
        self.clock.turn_to(ms);
        self.settle();
    }

    /// Lets time pass until nobody waits for it any more.
    pub fn run(&mut self) {
        self.settle();
        while let Some(next) = self.clock.next_at() {
            self.clock.turn_to(next);
            self.settle();
        }
    }
}

impl Player {
    pub fn seen(&self) -> Seen {
        self.sink.0.borrow().clone()
    }

    pub fn text(&self) -> String {
        self.seen().answer.text
    }

    pub fn is_over(&self) -> bool {
        self.is_over.get()
    }

    /// How it ended, in one word and with the class of its error.
    pub fn ended(&self) -> String {
        match self.seen().phase {
            Some(Phase::Finished(reason)) => format!("Finished {:?}", reason.unified),
            Some(phase) => {
                let class = phase.error().map_or(String::new(), |error| format!(" {:?}", error.class));
                format!("{:?}{class}", phase.kind())
            }
            None => "never begun".to_owned(),
        }
    }

    /// When it entered a phase, each time.
    pub fn entered(&self, phase: PhaseKind) -> Vec<u64> {
        let seen = self.seen();
        seen.log.iter().filter(|line| line.phase == phase).map(|line| line.at_ms).collect()
    }

    pub fn stop(&mut self) {
        self.stop.take().unwrap().stop();
    }

    pub fn stop_if_it_runs(&mut self) {
        if let Some(stop) = self.stop.take() {
            stop.stop();
        }
    }

    /// Drops the future of the call.
    pub fn abandon(&self) {
        self.abort.abort();
    }

    pub fn forget_stop_handle(&mut self) {
        self.stop = None;
    }
}

/// The simulated provider, as wide as the queue permits.
pub fn provider() -> Provider {
    Provider { connections: 256, ..catalog::find("simulated").unwrap().clone() }
}

pub fn ask(dialect: Dialect, model: &str, prompt: &str) -> Ask {
    let messages = vec![Message::user(prompt)];
    Ask {
        provider: provider(),
        dialect,
        key: None,
        request: ChatRequest { model: model.to_owned(), messages, ..ChatRequest::default() },
        class: Class::Interactive,
        limits: Limits::default(),
    }
}
