//! Keys that work wherever nothing is typed.

use super::{dialogs::Dialog, page::Page};
use crate::{
    browser::{self, Event, spawn},
    grid::choices::View,
    later::later,
};

pub fn listen(page: Page) {
    browser::on_window("keydown", move |event| press(page, &event));
}

later! {
    "1201" fn press(page: Page, event: &Event) {
        pressed(page, event);
    } else {}
}

fn pressed(page: Page, event: &Event) {
    if event.composes() || event.was_prevented() {
        return;
    }
    let key = event.key();
    if page.dialog.with_untracked(Option::is_some) {
        // The dialog's own.
        return;
    }
    if key == "Escape" {
        return escape(page, event.shift());
    }
    let is_on = page.saved.with_untracked(|saved| saved.shortcuts);
    if !is_on || event.alt() {
        return;
    }
    if event.ctrl_or_cmd() {
        if key.eq_ignore_ascii_case("k") {
            event.prevent();
            page.dialog.set(Some(Dialog::Palette));
        }
        return;
    }
    if !browser::is_typing() && act(page, &key) {
        event.prevent();
    }
}

/// The innermost open thing closes; with Shift everything stops. A popup or a panel's settings have
/// taken the key before.
fn escape(page: Page, with_shift: bool) {
    if with_shift {
        return page.stop_all();
    }
    if page.view().get_untracked() == View::Focus {
        page.toggle_focus();
    }
}

/// Whether the key means something.
fn act(page: Page, key: &str) -> bool {
    match key {
        "h" | "H" => page.dialog.set(Some(Dialog::History)),
        "?" => page.dialog.set(Some(Dialog::Shortcuts)),
        "[" => step(page, -1),
        "]" => step(page, 1),
        "r" | "R" => {
            if let Some(panel) = page.active_panel() {
                page.retry(&panel);
            }
        }
        "s" | "S" => {
            if let Some(panel) = page.active_panel() {
                panel.stop();
            }
        }
        "c" | "C" => {
            if let Some(panel) = page.active_panel() {
                let text = panel.reply.text();
                if text.is_empty() {
                    return false;
                }
                spawn(async move {
                    // Who copies by key looks at the clipboard.
                    let _ = browser::copy(text).await;
                });
            }
        }
        "m" | "M" => {
            if let Some(panel) = page.active_panel() {
                panel.shows_source.update(|is| *is = !*is);
            }
        }
        "f" | "F" => page.toggle_focus(),
        "/" => browser::focus("prompt"),
        digit => return go_to(page, digit),
    }
    true
}

fn step(page: Page, by: isize) {
    let panels = page.panels.get_untracked();
    let at = page.find(page.active.get_untracked()).map_or(0, |(at, _)| at);
    let next = (at.cast_signed() + by).rem_euclid(panels.len().max(1).cast_signed());
    if let Some(panel) = panels.get(next.cast_unsigned()) {
        enter(page, panel.id);
    }
}

fn go_to(page: Page, digit: &str) -> bool {
    let place = digit.parse::<usize>().ok().and_then(|digit| digit.checked_sub(1));
    let panel = page.panels.with_untracked(|panels| panels.get(place?).map(|panel| panel.id));
    panel.map(|id| enter(page, id)).is_some()
}

fn enter(page: Page, id: u32) {
    page.active.set(id);
    // A panel that another view hides is shown first.
    page.focus_later(format!("[data-panel=\"{id}\"] .body"));
}
