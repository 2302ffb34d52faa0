//! Where the pointer is and where the focus goes.

use wasm_bindgen::JsCast;
use web_sys::{
    ClipboardEvent, Document, Element, FocusEvent, HtmlElement, Node, PointerEvent, ScrollIntoViewOptions,
    ScrollLogicalPosition,
};

fn document() -> Option<Document> {
    web_sys::window()?.document()
}

fn focus_html(element: Option<Element>) {
    if let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        // Where nothing can take the focus, there is nothing to do.
        let _ = element.focus();
    }
}

/// Moves the focus to an element that the page holds.
pub fn focus_element(element: Option<HtmlElement>) {
    focus_html(element.map(Into::into));
}

/// Moves the focus to the first element that the selector finds.
pub fn focus_first(selector: &str) {
    focus_html(document().and_then(|document| document.query_selector(selector).ok().flatten()));
}

/// Moves the focus to the element before (-1) or after (1) the focused one, round the ends.
pub fn focus_sibling(step: i32) {
    let Some(focused) = document().and_then(|document| document.active_element()) else { return };
    let parent = focused.parent_element();
    let next = match step > 0 {
        true => focused.next_element_sibling().or_else(|| parent?.first_element_child()),
        false => focused.previous_element_sibling().or_else(|| parent?.last_element_child()),
    };
    focus_html(next);
}

/// The panel whose chip is at that point of the window.
pub fn chip_at(x: i32, y: i32) -> Option<u32> {
    let element = document()?.element_from_point(x as f32, y as f32)?;
    element.closest("[data-chip]").ok()??.get_attribute("data-chip")?.parse().ok()
}

/// Sends the pointer's further events to the element that this one went to, wherever it moves.
pub fn hold_pointer(event: &PointerEvent) {
    let element = event.current_target().and_then(|target| target.dyn_into::<Element>().ok());
    if let Some(element) = element {
        // A pointer that is gone cannot be held, and need not be.
        let _ = element.set_pointer_capture(event.pointer_id());
    }
}

/// Whether the focus goes out of the element that listens.
pub fn leaves(event: &FocusEvent) -> bool {
    let within = event.current_target().and_then(|target| target.dyn_into::<Node>().ok());
    let to = event.related_target().and_then(|target| target.dyn_into::<Node>().ok());
    within.is_none_or(|within| !within.contains(to.as_ref()))
}

/// Whether a key goes to something that is typed or chosen in, so that no shortcut may take it.
pub fn is_typing() -> bool {
    let focused = document().and_then(|document| document.active_element());
    let is_field = |element: Element| {
        matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT")
            || element.closest("dialog, [role=listbox]").ok().flatten().is_some()
    };
    focused.is_some_and(is_field)
}

/// The text that is being pasted.
pub fn pasted_text(event: &ClipboardEvent) -> Option<String> {
    event.clipboard_data()?.get_data("text/plain").ok()
}

/// Scrolls the element of that id into view, no farther than needed.
pub fn show(id: &str) {
    if let Some(element) = document().and_then(|document| document.get_element_by_id(id)) {
        let options = ScrollIntoViewOptions::new();
        options.set_block(ScrollLogicalPosition::Nearest);
        element.scroll_into_view_with_scroll_into_view_options(&options);
    }
}
