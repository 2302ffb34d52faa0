//! The two entry pages of a built folder: the same app under two policies.
//!
//! `index.html` may call the providers by name. `any.html` may call any server; a person enters it only for
//! an address of their own.

use std::fs;
use std::path::Path;

use crate::csp;
use crate::failure::{OrFailure, Outcome};

pub const STRICT: &str = "index.html";
pub const OPEN: &str = "any.html";
pub const PAGES: [&str; 2] = [STRICT, OPEN];

const NEXT: &str = "Run the same command again.";

/// Makes the open page from the strict one that trunk has built.
pub fn write_open(folder: &Path) -> Outcome {
    write(folder, OPEN, &csp::open(&read(folder, STRICT)?)?)
}

/// Lets the strict page call these hosts too; the open one may do so already.
pub fn connect(folder: &Path, origins: &[String]) -> Outcome {
    write(folder, STRICT, &csp::allow(&read(folder, STRICT)?, origins)?)
}

/// Changes the strict page, before [`write_open`] makes the other one from it.
pub fn change(folder: &Path, into: impl FnOnce(&str) -> Outcome<String>) -> Outcome {
    write(folder, STRICT, &into(&read(folder, STRICT)?)?)
}

fn read(folder: &Path, name: &str) -> Outcome<String> {
    let path = folder.join(name);
    fs::read_to_string(&path).or_failure(|| format!("{} cannot be read", path.display()), NEXT)
}

/// In one step, since a browser may ask for it at this moment.
fn write(folder: &Path, name: &str, html: &str) -> Outcome {
    let path = folder.join(name);
    let unfinished = folder.join(format!(".{name}"));
    fs::write(&unfinished, html)
        .and_then(|()| fs::rename(&unfinished, &path))
        .or_failure(|| format!("{} cannot be written", path.display()), NEXT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_pages_are_there_and_keep_their_own_policy() {
        let folder = std::env::temp_dir().join(format!("tutti-entry-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let built = include_str!("../../index.html");
        fs::write(folder.join(STRICT), built).unwrap();

        write_open(&folder).unwrap();
        assert_eq!(read(&folder, STRICT).unwrap(), built);
        let open = read(&folder, OPEN).unwrap();
        assert!(open.contains("connect-src 'self' https: http:;"));

        connect(&folder, &["https://own.example".to_owned()]).unwrap();
        assert!(read(&folder, STRICT).unwrap().contains(" https://own.example;"));
        assert_eq!(read(&folder, OPEN).unwrap(), open);
        assert_eq!(fs::read_dir(&folder).unwrap().count(), PAGES.len(), "nothing is left behind");
        fs::remove_dir_all(&folder).unwrap();
    }
}
