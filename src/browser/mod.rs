//! The only place that names the browser: the network, the clocks, the person's languages.

mod clock;
mod fetch;
mod tail;

pub use clock::PageClock;
pub use fetch::Fetch;
pub use tail::Tail;

use wasm_bindgen::JsCast;

/// The languages that the browser prefers, best first, as BCP 47 tags.
pub fn languages() -> Vec<String> {
    let Some(window) = web_sys::window() else { return Vec::new() };
    window.navigator().languages().iter().filter_map(|tag| tag.as_string()).collect()
}

/// Says to browsers and screen readers what language the page is in.
pub fn set_document_language(tag: &str) {
    let document = web_sys::window().and_then(|window| window.document());
    if let Some(root) = document.and_then(|document| document.document_element()) {
        // The attribute's name is valid, so this cannot fail.
        let _ = root.set_attribute("lang", tag);
    }
}

/// Moves the keyboard's focus to the element of that id.
pub fn focus(id: &str) {
    let document = web_sys::window().and_then(|window| window.document());
    let element = document.and_then(|document| document.get_element_by_id(id));
    if let Some(element) = element.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
        // Where nothing can take the focus, there is nothing to do.
        let _ = element.focus();
    }
}

/// A number that no other page has, for spreading retries. It protects nothing.
pub fn random_seed() -> u64 {
    let mut bytes = [0; 8];
    let crypto = js_sys::Reflect::get(&js_sys::global(), &"crypto".into());
    if let Some(crypto) = crypto.ok().and_then(|crypto| crypto.dyn_into::<web_sys::Crypto>().ok()) {
        // Without it the seed is the same for all pages, which only makes retries less spread.
        let _ = crypto.get_random_values_with_u8_array(&mut bytes);
    }
    u64::from_le_bytes(bytes)
}
