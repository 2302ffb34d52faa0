//! The comparison: a row is a prompt, a column is a model, a cell is a reply with its versions.
//!
//! - [`id`]: what comparisons, columns, rounds, replies and files are called
//! - [`round`]: a prompt and its cells
//! - [`reply`]: what is known of one version of a cell, without its text
//! - [`history`]: what one column has said and heard, and the messages that this makes
//! - [`window`]: what that comes to in tokens, and which turns to leave out when it is too much
//!
//! Rounds form a tree: an earlier prompt that is edited becomes a branch beside the old one. What is shown,
//! and what continues, is the path from a root to the tip. Nothing is ever changed but what a person chooses:
//! prompts and answers that stand stay, so what was sent can be told again at any time.
//!
//! Texts of replies and the contents of files are not here: they are looked up by their ids.

pub mod history;
pub mod id;
pub mod reply;
pub mod round;
pub mod window;

use std::collections::BTreeSet;

use super::settings::PanelSettings;
use crate::model::json::Object;
pub use history::Turn;
pub use id::{ColumnId, FileId, Id, ReplyId, RoundId};
use reply::{End, Reply};
use round::{Cell, FileInfo, Prompt, Round};

/// The most versions of one cell.
pub const MAX_VERSIONS: usize = 1000;

/// A column: a model with its settings, and what it took over from another when it joined.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    pub id: ColumnId,
    pub settings: PanelSettings,
    /// Turns of another column that count as its own past, as they stood when it joined.
    pub inherited: Vec<Turn>,
    /// It is shown no more and asked no more; its answers stay.
    pub is_removed: bool,
    /// Fields that another version of this program wrote.
    pub unknown: Object<'static>,
}

/// The grid without the texts of its replies.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Comparison {
    pub id: Id,
    /// As a person named it; empty for the words of the first prompt: see [`Comparison::title`].
    pub name: String,
    /// On the wall clock, in milliseconds since 1970; shown, never compared: the clock may jump.
    pub created_ms: u64,
    pub changed_ms: u64,
    /// Grows with every change that is stored; two tabs find out by it that they both wrote.
    pub revision: u64,
    pub is_pinned: bool,
    pub(in crate::grid) columns: Vec<Column>,
    /// A round stands behind its parent, at the place of its id.
    pub(in crate::grid) rounds: Vec<Round>,
    /// Settings with which something was asked; each once.
    pub(in crate::grid) setups: Vec<PanelSettings>,
    pub(in crate::grid) files: Vec<FileInfo>,
    pub(in crate::grid) tip: Option<RoundId>,
    /// Fields that another version of this program wrote.
    pub unknown: Object<'static>,
}

/// The beginning of the first line that says something.
pub fn title_of(text: &str) -> Option<&str> {
    const LONGEST: usize = 80;
    let line = text.lines().map(str::trim).find(|line| !line.is_empty())?;
    let end = line.char_indices().nth(LONGEST).map_or(line.len(), |(at, _)| at);
    line.get(..end)
}

impl Comparison {
    pub fn new(id: Id, now_epoch_ms: u64) -> Self {
        Self { id, created_ms: now_epoch_ms, changed_ms: now_epoch_ms, ..Self::default() }
    }

    /// The name, else the beginning of the first line that was asked, else the first file that went along.
    pub fn title(&self) -> &str {
        if !self.name.is_empty() {
            return &self.name;
        }
        let asked = self.rounds.iter().find_map(|round| title_of(&round.prompt.text));
        asked.or_else(|| self.files.first().map(|file| &*file.name)).unwrap_or_default()
    }

    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    pub fn rounds(&self) -> &[Round] {
        &self.rounds
    }

    pub fn files(&self) -> &[FileInfo] {
        &self.files
    }

    /// The round that a next one would follow.
    pub fn tip(&self) -> Option<RoundId> {
        self.tip
    }

    pub fn round(&self, id: RoundId) -> Option<&Round> {
        self.rounds.get(id.0 as usize)
    }

    pub fn column(&self, id: ColumnId) -> Option<&Column> {
        self.columns.iter().find(|column| column.id == id)
    }

    /// Says of which columns the settings came with an import. What something was asked with asks nothing.
    pub fn mark_foreign(&mut self, is_foreign: impl Fn(&PanelSettings) -> bool) {
        for column in &mut self.columns {
            column.settings.is_foreign = is_foreign(&column.settings);
        }
        self.setups.iter_mut().for_each(|setup| setup.is_foreign = false);
    }

    pub fn column_mut(&mut self, id: ColumnId) -> Option<&mut Column> {
        self.columns.iter_mut().find(|column| column.id == id)
    }

