//! A chip for each panel: on or off, in its place, with a dot that says how far it is.

use super::{
    page::Page,
    panel::state::Panel,
    words::{self, Word},
};
use crate::{
    browser::{self, El, Event, button, el, signal::*},
    later::later,
};

/// A pointer that moved less is a click, in CSS pixels.
const DRAG_PX: i32 = 6;

/// The chip under the pointer.
#[derive(Clone, Copy)]
struct Drag {
    id: u32,
    /// Where the pointer went down.
    from_x: i32,
    /// It has moved far enough to be no click.
    is_drag: bool,
}

pub fn chips(page: Page) -> El {
    let drag = RwSignal::new(None::<Drag>);
    let (label, title) = (page.word(Word::Chips), page.word(Word::ChipHint));
    el("div")
        .attrs(&[("id", "chips"), ("class", "chips"), ("role", "group")])
        .bind("aria-label", move || Some(label()))
        .bind("title", move || Some(title()))
        .each(
            move || page.panels.with(|panels| panels.iter().map(|panel| panel.id).collect()),
            move |id| page.find(id).map_or_else(|| el("span"), |(_, panel)| chip(page, panel, drag)),
        )
}

fn chip(page: Page, panel: Panel, drag: RwSignal<Option<Drag>>) -> El {
    let id = panel.id;
    let Panel { settings, reply, problem, .. } = panel;
    let (enabled, model) = (settings.clone(), settings.clone());
    let was_dragged = RwSignal::new(false);
    let on_click = move |_| {
        // A drag ends with a click that nobody meant.
        if was_dragged.try_update(std::mem::take) != Some(true) {
            settings.update(|settings| settings.enabled = !settings.enabled);
        }
    };
    let on_key = move |event: Event| {
        let by = match event.key().as_str() {
            "ArrowLeft" | "ArrowUp" => -1,
            "ArrowRight" | "ArrowDown" => 1,
            _ => return,
        };
        if event.alt() {
            event.prevent();
            page.shift(id, by);
            browser::focus_first(&format!("[data-chip=\"{id}\"]"));
        }
    };
    button(&[("class", "chip"), ("data-chip", &id.to_string())])
        .bind("data-phase", move || Some(words::phase_name(reply.kind())))
        .flag("data-problem", move || problem.with(Option::is_some))
        .state("aria-pressed", move || enabled.with(|settings| settings.enabled))
        .flag("data-dragged", move || {
            drag.with(|drag| drag.is_some_and(|drag| drag.is_drag && drag.id == id))
        })
        .on("pointerdown", move |event| {
            was_dragged.set(false);
            // A finger scrolls the chips; the panel's menu moves it too.
            if event.is_main_button() && !event.is_touch() {
                drag.set(Some(Drag { id, from_x: event.point().0, is_drag: false }));
            }
        })
        .on("pointermove", move |event| drag_on(page, drag, &event))
        .on("pointerup", move |_| {
            let dragged = drag.try_update(Option::take).flatten();
            was_dragged.set(dragged.is_some_and(|drag| drag.is_drag && drag.id == id));
        })
        .on("pointercancel", move |_| drag.set(None))
        .on("click", on_click)
        .on("keydown", on_key)
        .child(el("span").attrs(&[("class", "dot"), ("aria-hidden", "true")]))
        .child(el("span").attr("dir", "auto").live(move || model.with(|settings| settings.model.clone())))
}

later! {
    /// The dragged chip takes the place of the one under the pointer.
    "1501" fn drag_on(page: Page, drag: RwSignal<Option<Drag>>, event: &Event) {
        let Some(Drag { id, from_x, is_drag }) = drag.get_untracked() else { return };
        if !event.is_pressed() {
            // It was let go somewhere else.
            return drag.set(None);
        }
        let (x, y) = event.point();
        if !is_drag && (x - from_x).abs() < DRAG_PX {
            return;
        }
        drag.set(Some(Drag { id, from_x, is_drag: true }));
        event.hold_pointer();
        let target = browser::chip_at(x, y).and_then(|under| page.find(under)).map(|(at, _)| at);
        if let (Some(target), Some((at, _))) = (target, page.find(id))
            && target != at
        {
            page.shift(id, target.cast_signed() - at.cast_signed());
        }
    } else {}
}
