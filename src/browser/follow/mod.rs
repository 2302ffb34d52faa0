//! Text that grows in a scroll container: when it is drawn, and scrolling along with it as long as the
//! reader lets it.
//!
//! Text is never held back for this: it stands in the answer when it comes, and is drawn and scrolled to
//! in the next frame. One [pass](frame) in a frame serves all containers of the page.

mod afterwards;
mod frame;
mod news;

use std::{
    cell::{Cell, OnceCell},
    rc::Rc,
};

use web_sys::Element;

use super::{Listener, is_hidden};
pub use frame::growing;
pub use news::News;

/// The reader who is at most so far from the end, in CSS pixels, has come back to it.
const NEAR: i32 = 80;

/// Positions are read as whole numbers: what differs by this much is the same.
const SAME: i32 = 1;

/// Further than anything scrolls, in CSS pixels.
const BEYOND: i32 = 1 << 24;

/// Calls back once the text that waits to be drawn is drawn: in a tab that nobody looks at, at once.
pub fn afterwards(act: impl FnOnce() + 'static) {
    if is_hidden() {
        return act();
    }
    afterwards::put(act);
    frame::ask();
}

/// Keeps the end of one scroll container in view. Whoever scrolls up is left alone at once, until they
/// come back to within 80 px of the end. Clones are the same; the last one dropped lets go of the
/// element.
#[derive(Clone)]
pub struct Follow(Rc<Container>);

impl Follow {
    /// `on_below(true)` when text has come below what the reader sees, `on_below(false)` when they have
    /// it in view. Called once a frame at most, and never twice with the same value.
    pub fn new(container: &Element, on_below: impl Fn(bool) + 'static) -> Self {
        Self(Container::new(container, Box::new(on_below)))
    }

    /// From now on `draw` is called in a frame when there is news: soon when the container is on the screen,
    /// else a few times a second. `true`: there is more to draw than it has drawn. To be called once.
    pub fn draw_with(&self, news: News, draw: impl Fn(&Self) -> bool + 'static) {
        let first = news.clone();
        // A second one would never be called.
        let _ = self.0.draws.set((news, Box::new(draw)));
        first.came_last();
    }

    /// Text was appended. Cheap: call it for every piece.
    pub fn grew(&self) {
        if !self.0.has_grown.replace(true) || self.0.is_following.get() {
            frame::look_at(&self.0);
        }
    }

    /// Says how many bytes `draw` has just drawn: what comes faster than anyone reads is drawn less often.
    pub fn wrote(&self, bytes: usize) {
        self.0.written.set(bytes);
    }

    /// Goes to the end and stays there: the "new text" button.
    pub fn to_end(&self) {
        self.0.is_following.set(true);
        self.0.hold_until.set(0.0);
        frame::look_at(&self.0);
    }

    /// A new answer begins, in an element that was emptied: it is followed from its first line on.
    pub fn start_over(&self) {
        self.0.has_grown.set(false);
        self.0.top.set(0);
        frame::unlink_place();
        self.to_end();
    }

    pub fn is_following(&self) -> bool {
        self.0.is_following.get()
    }

    /// Couples this container with all others that are linked: where the reader scrolls in one, the
    /// others go to the same fraction of their length.
    pub fn set_linked(&self, on: bool) {
        self.0.is_linked.set(on);
    }
}

/// What says that there is something to draw, and what draws it.
type Draws = (News, Box<dyn Fn(&Follow) -> bool>);

struct Container {
    element: Element,
    draws: OnceCell<Draws>,
    /// It is not drawn again before that time, in milliseconds of the page.
    rests_until: Cell<f64>,
    /// How long drawing it and its layout took the last time, in milliseconds.
    cost: Cell<f64>,
    /// Bytes that were drawn the last time.
    written: Cell<usize>,
    /// What the page's style sheet was told of who follows.
    is_marked: Cell<bool>,
    on_below: Box<dyn Fn(bool)>,
    is_following: Cell<bool>,
    is_linked: Cell<bool>,
    /// Text came since the end was last in view.
    has_grown: Cell<bool>,
    /// It was found somewhere else than at its end.
    is_short: Cell<bool>,
    /// What `on_below` was last told.
    is_below: Cell<bool>,
    /// Some of it is on the screen; assumed until the browser has said so.
    is_seen: Cell<bool>,
    /// It was off the screen: nothing is known of what happened there.
    is_back: Cell<bool>,
    has_scrolled: Cell<bool>,
    /// It waits for the next pass.
    is_due: Cell<bool>,
    /// The reader is about to scroll up: nothing moves before that time, in milliseconds of the page.
    hold_until: Cell<f64>,
    /// Where it was last found or put.
    top: Cell<i32>,
    /// Held for its drop.
    scrolls: Cell<Option<Listener>>,
}

