//! Columns, settings and files of a comparison, as a record; and what a list of comparisons shows of it.

use std::collections::BTreeSet;

use super::{
    fields::{BadRecord, Fields, Why, text_item, whole},
    flag, group, list,
    round::{turn_from_json, turn_to_json},
    versioned, words,
};
use crate::{
    grid::{
        comparison::{
            Column, ColumnId, Comparison, Id, RoundId,
            round::{FileInfo, FileKind},
        },
        saved::{panel_from_json, panel_to_json},
        settings::PanelSettings,
        workspace::MAX_PANELS,
    },
    model::json::{Json, Object},
};

/// The fields that this version knows.
const KNOWN: [&str; 11] = [
    "v",
    "id",
    "name",
    "created_ms",
    "changed_ms",
    "revision",
    "pinned",
    "tip",
    "columns",
    "setups",
    "files",
];
/// Those that were removed count too: a conversation that lasts has had many.
const MAX_COLUMNS: usize = 100_000;
const KNOWN_OF_COLUMN: [&str; 5] = ["id", "settings", "inherited", "removed", "foreign"];

/// All but its rounds, which are records of their own.
pub fn to_json(comparison: &Comparison) -> Json<'static> {
    let columns = comparison.columns.iter().map(column_to_json).collect();
    let setups = comparison.setups.iter().map(|setup| panel_to_json(setup).into_owned()).collect();
    let files = comparison.files.iter().map(file_to_json).collect();
    let fields = vec![
        ("id", comparison.id.to_string().into()),
        ("name", words(&comparison.name)),
        ("created_ms", comparison.created_ms.into()),
        ("changed_ms", comparison.changed_ms.into()),
        ("revision", super::count(comparison.revision)),
        ("pinned", flag(comparison.is_pinned)),
        ("tip", comparison.tip.map_or(Json::Null, |tip| tip.0.into())),
        ("columns", list(columns)),
        ("setups", list(setups)),
        ("files", list(files)),
    ];
    versioned(fields, &comparison.unknown)
}

/// A comparison that still lacks its rounds: see [`with_rounds`](super::round::with_rounds).
///
/// # Errors
/// It is no such record, or of a newer version.
pub fn from_json(record: Json<'static>) -> Result<Comparison, BadRecord> {
    let object = super::migrated(record)?;
    let fields = Fields::new(&object);
    let comparison = Comparison {
        id: fields.must("id", |id| Id::parse(id.as_str()?))?,
        name: fields.text("name")?,
        created_ms: fields.count("created_ms")?,
        changed_ms: fields.count("changed_ms")?,
        revision: fields.count("revision")?,
        is_pinned: fields.flag("pinned")?,
        columns: fields.each("columns", column_from_json)?,
        rounds: Vec::new(),
        setups: fields.each("setups", setup_from_json)?,
        files: fields.each("files", file_from_json)?,
        tip: fields.maybe_small("tip")?.map(RoundId),
        unknown: fields.unknown(&KNOWN),
    };
    let shown = comparison.columns.iter().filter(|column| !column.is_removed).count();
    if shown > MAX_PANELS || comparison.columns.len() > MAX_COLUMNS {
        return Err(BadRecord::from(Why::Wrong).at("columns"));
    }
    let mut seen = BTreeSet::new();
    if let Some(index) = comparison.columns.iter().position(|column| !seen.insert(column.id)) {
        return Err(BadRecord::from(Why::Twice).at("id").at(index).at("columns"));
    }
    Ok(comparison)
}

fn column_to_json(column: &Column) -> Json<'static> {
    let fields = vec![
        ("id", column.id.0.into()),
        ("settings", panel_to_json(&column.settings).into_owned()),
        ("inherited", list(column.inherited.iter().map(turn_to_json).collect())),
        ("removed", flag(column.is_removed)),
        // The settings say it too; versions that knew it of columns only read it here.
        ("foreign", flag(column.settings.is_foreign)),
    ];
    group(fields, &column.unknown)
}

fn column_from_json(json: &Json<'_>) -> Result<Column, BadRecord> {
    let fields = Fields::of(json)?;
    let settings: PanelSettings = fields.must("settings", panel_from_json)?;
    let is_foreign = settings.is_foreign || fields.flag("foreign")?;
    Ok(Column {
        id: ColumnId(fields.must("id", super::fields::small)?),
        settings: PanelSettings { is_foreign, ..settings },
        inherited: fields.each("inherited", turn_from_json)?,
        is_removed: fields.flag("removed")?,
        unknown: fields.unknown(&KNOWN_OF_COLUMN),
    })
}

