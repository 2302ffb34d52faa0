//! The page: a bar, a row of panels, and a composer.

use super::{
    announce::status_line,
    chips::chips,
    comparison,
    composer::composer,
    dialogs::{Dialog, dialogs},
    keeping,
    page::Page,
    panel::{panel_view, state::Panel},
    panels::Undoable,
    parts::{hint, icon_button, label_of, option, word_button},
    shortcuts::listen,
    words::{self, Language, Word},
};
use crate::{
    browser::{self, El, Keyring, button, effect, el, signal::*},
    grid::{
        choices::{Theme, View},
        workspace::Workspace,
    },
};

/// Shows the page, once it is known which keys there are.
pub fn mount() {
    // A release that is cut in two has no words for it: see xtask's `trim`.
    #[cfg(not(feature = "split"))]
    console_error_panic_hook::set_once();
    browser::parts::start();
    browser::spawn(async {
        let keys = Keyring::open().await;
        let saved = keeping::read();
        let language = spoken(&saved);
        words::fetch(language).await;
        browser::begin(move || app(Page::new(keys, saved, language)));
    });
}

/// The language that was chosen, else the first of the browser's that the page speaks.
fn spoken(saved: &Workspace) -> Language {
    let chosen = saved.language.as_deref().and_then(Language::from_tag);
    chosen.unwrap_or_else(|| Language::choose(&browser::languages()))
}

fn app(page: Page) -> Vec<El> {
    effect(move || browser::set_document_language(page.language.get().tag()));
    let theme = Memo::new(move || page.saved.with(|saved| saved.theme));
    effect(move || {
        browser::set_theme(match theme.get() {
            Theme::System => None,
            chosen => Some(chosen.name()),
        });
    });
    listen(page);
    let view = page.view();
    let panels = el("main").class("panels").bind("data-view", move || Some(view.get().name())).each(
        move || page.panels.with(|panels| panels.iter().map(|panel| panel.id).collect()),
        move |id| page.find(id).map_or_else(|| el("section"), |(_, panel)| panel_view(page, &panel)),
    );
    let bottom = el("footer")
        .class("bottom")
        .child(examples(page))
        .child(status_line(page))
        .child(el("div").class("run").child(chips(page)).child(run_bar(page)))
        .child(composer(page));
    let tabs = el("div").when(move || view.get() == View::Tabs, move || tab_bar(page));
    vec![top_bar(page), tabs, asked(page), panels, bottom, dialogs(page)]
}

fn top_bar(page: Page) -> El {
    let view = page.view();
    let linked = Memo::new(move || page.saved.with(|saved| saved.linked_scroll));
    let choice = move |choice: View, word: Word| {
        word_button(page, &[("name", "view"), ("value", choice.name())], word)
            .state("aria-pressed", move || view.get() == choice)
            .act(move || page.saved.update(|saved| saved.view = choice))
    };
    let views = [(View::Columns, Word::Columns), (View::Tabs, Word::Tabs), (View::Focus, Word::Focus)];
    let views = el("div")
        .attrs(&[("class", "row views"), ("role", "group")])
        .children(views.map(|(view, word)| choice(view, word)));
    let opener = |id: &str, dialog: Dialog, word: Word| {
        word_button(page, &[("id", id), ("aria-haspopup", "dialog")], word)
            .act(move || page.dialog.set(Some(dialog)))
    };
    let linked = word_button(page, &[("id", "linked-scroll")], Word::LinkedScroll)
        .state("aria-pressed", move || linked.get())
        .act(move || page.saved.update(|saved| saved.linked_scroll = !saved.linked_scroll));
    let rest = el("div")
        .class("row")
        .child(
            word_button(page, &[("id", "new-comparison")], Word::NewComparison)
                .state("aria-disabled", move || page.asked.with(Option::is_none))
                .act(move || comparison::begin_anew(page)),
        )
        .child(opener("open-history", Dialog::History, Word::History))
        .child(opener("open-sets", Dialog::Sets, Word::Sets))
        .child(opener("open-keys", Dialog::Keys, Word::Keys))
        .child(opener("open-settings", Dialog::Settings, Word::Settings))
        .child(opener("open-shortcuts", Dialog::Shortcuts, Word::Shortcuts))
        .child(language_choice(page));
    el("header")
        .class("top")
        .child(el("h1").text("Tutti"))
        .child(el("p").live(page.word(Word::Tagline)))
        .child(label_of(views, page, Word::Views))
        .child(linked)
        .child(rest)
}

