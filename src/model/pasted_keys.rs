//! Keys from lines of a `.env` file, each for the provider that its variable names.
//!
//! A key without a name is not guessed at: several providers' keys look alike, and a wrong guess
//! would send one to a stranger.

use super::{catalog, http::ApiKey, provider::Provider};

/// What a pasted text holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pasted {
    /// At most one for each provider, in the order of the text, each bound to its provider's origin.
    pub keys: Vec<(&'static Provider, ApiKey)>,
    /// Variables that were not taken: nobody's here, without a usable value, or of a provider whose
    /// address is still unknown. Their names only.
    pub unknown: Vec<String>,
}

/// The most variables that are reported by name.
const MAX_UNKNOWN: usize = 100;
/// The longest name, in bytes: what is longer is no variable but something secret, perhaps.
const MAX_NAME: usize = 64;

/// Names that programs besides the providers' own read their keys from.
const ALIASES: &[(&str, &str)] = &[
    ("OPENAI_KEY", "openai"),
    ("OPENAI_API_TOKEN", "openai"),
    ("ANTHROPIC_KEY", "anthropic"),
    ("CLAUDE_API_KEY", "anthropic"),
    ("GOOGLE_API_KEY", "google"),
    ("GOOGLE_AI_API_KEY", "google"),
    ("GOOGLE_GENERATIVE_AI_API_KEY", "google"),
    ("GEMINI_KEY", "google"),
    ("OPENROUTER_KEY", "openrouter"),
    ("OPEN_ROUTER_API_KEY", "openrouter"),
    ("XAI_KEY", "xai"),
    ("GROK_API_KEY", "xai"),
    ("TOGETHERAI_API_KEY", "together"),
    ("TOGETHER_AI_API_KEY", "together"),
    ("FIREWORKS_AI_API_KEY", "fireworks"),
    ("FIREWORKSAI_API_KEY", "fireworks"),
    ("PPLX_API_KEY", "perplexity"),
    ("PERPLEXITYAI_API_KEY", "perplexity"),
    ("CO_API_KEY", "cohere"),
    ("HUGGINGFACE_API_KEY", "huggingface"),
    ("HUGGINGFACE_TOKEN", "huggingface"),
    ("HUGGING_FACE_HUB_TOKEN", "huggingface"),
    ("HUGGINGFACEHUB_API_TOKEN", "huggingface"),
    ("HF_API_KEY", "huggingface"),
    ("HF_API_TOKEN", "huggingface"),
    ("Z_AI_API_KEY", "zai"),
];

/// Reads the lines; `None` when no line is one of a `.env` file, so the text may be a plain key.
pub fn read(text: &str) -> Option<Pasted> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut pasted = Pasted::default();
    let mut has_line = false;
    // Providers whose key came under their own name: no alias replaces it.
    let mut settled: Vec<&str> = Vec::new();
    for (name, value) in text.split(['\n', '\r']).filter_map(assignment) {
        has_line = true;
        let Some((row, key, is_own_name)) = key(name, value) else {
            pasted.refuse(name);
            continue;
        };
        if is_own_name {
            settled.push(&row.id);
        }
        match pasted.keys.iter_mut().find(|(earlier, _)| earlier.id == row.id) {
            Some(_) if !is_own_name && settled.contains(&&*row.id) => {}
            // As in a shell, the last line counts.
            Some((_, earlier)) => *earlier = key,
            None => pasted.keys.push((row, key)),
        }
    }
    has_line.then_some(pasted)
}

impl Pasted {
    fn refuse(&mut self, name: &str) {
        if self.unknown.len() < MAX_UNKNOWN && !self.unknown.iter().any(|known| known == name) {
            self.unknown.push(name.to_owned());
        }
    }
}

/// The key that a variable holds, and whether it has the provider's own name.
fn key(name: &str, value: &str) -> Option<(&'static Provider, ApiKey, bool)> {
    let (row, is_own_name) = row_of(name)?;
    // A placeholder address is nobody's: a key that is bound to it could never be sent.
    let is_usable = !row.needs_base_url() && !is_no_key(value);
    let key = ApiKey::new(row.base_url.origin(), value).ok().filter(|_| is_usable)?;
    Some((row, key, is_own_name))
}

fn row_of(name: &str) -> Option<(&'static Provider, bool)> {
    let is = |known: &str| known.eq_ignore_ascii_case(name);
    if let Some(row) = catalog::all().iter().find(|row| row.key_env.is_some_and(is)) {
        return Some((row, true));
    }
    let (_, id) = ALIASES.iter().find(|(alias, _)| is(alias))?;
    Some((catalog::find(id)?, false))
}

