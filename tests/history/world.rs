//! What a person and the network may do, and two accounts of it: the comparison's and one of the tests' own.

use std::collections::{BTreeMap, HashMap};

use proptest::prelude::*;
use tutti::{
    grid::{
        comparison::{
            ColumnId, Comparison, FileId, Id, ReplyId, RoundId,
            history::{BadRequest, Bodies},
            reply::End,
            round::{Attachment, Kept, Prompt},
        },
        settings::PanelSettings,
    },
    model::{
        answer::{Answer, Placed},
        catalog,
        chat::{ChatRequest, Message, Part, Role, ToolCall},
        event::Opaque,
        json::Json,
        provider::Dialect,
    },
};

/// What a person and the network may do. Numbers choose among what is there.
#[derive(Clone, Debug)]
pub enum Step {
    Add,
    AddLike(usize),
    Remove(usize),
    ChangeModel(usize),
    Ask(u8, Option<usize>),
    AskOne(usize),
    Edit(usize, u8),
    Show(usize),
    Invite(usize, usize),
    Begin(usize, usize),
    GoOn(usize, usize),
    End(usize, usize),
    Choose(usize, usize, usize),
    Keep(usize, usize, usize),
}

pub fn step() -> impl Strategy<Value = Step> {
    let at = || any::<usize>();
    prop_oneof![
        1 => Just(Step::Add),
        2 => at().prop_map(Step::AddLike),
        1 => at().prop_map(Step::Remove),
        1 => at().prop_map(Step::ChangeModel),
        5 => (any::<u8>(), prop::option::weighted(0.2, at())).prop_map(|(mask, quoted)| Step::Ask(mask, quoted)),
        2 => at().prop_map(Step::AskOne),
        2 => (at(), any::<u8>()).prop_map(|(round, mask)| Step::Edit(round, mask)),
        2 => at().prop_map(Step::Show),
        1 => (at(), at()).prop_map(|(round, column)| Step::Invite(round, column)),
        8 => (at(), at()).prop_map(|(round, column)| Step::Begin(round, column)),
        2 => (at(), at()).prop_map(|(round, column)| Step::GoOn(round, column)),
        10 => (at(), at()).prop_map(|(reply, end)| Step::End(reply, end)),
        3 => (at(), at(), at()).prop_map(|(round, column, version)| Step::Choose(round, column, version)),
        3 => (at(), at(), at()).prop_map(|(round, column, kept)| Step::Keep(round, column, kept)),
    ]
}

#[derive(Default)]
pub struct Texts {
    pub answers: HashMap<ReplyId, Answer>,
    pub files: HashMap<FileId, String>,
}

impl Bodies for Texts {
    fn answer(&self, id: ReplyId, read: &mut dyn FnMut(&Answer)) {
        self.answers.get(&id).into_iter().for_each(read);
    }

    fn file(&self, id: FileId, read: &mut dyn FnMut(&str)) {
        self.files.get(&id).into_iter().for_each(|text| read(text));
    }
}

/// A second account of the same, kept in another way: what is said in each cell, by place.
#[derive(Clone, Default)]
pub struct Oracle {
    pub parents: Vec<Option<usize>>,
    pub prompts: Vec<String>,
    pub cells: BTreeMap<(u32, u32), OracleCell>,
    /// What a column took over: by round, the cell and version, or only the prompt.
    pub joined: HashMap<u32, BTreeMap<u32, Option<OraclePlace>>>,
}

/// Round, column, version.
pub type OraclePlace = (u32, u32, usize);

#[derive(Clone, Default)]
pub struct OracleCell {
    /// The whole text, `None` while it is still coming or when nothing came.
    pub versions: Vec<Option<String>>,
    pub chosen: usize,
    pub kept: u8,
}

impl Oracle {
    /// The text of what a column says at a round, if it takes part: the reply may be missing.
    pub fn at(&self, column: u32, round: u32) -> Option<Option<OraclePlace>> {
        match self.cells.get(&(round, column)) {
            Some(cell) if cell.kept == 2 => None,
            Some(cell) if cell.kept == 1 || cell.versions.is_empty() => Some(None),
            Some(cell) => Some(Some((round, column, cell.chosen))),
            None => self.joined.get(&column)?.get(&round).copied(),
        }
    }

