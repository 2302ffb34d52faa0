//! Something that a person did, whatever kind of event it is.

use wasm_bindgen::JsCast;
use web_sys::{
    ClipboardEvent, Element, FocusEvent, HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement,
    KeyboardEvent, MouseEvent, Node, PointerEvent,
};

use super::{El, Typed};

pub struct Event(web_sys::Event);

impl From<web_sys::Event> for Event {
    fn from(event: web_sys::Event) -> Self {
        Self(event)
    }
}

impl Event {
    /// What the field holds now; empty where it is no field.
    pub fn value(&self) -> String {
        let Some(target) = self.0.target() else { return String::new() };
        let input = target.dyn_ref::<HtmlInputElement>().map(HtmlInputElement::value);
        input
            .or_else(|| target.dyn_ref::<HtmlTextAreaElement>().map(HtmlTextAreaElement::value))
            .or_else(|| target.dyn_ref::<HtmlSelectElement>().map(HtmlSelectElement::value))
            .unwrap_or_default()
    }

    pub(super) fn raw(&self) -> &web_sys::Event {
        &self.0
    }

    pub fn is_checked(&self) -> bool {
        let target = self.0.target();
        target
            .is_some_and(|target| target.dyn_ref::<HtmlInputElement>().is_some_and(HtmlInputElement::checked))
    }

    /// The browser does not do what it would.
    pub fn prevent(&self) {
        self.0.prevent_default();
    }

    pub fn was_prevented(&self) -> bool {
        self.0.default_prevented()
    }

    /// Nobody further out hears of it.
    pub fn stop(&self) {
        self.0.stop_propagation();
    }

    /// The key of a keyboard event, by its name in UI Events; empty for other events.
    pub fn key(&self) -> String {
        self.keyboard().map(KeyboardEvent::key).unwrap_or_default()
    }

    pub fn shift(&self) -> bool {
        self.keyboard().is_some_and(KeyboardEvent::shift_key)
    }

    pub fn alt(&self) -> bool {
        self.keyboard().is_some_and(KeyboardEvent::alt_key)
    }

    pub fn ctrl_or_cmd(&self) -> bool {
        self.keyboard().is_some_and(|event| event.ctrl_key() || event.meta_key())
    }

    /// An input method composes; 229 is how older engines say so (UI Events, "keyCode").
    pub fn composes(&self) -> bool {
        self.keyboard().is_some_and(|event| event.is_composing() || event.key_code() == 229)
    }

    /// Where the pointer is in the window, in CSS pixels.
    pub fn point(&self) -> (i32, i32) {
        self.mouse().map_or((0, 0), |event| (event.client_x(), event.client_y()))
    }

    pub fn is_main_button(&self) -> bool {
        self.mouse().is_some_and(|event| event.button() == 0)
    }

    pub fn is_touch(&self) -> bool {
        self.0.dyn_ref::<PointerEvent>().is_some_and(|event| event.pointer_type() == "touch")
    }

    /// Whether it began in something that the selector finds.
    pub fn is_within(&self, selector: &str) -> bool {
        self.within(selector).is_some()
    }

    /// What it began in, of what the selector finds.
    pub fn within(&self, selector: &str) -> Option<El> {
        let target = self.0.target().and_then(|target| target.dyn_into::<Element>().ok())?;
        El::from(target).closest(selector)
    }

    /// Writes into the field.
    pub fn set_value(&self, value: &str) {
        if let Some(target) = self.0.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok()) {
            target.set_value(value);
        }
    }

    /// Selects all that the field holds.
    pub fn select(&self) {
        if let Some(target) = self.0.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok()) {
            target.select();
        }
    }

    /// Gives back what could not be taken, to be mended.
    pub fn give_back(&self, typed: Typed) {
        self.set_value(&typed.into_text());
    }

    /// Whether a button of the pointer is held down.
    pub fn is_pressed(&self) -> bool {
        self.mouse().is_some_and(|event| event.buttons() != 0)
    }

    /// Sends the pointer's further events to the element that this one went to, wherever it moves.
    pub fn hold_pointer(&self) {
        let element = self.0.current_target().and_then(|target| target.dyn_into::<Element>().ok());
        if let (Some(element), Some(event)) = (element, self.0.dyn_ref::<PointerEvent>()) {
            // A pointer that is gone cannot be held, and need not be.
            let _ = element.set_pointer_capture(event.pointer_id());
        }
    }

    /// Whether the focus goes out of the element that listens.
    pub fn leaves(&self) -> bool {
        let to = self.0.dyn_ref::<FocusEvent>().and_then(FocusEvent::related_target);
        let to = to.and_then(|target| target.dyn_into::<Node>().ok());
        let within = self.0.current_target().and_then(|target| target.dyn_into::<Node>().ok());
        within.is_none_or(|within| !within.contains(to.as_ref()))
    }

    /// What was typed into a field for keys, which is empty then.
    pub fn take_typed(&self) -> Typed {
        let typed = Typed::new(self.value());
        if let Some(target) = self.0.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok()) {
            target.set_value("");
        }
        typed
    }

    /// Lines of a `.env` file that are being pasted. They do not get into the field, which has one line
    /// and would join them. `None`: something else is pasted, as ever.
    pub fn take_pasted_lines(&self) -> Option<Typed> {
        let text = self.0.dyn_ref::<ClipboardEvent>()?.clipboard_data()?.get_data("text/plain").ok()?;
        let typed = Some(Typed::new(text)).filter(Typed::has_lines)?;
        self.prevent();
        Some(typed)
    }

    fn keyboard(&self) -> Option<&KeyboardEvent> {
        self.0.dyn_ref()
    }

    fn mouse(&self) -> Option<&MouseEvent> {
        self.0.dyn_ref()
    }
}
