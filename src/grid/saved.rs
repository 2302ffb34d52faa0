//! Panels, sets and models as they are stored: a part of the [`workspace`](super::workspace).
//!
//! What is unset or has its default is not written; what cannot be read is left out.

use super::{
    json::Fields,
    parameter::Parameter,
    settings::{EXTRA_LIMIT, PanelSettings, own_address, row_of},
    workspace::{MAX_PANELS, ModelRef, ModelSet},
};
use crate::model::{
    http::BaseUrl,
    json::{Json, Object},
    provider::Dialect,
};

/// Names, ids and addresses, in bytes.
pub const SHORT: usize = 2000;
/// System prompts and stop sequences, in bytes.
pub const LONG: usize = 1 << 20;

pub fn model_to_json(model: &ModelRef) -> Json<'_> {
    Json::object(vec![("provider", Json::text(&model.provider)), ("model", Json::text(&model.model))])
}

pub fn model_from_json(value: &Json<'_>) -> Option<ModelRef> {
    let fields = Fields::of(value)?;
    Some(ModelRef { provider: fields.text("provider", SHORT)?, model: fields.text("model", SHORT)? })
}

pub fn set_to_json(set: &ModelSet) -> Json<'_> {
    let panels = set.panels.iter().map(panel_to_json).collect();
    Json::object(vec![("name", Json::text(&set.name)), ("panels", Json::List(panels))])
}

pub fn set_from_json(value: &Json<'_>) -> Option<ModelSet> {
    let fields = Fields::of(value)?;
    let name = fields.text("name", SHORT).filter(|name| !name.is_empty())?;
    Some(ModelSet { name, panels: fields.list("panels", MAX_PANELS, panel_from_json) })
}

pub fn panel_to_json(panel: &PanelSettings) -> Json<'_> {
    // An address that is refused may hold a password or a key: it is not kept. The provider's own is
    // not kept either, so that it can change with the catalogue.
    let is_own = panel.base_url == own_address(panel.row()) || BaseUrl::parse(&panel.base_url).is_err();
    let texts = [
        ("provider", &*panel.provider),
        ("dialect", panel.dialect.name()),
        ("model", &panel.model),
        ("base_url", if is_own { "" } else { &panel.base_url }),
        ("system", &panel.system),
        ("extra", &panel.extra),
    ];
    let texts = texts.into_iter().filter(|(_, text)| !text.is_empty());
    let mut fields: Object<'_> = texts.map(|(name, text)| (name, text.into())).collect();
    let mut sampling = Object::new();
    for parameter in Parameter::ALL {
        let text = parameter.read(&panel.sampling);
        if !text.is_empty() {
            sampling.set(parameter.name(), text);
        }
    }
    if !sampling.is_empty() {
        fields.set("sampling", sampling);
    }
    if !panel.enabled {
        fields.set("enabled", false);
    }
    if panel.is_foreign {
        fields.set("foreign", true);
    }
    Json::Object(fields)
}