fn setup_from_json(json: &Json<'_>) -> Result<PanelSettings, BadRecord> {
    panel_from_json(json).ok_or(Why::Wrong.into())
}

fn file_to_json(file: &FileInfo) -> Json<'static> {
    let kind = match file.kind {
        FileKind::Image => "image",
        FileKind::Text => "text",
    };
    let fields = vec![
        ("name", words(&file.name)),
        ("kind", words(kind)),
        ("media_type", words(&file.media_type)),
        ("tokens", super::count(file.tokens)),
    ];
    group(fields, &Object::new())
}

fn file_from_json(json: &Json<'_>) -> Result<FileInfo, BadRecord> {
    let fields = Fields::of(json)?;
    let kind = fields.must("kind", |kind| match kind.as_str()? {
        "image" => Some(FileKind::Image),
        "text" => Some(FileKind::Text),
        _ => None,
    })?;
    let (name, media_type) = (fields.text("name")?, fields.text("media_type")?);
    Ok(FileInfo { name, kind, media_type, tokens: fields.maybe("tokens", tokens)?.unwrap_or_default() })
}

/// A number of tokens that sums of many cannot overflow.
pub(super) fn tokens(json: &Json<'_>) -> Option<u64> {
    whole(json).filter(|tokens| *tokens < 1 << 40)
}

/// What a list of comparisons shows and searches at once, without reading any other record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    pub id: Id,
    pub title: String,
    pub created_ms: u64,
    pub changed_ms: u64,
    pub is_pinned: bool,
    /// A run was cut when the page ended.
    pub was_cut: bool,
    /// The models of its columns, each once.
    pub models: Vec<String>,
    /// What was asked, all branches, up to 20 kB.
    pub prompts: Vec<String>,
}

impl Head {
    /// The most bytes of prompts in a head.
    const LONGEST: usize = 20_000;

    pub fn of(comparison: &Comparison) -> Self {
        let mut models: Vec<String> = Vec::new();
        for column in comparison.columns.iter().filter(|column| !column.is_removed) {
            let model = column.settings.model.trim();
            if !model.is_empty() && models.iter().all(|known| known != model) {
                models.push(model.to_owned());
            }
        }
        let mut room = Self::LONGEST;
        let mut prompts = Vec::new();
        for text in comparison.rounds.iter().map(|round| round.prompt.text.as_str()) {
            let end = text.floor_char_boundary(room.min(text.len()));
            prompts.extend(text.get(..end).filter(|text| !text.is_empty()).map(str::to_owned));
            room -= end;
        }
        Self {
            id: comparison.id,
            title: comparison.title().to_owned(),
            created_ms: comparison.created_ms,
            changed_ms: comparison.changed_ms,
            is_pinned: comparison.is_pinned,
            was_cut: comparison.was_cut(),
            models,
            prompts,
        }
    }

    pub fn to_json(&self) -> Json<'static> {
        let texts = |texts: &[String]| list(texts.iter().map(|text| text.clone().into()).collect());
        let fields = vec![
            ("id", self.id.to_string().into()),
            ("title", words(&self.title)),
            ("created_ms", self.created_ms.into()),
            ("changed_ms", self.changed_ms.into()),
            ("pinned", flag(self.is_pinned)),
            ("cut", flag(self.was_cut)),
            ("models", texts(&self.models)),
            ("prompts", texts(&self.prompts)),
        ];
        versioned(fields, &Object::new())
    }

    /// # Errors
    /// It is no such record, or of a newer version.
    pub fn from_json(record: Json<'static>) -> Result<Self, BadRecord> {
        let object = super::migrated(record)?;
        let fields = Fields::new(&object);
        Ok(Self {
            id: fields.must("id", |id| Id::parse(id.as_str()?))?,
            title: fields.text("title")?,
            created_ms: fields.count("created_ms")?,
            changed_ms: fields.count("changed_ms")?,
            is_pinned: fields.flag("pinned")?,
            was_cut: fields.flag("cut")?,
            models: fields.each("models", text_item)?,
            prompts: fields.each("prompts", text_item)?,
        })
    }
}
