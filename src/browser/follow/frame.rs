//! One pass in a frame for all scroll containers: first everything is read, while the page is still laid
//! out, then what is new is drawn, then everything is scrolled, so that the page is laid out once.

use std::{
    cell::{Cell, RefCell},
    rc::{Rc, Weak},
};

use js_sys::Array;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{
    Element, Event, IntersectionObserver, IntersectionObserverEntry, KeyboardEvent, Node, Performance,
    ResizeObserver, WheelEvent,
};

use super::{Container, News, Place, afterwards};
use crate::browser::{Listener, after, document};

/// How long nothing moves after a wheel or a key that scrolls up: smooth scrolling begins slowly, and
/// is broken off when somebody else scrolls. In milliseconds.
const HOLD_MS: f64 = 200.0;

/// A finger may rest so long before it moves.
const TOUCH_MS: f64 = 5_000.0;

/// So long the drawing of one frame takes, with at most one container beyond it; the others come in the
/// next frame. In milliseconds: a frame has 16, and layout and paint need theirs.
const BUDGET_MS: f64 = 6.0;
/// Where answers have ended, which somebody may wait for.
const END_BUDGET_MS: f64 = 24.0;

/// What was drawn rests so many times as long as drawing and laying it out took: what comes fast, and a block
/// without end, which no browser lays out in parts, is drawn less often, not at the cost of all others. What
/// fits a frame several times over is drawn in every one.
const REST: f64 = 12.0;
/// And more than that where it took long, twice as many times at so many milliseconds: what is long to lay out is
/// longer still to paint, and that is not measured here.
const LONG_MS: f64 = 10.0;
/// And at most so many milliseconds, or as long as it took.
const LONGEST_REST_MS: f64 = 500.0;

/// More bytes than this in a frame (1,500 tokens a second) nobody reads: they are drawn every second frame.
const MUCH: usize = 100;
/// Less than two frames, in milliseconds.
const MUCH_REST_MS: f64 = 25.0;

/// About a frame, in milliseconds: a timer for less comes too late.
const FRAME_MS: f64 = 17.0;

/// What is off the screen is drawn that often, in milliseconds: when it comes on the screen, it is drawn
/// at once.
pub(super) const UNSEEN_MS: f64 = 500.0;

/// What was drawn so many milliseconds ago still grows.
const LATELY_MS: f64 = 1_000.0;

thread_local! {
    static PAGE: Page = Page::new();
}

struct Page {
    all: RefCell<Vec<Weak<Container>>>,
    due: RefCell<Vec<Weak<Container>>>,
    is_asked: Cell<bool>,
    /// Whose turn it is to be drawn first.
    turn: Cell<usize>,
    /// When a timer asks for a frame; infinite where none does.
    wakes_at: Cell<f64>,
    /// How far the reader has scrolled the linked ones; `None` while these follow.
    linked: Cell<Option<f64>>,
    pass: Closure<dyn FnMut(f64)>,
    seen: Option<IntersectionObserver>,
    sizes: Option<ResizeObserver>,
    #[expect(dead_code, reason = "held for their drop")]
    listeners: Vec<Listener>,
    #[expect(dead_code, reason = "held for its drop")]
    see: Closure<dyn FnMut(Array)>,
    #[expect(dead_code, reason = "held for its drop")]
    resize: Closure<dyn FnMut()>,
}

impl Page {
    fn new() -> Self {
        let see = Closure::<dyn FnMut(Array)>::new(see);
        let resize = Closure::<dyn FnMut()>::new(look_at_all);
        // Before anything in the page can keep them from coming here.
        let listen = |name| Some(Listener::capturing(document()?.as_ref(), name, intend));
        Self {
            all: RefCell::default(),
            due: RefCell::default(),
            is_asked: Cell::new(false),
            wakes_at: Cell::new(f64::INFINITY),
            turn: Cell::new(0),
            linked: Cell::new(None),
            pass: Closure::new(pass),
            seen: IntersectionObserver::new(see.as_ref().unchecked_ref()).ok(),
            sizes: ResizeObserver::new(resize.as_ref().unchecked_ref()).ok(),
            listeners: ["wheel", "keydown", "touchstart", "touchend", "touchcancel"]
                .into_iter()
                .filter_map(listen)
                .collect(),
            see,
            resize,
        }
    }

