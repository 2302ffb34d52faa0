//! Parts of the engine's world in memory: a clock that a test turns, transports, a journal and
//! sinks that remember everything.

#![allow(dead_code, unused_imports, reason = "each test binary uses its own part of this")]

mod clock;
#[path = "../exchange.rs"]
mod exchange;
mod record;
mod traffic;

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use futures::{
    executor::LocalPool,
    future::{AbortHandle, abortable},
    task::LocalSpawnExt,
};
use tutti::{
    call::{
        Limits, Phase,
        phase::PhaseKind,
        queue::{CallId, Class, QueueSettings},
    },
    engine::{
        Ask, Engine, StopHandle,
        simulated::{Simulated, Simulation},
        stop_pair,
        transport::{Clock, Transport},
    },
    model::{
        catalog,
        chat::{ChatRequest, Message},
        provider::{Dialect, Provider},
    },
};

pub use self::{
    clock::{VirtualClock, WALL_MS},
    exchange::{End, Exchange},
    record::{Entry, Recorder, Seen, Sink},
    traffic::{Connection, Log, Scripted, Sent, Tap, Traffic},
};

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
