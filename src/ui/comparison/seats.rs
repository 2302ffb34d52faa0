//! Which panel stands for which column, when a comparison is shown again.

use std::collections::HashMap;

use super::{Held, Seat};
use crate::{
    browser::storage,
    grid::{
        comparison::{Column, ColumnId},
        settings::PanelSettings,
    },
    ui::{page::Page, panel::state::Panel},
};

/// Under which a tab notes it: the comparison, then a line for each panel in order.
const SEATS: &str = "tutti.seats";

/// A panel's line: its column, and what it asks.
fn line(column: Option<ColumnId>, settings: &PanelSettings) -> String {
    let column = column.map(|column| column.0.to_string()).unwrap_or_default();
    [&column, "\t", &settings.provider, "\t", &settings.model].concat()
}

/// For a reload of this page.
pub(super) fn note(page: Page, held: &Held) {
    let mut text = held.whole.comparison.id.to_string();
    for panel in page.panels.get_untracked() {
        text.push('\n');
        text += &line(held.column(panel.id), &panel.settings.get_untracked());
    }
    storage::write_of_tab(SEATS, &text);
}

/// Finds each panel its column. Those come back that ask what came with an import, as only their columns know: an
/// earlier version kept that there.
pub(super) fn take(held: &mut Held, panels: &[Panel]) -> Vec<Panel> {
    held.seats = find(held, panels);
    let is_foreign = |panel: &&Panel| {
        let column = held.column(panel.id).and_then(|id| held.whole.comparison.column(id));
        column.is_some_and(|column| {
            let (of, own) = (&column.settings, panel.settings.get_untracked());
            of.is_foreign && !own.is_foreign && (&of.base_url, &of.extra) == (&own.base_url, &own.extra)
        })
    };
    panels.iter().filter(is_foreign).cloned().collect()
}

/// The columns of those panels: those that they had before this page was loaded again, where they are the same
/// panels still; else the ones with their settings, then the ones with their models.
fn find(held: &Held, panels: &[Panel]) -> HashMap<u32, Seat> {
    let own: Vec<(u32, PanelSettings)> =
        panels.iter().map(|panel| (panel.id, panel.settings.get_untracked())).collect();
    let columns = noted(held, &own).unwrap_or_else(|| alike(held, &own));
    let seat = |column| Seat { column, last: None, trim: 0 };
    columns.into_iter().map(|(panel, column)| (panel, seat(column))).collect()
}

fn noted(held: &Held, panels: &[(u32, PanelSettings)]) -> Option<Vec<(u32, ColumnId)>> {
    let text = storage::read_of_tab(SEATS)?;
    let mut lines = text.split('\n');
    lines.next().filter(|id| *id == held.whole.comparison.id.to_string())?;
    let lines: Vec<&str> = lines.collect();
    let is_same = |(noted, (_, own)): (&&str, &(u32, PanelSettings))| {
        noted.split_once('\t').map(|(_, of)| of) == line(None, own).split_once('\t').map(|(_, of)| of)
    };
    if lines.len() != panels.len() || !lines.iter().zip(panels).all(is_same) {
        return None;
    }
    let column = |noted: &str| {
        let id = ColumnId(noted.split('\t').next()?.parse().ok()?);
        held.whole.comparison.column(id).map(|column| column.id)
    };
    Some(lines.iter().zip(panels).filter_map(|(noted, (panel, _))| Some((*panel, column(noted)?))).collect())
}

fn alike(held: &Held, panels: &[(u32, PanelSettings)]) -> Vec<(u32, ColumnId)> {
    let mut free: Vec<&Column> =
        held.whole.comparison.columns().iter().filter(|column| !column.is_removed).collect();
    let mut found: Vec<(u32, ColumnId)> = Vec::new();
    let same = |a: &PanelSettings, b: &PanelSettings| a == b;
    let same_model = |a: &PanelSettings, b: &PanelSettings| a.provider == b.provider && a.model == b.model;
    let rules: [fn(&PanelSettings, &PanelSettings) -> bool; 2] = [same, same_model];
    for is_alike in rules {
        for (panel, own) in panels {
            let is_seated = found.iter().any(|(known, _)| known == panel);
            if !is_seated && let Some(at) = free.iter().position(|column| is_alike(&column.settings, own)) {
                found.push((*panel, free.remove(at).id));
            }
        }
    }
    found
}