    fn containers(&self) -> Vec<Rc<Container>> {
        self.all.borrow().iter().filter_map(Weak::upgrade).collect()
    }

    fn linked(&self) -> Vec<Rc<Container>> {
        let mut linked = self.containers();
        linked.retain(|container| container.is_linked.get());
        linked
    }

    fn look_at(&self, container: &Rc<Container>) {
        if !container.is_seen.get() || container.is_due.replace(true) {
            return;
        }
        self.due.borrow_mut().push(Rc::downgrade(container));
        self.ask();
    }

    fn ask(&self) {
        if !self.is_asked.replace(true)
            && let Some(window) = web_sys::window()
        {
            // Fails only for what is no function.
            let _ = window.request_animation_frame(self.pass.as_ref().unchecked_ref());
        }
    }

    /// A frame at that time, and none before: each costs, whatever is drawn in it.
    fn ask_at(&self, at: f64) {
        let now = Clock::new(0.0).now();
        if self.is_asked.get() || at - now < FRAME_MS {
            return self.ask();
        }
        if at < self.wakes_at.get() {
            self.wakes_at.set(at);
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most a second")]
            after((at - now) as u32, || {
                PAGE.with(|page| {
                    page.wakes_at.set(f64::INFINITY);
                    page.ask();
                });
            });
        }
    }
}

/// There is something to draw.
pub(super) fn ask() {
    PAGE.with(Page::ask);
}

/// There is something to draw, at that time or later.
pub(super) fn ask_at(at: f64) {
    PAGE.with(|page| page.ask_at(at));
}

/// How many containers grow at the moment.
pub fn growing() -> usize {
    let since = Clock::new(f64::INFINITY).now() - LATELY_MS;
    let containers = PAGE.with(Page::containers);
    containers.iter().filter(|container| container.rests_until.get() > since).count()
}

/// Without a frame, and whatever it takes.
pub(super) fn draw_all() {
    for container in PAGE.with(Page::containers) {
        while container.draw() {}
    }
}

pub(super) fn attach(container: &Rc<Container>) {
    PAGE.with(|page| {
        let mut all = page.all.borrow_mut();
        all.retain(|known| known.strong_count() > 0);
        all.push(Rc::downgrade(container));
        page.seen.as_ref().inspect(|seen| seen.observe(&container.element));
        page.sizes.as_ref().inspect(|sizes| sizes.observe(&container.element));
    });
}

pub(super) fn detach(element: &Element) {
    // The page itself may be going.
    let _ = PAGE.try_with(|page| {
        page.seen.as_ref().inspect(|seen| seen.unobserve(element));
        page.sizes.as_ref().inspect(|sizes| sizes.unobserve(element));
    });
}

/// In the next pass, if it is on the screen; else when it comes there.
pub(super) fn look_at(container: &Rc<Container>) {
    PAGE.with(|page| page.look_at(container));
}

/// The linked containers have no common place any more.
pub(super) fn unlink_place() {
    PAGE.with(|page| page.linked.set(None));
}

fn look_at_all() {
    PAGE.with(|page| page.containers().iter().for_each(|container| page.look_at(container)));
}

/// The browser says what has come on the screen, and what has left it.
fn see(entries: Array) {
    PAGE.with(|page| {
        let containers = page.containers();
        for entry in entries.iter().filter_map(|entry| entry.dyn_into::<IntersectionObserverEntry>().ok()) {
            let target = entry.target();
            let Some(container) = containers.iter().find(|container| container.element == target) else {
                continue;
            };
            let is_seen = entry.is_intersecting();
            if container.is_seen.replace(is_seen) != is_seen && is_seen {
                container.is_back.set(true);
                page.look_at(container);
            }
        }
    });
}

