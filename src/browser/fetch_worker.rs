//! Requests that a worker sends and reads: of two hundred answers the page's own thread then hears a
//! hundred times a second, not ten thousand times.
//!
//! The worker gathers what comes for at most [16 ms](SOURCE), 1 ms where something ends, and posts it in one
//! buffer, as records: the call's number, what it is, its length (each 32 bits, little end first), and its
//! bytes. The page says when it has read four buffers (saying it costs more than reading one); while eight are
//! unread the worker gathers on, and past 4 MB it reads no more.
//!
//! Of more than 32 answers each is read every 24 ms, all together: a token that is read alone costs the browser
//! more than all that is done with it afterwards, and wakes the worker for itself.
//!
//! The worker decides nothing: which requests there are, and what they may carry, is decided here.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    rc::Rc,
    task::{Context, Poll, Waker},
    time::Duration,
};

use futures::{
    future::{self, Either, LocalBoxFuture},
    stream,
};
use js_sys::{Array, ArrayBuffer, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Event, MessageEvent, Worker};

use super::{Fetch, Listener, fetch, later, network, worker};
use crate::{
    engine::transport::{Reply, Transport},
    later::later,
    model::{
        error::{ApiError, ErrorClass},
        http::{Headers, HttpRequest, is_success},
    },
};

const SOURCE: &str = include_str!("fetch_worker.js");

/// After so many buffers the worker is told that they were read; it counts by this too.
const READ: u32 = 4;

/// A worker that has not said by then that it runs never will.
const PATIENCE: Duration = Duration::from_secs(2);

/// The kinds of records; every other one is a request that failed.
const HEAD: u32 = 0;
const PIECE: u32 = 1;
const END: u32 = 2;

thread_local! {
    static OFFICE: Option<Rc<Office>> = Office::open();
}

/// Requests by a worker, and by the page itself where no worker can do them.
pub struct WorkerFetch;

impl WorkerFetch {
    /// Starts the worker, so that the first request need not wait for it.
    pub fn prepare() {
        OFFICE.with(|_| {});
    }
}

impl Transport for WorkerFetch {
    fn send(&self, request: HttpRequest) -> LocalBoxFuture<'static, Result<Reply, ApiError>> {
        Box::pin(send(request))
    }
}

async fn send(request: HttpRequest) -> Result<Reply, ApiError> {
    // A request for which the browser may ask a person is the page's own.
    if network::may_ask(&request.base.origin()) {
        return by_the_page(request).await;
    }
    let office = OFFICE.with(Clone::clone);
    match office {
        Some(office) if office.is_running().await => office.send(&request).await,
        _ => by_the_page(request).await,
    }
}

async fn by_the_page(request: HttpRequest) -> Result<Reply, ApiError> {
    // Without it the request fails, and why is found out afterwards.
    let _ = later::rest().await;
    sent_by_the_page(request).await
}

later! {
    "0002" fn sent_by_the_page(
        request: HttpRequest,
    ) -> LocalBoxFuture<'static, Result<Reply, ApiError>> {
        Fetch.send(request)
    } else {
        drop(request);
        Box::pin(async { Err(ApiError::new(ErrorClass::NetworkOrCors, "")) })
    }
}

/// The page's end of the worker.
struct Office {
    worker: Worker,
    /// Whether the worker runs, once that is known.
    runs: Cell<Option<bool>>,
    wait_for_it: RefCell<Vec<Waker>>,
    /// By number, which only grows.
    calls: RefCell<Vec<(u32, Rc<Inbox>)>>,
    last: Cell<u32>,
    /// Buffers that were read since the worker was told.
    read: Cell<u32>,
    #[expect(dead_code, reason = "held for their drop")]
    listeners: [Listener; 2],
}

impl Office {
    fn open() -> Option<Rc<Self>> {
        let worker = worker::start(SOURCE)?;
        let hear = |event: Event| {
            let office = OFFICE.with(Clone::clone);
            if let (Some(office), Some(message)) = (office, event.dyn_ref::<MessageEvent>()) {
                office.hear(&message.data());
            }
        };
        let fail = |_| {
            if let Some(office) = OFFICE.with(Clone::clone) {
                office.know(false);
            }
        };
        let listeners =
            [Listener::new(worker.as_ref(), "message", hear), Listener::new(worker.as_ref(), "error", fail)];
        Some(Rc::new(Self {
            worker,
            runs: Cell::new(None),
            wait_for_it: RefCell::default(),
            calls: RefCell::default(),
            last: Cell::new(0),
            read: Cell::new(0),
            listeners,
        }))
    }

    /// What is known first stays.
    fn know(&self, runs: bool) {
        if self.runs.get().is_none() {
            self.runs.set(Some(runs));
            self.wait_for_it.take().into_iter().for_each(Waker::wake);
        }
    }

