//! Event listeners that go when their guard goes.

use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{AddEventListenerOptions, Event, EventTarget};

/// One event listener. Dropping it removes it. It cannot keep the browser from what it does, so no
/// scrolling waits for it.
pub struct Listener {
    target: EventTarget,
    name: &'static str,
    is_capturing: bool,
    closure: Closure<dyn FnMut(Event)>,
}

impl Listener {
    pub(super) fn new(
        target: &EventTarget,
        name: &'static str,
        callback: impl FnMut(Event) + 'static,
    ) -> Self {
        Self::added(target, name, Closure::new(callback), false)
    }

    /// Hears an event before what is inside the target does.
    pub(super) fn capturing(
        target: &EventTarget,
        name: &'static str,
        callback: impl FnMut(Event) + 'static,
    ) -> Self {
        Self::added(target, name, Closure::new(callback), true)
    }

    fn added(
        target: &EventTarget,
        name: &'static str,
        closure: Closure<dyn FnMut(Event)>,
        is_capturing: bool,
    ) -> Self {
        let options = AddEventListenerOptions::new();
        options.set_capture(is_capturing);
        options.set_passive(true);
        let function = closure.as_ref().unchecked_ref();
        // Fails only for a target that is no event target.
        let _ =
            target.add_event_listener_with_callback_and_add_event_listener_options(name, function, &options);
        Self { target: target.clone(), name, is_capturing, closure }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let function = self.closure.as_ref().unchecked_ref();
        let _ =
            self.target.remove_event_listener_with_callback_and_bool(self.name, function, self.is_capturing);
    }
}
