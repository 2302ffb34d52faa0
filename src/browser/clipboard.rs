//! The clipboard.

use std::{cell::Cell, rc::Rc};

use futures::future::LocalBoxFuture;
use js_sys::Reflect;
use wasm_bindgen::{JsCast, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Clipboard, ClipboardEvent, Document, Element, HtmlDocument, HtmlElement, HtmlTextAreaElement,
    XmlSerializer,
};

use crate::later::later;

/// Puts text into the clipboard; `false` when the browser refuses. Call it from a person's click or key:
/// browsers allow it only shortly after one.
pub async fn copy(text: String) -> bool {
    put_in(text).await
}

later! {
    "b101" fn put_in(text: String) -> LocalBoxFuture<'static, bool> {
        Box::pin(put(text))
    } else {
        // Whoever can click has moved a pointer before, so this is hardly ever not here.
        Box::pin(async { false })
    }
}

async fn put(text: String) -> bool {
    let Some(window) = web_sys::window() else { return false };
    // Absent in insecure contexts, so not asked for by its typed name, which would be a trap there.
    let clipboard = Reflect::get(&window.navigator(), &"clipboard".into());
    if let Ok(clipboard) = clipboard.and_then(JsCast::dyn_into::<Clipboard>)
        && JsFuture::from(clipboard.write_text(&text)).await.is_ok()
    {
        return true;
    }
    window.document().and_then(|document| copy_selected(&document, &text)).unwrap_or(false)
}

/// The old way, which also works in insecure contexts: select the text in a field, and copy.
fn copy_selected(document: &Document, text: &str) -> Option<bool> {
    let focused = document.active_element();
    // Outside of an open modal dialog nothing can be selected.
    let dialog = focused.as_ref().and_then(|element| element.closest("dialog[open]").ok()?);
    let parent = dialog.or_else(|| document.body().map(Into::into))?;
    let field: HtmlTextAreaElement = document.create_element("textarea").ok()?.dyn_into().ok()?;
    // Where it is, nothing moves and nothing is seen.
    for (name, value) in [("position", "fixed"), ("top", "0"), ("opacity", "0")] {
        field.style().set_property(name, value).ok()?;
    }
    field.set_read_only(true);
    field.set_value(text);
    parent.append_child(&field).ok()?;
    // Not every browser moves the focus to what is selected.
    field.focus().ok()?;
    field.select();
    let is_copied = copy_selection(document);
    field.remove();
    if let Some(element) = focused.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        // Where nothing can take the focus, there is nothing to do.
        let _ = element.focus();
    }
    Some(is_copied)
}

fn copy_selection(document: &Document) -> bool {
    document.dyn_ref::<HtmlDocument>().is_some_and(|page| page.exec_command("copy") == Ok(true))
}

/// Puts an element into the clipboard as it is drawn, without its buttons, and `text` for whoever takes
/// only text; `false` when the browser refuses. The browser itself writes the nodes down (`XMLSerializer`),
/// with no colours of this page. Call it from a person's click or key.
pub fn copy_drawn(selector: &str, text: &str) -> bool {
    super::document().and_then(|document| {
        let element = document.query_selector(selector).ok().flatten()?;
        let html = without_chrome(&element)?;
        copy_both(&document, &element, &html, text)
    }) == Some(true)
}

fn without_chrome(element: &Element) -> Option<String> {
    let copy: Element = element.clone_node_with_deep(true).ok()?.dyn_into().ok()?;
    let chrome = copy.query_selector_all(".chrome").ok()?;
    for at in 0..chrome.length() {
        let found = chrome.item(at).and_then(|node| node.dyn_into::<Element>().ok());
        found.inspect(|element| element.remove());
    }
    XmlSerializer::new().ok()?.serialize_to_string(&copy).ok()
}

/// Asks the browser to copy, and says what.
fn copy_both(document: &Document, element: &Element, html: &str, text: &str) -> Option<bool> {
    let is_heard = Rc::new(Cell::new(false));
    let (hears, html, text) = (is_heard.clone(), html.to_owned(), text.to_owned());
    let hear = Closure::<dyn FnMut(ClipboardEvent)>::new(move |event: ClipboardEvent| {
        let Some(data) = event.clipboard_data() else { return };
        let is_set = data.set_data("text/html", &html).and_then(|()| data.set_data("text/plain", &text));
        hears.set(is_set.is_ok());
        event.prevent_default();
        event.stop_propagation();
    });
    let selection = document.get_selection().ok()??;
    let before = selection.get_range_at(0).ok();
    // Not every browser copies where nothing is selected; what is not shown cannot be.
    selection.select_all_children(element.parent_element()?.as_ref()).ok()?;
    let function = hear.as_ref().unchecked_ref();
    document.add_event_listener_with_callback_and_bool("copy", function, true).ok()?;
    let is_copied = copy_selection(document);
    document.remove_event_listener_with_callback_and_bool("copy", function, true).ok()?;
    selection.remove_all_ranges().ok()?;
    before.inspect(|range| {
        // It was selected a moment ago.
        let _ = selection.add_range(range);
    });
    Some(is_copied && is_heard.get())
}
