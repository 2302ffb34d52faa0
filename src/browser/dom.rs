//! Elements, made and kept up to date by signals.
//!
//! Views whose types grow with what they show compile to a copy of their machinery for every shape: the
//! page's 60 views weighed 160 kB compressed. Here every closure becomes a boxed one at the door, so that
//! there is one copy of everything behind it. What is written are text nodes and attributes, never HTML.

use std::cell::RefCell;

use js_sys::{Function, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{
    Element, HtmlElement, HtmlInputElement, HtmlOptionElement, HtmlSelectElement, HtmlTextAreaElement, Node,
};

use super::{
    Event, Typed, document, focus_on,
    signal::{Memo, Owner, hold, keep_up, untrack},
};

/// An element of the page. Clones are the same element.
#[derive(Clone, Debug)]
pub struct El(Element);

/// Runs at once, and again whenever a signal changes that it has read, as long as its owner lives.
pub fn effect(run: impl Fn() + 'static) {
    keep_up(Box::new(run));
}

/// # Panics
/// Never in a page: it has a document, and every tag here is a valid name.
pub fn el(tag: &'static str) -> El {
    let element = document().and_then(|document| document.create_element(tag).ok());
    // There is no page without a document; an element of nothing then stands in.
    El(element.unwrap_or_else(|| JsValue::UNDEFINED.unchecked_into()))
}

/// A button that submits no form, with a class, a name or an id among its attributes.
pub fn button(attributes: &[(&'static str, &str)]) -> El {
    el("button").attr("type", "button").attrs(attributes)
}

impl From<Element> for El {
    fn from(element: Element) -> Self {
        Self(element)
    }
}

impl El {
    pub fn element(&self) -> &Element {
        &self.0
    }

    pub fn attr(self, name: &str, value: &str) -> Self {
        // The names are this program's own and valid.
        let _ = self.0.set_attribute(name, value);
        self
    }

    pub fn attrs(self, attributes: &[(&'static str, &str)]) -> Self {
        attributes.iter().fold(self, |element, (name, value)| element.attr(name, value))
    }

    pub fn class(self, class: &str) -> Self {
        self.attr("class", class)
    }

    /// An attribute that follows its signals; `None` takes it away.
    pub fn bind<T: Into<String>>(self, name: &'static str, value: impl Fn() -> Option<T> + 'static) -> Self {
        self.follow_attribute(name, Box::new(move || value().map(Into::into)));
        self
    }

    /// An attribute that is there, empty, or not at all: `hidden`, `data-best`.
    pub fn flag(self, name: &'static str, is_on: impl Fn() -> bool + 'static) -> Self {
        self.follow_attribute(name, Box::new(move || is_on().then(String::new)));
        self
    }

    /// An attribute that says `true` or `false`: `aria-pressed`.
    pub fn state(self, name: &'static str, is_on: impl Fn() -> bool + 'static) -> Self {
        self.follow_attribute(name, Box::new(move || Some(is_on().to_string())));
        self
    }

    pub fn hidden(self, is_hidden: impl Fn() -> bool + 'static) -> Self {
        self.flag("hidden", is_hidden)
    }

    fn follow_attribute(&self, name: &'static str, value: Box<dyn Fn() -> Option<String>>) {
        let (element, last) = (self.0.clone(), RefCell::new(None));
        keep_up(Box::new(move || {
            let value = value();
            if *last.borrow() == value {
                return;
            }
            // The names are this program's own and valid.
            let _ = match &value {
                Some(value) => element.set_attribute(name, value),
                None => element.remove_attribute(name),
            };
            last.replace(value);
        }));
    }

    /// A text that stays.
    pub fn text(self, text: &str) -> Self {
        if let Some(document) = document() {
            self.append(&document.create_text_node(text));
        }
        self
    }

    /// A text that follows its signals.
    pub fn live<T: Into<String>>(self, text: impl Fn() -> T + 'static) -> Self {
        self.follow_text(Box::new(move || text().into()));
        self
    }

    fn follow_text(&self, text: Box<dyn Fn() -> String>) {
        let Some(node) = document().map(|document| document.create_text_node("")) else { return };
        self.append(&node);
        let last = RefCell::new(String::new());
        keep_up(Box::new(move || {
            let text = text();
            if *last.borrow() != text {
                node.set_data(&text);
                last.replace(text);
            }
        }));
    }

    /// The value of a field, which a person changes too.
    pub fn value(self, value: impl Fn() -> String + 'static) -> Self {
        let element = self.0.clone();
        let value: Box<dyn Fn() -> String> = Box::new(value);
        keep_up(Box::new(move || set_value(&element, &value())));
        self
    }

    pub fn checked(self, is_checked: impl Fn() -> bool + 'static) -> Self {
        if let Some(field) = self.0.dyn_ref::<HtmlInputElement>().cloned() {
            keep_up(Box::new(move || field.set_checked(is_checked())));
        }
        self
    }

    /// Whether an option is the one of its choice.
    pub fn selected(self, is_selected: impl Fn() -> bool + 'static) -> Self {
        if let Some(option) = self.0.dyn_ref::<HtmlOptionElement>().cloned() {
            keep_up(Box::new(move || option.set_selected(is_selected())));
        }
        self
    }

    /// What was typed into a field for keys, which is empty then.
    pub fn take_typed(&self) -> Typed {
        let text = self.0.dyn_ref::<HtmlTextAreaElement>().map(HtmlTextAreaElement::value);
        set_value(&self.0, "");
        Typed::new(text.unwrap_or_default())
    }

    /// Gives back what could not be taken, to be mended.
    pub fn give_back(&self, typed: Typed) {
        set_value(&self.0, &typed.into_text());
    }

    /// An attribute as it is now; empty where there is none.
    pub fn get(&self, name: &str) -> String {
        self.0.get_attribute(name).unwrap_or_default()
    }

    pub fn has(&self, name: &str) -> bool {
        self.0.has_attribute(name)
    }

    /// The nearest that the selector finds, going outwards from this one.
    pub fn closest(&self, selector: &str) -> Option<Self> {
        self.0.closest(selector).ok().flatten().map(Self)
    }

    /// The first that the selector finds in it.
    pub fn find(&self, selector: &str) -> Option<Self> {
        self.0.query_selector(selector).ok().flatten().map(Self)
    }

    pub fn each_found(&self, selector: &str, act: &dyn Fn(&Self)) {
        let Ok(found) = self.0.query_selector_all(selector) else { return };
        let elements = (0..found.length()).filter_map(|at| found.item(at)?.dyn_into().ok());
        elements.for_each(|element| act(&Self(element)));
    }

    /// Everything that is in it moves over, as it is.
    pub fn give_children_to(&self, other: &Self) {
        while let Some(child) = self.0.first_child() {
            other.append(&child);
        }
    }

    pub fn text_content(&self) -> String {
        self.0.text_content().unwrap_or_default()
    }

    /// In the place of whatever was in it.
    pub fn set_text(&self, text: &str) {
        self.0.set_text_content(Some(text));
    }

    /// As if a person had clicked it.
    pub fn click(&self) {
        if let Some(element) = self.0.dyn_ref::<HtmlElement>() {
            element.click();
        }
    }

    pub fn focus(&self) {
        focus_on(Some(self.0.clone()));
    }

    pub fn child(self, child: El) -> Self {
        self.append(&child.0);
        self
    }

    pub fn children(self, children: impl IntoIterator<Item = El>) -> Self {
        children.into_iter().fold(self, Self::child)
    }

    /// A child that is there only while the condition holds; made anew each time.
    pub fn when(self, condition: impl Fn() -> bool + 'static, make: impl Fn() -> El + 'static) -> Self {
        let condition = Memo::new(condition);
        self.follow_children(Box::new(move || match condition.get() {
            true => vec![untrack(&make)],
            false => Vec::new(),
        }));
        self
    }

    /// Children that are made anew, all of them, whenever a signal changes that their making has read.
    pub fn list(self, children: impl Fn() -> Vec<El> + 'static) -> Self {
        self.follow_children(Box::new(children));
        self
    }

    fn follow_children(&self, children: Box<dyn Fn() -> Vec<El>>) {
        let Some(end) = document().map(|document| document.create_comment("")) else { return };
        self.append(&end);
        let shown = RefCell::new(Vec::<El>::new());
        keep_up(Box::new(move || {
            // What was made before belonged to this effect's last run, and has been let go.
            shown.take().iter().for_each(|child| child.0.remove());
            let children = children();
            if let Some(parent) = end.parent_node() {
                for child in &children {
                    // The end is a child of its parent.
                    let _ = parent.insert_before(&child.0, Some(&end));
                }
            }
            shown.replace(children);
        }));
    }

    /// Children by number: each is made once, moved when the order changes, and let go with its number.
    pub fn each(self, numbers: impl Fn() -> Vec<u32> + 'static, make: impl Fn(u32) -> El + 'static) -> Self {
        self.follow_numbers(Box::new(numbers), Box::new(make));
        self
    }

    fn follow_numbers(&self, numbers: Box<dyn Fn() -> Vec<u32>>, make: Box<dyn Fn(u32) -> El>) {
        let Some(owner) = Owner::current() else { return };
        let made = RefCell::new(Vec::<(u32, Owner, El)>::new());
        let parent = self.0.clone();
        keep_up(Box::new(move || {
            let numbers = numbers();
            let mut made = made.borrow_mut();
            made.retain(|(number, owner, child)| {
                let stays = numbers.contains(number);
                if !stays {
                    child.0.remove();
                    owner.cleanup();
                }
                stays
            });
            // From the last to the first, each before the one after it; who stands right is not touched.
            let mut next: Option<Node> = None;
            for number in numbers.iter().rev().copied() {
                let known =
                    made.iter().find(|(known, ..)| *known == number).map(|(_, _, child)| child.clone());
                let child = known.unwrap_or_else(|| {
                    let owner = owner.child();
                    let child = owner.with(|| untrack(|| make(number)));
                    made.push((number, owner, child.clone()));
                    child
                });
                let node: &Node = &child.0;
                if node.parent_node().is_none() || node.next_sibling() != next {
                    put_before(&parent, &child.0, next.as_ref());
                }
                next = Some(node.clone());
            }
        }));
    }

    /// Calls back with every such event, as long as its owner lives.
    pub fn on(self, event: &'static str, act: impl Fn(Event) + 'static) -> Self {
        self.listen(event, Box::new(act));
        self
    }

    fn listen(&self, event: &str, act: Box<dyn Fn(Event)>) {
        let closure = Closure::<dyn FnMut(web_sys::Event)>::new(move |event| act(Event::from(event)));
        // Fails for no element.
        let _ = self.0.add_event_listener_with_callback(event, closure.as_ref().unchecked_ref());
        hold(closure);
    }

    /// For a button: what a click, a tap or a key on it does.
    pub fn act(self, act: impl Fn() + 'static) -> Self {
        self.on("click", move |_| act())
    }

    fn append(&self, node: &Node) {
        // An element takes any text, comment or element.
        let _ = self.0.append_child(node);
    }
}

/// Moves an element, or puts it in. Whoever reads or types in it notices nothing: an element that is
/// moved loses its scroll positions and the focus, in some browsers even by `moveBefore` ("Atomic move",
/// DOM Standard).
fn put_before(parent: &Element, element: &Element, next: Option<&Node>) {
    if element.parent_node().is_none() {
        // The next one was just put there, or is the end.
        let _ = parent.insert_before(element, next);
        return;
    }
    let scrolled = scrolled_in(element);
    let focused = document().and_then(|document| document.active_element());
    let focused = focused.filter(|focused| element.contains(Some(focused)));
    let next_value = next.map_or(JsValue::NULL, |next| next.clone().into());
    let atomic =
        Reflect::get(parent, &"moveBefore".into()).ok().and_then(|it| it.dyn_into::<Function>().ok());
    if atomic.is_none_or(|atomic| atomic.call2(parent, element, &next_value).is_err()) {
        let _ = parent.insert_before(element, next);
    }
    for (element, top) in scrolled {
        element.set_scroll_top(top);
    }
    if let Some(focused) = focused.and_then(|focused| focused.dyn_into::<HtmlElement>().ok()) {
        // It had the focus a moment ago.
        let _ = focused.focus();
    }
}

/// What can be scrolled in it with the keyboard too, and how far it is.
fn scrolled_in(element: &Element) -> Vec<(Element, i32)> {
    let Ok(found) = element.query_selector_all("[tabindex], textarea") else { return Vec::new() };
    let elements = (0..found.length()).filter_map(|at| found.item(at)?.dyn_into::<Element>().ok());
    elements.map(|element| (element.clone(), element.scroll_top())).filter(|(_, top)| *top != 0).collect()
}

fn set_value(element: &Element, value: &str) {
    if let Some(field) = element.dyn_ref::<HtmlInputElement>() {
        // Writing the same value would move the caret.
        if field.value() != value {
            field.set_value(value);
        }
    } else if let Some(field) = element.dyn_ref::<HtmlTextAreaElement>() {
        if field.value() != value {
            field.set_value(value);
        }
    } else if let Some(field) = element.dyn_ref::<HtmlSelectElement>() {
        field.set_value(value);
    }
}

/// The first of the page that the selector finds.
pub fn find(selector: &str) -> Option<El> {
    document()?.query_selector(selector).ok().flatten().map(El)
}

/// Puts the elements at the end of the page's body.
pub fn mount(elements: impl IntoIterator<Item = El>) {
    if let Some(body) = document().and_then(|document| document.body()) {
        for element in elements {
            // The body takes any element.
            let _ = body.append_child(&element.0);
        }
    }
}

/// Calls back with every such event of the window that nothing in the page has kept to itself, as long as
/// its owner lives.
pub fn on_window(event: &'static str, act: impl Fn(Event) + 'static) {
    listen(event, Box::new(act), false);
}

/// As [`on_window`], also for what happens inside and is not handed on, until the page ends.
pub fn on_any(event: &'static str, act: impl Fn(Event) + 'static) {
    listen(event, Box::new(act), true);
}

fn listen(event: &'static str, act: Box<dyn Fn(Event)>, is_first: bool) {
    let closure = Closure::<dyn FnMut(web_sys::Event)>::new(move |event| act(Event::from(event)));
    let function = closure.as_ref().unchecked_ref();
    if let Some(window) = web_sys::window() {
        // Fails for no window.
        let _ = window.add_event_listener_with_callback_and_bool(event, function, is_first);
    }
    match is_first {
        true => closure.forget(),
        false => hold(closure),
    }
}
