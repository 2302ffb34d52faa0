//! What the whole page knows: the panels, what a reload keeps, what all panels share.

use std::{collections::HashMap, rc::Rc, sync::Arc};

use leptos::{
    prelude::*,
    task::{spawn_local, tick},
};

use super::{
    dialogs::Dialog,
    panel::state::Panel,
    words::{Language, Word},
};
use crate::{
    browser::{self, Interval, Keyring, PageClock, storage},
    call::{phase::PhaseKind, queue::QueueSettings},
    engine::{
        Engine,
        transport::{Clock, NoJournal},
    },
    grid::{
        choices::{SendKey, View},
        columns::{self, Removed},
        settings::PanelSettings,
        workspace::{ModelSet, Workspace},
    },
    model::{catalog, diagnosis::Diagnosis, error::ApiError, http::Origin, listing::ModelInfo},
};

/// The simulated models that stand ready at the first visit.
const FIRST_MODELS: [&str; 3] = ["sim-quick", "sim-steady", "sim-thinker"];
const WORKSPACE: &str = "tutti.workspace";
const DRAFT: &str = "tutti.draft";
const TICK_MS: u32 = 200;
const SLOW_TICK_MS: u32 = 1_000;
const CROWD: usize = 16;

/// Handed to every part of the page.
#[derive(Clone, Copy)]
pub struct Page {
    pub language: RwSignal<Language>,
    pub panels: RwSignal<Vec<Panel>>,
    /// The panel that keys and the Focus view are about, by id.
    pub active: RwSignal<u32>,
    /// All that a reload keeps but the panels, which have signals of their own.
    pub saved: RwSignal<Workspace>,
    pub draft: RwSignal<String>,
    /// The prompt that was sent last.
    pub asked: RwSignal<Option<String>>,
    /// What `Undo` brings back.
    pub undoable: RwSignal<Option<Undoable>>,
    pub dialog: RwSignal<Option<Dialog>>,
    /// The models that providers list, by whom was asked.
    pub lists: RwSignal<HashMap<Listed, ModelList>>,
    /// The panels whose answers have ended and were not announced yet, by id.
    pub ended: RwSignal<Vec<u32>>,
    /// Counts the changes of the keyring.
    pub keys_changed: RwSignal<u32>,
    /// The monotonic clock in ms; it ticks while something runs.
    pub now: RwSignal<u64>,
    shell: StoredValue<Shell, LocalStorage>,
    ticking: StoredValue<Option<Interval>, LocalStorage>,
    next_id: StoredValue<u32>,
}

/// The last thing that was taken away, whole.
#[derive(Clone)]
pub enum Undoable {
    Panel(Removed<Panel>),
    /// All panels, for those of a set.
    Panels(Vec<Panel>),
    Set(Removed<ModelSet>),
}

/// A provider's id and where its requests go.
pub type Listed = (String, Option<Origin>);

#[derive(Clone)]
pub enum ModelList {
    Loading,
    Known(Arc<[ModelInfo]>),
    Failed(Box<ApiError>),
    /// No answer came, and this is what is known of why.
    Unreachable(Diagnosis),
}

/// What all panels share of the world outside.
#[derive(Clone)]
pub struct Shell {
    pub engine: Rc<Engine>,
    pub clock: Rc<dyn Clock>,
    pub keys: Keyring,
}

