//! What a reload keeps: panels, sets of models, how the page looks. Never a key.
//!
//! Stored as JSON that begins with a version. What cannot be read is left out, and the rest is read:
//! another version may have written it, or a person.

use super::{
    choices::{SendKey, Theme, View},
    json::{self, Fields},
    saved::{self, SHORT},
    settings::PanelSettings,
};
use crate::model::json::Json;

/// The most panels of a workspace or of a set.
pub const MAX_PANELS: usize = 1000;
pub const MAX_SETS: usize = 200;
pub const MAX_STARRED: usize = 500;
pub const MAX_RECENT: usize = 30;
pub const MAX_PROMPTS: usize = 50;
/// All kept prompts together, in bytes: the browser gives a page about 5 MB for everything.
pub const MAX_PROMPT_BYTES: usize = 200_000;

/// The whole text, in bytes: more than a browser keeps (5 million characters of at most 3 bytes).
const WHOLE: usize = 16 << 20;

#[derive(Clone, Debug, PartialEq)]
pub struct Workspace {
    pub panels: Vec<PanelSettings>,
    pub sets: Vec<ModelSet>,
    pub starred: Vec<ModelRef>,
    /// The latest first.
    pub recent: Vec<ModelRef>,
    pub view: View,
    /// The panel that Tabs and Focus show, counted from 0.
    pub active: usize,
    pub linked_scroll: bool,
    pub send_key: SendKey,
    /// Single keys do something while nobody types.
    pub shortcuts: bool,
    /// More paid calls at once than this are confirmed first.
    pub confirm_above: u32,
    /// The most calls at once to one origin; `None` leaves it to the provider's row.
    pub connections: Option<u16>,
    /// A language tag; `None` takes the browser's.
    pub language: Option<String>,
    pub theme: Theme,
    /// What was asked before, the latest first.
    pub prompts: Vec<String>,
}

/// A model at a provider.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ModelRef {
    pub provider: String,
    pub model: String,
}

/// Panels under a name, to be called up again.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelSet {
    pub name: String,
    pub panels: Vec<PanelSettings>,
}

impl Default for Workspace {
    fn default() -> Self {
        Self {
            panels: Vec::new(),
            sets: Vec::new(),
            starred: Vec::new(),
            recent: Vec::new(),
            view: View::default(),
            active: 0,
            linked_scroll: false,
            send_key: SendKey::default(),
            shortcuts: true,
            confirm_above: 8,
            connections: None,
            language: None,
            theme: Theme::default(),
            prompts: Vec::new(),
        }
    }
}

impl Workspace {
    pub fn to_json(&self) -> String {
        let list = |items: Vec<_>| Json::List(items);
        let mut fields = vec![
            ("version", 1_u32.into()),
            ("panels", list(self.panels.iter().map(saved::panel_to_json).collect())),
            ("sets", list(self.sets.iter().map(saved::set_to_json).collect())),
            ("starred", list(self.starred.iter().map(saved::model_to_json).collect())),
            ("recent", list(self.recent.iter().map(saved::model_to_json).collect())),
            ("view", self.view.name().into()),
            ("active", (self.active as u64).into()),
            ("linked_scroll", self.linked_scroll.into()),
            ("send_key", self.send_key.name().into()),
            ("shortcuts", self.shortcuts.into()),
            ("confirm_above", self.confirm_above.into()),
            ("theme", self.theme.name().into()),
            ("prompts", list(self.prompts.iter().map(|prompt| Json::text(prompt)).collect())),
        ];
        fields.extend(self.connections.map(|connections| ("connections", u32::from(connections).into())));
        fields.extend(self.language.as_deref().map(|language| ("language", language.into())));
        Json::object(fields).to_text()
    }