    /// Lines of both sides, the same side's neighbours as one.
    pub fn transcript(&self, column: u32, round: u32) -> Vec<(char, String)> {
        let mut lines = match self.parents[round as usize] {
            Some(parent) => self.past(column, parent as u32),
            None => Vec::new(),
        };
        add(&mut lines, 'U', &self.prompts[round as usize]);
        lines
    }

    pub fn past(&self, column: u32, round: u32) -> Vec<(char, String)> {
        let mut lines = match self.parents[round as usize] {
            Some(parent) => self.past(column, parent as u32),
            None => Vec::new(),
        };
        if let Some(reply) = self.at(column, round) {
            add(&mut lines, 'U', &self.prompts[round as usize]);
            let said = reply.and_then(|(round, column, version)| {
                self.cells[&(round, column)].versions[version].as_deref()
            });
            if let Some(text) = said {
                add(&mut lines, 'A', text);
            }
        }
        lines
    }
}

pub fn add(lines: &mut Vec<(char, String)>, side: char, text: &str) {
    match lines.last_mut() {
        Some((last, lines)) if *last == side => {
            lines.push('\n');
            lines.push_str(text);
        }
        _ => lines.push((side, text.to_owned())),
    }
}

pub fn shown(messages: &[Message]) -> Vec<(char, String)> {
    let line = |message: &Message| {
        let side = if message.role == Role::User { 'U' } else { 'A' };
        let texts = message.parts.iter().filter_map(|part| match part {
            Part::Text(text) => Some(text.as_str()),
            _ => None,
        });
        (side, texts.collect::<Vec<_>>().join(if side == 'U' { "\n" } else { "" }))
    };
    messages.iter().map(line).collect()
}

pub struct World {
    pub comparison: Comparison,
    pub texts: Texts,
    pub oracle: Oracle,
    pub open: Vec<ReplyId>,
}

pub fn settings(model: usize) -> PanelSettings {
    let rows = ["openai", "anthropic", "google", "mistral", "openrouter", "perplexity", "ollama", "cohere"];
    let row = catalog::find(rows[model % rows.len()]).unwrap();
    PanelSettings::new(row, "m")
}

impl World {
    pub fn new() -> Self {
        let comparison = Comparison::new(Id(7), 0);
        let mut world =
            Self { comparison, texts: Texts::default(), oracle: Oracle::default(), open: Vec::new() };
        (0..2).for_each(|_| world.take(&Step::Add));
        world
    }

    pub fn column(&self, at: usize) -> ColumnId {
        let columns = self.comparison.columns();
        columns[at % columns.len()].id
    }

    pub fn round(&self, at: usize) -> Option<RoundId> {
        let rounds = self.comparison.rounds();
        (!rounds.is_empty()).then(|| rounds[at % rounds.len()].id)
    }

    pub fn of_mask(&self, mask: u8) -> Vec<ColumnId> {
        let columns = self.comparison.columns().iter().enumerate();
        columns.filter(|(at, _)| mask >> (at % 8) & 1 == 1).map(|(_, column)| column.id).collect()
    }

    pub fn asked(
        &mut self,
        id: Option<RoundId>,
        parent: Option<RoundId>,
        text: String,
        columns: &[ColumnId],
    ) {
        let Some(id) = id else { return };
        assert_eq!(id.0 as usize, self.oracle.parents.len());
        self.oracle.parents.push(parent.map(|parent| parent.0 as usize));
        self.oracle.prompts.push(text);
        for column in columns {
            if !self.comparison.column(*column).unwrap().is_removed {
                self.oracle.cells.insert((id.0, column.0), OracleCell::default());
            }
        }
    }

