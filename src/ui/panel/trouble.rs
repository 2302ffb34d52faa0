//! What went wrong: one plain sentence, the provider's own words, and what can be done.

use leptos::{prelude::*, task::spawn_local};

use super::state::{Panel, Problem};
use crate::{
    browser,
    call::Phase,
    grid::settings::PanelSettings,
    model::{
        diagnosis::Diagnosis,
        error::{ApiError, ErrorClass},
    },
    ui::{
        page::Page,
        words::{self, Word},
    },
};

/// The page that may call any address.
const ANY: &str = "any.html";

#[component]
pub fn Trouble(panel: Panel) -> impl IntoView {
    let page = Page::expect();
    let error = {
        let status = panel.reply.status.clone();
        // What is tried again by itself is said in the header.
        Memo::new(move |_| {
            status.with(|status| {
                status.phase.as_ref().filter(|phase| phase.is_over()).and_then(Phase::error).cloned()
            })
        })
    };
    let problem = panel.problem.clone();
    let diagnosis = panel.diagnosis.clone();
    move || {
        let language = page.language.get();
        if let Some(problem) = problem.get() {
            let text = match &problem {
                Problem::Missing(word) => word.text(language).to_owned(),
                Problem::Settings(problem) => words::bad_settings(language, *problem),
                Problem::Connection(diagnosis) => {
                    words::diagnosis(language, diagnosis, &browser::location_origin())
                }
            };
            let actions = match &problem {
                Problem::Missing(Word::NeedsKey | Word::BadKey) => vec![Action::EnterKey],
                Problem::Missing(_) | Problem::Settings(_) => vec![Action::OpenSetup],
                Problem::Connection(diagnosis) => on_connection(diagnosis),
            };
            return Some(shown(page, &panel, text, None, actions).into_any());
        }
        let error = error.get()?;
        let diagnosis = diagnosis.get();
        let text = match &diagnosis {
            Some(diagnosis) => words::diagnosis(language, diagnosis, &browser::location_origin()),
            None => words::failure(
                language,
                &error,
                panel.settings.with(PanelSettings::row),
                &browser::location_origin(),
            ),
        };
        let actions = match &diagnosis {
            Some(diagnosis) => on_connection(diagnosis),
            None => on_error(&error),
        };
        Some(shown(page, &panel, text, Some(error), actions).into_any())
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Action {
    Retry,
    EnterKey,
    OpenSetup,
    Models,
    Check,
    Curl,
    OpenAny,
}

fn on_error(error: &ApiError) -> Vec<Action> {
    match error.class {
        ErrorClass::Auth => vec![Action::EnterKey, Action::Check],
        ErrorClass::Model => vec![Action::Models],
        ErrorClass::Forbidden | ErrorClass::Quota => vec![Action::Check, Action::Curl],
        ErrorClass::Request | ErrorClass::TooLong | ErrorClass::Blocked => {
            vec![Action::OpenSetup, Action::Curl]
        }
        ErrorClass::Protocol | ErrorClass::NotAStream => vec![Action::OpenSetup, Action::Curl],
        _ => vec![Action::Retry, Action::Curl],
    }
}

fn on_connection(diagnosis: &Diagnosis) -> Vec<Action> {
    match diagnosis {
        Diagnosis::NotAllowed => vec![Action::OpenAny],
        Diagnosis::Offline => vec![Action::Retry],
        _ => vec![Action::Check, Action::Curl, Action::Retry],
    }
}

fn shown(
    page: Page,
    panel: &Panel,
    text: String,
    error: Option<ApiError>,
    actions: Vec<Action>,
) -> impl IntoView + use<> {
    let theirs = error.map(|error| {
        let (message, detail) = match has_their_words(error.class) {
            true => (error.message, error.detail),
            false => (String::new(), None),
        };
        let lines = [Some(message), detail].into_iter().flatten().filter(|line| !line.is_empty());
        lines.map(|line| view! { <p class="theirs" dir="auto" tabindex="0">{line}</p> }).collect_view()
    });
    let buttons = actions.into_iter().map(|action| button(page, panel.clone(), action)).collect_view();
    view! {
        <div class="error" role="alert">
            <p>{text}</p>
            {theirs}
            <div class="row">{buttons}</div>
        </div>
    }
}

fn button(page: Page, panel: Panel, action: Action) -> impl IntoView {
    let (name, word) = match action {
        Action::Retry => ("retry-here", Word::Retry),
        Action::EnterKey => ("enter-key", Word::EnterKey),
        Action::OpenSetup => ("open-setup", Word::Setup),
        Action::Models => ("show-models", Word::ShowModels),
        Action::Check => ("check-here", Word::Check),
        Action::Curl => ("curl", Word::CopyCurl),
        Action::OpenAny => ("open-any", Word::OpenAny),
    };
    let copied = RwSignal::new(None::<bool>);
    let act = move |_| {
        let here = format!("[data-panel=\"{}\"]", panel.id);
        match action {
            Action::Retry => page.retry(&panel),
            Action::OpenSetup => open_setup(page, &panel, "[name=model], [name=base-url]"),
            Action::EnterKey => open_setup(page, &panel, "[name=key]"),
            Action::Models => browser::focus_first(&format!("{here} [name=model]")),
            Action::Check => {
                open_setup(page, &panel, "[name=check]");
                page.check(&panel);
            }
            Action::Curl => {
                let line = panel.asked.get_untracked().and_then(|prompt| page.written(&panel, &prompt).ok());
                let line = line.and_then(|ask| ask.curl().ok());
                spawn_local(async move {
                    let Some(line) = line else { return };
                    copied.set(Some(browser::copy(line).await));
                });
            }
            Action::OpenAny => browser::go_to(ANY),
        }
    };
    let said = move || {
        copied.get().map(|is| (if is { Word::Copied } else { Word::NotCopied }).text(page.language.get()))
    };
    view! {
        <button type="button" name=name on:click=act>
            {move || said().unwrap_or_else(|| word.text(page.language.get()))}
        </button>
    }
}

/// Opens the settings of the panel, and goes to a field of theirs.
fn open_setup(page: Page, panel: &Panel, field: &'static str) {
    panel.is_setup_open.set(true);
    page.focus_later(format!("[data-panel=\"{}\"] .setup :is({field})", panel.id));
}

/// The words of such an error are the provider's. Those of the others are this program's or the
/// browser's own, and the sentence above them says the same in the reader's language.
fn has_their_words(class: ErrorClass) -> bool {
    use ErrorClass::{ConnectionLost, Empty, NetworkOrCors, Timeout, TooLarge};
    !matches!(class, NetworkOrCors | ConnectionLost | Timeout | TooLarge | Empty)
}
