//! The place of a benchmark's tables in bench/README.md, and what they were measured on.

use std::path::Path;
use std::process::Command;

/// Shows the tables of this benchmark, and puts them into that file if there is one.
///
/// # Errors
/// Those of [`write_into`].
pub fn publish(readme: Option<&Path>, name: &str, text: &str) -> Result<(), String> {
    println!("\n{text}");
    if let Some(readme) = readme {
        write_into(readme, name, text)?;
        println!("written into {}", readme.display());
    }
    Ok(())
}

/// Puts a text in the place of the one before, between the two marks that name this benchmark.
///
/// # Errors
/// The file cannot be read or written, or has no such marks.
pub fn write_into(readme: &Path, name: &str, text: &str) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("{}: {error}", readme.display());
    let old = std::fs::read_to_string(readme).map_err(failed)?;
    let [begin, end] = marks(name);
    let new = replaced(&old, name, text)
        .ok_or_else(|| format!("{} has no lines {begin}and {end}", readme.display()))?;
    std::fs::write(readme, new).map_err(failed)
}

fn marks(name: &str) -> [String; 2] {
    [format!("<!-- {name}: written by `cargo xtask bench {name}` -->\n"), format!("<!-- {name}: end -->\n")]
}

/// The page with another text between its two marks.
fn replaced(page: &str, name: &str, text: &str) -> Option<String> {
    let [begin, end] = marks(name);
    let (before, rest) = page.split_once(&begin)?;
    let (_, after) = rest.split_once(&end)?;
    Some([before, &begin, text, &end, after].concat())
}

/// The browser that was measured in, with its version where it says one.
#[must_use]
pub fn browser() -> String {
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let version = names.iter().find_map(|name| {
        let said = Command::new(name).arg("--version").output().ok()?.stdout;
        let said = String::from_utf8(said).ok()?;
        let words: Vec<&str> = said.split_whitespace().take(2).collect();
        (words.len() == 2).then(|| words.join(" "))
    });
    format!("headless {} without a graphics card", version.as_deref().unwrap_or("Chromium"))
}

/// The machine that was measured on: its cores, and their name.
#[must_use]
pub fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let about = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = about.lines().find_map(|line| line.strip_prefix("model name")?.split(": ").nth(1));
    format!("{cores} cores of {}", name.unwrap_or("an unnamed processor"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_stands_between_its_marks() {
        let [begin, end] = marks("page");
        let page = format!("# Title\n{begin}old\n{end}rest\n");
        assert_eq!(replaced(&page, "page", "new\n"), Some(format!("# Title\n{begin}new\n{end}rest\n")));
        assert_eq!(replaced("# Title\n", "page", "new\n"), None);
        assert_eq!(replaced(&page, "streams", "new\n"), None);
        // The page of this project has them.
        for name in ["page", "streams", "kill", "history"] {
            assert!(replaced(include_str!("../../README.md"), name, "").is_some(), "{name}");
        }
    }
}
