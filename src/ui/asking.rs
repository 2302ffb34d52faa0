//! Asking: what becomes of a prompt, panel by panel.

use std::rc::Rc;

use futures::future::{AbortHandle, Abortable, LocalBoxFuture};

use super::{
    comparison::{self, Mode},
    dialogs::Dialog,
    page::{ModelList, Page, Pending, Shell},
    panel::{
        reply::ReplyState,
        state::{Panel, Problem, Running},
    },
    words::Word,
};
use crate::{
    browser::{self, Fetch, WorkerFetch, signal::*, spawn},
    call::{Call, Limits, Phase, queue::Class},
    engine::{
        Ask,
        ask::Notes,
        listing,
        simulated::{Simulated, Simulation},
        stop_pair,
        transport::{Clock, ReplySink, Transport},
    },
    grid::{
        estimate::{self, Estimate, Planned},
        settings::{BadSettings, PanelSettings},
        workspace::ModelRef,
    },
    later::{self, later},
    model::{
        chat::{ChatRequest, ModelTraits},
        diagnosis::{Diagnosis, after_failure, before_sending},
        error::ErrorClass,
        event::StreamEvent,
        listing::ModelInfo,
        provider::{Cors, Dialect, Place, Provider},
    },
};

impl Page {
    /// Sends the prompt in the composer to every panel that takes part.
    pub fn send(self) {
        let is_elsewhere = self.mode.get_untracked() == Mode::Watching;
        if self.has_prompt() && !is_elsewhere && !self.is_running_untracked() {
            self.confirmed(Pending::Send);
        }
    }

    /// There is something to send: words, or what goes along.
    pub fn has_prompt(self) -> bool {
        !self.draft.with_untracked(|draft| draft.trim().is_empty()) || comparison::brings_something(self)
    }

    /// Asks all failed again, of those that take part.
    pub fn retry_failed(self) {
        self.confirmed(Pending::RetryFailed);
    }

    /// Many paid calls are confirmed first.
    fn confirmed(self, pending: Pending) {
        self.pending.set(pending);
        let estimate = self.estimate();
        match self.saved.with_untracked(|saved| estimate.needs_confirmation(saved.confirm_above)) {
            true => self.dialog.set(Some(Dialog::Confirm)),
            false => self.go(),
        }
    }

    /// Does what was confirmed.
    pub fn go(self) {
        match self.pending.get_untracked() {
            Pending::Send => self.send_now(),
            Pending::RetryFailed => {
                for panel in self.concerned() {
                    self.retry(&panel);
                }
            }
        }
    }

    fn send_now(self) {
        let mut prompt = self.draft.get_untracked();
        if !self.has_prompt() || self.concerned().is_empty() {
            return;
        }
        if prompt.trim().is_empty() {
            prompt.clear();
        }
        self.asked.set(Some(prompt.clone()));
        self.saved.update(|saved| saved.remember_prompt(&prompt));
        self.recalled.set(None);
        self.run.update(|run| *run += 1);
        self.draft.set(String::new());
        self.once_ready(Box::new(move || {
            // A comparison that was found meanwhile has panels of its own.
            let panels = self.concerned();
            // A prompt that nobody was asked stays where it can be sent again.
            if !comparison::send(self, &prompt, &panels) && self.draft.with_untracked(String::is_empty) {
                self.draft.set(prompt);
            }
        }));
    }

    /// With the rest of the program and the stored keys, if they can be had.
    fn once_ready(self, act: Box<dyn FnOnce()>) {
        if later::is_here() && comparison::is_open() {
            return act();
        }
        spawn(async move {
            if self.has_rest().await {
                self.shell().keys.settled().await;
                comparison::opened(self).await;
            }
            act();
        });
    }

    /// The panels that what is pending is about.
    pub fn concerned(self) -> Vec<Panel> {
        let pending = self.pending.get_untracked();
        let mut panels = self.panels.get_untracked();
        if let (Pending::Send, Mode::Only(id)) = (pending, self.mode.get_untracked())
            && panels.iter().any(|panel| panel.id == id)
        {
            panels.retain(|panel| panel.id == id);
            return panels;
        }
        if let (Pending::Send, Mode::Edit(round)) = (pending, self.mode.get_untracked()) {
            let asked = comparison::asked_in(self, round);
            panels.retain(|panel| asked.contains(&panel.id) || asked.is_empty());
        }
        panels.retain(|panel| {
            untrack(|| panel.is_enabled() && (pending == Pending::Send || panel.has_failed()))
        });
        panels
    }

