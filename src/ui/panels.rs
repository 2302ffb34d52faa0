//! Which panels there are and in what order; whatever is taken away can be brought back.

use super::{
    comparison::{self, Mode},
    page::{Page, simulated, speaking},
    panel::state::Panel,
};
use crate::{
    browser::spawn,
    grid::{
        columns::{self, Removed},
        record::Batch,
        settings::PanelSettings,
        workspace::ModelSet,
    },
    later::later,
};

/// How many steps `Undo` goes back.
const MOST_UNDOABLE: usize = 12;

/// A thing that was taken away, whole.
#[derive(Clone)]
pub enum Undoable {
    Panel(Removed<Panel>),
    /// All panels, for those of a set.
    Panels(Vec<Panel>),
    Set(Removed<ModelSet>),
    /// By its number.
    Comparison(u32),
    /// A stored comparison: its title and its records.
    Stored(String, Batch),
}

impl Page {
    /// Puts other panels in the place of those that are there, which `Undo` brings back.
    pub fn show(self, settings: Vec<PanelSettings>) {
        let panels = settings.into_iter().map(|settings| self.new_panel(settings)).collect();
        self.swap(panels);
    }

    /// These panels, without a step to go back: those that are there may be the same already.
    pub fn seat(self, settings: Vec<PanelSettings>) {
        let is_same = self.panels.with_untracked(|panels| {
            let known = panels.iter().map(|panel| panel.settings.get_untracked());
            known.eq(settings.iter().cloned())
        });
        // An answer that is still coming belongs to the panel that asked for it.
        if !is_same || self.is_running_untracked() {
            let panels: Vec<Panel> = settings.into_iter().map(|settings| self.new_panel(settings)).collect();
            self.active.set(panels.first().map_or(0, |panel| panel.id));
            self.panels.set(panels);
        }
    }

    /// Those that go are stopped; what they had is kept.
    fn swap(self, panels: Vec<Panel>) {
        self.active.set(panels.first().map_or(0, |panel| panel.id));
        let before = self.panels.try_update(|all| std::mem::replace(all, panels)).unwrap_or_default();
        before.iter().for_each(Panel::stop);
        if !before.is_empty() {
            self.can_undo(Undoable::Panels(before));
        }
    }

    pub fn can_undo(self, step: Undoable) {
        self.undoable.update(|steps| {
            steps.insert(0, step);
            steps.truncate(MOST_UNDOABLE);
        });
    }

    fn new_panel(self, settings: PanelSettings) -> Panel {
        self.next_id.try_update_value(|id| *id += 1);
        Panel::new(self.next_id.get_value(), settings)
    }

    /// One more panel, like the last one, and ready to be told what it is.
    pub fn add(self) {
        let like = self
            .panels
            .with_untracked(|panels| panels.last().map(|panel| panel.settings.with_untracked(Clone::clone)));
        let quick = || simulated(&speaking("sim-quick", self.language.get_untracked()));
        let settings = PanelSettings { enabled: true, ..like.unwrap_or_else(quick) };
        self.insert(usize::MAX, settings);
    }

    pub fn duplicate(self, id: u32) {
        if let Some((at, panel)) = self.find(id) {
            self.insert(at + 1, panel.settings.get_untracked());
        }
    }

    fn insert(self, at: usize, settings: PanelSettings) {
        let panel = self.new_panel(settings);
        let id = panel.id;
        self.panels.update(|panels| panels.insert(at.min(panels.len()), panel));
        self.active.set(id);
        self.focus_later(format!("[data-panel=\"{id}\"] [name=model]"));
    }

    /// Its answer, if it still comes, is stopped and kept: `Undo` brings everything back.
    pub fn remove(self, id: u32) {
        self.once_here(move || remove(self, id));
    }

    fn remove_now(self, id: u32) {
        let Some((at, panel)) = self.find(id) else { return };
        panel.stop();
        let removed = self.panels.try_update(|panels| columns::take(panels, at)).flatten();
        if let Some(removed) = removed {
            self.can_undo(Undoable::Panel(removed));
        }
        let neighbour = self.panels.with_untracked(|panels| {
            panels.get(at.min(panels.len().saturating_sub(1))).map(|panel| panel.id)
        });
        self.active.set(neighbour.unwrap_or_default());
        if self.mode.get_untracked() == Mode::Only(id) {
            self.mode.set(Mode::All);
        }
        // The button that had the focus is gone.
        self.focus_later("#undo".to_owned());
    }

    pub fn undo(self) {
        self.once_here(move || undo(self));
    }

    fn undo_now(self) {
        let step = self.undoable.try_update(|steps| (!steps.is_empty()).then(|| steps.remove(0))).flatten();
        match step {
            Some(Undoable::Panel(removed)) => {
                let id = removed.item.id;
                self.panels.update(|panels| columns::put_back(panels, removed));
                self.active.set(id);
                comparison::panels_changed(self);
                self.focus_later(format!("[data-panel=\"{id}\"] .body"));
            }
            // Those that are there now are what the next `Undo` brings back.
            Some(Undoable::Panels(panels)) => {
                self.swap(panels);
                comparison::panels_changed(self);
            }
            Some(Undoable::Set(set)) => self.saved.update(|saved| {
                saved.sets.retain(|other| other.name != set.item.name);
                columns::put_back(&mut saved.sets, set);
            }),
            Some(Undoable::Stored(_, batch)) => spawn(comparison::stored::put_back(self, batch)),
            Some(Undoable::Comparison(number)) => comparison::bring_back(self, number),
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
}

later! {
    "1401" fn undo(page: Page) {
        page.undo_now();
    } else {}

    "1402" fn remove(page: Page, id: u32) {
        page.remove_now(id);
    } else {}
}
