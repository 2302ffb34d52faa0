//! A recorded answer: `<folder>/<case>.{sse,ndjson,json}` holds the body's bytes,
//! `<folder>/<case>.meta.json` says what it is and what a correct reader gets from it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;

/// One recorded answer, read from disk.
#[derive(Debug, Clone)]
pub struct Cassette {
    /// `folder/case`, as it was asked for.
    pub name: String,
    pub framing: Framing,
    pub meta: Meta,
    pub body: Vec<u8>,
}

/// How the body's parts are told apart, from the file's extension.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    Sse,
    Ndjson,
    Json,
}

/// The fields of `<case>.meta.json` that a replay needs; the others are ignored.
#[derive(Debug, Clone, Deserialize)]
pub struct Meta {
    pub provider: String,
    /// The dialect, e.g. `openai_chat` or `anthropic_messages`.
    pub api: String,
    pub http_status: u16,
    #[serde(default)]
    pub response_headers: BTreeMap<String, String>,
    /// The real network's chunk sizes in bytes, where they were recorded.
    #[serde(default)]
    pub chunk_lengths: Option<Vec<usize>>,
    #[serde(default)]
    pub expected: Value,
}

#[derive(Debug, thiserror::Error)]
pub enum CassetteError {
    #[error("cannot read the cassette file {path}: {source}")]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error("{path} is not the meta file of a cassette: {source}")]
    BadMeta { path: PathBuf, source: serde_json::Error },
    #[error("no body beside {0}: expected one of .sse, .ndjson, .json")]
    NoBody(PathBuf),
    #[error("{name}: chunk_lengths add up to {sum} bytes, but the body has {body}")]
    ChunksDoNotFit { name: String, sum: usize, body: usize },
}

impl Cassette {
    /// Reads `name` ("openai/some-case") from a folder of cassettes.
    pub fn load(folder: impl AsRef<Path>, name: &str) -> Result<Self, CassetteError> {
        let folder = folder.as_ref();
        let meta_path = folder.join(format!("{name}.meta.json"));
        let meta: Meta = serde_json::from_slice(&read(&meta_path)?)
            .map_err(|source| CassetteError::BadMeta { path: meta_path.clone(), source })?;
        let (framing, body_path) = Framing::ALL
            .iter()
            .map(|framing| {
                let file = format!("{name}.{}", framing.extension());
                (*framing, folder.join(file))
            })
            .find(|(_, path)| path.is_file())
            .ok_or(CassetteError::NoBody(meta_path))?;
        let body = read(&body_path)?;
        let sum: usize = meta.chunk_lengths.iter().flatten().sum();
        if meta.chunk_lengths.is_some() && sum != body.len() {
            return Err(CassetteError::ChunksDoNotFit { name: name.to_owned(), sum, body: body.len() });
        }
        Ok(Self { name: name.to_owned(), framing, meta, body })
    }

    /// The project's own cassettes, `tests/cassettes`.
    pub fn own_folder() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join("cassettes")
    }

    /// The larger collection of recorded streams, where this machine has one: `$TUTTI_FIXTURES/cassettes`.
    pub fn fixture_folder() -> Option<PathBuf> {
        let fixtures = std::env::var_os("TUTTI_FIXTURES")?;
        Some(Path::new(&fixtures).join("cassettes")).filter(|folder| folder.is_dir())
    }

    /// The names ("folder/case") of all cassettes in a folder, sorted.
    pub fn names(folder: impl AsRef<Path>) -> Vec<String> {
        let mut names: Vec<String> = entries(folder.as_ref())
            .filter(|path| path.is_dir())
            .flat_map(|provider| entries(&provider).collect::<Vec<_>>())
            .filter_map(|path| {
                let case = path.file_name()?.to_str()?.strip_suffix(".meta.json")?;
                let provider = path.parent()?.file_name()?.to_str()?;
                Some(format!("{provider}/{case}"))
            })
            .collect();
        names.sort();
        names
    }

    /// All visible text that a correct reader gets from the body.
    pub fn expected_text(&self) -> &str {
        self.expected_str("text")
    }

    /// All reasoning text, joined without separators.
    pub fn expected_reasoning(&self) -> &str {
        self.expected_str("reasoning")
    }

    /// The provider's own last value, or "" when there was none.
    pub fn expected_finish_reason(&self) -> &str {
        self.expected_str("finish_reason")
    }

    /// The body as it came over the network where that was recorded, else one chunk per event or line.
    pub fn chunks(&self) -> Vec<Vec<u8>> {
        match &self.meta.chunk_lengths {
            Some(lengths) => split_by_lengths(&self.body, lengths),
            None => match self.framing {
                Framing::Sse => split_after_blank_lines(&self.body),
                Framing::Ndjson => split_after_newlines(&self.body),
                Framing::Json => vec![self.body.clone()],
            },
        }
    }

    fn expected_str(&self, field: &str) -> &str {
        self.meta.expected.get(field).and_then(Value::as_str).unwrap_or("")
    }
}

