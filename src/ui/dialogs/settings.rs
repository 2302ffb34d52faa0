//! How the page behaves.

use leptos::prelude::*;

use crate::{
    grid::choices::{SendKey, Theme},
    ui::{page::Page, words::Word},
};

#[component]
pub fn Settings() -> impl IntoView {
    let page = Page::expect();
    let saved = page.saved;
    let themes = [
        (Theme::System, Word::ThemeSystem),
        (Theme::Light, Word::ThemeLight),
        (Theme::Dark, Word::ThemeDark),
    ];
    let theme_name = |theme: Theme| match theme {
        Theme::System => "system",
        Theme::Light => "light",
        Theme::Dark => "dark",
    };
    let theme_options = themes
        .map(|(theme, word)| {
            view! {
                <option value=theme_name(theme) prop:selected=move || saved.with(|saved| saved.theme == theme)>
                    {page.word(word)}
                </option>
            }
        })
        .collect_view();
    let choose_theme = move |event| {
        let chosen = event_target_value(&event);
        if let Some((theme, _)) = themes.into_iter().find(|(theme, _)| theme_name(*theme) == chosen) {
            saved.update(|saved| saved.theme = theme);
        }
    };
    let choose_key = move |event| {
        let key = if event_target_value(&event) == "mod-enter" { SendKey::ModEnter } else { SendKey::Enter };
        saved.update(|saved| saved.send_key = key);
    };
    let sends_with = move |key: SendKey| move || saved.with(|saved| saved.send_key == key);
    let confirm_above = move |event| {
        if let Ok(count) = event_target_value(&event).trim().parse() {
            saved.update(|saved| saved.confirm_above = count);
        }
    };
    let connections = move |event| {
        let text = event_target_value(&event);
        let count = text.trim().parse().ok().filter(|count| *count > 0);
        if count.is_some() || text.trim().is_empty() {
            saved.update(|saved| saved.connections = count);
        }
    };
    view! {
        <label class="field">
            <span>{page.word(Word::Theme)}</span>
            <select name="theme" on:change=choose_theme>{theme_options}</select>
        </label>
        <label class="field">
            <span>{page.word(Word::SendKey)}</span>
            <select name="send-key" on:change=choose_key>
                <option value="enter" prop:selected=sends_with(SendKey::Enter)>"Enter"</option>
                <option value="mod-enter" prop:selected=sends_with(SendKey::ModEnter)>"Ctrl / ⌘ + Enter"</option>
            </select>
        </label>
        <label class="check">
            <input
                type="checkbox"
                name="shortcuts"
                prop:checked=move || saved.with(|saved| saved.shortcuts)
                on:change=move |event| {
                    let on = event_target_checked(&event);
                    saved.update(|saved| saved.shortcuts = on);
                }
            />
            <span>{page.word(Word::UseShortcuts)}</span>
        </label>
        <label class="field">
            <span>{page.word(Word::ConfirmAbove)}</span>
            <input
                name="confirm-above"
                type="number"
                min="0"
                prop:value=move || saved.with(|saved| saved.confirm_above.to_string())
                on:change=confirm_above
            />
        </label>
        <label class="field">
            <span>{page.word(Word::Connections)}</span>
            <input
                name="connections"
                type="number"
                min="1"
                max="256"
                placeholder=page.word(Word::ConnectionsHint)
                prop:value=move || saved.with(|saved| saved.connections.map(|count| count.to_string()))
                on:change=connections
            />
        </label>
    }
}
