//! One model: who answers, with which key, and the answer.

use std::sync::{Arc, Mutex};

use futures::future::AbortHandle;
use leptos::{html, prelude::*};

use super::{
    reply::{ReplyState, draw},
    words::{self, Language, Word},
};
use crate::{
    call::{Limits, Phase, phase::PhaseKind, queue::Class},
    engine::{Ask, StopHandle},
    model::{
        catalog,
        chat::{ChatRequest, Message},
        error::ErrorClass,
        http::{ApiKey, BadUrl, BaseUrl, Origin},
        provider::{Dialect, Place, Provider},
    },
};

/// A column. Its signals live as long as somebody holds them, not as long as a row of the page.
#[derive(Clone)]
pub struct Panel {
    pub id: u32,
    provider: ArcRwSignal<&'static str>,
    dialect: ArcRwSignal<Dialect>,
    pub model: ArcRwSignal<String>,
    base_url: ArcRwSignal<String>,
    /// Only in memory, and only until the page goes.
    key: ArcRwSignal<String>,
    /// Whom the key was entered for. It goes nowhere else, whatever the address becomes.
    key_origin: ArcRwSignal<Option<Origin>>,
    /// Why the last question could not be asked.
    pub problem: ArcRwSignal<Option<Problem>>,
    pub reply: ReplyState,
    running: Arc<Mutex<Option<Running>>>,
}

struct Running {
    stop: Option<StopHandle>,
    abort: AbortHandle,
}

/// A panel that is not filled in well enough to ask.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    Missing(Word),
    Url(BadUrl),
}

impl Panel {
    pub fn new(id: u32, provider: &'static Provider, model: &str) -> Self {
        Self {
            id,
            provider: ArcRwSignal::new(&provider.id),
            dialect: ArcRwSignal::new(provider.dialect()),
            model: ArcRwSignal::new(model.to_owned()),
            base_url: ArcRwSignal::new(provider.base_url.as_str().to_owned()),
            key: ArcRwSignal::default(),
            key_origin: ArcRwSignal::new(None),
            problem: ArcRwSignal::new(None),
            reply: ReplyState::default(),
            running: Arc::default(),
        }
    }

    /// The question to this panel's model, or why it cannot be asked.
    pub fn ask(&self, prompt: &str) -> Option<Ask> {
        let asked = self.try_ask(prompt);
        self.problem.set(asked.as_ref().err().copied());
        asked.ok()
    }

    fn try_ask(&self, prompt: &str) -> Result<Ask, Problem> {
        let row = self.row();
        let base_url = BaseUrl::parse(&self.base_url.get_untracked()).map_err(Problem::Url)?;
        let provider = Provider { base_url, ..row.clone() };
        if provider.needs_base_url() {
            return Err(Problem::Missing(Word::NeedsBaseUrl));
        }
        let model = self.model.get_untracked().trim().to_owned();
        if model.is_empty() {
            return Err(Problem::Missing(Word::NeedsModel));
        }
        let key = self.bound_key()?;
        if key.as_ref().is_some_and(|key| *key.origin() != provider.base_url.origin()) {
            return Err(Problem::Missing(Word::KeyIsForAnother));
        }
        let request = ChatRequest { model, messages: vec![Message::user(prompt)], ..ChatRequest::default() };
        Ok(Ask {
            provider,
            dialect: self.dialect.get_untracked(),
            key,
            request,
            class: Class::Interactive,
            limits: Limits::default(),
        })
    }

    /// The key that was typed, for the origin that it was typed for.
    fn bound_key(&self) -> Result<Option<ApiKey>, Problem> {
        let typed = self.key.get_untracked();
        if typed.trim().is_empty() {
            return Ok(None);
        }
        let origin = self.key_origin.get_untracked().ok_or(Problem::Missing(Word::KeyIsForAnother))?;
        ApiKey::new(origin, &typed).map(Some).map_err(|_| Problem::Missing(Word::BadKey))
    }

    fn type_key(&self, text: String) {
        self.key.set(text);
        self.key_origin.set(self.origin());
    }

    /// A key does not follow to another origin: it is removed, and the panel says so.
    fn type_address(&self, text: String) {
        self.base_url.set(text);
        let has_key = self.key.with_untracked(|key| !key.is_empty());
        if has_key && self.origin() != self.key_origin.get_untracked() {
            self.key.set(String::new());
            self.problem.set(Some(Problem::Missing(Word::KeyIsForAnother)));
        }
    }

    fn origin(&self) -> Option<Origin> {
        let base_url = BaseUrl::parse(&self.base_url.get_untracked()).ok()?;
        Some(base_url.origin())
    }

