//! Elements that follow signals.

use std::{cell::Cell, rc::Rc};

use tutti::browser::{El, button, el, signal::*};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Element, HtmlElement};

use super::page::{document, until};

/// An element of the document, and what owns its effects.
fn shown(make: impl FnOnce() -> El) -> (Owner, Element) {
    // Brings what runs effects.
    leptos::mount::mount_to_body(|| ());
    let owner = Owner::new();
    let element = owner.with(make).element().clone();
    document().body().expect("a body").append_child(&element).expect("appended");
    (owner, element)
}

fn texts(element: &Element) -> Vec<String> {
    let children = element.children();
    (0..children.length()).filter_map(|at| children.item(at)?.text_content()).collect()
}

#[wasm_bindgen_test]
async fn texts_and_attributes_follow_their_signals() {
    let word = RwSignal::new("one");
    let is_on = RwSignal::new(false);
    let (_owner, element) = shown(|| {
        el("p")
            .live(move || word.get())
            .bind("title", move || Some(word.get()))
            .flag("hidden", move || is_on.get())
            .state("aria-pressed", move || is_on.get())
    });
    let seen = |name: &str| element.get_attribute(name);
    assert_eq!(element.text_content().as_deref(), Some("one"));
    assert_eq!((seen("title"), seen("hidden")), (Some("one".to_owned()), None));
    assert_eq!(seen("aria-pressed").as_deref(), Some("false"));
    word.set("two");
    is_on.set(true);
    until("the second word", || element.text_content().as_deref() == Some("two")).await;
    assert_eq!((seen("title"), seen("hidden")), (Some("two".to_owned()), Some(String::new())));
    assert_eq!(seen("aria-pressed").as_deref(), Some("true"));
    is_on.set(false);
    until("no attribute", || seen("hidden").is_none()).await;
}

#[wasm_bindgen_test]
fn texts_are_never_markup() {
    let (_owner, element) = shown(|| {
        el("p").text("<img src=x onerror=alert(1)>").live(|| "<b>bold</b>").attr("title", "\"><script>")
    });
    assert_eq!(element.child_element_count(), 0);
    assert_eq!(element.text_content().as_deref(), Some("<img src=x onerror=alert(1)><b>bold</b>"));
    assert_eq!(element.get_attribute("title").as_deref(), Some("\"><script>"));
}

#[wasm_bindgen_test]
async fn children_by_key_are_moved_not_made_again() {
    let keys = RwSignal::new(vec![1, 2, 3, 4]);
    let (made, gone) = (Rc::new(Cell::new(0)), RwSignal::new(Vec::new()));
    let (count, cleaned) = (made.clone(), gone);
    let (_owner, element) = shown(|| {
        el("div").each(
            move || keys.get(),
            move |key| {
                count.set(count.get() + 1);
                on_cleanup(move || cleaned.update(|cleaned| cleaned.push(key)));
                el("i").live(move || key.to_string())
            },
        )
    });
    assert_eq!(texts(&element), ["1", "2", "3", "4"]);
    let second = element.children().item(1).expect("the second");
    for order in [vec![4, 2, 1], vec![2], vec![5, 2, 6], vec![6, 5, 2]] {
        keys.set(order.clone());
        let expected: Vec<String> = order.iter().map(ToString::to_string).collect();
        until("the new order", || texts(&element) == expected).await;
    }
    let places = element.children();
    assert_eq!(places.item(2), Some(second), "the one that stayed was made again");
    assert_eq!(made.get(), 6);
    let mut gone = gone.get_untracked();
    gone.sort_unstable();
    assert_eq!(gone, [1, 3, 4], "who is gone is let go, and nobody else");
}

#[wasm_bindgen_test]
async fn a_child_is_there_only_while_its_condition_holds() {
    let is_there = RwSignal::new(false);
    let other = RwSignal::new(0);
    let made = Rc::new(Cell::new(0));
    let count = made.clone();
    let (_owner, element) = shown(|| {
        el("div")
            .text("before ")
            .when(
                move || is_there.get(),
                move || {
                    count.set(count.get() + 1);
                    el("b").live(move || other.get().to_string())
                },
            )
            .text(" after")
    });
    let text = || element.text_content().unwrap_or_default();
    assert_eq!(text(), "before  after");
    is_there.set(true);
    until("the child", || text() == "before 0 after").await;
    other.set(7);
    until("its text", || text() == "before 7 after").await;
    assert_eq!(made.get(), 1, "a change inside makes it again");
    is_there.set(false);
    until("no child", || text() == "before  after").await;
    is_there.set(true);
    until("the child again", || text() == "before 7 after").await;
    assert_eq!(made.get(), 2);
}

#[wasm_bindgen_test]
async fn a_button_may_take_itself_away() {
    let is_there = RwSignal::new(true);
    let (_owner, element) = shown(|| {
        el("div").when(
            move || is_there.get(),
            move || button(&[("name", "gone")]).act(move || is_there.set(false)),
        )
    });
    let found = element.query_selector("button").expect("a selector").expect("a button");
    found.unchecked_into::<HtmlElement>().click();
    until("no button", || element.child_element_count() == 0).await;
}

#[wasm_bindgen_test]
async fn what_is_let_go_follows_no_more() {
    let word = RwSignal::new("one");
    let runs = Rc::new(Cell::new(0));
    let count = runs.clone();
    let (owner, element) = shown(|| {
        el("p").live(move || {
            count.set(count.get() + 1);
            word.get()
        })
    });
    owner.cleanup();
    word.set("two");
    let (_other, follower) = shown(|| el("p").live(move || word.get()));
    until("another follower", || follower.text_content().as_deref() == Some("two")).await;
    assert_eq!((element.text_content().as_deref(), runs.get()), (Some("one"), 1));
}

#[wasm_bindgen_test]
async fn who_reads_in_an_element_that_moves_keeps_the_place() {
    let keys = RwSignal::new(vec![1, 2, 3]);
    let (_owner, element) = shown(|| {
        el("div").each(
            move || keys.get(),
            |key| {
                let lines = "line\n".repeat(100);
                let text = el("pre").text(&lines).attr("id", &format!("moved-{key}"));
                el("section").child(text.attr("tabindex", "0"))
            },
        )
    });
    for index in 0..3 {
        let section = element.children().item(index).expect("a section");
        let text = section.first_element_child().expect("a text").unchecked_into::<HtmlElement>();
        text.style().set_property("height", "40px").expect("a style");
        text.style().set_property("overflow", "auto").expect("a style");
        text.set_scroll_top(50 + index.cast_signed());
    }
    let second = document().get_element_by_id("moved-2").expect("the second").unchecked_into::<HtmlElement>();
    second.focus().expect("focused");
    keys.set(vec![3, 2, 1]);
    let first = || Some(element.first_element_child()?.first_element_child()?.id());
    until("the new order", || first().as_deref() == Some("moved-3")).await;
    let places: Vec<i32> = ["moved-1", "moved-2", "moved-3"]
        .map(|id| document().get_element_by_id(id).expect("still there").scroll_top())
        .into();
    assert_eq!(places, [50, 51, 52]);
    assert_eq!(document().active_element().map(|focused| focused.id()).as_deref(), Some("moved-2"));
}
