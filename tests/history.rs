//! Each column's history is its own, whatever was asked, answered, stopped, edited, joined and removed before.

use std::collections::{BTreeMap, HashMap};

use proptest::{collection::vec, prelude::*};
use tutti::{
    grid::{
        comparison::{
            ColumnId, Comparison, FileId, Id, ReplyId, RoundId, Turn,
            history::{BadRequest, Bodies},
            reply::End,
            round::{Attachment, FileInfo, Kept, Prompt},
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
    wire::encode::encode,
};

/// What a person and the network may do. Numbers choose among what is there.
#[derive(Clone, Debug)]
enum Step {
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

fn step() -> impl Strategy<Value = Step> {
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
struct Texts {
    answers: HashMap<ReplyId, Answer>,
    files: HashMap<FileId, String>,
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
struct Oracle {
    parents: Vec<Option<usize>>,
    prompts: Vec<String>,
    cells: BTreeMap<(u32, u32), OracleCell>,
    /// What a column took over: by round, the cell and version, or only the prompt.
    joined: HashMap<u32, BTreeMap<u32, Option<OraclePlace>>>,
}

/// Round, column, version.
type OraclePlace = (u32, u32, usize);

#[derive(Clone, Default)]
struct OracleCell {
    /// The whole text, `None` while it is still coming or when nothing came.
    versions: Vec<Option<String>>,
    chosen: usize,
    kept: u8,
}

impl Oracle {
    /// The text of what a column says at a round, if it takes part: the reply may be missing.
    fn at(&self, column: u32, round: u32) -> Option<Option<OraclePlace>> {
        match self.cells.get(&(round, column)) {
            Some(cell) if cell.kept == 2 => None,
            Some(cell) if cell.kept == 1 || cell.versions.is_empty() => Some(None),
            Some(cell) => Some(Some((round, column, cell.chosen))),
            None => self.joined.get(&column)?.get(&round).copied(),
        }
    }

    /// Lines of both sides, the same side's neighbours as one.
    fn transcript(&self, column: u32, round: u32) -> Vec<(char, String)> {
        let mut lines = match self.parents[round as usize] {
            Some(parent) => self.past(column, parent as u32),
            None => Vec::new(),
        };
        add(&mut lines, 'U', &self.prompts[round as usize]);
        lines
    }

    fn past(&self, column: u32, round: u32) -> Vec<(char, String)> {
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

fn add(lines: &mut Vec<(char, String)>, side: char, text: &str) {
    match lines.last_mut() {
        Some((last, lines)) if *last == side => {
            lines.push('\n');
            lines.push_str(text);
        }
        _ => lines.push((side, text.to_owned())),
    }
}

fn shown(messages: &[Message]) -> Vec<(char, String)> {
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

struct World {
    comparison: Comparison,
    texts: Texts,
    oracle: Oracle,
    open: Vec<ReplyId>,
}

fn settings(model: usize) -> PanelSettings {
    let rows = ["openai", "anthropic", "google", "mistral", "openrouter", "perplexity", "ollama", "cohere"];
    let row = catalog::find(rows[model % rows.len()]).unwrap();
    PanelSettings::new(row, "m")
}

impl World {
    fn new() -> Self {
        let comparison = Comparison::new(Id(7), 0);
        let mut world =
            Self { comparison, texts: Texts::default(), oracle: Oracle::default(), open: Vec::new() };
        (0..2).for_each(|_| world.take(&Step::Add));
        world
    }

    fn column(&self, at: usize) -> ColumnId {
        let columns = self.comparison.columns();
        columns[at % columns.len()].id
    }

    fn round(&self, at: usize) -> Option<RoundId> {
        let rounds = self.comparison.rounds();
        (!rounds.is_empty()).then(|| rounds[at % rounds.len()].id)
    }

    fn of_mask(&self, mask: u8) -> Vec<ColumnId> {
        let columns = self.comparison.columns().iter().enumerate();
        columns.filter(|(at, _)| mask >> (at % 8) & 1 == 1).map(|(_, column)| column.id).collect()
    }

    fn asked(&mut self, id: Option<RoundId>, parent: Option<RoundId>, text: String, columns: &[ColumnId]) {
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

    fn take(&mut self, step: &Step) {
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

    fn begin(&mut self, at: usize, column: usize, continues: Option<usize>) {
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

    fn end(&mut self, at: usize, end: usize) {
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

    fn messages(&self, column: ColumnId, round: RoundId) -> Result<Vec<Message>, BadRequest> {
        self.request(column, round).map(|request| request.messages)
    }

    fn request(&self, column: ColumnId, round: RoundId) -> Result<ChatRequest, BadRequest> {
        let turns = self.comparison.past(column, round);
        self.comparison.request(column, round, &turns, None, &self.texts, None)
    }

    /// All tags that may stand in answers of a column's past.
    fn own_tags(&self, column: ColumnId) -> Vec<String> {
        let joined = self.oracle.joined.get(&column.0).into_iter().flat_map(BTreeMap::values).flatten();
        let of = |round: u32, column: u32| format!("<c{column} r{round} ");
        let joined = joined.map(|(round, column, _)| of(*round, *column));
        let own = (0..self.oracle.parents.len()).map(|round| of(round as u32, column.0));
        joined.chain(own).collect()
    }
}

/// No word of another's.
fn is_own(messages: &[Message], own: &[String]) -> bool {
    let items = messages.iter().flat_map(|message| &message.parts).filter_map(|part| match part {
        Part::Opaque(item) => Some(item.json.to_text()),
        _ => None,
    });
    let said: String = shown(messages).into_iter().map(|(_, text)| text).chain(items).collect();
    said.match_indices("<c").all(|(at, _)| own.iter().any(|tag| said[at..].starts_with(tag.as_str())))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn each_column_is_sent_its_own_past_and_nothing_else(steps in vec(step(), 1..70)) {
        let mut world = World::new();
        for step in &steps {
            world.take(step);
        }
        for column in world.comparison.columns() {
            let own = world.own_tags(column.id);
            for round in world.comparison.rounds() {
                let messages = world.messages(column.id, round.id);
                if round.cell(column.id).is_none() {
                    prop_assert_eq!(messages, Err(BadRequest::NotAsked));
                    continue;
                }
                let messages = messages.unwrap();
                prop_assert_eq!(shown(&messages), world.oracle.transcript(column.id.0, round.id.0));
                prop_assert!(is_own(&messages, &own), "{:?}", messages);
            }
        }
    }

    /// What any provider refuses: two turns of one side in a row, an answer before the first question, an
    /// empty turn, a call without its result.
    #[test]
    fn every_request_is_one_that_providers_take(steps in vec(step(), 1..50)) {
        let mut world = World::new();
        steps.iter().for_each(|step| world.take(step));
        for (column, round) in world.comparison.columns().iter().flat_map(|column| {
            world.comparison.rounds().iter().map(|round| (column.id, round.id))
        }) {
            let Ok(mut request) = world.request(column, round) else { continue };
            request.model = "m".to_owned();
            for row in catalog::all() {
                let Ok(encoded) = encode(row, row.dialect(), None, &request) else { continue };
                let body = encoded.request.body.unwrap();
                for call in ["tool_calls", "tool_use", "functionCall", "function_call"] {
                    prop_assert!(!body.contains(call), "{}: {}", row.id, body);
                }
                let json = Json::read(&body).unwrap();
                let list = ["messages", "contents", "input"].into_iter().find_map(|name| json.get(name)).unwrap();
                let roles: Vec<_> = list.items().iter().filter_map(|it| it.at("role").as_str()).collect();
                let is_users = |role: &str| role == "user";
                prop_assert!(roles.first().copied().is_some_and(is_users), "{}: {}", row.id, body);
                prop_assert!(roles.last().copied().is_some_and(is_users), "{}: {}", row.id, body);
                // Items of one answer stand side by side in Responses.
                let pairs = roles.windows(2).filter(|pair| pair[0] == pair[1] && (is_users(pair[0]) || row.dialect() != Dialect::OpenaiResponses));
                prop_assert_eq!(pairs.count(), 0, "{}: {}", row.id, body);
                for empty in [r#""content":"""#, r#""content":[]"#, r#""parts":[]"#] {
                    prop_assert!(!body.contains(empty), "{}: {}", row.id, body);
                }
            }
        }
    }

    #[test]
    fn what_was_sent_can_be_told_later(steps in vec(step(), 1..40), later in vec(step(), 1..30)) {
        let mut world = World::new();
        steps.iter().for_each(|step| world.take(step));
        let mut sent = Vec::new();
        for column in 0..world.comparison.columns().len() {
            for round in world.comparison.rounds().to_vec() {
                let id = world.column(column);
                let Ok(request) = world.request(id, round.id) else { continue };
                let turns = world.comparison.past(id, round.id);
                // What is still coming may end later.
                let is_open = |turn: &Turn| turn.reply.is_some_and(|id| world.open.contains(&id));
                if turns.iter().any(is_open) {
                    continue;
                }
                let reply = world.comparison.begin(round.id, id, turns, None).unwrap();
                world.oracle.cells.get_mut(&(round.id.0, id.0)).unwrap().versions.push(None);
                let cell = world.oracle.cells.get_mut(&(round.id.0, id.0)).unwrap();
                cell.chosen = cell.versions.len() - 1;
                sent.push((reply, request));
            }
        }
        later.iter().for_each(|step| world.take(step));
        for (reply, request) in sent {
            prop_assert_eq!(world.comparison.request_of(reply, &world.texts), Ok(request));
        }
    }
}

#[test]
fn a_mix_would_be_seen() {
    let own = ["<c1 r0 ".to_owned()];
    assert!(is_own(&[Message::assistant("<c1 r0 v0>")], &own));
    assert!(!is_own(&[Message::assistant("<c1 r0 v0><c2 r0 v0>")], &own));
    assert!(!is_own(&[Message::assistant("<c1 r1 v0>")], &own));
}

/// A comparison of one column, asked and answered.
fn talk(model: &str, answers: &[Answer]) -> (World, ColumnId) {
    let mut world = World {
        comparison: Comparison::new(Id(1), 0),
        texts: Texts::default(),
        oracle: Oracle::default(),
        open: Vec::new(),
    };
    let row = catalog::find(model).unwrap();
    let column = world.comparison.add_column(PanelSettings::new(row, "m"));
    for (number, answer) in answers.iter().enumerate() {
        let tip = world.comparison.tip();
        let round = world.comparison.ask(tip, Prompt::text(format!("p{number}")), &[column]).unwrap();
        let sent = world.comparison.past(column, round);
        let id = world.comparison.begin(round, column, sent, None).unwrap();
        world.comparison.reply_mut(id).unwrap().over(End::Finished, answer);
        world.texts.answers.insert(id, answer.clone());
    }
    let tip = world.comparison.tip();
    world.comparison.ask(tip, Prompt::text("last"), &[column]);
    (world, column)
}

fn signed() -> Answer {
    let json = Json::object(vec![("type", "thinking".into()), ("signature", "s".into())]).into_owned();
    let item = Opaque { dialect: Dialect::AnthropicMessages, json };
    Answer {
        text: "one, two".to_owned(),
        reasoning: vec!["hm".to_owned()],
        opaque: vec![
            Placed { after: 0, item: item.clone() },
            Placed { after: 4, item: item.clone() },
            Placed { after: 4, item },
        ],
        ..Answer::default()
    }
}

fn kinds(messages: &[Message]) -> Vec<String> {
    let kind = |part: &Part| match part {
        Part::Text(text) => text.clone(),
        Part::Reasoning(_) => "(thought)".to_owned(),
        Part::Opaque(_) => "(item)".to_owned(),
        other => format!("{other:?}"),
    };
    messages.iter().map(|message| message.parts.iter().map(kind).collect::<Vec<_>>().join("|")).collect()
}

#[test]
fn signed_thoughts_go_back_to_their_place_and_to_their_model_only() {
    let (mut world, column) = talk("anthropic", &[signed()]);
    let tip = world.comparison.tip().unwrap();
    let sent = |world: &World| kinds(&world.messages(column, tip).unwrap());
    assert_eq!(sent(&world), ["p0", "(thought)|(item)|one,|(item)|(item)| two", "last"]);
    world.comparison.column_mut(column).unwrap().settings.model = "another".to_owned();
    assert_eq!(sent(&world), ["p0", "one, two", "last"]);
    let settings = &mut world.comparison.column_mut(column).unwrap().settings;
    settings.model = "m ".to_owned();
    let address = std::mem::replace(&mut settings.base_url, "https://proxy.example".to_owned());
    assert_eq!(sent(&world), ["p0", "one, two", "last"]);
    world.comparison.column_mut(column).unwrap().settings.base_url = address;
    assert_eq!(sent(&world).len(), 3);
    assert_ne!(sent(&world)[1], "one, two");
    world.comparison.column_mut(column).unwrap().settings.extra = "{\"tools\": []}".to_owned();
    assert_eq!(sent(&world), ["p0", "one, two", "last"]);
    world.comparison.column_mut(column).unwrap().settings.extra.clear();
    let id = ReplyId { round: RoundId(0), column, version: 0 };
    world.comparison.reply_mut(id).unwrap().end = End::Stopped;
    assert_eq!(sent(&world), ["p0", "one, two", "last"]);
}

#[test]
fn an_answer_of_calls_alone_counts_as_none() {
    let call = ToolCall { id: "c".to_owned(), name: "look".to_owned(), arguments: "{}".to_owned() };
    let silent = Answer { tool_calls: vec![call.clone()], text: "\n".to_owned(), ..Answer::default() };
    let both = Answer { tool_calls: vec![call], ..signed() };
    let (world, column) = talk("anthropic", &[silent, both]);
    let messages = world.messages(column, world.comparison.tip().unwrap()).unwrap();
    assert_eq!(kinds(&messages), ["p0|p1", "one, two", "last"]);
}

#[test]
fn a_partial_answer_is_gone_on_with_in_both_ways() {
    let (mut world, column) = talk("mistral", &[Answer { text: "half an".to_owned(), ..Answer::default() }]);
    let first = ReplyId { round: RoundId(0), column, version: 0 };
    world.comparison.reply_mut(first).unwrap().end = End::Stopped;
    // By a turn that a person sees.
    let more = Prompt { is_continuation: true, ..Prompt::text("Go on.") };
    let round = world.comparison.edit(RoundId(1), more, &[column]).unwrap();
    assert_eq!(kinds(&world.messages(column, round).unwrap()), ["p0", "half an", "Go on."]);
    // In the middle, where the host takes that.
    let request = world.comparison.request(column, RoundId(0), &[], Some(0), &world.texts, None).unwrap();
    assert_eq!(kinds(&request.messages), ["p0", "half an"]);
    let second = world.comparison.begin(RoundId(0), column, Vec::new(), Some(0)).unwrap();
    let rest = Answer { text: " answer".to_owned(), ..Answer::default() };
    world.comparison.reply_mut(second).unwrap().over(End::Finished, &rest);
    world.texts.answers.insert(second, rest);
    assert_eq!(world.comparison.versions(second), [first, second]);
    assert_eq!(kinds(&world.messages(column, round).unwrap()), ["p0", "half an answer", "Go on."]);
    assert_eq!(
        kinds(&world.comparison.request_of(second, &world.texts).unwrap().messages),
        ["p0", "half an"]
    );
}

#[test]
fn nothing_is_sent_with_a_hole_in_it() {
    let (mut world, column) = talk("openai", &[signed()]);
    let info = FileInfo::text("notes.md", "text/markdown", "``` is a fence");
    let file = world.comparison.add_file(info).unwrap();
    let prompt = Prompt { attachments: vec![Attachment::File(file)], ..Prompt::text("Read.") };
    let tip = world.comparison.tip();
    let round = world.comparison.ask(tip, prompt, &[column]).unwrap();
    assert_eq!(world.messages(column, round), Err(BadRequest::File(file)));
    world.texts.files.insert(file, "``` is a fence".to_owned());
    let sent = kinds(&world.messages(column, round).unwrap());
    assert_eq!(sent.last().unwrap(), "last|notes.md\n````\n``` is a fence\n````|Read.");
    let answers = std::mem::take(&mut world.texts.answers);
    let missing = ReplyId { round: RoundId(0), column, version: 0 };
    assert_eq!(world.messages(column, round), Err(BadRequest::Answer(missing)));
    world.texts.answers = answers;
    world.comparison.column_mut(column).unwrap().is_foreign = true;
    assert_eq!(world.messages(column, round), Err(BadRequest::Foreign));
}

#[test]
fn a_winner_is_one_of_a_round() {
    let (mut world, column) = talk("openai", &[signed(), signed()]);
    let id = |round, version| ReplyId { round: RoundId(round), column, version };
    world.comparison.begin(RoundId(0), column, Vec::new(), None).unwrap();
    let winners = |world: &World| {
        [id(0, 0), id(0, 1), id(1, 0)].map(|id| world.comparison.reply(id).unwrap().is_winner)
    };
    world.comparison.pick(id(0, 0));
    world.comparison.pick(id(1, 0));
    assert_eq!(winners(&world), [true, false, true]);
    world.comparison.pick(id(0, 1));
    assert_eq!(winners(&world), [false, true, true]);
    world.comparison.pick(id(0, 1));
    assert_eq!(winners(&world), [false, false, true]);
}

#[test]
fn the_title_is_what_was_asked_first_until_somebody_names_it() {
    let mut comparison = Comparison::new(Id(1), 0);
    assert_eq!(comparison.title(), "");
    comparison.ask(None, Prompt::text(format!("\n  {}\nmore", "하".repeat(100))), &[]);
    assert_eq!(comparison.title(), "하".repeat(80));
    comparison.name = "Mine".to_owned();
    assert_eq!(comparison.title(), "Mine");
}

#[test]
fn branches_are_shown_and_kept() {
    let mut comparison = Comparison::new(Id(1), 0);
    let column = comparison.add_column(settings(0));
    let mut ask = |parent| comparison.ask(parent, Prompt::text("x"), &[column]).unwrap();
    let a = ask(None);
    let b = ask(Some(a));
    let c = ask(Some(b));
    let other = comparison.edit(b, Prompt::text("y"), &[column]).unwrap();
    assert_eq!(comparison.path(comparison.tip()), [a, other]);
    assert_eq!(comparison.branches(other), [b, other]);
    comparison.show(b);
    assert_eq!(comparison.path(comparison.tip()), [a, b, c]);
    assert_eq!(comparison.branches(a), [a]);
    assert_eq!(comparison.ask(Some(RoundId(9)), Prompt::text("z"), &[column]), None);
}

#[test]
fn the_load_of_a_request_is_a_sum_of_what_is_known() {
    let (mut world, column) = talk("openai", &[signed(), signed()]);
    world.comparison.column_mut(column).unwrap().settings.system = "Be brief.".to_owned();
    let turns = world.comparison.turns(column, Some(RoundId(1)));
    let load = world.comparison.load(column, &turns, 100);
    // "p0" is one token, "one, two" two; each message four more.
    assert_eq!((load.system, load.turns, load.prompt), (3 + 4, vec![1 + 2 + 8; 2], 104));
    let read = world.comparison.reply(turns[0].reply.unwrap()).unwrap().tokens;
    assert_eq!(read, 2);
}

/// The messages of a follow-up, as they go out: after an answer with those items among its words.
fn sent_back(provider: &str, dialect: Dialect, items: &[(usize, &str)]) -> String {
    let item = |(after, json): &(usize, &str)| {
        let json = Json::read(json).unwrap().into_owned();
        Placed { after: *after, item: Opaque { dialect, json } }
    };
    let answer = Answer {
        text: "one two".to_owned(),
        reasoning: vec!["hm".to_owned()],
        opaque: items.iter().map(item).collect(),
        ..Answer::default()
    };
    let (mut world, column) = talk(provider, &[answer]);
    let settings = &mut world.comparison.column_mut(column).unwrap().settings;
    settings.dialect = dialect;
    world.comparison.begin(RoundId(0), column, Vec::new(), None);
    let again = ReplyId { round: RoundId(0), column, version: 1 };
    let first = world.texts.answers[&ReplyId { version: 0, ..again }].clone();
    world.comparison.reply_mut(again).unwrap().over(End::Finished, &first);
    world.texts.answers.insert(again, first);
    let request = world.request(column, world.comparison.tip().unwrap()).unwrap();
    let encoded = encode(catalog::find(provider).unwrap(), dialect, None, &request).unwrap();
    let body = Json::read(&encoded.request.body.unwrap()).unwrap().into_owned();
    let list = ["messages", "contents", "input"].into_iter().find_map(|name| body.get(name)).unwrap();
    // The prompts around it are as ever.
    let [_, answer @ .., _] = list.items() else { panic!("{body}") };
    answer.iter().map(Json::to_text).collect::<Vec<_>>().join("\n")
}

/// WIRE.md, by dialect: Anthropic's signed blocks verbatim and in their place, OpenAI's encrypted reasoning
/// before what followed it, Google's signature on its part, OpenRouter's list as it came; thoughts of others
/// do not go back.
#[test]
fn what_a_provider_must_get_back_goes_back_in_its_form() {
    let check = |provider: &str, dialect, items: &[(usize, &str)], expected: &str| {
        assert_eq!(sent_back(provider, dialect, items), expected, "{provider}");
    };
    check(
        "anthropic",
        Dialect::AnthropicMessages,
        &[
            (0, r#"{"type":"thinking","thinking":"a","signature":"s1"}"#),
            (3, r#"{"type":"redacted_thinking","data":"d"}"#),
        ],
        concat!(
            r#"{"role":"assistant","content":[{"type":"thinking","thinking":"a","signature":"s1"},"#,
            r#"{"type":"text","text":"one"},{"type":"redacted_thinking","data":"d"},"#,
            r#"{"type":"text","text":" two"}]}"#
        ),
    );
    check(
        "openai",
        Dialect::OpenaiResponses,
        &[(0, r#"{"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"e"}"#)],
        concat!(
            r#"{"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"e"}"#,
            "\n",
            r#"{"role":"assistant","content":[{"type":"output_text","text":"one two"}]}"#
        ),
    );
    check(
        "google",
        Dialect::Gemini,
        &[(7, r#"{"text":"","thoughtSignature":"s"}"#)],
        r#"{"role":"model","parts":[{"text":"one two"},{"text":"","thoughtSignature":"s"}]}"#,
    );
    check(
        "openrouter",
        Dialect::OpenaiChat,
        &[(7, r#"{"reasoning_details":[{"type":"reasoning.encrypted","data":"d"}]}"#)],
        concat!(
            r#"{"role":"assistant","content":"one two","#,
            r#""reasoning_details":[{"type":"reasoning.encrypted","data":"d"}]}"#
        ),
    );
    for (provider, dialect) in [
        ("deepseek", Dialect::OpenaiChat),
        ("mistral", Dialect::Mistral),
        ("cohere", Dialect::CohereV2),
        ("ollama", Dialect::OllamaChat),
    ] {
        check(provider, dialect, &[], r#"{"role":"assistant","content":"one two"}"#);
    }
}
