//! A clock that a test turns.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    future::Future,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, Waker},
};

use futures::future::LocalBoxFuture;
use tutti::{call::Now, engine::transport::Clock};

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
