//! One panel's settings, as a person sets them, and the request that they make.

use serde_json::{Map, Value};

use super::json::{self, BadObject};
use crate::model::{
    catalog,
    chat::{ChatRequest, Message, ModelTraits, Sampling},
    http::{BadUrl, BaseUrl},
    provider::{Cors, Dialect, Place, Provider},
};

/// The most bytes of extra JSON.
pub const EXTRA_LIMIT: usize = 1 << 20;

/// What a panel asks, and whom. No key: a key belongs to an origin, not to a panel.
#[derive(Clone, Debug, PartialEq)]
pub struct PanelSettings {
    /// The id of a row of [`catalog`]. One that this version does not know is kept: see
    /// [`PanelSettings::row`].
    pub provider: String,
    pub dialect: Dialect,
    /// Any id may be typed.
    pub model: String,
    /// As typed. Empty means the provider's own address.
    pub base_url: String,
    /// Empty means that none is sent.
    pub system: String,
    pub sampling: Sampling,
    /// A JSON object that is laid over the body of the request, as typed.
    pub extra: String,
    /// It takes part in the next question.
    pub enabled: bool,
}

/// Why a panel cannot ask anything yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadSettings {
    Url(BadUrl),
    /// The provider's address in the catalogue is a placeholder.
    NeedsBaseUrl,
    NeedsModel,
    Extra(BadExtra),
}

/// Why the extra JSON cannot be sent: [`json`](super::json) says what each means.
pub type BadExtra = BadObject;

impl PanelSettings {
    pub fn new(row: &'static Provider, model: &str) -> Self {
        Self {
            provider: row.id.clone().into_owned(),
            dialect: row.dialect(),
            model: model.to_owned(),
            base_url: own_address(row),
            system: String::new(),
            sampling: Sampling::default(),
            extra: String::new(),
            enabled: true,
        }
    }

    /// The provider's row. A provider that this version does not know counts as a server of the
    /// user's own that speaks the same format, at an address still to be filled in: nothing is sent,
    /// and nothing of the settings is lost.
    pub fn row(&self) -> &'static Provider {
        row_of(&self.provider, self.dialect)
    }

    /// The provider at the address that was typed.
    ///
    /// # Errors
    /// The address is no usable one, or still to be filled in.
    pub fn provider(&self) -> Result<Provider, BadSettings> {
        let row = self.row();
        let base_url = match self.base_url.trim() {
            "" => row.base_url.clone(),
            typed => BaseUrl::parse(typed).map_err(BadSettings::Url)?,
        };
        let provider = at_address(row, base_url);
        if provider.needs_base_url() { Err(BadSettings::NeedsBaseUrl) } else { Ok(provider) }
    }

    /// The prompt as a request to this panel's model. `traits` is what a model list tells of it.
    ///
    /// # Errors
    /// No model, or extra JSON that is no object. The address is not looked at.
    pub fn request(&self, prompt: &str, traits: Option<ModelTraits>) -> Result<ChatRequest, BadSettings> {
        let model = self.model.trim();
        if model.is_empty() {
            return Err(BadSettings::NeedsModel);
        }
        Ok(ChatRequest {
            model: model.to_owned(),
            system: (!self.system.trim().is_empty()).then(|| self.system.clone()),
            messages: vec![Message::user(prompt)],
            sampling: self.sampling.clone(),
            traits,
            extra: self.extra().map_err(BadSettings::Extra)?,
            ..ChatRequest::default()
        })
    }

    /// The extra JSON, read. Nothing but blanks is an empty object.
    ///
    /// # Errors
    /// It is no JSON object, or beyond [`EXTRA_LIMIT`].
    pub fn extra(&self) -> Result<Map<String, Value>, BadExtra> {
        match self.extra.trim() {
            "" => Ok(Map::new()),
            // Not trimmed: lines and columns are those of the text that the person sees.
            _ => json::object(&self.extra, EXTRA_LIMIT),
        }
    }

    /// Another provider: address, format and model become its own; what was said and set stays.
    /// An unknown id, or the provider that it is already, changes nothing.
    pub fn choose_provider(&mut self, id: &str) {
        let Some(row) = catalog::find(id).filter(|_| id != self.provider) else { return };
        let model = catalog::known_models(id).first().copied().unwrap_or_default();
        self.provider = row.id.clone().into_owned();
        self.dialect = row.dialect();
        self.model = model.to_owned();
        self.base_url = own_address(row);
    }
}

/// The address that a form begins with; none where the row has only a placeholder.
pub(super) fn own_address(row: &Provider) -> String {
    if row.needs_base_url() { String::new() } else { row.base_url.as_str().to_owned() }
}

pub(super) fn row_of(id: &str, dialect: Dialect) -> &'static Provider {
    let stand_in = || {
        let speaks = |row: &&Provider| row.dialect() == dialect;
        catalog::custom().iter().find(speaks).or_else(|| catalog::custom().first())
    };
    catalog::find(id).or_else(stand_in).unwrap_or_else(catalog::simulated)
}

fn at_address(row: &'static Provider, base_url: BaseUrl) -> Provider {
    let origin = base_url.origin();
    let is_elsewhere = row.place == Place::Cloud && origin != row.base_url.origin();
    let is_local = origin.is_loopback() || origin.is_plain_http();
    Provider {
        base_url,
        place: if is_elsewhere && is_local { Place::Local } else { row.place },
        // What was measured is true of the provider's own host only.
        cors: if is_elsewhere && !row.needs_base_url() { Cors::Unknown } else { row.cors },
        ..row.clone()
    }
}