pub fn panel_from_json(value: &Json<'_>) -> Option<PanelSettings> {
    let fields = Fields::of(value)?;
    let provider = fields.text("provider", SHORT).filter(|id| !id.is_empty())?;
    let dialect = fields.text("dialect", SHORT).and_then(|name| Dialect::from_name(&name));
    let row = row_of(&provider, dialect.unwrap_or(Dialect::OpenaiChat));
    let mut panel = PanelSettings::new(row, &fields.text("model", SHORT).unwrap_or_default());
    panel.provider = provider;
    if let Some(dialect) = dialect.filter(|dialect| row.dialects.contains(dialect)) {
        panel.dialect = dialect;
    }
    if let Some(address) = fields.text("base_url", SHORT).filter(|text| BaseUrl::parse(text).is_ok()) {
        panel.base_url = address;
    }
    panel.system = fields.text("system", LONG).unwrap_or_default();
    panel.extra = fields.text("extra", EXTRA_LIMIT).unwrap_or_default();
    panel.enabled = fields.flag("enabled").unwrap_or(true);
    panel.is_foreign = fields.flag("foreign").unwrap_or(false);
    if let Some(sampling) = fields.object("sampling") {
        for parameter in Parameter::ALL {
            let text = sampling.text(parameter.name(), LONG).unwrap_or_default();
            // A value that is none leaves the parameter unset.
            let _ = parameter.write(&mut panel.sampling, &text);
        }
    }
    Some(panel)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::model::catalog;

    fn read(value: Value) -> Option<PanelSettings> {
        panel_from_json(&Json::read(&value.to_string()).unwrap())
    }

    fn written(settings: &PanelSettings) -> Value {
        serde_json::from_str(&panel_to_json(settings).to_text()).unwrap()
    }

    fn panel(value: Value) -> PanelSettings {
        read(value).unwrap()
    }

    #[test]
    fn every_provider_is_kept_as_it_was_set_up() {
        for row in catalog::all().iter().chain(catalog::custom()).chain([catalog::simulated()]) {
            for dialect in row.dialects.iter().copied() {
                let settings = PanelSettings { dialect, ..PanelSettings::new(row, "m") };
                assert_eq!(panel(written(&settings)), settings, "{}", row.id);
                let elsewhere = PanelSettings { base_url: "HTTPS://My.Host/v1/".to_owned(), ..settings };
                assert_eq!(panel(written(&elsewhere)), elsewhere, "{}", row.id);
            }
        }
    }

    #[test]
    fn what_is_default_is_not_written() {
        let settings = PanelSettings::new(catalog::find("groq").unwrap(), "m");
        let expected = json!({ "provider": "groq", "dialect": "openai_chat", "model": "m" });
        assert_eq!(written(&settings), expected);
    }

    #[test]
    fn a_provider_of_another_version_loses_nothing() {
        let later = json!({
            "provider": "nova", "dialect": "anthropic_messages", "model": "n-1", "system": "Be brief.",
            "sampling": { "seed": "7" }, "enabled": false,
        });
        let settings = panel(later.clone());
        assert_eq!(settings.row().id, "custom-anthropic");
        assert_eq!(written(&settings), later);
        let unknown_dialect = panel(json!({ "provider": "nova", "dialect": "nova_chat" }));
        assert_eq!(
            (&*unknown_dialect.row().id, unknown_dialect.dialect),
            ("custom-openai", Dialect::OpenaiChat)
        );
    }

    #[test]
    fn a_dialect_that_the_provider_does_not_speak_is_not_taken() {
        for dialect in ["gemini", "GEMINI", ""] {
            let settings = panel(json!({ "provider": "anthropic", "dialect": dialect }));
            assert_eq!(settings.dialect, Dialect::AnthropicMessages);
        }
    }

    #[test]
    fn fields_of_the_wrong_kind_are_left_out_one_by_one() {
        let settings = panel(json!({
            "provider": "openai", "dialect": 1, "model": ["m"], "base_url": "ftp://x", "system": null,
            "extra": { "a": 1 }, "enabled": "no", "key": "sk-secret", "headers": { "x": "y" },
            "sampling": { "temperature": 0.5, "top_p": "7", "top_k": "4", "stop": [], "effort": "huge" },
        }));
        let mut expected = PanelSettings::new(catalog::find("openai").unwrap(), "");
        expected.sampling.top_k = Some(4);
        assert_eq!(settings, expected);
        for value in [json!(null), json!([]), json!("openai"), json!({}), json!({ "provider": "" })] {
            assert_eq!(read(value), None);
        }
        assert_eq!(read(json!({ "provider": 7 })), None);
    }

    #[test]
    fn text_that_is_too_long_is_left_out_whole() {
        let settings = |length: usize| {
            let text = "x".repeat(length);
            panel(json!({ "provider": "openai", "model": text, "system": text, "extra": text }))
        };
        assert_eq!(settings(SHORT).model.len(), SHORT);
        let above = settings(SHORT + 1);
        assert_eq!((above.model.len(), above.system.len()), (0, SHORT + 1));
        let far_above = settings(LONG.max(EXTRA_LIMIT) + 1);
        assert_eq!((far_above.system.len(), far_above.extra.len()), (0, 0));
        assert_eq!(read(json!({ "provider": "p".repeat(SHORT + 1) })), None);
    }

    #[test]
    fn numbers_that_are_none_are_not_kept() {
        let mut settings = PanelSettings::new(catalog::simulated(), "m");
        settings.sampling.temperature = Some(f64::NAN);
        settings.sampling.top_p = Some(f64::INFINITY);
        assert_eq!(written(&settings).get("sampling"), None);
    }

    #[test]
    fn an_address_with_a_password_or_a_query_is_not_kept() {
        for address in
            ["https://me:secret@host/v1", "https://host/v1?key=secret", "https://host#secret", "secret"]
        {
            let settings = PanelSettings {
                base_url: address.to_owned(),
                ..PanelSettings::new(catalog::find("custom-openai").unwrap(), "m")
            };
            let saved = written(&settings);
            assert!(!saved.to_string().contains("secret"), "{saved}");
            let read_back = panel(json!({ "provider": "custom-openai", "base_url": address }));
            assert_eq!(read_back.base_url, "");
        }
    }
}
