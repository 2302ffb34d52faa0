//! Decodes a captured answer and prints what it says as one JSON object.
//!
//! `cargo run --example decode -- <api> [--provider <id>] [--status N]
//! [--cut whole|every-byte|chunks:<n,n,..>] <file>`

use std::process::ExitCode;

use tutti::{
    model::{
        catalog,
        json::Json,
        provider::{Dialect, Quirks},
    },
    wire::{
        error::read_error,
        models::read_models,
        report::{ErrorReport, decode},
    },
};

const USAGE: &str =
    "usage: decode <api> [--provider <id>] [--status N] [--cut whole|every-byte|chunks:<n,n,..>] <file>
  api: openai_chat, openai_responses, anthropic_messages, gemini, mistral, cohere_v2, ollama_chat, models
  file: the captured body, or - for standard input";

fn main() -> ExitCode {
    if std::env::args().any(|argument| argument == "--help") {
        println!("{USAGE}");
        return ExitCode::SUCCESS;
    }
    match run(std::env::args().skip(1)) {
        Ok(report) => {
            println!(
                "{:#}",
                serde_json::from_str::<serde_json::Value>(&report.to_text()).unwrap_or_default()
            );
            ExitCode::SUCCESS
        }
        Err(problem) => {
            eprintln!("{problem}\n{USAGE}");
            ExitCode::from(2)
        }
    }
}

fn run(mut arguments: impl Iterator<Item = String>) -> Result<Json<'static>, String> {
    let (mut provider, mut status, mut cut) = (None, 200, Cut::Whole);
    let mut rest = Vec::new();
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or_else(|| format!("{argument} needs a value."));
        match argument.as_str() {
            "--provider" => provider = Some(value()?),
            "--status" => {
                status = value()?.parse().map_err(|_| "--status needs a number such as 200.".to_owned())?;
            }
            "--cut" => cut = Cut::parse(&value()?)?,
            option if option.starts_with("--") => return Err(format!("There is no option {option}.")),
            _ => rest.push(argument),
        }
    }
    let [api, file] = rest.as_slice() else { return Err("Name an api and a file.".to_owned()) };
    let body = read(file).map_err(|error| format!("{file} cannot be read: {error}."))?;
    if api == "models" {
        return Ok(models(status, &body));
    }
    let dialect = Dialect::from_name(api).ok_or_else(|| format!("There is no api {api:?}."))?;
    // A provider that has no row of its own has no quirks either.
    let row = provider.as_deref().and_then(catalog::find);
    if let Some(unknown) = provider.as_deref().filter(|_| row.is_none()) {
        eprintln!("There is no provider {unknown:?}: decoding without the quirks of any.");
    }
    let quirks = row.map_or_else(Quirks::default, |provider| provider.quirks);
    let report = decode(dialect, quirks, status, cut.pieces(&body));
    Ok(report.to_json().into_owned())
}

fn read(file: &str) -> std::io::Result<Vec<u8>> {
    if file == "-" {
        let mut body = Vec::new();
        std::io::Read::read_to_end(&mut std::io::stdin(), &mut body)?;
        return Ok(body);
    }
    std::fs::read(file)
}

fn models(status: u16, body: &[u8]) -> Json<'static> {
    let list = if status >= 400 { Err(Box::new(read_error(status, body))) } else { read_models(body) };
    let (list, error) = match list {
        Ok(list) => (list, Json::Null),
        Err(error) => (Vec::new(), ErrorReport::from(*error).to_json().into_owned()),
    };
    let first: Vec<_> = list.iter().take(5).map(|model| model.id.clone().into()).collect();
    let fields =
        vec![("n_models", (list.len() as u64).into()), ("first_ids", first.into()), ("error", error)];
    Json::object(fields).into_owned()
}

/// How the body is cut before it is decoded; the result is the same for every cut.
enum Cut {
    Whole,
    EveryByte,
    Chunks(Vec<usize>),
}

impl Cut {
    fn parse(text: &str) -> Result<Self, String> {
        match text {
            "whole" => return Ok(Self::Whole),
            "every-byte" => return Ok(Self::EveryByte),
            _ => {}
        }
        let lengths = text.strip_prefix("chunks:").map(|list| list.split(',').map(str::parse).collect());
        match lengths {
            Some(Ok(lengths)) => Ok(Self::Chunks(lengths)),
            _ => Err(format!("--cut cannot be {text:?}.")),
        }
    }

    /// What the lengths leave over is the last piece.
    fn pieces(self, body: &[u8]) -> Vec<&[u8]> {
        match self {
            Self::Whole => vec![body],
            Self::EveryByte => body.chunks(1).collect(),
            Self::Chunks(lengths) => {
                let mut rest = body;
                let mut pieces = Vec::new();
                for length in lengths {
                    let (piece, tail) = rest.split_at(length.min(rest.len()));
                    pieces.push(piece);
                    rest = tail;
                }
                pieces.push(rest);
                pieces
            }
        }
    }
}
