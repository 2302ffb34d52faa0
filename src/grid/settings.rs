//! One panel's settings, as a person sets them, and the request that they make.

use super::json::{self, BadObject};
use crate::model::{
    catalog,
    chat::{ChatRequest, Effort, Message, ModelTraits, Sampling},
    http::{BadUrl, BaseUrl},
    json::Object,
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
    /// It came with an import: while it names an address or extra JSON of its own, nothing is asked with it
    /// before a person allows that or types another address. Goes along wherever the settings go; never exported.
    pub is_foreign: bool,
}

/// Why a panel cannot ask anything yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadSettings {
    Url(BadUrl),
    /// The provider's address in the catalogue is a placeholder.
    NeedsBaseUrl,
    NeedsModel,
    Extra(BadExtra),
    /// It came with an import, and was not allowed to ask yet.
    Foreign,
}

/// Why the extra JSON cannot be sent.
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
            is_foreign: false,
        }
    }

    /// The provider's row. A provider that this version does not know counts as a server of the
    /// user's own that speaks the same format, at an address still to be filled in: nothing is sent,
    /// and nothing of the settings is lost.
    pub fn row(&self) -> &'static Provider {
        row_of(&self.provider, self.dialect)
    }

    /// The provider at the address that was typed. Whatever is asked of a server, questions and lists of models,
    /// is asked of what this gives.
    ///
    /// # Errors
    /// The address is no usable one, still to be filled in, or came with an import and is not allowed yet.
    pub fn provider(&self) -> Result<Provider, BadSettings> {
        if self.is_barred() {
            return Err(BadSettings::Foreign);
        }
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
    /// No model, extra JSON that is no object, or an import that is not allowed yet. The address is not looked at.
    pub fn request(&self, prompt: &str, traits: Option<ModelTraits>) -> Result<ChatRequest, BadSettings> {
        if self.is_barred() {
            return Err(BadSettings::Foreign);
        }
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

    /// Whether its host goes on with an answer whose beginning it is sent: not where the model shall think.
    pub fn takes_prefill(&self) -> bool {
        self.row().quirks.prefill && self.sampling.effort.is_none_or(|effort| effort == Effort::Off)
    }

    /// The extra JSON, read. Nothing but blanks is an empty object.
    ///
    /// # Errors
    /// It is no JSON object, or beyond [`EXTRA_LIMIT`].
    pub fn extra(&self) -> Result<Object<'static>, BadExtra> {
        match self.extra.trim() {
            "" => Ok(Object::new()),
            // Not trimmed: lines and columns are those of the text that the person sees.
            _ => json::object(&self.extra, EXTRA_LIMIT).map(Object::into_owned),
        }
    }

    /// The address, if it is not the one that the catalogue has for the provider.
    pub fn foreign_address(&self) -> Option<&str> {
        let address = self.base_url.trim();
        (!address.is_empty() && address != own_address(self.row())).then_some(address)
    }

    /// It would send a prompt to an address, or with JSON, that only these settings name. Whoever takes
    /// settings over from a stranger asks first.
    pub fn brings_its_own(&self) -> bool {
        self.foreign_address().is_some() || !self.extra.trim().is_empty()
    }

    /// Nothing may be asked with it before a person allows it.
    pub fn is_barred(&self) -> bool {
        self.is_foreign && self.brings_its_own()
    }

    /// The address as a person types it: one at another host is theirs.
    pub fn type_address(&mut self, text: String) {
        let host = |text: &str| BaseUrl::parse(text.trim()).ok().map(|url| url.origin());
        let is_theirs = self.extra.trim().is_empty() && host(&text) != host(&self.base_url);
        self.settle();
        self.is_foreign &= !is_theirs;
        self.base_url = text;
    }

    /// Before a person changes what is sent: if nothing of an import is left, what they add is theirs.
    pub fn settle(&mut self) {
        self.is_foreign = self.is_barred();
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

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(id: &str) -> PanelSettings {
        PanelSettings::new(catalog::find(id).unwrap(), "m")
    }

    fn at(id: &str, address: &str) -> Result<Provider, BadSettings> {
        PanelSettings { base_url: address.to_owned(), ..settings(id) }.provider()
    }

    #[test]
    fn a_new_panel_asks_its_provider_as_the_catalogue_has_it() {
        for row in catalog::all().iter().chain(catalog::custom()).chain([catalog::simulated()]) {
            let settings = PanelSettings::new(row, "m");
            assert_eq!(settings.row(), row);
            let expected =
                if row.needs_base_url() { Err(BadSettings::NeedsBaseUrl) } else { Ok(row.clone()) };
            assert_eq!(settings.provider(), expected, "{}", row.id);
            assert_eq!(settings.base_url.is_empty(), row.needs_base_url(), "{}", row.id);
            let request = settings.request("Hi", None).unwrap();
            let plain = ChatRequest {
                model: "m".to_owned(),
                messages: vec![Message::user("Hi")],
                ..ChatRequest::default()
            };
            assert_eq!(request, plain, "{}", row.id);
        }
    }

    #[test]
    fn an_address_is_used_as_typed_or_refused() {
        let url = |id, address| at(id, address).map(|provider| provider.base_url.as_str().to_owned());
        assert_eq!(url("openai", " HTTPS://Proxy.Example/v1/ "), Ok("https://proxy.example/v1".to_owned()));
        assert_eq!(url("openai", "  "), Ok("https://api.openai.com/v1".to_owned()));
        assert_eq!(url("openai", "proxy.example"), Err(BadSettings::Url(BadUrl::Scheme)));
        assert_eq!(url("openai", "https://me:pw@x.example"), Err(BadSettings::Url(BadUrl::UserInfo)));
        assert_eq!(url("custom-openai", ""), Err(BadSettings::NeedsBaseUrl));
        assert_eq!(url("custom-openai", "https://your-server.invalid/v1"), Err(BadSettings::NeedsBaseUrl));
        assert_eq!(url("azure", "https://r.openai.azure.com"), Ok("https://r.openai.azure.com".to_owned()));
    }

    #[test]
    fn a_server_of_ones_own_is_what_the_catalogue_makes_of_it() {
        for address in
            ["https://models.example.com/v1", "http://192.168.1.4:8000/v1", "https://localhost:8443"]
        {
            let base = || BaseUrl::parse(address).unwrap();
            assert_eq!(at("custom-openai", address), Ok(catalog::custom_openai(base())));
            assert_eq!(at("custom-anthropic", address), Ok(catalog::custom_anthropic(base())));
            assert_eq!(at("custom-ollama", address), Ok(catalog::custom_ollama(base())));
        }
    }

    #[test]
    fn what_was_measured_of_a_host_is_not_claimed_of_another() {
        let check = |id, address, place, cors| {
            let provider = at(id, address).unwrap();
            assert_eq!((provider.place, provider.cors), (place, cors), "{id} at {address}");
        };
        check("openai", "https://api.openai.com/v2", Place::Cloud, Cors::Yes);
        check("openai", "https://proxy.example", Place::Cloud, Cors::Unknown);
        check("openai", "http://localhost:4000", Place::Local, Cors::Unknown);
        check("azure", "https://r.openai.azure.com", Place::Cloud, Cors::Yes);
        check("ollama", "http://192.168.0.9:11434", Place::Local, Cors::NeedsSetting("OLLAMA_ORIGINS"));
        check("vllm", "https://gpu.example", Place::Local, Cors::Yes);
    }

    #[test]
    fn a_request_says_what_was_set_and_nothing_else() {
        let traits = ModelTraits { max_output: Some(9), ..ModelTraits::default() };
        let panel = PanelSettings {
            model: " gpt-5.5\n".to_owned(),
            system: " Be brief. ".to_owned(),
            sampling: Sampling { seed: Some(7), ..Sampling::default() },
            extra: " {\"logprobs\": true}\n".to_owned(),
            ..settings("openai")
        };
        let request = panel.request(" keep my blanks ", Some(traits.clone())).unwrap();
        assert_eq!(request.model, "gpt-5.5");
        assert_eq!(request.system.as_deref(), Some(" Be brief. "));
        assert_eq!(request.messages, [Message::user(" keep my blanks ")]);
        assert_eq!(request.sampling.seed, Some(7));
        assert_eq!(request.traits, Some(traits));
        assert_eq!(request.extra.to_text(), r#"{"logprobs":true}"#);
        let blank = PanelSettings { system: " \n".to_owned(), ..panel };
        assert_eq!(blank.request("x", None).unwrap().system, None);
    }

    #[test]
    fn what_cannot_be_asked_says_why() {
        let check = |model: &str, extra: &str, expected| {
            let panel =
                PanelSettings { model: model.to_owned(), extra: extra.to_owned(), ..settings("groq") };
            assert_eq!(panel.request("Hi", None).map(|_| ()), expected, "{model} {extra}");
        };
        let bad = |extra| Err(BadSettings::Extra(extra));
        check(" ", "", Err(BadSettings::NeedsModel));
        check("m", " \n ", Ok(()));
        check("m", "{}", Ok(()));
        check("m", "\n  {\"a\": }", bad(BadExtra::Syntax { line: 2, column: 9 }));
        check("m", "{\"a\": NaN}", bad(BadExtra::Syntax { line: 1, column: 7 }));
        check("m", "[1]", bad(BadExtra::NotAnObject));
        check("m", "true", bad(BadExtra::NotAnObject));
        check("m", &format!("{{\"a\": {}1{}}}", "[".repeat(64), "]".repeat(64)), bad(BadExtra::TooDeep));
        check("m", &format!("{{\"a\": {}1{}}}", "[".repeat(63), "]".repeat(63)), Ok(()));
        check("m", &format!("{{\"a\": \"{}\"}}", "x".repeat(EXTRA_LIMIT)), bad(BadExtra::TooLarge));
    }

    #[test]
    fn another_provider_brings_its_own_address_format_and_model() {
        let mut panel = PanelSettings {
            system: "Be brief.".to_owned(),
            extra: "{}".to_owned(),
            enabled: false,
            base_url: "https://proxy.example".to_owned(),
            ..settings("openai")
        };
        let before = panel.clone();
        panel.choose_provider("nobody");
        panel.choose_provider("openai");
        assert_eq!(panel, before);
        panel.choose_provider("anthropic");
        let row = catalog::find("anthropic").unwrap();
        let model = catalog::known_models("anthropic")[0];
        let expected = PanelSettings {
            system: "Be brief.".to_owned(),
            extra: "{}".to_owned(),
            enabled: false,
            ..PanelSettings::new(row, model)
        };
        assert_eq!(panel, expected);
        panel.choose_provider("azure");
        assert_eq!((&*panel.model, &*panel.base_url), ("", ""));
    }

    #[test]
    fn what_came_with_an_import_asks_nothing_before_somebody_wants_it() {
        let openai = settings("openai");
        let foreign = |base_url: &str, extra: &str| PanelSettings {
            base_url: base_url.to_owned(),
            extra: extra.to_owned(),
            is_foreign: true,
            ..settings("openai")
        };
        let is_barred = |settings: &PanelSettings| {
            let is_refused = settings.provider() == Err(BadSettings::Foreign);
            assert_eq!(settings.request("Hi", None) == Err(BadSettings::Foreign), is_refused);
            is_refused
        };
        let evil = "https://evil.example/v1";
        assert!(is_barred(&foreign(evil, "")) && is_barred(&foreign(&openai.base_url, "{\"tools\":[]}")));
        // It names nothing that the catalogue does not.
        assert!(!is_barred(&foreign(&openai.base_url, " ")));
        let mut allowed = foreign(evil, "{}");
        allowed.is_foreign = false;
        assert!(!is_barred(&allowed));

        let typed = |from: &PanelSettings, address: &str| {
            let mut settings = from.clone();
            settings.type_address(address.to_owned());
            is_barred(&settings)
        };
        assert!(typed(&foreign(evil, ""), "https://evil.example/v2"));
        assert!(!typed(&foreign(evil, ""), "https://mine.example/v1"));
        assert!(typed(&foreign(evil, "{\"a\":1}"), "https://mine.example/v1"));

        // Another provider and back: the address comes back, and is as foreign.
        let mut panel = foreign(evil, "");
        panel.choose_provider("anthropic");
        assert!(!is_barred(&panel));
        let own = |panel: &PanelSettings| {
            let mut panel = panel.clone();
            panel.settle();
            panel.extra = "{\"a\":1}".to_owned();
            is_barred(&panel)
        };
        assert!(!own(&panel) && own(&foreign(evil, "")));
        panel.base_url = evil.to_owned();
        assert!(is_barred(&panel));
    }

    #[test]
    fn an_unknown_provider_sends_nothing_until_it_has_an_address() {
        let mut panel =
            PanelSettings { provider: "nova".to_owned(), base_url: String::new(), ..settings("ollama") };
        assert_eq!((&*panel.row().id, panel.provider()), ("custom-ollama", Err(BadSettings::NeedsBaseUrl)));
        panel.base_url = "https://nova.example".to_owned();
        assert_eq!(panel.provider().unwrap().cors, Cors::Unknown);
    }
}
