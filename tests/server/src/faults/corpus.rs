//! The collections of faults and of hostile output, where this machine has them:
//! `$TUTTI_FIXTURES/corpora/sse/provider-faults.json` and `corpora/llm-output/cases.json`.

use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{fs, io};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use crate::chat;
use crate::replay::End;
use crate::script::Script;

/// A fault with all its bytes and delays, and what a correct reader makes of it.
#[derive(Debug, Clone)]
pub struct Fault {
    pub id: String,
    /// Whose dialect it is in: `openai`, `anthropic`, `gemini`, `openrouter`.
    pub family: String,
    pub script: Script,
    pub expect: Expect,
    pub note: String,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Expect {
    /// `complete`, `incomplete` or `error`.
    pub state: String,
    pub text: String,
    pub error_class: Option<String>,
}

/// What a model may be made to say.
#[derive(Debug, Clone, Deserialize)]
pub struct Hostile {
    pub id: String,
    /// The model's words.
    pub input: String,
    pub why: String,
}

/// All faults; none where this machine has no collection.
pub fn faults() -> io::Result<Vec<Fault>> {
    let Some(path) = file("corpora/sse/provider-faults.json") else { return Ok(Vec::new()) };
    read(&fs::read(path)?)
}

/// All hostile output; none where this machine has no collection.
pub fn hostile() -> io::Result<Vec<Hostile>> {
    let Some(path) = file("corpora/llm-output/cases.json") else { return Ok(Vec::new()) };
    serde_json::from_slice(&fs::read(path)?).map_err(io::Error::other)
}

impl Hostile {
    /// An answer in these very words, in pieces of a few characters.
    pub fn script(&self) -> Script {
        let characters: Vec<char> = self.input.chars().collect();
        let pieces = characters.chunks(7).map(|piece| chat::text(&piece.iter().collect::<String>()));
        let script = pieces.fold(Script::sse(), Script::send);
        script.send(chat::finish("stop")).send(chat::DONE)
    }
}

/// Reads a collection of faults.
pub fn read(json: &[u8]) -> io::Result<Vec<Fault>> {
    let recorded: Vec<Recorded> = serde_json::from_slice(json).map_err(io::Error::other)?;
    recorded.into_iter().map(Recorded::fault).collect()
}

fn file(below: &str) -> Option<PathBuf> {
    let fixtures = std::env::var_os("TUTTI_FIXTURES")?;
    Some(Path::new(&fixtures).join(below)).filter(|path| path.is_file())
}

#[derive(Deserialize)]
struct Recorded {
    id: String,
    family: String,
    status: u16,
    headers: std::collections::BTreeMap<String, String>,
    steps: Vec<RecordedStep>,
    end: RecordedEnd,
    expect: Expect,
    note: String,
}

#[derive(Deserialize)]
struct RecordedStep {
    after_ms: u64,
    b64: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum RecordedEnd {
    Eof,
    Reset,
    Hang,
}

impl Recorded {
    fn fault(self) -> io::Result<Fault> {
        let mut script = Script::new(self.status).end(match self.end {
            RecordedEnd::Eof => End::Eof,
            RecordedEnd::Reset => End::Reset,
            RecordedEnd::Hang => End::Hang,
        });
        script.is_hidden_from_pages = true;
        for (name, value) in &self.headers {
            match name.to_ascii_lowercase().as_str() {
                // The mount says it better; what counts is that it is said.
                "access-control-allow-origin" => script.is_hidden_from_pages = false,
                "content-length" => {
                    script.stated_length = Some(value.parse().map_err(io::Error::other)?);
                }
                _ => script = script.header(name, value),
            }
        }
        for step in &self.steps {
            if step.after_ms > 0 {
                script = script.wait(Duration::from_millis(step.after_ms));
            }
            script = script.send(STANDARD.decode(&step.b64).map_err(io::Error::other)?);
        }
        Ok(Fault { id: self.id, family: self.family, script, expect: self.expect, note: self.note })
    }
}