/// The reader is about to scroll, or has just let go.
fn intend(event: Event) {
    let pause = match event.type_().as_str() {
        "touchstart" => TOUCH_MS,
        "wheel" if !scrolls_up_by_wheel(&event) => return,
        "keydown" if !scrolls_up_by_key(&event) => return,
        _ => HOLD_MS,
    };
    let Some(target) = event.target().and_then(|target| target.dyn_into::<Node>().ok()) else { return };
    // Not the time of the event: on a busy page it may be long ago.
    let Some(clock) = web_sys::window().and_then(|window| window.performance()) else { return };
    let hold_until = clock.now() + pause;
    PAGE.with(|page| {
        for container in page.containers() {
            if container.element.contains(Some(&target)) {
                container.hold_until.set(hold_until);
            }
        }
    });
}

fn scrolls_up_by_wheel(event: &Event) -> bool {
    event.dyn_ref::<WheelEvent>().is_some_and(|wheel| wheel.delta_y() < 0.0 && !wheel.ctrl_key())
}

fn scrolls_up_by_key(event: &Event) -> bool {
    event.dyn_ref::<KeyboardEvent>().is_some_and(|event| match event.key().as_str() {
        "ArrowUp" | "PageUp" | "Home" => true,
        " " => event.shift_key(),
        _ => false,
    })
}

fn pass(now: f64) {
    let clock = Clock::new(now);
    let mut told = PAGE.with(|page| {
        let due = page.take_due();
        let places: Vec<Place> = due.iter().map(|container| Place::of(&container.element)).collect();
        page.arrange(&due, &places);
        due
    });
    let waiting = afterwards::waiting();
    let drawn = draw(&clock);
    PAGE.with(|page| {
        told.extend(page.take_due());
        let began = clock.now();
        for container in &told {
            page.keep_end(now, container);
        }
        rest(&drawn, began, clock.now());
        page.is_asked.set(false);
        if !page.due.borrow().is_empty() {
            return page.ask();
        }
        let containers = page.containers();
        let waiting = containers.iter().filter(|container| container.news() != News::NONE);
        let next = waiting.map(|container| container.due_at()).reduce(f64::min);
        if let Some(next) = next {
            page.ask_at(next);
        }
    });
    // What they do may come back here.
    told.iter().for_each(|container| container.tell());
    if waiting > 0 {
        let all = PAGE.with(Page::containers);
        let is_busy = all.iter().any(|container| container.news() == News::LAST);
        afterwards::run(waiting, is_busy, || clock.now());
    }
    if afterwards::waiting() > 0 {
        ask();
    }
}

/// The page's own clock, in milliseconds.
struct Clock(Option<Performance>, f64);

impl Clock {
    fn new(now: f64) -> Self {
        Self(web_sys::window().and_then(|window| window.performance()), now)
    }

    fn now(&self) -> f64 {
        self.0.as_ref().map_or(self.1, Performance::now)
    }
}

/// Why a container is drawn.
#[derive(Clone, Copy, PartialEq)]
enum Turn {
    Ended,
    Seen,
    Unseen,
}

/// A container that was drawn in this pass, and how long that took.
type Drawn = (Rc<Container>, f64);

/// Answers that have ended; then those on the screen, in turns; then, while there is time, those whose last
/// drawing is long ago.
fn draw(clock: &Clock) -> Vec<Drawn> {
    let (mut all, turn) = PAGE.with(|page| (page.containers(), page.turn.get()));
    let turn = turn.checked_rem(all.len()).unwrap_or_default();
    all.rotate_left(turn);
    let first = clock.now();
    let why = |container: &Rc<Container>| match container.news() {
        News::NONE => None,
        News::LAST => Some(Turn::Ended),
        _ if first < container.due_at() => None,
        _ if container.is_seen.get() => Some(Turn::Seen),
        _ => Some(Turn::Unseen),
    };
    let whys: Vec<Option<Turn>> = all.iter().map(why).collect();
    let budget = if whys.contains(&Some(Turn::Ended)) { END_BUDGET_MS } else { BUDGET_MS };
    let mut drawn = Vec::new();
    let mut began = first;
    for next in [Turn::Ended, Turn::Seen, Turn::Unseen] {
        for (at, (container, why)) in all.iter().zip(&whys).enumerate() {
            if *why != Some(next) {
                continue;
            }
            container.draw();
            let ended = clock.now();
            // Until the layout is known.
            container.rests_until.set(ended);
            drawn.push((container.clone(), ended - began));
            began = ended;
            if ended - first > budget {
                PAGE.with(|page| page.turn.set(turn + at + 1));
                return drawn;
            }
        }
    }
    drawn
}

