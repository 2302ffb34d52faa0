//! Prints the words of the page's first screen in a language, a line each, as a release fetches them.
//!
//! `cargo run --example words -- ko`

use std::process::ExitCode;

use tutti::ui::words::{Language, file};

fn main() -> ExitCode {
    let language = std::env::args().nth(1).and_then(|tag| Language::from_tag(&tag));
    let Some(language) = language else {
        eprintln!("usage: words <language>: {}", Language::ALL.map(Language::tag).join(", "));
        return ExitCode::FAILURE;
    };
    print!("{}", file(language));
    ExitCode::SUCCESS
}
