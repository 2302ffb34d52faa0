//! The page: a bar, a row of panels, and a composer.

use leptos::prelude::*;

use super::{
    announce::StatusLine,
    chips::Chips,
    composer::Composer,
    dialogs::{Dialog, Dialogs},
    page::{Page, Undoable},
    panel::PanelView,
    shortcuts::listen,
    words::{self, Language, Word},
};
use crate::{
    browser::{self, Keyring},
    grid::choices::{Theme, View},
};

/// Shows the page, once it is known which keys there are.
pub fn mount() {
    console_error_panic_hook::set_once();
    browser::start(async {
        let keys = Keyring::open().await;
        leptos::mount::mount_to_body(move || view! { <App keys /> });
    });
}

#[component]
fn App(keys: Keyring) -> impl IntoView {
    let page = Page::new(keys);
    provide_context(page);
    Effect::new(move || browser::set_document_language(page.language.get().tag()));
    let theme = Memo::new(move |_| page.saved.with(|saved| saved.theme));
    Effect::new(move || {
        browser::set_theme(match theme.get() {
            Theme::System => None,
            Theme::Light => Some("light"),
            Theme::Dark => Some("dark"),
        });
    });
    listen(page);
    let view = page.view();
    let place = move |id: u32| {
        Signal::derive(move || {
            page.panels.with(|panels| panels.iter().position(|panel| panel.id == id).map_or(0, |at| at + 1))
        })
    };
    view! {
        <TopBar />
        <Show when=move || view.get() == View::Tabs>
            <TabBar />
        </Show>
        <Asked />
        <main
            class="panels"
            data-view=move || view_name(view.get())
            data-count=move || page.panels.with(Vec::len)
        >
            <For each=move || page.panels.get() key=|panel| panel.id let(panel)>
                <PanelView place=place(panel.id) panel />
            </For>
        </main>
        <footer class="bottom">
            <Examples />
            <StatusLine />
            <div class="run">
                <Chips />
                <RunBar />
            </div>
            <Composer />
        </footer>
        <Dialogs />
    }
}

#[component]
fn TopBar() -> impl IntoView {
    let page = Page::expect();
    let view = page.view();
    let views = [(View::Columns, Word::Columns), (View::Tabs, Word::Tabs), (View::Focus, Word::Focus)];
    let views = views
        .map(|(choice, word)| {
            view! {
                <button
                    type="button"
                    name="view"
                    value=view_name(choice)
                    aria-pressed=move || (view.get() == choice).to_string()
                    on:click=move |_| page.saved.update(|saved| saved.view = choice)
                >
                    {page.word(word)}
                </button>
            }
        })
        .collect_view();
    let linked = Memo::new(move |_| page.saved.with(|saved| saved.linked_scroll));
    let opener = move |id: &'static str, dialog: Dialog, word: Word| {
        view! {
            <button type="button" id=id aria-haspopup="dialog" on:click=move |_| page.dialog.set(Some(dialog))>
                {page.word(word)}
            </button>
        }
    };
    view! {
        <header class="top">
            <h1>"Tutti"</h1>
            <p>{page.word(Word::Tagline)}</p>
            <div class="row views" role="group" aria-label=page.word(Word::Views)>{views}</div>
            <button
                type="button"
                id="linked-scroll"
                aria-pressed=move || linked.get().to_string()
                on:click=move |_| page.saved.update(|saved| saved.linked_scroll = !saved.linked_scroll)
            >
                {page.word(Word::LinkedScroll)}
            </button>
            <div class="row">
                {opener("open-sets", Dialog::Sets, Word::Sets)}
                {opener("open-keys", Dialog::Keys, Word::Keys)}
                {opener("open-settings", Dialog::Settings, Word::Settings)}
                {opener("open-shortcuts", Dialog::Shortcuts, Word::Shortcuts)}
                <LanguageChoice />
            </div>
        </header>
    }
}

