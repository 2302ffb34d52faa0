//! Scrolling along with text that grows.

use std::{cell::RefCell, rc::Rc};

use tutti::browser::{Follow, News};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{HtmlElement, KeyboardEvent, KeyboardEventInit, WheelEvent, WheelEventInit};

use super::page::{self, Replaced, frame, until};

const VIEW: i32 = 200;
const LINE: i32 = 20;

/// A scroll container in the corner of the window, and what it was told of text below.
struct Box {
    element: HtmlElement,
    follow: Option<Follow>,
    told: Rc<RefCell<Vec<bool>>>,
}

impl Box {
    fn new() -> Self {
        let element = page::document().create_element("div").expect("an element");
        let element: HtmlElement = element.unchecked_into();
        page::document().body().expect("a body").append_child(&element).expect("a place");
        let told = Rc::new(RefCell::new(Vec::new()));
        let tell = told.clone();
        let follow = Follow::new(&element, move |is_below| tell.borrow_mut().push(is_below));
        let it = Self { element, follow: Some(follow), told };
        for (name, value) in
            [("position", "fixed"), ("top", "0"), ("left", "0"), ("width", "100px"), ("overflow-y", "auto")]
        {
            it.style(name, value);
        }
        it.style("height", &format!("{VIEW}px"));
        it
    }

    /// With so many lines, seen at their end.
    async fn with_lines(lines: usize) -> Self {
        let it = Self::new();
        it.grow(lines);
        frame().await;
        it.is_at_end();
        it
    }

    fn follow(&self) -> &Follow {
        self.follow.as_ref().expect("not dropped")
    }

    fn style(&self, name: &str, value: &str) {
        self.element.style().set_property(name, value).expect("a style");
    }

    fn grow(&self, lines: usize) {
        for _ in 0..lines {
            let line = page::document().create_element("p").expect("an element");
            let line: HtmlElement = line.unchecked_into();
            for (name, value) in [("margin", "0"), ("height", &format!("{LINE}px"))] {
                line.style().set_property(name, value).expect("a style");
            }
            self.element.append_child(&line).expect("a place");
            self.follow().grew();
        }
    }

    fn top(&self) -> i32 {
        self.element.scroll_top()
    }

    fn end(&self) -> i32 {
        self.element.scroll_height() - self.element.client_height()
    }

    #[track_caller]
    fn is_at_end(&self) {
        assert!(self.end() > 0, "there is nothing to scroll");
        assert_eq!(self.top(), self.end());
    }

    /// As a reader does, with the scroll bar.
    async fn scroll(&self, to: i32) {
        self.element.set_scroll_top(to);
        frame().await;
        frame().await;
    }

    fn told(&self) -> Vec<bool> {
        self.told.borrow().clone()
    }
}

impl Drop for Box {
    fn drop(&mut self) {
        self.element.remove();
    }
}

/// What has left the screen, or come there, is told after a frame. ("Intersection Observer", run after
/// the callbacks of a frame, notifies in a task.)
async fn noticed() {
    for _ in 0..3 {
        frame().await;
    }
}

#[wasm_bindgen_test]
async fn the_end_stays_in_view_while_text_comes() {
    let it = Box::new();
    for _ in 0..30 {
        it.grow(3);
        frame().await;
        if it.end() > 0 {
            it.is_at_end();
        }
    }
    // Also when the room for it changes, long after the last text.
    frame().await;
    frame().await;
    it.style("height", "100px");
    until("back at the end", || it.top() == it.end()).await;
    assert!(it.follow().is_following());
    assert_eq!(it.told(), [false; 0]);
}

#[wasm_bindgen_test]
async fn a_reader_who_scrolls_up_is_left_alone_until_they_come_back() {
    let it = Box::with_lines(50).await;
    // Even a little way, while text comes in the same frame.
    let place = it.end() - 30;
    it.grow(1);
    it.scroll(place).await;
    assert_eq!(it.top(), place);
    assert!(!it.follow().is_following());
    assert_eq!(it.told(), [true], "nobody told of the text below");
    for _ in 0..5 {
        it.grow(5);
        frame().await;
    }
    assert_eq!(it.top(), place);
    // Further up, and down but not to the end.
    it.scroll(0).await;
    it.scroll(it.end() - 200).await;
    it.grow(1);
    frame().await;
    assert_eq!(it.top(), it.end() - 200 - LINE);
    assert_eq!(it.told(), [true]);
    // Within 80 pixels of the end.
    it.scroll(it.end() - 70).await;
    frame().await;
    assert!(it.follow().is_following());
    assert_eq!(it.told(), [true, false]);
    it.is_at_end();
    it.grow(5);
    frame().await;
    it.is_at_end();
}

