//! The words of the first screen in other languages than English: a file each, which only its readers fetch.

use std::fs;
use std::path::{Path, PathBuf};

use crate::budget::kb;
use crate::failure::{Failure, OrFailure, Outcome};
use crate::place::Place;
use crate::{entry, names, run, split, weigh};

/// In boot.js's query, each names its file.
pub const LANGUAGES: [&str; 2] = ["ko", "ja"];

/// Writes the files, and names them in the page.
pub fn add(place: &Place, into: &Path) -> Outcome {
    for language in LANGUAGES {
        // The program's own host build knows them.
        let mut example = run::cargo(place, &["run", "--quiet", "--example", "words", "--", language]);
        let words = run::answer(&mut example).filter(|words| !words.is_empty()).ok_or_else(|| {
            Failure::new(
                format!("The words of the page in the language {language} could not be written."),
                format!("`cargo run --example words -- {language}` says why."),
            )
        })?;
        let name = format!("words-{language}-{}.txt", names::hash(words.as_bytes()));
        fs::write(into.join(&name), words)
            .or_failure(|| format!("{} cannot be written", into.display()), "Run the same command again.")?;
        entry::change(into, |html| split::named(html, language, &name))?;
    }
    Ok(())
}

/// A line for each file.
pub fn weigh(folder: &Path) -> Outcome<String> {
    let unreadable = || format!("{} cannot be read", folder.display());
    let entries = fs::read_dir(folder).or_failure(unreadable, "`cargo xtask dist` builds the page anew.")?;
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.file_name().into()).collect();
    files.retain(|file| file.to_string_lossy().starts_with("words-"));
    files.sort();
    let names: Vec<String> = files.iter().map(|file| file.to_string_lossy().into_owned()).collect();
    let sizes = weigh::brotli(folder, &names)?;
    let line = |(name, size): (&String, &u64)| format!("  {name}: {} to whoever reads it\n", kb(*size));
    Ok(names.iter().zip(&sizes).map(line).collect())
}
