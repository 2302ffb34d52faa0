//! The clipboard.

use js_sys::Reflect;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Clipboard, Document, HtmlDocument, HtmlElement, HtmlTextAreaElement};

/// Puts text into the clipboard; `false` when the browser refuses. Call it from a person's click or key:
/// browsers allow it only shortly after one.
pub async fn copy(text: String) -> bool {
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
    let is_copied =
        document.dyn_ref::<HtmlDocument>().is_some_and(|page| page.exec_command("copy") == Ok(true));
    field.remove();
    if let Some(element) = focused.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        // Where nothing can take the focus, there is nothing to do.
        let _ = element.focus();
    }
    Some(is_copied)
}
