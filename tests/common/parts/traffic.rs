//! Transports: one that plays a script, and one that listens in on another.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use futures::{StreamExt, future::LocalBoxFuture, stream};
use tutti::{
    engine::transport::{Clock, Reply, Transport},
    model::{
        error::{ApiError, ErrorClass},
        http::{Headers, HttpRequest},
    },
};

use super::{End, Exchange, VirtualClock};

/// A server that plays exchanges in order; the last one repeats.
pub struct Scripted {
    pub(super) clock: Rc<VirtualClock>,
    pub(super) exchanges: Vec<Exchange>,
    pub(super) sent: Cell<usize>,
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
    pub(super) inner: Box<dyn Transport>,
    pub(super) clock: Rc<VirtualClock>,
    pub(super) traffic: Rc<Traffic>,
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