impl Page {
    /// As the last visit left it, else as the first visit finds it.
    pub fn new(keys: Keyring) -> Self {
        let mut saved = storage::read(WORKSPACE).map(|text| Workspace::from_json(&text)).unwrap_or_default();
        let language = saved.language.as_deref().and_then(Language::from_tag);
        let language = language.unwrap_or_else(|| Language::choose(&browser::languages()));
        let clock: Rc<dyn Clock> = Rc::new(PageClock::new());
        let settings = QueueSettings { per_origin: saved.connections, ..QueueSettings::default() };
        let engine = Engine::new(settings, clock.clone(), Rc::new(NoJournal), browser::random_seed());
        let now = clock.now().ms;
        let mut settings = std::mem::take(&mut saved.panels);
        if settings.is_empty() {
            settings = FIRST_MODELS.map(|model| simulated(&speaking(model, language))).to_vec();
        }
        let page = Self {
            language: RwSignal::new(language),
            panels: RwSignal::default(),
            active: RwSignal::new(0),
            draft: RwSignal::new(storage::read(DRAFT).unwrap_or_default()),
            saved: RwSignal::new(saved),
            asked: RwSignal::default(),
            undoable: RwSignal::default(),
            dialog: RwSignal::default(),
            lists: RwSignal::default(),
            ended: RwSignal::default(),
            keys_changed: RwSignal::new(0),
            now: RwSignal::new(now),
            shell: StoredValue::new_local(Shell { engine: Rc::new(engine), clock, keys: keys.clone() }),
            ticking: StoredValue::new_local(None),
            next_id: StoredValue::new(0),
        };
        keys.on_change(move || page.keys_changed.update(|count| *count += 1));
        let active = page.saved.with_untracked(|saved| saved.active);
        page.show(settings);
        if let Some(id) = page.panels.with_untracked(|panels| panels.get(active).map(|panel| panel.id)) {
            page.active.set(id);
        }
        page.keep();
        page
    }

    /// A text in the language of the page.
    pub fn word(self, word: Word) -> impl Fn() -> &'static str + Copy + Send + Sync + 'static {
        move || word.text(self.language.get())
    }

    pub fn shell(self) -> Shell {
        self.shell.get_value()
    }

    /// Puts other panels in the place of those that are there. These are stopped and kept for `Undo`.
    pub fn show(self, settings: Vec<PanelSettings>) {
        let panels: Vec<Panel> = settings.into_iter().map(|settings| self.new_panel(settings)).collect();
        self.active.set(panels.first().map_or(0, |panel| panel.id));
        let before = self.panels.try_update(|all| std::mem::replace(all, panels)).unwrap_or_default();
        before.iter().for_each(Panel::stop);
        if !before.is_empty() {
            self.undoable.set(Some(Undoable::Panels(before)));
        }
    }

    fn new_panel(self, settings: PanelSettings) -> Panel {
        self.next_id.update_value(|id| *id += 1);
        Panel::new(self.next_id.get_value(), settings)
    }

    /// One more panel, like the last one, and ready to be told what it is.
    pub fn add(self) {
        let like = self
            .panels
            .with_untracked(|panels| panels.last().map(|panel| panel.settings.with_untracked(Clone::clone)));
        let quick = || simulated(&speaking("sim-quick", self.language.get_untracked()));
        let panel = self.new_panel(PanelSettings { enabled: true, ..like.unwrap_or_else(quick) });
        let id = panel.id;
        self.panels.update(|panels| panels.push(panel));
        self.active.set(id);
        self.focus_later(format!("[data-panel=\"{id}\"] [name=model]"));
    }

    /// Moves the focus once the page has taken in what has changed.
    pub fn focus_later(self, selector: String) {
        spawn_local(async move {
            tick().await;
            browser::focus_first(&selector);
        });
    }

    pub fn duplicate(self, id: u32) {
        let Some((at, panel)) = self.find(id) else { return };
        let copy = self.new_panel(panel.settings.get_untracked());
        self.active.set(copy.id);
        self.panels.update(|panels| panels.insert(at + 1, copy));
    }

    /// Its answer, if it still comes, is stopped and kept: `Undo` brings everything back.
    pub fn remove(self, id: u32) {
        let Some((at, panel)) = self.find(id) else { return };
        panel.stop();
        let removed = self.panels.try_update(|panels| columns::take(panels, at)).flatten();
        self.undoable.set(removed.map(Undoable::Panel));
        let neighbour = self.panels.with_untracked(|panels| {
            panels.get(at.min(panels.len().saturating_sub(1))).map(|panel| panel.id)
        });
        self.active.set(neighbour.unwrap_or_default());
        // The button that had the focus is gone.
        self.focus_later("#undo".to_owned());
    }