/// Scrolling has laid out what was drawn: all of it at once, so each has the share of it that it had of the
/// drawing.
fn rest(drawn: &[Drawn], began: f64, ended: f64) {
    let layout = ended - began;
    let all: f64 = drawn.iter().map(|(_, took)| took).sum();
    for (container, took) in drawn {
        let share = if all > 0.0 { took / all } else { 0.0 };
        let cost = took + layout * share;
        // What was slow once, for whatever reason, need not be slow again.
        let steady = cost.min(container.cost.replace(cost));
        let least = if container.written.get() > MUCH { MUCH_REST_MS } else { 0.0 };
        container.rests_until.set(ended + resting(steady).max(least));
        container.tell_rest();
    }
}

/// How long rests what took so long, in milliseconds.
fn resting(cost: f64) -> f64 {
    (REST * cost * (1.0 + cost / LONG_MS)).min(LONGEST_REST_MS.max(cost))
}

impl Page {
    /// Those on the screen that wait for this pass.
    fn take_due(&self) -> Vec<Rc<Container>> {
        // Who let go of one does not want to hear of it.
        let mut due: Vec<_> = self.due.take().iter().filter_map(Weak::upgrade).collect();
        due.iter().for_each(|container| container.is_due.set(false));
        due.retain(|container| container.is_seen.get());
        due
    }

    /// What the reader has done since the last pass. Read before anything new is drawn: the page is still
    /// laid out, and what has become shorter is not taken for somebody who scrolls up.
    fn arrange(&self, due: &[Rc<Container>], places: &[Place]) {
        let mut leader = None;
        for (container, place) in due.iter().zip(places) {
            let is_back = container.is_back.get();
            if container.notice(place) && container.is_linked.get() {
                leader = Some((container, place));
            }
            // It missed what the others did.
            if is_back
                && container.is_linked.get()
                && let Some(fraction) = self.linked.get()
            {
                container.go_to(place.at(fraction));
            }
        }
        let others = leader.map(|(leader, place)| self.lead(leader, place)).unwrap_or_default();
        for (container, place) in due.iter().zip(places) {
            container.is_short.set(place.distance() > 0);
        }
        for (container, top) in others {
            container.go_to(top);
        }
    }

    /// Scrolls to the end of what has grown, if it is followed.
    fn keep_end(&self, now: f64, container: &Rc<Container>) {
        if !container.is_following.get() || !(container.has_grown.get() || container.is_short.get()) {
            return;
        }
        if now < container.hold_until.get() {
            return self.look_at(container);
        }
        container.has_grown.set(false);
        container.is_short.set(false);
        container.go_to_end();
    }

    /// Where the linked containers go when the reader has scrolled one of them.
    fn lead(&self, leader: &Rc<Container>, place: &Place) -> Vec<(Rc<Container>, i32)> {
        let is_following = leader.is_following.get();
        self.linked.set((!is_following).then(|| place.fraction()));
        let others = self.linked().into_iter().filter(|other| !Rc::ptr_eq(other, leader));
        let led = others.filter_map(|other| {
            other.is_following.set(is_following);
            other.hold_until.set(0.0);
            self.look_at(&other);
            let here = other.is_seen.get().then(|| Place::of(&other.element))?;
            // What is all in view has no other place, and its end in view.
            other.is_following.set(is_following || here.end() <= super::SAME);
            (!is_following && here.end() > super::SAME).then(|| {
                let top = here.at(place.fraction());
                (other, top)
            })
        });
        led.collect()
    }
}