    /// Never fails: what it cannot read has its default value or is left out.
    pub fn from_json(text: &str) -> Self {
        let default = Self::default();
        let Ok(map) = json::object(text, WHOLE) else { return default };
        let fields = Fields(&map);
        let word = |name: &str| fields.text(name, SHORT);
        let number = |name: &str| fields.number(name);
        let panels = fields.list("panels", MAX_PANELS, saved::panel_from_json);
        let active = number("active").and_then(|active| usize::try_from(active).ok()).unwrap_or_default();
        let mut workspace = Self {
            active: active.min(panels.len().saturating_sub(1)),
            panels,
            sets: unique(fields.list("sets", MAX_SETS, saved::set_from_json), |set| &set.name),
            starred: unique(fields.list("starred", MAX_STARRED, saved::model_from_json), |model| model),
            recent: unique(fields.list("recent", MAX_RECENT, saved::model_from_json), |model| model),
            view: word("view").and_then(|name| View::from_name(&name)).unwrap_or_default(),
            linked_scroll: fields.flag("linked_scroll").unwrap_or(default.linked_scroll),
            send_key: word("send_key").and_then(|name| SendKey::from_name(&name)).unwrap_or_default(),
            shortcuts: fields.flag("shortcuts").unwrap_or(default.shortcuts),
            confirm_above: number("confirm_above")
                .and_then(|number| u32::try_from(number).ok())
                .unwrap_or(default.confirm_above),
            connections: number("connections")
                .and_then(|number| u16::try_from(number).ok())
                .filter(|number| *number > 0),
            language: word("language").filter(|tag| is_language_tag(tag)),
            theme: word("theme").and_then(|name| Theme::from_name(&name)).unwrap_or_default(),
            prompts: Vec::new(),
        };
        let prompts = fields.list("prompts", MAX_PROMPTS, |prompt| prompt.as_str().map(str::to_owned));
        prompts.iter().rev().for_each(|prompt| workspace.remember_prompt(prompt));
        workspace
    }

    /// Puts a prompt before the others. One that was there already moves; the oldest make room.
    pub fn remember_prompt(&mut self, prompt: &str) {
        if prompt.trim().is_empty() || prompt.len() > MAX_PROMPT_BYTES {
            return;
        }
        self.prompts.retain(|earlier| earlier != prompt);
        self.prompts.insert(0, prompt.to_owned());
        let mut bytes = 0;
        let fits = |prompt: &&String| {
            bytes += prompt.len();
            bytes <= MAX_PROMPT_BYTES
        };
        let kept = self.prompts.iter().take(MAX_PROMPTS).take_while(fits).count();
        self.prompts.truncate(kept);
    }

    /// Puts a model before the others that were used.
    pub fn remember_model(&mut self, model: ModelRef) {
        self.recent.retain(|earlier| *earlier != model);
        self.recent.insert(0, model);
        self.recent.truncate(MAX_RECENT);
    }

    /// Stars a model, or takes its star. Says whether it has one now.
    pub fn toggle_star(&mut self, model: &ModelRef) -> bool {
        let before = self.starred.len();
        self.starred.retain(|starred| starred != model);
        let is_new = self.starred.len() == before && before < MAX_STARRED;
        if is_new {
            self.starred.push(model.clone());
        }
        is_new
    }

    /// Keeps the panels under a name; a set of that name is replaced. `false` when the name is empty
    /// or there are too many sets already.
    pub fn save_set(&mut self, name: &str) -> bool {
        let name = name.trim();
        let is_full = self.sets.len() >= MAX_SETS;
        let set = ModelSet { name: name.to_owned(), panels: self.panels.clone() };
        match self.sets.iter_mut().find(|set| set.name == name) {
            Some(earlier) => *earlier = set,
            None if is_full || name.is_empty() || name.len() > SHORT => return false,
            None => self.sets.push(set),
        }
        true
    }
}

/// The first of each: lists on the page are keyed by it.
fn unique<T, K: PartialEq>(list: Vec<T>, key: impl Fn(&T) -> &K) -> Vec<T> {
    let mut kept: Vec<T> = Vec::new();
    for item in list {
        if !kept.iter().any(|earlier| key(earlier) == key(&item)) {
            kept.push(item);
        }
    }
    kept
}

fn is_language_tag(tag: &str) -> bool {
    let is_part = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    tag.len() <= 35 && tag.split('-').all(is_part)
}
