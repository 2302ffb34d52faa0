//! What a panel is: a model as a person set it up, what it answers, and what runs.

use std::sync::{Arc, Mutex};

use futures::future::AbortHandle;

use super::reply::ReplyState;
use crate::{
    browser,
    browser::signal::*,
    call::{phase::PhaseKind, queue::CallId},
    engine::StopHandle,
    grid::{
        numbers::Numbers,
        parameter::Parameter,
        settings::{BadSettings, PanelSettings},
    },
    later::later,
    model::{diagnosis::Diagnosis, http::Origin, listing::Price},
    ui::words::{self, Language, Word},
};

/// A column. Its signals live as long as somebody holds them, not as long as a row of the page.
#[derive(Clone)]
pub struct Panel {
    pub id: u32,
    pub settings: ArcRwSignal<PanelSettings>,
    pub reply: ReplyState,
    /// Why the last question could not be asked.
    pub problem: ArcRwSignal<Option<Problem>>,
    /// What is known of a connection that failed without a reason.
    pub diagnosis: ArcRwSignal<Option<Diagnosis>>,
    /// The turns before the last one, as `ui::comparison` calls them.
    pub past: ArcRwSignal<Vec<u32>>,
    /// Counts the changes of its turns.
    pub turned: ArcRwSignal<u32>,
    /// The prompt that it was asked last.
    pub asked: ArcRwSignal<Option<String>>,
    /// In which run of the page that was.
    pub run: ArcRwSignal<u32>,
    /// What the model cost per token when it was asked, as far as its provider's list tells.
    pub price: ArcRwSignal<Option<Price>>,
    /// Parameters as they were typed that cannot be read: nothing is sent before they are mended.
    pub unread: ArcRwSignal<Vec<(Parameter, String)>>,
    /// What was set at providers that were chosen before this one.
    pub shelved: ArcRwSignal<Vec<PanelSettings>>,
    /// The text as it came stands in the place of the drawn one.
    pub shows_source: ArcRwSignal<bool>,
    pub is_setup_open: ArcRwSignal<bool>,
    pub is_picker_open: ArcRwSignal<bool>,
    running: Arc<Mutex<Option<Running>>>,
}

pub struct Running {
    pub id: CallId,
    pub stop: Option<StopHandle>,
    pub abort: AbortHandle,
}

/// Why a panel cannot ask as it is set up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    Missing(Word),
    Settings(BadSettings),
    /// A parameter that cannot be read.
    Parameter(Parameter),
    /// Known before anything was sent.
    Connection(Diagnosis),
    /// The part of the program that such a call needs could not be fetched.
    Rest,
    /// Something of what it would be sent along is not here.
    Past,
}

impl Problem {
    /// Why, and what to do about it.
    pub fn text(&self, language: Language) -> String {
        problem_text(self, language)
    }
}

later! {
    "1008" fn problem_text(problem: &Problem, language: Language) -> String {
        match problem {
            Problem::Missing(word) => word.text(language).to_owned(),
            Problem::Rest => Word::RestUnreachable.text(language).to_owned(),
            Problem::Past => Word::PastMissing.text(language).to_owned(),
            Problem::Settings(problem) => words::bad_settings(language, *problem),
            Problem::Parameter(parameter) => words::bad_parameter(language, *parameter),
            Problem::Connection(diagnosis) => {
                words::diagnosis(language, diagnosis, &browser::location_origin())
            }
        }
    } else {
        String::new()
    }
}

impl Panel {
    pub fn new(id: u32, settings: PanelSettings) -> Self {
        Self {
            id,
            settings: ArcRwSignal::new(settings),
            reply: ReplyState::default(),
            problem: ArcRwSignal::default(),
            diagnosis: ArcRwSignal::default(),
            past: ArcRwSignal::default(),
            turned: ArcRwSignal::default(),
            asked: ArcRwSignal::default(),
            run: ArcRwSignal::default(),
            price: ArcRwSignal::default(),
            unread: ArcRwSignal::default(),
            shelved: ArcRwSignal::default(),
            shows_source: ArcRwSignal::new(false),
            is_setup_open: ArcRwSignal::new(false),
            is_picker_open: ArcRwSignal::new(false),
            running: Arc::default(),
        }
    }

    pub fn is_enabled(&self) -> bool {
        self.settings.with(|settings| settings.enabled)
    }

    /// Where its requests go, once its address is one.
    pub fn origin(&self) -> Option<Origin> {
        let provider = self.settings.with(PanelSettings::provider).ok()?;
        Some(provider.base_url.origin())
    }

    /// It was asked and gave no whole answer, or could not be asked.
    pub fn has_failed(&self) -> bool {
        self.problem.with(Option::is_some)
            || matches!(self.reply.kind(), Some(PhaseKind::Failed | PhaseKind::Truncated))
    }

    /// The figures of an answer that has ended.
    pub fn numbers(&self) -> Option<Numbers> {
        let status = self.reply.status.get();
        status.phase.as_ref().filter(|phase| phase.is_over())?;
        let usage = self.reply.extras.with(|extras| extras.usage.clone());
        Some(Numbers::of(&status.times(), usage.as_ref(), self.price.get()))
    }

    /// A call begins. With `keep`, what an earlier one brought stays until this one brings something.
    pub fn started(&self, running: Running, keep: bool, now_ms: u64) {
        self.replace(Some(running));
        self.problem.set(None);
        self.diagnosis.set(None);
        self.reply.start_over(keep, now_ms);
    }

    /// Another provider; what was set at this one comes back with it.
    pub fn choose_provider(&self, id: &str) {
        let before = self.settings.get_untracked();
        if before.provider == id {
            return;
        }
        let earlier = self
            .shelved
            .try_update(|shelved| {
                let at = shelved.iter().position(|settings| settings.provider == id);
                let earlier = at.map(|at| shelved.remove(at));
                shelved.push(before);
                earlier
            })
            .flatten();
        self.settings.update(|settings| {
            settings.choose_provider(id);
            if let Some(PanelSettings { dialect, model, base_url, is_foreign, .. }) = earlier {
                (settings.dialect, settings.model, settings.base_url) = (dialect, model, base_url);
                settings.is_foreign |= is_foreign;
            }
        });
        self.problem.set(None);
    }

    pub fn call_id(&self) -> Option<CallId> {
        self.running.lock().ok()?.as_ref().map(|running| running.id)
    }

    /// Stops the answer; what came is kept.
    pub fn stop(&self) {
        if let Ok(mut running) = self.running.lock()
            && let Some(stop) = running.as_mut().and_then(|running| running.stop.take())
        {
            stop.stop();
        }
    }

    fn replace(&self, next: Option<Running>) {
        if let Ok(mut running) = self.running.lock()
            && let Some(before) = std::mem::replace(&mut *running, next)
        {
            before.abort.abort();
        }
    }
}
