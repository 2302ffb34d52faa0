//! Every target begins with the project's cassettes: they are copied to where `cargo fuzz` looks.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

const CASSETTES: &str = "../tests/cassettes";

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed={CASSETTES}");
    for body in bodies(Path::new(CASSETTES))? {
        let name = body.to_string_lossy().replace(['/', '\\'], "-");
        let parts: Vec<_> = body.iter().map(|part| part.to_string_lossy()).collect();
        let [dialect, file] = parts.as_slice() else { continue };
        seed(&body, dialect, &name)?;
        if file.ends_with(".sse") {
            seed(&body, "sse", &name)?;
        }
        if file.starts_with("err") {
            seed(&body, "error", &name)?;
        }
    }
    Ok(())
}

/// All bodies, by their places in the folder.
fn bodies(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut bodies = Vec::new();
    for dialect in fs::read_dir(folder)? {
        let dialect = dialect?.path();
        for file in dialect.is_dir().then(|| fs::read_dir(&dialect)).transpose()?.into_iter().flatten() {
            let file = file?.path();
            if !file.to_string_lossy().ends_with(".meta.json") {
                bodies.extend(file.strip_prefix(folder).map(Path::to_owned));
            }
        }
    }
    Ok(bodies)
}

fn seed(body: &Path, target: &str, name: &str) -> io::Result<()> {
    let folder = Path::new("corpus").join(target);
    fs::create_dir_all(&folder)?;
    fs::copy(Path::new(CASSETTES).join(body), folder.join(name)).map(drop)
}
