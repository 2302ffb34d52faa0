//! What went wrong: one plain sentence, the provider's own words, and what can be done.

use super::state::{Panel, Problem};
use crate::{
    browser::{self, El, button, el, signal::*, spawn},
    call::Phase,
    grid::settings::{BadSettings, PanelSettings},
    later::later,
    model::{
        diagnosis::Diagnosis,
        error::{ApiError, ErrorClass},
        provider::Place,
    },
    ui::{
        comparison,
        page::Page,
        rest::with_rest,
        words::{self, Word},
    },
};

/// The page that may call any address.
const ANY: &str = "any.html";

pub fn trouble(page: Page, panel: &Panel) -> El {
    let (problem, status, of) = (panel.problem.clone(), panel.reply.status.clone(), panel.clone());
    let has_some = move || {
        problem.with(Option::is_some)
            || status.with(|status| {
                // What is tried again by itself is said in the header.
                status.phase.as_ref().filter(|phase| phase.is_over()).and_then(Phase::error).is_some()
            })
    };
    with_rest(el("div"), page, has_some, move || told(page, &of))
}

later! {
    "1003" fn told(page: Page, panel: &Panel) -> El {
        let error = {
            let status = panel.reply.status.clone();
            Memo::new(move || {
                status.with(|status| {
                    status.phase.as_ref().filter(|phase| phase.is_over()).and_then(Phase::error).cloned()
                })
            })
        };
        let panel = panel.clone();
        el("div").list(move || {
            let language = page.language.get();
            let here = browser::location_origin();
            let (text, error, actions) = match (panel.problem.get(), error.get(), panel.diagnosis.get()) {
                (Some(problem), _, _) => (problem.text(language), None, on_problem(&problem)),
                (None, Some(error), Some(diagnosis)) => {
                    (words::diagnosis(language, &diagnosis, &here), Some(error), on_connection(&diagnosis))
                }
                (None, Some(error), None) => {
                    let row = panel.settings.with_untracked(PanelSettings::row);
                    let actions = on_error(&error);
                    (words::failure(language, &error, row, &here), Some(error), actions)
                }
                (None, None, _) => return Vec::new(),
            };
            let is_simulated =
                panel.settings.with_untracked(|settings| settings.row().place == Place::Simulated);
            let offered = actions.iter().filter(|action| !(is_simulated && **action == Action::Curl));
            let buttons = offered.map(|action| action_button(page, &panel, *action));
            let shown = el("div")
                .class("error")
                .child(el("p").text(&text))
                .children(error.iter().flat_map(theirs))
                .child(el("div").class("row").children(buttons));
            vec![shown]
        })
    } else {
        el("div")
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Action {
    Retry,
    Allow,
    EnterKey,
    OpenSetup,
    Models,
    Check,
    Curl,
    OpenAny,
}

fn on_problem(problem: &Problem) -> &'static [Action] {
    match problem {
        Problem::Rest | Problem::Past => &[Action::Retry],
        Problem::Settings(BadSettings::Foreign) => &[Action::Allow, Action::OpenSetup],
        Problem::Missing(Word::NeedsKey | Word::BadKey) => &[Action::EnterKey],
        Problem::Missing(Word::OnlyPictures) => &[Action::Models],
        Problem::Missing(_) | Problem::Settings(_) | Problem::Parameter(_) => &[Action::OpenSetup],
        Problem::Connection(diagnosis) => on_connection(diagnosis),
    }
}

fn on_error(error: &ApiError) -> &'static [Action] {
    use ErrorClass::{Auth, Blocked, Forbidden, Model, NotAStream, Protocol, Quota, Request, TooLong};
    match error.class {
        Auth => &[Action::EnterKey, Action::Check],
        Model => &[Action::Models],
        Forbidden | Quota => &[Action::Check, Action::Curl],
        Request | TooLong | Blocked | Protocol | NotAStream => &[Action::OpenSetup, Action::Curl],
        _ => &[Action::Retry, Action::Curl],
    }
}