/// What examples write in place of a key, what only a shell could fill in, and half of a quotation.
fn is_no_key(value: &str) -> bool {
    value.contains(['<', '$', '{', '`', '"', '\'']) || value.contains("...") || value.contains("***")
}

/// `NAME=value` in the spellings of `.env` files and of shells. The value is without its quotes and
/// without the comment after it.
fn assignment(line: &str) -> Option<(&str, &str)> {
    let line = line.trim();
    let line = without_prefix(line, "export ").or_else(|| without_prefix(line, "set ")).unwrap_or(line);
    let line = without_prefix(line, "$env:").unwrap_or(line);
    let (name, value) = line.split_once('=')?;
    let (name, value) = (name.trim(), value.trim());
    let is_word = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if name.is_empty() || name.len() > MAX_NAME || !is_word || name.starts_with(|c: char| c.is_ascii_digit())
    {
        return None;
    }
    // A plain key may have `=` in it, and ends in it when it is Base64.
    let is_variable = row_of(name).is_some() || !name.bytes().any(|byte| byte.is_ascii_lowercase());
    let is_padding = value.bytes().all(|byte| byte == b'=') && !name.contains('_');
    (is_variable && !is_padding).then(|| (name, unquoted(value)))
}

fn without_prefix<'a>(line: &'a str, prefix: &str) -> Option<&'a str> {
    let is_there = line.get(..prefix.len())?.eq_ignore_ascii_case(prefix);
    line.get(prefix.len()..).filter(|_| is_there).map(str::trim_start)
}

