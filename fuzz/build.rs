//! Every target begins with the project's cassettes, or with what lies for it in `seeds/`: they are
//! copied to where `cargo fuzz` looks.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

const CASSETTES: &str = "../tests/cassettes";
/// A folder for each target.
const SEEDS: &str = "seeds";

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed={CASSETTES}");
    println!("cargo::rerun-if-changed={SEEDS}");
    for file in files(Path::new(SEEDS))? {
        let parts: Vec<_> = file.iter().map(|part| part.to_string_lossy()).collect();
        let [target, name] = parts.as_slice() else { continue };
        seed(&Path::new(SEEDS).join(&file), target, name)?;
    }
    for body in files(Path::new(CASSETTES))? {
        let name = body.to_string_lossy().replace(['/', '\\'], "-");
        let parts: Vec<_> = body.iter().map(|part| part.to_string_lossy()).collect();
        let [dialect, last] = parts.as_slice() else { continue };
        let file = Path::new(CASSETTES).join(&body);
        seed(&file, dialect, &name)?;
        if last.ends_with(".sse") {
            seed(&file, "sse", &name)?;
        }
        if last.starts_with("err") {
            seed(&file, "error", &name)?;
        }
    }
    Ok(())
}

/// All files but the notes on bodies, by their places in the folder.
fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for inner in fs::read_dir(folder)? {
        let inner = inner?.path();
        for file in inner.is_dir().then(|| fs::read_dir(&inner)).transpose()?.into_iter().flatten() {
            let file = file?.path();
            if !file.to_string_lossy().ends_with(".meta.json") {
                files.extend(file.strip_prefix(folder).map(Path::to_owned));
            }
        }
    }
    Ok(files)
}

fn seed(file: &Path, target: &str, name: &str) -> io::Result<()> {
    let folder = Path::new("corpus").join(target);
    fs::create_dir_all(&folder)?;
    fs::copy(file, folder.join(name)).map(drop)
}
