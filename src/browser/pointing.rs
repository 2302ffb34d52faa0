//! Where the pointer is and where the focus goes.

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, ScrollIntoViewOptions, ScrollLogicalPosition};

use super::{El, document, focus_on, tick};

/// Moves the focus to the first element that the selector finds.
pub fn focus_first(selector: &str) {
    focus_on(document().and_then(|document| document.query_selector(selector).ok().flatten()));
}

/// Has something put above an element of a scroll container, once the page has taken it in: what is seen of the
/// container stays where it is.
pub async fn put_above(container: &El, first: &El, put: impl FnOnce()) {
    let at = || first.element().dyn_ref::<HtmlElement>().map_or(0, HtmlElement::offset_top);
    let before = at();
    // Else some browsers keep its place themselves, and others do not.
    let _ = container.element().set_attribute("data-grows", "");
    put();
    tick().await;
    let moved = at() - before;
    if moved != 0 {
        container.element().set_scroll_top(container.element().scroll_top() + moved);
    }
    let _ = container.element().remove_attribute("data-grows");
}

/// Moves the focus to the element before (-1) or after (1) the focused one, round the ends.
pub fn focus_sibling(step: i32) {
    let Some(focused) = document().and_then(|document| document.active_element()) else { return };
    let parent = focused.parent_element();
    let next = match step > 0 {
        true => focused.next_element_sibling().or_else(|| parent?.first_element_child()),
        false => focused.previous_element_sibling().or_else(|| parent?.last_element_child()),
    };
    focus_on(next);
}

/// The panel whose chip is at that point of the window.
pub fn chip_at(x: i32, y: i32) -> Option<u32> {
    let element = document()?.element_from_point(x as f32, y as f32)?;
    element.closest("[data-chip]").ok()??.get_attribute("data-chip")?.parse().ok()
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

/// Whether the focus is in a field of that name.
pub fn is_typing_in(name: &str) -> bool {
    let focused = document().and_then(|document| document.active_element());
    focused.is_some_and(|element| element.get_attribute("name").as_deref() == Some(name))
}

/// Scrolls the element of that id into view, no farther than needed.
pub fn show(id: &str) {
    if let Some(element) = document().and_then(|document| document.get_element_by_id(id)) {
        let options = ScrollIntoViewOptions::new();
        options.set_block(ScrollLogicalPosition::Nearest);
        element.scroll_into_view_with_scroll_into_view_options(&options);
    }
}