    pub fn take(&mut self, step: &Step) {
        let number = self.comparison.rounds().len();
        match *step {
            Step::Add => {
                self.comparison.add_column(settings(self.comparison.columns().len()));
            }
            Step::AddLike(of) => {
                let of = self.column(of);
                let mut past = BTreeMap::new();
                let mut next = self.comparison.tip().map(|tip| tip.0);
                while let Some(round) = next {
                    if let Some(reply) = self.oracle.at(of.0, round) {
                        past.insert(round, reply);
                    }
                    next = self.oracle.parents[round as usize].map(|parent| parent as u32);
                }
                let model = self.comparison.columns().len();
                let id = self.comparison.add_column_like(of, settings(model));
                self.oracle.joined.insert(id.0, past);
            }
            Step::Remove(at) => {
                let id = self.column(at);
                self.comparison.column_mut(id).unwrap().is_removed = true;
            }
            Step::ChangeModel(at) => {
                let id = self.column(at);
                self.comparison.column_mut(id).unwrap().settings = settings(at / 7);
            }
            Step::Ask(mask, quoted) => {
                let (parent, columns) = (self.comparison.tip(), self.of_mask(mask));
                let mut prompt = Prompt::text(format!("prompt {number}"));
                let mut text = String::new();
                let quotable: Vec<_> = self.texts.answers.keys().copied().collect();
                if let Some(at) = quoted.filter(|_| !quotable.is_empty()) {
                    let of = quotable[at % quotable.len()];
                    let quote = "an answer that all shall read".to_owned();
                    text = format!("Somebody\n```\n{quote}\n```\n");
                    prompt.attachments.push(Attachment::Answer {
                        of,
                        by: "Somebody".to_owned(),
                        text: quote,
                    });
                }
                text.push_str(&prompt.text);
                let id = self.comparison.ask(parent, prompt, &columns);
                self.asked(id, parent, text, &columns);
            }
            Step::AskOne(at) => {
                let (parent, columns) = (self.comparison.tip(), [self.column(at)]);
                let text = format!("only to one {number}");
                let id = self.comparison.ask(parent, Prompt::text(text.clone()), &columns);
                self.asked(id, parent, text, &columns);
            }
            Step::Edit(at, mask) => {
                let Some(round) = self.round(at) else { return };
                let parent = self.oracle.parents[round.0 as usize].map(|parent| RoundId(parent as u32));
                let (text, columns) = (format!("edited {number}"), self.of_mask(mask));
                let id = self.comparison.edit(round, Prompt::text(text.clone()), &columns);
                self.asked(id, parent, text, &columns);
            }
            Step::Show(at) => {
                if let Some(round) = self.round(at) {
                    self.comparison.show(round);
                }
            }
            Step::Invite(at, column) => {
                let (Some(round), column) = (self.round(at), self.column(column)) else { return };
                if self.comparison.invite(round, column) {
                    self.oracle.cells.insert((round.0, column.0), OracleCell::default());
                }
            }
            Step::Begin(at, column) => self.begin(at, column, None),
            Step::GoOn(at, column) => {
                let (Some(round), column_id) = (self.round(at), self.column(column)) else { return };
                let Some(cell) = self.oracle.cells.get(&(round.0, column_id.0)) else { return };
                if cell.versions.get(cell.chosen).is_some_and(Option::is_some) {
                    self.begin(at, column, Some(cell.chosen));
                }
            }
            Step::End(at, end) => self.end(at, end),
            Step::Choose(at, column, version) => {
                let (Some(round), column) = (self.round(at), self.column(column)) else { return };
                let Some(cell) = self.oracle.cells.get_mut(&(round.0, column.0)) else { return };
                let version = version % (cell.versions.len() + 1);
                let is_there = version < cell.versions.len();
                let id = ReplyId { round, column, version: version as u32 };
                assert_eq!(self.comparison.choose(id), is_there);
                if is_there {
                    cell.chosen = version;
                }
            }
            Step::Keep(at, column, kept) => {
                let (Some(round), column) = (self.round(at), self.column(column)) else { return };
                let Some(cell) = self.oracle.cells.get_mut(&(round.0, column.0)) else { return };
                cell.kept = (kept % 3) as u8;
                self.comparison.cell_mut(round, column).unwrap().kept = Kept::ALL[kept % 3];
            }
        }
    }