    fn row(&self) -> &'static Provider {
        let id = self.provider.get_untracked();
        catalog::find(id).unwrap_or_else(catalog::simulated)
    }

    /// Somebody chose another provider: what belonged to the old one goes, the key first of all.
    fn choose(&self, id: &str) {
        let Some(row) = catalog::find(id) else { return };
        self.key.set(String::new());
        self.provider.set(&row.id);
        self.dialect.set(row.dialect());
        self.base_url.set(row.base_url.as_str().to_owned());
        let model = catalog::known_models(id).first().copied().unwrap_or_default();
        self.model.set(model.to_owned());
    }

    pub fn started(&self, stop: StopHandle, abort: AbortHandle) {
        self.replace(Some(Running { stop: Some(stop), abort }));
        self.reply.start_over();
    }

    pub fn stop(&self) {
        if let Ok(mut running) = self.running.lock()
            && let Some(stop) = running.as_mut().and_then(|running| running.stop.take())
        {
            stop.stop();
        }
    }

    /// Ends whatever runs, without a word: the panel goes away or asks anew.
    pub fn abandon(&self) {
        self.replace(None);
    }

    fn replace(&self, next: Option<Running>) {
        if let Ok(mut running) = self.running.lock()
            && let Some(before) = std::mem::replace(&mut *running, next)
        {
            before.abort.abort();
        }
    }
}

#[component]
pub fn PanelView(
    panel: Panel,
    #[prop(into)] place: Signal<usize>,
    #[prop(into)] on_remove: Callback<u32>,
) -> impl IntoView {
    let language = expect_context::<RwSignal<Language>>();
    let word = move |word: Word| move || word.text(language.get());
    let status = panel.reply.status.clone();
    let kind = {
        let status = status.clone();
        Memo::new(move |_| status.with(|status| status.phase.as_ref().map(Phase::kind)))
    };
    let is_running = move || kind.get().is_some_and(|kind| !kind.is_over());
    let name = {
        let model = panel.model.clone();
        move || words::panel_name(language.get(), place.get(), &model.get())
    };
    let phase = {
        let status = status.clone();
        move || status.with(|status| words::phase(language.get(), status.phase.as_ref()))
    };
    let text = NodeRef::<html::Div>::new();
    let reasoning = NodeRef::<html::Div>::new();
    draw(&panel.reply, text, reasoning);
    let has_reasoning = {
        let status = status.clone();
        Memo::new(move |_| status.with(|status| status.has_reasoning))
    };
    let id = panel.id;
    let stop = panel.clone();
    view! {
        <section
            class="panel"
            data-panel=id
            data-phase=move || phase_name(kind.get())
            aria-label=name
        >
            <header>
                <Choice panel=panel.clone() />
                <div class="row">
                    <span class="phase">{phase}</span>
                    <button
                        type="button"
                        name="stop"
                        aria-disabled=move || (!is_running()).to_string()
                        on:click=move |_| stop.stop()
                    >
                        {word(Word::Stop)}
                    </button>
                    <button type="button" name="remove" on:click=move |_| on_remove.run(id)>
                        {word(Word::Remove)}
                    </button>
                </div>
            </header>
            <details class="thoughts" hidden=move || !has_reasoning.get()>
                <summary>{word(Word::Reasoning)}</summary>
                <div class="reasoning" dir="auto" tabindex="0" role="group" aria-label=word(Word::Reasoning) node_ref=reasoning></div>
            </details>
            <div class="reply" dir="auto" tabindex="0" role="group" aria-label=word(Word::Answer) node_ref=text></div>
            <p class="hint" hidden=move || kind.get().is_some()>{word(Word::Empty)}</p>
            <Trouble panel=panel />
        </section>
    }
}