#[wasm_bindgen_test]
async fn without_new_text_nothing_is_told() {
    let it = Box::with_lines(50).await;
    it.scroll(100).await;
    assert_eq!(it.told(), [false; 0]);
    it.grow(1);
    frame().await;
    assert_eq!(it.told(), [true]);
    it.follow().to_end();
    frame().await;
    it.is_at_end();
    assert_eq!(it.told(), [true, false]);
    it.grow(1);
    frame().await;
    it.is_at_end();
}

#[wasm_bindgen_test]
async fn a_wheel_that_begins_to_turn_up_is_not_broken_off() {
    let wheel = |delta: f64| {
        let init = WheelEventInit::new();
        init.set_delta_y(delta);
        init.set_bubbles(true);
        WheelEvent::new_with_event_init_dict("wheel", &init).expect("an event").into()
    };
    let key = |name: &str| {
        let init = KeyboardEventInit::new();
        init.set_key(name);
        init.set_bubbles(true);
        KeyboardEvent::new_with_keyboard_event_init_dict("keydown", &init).expect("an event").into()
    };
    let touch = |name: &str| {
        let init = web_sys::EventInit::new();
        init.set_bubbles(true);
        web_sys::Event::new_with_event_init_dict(name, &init).expect("an event")
    };
    let it = Box::with_lines(50).await;
    let line = it.element.last_element_child().expect("a line");
    let held: [web_sys::Event; 4] = [wheel(-3.0), key("PageUp"), key("ArrowUp"), touch("touchstart")];
    for event in &held {
        let before = it.top();
        line.dispatch_event(event).expect("an event");
        it.grow(1);
        frame().await;
        assert_eq!(it.top(), before, "{} was broken off", event.type_());
        // Nothing came of it.
        line.dispatch_event(&touch("touchend")).expect("an event");
        until("back at the end", || it.top() == it.end()).await;
    }
    let other: [web_sys::Event; 2] = [wheel(3.0), key("x")];
    for event in &other {
        line.dispatch_event(event).expect("an event");
        it.grow(1);
        frame().await;
        it.is_at_end();
    }
    assert_eq!(it.told(), [false; 0]);
}

#[wasm_bindgen_test]
async fn a_new_answer_is_followed_from_its_first_line() {
    let it = Box::with_lines(50).await;
    it.scroll(100).await;
    it.grow(1);
    frame().await;
    it.element.set_text_content(None);
    it.follow().start_over();
    it.grow(2);
    frame().await;
    assert_eq!(it.told(), [true, false]);
    it.grow(40);
    frame().await;
    it.is_at_end();
    // An emptied one has not been scrolled by anybody.
    it.element.set_text_content(None);
    it.grow(12);
    frame().await;
    it.grow(40);
    frame().await;
    it.is_at_end();
}

/// Counts how often the element is measured.
fn measured(it: &Box) -> Replaced {
    js_sys::Reflect::set(&page::window(), &"measured".into(), &0.into()).expect("a property");
    Replaced::of(
        &it.element,
        "scrollHeight",
        "window.measured++;
        return Object.getOwnPropertyDescriptor(Element.prototype, 'scrollHeight').get.call(this)",
    )
}

fn times() -> Option<f64> {
    page::global("measured").as_f64()
}

#[wasm_bindgen_test]
async fn a_container_is_measured_once_in_a_frame_and_not_off_the_screen() {
    let it = Box::with_lines(50).await;
    // What scrolling to the end has set off is over.
    frame().await;
    frame().await;
    let counted = measured(&it);
    it.grow(20);
    assert_eq!(times(), Some(0.0), "it was measured when text came");
    frame().await;
    assert_eq!(times(), Some(1.0));
    drop(counted);
    it.is_at_end();
    it.style("left", "-1000px");
    noticed().await;
    let counted = measured(&it);
    for _ in 0..5 {
        it.grow(5);
        frame().await;
    }
    assert_eq!(times(), Some(0.0), "it was measured off the screen");
    drop(counted);
    it.style("left", "0");
    until("back at the end", || it.top() == it.end()).await;
}

#[wasm_bindgen_test]
async fn who_let_go_of_it_moves_nothing() {
    let mut it = Box::with_lines(50).await;
    let follow = it.follow().clone();
    let last = it.follow.take();
    drop(last);
    follow.grew();
    it.element.set_scroll_top(100);
    drop(follow);
    frame().await;
    frame().await;
    assert_eq!((it.top(), it.told()), (100, vec![]));
}