    /// Moves a column by so many places.
    pub fn move_column(&mut self, id: ColumnId, delta: isize) -> bool {
        let index = self.columns.iter().position(|column| column.id == id);
        index.is_some_and(|index| super::columns::move_by(&mut self.columns, index, delta))
    }

    /// A column with an empty past.
    pub fn add_column(&mut self, settings: PanelSettings) -> ColumnId {
        let last = self.columns.iter().map(|column| column.id.0).max();
        let id = ColumnId(last.map_or(0, |last| last.saturating_add(1)));
        self.columns.push(Column {
            id,
            settings,
            inherited: Vec::new(),
            is_removed: false,
            unknown: Object::new(),
        });
        id
    }

    /// A column that goes on from another's past up to the tip, as it stands now: what is chosen or asked
    /// there later is no concern of the new one.
    pub fn add_column_like(&mut self, of: ColumnId, settings: PanelSettings) -> ColumnId {
        let inherited = self.turns(of, self.tip);
        let id = self.add_column(settings);
        if let Some(column) = self.column_mut(id) {
            column.inherited = inherited;
        }
        id
    }

    /// A file that prompts may bring along. Its content is kept by whoever keeps bodies.
    pub fn add_file(&mut self, file: FileInfo) -> Option<FileId> {
        let id = FileId(u32::try_from(self.files.len()).ok()?);
        self.files.push(file);
        Some(id)
    }

    /// A prompt to those columns, after `parent` (`None` begins anew). It becomes the tip. Columns that are
    /// not there, or were removed, are left out. `None` when there is no such parent.
    pub fn ask(&mut self, parent: Option<RoundId>, prompt: Prompt, columns: &[ColumnId]) -> Option<RoundId> {
        if parent.is_some_and(|parent| self.round(parent).is_none()) {
            return None;
        }
        let id = RoundId(u32::try_from(self.rounds.len()).ok()?);
        let asked: BTreeSet<ColumnId> = columns.iter().copied().collect();
        let takes_part = |column: &&Column| !column.is_removed && asked.contains(&column.id);
        let cells = self.columns.iter().filter(takes_part).map(|column| Cell::new(column.id)).collect();
        let tokens = prompt.tokens(&self.files);
        self.rounds.push(Round { id, parent, prompt, cells, tokens, unknown: Object::new() });
        self.tip = Some(id);
        Some(id)
    }

    /// As [`ask`](Self::ask). Where the last prompt stands at that place and nobody could be asked it, it is put in
    /// its place: a prompt that was mended before it was sent is no other wording.
    pub fn ask_anew(
        &mut self,
        parent: Option<RoundId>,
        prompt: Prompt,
        columns: &[ColumnId],
    ) -> Option<RoundId> {
        let is_unasked = self.rounds.last().is_some_and(|last| {
            self.tip == Some(last.id)
                && last.parent == parent
                && last.cells.iter().all(|cell| cell.versions.is_empty())
        });
        if is_unasked {
            self.rounds.pop();
        }
        self.ask(parent, prompt, columns)
    }

    /// The same place in the conversation with another prompt: a branch beside the old one.
    pub fn edit(&mut self, round: RoundId, prompt: Prompt, columns: &[ColumnId]) -> Option<RoundId> {
        let parent = self.round(round)?.parent;
        self.ask(parent, prompt, columns)
    }

    /// Lets a column answer a round that was asked without it. `false` when there is no such column or
    /// round, or it takes part already.
    pub fn invite(&mut self, round: RoundId, column: ColumnId) -> bool {
        let is_there = self.column(column).is_some_and(|column| !column.is_removed);
        match self.rounds.get_mut(round.0 as usize) {
            Some(round) if is_there && round.cell(column).is_none() => {
                round.cells.push(Cell::new(column));
                true
            }
            _ => false,
        }
    }

    /// A call for a cell begins: a new version, which is the chosen one from now on. What is sent is noted:
    /// the settings of the column as they are, and those turns of its past. `None` when there is no such cell,
    /// or it has [`MAX_VERSIONS`].
    pub fn begin(
        &mut self,
        round: RoundId,
        column: ColumnId,
        sent: Vec<Turn>,
        continues: Option<u32>,
    ) -> Option<ReplyId> {
        let settings = PanelSettings { is_foreign: false, ..self.column(column)?.settings.clone() };
        let setup = self.setup_of(settings)?;
        let trimmed = self.past(column, round).len().saturating_sub(sent.len());
        let cell = self.cell_mut(round, column).filter(|cell| cell.versions.len() < MAX_VERSIONS)?;
        let version = u32::try_from(cell.versions.len()).ok()?;
        let continues = continues.filter(|earlier| *earlier < version);
        let trimmed = u32::try_from(trimmed).unwrap_or(u32::MAX);
        cell.versions.push(Reply { setup, sent, trimmed, continues, ..Reply::default() });
        cell.chosen = version as usize;
        Some(ReplyId { round, column, version })
    }

