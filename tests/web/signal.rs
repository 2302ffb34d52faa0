//! Signals: who is woken, and when a value is worked out.

use std::{cell::Cell, rc::Rc};

use tutti::browser::{effect, signal::*};
use wasm_bindgen_test::wasm_bindgen_test;

use super::page::until;

/// An owner for signals, and what runs effects.
fn owner() -> Owner {
    leptos::mount::mount_to_body(|| ());
    Owner::new()
}

fn counter() -> (Rc<Cell<u32>>, Rc<Cell<u32>>) {
    let count = Rc::new(Cell::new(0));
    (count.clone(), count)
}

fn one_more(count: &Cell<u32>) {
    count.set(count.get() + 1);
}

#[wasm_bindgen_test]
async fn a_memo_wakes_nobody_while_its_value_stays() {
    let (worked_out, worked) = counter();
    let (woken, wakes) = counter();
    let owner = owner();
    let number = owner.with(|| {
        let number = RwSignal::new(1);
        let is_odd = Memo::new(move || {
            one_more(&worked);
            number.get() % 2 == 1
        });
        effect(move || {
            is_odd.get();
            one_more(&wakes);
        });
        number
    });
    assert_eq!((worked_out.get(), woken.get()), (1, 1));
    number.set(3);
    until("worked out again", || worked_out.get() == 2).await;
    number.set(4);
    until("woken", || woken.get() == 2).await;
    assert_eq!(worked_out.get(), 3, "once for each change, and the first time");
    // As it is now, whoever asks.
    number.set(5);
    let last = owner.with(|| Memo::new(move || number.get() * 10));
    assert_eq!((last.get_untracked(), last.with_untracked(|last| last + 1)), (50, 51));
    number.set(6);
    assert_eq!(last.get_untracked(), 60);
}

#[wasm_bindgen_test]
async fn what_is_read_untracked_wakes_nobody() {
    let (woken, wakes) = counter();
    let owner = owner();
    let (seen, unseen) = owner.with(|| {
        let (seen, unseen) = (ArcRwSignal::new(0), RwSignal::new(0));
        let read = seen.clone();
        effect(move || {
            read.track();
            unseen.with_untracked(|_| ());
            untrack(|| unseen.get());
            one_more(&wakes);
        });
        (seen, unseen)
    });
    unseen.set(1);
    seen.set(1);
    until("woken by the other", || woken.get() == 2).await;
    assert_eq!(unseen.try_update(|value| std::mem::replace(value, 5)), Some(1));
    assert_eq!(unseen.get_untracked(), 5);
}

#[wasm_bindgen_test]
fn what_an_owner_has_let_go_takes_no_value() {
    let owner = owner();
    let (signal, stored) = owner.with(|| (RwSignal::new(1), StoredValue::new(1)));
    assert_eq!(
        (signal.try_update(|value| *value), stored.try_update_value(|value| *value)),
        (Some(1), Some(1))
    );
    owner.cleanup();
    signal.set(2);
    assert_eq!((signal.try_update(|value| *value), stored.try_update_value(|value| *value)), (None, None));
}
