//! The tab, its dialogs, its focus, and what it keeps.

use std::{cell::Cell, rc::Rc};

use tutti::browser;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Element, Event, HtmlDialogElement};

use super::page::{self, Replaced, frame};

/// An element in the page until it is dropped.
struct Added(Element);

impl Added {
    fn new(name: &str, attributes: &[(&str, &str)]) -> Self {
        let element = page::document().create_element(name).expect("an element");
        for (name, value) in attributes {
            element.set_attribute(name, value).expect("an attribute");
        }
        page::document().body().expect("a body").append_child(&element).expect("a place");
        Self(element)
    }

    fn inside(self, parent: &Self) -> Self {
        parent.0.append_child(&self.0).expect("a place");
        self
    }

    fn has_focus(&self) -> bool {
        page::document().active_element().as_ref() == Some(&self.0)
    }
}

impl Drop for Added {
    fn drop(&mut self) {
        self.0.remove();
    }
}

#[wasm_bindgen_test]
fn storage_keeps_texts_and_says_when_it_cannot() {
    let text = "여러 줄\n\"quoted\" 🎼";
    assert!(browser::storage::write("tutti.test", text));
    assert_eq!(browser::storage::read("tutti.test").as_deref(), Some(text));
    assert_eq!(browser::storage::read("tutti.test.other"), None);
    // More than any browser gives to one site.
    assert!(!browser::storage::write("tutti.test.big", &"x".repeat(12 << 20)));
    assert_eq!(browser::storage::read("tutti.test").as_deref(), Some(text), "what was there is lost");
    for getter in ["throw new DOMException('forbidden', 'SecurityError')", "return null"] {
        let _storage = Replaced::getter("localStorage", getter);
        assert!(!browser::storage::write("tutti.test", text));
        assert_eq!(browser::storage::read("tutti.test"), None);
    }
    page::window()
        .local_storage()
        .expect("storage")
        .expect("storage")
        .remove_item("tutti.test")
        .expect("storage");
}

#[wasm_bindgen_test]
fn a_modal_dialog_opens_once_and_closes() {
    let dialog = Added::new("dialog", &[("id", "some-dialog")]);
    let is_open = || dialog.0.dyn_ref::<HtmlDialogElement>().expect("a dialog").open();
    browser::open_modal("some-dialog");
    assert!(is_open());
    assert!(dialog.0.matches(":modal").expect("a selector"), "the page can still be used");
    browser::open_modal("some-dialog");
    assert!(is_open());
    browser::close("some-dialog");
    assert!(!is_open());
    browser::close("some-dialog");
    // What is no dialog is left alone.
    let _other = Added::new("p", &[("id", "no-dialog")]);
    for id in ["no-dialog", "nothing"] {
        browser::open_modal(id);
        browser::close(id);
    }
}

#[wasm_bindgen_test]
fn the_focus_goes_where_it_is_sent() {
    let panels = ["1", "2"].map(|id| Added::new("section", &[("data-panel", id)]));
    let fields = panels.each_ref().map(|panel| Added::new("input", &[("name", "model")]).inside(panel));
    let button = Added::new("button", &[("id", "some-button")]);
    browser::focus_in("[data-panel='2']", "model");
    assert!(fields[1].has_focus());
    browser::focus("some-button");
    assert!(button.has_focus());
    for (selector, name) in
        [("[data-panel='3']", "model"), ("[data-panel='1']", "key"), ("[[", "x"), ("p", "\"")]
    {
        browser::focus_in(selector, name);
        assert!(button.has_focus(), "{selector} {name} moved it");
    }
}

#[wasm_bindgen_test]
fn the_theme_is_an_attribute_of_the_root() {
    let theme = || page::document().document_element().expect("a root").get_attribute("data-theme");
    browser::set_theme(Some("dark"));
    assert_eq!(theme().as_deref(), Some("dark"));
    browser::set_theme(None);
    assert_eq!(theme(), None);
}

#[wasm_bindgen_test]
fn the_title_is_the_tab_s() {
    let before = page::document().title();
    browser::set_title("(done) <b>Tutti</b>");
    assert_eq!(page::document().title(), "(done) <b>Tutti</b>");
    browser::set_title(&before);
}

#[wasm_bindgen_test]
fn a_hidden_tab_says_so_until_nobody_listens() {
    let heard = Rc::new(Cell::new(None));
    let hear = heard.clone();
    let listener = browser::on_visibility_change(move |is_hidden| hear.set(Some(is_hidden)));
    let change = || {
        let event = Event::new("visibilitychange").expect("an event");
        page::document().dispatch_event(&event).expect("no error");
        heard.take()
    };
    let hidden = Replaced::of(&page::document(), "hidden", "return true");
    assert!(browser::is_hidden());
    assert_eq!(change(), Some(true));
    drop(hidden);
    assert!(!browser::is_hidden());
    assert_eq!(change(), Some(false));
    drop(listener);
    assert_eq!(change(), None, "it still listens");
}

#[wasm_bindgen_test]
async fn an_interval_ends_with_its_guard() {
    let times = Rc::new(Cell::new(0));
    let count = times.clone();
    let interval = browser::every(1, move || count.set(count.get() + 1));
    page::until("three times", || times.get() >= 3).await;
    drop(interval);
    let last = times.get();
    for _ in 0..5 {
        frame().await;
    }
    assert_eq!(times.get(), last);
}

/// As an older browser, or one in an insecure context, whose only way is a selection.
fn old_clipboard() -> Replaced {
    Replaced::of(&page::window().navigator(), "clipboard", "return undefined")
}

#[wasm_bindgen_test]
async fn copying_takes_the_whole_text_by_either_way() {
    let text = "<b>1</b>\n\n  한글 👩‍💻\n".to_owned();
    let clipboard = "return Object.setPrototypeOf({}, {
        __proto__: Clipboard.prototype, writeText(text) { window.copied = text; return Promise.resolve() } })";
    let new = Replaced::of(&page::window().navigator(), "clipboard", clipboard);
    assert!(browser::copy(text.clone()).await);
    assert_eq!(page::global("copied").as_string(), Some(text.clone()));
    drop(new);
    let exec = "return () => {
        const field = document.activeElement;
        window.copied = field.value.slice(field.selectionStart, field.selectionEnd);
        window.copiedFrom = field.parentNode.id;
        return true }";
    let command = Replaced::of(&page::document(), "execCommand", exec);
    let button = Added::new("button", &[("id", "copy")]);
    browser::focus("copy");
    let _old = old_clipboard();
    assert!(browser::copy(text.clone()).await);
    assert_eq!(page::global("copied").as_string(), Some(text.clone()));
    assert!(button.has_focus(), "the focus was not given back");
    // In a dialog, outside of which nothing can be selected.
    let dialog = Added::new("dialog", &[("id", "copy-dialog")]);
    let _inside = Added::new("button", &[("id", "copy-inside")]).inside(&dialog);
    browser::open_modal("copy-dialog");
    browser::focus("copy-inside");
    assert!(browser::copy(text.clone()).await);
    assert_eq!(page::global("copied").as_string(), Some(text.clone()));
    assert_eq!(page::global("copiedFrom").as_string().as_deref(), Some("copy-dialog"));
    browser::close("copy-dialog");
    assert!(page::document().query_selector("textarea").expect("a selector").is_none(), "left in the page");
    drop(command);
    let _refused = Replaced::of(&page::document(), "execCommand", "return () => false");
    assert!(!browser::copy(text).await);
}