impl Framing {
    const ALL: [Framing; 3] = [Framing::Sse, Framing::Ndjson, Framing::Json];

    pub fn content_type(self) -> &'static str {
        match self {
            Framing::Sse => "text/event-stream; charset=utf-8",
            Framing::Ndjson => "application/x-ndjson",
            Framing::Json => "application/json",
        }
    }

    fn extension(self) -> &'static str {
        match self {
            Framing::Sse => "sse",
            Framing::Ndjson => "ndjson",
            Framing::Json => "json",
        }
    }
}

fn read(path: &Path) -> Result<Vec<u8>, CassetteError> {
    fs::read(path).map_err(|source| CassetteError::Unreadable { path: path.to_owned(), source })
}

fn entries(folder: &Path) -> impl Iterator<Item = PathBuf> {
    fs::read_dir(folder).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path()))
}

fn split_by_lengths(mut body: &[u8], lengths: &[usize]) -> Vec<Vec<u8>> {
    let mut chunks = Vec::with_capacity(lengths.len());
    for &length in lengths {
        let (chunk, rest) = body.split_at(length);
        chunks.push(chunk.to_vec());
        body = rest;
    }
    chunks
}

fn split_after_newlines(body: &[u8]) -> Vec<Vec<u8>> {
    body.split_inclusive(|&byte| byte == b'\n').map(<[u8]>::to_vec).collect()
}

/// Cuts after every empty line, whichever of LF, CR and CRLF ends the lines.
fn split_after_blank_lines(body: &[u8]) -> Vec<Vec<u8>> {
    let mut chunks = Vec::new();
    let (mut start, mut line_start, mut at) = (0, 0, 0);
    while at < body.len() {
        let line_end = match &body[at..] {
            [b'\r', b'\n', ..] => at + 2,
            [b'\r' | b'\n', ..] => at + 1,
            _ => {
                at += 1;
                continue;
            }
        };
        if line_start == at {
            chunks.push(body[start..line_end].to_vec());
            start = line_end;
        }
        line_start = line_end;
        at = line_end;
    }
    if start < body.len() {
        chunks.push(body[start..].to_vec());
    }
    chunks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_events(body: &str, expected: &[&str]) {
        let chunks = split_after_blank_lines(body.as_bytes());
        let chunks: Vec<_> = chunks.iter().map(|c| str::from_utf8(c).unwrap()).collect();
        assert_eq!(chunks, expected);
    }

    #[test]
    fn a_chunk_per_event_whatever_ends_the_lines() {
        check_events("data: a\n\ndata: b\n\n", &["data: a\n\n", "data: b\n\n"]);
        check_events("data: a\r\n\r\ndata: b\r\n\r\n", &["data: a\r\n\r\n", "data: b\r\n\r\n"]);
        check_events("data: a\r\rdata: b\r\r", &["data: a\r\r", "data: b\r\r"]);
        check_events("event: x\ndata: a\n\ntail", &["event: x\ndata: a\n\n", "tail"]);
        check_events("", &[]);
    }

    #[test]
    fn a_chunk_per_line_of_ndjson() {
        let chunks = split_after_newlines(b"{}\n{}\n{");
        assert_eq!(chunks, [b"{}\n".to_vec(), b"{}\n".to_vec(), b"{".to_vec()]);
    }

    #[test]
    fn every_cassette_reads_and_its_chunks_are_its_body() {
        let folders = [Some(Cassette::own_folder()), Cassette::fixture_folder()];
        for folder in folders.into_iter().flatten() {
            for name in Cassette::names(&folder) {
                let cassette = Cassette::load(&folder, &name).unwrap();
                assert_eq!(cassette.chunks().concat(), cassette.body, "{name}");
            }
        }
    }

    #[test]
    fn a_missing_cassette_is_named() {
        let error = Cassette::load("nowhere", "openai/none").unwrap_err();
        assert!(error.to_string().contains("none.meta.json"), "{error}");
    }
}