impl Container {
    fn new(element: &Element, on_below: Box<dyn Fn(bool)>) -> Rc<Self> {
        let container = Rc::new(Self {
            element: element.clone(),
            draws: OnceCell::new(),
            rests_until: 0.0.into(),
            cost: 0.0.into(),
            written: 0.into(),
            is_marked: false.into(),
            on_below,
            is_following: true.into(),
            is_linked: false.into(),
            has_grown: false.into(),
            is_short: false.into(),
            is_below: false.into(),
            is_seen: true.into(),
            is_back: false.into(),
            has_scrolled: false.into(),
            is_due: false.into(),
            hold_until: 0.0.into(),
            top: 0.into(),
            scrolls: Cell::new(None),
        });
        let weak = Rc::downgrade(&container);
        let scrolls = Listener::new(element, "scroll", move |_| {
            if let Some(container) = weak.upgrade() {
                container.has_scrolled.set(true);
                frame::look_at(&container);
            }
        });
        container.scrolls.set(Some(scrolls));
        frame::attach(&container);
        container
    }

    /// Makes out what the reader has done. Whether they scrolled.
    fn notice(&self, place: &Place) -> bool {
        if self.is_back.take() {
            self.has_scrolled.set(false);
            self.top.set(place.top);
            return false;
        }
        let moved = place.top - self.top.get();
        // The last step to the beginning may be as small as one that nobody makes.
        let has_moved = moved.abs() > SAME || (moved < 0 && place.top == 0);
        // Small steps add up, since they are not taken for the new place.
        if has_moved {
            self.top.set(place.top);
        }
        let is_by_reader = self.has_scrolled.take() && has_moved;
        if place.distance() <= SAME || (is_by_reader && moved > 0 && place.distance() <= NEAR) {
            self.is_following.set(true);
        } else if is_by_reader && moved < 0 {
            self.is_following.set(false);
        }
        // An emptied container moves too, but is at its end then.
        is_by_reader && place.end() > SAME
    }

    /// Draws what is new, if anything. Whether there is more.
    fn draw(self: &Rc<Self>) -> bool {
        let Some((news, draw)) = self.draws.get() else { return false };
        let taken = news.take();
        if taken == News::NONE {
            return false;
        }
        let has_more = draw(&Follow(self.clone()));
        if has_more {
            news.put_back(taken);
        }
        has_more
    }

    fn go_to(&self, top: i32) {
        self.element.set_scroll_top(top);
        self.top.set(top);
    }

    fn go_to_end(&self) {
        // Browsers stop at the end, and where that is need not be asked.
        self.element.set_scroll_top(BEYOND);
        self.top.set(self.element.scroll_top());
    }

    fn news(&self) -> u8 {
        self.draws.get().map_or(News::NONE, |(news, _)| news.state())
    }

    /// When what is new is drawn at the earliest, unless it is the last; in milliseconds of the page.
    fn due_at(&self) -> f64 {
        self.rests_until.get() + if self.is_seen.get() { 0.0 } else { frame::UNSEEN_MS }
    }

    /// Whoever writes need not ask for a frame before that.
    fn tell_rest(&self) {
        if let Some((news, _)) = self.draws.get() {
            news.wait_until(self.due_at());
        }
    }

    fn tell(&self) {
        // Browsers look for what to hold on to, for nothing while the end is kept.
        let is_following = self.is_following.get();
        if self.is_marked.replace(is_following) != is_following {
            // The name is valid.
            let _ = self.element.toggle_attribute_with_force("data-follows", is_following);
        }
        let is_below = self.has_grown.get() && !self.is_following.get();
        if self.is_below.replace(is_below) != is_below {
            (self.on_below)(is_below);
        }
    }
}

impl Drop for Container {
    fn drop(&mut self) {
        frame::detach(&self.element);
    }
}

/// The geometry of a container, in whole CSS pixels.
struct Place {
    top: i32,
    height: i32,
    view: i32,
}

impl Place {
    fn of(element: &Element) -> Self {
        Self { top: element.scroll_top(), height: element.scroll_height(), view: element.client_height() }
    }

    /// How far it can be scrolled.
    fn end(&self) -> i32 {
        (self.height - self.view).max(0)
    }

    fn distance(&self) -> i32 {
        self.end() - self.top
    }

    fn fraction(&self) -> f64 {
        f64::from(self.top) / f64::from(self.end().max(1))
    }

    #[expect(clippy::cast_possible_truncation, reason = "a part of a whole number")]
    fn at(&self, fraction: f64) -> i32 {
        (f64::from(self.end()) * fraction) as i32
    }
}
