//! The only place that names the browser.
//!
//! - `fetch`, `fetch_worker`, `clock`: what the engine runs on; `worker`: programs beside the page
//! - `network`: what can be known when a request fails
//! - `keys`: where keys live; [`storage`]: what else a reload keeps
//! - [`signal`]: Leptos' signals; `dom`, `event`: elements that follow signals, and what a person does to them
//! - `drawing`, `tail`, `follow`: what grows, when it is drawn, and scrolling along with it
//! - `later`: fetches what the first screen does without
//! - [`offline`]: the worker that keeps the page for when there is no network
//! - [`parts`]: what is loaded when it is first needed: colours of code, formulas
//! - [`store`]: the database of comparisons; `finder`: its list and its search, in a worker; `rolls`: long lists
//! - `files`, `pictures`: what a person hands over, and is handed
//! - `tab`, `clipboard`, and below: what a page asks of its browser

mod clipboard;
mod clock;
mod dom;
mod drawing;
mod event;
mod fetch;
mod fetch_worker;
mod files;
mod finder;
mod follow;
mod keys;
mod later;
mod listener;
mod locks;
mod network;
pub mod offline;
pub mod parts;
mod pictures;
mod pointing;
mod rolls;
pub mod signal;
pub mod storage;
pub mod store;
mod tab;
mod tail;
mod worker;

pub use clipboard::{copy, copy_drawn};
pub use clock::{PageClock, ahead_of_utc, date_text, month_text, now_ms};
pub use dom::{El, button, effect, el, find, mount, on_any, on_window};
pub use drawing::{Code, Drawing, FORMULA, INFO, Ink, Shape, Wrap, on_code};
pub use event::Event;
pub use fetch::Fetch;
pub use fetch_worker::WorkerFetch;
pub use files::{File, download};
pub use finder::{Finder, Hit, Said};
pub use follow::{Follow, News, afterwards};
pub use keys::{Keyring, NotTaken, StorageProblem, Taken, Typed};
#[cfg(feature = "split")]
pub use later::words;
pub use later::{Lost, rest};
pub use listener::Listener;
pub use locks::{can_lock, lock, lock_when_free, persist, unlock, usage};
pub use network::{facts, policy};
pub use parts::idle;
pub use pictures::{Picture, picture, thumbnail};
pub use pointing::{chip_at, focus_first, focus_sibling, is_typing, is_typing_in, put_above, show};
pub use tab::{
    Interval, after, every, go_to, is_hidden, location_origin, on_visibility_change, open_tab, reload,
    set_title,
};
pub use tail::Tail;

use futures::future::LocalBoxFuture;
use wasm_bindgen::JsCast;
use web_sys::{Crypto, Document, Element, HtmlDialogElement, HtmlElement};

/// Shows the page that is made there: the owner of all signals, and what runs their effects, come first.
pub fn begin(page: impl FnOnce() -> Vec<El> + 'static) {
    let page: Box<dyn FnOnce() -> Vec<El>> = Box::new(page);
    // Leptos shows nothing; the elements are put in beside it.
    leptos::mount::mount_to_body(move || mount(page()));
}

/// Runs it beside everything else.
pub fn spawn(task: impl Future<Output = ()> + 'static) {
    spawn_boxed(Box::pin(task));
}

#[inline(never)]
fn spawn_boxed(task: LocalBoxFuture<'static, ()>) {
    wasm_bindgen_futures::spawn_local(task);
}

/// Waits until all effects have run that wait for it now.
pub async fn tick() {
    leptos::task::tick().await;
}

/// The languages that the browser prefers, best first, as BCP 47 tags.
pub fn languages() -> Vec<String> {
    let Some(window) = web_sys::window() else { return Vec::new() };
    window.navigator().languages().iter().filter_map(|tag| tag.as_string()).collect()
}

/// Says to browsers and screen readers what language the page is in.
pub fn set_document_language(tag: &str) {
    if let Some(root) = document().and_then(|document| document.document_element()) {
        // The attribute's name is valid, so this cannot fail.
        let _ = root.set_attribute("lang", tag);
    }
}

/// The theme that the person chose, as `data-theme` of the root; `None` is the system's.
pub fn set_theme(theme: Option<&str>) {
    if let Some(root) = document().and_then(|document| document.document_element()) {
        // The attribute's name is valid, so this cannot fail.
        let _ = match theme {
            Some(theme) => root.set_attribute("data-theme", theme),
            None => root.remove_attribute("data-theme"),
        };
    }
}

/// Moves the keyboard's focus to the element of that id.
pub fn focus(id: &str) {
    focus_on(by_id(id));
}

/// Moves the focus to the first element of that name within the first that the selector finds.
pub fn focus_in(selector: &str, name: &str) {
    let found = document()
        .and_then(|document| document.query_selector(&[selector, " [name=\"", name, "\"]"].concat()).ok()?);
    focus_on(found);
}

fn focus_on(element: Option<Element>) {
    if let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        // Where nothing can take the focus, there is nothing to do.
        let _ = element.focus();
    }
}

/// Shows the dialog of that id above the page, which cannot be used meanwhile. `close` fires its event
/// `close`, and so does Escape; the focus then goes back to where it was.
pub fn open_modal(id: &str) {
    if let Some(dialog) = dialog(id) {
        // One that is open already stays so.
        let _ = dialog.show_modal();
    }
}

pub fn close(id: &str) {
    if let Some(dialog) = dialog(id) {
        dialog.close();
    }
}

fn dialog(id: &str) -> Option<HtmlDialogElement> {
    by_id(id)?.dyn_into().ok()
}

fn by_id(id: &str) -> Option<Element> {
    document()?.get_element_by_id(id)
}

fn document() -> Option<Document> {
    web_sys::window()?.document()
}

/// A number that no other page has, for spreading retries. It protects nothing.
pub fn random_seed() -> u64 {
    let mut bytes = [0; 8];
    if let Some(crypto) = crypto() {
        // Without it the seed is the same for all pages, which only makes retries less spread.
        let _ = crypto.get_random_values_with_u8_array(&mut bytes);
    }
    u64::from_le_bytes(bytes)
}

fn crypto() -> Option<Crypto> {
    js_sys::Reflect::get(&js_sys::global(), &"crypto".into()).ok()?.dyn_into().ok()
}
