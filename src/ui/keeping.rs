//! What a reload finds again. Never a key: those have their own place.
//!
//! Sets, stars, recent models and prompts belong to all tabs; panels and the draft to each tab, and to
//! the next one that opens. A tab keeps a copy of its own from when another one writes too.

use std::cell::Cell;

use super::page::Page;
use crate::{
    browser::{self, WorkerFetch, effect, storage},
    call::queue::QueueSettings,
    grid::workspace::Workspace,
};

const WORKSPACE: &str = "tutti.workspace";
const DRAFT: &str = "tutti.draft";
/// Typing in a setting is written down once it pauses.
const PAUSE_MS: u32 = 300;

/// As the last visit left it.
pub fn read() -> Workspace {
    let read = |text: Option<String>| text.map(|text| Workspace::from_json(&text)).unwrap_or_default();
    let shared = read(storage::read(WORKSPACE));
    let own = read(storage::read_of_tab(WORKSPACE));
    if own.panels.is_empty() {
        return shared;
    }
    let Workspace { panels, active, view, .. } = own;
    Workspace { panels, active, view, ..shared }
}

/// Whether this tab has panels of its own.
pub fn has_own_copy() -> bool {
    storage::read_of_tab(WORKSPACE).is_some()
}

pub fn draft() -> String {
    storage::read_of_tab(DRAFT).or_else(|| storage::read(DRAFT)).unwrap_or_default()
}

impl Page {
    /// Writes down what a reload shall find, soon after it changes.
    pub(super) fn keep(self) {
        let timer = self.write_timer;
        // What was just read need not be written.
        let is_new = Cell::new(true);
        effect(move || {
            self.saved.track();
            self.language.track();
            self.active.track();
            self.panels.with(|panels| panels.iter().for_each(|panel| panel.settings.track()));
            if !is_new.replace(false) && timer.with_value(Option::is_none) {
                timer.set_value(Some(browser::every(PAUSE_MS, move || {
                    timer.set_value(None);
                    self.write();
                })));
            }
        });
        browser::on_window("pagehide", move |_| {
            if timer.with_value(Option::is_some) {
                self.write();
            }
        });
        effect(move || {
            self.draft.with(|draft| {
                storage::write_of_tab(DRAFT, draft);
                storage::write(DRAFT, draft);
                if !draft.is_empty() {
                    WorkerFetch::prepare();
                }
            });
        });
        effect(move || {
            let connections = self.saved.with(|saved| saved.connections);
            let settings = QueueSettings { per_origin: connections, ..QueueSettings::default() };
            self.shell().engine.configure(settings);
        });
        browser::on_window("storage", move |_| self.take_over());
    }

    fn write(self) {
        let text = self.text();
        if self.has_own_copy.get_value() {
            storage::write_of_tab(WORKSPACE, &text);
        }
        let is_kept = storage::read(WORKSPACE).as_ref() == Some(&text) || storage::write(WORKSPACE, &text);
        if self.is_storage_full.get_untracked() == is_kept {
            self.is_storage_full.set(!is_kept);
        }
    }

    fn text(self) -> String {
        let mut workspace = self.saved.get_untracked();
        let active = self.active.get_untracked();
        workspace.language = Some(self.language.get_untracked().tag().to_owned());
        self.panels.with_untracked(|panels| {
            workspace.active = panels.iter().position(|panel| panel.id == active).unwrap_or_default();
            workspace.panels = panels.iter().map(|panel| panel.settings.get_untracked()).collect();
        });
        workspace.to_json()
    }

    /// Another tab has written: what belongs to all of them comes over, the rest is kept apart.
    fn take_over(self) {
        let Some(text) = storage::read(WORKSPACE) else { return };
        let own = self.text();
        if text == own {
            return;
        }
        if !self.has_own_copy.get_value() {
            self.has_own_copy.set_value(true);
            storage::write_of_tab(WORKSPACE, &own);
        }
        let Workspace { sets, starred, recent, prompts, .. } = Workspace::from_json(&text);
        let is_new = self.saved.with_untracked(|saved| {
            saved.sets != sets
                || saved.starred != starred
                || saved.recent != recent
                || saved.prompts != prompts
        });
        if is_new {
            self.saved.update(|saved| {
                (saved.sets, saved.starred, saved.recent, saved.prompts) = (sets, starred, recent, prompts);
            });
        }
    }
}