    pub fn estimate(self) -> Estimate {
        let pending = self.pending.get_untracked();
        let draft = self.draft.get_untracked();
        let attached = if pending == Pending::Send { comparison::attached_tokens(self) } else { 0 };
        let planned = |panel: &Panel| {
            let settings = panel.settings.get_untracked();
            let without_past = || {
                let prompt = match pending {
                    Pending::Send => draft.clone(),
                    Pending::RetryFailed => panel.asked.get_untracked().unwrap_or_default(),
                };
                estimate::tokens(&prompt) + estimate::tokens(&settings.system) + attached
            };
            Planned {
                is_paid: settings.row().place == Place::Cloud,
                input_tokens: comparison::planned_tokens(self, panel).unwrap_or_else(without_past),
                price: self.info(&settings).and_then(|info| info.price),
            }
        };
        Estimate::of(&self.concerned().iter().map(planned).collect::<Vec<_>>())
    }

    /// What is known of what the panel's model takes.
    pub fn traits_of(self, panel: &Panel) -> Option<ModelTraits> {
        self.info(&panel.settings.get_untracked()).map(|info| info.traits())
    }

    /// What the provider's list says of the model; where no list is here, what it has said once.
    pub fn info(self, settings: &PanelSettings) -> Option<ModelInfo> {
        let origin = settings.provider().ok()?.base_url.origin();
        self.lists.with_untracked(|lists| {
            let Some(ModelList::Known(models)) = lists.get(&(settings.provider.clone(), Some(origin))) else {
                return comparison::told_of(settings);
            };
            models.iter().find(|model| model.call_id() == settings.model).cloned()
        })
    }

    pub fn is_running_untracked(self) -> bool {
        self.panels.with_untracked(|panels| {
            panels.iter().any(|panel| panel.reply.kind_untracked().is_some_and(|kind| !kind.is_over()))
        })
    }

    pub fn stop_all(self) {
        self.panels.with_untracked(|panels| panels.iter().for_each(Panel::stop));
    }

    /// Asks a panel again what it was asked last, or for the first time what the others were. One that
    /// runs is left alone.
    pub fn retry(self, panel: &Panel) {
        if panel.asked.with_untracked(Option::is_none) {
            return self.ask_current(panel);
        }
        let panel = panel.clone();
        self.once_ready(Box::new(move || comparison::ask_again(self, &panel, true)));
    }

    /// Asks a panel what the others were asked last.
    pub fn ask_current(self, panel: &Panel) {
        if self.asked.with_untracked(Option::is_some) {
            let panel = panel.clone();
            self.once_ready(Box::new(move || comparison::ask_again(self, &panel, false)));
        }
    }

    /// Asks without a past. Whether it could be asked.
    #[cfg_attr(not(feature = "split"), expect(dead_code, reason = "the rest is always here"))]
    pub fn ask_alone(self, panel: &Panel, prompt: &str, keep: bool) -> bool {
        if panel.reply.kind_untracked().is_some_and(|kind| !kind.is_over()) {
            return false;
        }
        panel.asked.set(Some(prompt.to_owned()));
        panel.run.set(self.run.get_untracked());
        match self.written(panel, |settings, traits| settings.request(prompt, traits)) {
            Ok(ask) => self.start(panel, ask, keep),
            // What is missing may be a key that only the rest can read.
            Err(_) if !later::is_here() => {
                self.refused(panel, Problem::Rest);
                return false;
            }
            Err(problem) => {
                self.cannot_ask(panel, problem);
                return false;
            }
        }
        true
    }

    /// What is missing is to be filled in first.
    pub fn cannot_ask(self, panel: &Panel, problem: Problem) {
        let is_set_up = matches!(
            problem,
            Problem::Past | Problem::Settings(BadSettings::Foreign) | Problem::Missing(Word::OnlyPictures)
        );
        panel.is_setup_open.set(!is_set_up);
        self.refused(panel, problem);
    }

