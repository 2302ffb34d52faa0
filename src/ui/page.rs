//! What the whole page knows: the panels, what a reload keeps, what all panels share.

use std::{rc::Rc, sync::Arc};

use super::{
    comparison::Mode,
    dialogs::Dialog,
    keeping,
    panel::state::Panel,
    panels::Undoable,
    rest::Rest,
    words::{self, Language, Word},
};
use crate::{
    browser::{self, Interval, Keyring, PageClock, signal::*, spawn, tick},
    call::{phase::PhaseKind, queue::QueueSettings},
    engine::{Engine, transport::Clock},
    grid::{
        choices::{SendKey, View},
        numbers::{self, Best},
        settings::PanelSettings,
        workspace::Workspace,
    },
    later::later,
    model::{catalog, diagnosis::Diagnosis, error::ApiError, http::Origin, listing::ModelInfo, table::Table},
};

/// The simulated models that stand ready at the first visit.
const FIRST_MODELS: [&str; 3] = ["sim-quick", "sim-steady", "sim-thinker"];
const TICK_MS: u32 = 200;
const SLOW_TICK_MS: u32 = 1_000;
const CROWD: usize = 16;
/// What looks at all panels of a crowd does so this often at most: of two hundred that begin or end, each by
/// itself would have it look two hundred times at two hundred panels.
const SURVEY_MS: u32 = 50;

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
    /// What `Undo` brings back, the last first.
    pub undoable: RwSignal<Vec<Undoable>>,
    /// Counts the prompts that were sent; a panel that is asked takes part in the run of that number.
    pub run: RwSignal<u32>,
    /// What the status line says.
    pub said: RwSignal<String>,
    /// What went wrong last, for screen readers.
    pub alert: RwSignal<String>,
    /// Which of the earlier prompts is in the composer, unchanged.
    pub recalled: RwSignal<Option<usize>>,
    /// The browser did not keep what a reload should find.
    pub is_storage_full: RwSignal<bool>,
    /// What the next prompt is.
    pub mode: RwSignal<Mode>,
    /// Counts the changes of what the next prompt brings along.
    pub attached: RwSignal<u32>,
    /// What was being written when an earlier prompt was taken up.
    pub draft_before: StoredValue<String>,
    /// Why what is asked may be lost.
    pub trouble: RwSignal<Option<Word>>,
    /// The comparison that is shown, by its number, once something was asked.
    pub held: StoredValue<Option<u32>>,
    /// What a confirmation is asked for.
    pub pending: RwSignal<Pending>,
    /// Counts what changed in the panels, which whoever looks at all of them follows instead of each.
    pub surveyed: RwSignal<u32>,
    /// Which panels have the best figures, by id.
    pub best: Memo<Vec<(u32, Best)>>,
    pub dialog: RwSignal<Option<Dialog>>,
    /// Whether what is fetched after the first screen is here.
    pub rest: RwSignal<Rest>,
    /// The models that providers list, by whom was asked.
    pub lists: RwSignal<Table<Listed, ModelList>>,
    /// The panels whose answers have ended and were not announced yet, by id.
    pub ended: RwSignal<Vec<u32>>,
    /// Counts the changes of the keyring.
    pub keys_changed: RwSignal<u32>,
    /// The monotonic clock in ms; it ticks while something runs.
    pub now: RwSignal<u64>,
    shell: StoredValue<Shell>,
    ticking: StoredValue<Option<Interval>>,
    surveying: StoredValue<Option<Survey>>,
    view_before: StoredValue<View>,
    /// The language that was chosen last: its words may be under way.
    chosen: StoredValue<Language>,
    pub(super) write_timer: StoredValue<Option<Interval>>,
    /// This tab keeps its panels apart from what another tab writes.
    pub(super) has_own_copy: StoredValue<bool>,
    pub(super) next_id: StoredValue<u32>,
}

/// What many paid calls wait to be confirmed for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pending {
    #[default]
    Send,
    RetryFailed,
}