fn language_choice(page: Page) -> El {
    let language = page.language;
    let options = Language::ALL.map(|it| {
        option(it.tag(), move || it.name().to_owned(), move || language.get() == it).attr("lang", it.tag())
    });
    let select = el("select").attr("name", "language").children(options).on("change", move |event| {
        if let Some(chosen) = Language::from_tag(&event.value()) {
            page.speak(chosen);
        }
    });
    label_of(select, page, Word::Language)
}

/// The panels as tabs: one is seen, all go on.
fn tab_bar(page: Page) -> El {
    let tab = move |id: u32| {
        let Some((_, panel)) = page.find(id) else { return el("span") };
        let (reply, settings) = (panel.reply, panel.settings);
        button(&[("data-tab", &id.to_string())])
            .bind("data-phase", move || Some(words::phase_name(reply.kind())))
            .state("aria-pressed", move || page.active.get() == id)
            .act(move || page.active.set(id))
            .child(el("span").attrs(&[("class", "dot"), ("aria-hidden", "true")]))
            .child(
                el("span").attr("dir", "auto").live(move || settings.with(|settings| settings.model.clone())),
            )
    };
    let tabs = el("nav")
        .attr("class", "tabs")
        .each(move || page.panels.with(|panels| panels.iter().map(|panel| panel.id).collect()), tab);
    label_of(tabs, page, Word::Tabs)
}

/// The prompt that the answers below are for.
fn asked(page: Page) -> El {
    let region = el("div")
        .attrs(&[("class", "asked"), ("tabindex", "0"), ("role", "region")])
        .hidden(move || page.asked.with(|asked| asked.as_ref().is_none_or(String::is_empty)))
        .child(el("p").attr("dir", "auto").live(move || page.asked.get().unwrap_or_default()))
        .child(
            icon_button(page, "edit-last", "edit", Word::EditPrompt).act(move || comparison::edit_last(page)),
        );
    label_of(region, page, Word::Asked)
}

/// At the first visit one click shows how it goes.
fn examples(page: Page) -> El {
    let example = |word: Word| {
        word_button(page, &[("name", "example")], word).act(move || {
            page.draft.set(word.text(page.language.get_untracked()).to_owned());
            page.send();
            // The button goes.
            page.focus_later("#prompt".to_owned());
        })
    };
    el("div")
        .attrs(&[("id", "examples"), ("class", "row")])
        .hidden(move || {
            page.asked.with(Option::is_some)
                || page.draft.with(|draft| !draft.is_empty())
                || page.saved.with(|saved| !saved.prompts.is_empty())
        })
        .child(hint(page, Word::Try))
        .children([Word::ExampleSky, Word::ExampleName, Word::ExamplePlan].map(example))
}

/// What can be done with the run as a whole.
fn run_bar(page: Page) -> El {
    let failed = Memo::new(move || {
        page.surveyed.track();
        let has_failed = |panel: &&Panel| untrack(|| panel.is_enabled() && panel.has_failed());
        page.panels.with(|panels| panels.iter().filter(has_failed).count())
    });
    let undo = move || {
        let language = page.language.get();
        page.undoable.with(|undoable| {
            undoable.first().map_or(String::new(), |undoable| match undoable {
                Undoable::Panel(removed) => {
                    words::undo_removal(language, &removed.item.settings.with(|it| it.model.clone()))
                }
                Undoable::Set(removed) => words::undo_removal(language, &removed.item.name),
                Undoable::Panels(panels) => words::undo_set(language, panels.len()),
                Undoable::Stored(title, _) => words::undo_removal(language, title),
                Undoable::Comparison(_) => Word::UndoNew.text(language).to_owned(),
            })
        })
    };
    el("div")
        .class("row")
        .child(word_button(page, &[("id", "add-panel")], Word::AddPanel).act(move || page.add()))
        .child(
            button(&[("id", "retry-failed")])
                .hidden(move || failed.get() == 0)
                .live(move || words::retry_failed(page.language.get(), failed.get()))
                .act(move || {
                    page.retry_failed();
                    page.focus_later("#stop-all".to_owned());
                }),
        )
        .child(
            button(&[("id", "undo")])
                .hidden(move || page.undoable.with(Vec::is_empty))
                .live(undo)
                .act(move || page.undo()),
        )
}