    /// Sends what was written.
    pub fn start(self, panel: &Panel, ask: Ask, keep: bool) {
        let settings = panel.settings.get_untracked();
        panel.price.set(self.info(&settings).and_then(|info| info.price));
        if ask.provider.place != Place::Simulated {
            let of = ModelRef { provider: settings.provider, model: settings.model };
            self.saved.update(|saved| saved.remember_model(of));
        }
        let shell = self.shell();
        let id = shell.engine.next_id();
        let (stop, signal) = stop_pair();
        let (abort, registration) = AbortHandle::new_pair();
        panel.started(Running { id, stop: Some(stop), abort }, keep, shell.clock.now().ms);
        self.tick();
        let panel = panel.clone();
        let place = comparison::place(self, panel.id);
        let over = move |panel: &Panel| {
            if let Some(place) = place {
                comparison::answered(self, panel, place);
            }
        };
        let run = async move {
            if let Some(diagnosis) = known_before(&ask.provider).await {
                panel.reply.call_off();
                self.refused(&panel, Problem::Connection(diagnosis));
                over(&panel);
                return self.ended(panel.id);
            }
            if needs_rest(&ask.provider, ask.dialect) && !self.has_rest().await {
                panel.reply.call_off();
                self.refused(&panel, Problem::Rest);
                over(&panel);
                return self.ended(panel.id);
            }
            let fetch = Rc::new(WorkerFetch);
            let transport = transport(&ask.provider, ask.dialect, &ask.request.model, &shell, fetch);
            let provider = ask.provider.clone();
            let sink = Recorded { reply: &panel.reply, place };
            shell.engine.run(id, ask, &*transport, &sink, signal).await;
            if panel.reply.status.with_untracked(|status| status.phase.as_ref()?.error().cloned()).is_some() {
                // It is said aloud in words of the rest.
                self.has_rest().await;
            }
            over(&panel);
            self.ended(panel.id);
            explain(&panel, &provider).await;
        };
        spawn(async move {
            // An aborted call has nobody left to tell.
            let _ = Abortable::new(run, registration).await;
        });
    }

    /// Nothing was sent; what the panel had stays.
    fn refused(self, panel: &Panel, problem: Problem) {
        panel.problem.set(Some(problem.clone()));
        let model = panel.settings.with_untracked(|settings| settings.model.clone());
        self.once_here(move || {
            let text = problem.text(self.language.get_untracked());
            self.alert.set([&model, ": ", &text].concat());
        });
    }

    /// The question to this panel's model, or why it cannot be asked.
    pub fn written(
        self,
        panel: &Panel,
        request: impl FnOnce(&PanelSettings, Option<ModelTraits>) -> Result<ChatRequest, BadSettings>,
    ) -> Result<Ask, Problem> {
        if let Some(parameter) = panel.unread.with_untracked(|unread| unread.first().map(|(it, _)| *it)) {
            return Err(Problem::Parameter(parameter));
        }
        let settings = panel.settings.get_untracked();
        let traits = self.traits_of(panel);
        self.asked_with(&settings, request(&settings, traits))
    }

    /// That question with those settings, whatever a panel has now.
    pub fn asked_with(
        self,
        settings: &PanelSettings,
        request: Result<ChatRequest, BadSettings>,
    ) -> Result<Ask, Problem> {
        let provider = settings.provider().map_err(Problem::Settings)?;
        let origin = provider.base_url.origin();
        let key = self.shell().keys.get(&origin);
        if key.is_none() && provider.place == Place::Cloud && provider.cors != Cors::Unknown {
            return Err(Problem::Missing(Word::NeedsKey));
        }
        let request = request.map_err(Problem::Settings)?;
        Ok(Ask {
            provider,
            dialect: settings.dialect,
            key,
            request,
            class: Class::Interactive,
            limits: Limits::default(),
        })
    }

    /// Asks for the models to see whether the key and the server are right.
    pub fn check(self, panel: &Panel) {
        match panel.settings.with_untracked(PanelSettings::provider) {
            Ok(_) => self.list_models(panel, true),
            Err(problem) => panel.problem.set(Some(Problem::Settings(problem))),
        }
    }

    /// The models of the panel's provider, as far as they are known.
    pub fn list_of(self, panel: &Panel) -> Option<ModelList> {
        let name = (panel.settings.with(|settings| settings.provider.clone()), panel.origin());
        self.lists.with(|lists| lists.get(&name).cloned())
    }

    /// Asks the panel's provider for its models, once; again if `anew`.
    pub fn list_models(self, panel: &Panel, anew: bool) {
        list_models(self, panel, anew);
    }
}