#[component]
fn LanguageChoice() -> impl IntoView {
    let page = Page::expect();
    let language = page.language;
    let options = Language::ALL
        .map(|option| {
            view! {
                <option value=option.tag() lang=option.tag() prop:selected=move || language.get() == option>
                    {option.name()}
                </option>
            }
        })
        .collect_view();
    let choose = move |event| {
        if let Some(chosen) = Language::from_tag(&event_target_value(&event)) {
            language.set(chosen);
        }
    };
    view! {
        <select name="language" aria-label=page.word(Word::Language) on:change=choose>
            {options}
        </select>
    }
}

/// The panels as tabs: one is seen, all go on.
#[component]
fn TabBar() -> impl IntoView {
    let page = Page::expect();
    view! {
        <div class="tabs" role="group" aria-label=page.word(Word::Tabs)>
            <For each=move || page.panels.get() key=|panel| panel.id let(panel)>
                {
                    let id = panel.id;
                    let reply = panel.reply.clone();
                    view! {
                        <button
                            type="button"
                            data-tab=id
                            data-phase=move || words::phase_name(reply.kind())
                            aria-pressed=move || (page.active.get() == id).to_string()
                            on:click=move |_| page.active.set(id)
                        >
                            <span class="dot" aria-hidden="true"></span>
                            <span dir="auto">{move || panel.settings.with(|settings| settings.model.clone())}</span>
                        </button>
                    }
                }
            </For>
        </div>
    }
}

/// The prompt that the answers below are for.
#[component]
fn Asked() -> impl IntoView {
    let page = Page::expect();
    view! {
        <div class="asked" tabindex="0" role="region" aria-label=page.word(Word::Asked) hidden=move || page.asked.with(Option::is_none)>
            <p dir="auto">{move || page.asked.get()}</p>
        </div>
    }
}

/// At the first visit one click shows how it goes.
#[component]
fn Examples() -> impl IntoView {
    let page = Page::expect();
    let is_first = Memo::new(move |_| {
        page.asked.with(Option::is_none) && page.saved.with(|saved| saved.prompts.is_empty())
    });
    let examples = [Word::ExampleSky, Word::ExampleName, Word::ExamplePlan]
        .map(|example| {
            let send = move |_| {
                page.draft.set(example.text(page.language.get_untracked()).to_owned());
                page.send();
            };
            view! { <button type="button" name="example" on:click=send>{page.word(example)}</button> }
        })
        .collect_view();
    view! {
        <div id="examples" class="row" hidden=move || !is_first.get()>
            <p class="hint">{page.word(Word::Try)}</p>
            {examples}
        </div>
    }
}

/// What can be done with the run as a whole.
#[component]
fn RunBar() -> impl IntoView {
    let page = Page::expect();
    let failed = Memo::new(move |_| {
        page.panels.with(|panels| panels.iter().filter(|panel| panel.has_failed()).count())
    });
    let undo = move || {
        let language = page.language.get();
        page.undoable.with(|undoable| {
            Some(match undoable.as_ref()? {
                Undoable::Panel(removed) => {
                    words::undo_removal(language, &removed.item.settings.with(|it| it.model.clone()))
                }
                Undoable::Set(removed) => words::undo_removal(language, &removed.item.name),
                Undoable::Panels(panels) => words::undo_set(language, panels.len()),
            })
        })
    };
    view! {
        <div class="row">
            <button type="button" id="add-panel" on:click=move |_| page.add()>
                {page.word(Word::AddPanel)}
            </button>
            <button
                type="button"
                id="retry-failed"
                hidden=move || failed.get() == 0
                on:click=move |_| page.retry_failed()
            >
                {move || words::retry_failed(page.language.get(), failed.get())}
            </button>
            <button type="button" id="undo" hidden=move || page.undoable.with(Option::is_none) on:click=move |_| page.undo()>
                {undo}
            </button>
        </div>
    }
}

fn view_name(view: View) -> &'static str {
    match view {
        View::Columns => "columns",
        View::Tabs => "tabs",
        View::Focus => "focus",
    }
}
