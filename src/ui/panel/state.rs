//! What a panel is: a model as a person set it up, what it answers, and what runs.

use std::sync::{Arc, Mutex};

use futures::future::AbortHandle;
use leptos::prelude::*;

use super::reply::ReplyState;
use crate::{
    call::{phase::PhaseKind, queue::CallId},
    engine::StopHandle,
    grid::{
        numbers::{Numbers, Times},
        settings::{BadSettings, PanelSettings},
    },
    model::{diagnosis::Diagnosis, http::Origin},
    ui::words::Word,
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
    /// The prompt that it was asked last.
    pub asked: ArcRwSignal<Option<String>>,
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
    /// Known before anything was sent.
    Connection(Diagnosis),
}

impl Panel {
    pub fn new(id: u32, settings: PanelSettings) -> Self {
        Self {
            id,
            settings: ArcRwSignal::new(settings),
            reply: ReplyState::default(),
            problem: ArcRwSignal::default(),
            diagnosis: ArcRwSignal::default(),
            asked: ArcRwSignal::default(),
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
        let times = Times {
            first_token_ms: status.summary.first_token_ms,
            attempt_ms: status.summary.attempt_ms,
            total_ms: status.summary.total_ms,
            shows_thinking: status.has_reasoning,
        };
        Some(Numbers::of(&times, usage.as_ref(), None))
    }

    pub fn started(&self, running: Running) {
        self.replace(Some(running));
        self.problem.set(None);
        self.diagnosis.set(None);
        self.reply.start_over();
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