#[wasm_bindgen_test]
async fn linked_containers_go_to_the_same_fraction() {
    let short = Box::with_lines(30).await;
    let long = Box::with_lines(210).await;
    let alone = Box::with_lines(50).await;
    let tiny = Box::new();
    tiny.grow(2);
    for it in [&short, &long, &tiny] {
        it.follow().set_linked(true);
    }
    // Text that comes is no scrolling.
    short.grow(10);
    frame().await;
    frame().await;
    long.is_at_end();
    assert_eq!((short.end(), long.end()), (600, 4000));
    // A place that is none in the other: 151 of 600 is 1006.7 of 4000, which would be 150.9 of 600.
    short.scroll(151).await;
    frame().await;
    assert_eq!((short.top(), long.top(), tiny.top()), (151, 1006, 0));
    alone.is_at_end();
    assert!(!long.follow().is_following(), "the reader of one reads the others");
    long.scroll(3000).await;
    assert_eq!((short.top(), long.top()), (450, 3000));
    // What was off the screen meanwhile comes to the same place.
    short.style("left", "-1000px");
    noticed().await;
    long.scroll(2000).await;
    short.style("left", "0");
    until("at the place of the other", || short.top() == 300).await;
    long.scroll(3000).await;
    // Nobody answers to what nobody scrolled, also when text comes meanwhile.
    for _ in 0..4 {
        long.grow(1);
        frame().await;
    }
    assert_eq!((short.top(), long.top()), (450, 3000));
    // At the end of one, all follow again.
    short.scroll(short.end()).await;
    frame().await;
    long.is_at_end();
    assert!(long.follow().is_following() && short.follow().is_following());
    short.follow().set_linked(false);
    short.scroll(0).await;
    long.is_at_end();
}

#[wasm_bindgen_test]
async fn two_hundred_containers_are_followed_in_one_frame() {
    let all: Vec<Box> = (0..200).map(|_| Box::new()).collect();
    all.iter().for_each(|it| it.grow(20));
    frame().await;
    all.iter().for_each(Box::is_at_end);
    all[7].scroll(10).await;
    all.iter().for_each(|it| it.grow(5));
    frame().await;
    assert_eq!((all[7].top(), all[7].told()), (10, vec![true]));
    all.iter().enumerate().filter(|(at, _)| *at != 7).for_each(|(_, it)| it.is_at_end());
}

/// How often what is new was drawn, in how many lines at the end of which there is more.
fn drawing(it: &Box, more: u32) -> (News, Rc<RefCell<u32>>) {
    let (news, drawn) = (News::default(), Rc::new(RefCell::new(0)));
    let count = drawn.clone();
    it.follow().draw_with(news.clone(), move |_| {
        *count.borrow_mut() += 1;
        *count.borrow() <= more
    });
    (news, drawn)
}

#[wasm_bindgen_test]
async fn what_is_new_is_drawn_once_in_a_frame_and_nothing_else_is() {
    let it = Box::new();
    let (news, drawn) = drawing(&it, 0);
    frame().await;
    // Whatever there was already.
    assert_eq!(*drawn.borrow(), 1);
    for _ in 0..100 {
        news.came();
    }
    assert_eq!(*drawn.borrow(), 1, "it was drawn when it came");
    frame().await;
    assert_eq!(*drawn.borrow(), 2);
    frame().await;
    frame().await;
    assert_eq!(*drawn.borrow(), 2, "nothing had come");
    // More than fits is drawn in the next frames.
    let long = Box::new();
    let (_, drawn) = drawing(&long, 3);
    until("all of it", || *drawn.borrow() == 4).await;
}

#[wasm_bindgen_test]
async fn off_the_screen_only_the_end_is_drawn_at_once() {
    let it = Box::new();
    let (news, drawn) = drawing(&it, 0);
    it.style("left", "-1000px");
    noticed().await;
    let before = *drawn.borrow();
    let _clock = clock_that_steps(0);
    for _ in 0..5 {
        news.came();
        frame().await;
    }
    assert_eq!(*drawn.borrow(), before, "it was drawn where nobody sees it");
    news.came_last();
    frame().await;
    assert_eq!(*drawn.borrow(), before + 1);
}

#[wasm_bindgen_test]
async fn what_takes_long_to_draw_is_drawn_less_often() {
    let it = Box::new();
    let (news, drawn) = drawing(&it, 0);
    frame().await;
    // Drawing takes one step, laying out another: it rests for six.
    let clock = clock_that_steps(20);
    let before = *drawn.borrow();
    for _ in 0..12 {
        news.came();
        frame().await;
    }
    let often = *drawn.borrow() - before;
    assert!((2..=6).contains(&often), "{often} times in 12 frames");
    news.came_last();
    let before = *drawn.borrow();
    frame().await;
    assert_eq!(*drawn.borrow(), before + 1, "the end has waited");
    drop(clock);
}

/// The page's clock goes so many milliseconds further each time that it is looked at.
fn clock_that_steps(ms: u32) -> Replaced {
    let performance = page::window().performance().expect("a clock");
    let start = performance.now();
    let body = format!(
        "window.steps ??= {start}; return () => (window.steps = Math.max(window.steps, {start}) + {ms});"
    );
    Replaced::of(&performance, "now", &body)
}
