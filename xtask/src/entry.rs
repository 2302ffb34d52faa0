//! The two entry pages of a built folder: the same app under two policies.
//!
//! `index.html` may call the providers by name. `any.html` may call any server; a person enters it only for
//! an address of their own.

use std::fs;
use std::path::Path;

use crate::csp;
use crate::failure::{Failure, OrFailure, Outcome};

pub const STRICT: &str = "index.html";
pub const OPEN: &str = "any.html";
pub const PAGES: [&str; 2] = [STRICT, OPEN];
/// What starts the program; its query names the files.
pub const BOOT: &str = "boot.js";
/// Needs nothing of the program.
const RECOVERY: &str = "recovery.html";

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

/// The page with that content in one of its empty `<meta>`s.
pub fn with_meta(html: &str, name: &str, content: &str) -> Outcome<String> {
    let empty = format!("<meta name=\"{name}\" content=\"\">");
    let (before, after) = html.split_once(&empty).ok_or_else(|| {
        Failure::new(format!("The built page has no `{empty}`."), "Put it back into index.html.")
    })?;
    Ok(format!("{before}<meta name=\"{name}\" content=\"{content}\">{after}"))
}

/// How the page asks for boot.js, with the query.
pub fn boot(folder: &Path) -> Outcome<String> {
    let html = read(folder, STRICT)?;
    let asked = html.find("boot.js?").and_then(|at| html.get(at..)?.split('"').next());
    Ok(asked.unwrap_or(BOOT).replace("&amp;", "&"))
}

/// Gives the page that saves what is stored the style of the others.
pub fn style_recovery(folder: &Path) -> Outcome {
    const PLACE: &str = "<!-- xtask puts the style here. -->";
    let html = read(folder, STRICT)?;
    let link = html
        .find("<link rel=\"stylesheet\"")
        .and_then(|at| Some(html.get(at..)?.split_inclusive('>').next()?.to_owned()));
    let recovery = read(folder, RECOVERY)?;
    match link {
        Some(link) if recovery.contains(PLACE) => write(folder, RECOVERY, &recovery.replace(PLACE, &link)),
        _ => Err(Failure::new(
            format!("The built page has no style, or {RECOVERY} no `{PLACE}`."),
            "Put it back.",
        )),
    }
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
    fn the_page_says_where_its_parts_are() {
        let page = with_meta(include_str!("../../index.html"), "parts", "./parts-1/").unwrap();
        assert!(page.contains("<meta name=\"parts\" content=\"./parts-1/\">"));
        assert!(with_meta(&page, "parts", "./parts-2/").is_err());
        assert!(with_meta(&page, "offline", "./sw.js").is_ok());
    }

    #[test]
    fn the_page_for_what_is_stored_has_the_style_of_the_others() {
        let folder = std::env::temp_dir().join(format!("tutti-recovery-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let style = r#"<link rel="stylesheet" href="./main-1.css" integrity="x"/>"#;
        let boot = r#"<script defer src="./boot.js?later=b&amp;js=a.js&amp;wasm=a.wasm"></script>"#;
        fs::write(folder.join(STRICT), format!("{style}{boot}")).unwrap();
        fs::write(folder.join(RECOVERY), include_str!("../../recovery.html")).unwrap();
        style_recovery(&folder).unwrap();
        assert!(read(&folder, RECOVERY).unwrap().contains(style));
        assert!(style_recovery(&folder).is_err(), "it has one already");
        assert_eq!(super::boot(&folder).unwrap(), "boot.js?later=b&js=a.js&wasm=a.wasm");
        fs::remove_dir_all(&folder).unwrap();
    }

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
