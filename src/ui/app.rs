//! The page: a composer, a row of panels, and the engine that they share.

use std::rc::Rc;

use futures::future::{AbortHandle, Abortable};
use leptos::{prelude::*, task::spawn_local};

use super::{
    composer::Composer,
    panel::{Panel, PanelView},
    words::{self, Language, Word},
};
use crate::{
    browser::{self, Fetch, PageClock},
    call::{Phase, phase::PhaseKind, queue::QueueSettings},
    engine::{
        Engine,
        simulated::{Simulated, Simulation},
        stop_pair,
        transport::{Clock, NoJournal, Transport},
    },
    model::{catalog, provider::Place},
};

/// The simulated models that stand ready at the first visit.
const FIRST_MODELS: [&str; 3] = ["sim-quick", "sim-steady", "sim-thinker"];

/// Shows the page.
pub fn mount() {
    console_error_panic_hook::set_once();
    leptos::mount::mount_to_body(App);
}

/// What asking needs: the same for all panels.
#[derive(Clone)]
struct Asker {
    engine: Rc<Engine>,
    clock: Rc<dyn Clock>,
}

impl Asker {
    fn new() -> Self {
        let clock: Rc<dyn Clock> = Rc::new(PageClock::new());
        let seed = browser::random_seed();
        let engine = Engine::new(QueueSettings::default(), clock.clone(), Rc::new(NoJournal), seed);
        Self { engine: Rc::new(engine), clock }
    }

    /// Asks the panel's model. Every panel is a task of its own on the one event loop.
    fn ask(&self, panel: &Panel, prompt: &str) {
        let Some(ask) = panel.ask(prompt) else { return panel.stop() };
        let transport: Rc<dyn Transport> = match ask.provider.place {
            Place::Simulated => {
                let simulation = Simulation::from_model(&ask.request.model);
                Rc::new(Simulated::new(ask.dialect, simulation, self.clock.clone()))
            }
            Place::Cloud | Place::Local => Rc::new(Fetch),
        };
        let (stop, signal) = stop_pair();
        let (abort, registration) = AbortHandle::new_pair();
        panel.started(stop, abort);
        let (engine, reply) = (self.engine.clone(), panel.reply.clone());
        spawn_local(async move {
            let run = engine.run(engine.next_id(), ask, &*transport, &reply, signal);
            // An aborted call has nobody left to tell.
            let _ = Abortable::new(run, registration).await;
        });
    }
}

#[component]
fn App() -> impl IntoView {
    let language = RwSignal::new(Language::choose(&browser::languages()));
    provide_context(language);
    Effect::new(move || browser::set_document_language(language.get().tag()));
    let asker = StoredValue::new_local(Asker::new());
    let next_id = StoredValue::new(0);
    let new_panel = move |model: &str| {
        next_id.update_value(|id| *id += 1);
        Panel::new(next_id.get_value(), catalog::simulated(), model)
    };
    let panels = RwSignal::new(FIRST_MODELS.map(|model| new_panel(&speaking(model, language))).to_vec());

    let add = move |()| panels.update(|panels| panels.push(new_panel(&speaking("sim-quick", language))));
    let remove = move |id: u32| {
        panels.update(|panels| {
            for panel in panels.extract_if(.., |panel| panel.id == id) {
                panel.abandon();
            }
        });
        // The button that had the focus is gone.
        browser::focus("add-panel");
    };
    let send = move |prompt: String| {
        asker.with_value(|asker| {
            for panel in panels.get_untracked() {
                asker.ask(&panel, &prompt);
            }
        });
    };
    let stop_all = move |()| panels.with_untracked(|panels| panels.iter().for_each(Panel::stop));

    let kinds = Memo::new(move |_| {
        let kind = |panel: &Panel| panel.reply.status.with(|status| status.phase.as_ref().map(Phase::kind));
        panels.with(|panels| panels.iter().filter_map(kind).collect::<Vec<_>>())
    });
    let is_running = Signal::derive(move || kinds.with(|kinds| kinds.iter().any(|kind| !kind.is_over())));
    let unasked = Memo::new(move |_| {
        panels.with(|panels| panels.iter().filter(|panel| panel.problem.get().is_some()).count())
    });
    let progress = move || {
        kinds.with(|kinds| {
            let is_bad = |kind: &&PhaseKind| matches!(kind, PhaseKind::Failed | PhaseKind::Truncated);
            let ended = kinds.iter().filter(|kind| kind.is_over()).count() + unasked.get();
            let failed = kinds.iter().filter(is_bad).count() + unasked.get();
            let all = panels.with(Vec::len);
            (ended > 0).then(|| words::progress(language.get(), ended.min(all), failed.min(all), all))
        })
    };
    let place = move |id: u32| {
        Signal::derive(move || {
            panels.with(|panels| panels.iter().position(|panel| panel.id == id).map_or(0, |at| at + 1))
        })
    };
    view! {
        <header class="top">
            <h1>"Tutti"</h1>
            <p>{move || Word::Tagline.text(language.get())}</p>
            <LanguageChoice language />
        </header>
        <main class="panels">
            <For each=move || panels.get() key=|panel| panel.id let(panel)>
                <PanelView place=place(panel.id) panel on_remove=remove />
            </For>
        </main>
        <footer class="bottom">
            <p id="status" role="status">{progress}</p>
            <Composer on_send=send on_stop_all=stop_all on_add=add is_running />
        </footer>
    }
}

/// The simulated model that answers in the language of the page.
fn speaking(model: &str, language: RwSignal<Language>) -> String {
    match language.get_untracked() {
        Language::English => model.to_owned(),
        other => format!("{model}-{}", other.tag()),
    }
}

#[component]
fn LanguageChoice(language: RwSignal<Language>) -> impl IntoView {
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
        <select
            name="language"
            aria-label=move || Word::Language.text(language.get())
            on:change=choose
        >
            {options}
        </select>
    }
}