/// A pause in which panels may change before anybody looks again.
struct Survey {
    #[expect(dead_code, reason = "held for its drop")]
    pause: Interval,
    is_due: bool,
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
    pub fn new(keys: Keyring, mut saved: Workspace, language: Language) -> Self {
        let clock: Rc<dyn Clock> = Rc::new(PageClock::new());
        let settings = QueueSettings { per_origin: saved.connections, ..QueueSettings::default() };
        let engine =
            Engine::new(settings, clock.clone(), Rc::new(browser::store::Commits), browser::random_seed());
        let now = clock.now().ms;
        let mut settings = std::mem::take(&mut saved.panels);
        if settings.is_empty() {
            settings = FIRST_MODELS.map(|model| simulated(&speaking(model, language))).to_vec();
        }
        let (panels, surveyed) = (RwSignal::<Vec<Panel>>::default(), RwSignal::new(0));
        let page = Self {
            language: RwSignal::new(language),
            panels,
            active: RwSignal::new(0),
            draft: RwSignal::new(keeping::draft()),
            saved: RwSignal::new(saved),
            asked: RwSignal::default(),
            undoable: RwSignal::default(),
            run: RwSignal::new(0),
            said: RwSignal::default(),
            alert: RwSignal::default(),
            recalled: RwSignal::default(),
            is_storage_full: RwSignal::new(false),
            mode: RwSignal::default(),
            attached: RwSignal::default(),
            draft_before: StoredValue::new(String::new()),
            trouble: RwSignal::default(),
            held: StoredValue::new(None),
            pending: RwSignal::default(),
            surveyed,
            best: best_of(panels, surveyed),
            dialog: RwSignal::default(),
            rest: RwSignal::new(Rest::now()),
            lists: RwSignal::default(),
            ended: RwSignal::default(),
            keys_changed: RwSignal::new(0),
            now: RwSignal::new(now),
            shell: StoredValue::new(Shell { engine: Rc::new(engine), clock, keys: keys.clone() }),
            ticking: StoredValue::new(None),
            surveying: StoredValue::new(None),
            view_before: StoredValue::new(View::Columns),
            chosen: StoredValue::new(language),
            write_timer: StoredValue::new(None),
            has_own_copy: StoredValue::new(keeping::has_own_copy()),
            next_id: StoredValue::new(0),
        };
        keys.on_change(move || {
            page.keys_changed.update(|count| *count += 1);
            // What was said to another key, or to none, says nothing now.
            page.lists.update(Table::clear);
        });
        let active = page.saved.with_untracked(|saved| saved.active);
        page.show(settings);
        if let Some(id) = page.panels.with_untracked(|panels| panels.get(active).map(|panel| panel.id)) {
            page.active.set(id);
        }
        page.keep();
        page.fetch_rest_soon();
        page.reopen();
        page
    }

    /// A text in the language of the page.
    pub fn word(self, word: Word) -> impl Fn() -> &'static str + Copy + 'static {
        move || word.text(self.language.get())
    }

    /// In another language, once its words are here or cannot come.
    pub fn speak(self, chosen: Language) {
        self.chosen.set_value(chosen);
        spawn(async move {
            words::fetch(chosen).await;
            // Another one may have been chosen meanwhile.
            if self.chosen.get_value() == chosen {
                self.language.set(chosen);
            }
        });
    }

    pub fn shell(self) -> Shell {
        self.shell.get_value()
    }

    /// Moves the focus once the page has taken in what has changed.
    pub fn focus_later(self, selector: String) {
        spawn(async move {
            tick().await;
            browser::focus_first(&selector);
        });
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
        Memo::new(move || saved.with(|saved| saved.view))
    }

    /// One panel alone, and back to how the panels stood before.
    pub fn toggle_focus(self) {
        self.saved.update(|saved| match saved.view {
            View::Focus => saved.view = self.view_before.get_value(),
            view => {
                self.view_before.set_value(view);
                saved.view = View::Focus;
            }
        });
    }

    pub fn send_key(self) -> Memo<SendKey> {
        let saved = self.saved;
        Memo::new(move || saved.with(|saved| saved.send_key))
    }

    /// The phases of all panels that were asked.
    pub fn kinds(self) -> Memo<Vec<PhaseKind>> {
        let (panels, surveyed) = (self.panels, self.surveyed);
        Memo::new(move || {
            surveyed.track();
            panels.with(|panels| panels.iter().filter_map(|panel| panel.reply.kind_untracked()).collect())
        })
    }

    /// A panel has another phase, problem or setting: who looks at all panels looks again, at once or,
    /// in a crowd, when the pause ends.
    pub fn survey(self) {
        if self.panels.with_untracked(Vec::len) <= CROWD {
            return self.surveyed.update(|count| *count += 1);
        }
        let is_pause = self.surveying.try_update_value(|survey| match survey {
            Some(survey) => {
                survey.is_due = true;
                true
            }
            None => false,
        });
        if is_pause != Some(false) {
            return;
        }
        let pause = browser::every(SURVEY_MS, move || {
            let is_due = self.surveying.try_update_value(|survey| match survey {
                Some(survey) if survey.is_due => {
                    survey.is_due = false;
                    true
                }
                _ => {
                    *survey = None;
                    false
                }
            });
            if is_due == Some(true) {
                self.surveyed.update(|count| *count += 1);
            }
        });
        self.surveying.set_value(Some(Survey { pause, is_due: false }));
        self.surveyed.update(|count| *count += 1);
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
}

fn best_of(panels: RwSignal<Vec<Panel>>, surveyed: RwSignal<u32>) -> Memo<Vec<(u32, Best)>> {
    Memo::new(move || {
        surveyed.track();
        panels.with(|panels| best_now(panels))
    })
}

later! {
    /// Only whole answers are compared: who fails at once is not the fastest.
    "1010" fn best_now(panels: &[Panel]) -> Vec<(u32, Best)> {
        let whole = |panel: &Panel| {
            let kind = panel.reply.kind_untracked();
            kind.filter(|kind| *kind == PhaseKind::Finished).and_then(|_| untrack(|| panel.numbers()))
        };
        let all: Vec<_> = panels.iter().map(whole).collect();
        panels.iter().map(|panel| panel.id).zip(numbers::best(&all)).collect()
    } else {
        // Nobody asks before.
        Vec::new()
    }
}

pub fn simulated(model: &str) -> PanelSettings {
    PanelSettings::new(catalog::simulated(), model)
}

/// The simulated model that answers in the language of the page.
pub fn speaking(model: &str, language: Language) -> String {
    match language {
        Language::English => model.to_owned(),
        other => format!("{model}-{}", other.tag()),
    }
}