/// Provider, API, model, address and key.
#[component]
fn Choice(panel: Panel) -> impl IntoView {
    let language = expect_context::<RwSignal<Language>>();
    let word = move |word: Word| move || word.text(language.get());
    let provider = panel.provider.clone();
    let row = Memo::new(move |_| catalog::find(provider.get()).unwrap_or_else(catalog::simulated));
    let is_real = move || row.get().place != Place::Simulated;
    let has_formats = move || row.get().dialects.len() > 1;
    let chosen = panel.provider.clone();
    let options = [catalog::simulated()]
        .into_iter()
        .chain(catalog::all())
        .chain(catalog::custom())
        .map(|row| {
            let chosen = chosen.clone();
            let name = move || match row.place {
                Place::Simulated => Word::Simulated.text(language.get()),
                Place::Cloud | Place::Local => &*row.name,
            };
            view! { <option value=&*row.id prop:selected=move || chosen.get() == row.id>{name}</option> }
        })
        .collect_view();
    let formats = {
        let panel = panel.clone();
        move || {
            let dialect = panel.dialect.clone();
            let option = move |format: &Dialect| {
                let (format, dialect) = (*format, dialect.clone());
                view! {
                    <option value=format.name() prop:selected=move || dialect.get() == format>
                        {format.name()}
                    </option>
                }
            };
            row.get().dialects.iter().map(option).collect_view()
        }
    };
    let type_address = {
        let panel = panel.clone();
        Callback::new(move |text| panel.type_address(text))
    };
    let type_key = {
        let panel = panel.clone();
        Callback::new(move |text| panel.type_key(text))
    };
    let type_model = {
        let model = panel.model.clone();
        Callback::new(move |text| model.set(text))
    };
    let choose = {
        let panel = panel.clone();
        move |event| panel.choose(&event_target_value(&event))
    };
    let choose_format = {
        let dialect = panel.dialect.clone();
        move |event| {
            if let Some(format) = Dialect::from_name(&event_target_value(&event)) {
                dialect.set(format);
            }
        }
    };
    view! {
        <label class="field">
            <span>{word(Word::Provider)}</span>
            <select name="provider" on:change=choose>{options}</select>
        </label>
        <label class="field" hidden=move || !has_formats()>
            <span>{word(Word::Format)}</span>
            <select name="dialect" on:change=choose_format>{formats}</select>
        </label>
        <Field label=Word::Model name="model" kind="text" value=panel.model on_input=type_model hint=Word::ModelHint />
        <div class="secret" hidden=move || !is_real()>
            <Field label=Word::BaseUrl name="base-url" kind="url" value=panel.base_url on_input=type_address />
            <Field label=Word::Key name="key" kind="password" value=panel.key on_input=type_key hint=Word::KeyHint />
        </div>
    }
}

#[component]
fn Field(
    label: Word,
    name: &'static str,
    kind: &'static str,
    value: ArcRwSignal<String>,
    on_input: Callback<String>,
    #[prop(optional)] hint: Option<Word>,
) -> impl IntoView {
    let language = expect_context::<RwSignal<Language>>();
    let hint = move || hint.map(|hint| hint.text(language.get()));
    view! {
        <label class="field">
            <span>{move || label.text(language.get())}</span>
            <input
                name=name
                type=kind
                autocomplete="off"
                spellcheck="false"
                placeholder=hint
                prop:value=move || value.get()
                on:input=move |event| on_input.run(event_target_value(&event))
            />
        </label>
    }
}

/// What went wrong: one plain sentence, then the provider's own words.
#[component]
fn Trouble(panel: Panel) -> impl IntoView {
    let language = expect_context::<RwSignal<Language>>();
    let Panel { problem, reply, .. } = panel;
    let status = reply.status;
    move || {
        let language = language.get();
        if let Some(problem) = problem.get() {
            let text = match problem {
                Problem::Missing(word) => word.text(language),
                Problem::Url(problem) => words::bad_url(language, problem),
            };
            return Some(view! { <div class="error" role="alert"><p>{text}</p></div> }.into_any());
        }
        status.with(|status| {
            if let Some(error) = status.phase.as_ref().and_then(Phase::error) {
                let (message, detail) = match has_their_words(error.class) {
                    true => (error.message.clone(), error.detail.clone()),
                    false => (String::new(), None),
                };
                // What is tried again by itself interrupts nobody.
                let role = status.phase.as_ref().filter(|phase| phase.is_over()).map(|_| "alert");
                return Some(
                    view! {
                        <div class="error" role=role>
                            <p>{words::error(language, error.class)}</p>
                            {(!message.is_empty())
                                .then(|| view! { <p class="theirs" dir="auto" tabindex="0">{message}</p> })}
                            {detail.map(|detail| view! { <p class="theirs" dir="auto" tabindex="0">{detail}</p> })}
                        </div>
                    }
                    .into_any(),
                );
            }
            let without = status.summary.without?;
            Some(view! { <p class="note">{words::sent_without(language, without)}</p> }.into_any())
        })
    }
}

/// The words of such an error are the provider's. Those of the others are this program's or the
/// browser's own, and the sentence above them says the same in the reader's language.
fn has_their_words(class: ErrorClass) -> bool {
    use ErrorClass::{ConnectionLost, Empty, NetworkOrCors, Timeout, TooLarge};
    !matches!(class, NetworkOrCors | ConnectionLost | Timeout | TooLarge | Empty)
}

/// The phase as the page's styles and tests know it.
fn phase_name(kind: Option<PhaseKind>) -> &'static str {
    match kind {
        None => "idle",
        Some(PhaseKind::Queued) => "queued",
        Some(PhaseKind::Connecting) => "connecting",
        Some(PhaseKind::Waiting) => "waiting",
        Some(PhaseKind::Streaming) => "streaming",
        Some(PhaseKind::Backoff) => "backoff",
        Some(PhaseKind::Finished) => "finished",
        Some(PhaseKind::Truncated) => "truncated",
        Some(PhaseKind::Stopped) => "stopped",
        Some(PhaseKind::Failed) => "failed",
    }
}