fn unquoted(value: &str) -> &str {
    for quote in ['"', '\''] {
        if let Some((inside, _)) = value.strip_prefix(quote).and_then(|rest| rest.split_once(quote)) {
            return inside;
        }
    }
    let comment = value.match_indices('#').find(|(at, _)| {
        value.get(..*at).is_some_and(|before| before.is_empty() || before.ends_with(char::is_whitespace))
    });
    let value = comment.and_then(|(at, _)| value.get(..at)).unwrap_or(value).trim_end();
    value.strip_suffix(';').unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Provider and key of each, then the names that were not taken.
    #[track_caller]
    fn check(text: &str, keys: &[(&str, &str)], unknown: &[&str]) {
        let pasted = read(text).expect("lines of a .env file");
        let expected: Vec<_> = keys
            .iter()
            .map(|(id, secret)| {
                let row = catalog::find(id).unwrap();
                (row, ApiKey::new(row.base_url.origin(), secret).unwrap())
            })
            .collect();
        let ids: Vec<_> = pasted.keys.iter().map(|(row, _)| &row.id).collect();
        assert!(pasted.keys == expected, "{text:?} gave {ids:?}");
        assert_eq!(pasted.unknown, unknown, "{text:?}");
    }

    #[test]
    fn every_provider_with_a_key_is_known_by_its_variable() {
        for row in catalog::all() {
            let Some(name) = row.key_env else { continue };
            let pasted = read(&format!("{name}=sk-1")).unwrap();
            if row.needs_base_url() {
                assert_eq!(pasted, Pasted { keys: Vec::new(), unknown: vec![name.to_owned()] });
            } else {
                let key = ApiKey::new(row.base_url.origin(), "sk-1").unwrap();
                assert!(pasted.keys == [(row, key)], "{name}");
            }
        }
    }

    #[test]
    fn every_alias_is_a_known_providers_and_nobodys_own_name() {
        let own: Vec<_> = catalog::all().iter().filter_map(|row| row.key_env).collect();
        for (alias, id) in ALIASES {
            assert!(!own.contains(alias), "{alias}");
            assert!(catalog::find(id).is_some_and(|row| !row.needs_base_url()), "{alias}");
            assert_eq!(ALIASES.iter().filter(|(other, _)| other == alias).count(), 1, "{alias}");
            check(&format!("{alias}=sk-1"), &[(id, "sk-1")], &[]);
        }
    }

    #[test]
    fn lines_in_every_spelling() {
        for line in [
            "GROQ_API_KEY=gsk_1",
            "  GROQ_API_KEY = gsk_1  ",
            "\tGROQ_API_KEY\t=\tgsk_1",
            "export GROQ_API_KEY=gsk_1",
            "export   GROQ_API_KEY='gsk_1'",
            "GROQ_API_KEY=\"gsk_1\"",
            "GROQ_API_KEY=\"gsk_1\" # mine",
            "GROQ_API_KEY=gsk_1 # mine",
            "GROQ_API_KEY=gsk_1;",
            "groq_api_key=gsk_1",
            "SET GROQ_API_KEY=gsk_1",
            "$env:GROQ_API_KEY = \"gsk_1\"",
            "\u{feff}GROQ_API_KEY=gsk_1\r\n",
            "# keys\r\n\r\nGROQ_API_KEY=gsk_1\r\n#OPENAI_API_KEY=old\r\n",
            "GROQ_API_KEY=gsk_1\rnothing here\r",
        ] {
            check(line, &[("groq", "gsk_1")], &[]);
        }
    }

    #[test]
    fn characters_of_a_key_are_not_taken_for_something_else() {
        check("ZAI_API_KEY=id.secret", &[("zai", "id.secret")], &[]);
        check("OPENAI_API_KEY=a=b==", &[("openai", "a=b==")], &[]);
        check("OPENAI_API_KEY=a#b", &[("openai", "a#b")], &[]);
        check("OPENAI_API_KEY='a # b'", &[], &["OPENAI_API_KEY"]);
        check("OPENAI_API_KEY=\"a#b\"", &[("openai", "a#b")], &[]);
    }

    #[test]
    fn several_lines_keep_their_order_and_the_last_of_a_provider_counts() {
        check(
            "XAI_API_KEY=1\nOPENAI_API_KEY=2\nDATABASE_URL=postgres://u:secret@h/d\nXAI_API_KEY=3\nPORT=8080\nPORT=9",
            &[("xai", "3"), ("openai", "2")],
            &["DATABASE_URL", "PORT"],
        );
        check("GOOGLE_API_KEY=1\nGEMINI_API_KEY=2\nGOOGLE_API_KEY=3", &[("google", "2")], &[]);
        check("GOOGLE_API_KEY=1\nGEMINI_KEY=2", &[("google", "2")], &[]);
        // What is no key replaces none.
        check("GROQ_API_KEY=1\nGROQ_API_KEY=", &[("groq", "1")], &["GROQ_API_KEY"]);
    }

    #[test]
    fn a_value_that_is_no_key_is_reported_by_name_alone() {
        for value in [
            "",
            "\"\"",
            "# todo",
            "your key here",
            "<your-key>",
            "sk-...",
            "$OTHER",
            "${OTHER}",
            "`cat key`",
            "sk-****",
            "\"sk-half",
            "ключ",
            "sk\u{200b}1",
            "sk\0",
        ] {
            check(&format!("OPENAI_API_KEY={value}"), &[], &["OPENAI_API_KEY"]);
        }
    }

    #[test]
    fn a_plain_key_is_no_line() {
        let long = format!("{}=x", "A".repeat(65));
        for text in [
            "",
            "\n\r\n",
            "sk-proj-abc",
            "sk-ant-api03-x_y",
            "AIzaSyA",
            "abcDEF12==",
            "ABCDEF12==",
            "ABCDEF12=",
            "=x",
            "9X=1",
            "A-B=1",
            "a=b",
            "OPENAI_API_KEY",
            "OPENAI_API_KEY: sk-1",
            "# OPENAI_API_KEY=sk-1",
            "https://x.example/?KEY=1",
            &long,
        ] {
            assert_eq!(read(text), None, "{text:?}");
        }
    }

    #[test]
    fn nothing_secret_is_shown() {
        let text =
            "OPENAI_API_KEY=canary1\nUNKNOWN=canary2\nGROQ_API_KEY=<canary3>\nAZURE_OPENAI_API_KEY=canary4";
        let pasted = read(text).unwrap();
        assert_eq!(pasted.keys.len(), 1);
        assert_eq!(pasted.unknown, ["UNKNOWN", "GROQ_API_KEY", "AZURE_OPENAI_API_KEY"]);
        assert!(!format!("{pasted:?}").contains("canary"));
    }

    #[test]
    fn a_huge_text_is_read_in_bounds() {
        let lines: String = (0..50_000).map(|n| format!("NAME_{n}=x\n")).collect();
        assert_eq!(read(&lines).unwrap().unknown.len(), MAX_UNKNOWN);
        assert_eq!(read(&"=".repeat(1_000_000)), None);
        assert_eq!(read(&"#".repeat(1_000_000)), None);
    }
}
