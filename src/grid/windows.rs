//! How much models take, as their providers' lists have told once: a list is only fetched when somebody chooses
//! from it, and after a reload nobody has.

use super::settings::PanelSettings;

/// The most models that are remembered.
const MOST: usize = 200;

/// What is known, the latest first: a line of text each, its fields between tabs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Windows(Vec<(String, u64)>);

impl Windows {
    /// What cannot be read is left out.
    pub fn from_text(text: &str) -> Self {
        let read = |line: &str| {
            let (of, context) = line.rsplit_once('\t')?;
            Some((of.to_owned(), context.parse().ok().filter(|context| *context > 0)?))
        };
        Self(text.lines().filter_map(read).take(MOST).collect())
    }

    pub fn to_text(&self) -> String {
        let lines = self.0.iter().map(|(of, context)| [of, "\t", &*context.to_string(), "\n"].concat());
        lines.collect()
    }

    /// Tokens, as [`ModelInfo::context`](crate::model::listing::ModelInfo::context) has them.
    pub fn of(&self, settings: &PanelSettings) -> Option<u64> {
        let name = name(settings)?;
        self.0.iter().find(|(of, _)| *of == name).map(|(_, context)| *context)
    }

    /// Whether that is news.
    pub fn learn(&mut self, settings: &PanelSettings, context: u64) -> bool {
        let Some(name) = name(settings).filter(|_| context > 0) else { return false };
        if self.of(settings) == Some(context) {
            return false;
        }
        self.0.retain(|(of, _)| *of != name);
        self.0.insert(0, (name, context));
        self.0.truncate(MOST);
        true
    }
}

/// The same model at another address may be served with another window.
fn name(settings: &PanelSettings) -> Option<String> {
    let address = settings.foreign_address().unwrap_or_default();
    let fields = [settings.provider.trim(), settings.model.trim(), address];
    let is_plain = fields.iter().all(|field| !field.contains(['\t', '\n', '\r']));
    is_plain.then(|| fields.join("\t"))
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

    #[test]
    fn what_a_list_told_is_known_after_a_reload() {
        let mut known = Windows::default();
        let (here, there) =
            (settings("openai", "m", ""), settings("openai", "m", "https://proxy.example/v1"));
        assert!(known.learn(&here, 1000) && known.learn(&there, 2000));
        assert!(!known.learn(&here, 1000) && !known.learn(&here, 0));
        assert!(known.learn(&here, 3000));
        let read = Windows::from_text(&known.to_text());
        assert_eq!(read, known);
        assert_eq!([read.of(&here), read.of(&there)], [Some(3000), Some(2000)]);
        assert_eq!(read.of(&settings("openai", "other", "")), None);
        assert_eq!(read.of(&settings("groq", "m", "")), None);
    }

    #[test]
    fn what_is_damaged_is_left_out_and_there_is_an_end() {
        let known = Windows::from_text("\nopenai\tm\t\t7\nopenai\tx\t\t-1\nopenai\ty\t\t0\nz\n\t\t\t\t9\n");
        assert_eq!(known.of(&settings("openai", "m", "")), Some(7));
        assert_eq!(known.of(&settings("openai", "x", "")), None);
        let mut many = Windows::default();
        for at in 0..300 {
            assert!(many.learn(&settings("openai", &at.to_string(), ""), 5));
        }
        assert_eq!(many.to_text().lines().count(), MOST);
        assert_eq!(many.of(&settings("openai", "299", "")), Some(5));
        assert!(!many.learn(&settings("openai", "a\tb", ""), 5));
    }
}