fn on_connection(diagnosis: &Diagnosis) -> &'static [Action] {
    match diagnosis {
        Diagnosis::NotAllowed => &[Action::OpenAny],
        Diagnosis::Offline => &[Action::Retry],
        _ => &[Action::Check, Action::Curl, Action::Retry],
    }
}

/// The provider's own words.
fn theirs(error: &ApiError) -> Vec<El> {
    if !has_their_words(error.class) {
        return Vec::new();
    }
    let lines = [Some(&error.message), error.detail.as_ref()].into_iter().flatten();
    let lines = lines.filter(|line| !line.is_empty());
    lines
        .map(|line| el("p").attrs(&[("class", "theirs"), ("dir", "auto"), ("tabindex", "0")]).text(line))
        .collect()
}

fn action_button(page: Page, panel: &Panel, action: Action) -> El {
    let (name, word) = match action {
        Action::Retry => ("retry-here", Word::Retry),
        Action::Allow => ("allow", Word::Allow),
        Action::EnterKey => ("enter-key", Word::EnterKey),
        Action::OpenSetup => ("open-setup", Word::Setup),
        Action::Models => ("show-models", Word::ShowModels),
        Action::Check => ("check-here", Word::Check),
        Action::Curl => ("curl", Word::CopyCurl),
        Action::OpenAny => ("open-any", Word::OpenAny),
    };
    let copied = RwSignal::new(None::<bool>);
    let said = move || match copied.get() {
        None => word,
        Some(true) => Word::Copied,
        Some(false) => Word::NotCopied,
    };
    let panel = panel.clone();
    button(&[("name", name)]).live(move || said().text(page.language.get())).act(move || match action {
        Action::Retry => {
            page.retry(&panel);
            // The button goes with the error.
            page.focus_later(format!("[data-panel=\"{}\"] .body", panel.id));
        }
        Action::Allow => {
            comparison::allow(page, &panel);
            page.focus_later(format!("[data-panel=\"{}\"] .body", panel.id));
        }
        Action::OpenSetup => open_setup(page, &panel, "[name=provider]"),
        Action::EnterKey => open_setup(page, &panel, "[name=key]"),
        Action::Models => {
            browser::focus_in(&format!("[data-panel=\"{}\"]", panel.id), "model");
            panel.is_picker_open.set(true);
        }
        Action::Check => {
            open_setup(page, &panel, "[name=check]");
            page.check(&panel);
        }
        Action::Curl => {
            let line = comparison::last_question(page, &panel).and_then(Result::ok);
            let line = line.and_then(|ask| ask.curl().ok());
            let Some(line) = line else { return copied.set(Some(false)) };
            spawn(async move { copied.set(Some(browser::copy(line).await)) });
        }
        Action::OpenAny => {
            // The question comes along too.
            if page.draft.with_untracked(String::is_empty) {
                page.draft.set(panel.asked.get_untracked().unwrap_or_default());
            }
            let keys = page.shell().keys;
            spawn(async move {
                // They come along once they are stored.
                keys.settled().await;
                browser::go_to(ANY);
            });
        }
    })
}

/// Opens the settings of the panel, and goes to a field of theirs.
fn open_setup(page: Page, panel: &Panel, field: &'static str) {
    panel.is_setup_open.set(true);
    page.focus_later(format!("[data-panel=\"{}\"] .setup {field}", panel.id));
}

/// The words of such an error are the provider's. Those of the others are this program's or the
/// browser's own, and the sentence above them says the same in the reader's language.
fn has_their_words(class: ErrorClass) -> bool {
    use ErrorClass::{ConnectionLost, Empty, NetworkOrCors, Timeout, TooLarge};
    !matches!(class, NetworkOrCors | ConnectionLost | Timeout | TooLarge | Empty)
}
