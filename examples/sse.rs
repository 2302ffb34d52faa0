//! Prints the events of a byte stream on standard input as JSON lines `{event, data, id}`, by the
//! WHATWG rules for server-sent events: `cargo run --example sse < file`

use std::{
    io::{self, Read, Write},
    process::ExitCode,
};

use tutti::{
    model::json::Json,
    wire::{body::DEFAULT_LINE_LIMIT, sse::Sse},
};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever reads the output has had enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("The stream cannot be read further: {error}.");
            ExitCode::FAILURE
        }
    }
}

fn run() -> io::Result<()> {
    let mut parser = Sse::new(DEFAULT_LINE_LIMIT);
    let mut input = io::stdin().lock();
    let mut output = io::stdout().lock();
    let mut chunk = vec![0; 64 << 10];
    loop {
        let length = input.read(&mut chunk)?;
        if length == 0 {
            return output.flush();
        }
        let mut lines = Vec::new();
        let result = parser.push(&chunk[..length], |event| {
            let fields = [("event", event.event), ("data", &*event.data), ("id", event.id)];
            lines.push(Json::object(fields.map(|(name, text)| (name, text.into())).to_vec()).to_text());
        });
        for line in lines {
            writeln!(output, "{line}")?;
        }
        result.map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
    }
}