    fn setup_of(&mut self, settings: PanelSettings) -> Option<u32> {
        // Whether it takes part next time is nothing that was sent.
        let settings = PanelSettings { enabled: true, ..settings };
        let known = self.setups.iter().position(|setup| *setup == settings);
        let place = known.unwrap_or_else(|| {
            self.setups.push(settings);
            self.setups.len() - 1
        });
        u32::try_from(place).ok()
    }

    /// The settings with which a reply was asked for.
    pub fn setup(&self, reply: &Reply) -> Option<&PanelSettings> {
        self.setups.get(reply.setup as usize)
    }

    pub fn reply(&self, id: ReplyId) -> Option<&Reply> {
        self.round(id.round)?.cell(id.column)?.versions.get(id.version as usize)
    }

    pub fn reply_mut(&mut self, id: ReplyId) -> Option<&mut Reply> {
        self.cell_mut(id.round, id.column)?.versions.get_mut(id.version as usize)
    }

    pub fn cell_mut(&mut self, round: RoundId, column: ColumnId) -> Option<&mut Cell> {
        let round = self.rounds.get_mut(round.0 as usize)?;
        round.cells.iter_mut().find(|cell| cell.column == column)
    }

    /// Another version of a cell continues from now on. `false` when there is no such version.
    pub fn choose(&mut self, id: ReplyId) -> bool {
        let Some(cell) = self.cell_mut(id.round, id.column) else { return false };
        let is_there = (id.version as usize) < cell.versions.len();
        if is_there {
            cell.chosen = id.version as usize;
        }
        is_there
    }

    /// Where a version that is the chosen one has no words, the latest that has some is chosen: it is what the
    /// panel still shows.
    pub fn choose_words(&mut self, id: ReplyId) {
        if let Some(cell) = self.cell_mut(id.round, id.column)
            && cell.chosen == id.version as usize
            && cell.versions.get(cell.chosen).is_some_and(|version| !version.has_words)
            && let Some(earlier) = cell.versions.iter().rposition(|version| version.has_words)
        {
            cell.chosen = earlier;
        }
    }

    /// Makes a reply the winner of its round, in the place of any other; the winner itself stops being it.
    pub fn pick(&mut self, id: ReplyId) {
        let was = self.reply(id).is_some_and(|reply| reply.is_winner);
        let cells = self.rounds.get_mut(id.round.0 as usize).map(|round| &mut round.cells);
        for cell in cells.into_iter().flatten() {
            for (version, reply) in (0..).zip(&mut cell.versions) {
                reply.is_winner = !was && cell.column == id.column && version == id.version;
            }
        }
    }

    /// The rounds from the first to that one.
    pub fn path(&self, to: Option<RoundId>) -> Vec<RoundId> {
        let mut path = Vec::new();
        let mut next = to;
        while let Some(round) = next.and_then(|id| self.round(id)) {
            path.push(round.id);
            // A round stands behind its parent, so this ends.
            next = round.parent.filter(|parent| *parent < round.id);
        }
        path.reverse();
        path
    }

    /// What stands at the same place: the round itself and its other wordings, the oldest first.
    pub fn branches(&self, of: RoundId) -> Vec<RoundId> {
        let Some(parent) = self.round(of).map(|round| round.parent) else { return Vec::new() };
        self.rounds.iter().filter(|round| round.parent == parent).map(|round| round.id).collect()
    }

    /// Shows a branch: its youngest round becomes the tip.
    pub fn show(&mut self, branch: RoundId) {
        if self.round(branch).is_none() {
            return;
        }
        // A round stands behind its parent, so one walk finds the whole of the branch.
        let mut within = BTreeSet::from([branch]);
        for round in &self.rounds {
            if round.parent.is_some_and(|parent| within.contains(&parent)) {
                within.insert(round.id);
            }
        }
        self.tip = within.last().copied();
    }

    /// A run was cut, or is under way: some reply was still coming when this was known.
    pub fn was_cut(&self) -> bool {
        let mut cells = self.rounds.iter().flat_map(|round| &round.cells);
        cells.any(|cell| {
            cell.versions.get(cell.chosen).is_some_and(|reply| matches!(reply.end, End::Cut | End::Open))
        })
    }
}
