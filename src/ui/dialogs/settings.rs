//! How the page behaves.

use crate::{
    browser::{El, el},
    grid::choices::{SendKey, Theme},
    ui::{
        page::Page,
        parts::{field, option, placeholder},
        words::Word,
    },
};

pub fn settings(page: Page) -> El {
    let saved = page.saved;
    let themes = [
        (Theme::System, Word::ThemeSystem),
        (Theme::Light, Word::ThemeLight),
        (Theme::Dark, Word::ThemeDark),
    ];
    let themes = themes.map(|(theme, word)| {
        option(
            theme.name(),
            move || word.text(page.language.get()).to_owned(),
            move || saved.with(|saved| saved.theme == theme),
        )
    });
    let theme = el("select").attr("name", "theme").children(themes).on("change", move |event| {
        if let Some(theme) = Theme::from_name(&event.value()) {
            saved.update(|saved| saved.theme = theme);
        }
    });
    let keys = [(SendKey::Enter, "Enter"), (SendKey::ModEnter, "Ctrl / ⌘ + Enter")];
    let keys = keys.map(|(key, text)| {
        option(key.name(), move || text.to_owned(), move || saved.with(|saved| saved.send_key == key))
    });
    let send_key = el("select").attr("name", "send-key").children(keys).on("change", move |event| {
        if let Some(key) = SendKey::from_name(&event.value()) {
            saved.update(|saved| saved.send_key = key);
        }
    });
    let shortcuts = el("input")
        .attrs(&[("type", "checkbox"), ("name", "shortcuts")])
        .checked(move || saved.with(|saved| saved.shortcuts))
        .on("change", move |event| saved.update(|saved| saved.shortcuts = event.is_checked()));
    let confirm_above = el("input")
        .attrs(&[("name", "confirm-above"), ("type", "number"), ("min", "0")])
        .value(move || saved.with(|saved| saved.confirm_above.to_string()))
        .on("change", move |event| {
            if let Ok(count) = event.value().trim().parse() {
                saved.update(|saved| saved.confirm_above = count);
            }
            event.set_value(&saved.with_untracked(|saved| saved.confirm_above.to_string()));
        });
    let connections = el("input")
        .attrs(&[("name", "connections"), ("type", "number"), ("min", "1"), ("max", "256")])
        .value(move || saved.with(|saved| saved.connections.map_or(String::new(), |count| count.to_string())))
        .on("change", move |event| {
            let text = event.value();
            let count = text.trim().parse().ok().filter(|count| (1..=256).contains(count));
            if count.is_some() || text.trim().is_empty() {
                saved.update(|saved| saved.connections = count);
            }
            let kept = saved.with_untracked(|saved| saved.connections);
            event.set_value(&kept.map_or(String::new(), |count| count.to_string()));
        });
    el("div")
        .class("inside")
        .child(field(page, Word::Theme, theme))
        .child(field(page, Word::SendKey, send_key))
        .child(
            el("label").class("check").child(shortcuts).child(el("span").live(page.word(Word::UseShortcuts))),
        )
        .child(field(page, Word::ConfirmAbove, confirm_above))
        .child(field(page, Word::Connections, placeholder(connections, page, Word::ConnectionsHint)))
}