    async fn is_running(&self) -> bool {
        if let Some(runs) = self.runs.get() {
            return runs;
        }
        let known = future::poll_fn(|context: &mut Context<'_>| match self.runs.get() {
            Some(runs) => Poll::Ready(runs),
            None => {
                self.wait_for_it.borrow_mut().push(context.waker().clone());
                Poll::Pending
            }
        });
        match future::select(known, gloo_timers::future::sleep(PATIENCE)).await {
            Either::Left((runs, _)) => runs,
            Either::Right(_) => {
                self.know(false);
                false
            }
        }
    }

    fn hear(&self, message: &JsValue) {
        if let Some(buffer) = message.dyn_ref::<ArrayBuffer>() {
            self.read.set(self.read.get() + 1);
            if self.read.get() == READ {
                self.read.set(0);
                self.tell(&JsValue::NULL);
            }
            self.hand_out(&Uint8Array::new(buffer).to_vec());
        } else if let Some(refused) = message.dyn_ref::<Array>() {
            let text = |at| refused.get(at).as_string().unwrap_or_default();
            network::was_refused(&text(0), text(1));
        } else {
            self.know(true);
        }
    }

    fn hand_out(&self, mut records: &[u8]) {
        while let Some((record, rest)) = Record::first(records) {
            records = rest;
            // Not held while somebody is told, who may begin another call or drop one.
            let inbox = {
                let calls = self.calls.borrow();
                let at = calls.binary_search_by_key(&record.id, |(id, _)| *id).ok();
                at.and_then(|at| calls.get(at)).map(|(_, inbox)| inbox.clone())
            };
            if let Some(inbox) = inbox {
                inbox.take(&record);
            }
        }
    }

    fn tell(&self, message: &JsValue) {
        // Fails only for what cannot be copied; these are numbers, texts, and lists of them.
        let _ = self.worker.post_message(message);
    }

    async fn send(self: Rc<Self>, request: &HttpRequest) -> Result<Reply, ApiError> {
        let init = fetch::init(request)?;
        let id = self.last.get().wrapping_add(1);
        self.last.set(id);
        let inbox = Rc::<Inbox>::default();
        self.calls.borrow_mut().push((id, inbox.clone()));
        self.tell(&Array::of3(&id.into(), &request.url().into(), &init));
        let call = Call { office: self, id, inbox };
        match future::poll_fn(|context| call.inbox.poll(context)).await {
            Some(Said::Head(text)) => {
                let (status, headers) = head(&text);
                if !is_success(status) {
                    // What reads a refusal is fetched after the first screen.
                    let _ = later::rest().await;
                }
                let body = stream::poll_fn(move |context| call.inbox.poll(context).map(piece));
                Ok(Reply { status, headers, body: Box::pin(body) })
            }
            Some(Said::Broken(message)) => Err(broken(message)),
            Some(Said::Piece(_)) | None => Err(broken(String::new())),
        }
    }
}

fn piece(said: Option<Said>) -> Option<Result<Vec<u8>, ApiError>> {
    match said? {
        Said::Piece(bytes) => Some(Ok(bytes)),
        Said::Broken(message) => Some(Err(broken(message))),
        Said::Head(_) => None,
    }
}

/// The status, and a line for each header.
fn head(text: &str) -> (u16, Headers) {
    let mut lines = text.split('\n');
    let status = lines.next().and_then(|status| status.parse().ok()).unwrap_or_default();
    (status, lines.filter_map(|line| line.split_once(':')).collect())
}

fn broken(message: String) -> ApiError {
    ApiError::new(ErrorClass::NetworkOrCors, message)
}

/// One request. Dropping it aborts what is under way.
struct Call {
    office: Rc<Office>,
    id: u32,
    inbox: Rc<Inbox>,
}

impl Drop for Call {
    fn drop(&mut self) {
        self.office.calls.borrow_mut().retain(|(id, _)| *id != self.id);
        if !self.inbox.is_over.get() {
            self.office.tell(&Array::of1(&self.id.into()));
        }
    }
}

/// What came for one call and was not read yet.
#[derive(Default)]
struct Inbox {
    said: RefCell<VecDeque<Said>>,
    reader: Cell<Option<Waker>>,
    /// Nothing more comes.
    is_over: Cell<bool>,
}

enum Said {
    Head(String),
    Piece(Vec<u8>),
    Broken(String),
}

impl Inbox {
    fn take(&self, record: &Record<'_>) {
        let text = || String::from_utf8_lossy(record.bytes).into_owned();
        let mut said = self.said.borrow_mut();
        match (record.kind, said.back_mut()) {
            // What came together is read together.
            (PIECE, Some(Said::Piece(last))) => last.extend_from_slice(record.bytes),
            (PIECE, _) => said.push_back(Said::Piece(record.bytes.to_vec())),
            (HEAD, _) => said.push_back(Said::Head(text())),
            (END, _) => self.is_over.set(true),
            _ => {
                self.is_over.set(true);
                said.push_back(Said::Broken(text()));
            }
        }
        drop(said);
        if let Some(reader) = self.reader.take() {
            reader.wake();
        }
    }

    fn poll(&self, context: &Context<'_>) -> Poll<Option<Said>> {
        let next = self.said.borrow_mut().pop_front();
        if next.is_none() && !self.is_over.get() {
            self.reader.set(Some(context.waker().clone()));
            return Poll::Pending;
        }
        Poll::Ready(next)
    }
}

struct Record<'a> {
    id: u32,
    kind: u32,
    bytes: &'a [u8],
}

impl<'a> Record<'a> {
    /// The first of several, and what follows it.
    fn first(records: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let (id, records) = word(records)?;
        let (kind, records) = word(records)?;
        let (length, records) = word(records)?;
        let (bytes, rest) = records.split_at_checked(length as usize)?;
        Some((Self { id, kind, bytes }, rest))
    }
}

fn word(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (word, rest) = bytes.split_first_chunk()?;
    Some((u32::from_le_bytes(*word), rest))
}