    pub fn begin(&mut self, at: usize, column: usize, continues: Option<usize>) {
        let (Some(round), column) = (self.round(at), self.column(column)) else { return };
        let sent = self.comparison.past(column, round);
        let continues = continues.map(|version| version as u32);
        let id = self.comparison.begin(round, column, sent, continues);
        let Some(cell) = self.oracle.cells.get_mut(&(round.0, column.0)) else {
            assert_eq!(id, None);
            return;
        };
        cell.versions.push(None);
        cell.chosen = cell.versions.len() - 1;
        self.open.push(id.unwrap());
    }

    pub fn end(&mut self, at: usize, end: usize) {
        if self.open.is_empty() {
            return;
        }
        let id = self.open.swap_remove(at % self.open.len());
        let ends = [End::Finished, End::Length, End::Stopped, End::Truncated, End::Failed, End::Cut];
        let kind = ends[end % ends.len()];
        let ReplyId { round, column, version } = id;
        let tag = format!("<c{} r{} v{version}>", column.0, round.0);
        let mut answer = Answer { text: tag.clone(), ..Answer::default() };
        let is_silent = kind == End::Failed || (end / 6).is_multiple_of(5);
        if is_silent {
            answer.text = " \n".to_owned();
        }
        if (end / 30).is_multiple_of(3) {
            answer.tool_calls.push(ToolCall { name: "look".to_owned(), ..ToolCall::default() });
        }
        if (end / 90).is_multiple_of(2) {
            let dialect = Dialect::ALL[end / 180 % Dialect::ALL.len()];
            let json = Json::object(vec![("type", "thinking".into()), ("signature", tag.clone().into())]);
            let item = Opaque { dialect, json: json.into_owned() };
            answer.opaque.push(Placed { after: 3.min(answer.text.len()), item });
        }
        let reply = self.comparison.reply_mut(id).unwrap();
        reply.over(kind, &answer);
        let base = reply.continues;
        self.texts.answers.insert(id, answer);
        let cell = self.oracle.cells.get_mut(&(round.0, column.0)).unwrap();
        let before = base.and_then(|base| cell.versions[base as usize].clone());
        let own = (!is_silent).then_some(tag);
        cell.versions[version as usize] = match (before, own) {
            (None, own) => own,
            // Blanks were said in between.
            (Some(before), None) => Some(before + " \n"),
            (Some(before), Some(own)) => Some(before + &own),
        };
    }

    pub fn messages(&self, column: ColumnId, round: RoundId) -> Result<Vec<Message>, BadRequest> {
        self.request(column, round).map(|request| request.messages)
    }

    pub fn request(&self, column: ColumnId, round: RoundId) -> Result<ChatRequest, BadRequest> {
        let turns = self.comparison.past(column, round);
        self.comparison.request(column, round, &turns, None, &self.texts, None)
    }

    /// All tags that may stand in answers of a column's past.
    pub fn own_tags(&self, column: ColumnId) -> Vec<String> {
        let joined = self.oracle.joined.get(&column.0).into_iter().flat_map(BTreeMap::values).flatten();
        let of = |round: u32, column: u32| format!("<c{column} r{round} ");
        let joined = joined.map(|(round, column, _)| of(*round, *column));
        let own = (0..self.oracle.parents.len()).map(|round| of(round as u32, column.0));
        joined.chain(own).collect()
    }
}

/// No word of another's.
pub fn is_own(messages: &[Message], own: &[String]) -> bool {
    let items = messages.iter().flat_map(|message| &message.parts).filter_map(|part| match part {
        Part::Opaque(item) => Some(item.json.to_text()),
        _ => None,
    });
    let said: String = shown(messages).into_iter().map(|(_, text)| text).chain(items).collect();
    said.match_indices("<c").all(|(at, _)| own.iter().any(|tag| said[at..].starts_with(tag.as_str())))
}