    pub fn undo(self) {
        match self.undoable.try_update(Option::take).flatten() {
            Some(Undoable::Panel(removed)) => {
                let id = removed.item.id;
                self.panels.update(|panels| columns::put_back(panels, removed));
                self.active.set(id);
            }
            Some(Undoable::Panels(panels)) => {
                self.stop_all();
                self.active.set(panels.first().map_or(0, |panel| panel.id));
                self.panels.set(panels);
            }
            Some(Undoable::Set(set)) => self.saved.update(|saved| columns::put_back(&mut saved.sets, set)),
            None => {}
        }
    }

    /// Moves a panel by so many places.
    pub fn shift(self, id: u32, by: isize) {
        if let Some((at, _)) = self.find(id) {
            self.panels.update(|panels| {
                columns::move_by(panels, at, by);
            });
        }
    }

    pub fn find(self, id: u32) -> Option<(usize, Panel)> {
        self.panels.with_untracked(|panels| {
            panels.iter().enumerate().find(|(_, panel)| panel.id == id).map(|(at, panel)| (at, panel.clone()))
        })
    }

    pub fn active_panel(self) -> Option<Panel> {
        self.find(self.active.get_untracked()).map(|(_, panel)| panel)
    }

    pub fn view(self) -> Memo<View> {
        let saved = self.saved;
        Memo::new(move |_| saved.with(|saved| saved.view))
    }

    pub fn send_key(self) -> Memo<SendKey> {
        let saved = self.saved;
        Memo::new(move |_| saved.with(|saved| saved.send_key))
    }

    /// The phases of all panels that were asked.
    pub fn kinds(self) -> Memo<Vec<PhaseKind>> {
        let panels = self.panels;
        Memo::new(move |_| {
            panels.with(|panels| panels.iter().filter_map(|panel| panel.reply.kind()).collect())
        })
    }

    /// Lets the clock tick until nothing runs any more.
    pub fn tick(self) {
        let shell = self.shell();
        self.now.set(shell.clock.now().ms);
        if self.ticking.with_value(Option::is_some) {
            return;
        }
        // Many panels are looked at as a whole, where a second is soon enough.
        let is_crowd = self.panels.with_untracked(Vec::len) > CROWD;
        let ticking = browser::every(if is_crowd { SLOW_TICK_MS } else { TICK_MS }, move || {
            self.now.set(shell.clock.now().ms);
            if !self.is_running_untracked() {
                self.ticking.set_value(None);
            }
        });
        self.ticking.set_value(Some(ticking));
    }

    /// Writes down what a reload shall find, whenever it changes.
    fn keep(self) {
        Effect::new(move || {
            let mut workspace = self.saved.get();
            workspace.language = Some(self.language.get().tag().to_owned());
            workspace.active = self
                .panels
                .with(|panels| panels.iter().position(|panel| panel.id == self.active.get()))
                .unwrap_or_default();
            workspace.panels =
                self.panels.with(|panels| panels.iter().map(|panel| panel.settings.get()).collect());
            storage::write(WORKSPACE, &workspace.to_json());
        });
        Effect::new(move || {
            self.draft.with(|draft| storage::write(DRAFT, draft));
        });
        Effect::new(move || {
            let connections = self.saved.with(|saved| saved.connections);
            let settings = QueueSettings { per_origin: connections, ..QueueSettings::default() };
            self.shell().engine.configure(settings);
        });
    }
}

pub fn simulated(model: &str) -> PanelSettings {
    PanelSettings::new(catalog::simulated(), model)
}

/// The simulated model that answers in the language of the page.
fn speaking(model: &str, language: Language) -> String {
    match language {
        Language::English => model.to_owned(),
        other => format!("{model}-{}", other.tag()),
    }
}
