//! Names of files that say what is in them: a browser may then keep them for ever.
//!
//! trunk names the program before wasm-opt and this program have changed it, so another program would come under
//! the same name, and a cache would start a mix of two.

use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::path::Path;

use crate::entry;
use crate::failure::{Failure, OrFailure, Outcome};

const NEXT: &str = "Run the same command again.";

/// 16 hexadecimal digits. Not for security.
pub fn hash(bytes: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes);
    format!("{:016x}", hasher.finish())
}

/// Names the program, its script and the style after what they have become.
pub fn settle(folder: &Path) -> Outcome {
    let style = one(folder, |name| name.ends_with(".css"))?;
    let program = one(folder, |name| name.ends_with("_bg.wasm"))?;
    let script = one(folder, |name| name.starts_with("tutti-") && name.ends_with(".js"))?;
    rename(folder, &style, |hash| format!("main-{hash}.css"))?;
    let program = (program.clone(), rename(folder, &program, |hash| format!("tutti-{hash}_bg.wasm"))?);
    // The script says the program's name, so that whoever starts it without boot.js gets the right one.
    let path = folder.join(&script);
    let text = fs::read_to_string(&path).or_failure(|| format!("{script} cannot be read"), NEXT)?;
    fs::write(&path, text.replace(&program.0, &program.1))
        .or_failure(|| format!("{script} cannot be written"), NEXT)?;
    rename(folder, &script, |hash| format!("tutti-{hash}.js"))?;
    Ok(())
}

/// All files of the folder and of those in it, with `/` on every system, in order.
pub fn all(folder: &Path) -> Outcome<Vec<String>> {
    let mut files = Vec::new();
    let mut open = vec![String::new()];
    while let Some(inside) = open.pop() {
        let unreadable = || format!("{} cannot be read", folder.join(&inside).display());
        for entry in fs::read_dir(folder.join(&inside)).or_failure(unreadable, NEXT)?.flatten() {
            let name = format!("{inside}{}", entry.file_name().to_string_lossy());
            match entry.path().is_dir() {
                true => open.push(format!("{name}/")),
                false => files.push(name),
            }
        }
    }
    files.sort();
    Ok(files)
}

fn one(folder: &Path, is_it: impl Fn(&str) -> bool) -> Outcome<String> {
    let mut found: Vec<String> = all(folder)?.into_iter().filter(|name| is_it(name)).collect();
    found.retain(|name| !name.contains('/') && !name.starts_with("tutti-later-"));
    match (found.pop(), found.is_empty()) {
        (Some(name), true) => Ok(name),
        (found, _) => Err(Failure::new(
            format!("The built page has not one program, one script and one style ({found:?})."),
            "xtask/src/names.rs has to follow what trunk writes.",
        )),
    }
}

/// In the folder and in the page. The answer is the new name.
fn rename(folder: &Path, old: &str, named: impl Fn(&str) -> String) -> Outcome<String> {
    let bytes = fs::read(folder.join(old)).or_failure(|| format!("{old} cannot be read"), NEXT)?;
    let new = named(&hash(&bytes));
    fs::rename(folder.join(old), folder.join(&new))
        .or_failure(|| format!("{old} cannot be renamed"), NEXT)?;
    entry::change(folder, |html| Ok(html.replace(old, &new)))?;
    Ok(new)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn built(program: &str, script: &str) -> std::path::PathBuf {
        let folder = std::env::temp_dir().join(format!("tutti-names-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(folder.join("parts-1")).unwrap();
        for (name, text) in [
            ("index.html", "main-1.css tutti-2.js boot.js?js=tutti-2.js&amp;wasm=tutti-2_bg.wasm"),
            ("main-1.css", "p {}"),
            ("tutti-2.js", script),
            ("tutti-2_bg.wasm", program),
            ("tutti-later-3.wasm", "later"),
            ("boot.js", ""),
            ("parts-1/worker.js", ""),
        ] {
            fs::write(folder.join(name), text).unwrap();
        }
        folder
    }

    #[test]
    fn names_change_with_what_is_in_the_files() {
        let names = |program: &str, script: &str| {
            let folder = built(program, script);
            settle(&folder).unwrap();
            let page = fs::read_to_string(folder.join("index.html")).unwrap();
            let files = all(&folder).unwrap();
            for name in page.split([' ', '?', '=', '&', ';']).filter(|word| word.contains('.')) {
                assert!(files.iter().any(|file| file == name), "{name} is not in {files:?}");
            }
            assert_eq!(files.len(), 7);
            fs::remove_dir_all(&folder).unwrap();
            files
        };
        let changed =
            |one: &[String], other: &[String]| one.iter().filter(|name| !other.contains(name)).count();
        let first = names("program", "tutti-2_bg.wasm");
        assert_eq!(names("program", "tutti-2_bg.wasm"), first);
        // Another program is another script too, which names it.
        assert_eq!(changed(&names("another", "tutti-2_bg.wasm"), &first), 2);
        assert_eq!(changed(&names("program", "tutti-2_bg.wasm;"), &first), 1);
    }
}
