//! A chip for each panel: on or off, in its place, with a dot that says how far it is.

use leptos::{
    ev::{KeyboardEvent, PointerEvent},
    prelude::*,
};

use super::{
    page::Page,
    panel::state::Panel,
    words::{self, Word},
};
use crate::browser;

/// A pointer that moved less is a click, in CSS pixels.
const DRAG_PX: i32 = 6;

#[component]
pub fn Chips() -> impl IntoView {
    let page = Page::expect();
    // The chip under the pointer, where the pointer went down, and whether it has become a drag.
    let dragged = RwSignal::new(None::<(u32, i32, bool)>);
    view! {
        <div id="chips" class="chips" role="group" aria-label=page.word(Word::Chips) title=page.word(Word::ChipHint)>
            <For each=move || page.panels.get() key=|panel| panel.id let(panel)>
                <Chip panel dragged />
            </For>
        </div>
    }
}

#[component]
fn Chip(panel: Panel, dragged: RwSignal<Option<(u32, i32, bool)>>) -> impl IntoView {
    let page = Page::expect();
    let id = panel.id;
    let enabled = {
        let panel = panel.clone();
        Memo::new(move |_| panel.is_enabled())
    };
    let kind = {
        let reply = panel.reply.clone();
        move || words::phase_name(reply.kind())
    };
    let problem = panel.problem.clone();
    let model = {
        let settings = panel.settings.clone();
        move || settings.with(|settings| settings.model.clone())
    };
    let toggle = {
        let settings = panel.settings.clone();
        move || settings.update(|settings| settings.enabled = !settings.enabled)
    };
    let on_down = move |event: PointerEvent| {
        if event.button() == 0 {
            dragged.set(Some((id, event.client_x(), false)));
        }
    };
    let on_move = move |event: PointerEvent| {
        let Some((id, from, was_drag)) = dragged.get_untracked() else { return };
        if !was_drag && (event.client_x() - from).abs() < DRAG_PX {
            return;
        }
        dragged.set(Some((id, from, true)));
        browser::hold_pointer(&event);
        let under = browser::chip_at(event.client_x(), event.client_y());
        let target = under.and_then(|under| page.find(under)).map(|(at, _)| at);
        if let (Some(target), Some((at, _))) = (target, page.find(id))
            && target != at
        {
            page.shift(id, target.cast_signed() - at.cast_signed());
        }
    };
    let on_click = move |_| {
        // A drag ends with a click that nobody meant.
        if dragged.try_update(Option::take).flatten().is_none_or(|(_, _, is_drag)| !is_drag) {
            toggle();
            page.active.set(id);
        }
    };
    let on_key = move |event: KeyboardEvent| {
        let by = match event.key().as_str() {
            "ArrowLeft" | "ArrowUp" => -1,
            "ArrowRight" | "ArrowDown" => 1,
            _ => return,
        };
        if event.alt_key() {
            event.prevent_default();
            page.shift(id, by);
            browser::focus_first(&format!("[data-chip=\"{id}\"]"));
        }
    };
    view! {
        <button
            type="button"
            class="chip"
            data-chip=id
            data-phase=kind
            data-problem=move || problem.with(|problem| problem.as_ref().map(|_| ""))
            aria-pressed=move || enabled.get().to_string()
            class:dragged=move || dragged.with(|dragged| matches!(dragged, Some((it, _, true)) if *it == id))
            on:pointerdown=on_down
            on:pointermove=on_move
            on:pointercancel=move |_| dragged.set(None)
            on:click=on_click
            on:keydown=on_key
        >
            <span class="dot" aria-hidden="true"></span>
            <span dir="auto">{model}</span>
        </button>
    }
}
