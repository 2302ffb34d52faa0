//! What providers' lists have told of models: a list is only fetched when somebody chooses from it, and after a
//! reload nobody has.

use super::settings::PanelSettings;
use crate::model::listing::{ModelInfo, Price};

/// The most models that are remembered.
const MOST: usize = 200;

/// What is known, the latest first: a line of text each, its fields between tabs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Told(Vec<(String, ModelInfo)>);

impl Told {
    /// What cannot be read is left out.
    pub fn from_text(text: &str) -> Self {
        Self(text.lines().filter_map(read).take(MOST).collect())
    }

    pub fn to_text(&self) -> String {
        self.0.iter().map(|(of, info)| [of, "\t", &write(info), "\n"].concat()).collect()
    }

    /// What changes requests and what is said of them: neither the model's name nor what it is for.
    pub fn of(&self, settings: &PanelSettings) -> Option<&ModelInfo> {
        let name = name(settings)?;
        self.0.iter().find(|(of, _)| *of == name).map(|(_, info)| info)
    }

    /// Whether that is news.
    pub fn learn(&mut self, settings: &PanelSettings, info: &ModelInfo) -> bool {
        let info = ModelInfo { id: settings.model.trim().to_owned(), name: None, chat: None, ..info.clone() };
        let says_nothing = ModelInfo { id: info.id.clone(), ..ModelInfo::default() } == info;
        let Some(name) = name(settings).filter(|_| !says_nothing) else { return false };
        if self.of(settings) == Some(&info) {
            return false;
        }
        self.0.retain(|(of, _)| *of != name);
        self.0.insert(0, (name, info));
        self.0.truncate(MOST);
        true
    }
}

/// The same model at another address may be served with other limits.
fn name(settings: &PanelSettings) -> Option<String> {
    let address = settings.foreign_address().unwrap_or_default();
    let fields = [settings.provider.trim(), settings.model.trim(), address];
    let is_plain = fields.iter().all(|field| !field.contains(['\t', '\n', '\r']));
    is_plain.then(|| fields.join("\t"))
}

/// Tokens of the window, tokens of an answer, a letter for each thing that it does or does not, dollars.
fn write(info: &ModelInfo) -> String {
    let letter = |does: Option<bool>| match does {
        Some(true) => 'y',
        Some(false) => 'n',
        None => '-',
    };
    let dollars = |amount: Option<f64>| amount.map(|amount| amount.to_string()).unwrap_or_default();
    let price = info.price.map(|price| {
        [Some(price.input), Some(price.output), price.cache_read, price.cache_write].map(dollars).join(" ")
    });
    let fields = [
        info.context.unwrap_or_default().to_string(),
        info.max_output.unwrap_or_default().to_string(),
        [info.images, info.reasoning, info.adaptive_thinking].map(letter).iter().collect(),
        price.unwrap_or_default(),
    ];
    fields.join("\t")
}

/// An earlier version wrote no more than the window.
fn read(line: &str) -> Option<(String, ModelInfo)> {
    let mut fields = line.split('\t');
    let (provider, model, address) = (fields.next()?, fields.next()?, fields.next()?);
    let context = fields.next()?.parse().ok()?;
    let max_output = fields.next().unwrap_or("0").parse().ok()?;
    let mut letters = fields.next().unwrap_or_default().chars();
    let mut does = || match letters.next() {
        Some('y') => Some(true),
        Some('n') => Some(false),
        _ => None,
    };
    let info = ModelInfo {
        id: model.to_owned(),
        context: Some(context).filter(|tokens| *tokens > 0),
        max_output: Some(max_output).filter(|tokens| *tokens > 0),
        images: does(),
        reasoning: does(),
        adaptive_thinking: does(),
        price: fields.next().and_then(price),
        ..ModelInfo::default()
    };
    Some(([provider, model, address].join("\t"), info))
}

fn price(text: &str) -> Option<Price> {
    let mut amounts = text.split(' ').map(|amount| amount.parse().ok().filter(|it: &f64| it.is_finite()));
    let mut next = || amounts.next().flatten();
    Some(Price { input: next()?, output: next()?, cache_read: next(), cache_write: next() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::catalog;

    fn settings(id: &str, model: &str, base_url: &str) -> PanelSettings {
        let mut settings = PanelSettings::new(catalog::find(id).unwrap(), model);
        if !base_url.is_empty() {
            base_url.clone_into(&mut settings.base_url);
        }
        settings
    }

    fn window(context: u64) -> ModelInfo {
        ModelInfo { context: Some(context), ..ModelInfo::default() }
    }

    #[test]
    fn what_a_list_told_is_known_after_a_reload() {
        let mut known = Told::default();
        let (here, there) =
            (settings("openai", "m", ""), settings("openai", "m", "https://proxy.example/v1"));
        let all = ModelInfo {
            name: Some("M".to_owned()),
            max_output: Some(64),
            images: Some(false),
            adaptive_thinking: Some(true),
            price: Some(Price { input: 0.05, output: 1e-9, cache_read: None, cache_write: Some(3.75) }),
            ..window(2000)
        };
        assert!(known.learn(&here, &window(1000)) && known.learn(&there, &all));
        assert!(!known.learn(&here, &window(1000)) && !known.learn(&here, &ModelInfo::default()));
        assert!(known.learn(&here, &window(3000)));
        let read = Told::from_text(&known.to_text());
        assert_eq!(read, known);
        assert_eq!(read.of(&here).unwrap().context, Some(3000));
        assert_eq!(read.of(&there).unwrap(), &ModelInfo { id: "m".to_owned(), name: None, ..all });
        assert_eq!(read.of(&settings("openai", "other", "")), None);
        assert_eq!(read.of(&settings("groq", "m", "")), None);
    }

    #[test]
    fn what_is_damaged_is_left_out_and_there_is_an_end() {
        let known = Told::from_text("\nopenai\tm\t\t7\nopenai\tx\t\t-1\nopenai\ty\t\t0\t\nz\n\t\t\t\t9\n");
        let of = |model| known.of(&settings("openai", model, ""));
        assert_eq!(of("m").unwrap().context, Some(7));
        assert_eq!((of("x"), of("y")), (None, None));
        let known = Told::from_text("openai\tm\t\t7\t0\tq\t1 NaN");
        assert_eq!(known.of(&settings("openai", "m", "")).unwrap().price, None);
        let mut many = Told::default();
        for at in 0..300 {
            assert!(many.learn(&settings("openai", &at.to_string(), ""), &window(5)));
        }
        assert_eq!(many.to_text().lines().count(), MOST);
        assert!(many.of(&settings("openai", "299", "")).is_some());
        assert!(!many.learn(&settings("openai", "a\tb", ""), &window(5)));
    }
}