/// What comes is written down before it is shown.
struct Recorded<'a> {
    reply: &'a ReplyState,
    place: Option<comparison::Place>,
}

impl ReplySink for Recorded<'_> {
    fn sending(&self, notes: &Notes) {
        self.reply.sending(notes);
    }

    fn apply(&self, events: &[StreamEvent], call: &Call, now_ms: u64) {
        if let Some(place) = self.place {
            comparison::piece(place, events);
        }
        self.reply.apply(events, call, now_ms);
    }
}

later! {
    "1104" fn simulated(dialect: Dialect, model: &str, clock: Rc<dyn Clock>) -> Option<Rc<dyn Transport>> {
        Some(Rc::new(Simulated::new(dialect, Simulation::from_model(model), clock)))
    } else {
        None
    }

    "1101" fn list_models(page: Page, panel: &Panel, anew: bool) {
        let settings = panel.settings.get_untracked();
        let Ok(provider) = settings.provider() else { return };
        let origin = provider.base_url.origin();
        let name = (settings.provider.clone(), Some(origin.clone()));
        let known = page.lists.with_untracked(|lists| lists.get(&name).cloned());
        match known {
            Some(ModelList::Loading) => return,
            Some(ModelList::Known(_)) if !anew => return,
            _ => {}
        }
        page.lists.update(|lists| {
            lists.insert(name.clone(), ModelList::Loading);
        });
        let shell = page.shell();
        spawn(async move {
            // A stored key may still be on its way.
            shell.keys.settled().await;
            let key = shell.keys.get(&origin);
            if let Some(diagnosis) = known_before(&provider).await {
                page.lists.try_update(|lists| lists.insert(name, ModelList::Unreachable(diagnosis)));
                return;
            }
            // One short answer, for which no worker need start.
            let fetch = Rc::new(Fetch);
            let transport = transport(&provider, settings.dialect, &settings.model, &shell, fetch);
            let listed =
                listing::list_models(&provider, settings.dialect, key.as_ref(), &*transport, &*shell.clock)
                    .await;
            let list = match listed {
                Ok(models) => ModelList::Known(models.into()),
                Err(error) if error.class == ErrorClass::NetworkOrCors => {
                    let facts = browser::facts(&provider, &provider.base_url, true).await;
                    ModelList::Unreachable(after_failure(&facts))
                }
                Err(error) => ModelList::Failed(Box::new(error)),
            };
            page.lists.try_update(|lists| lists.insert(name, list));
            comparison::learn_models(page, &page.panels.get_untracked());
        });
    } else {}

    "1102" fn known_before(provider: &Provider) -> LocalBoxFuture<'static, Option<Diagnosis>> {
        let provider = provider.clone();
        Box::pin(async move {
            match provider.place {
                Place::Simulated => None,
                _ => before_sending(&browser::facts(&provider, &provider.base_url, false).await),
            }
        })
    } else {
        // What keeps the request from being sent is found out when it fails.
        Box::pin(async { None })
    }

    "1103" fn explained(provider: &Provider) -> LocalBoxFuture<'static, Option<Diagnosis>> {
        let provider = provider.clone();
        Box::pin(async move {
            Some(after_failure(&browser::facts(&provider, &provider.base_url, true).await))
        })
    } else {
        Box::pin(async { None })
    }
}

/// An answer cannot be had without the rest of the program.
fn needs_rest(provider: &Provider, dialect: Dialect) -> bool {
    provider.place == Place::Simulated || dialect != Dialect::OpenaiChat
}

/// What carries the calls.
fn transport(
    provider: &Provider,
    dialect: Dialect,
    model: &str,
    shell: &Shell,
    fetch: Rc<dyn Transport>,
) -> Rc<dyn Transport> {
    match provider.place {
        Place::Simulated => simulated(dialect, model, shell.clock.clone()).unwrap_or(fetch),
        Place::Cloud | Place::Local => fetch,
    }
}

/// Browsers say nothing about a failed connection; what can be found out is.
async fn explain(panel: &Panel, provider: &Provider) {
    let failed_without_reason = panel.reply.status.with_untracked(|status| {
        matches!(&status.phase, Some(Phase::Failed(error)) if error.class == ErrorClass::NetworkOrCors)
    });
    if failed_without_reason {
        panel.diagnosis.set(explained(provider).await);
    }
}
