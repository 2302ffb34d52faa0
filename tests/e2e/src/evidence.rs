//! Where pictures and logs of journeys go: `<target>/e2e/<engine>-<test>.png` and `.log`.

use std::path::{Path, PathBuf};

use crate::Result;
use crate::engine::Engine;

/// The files of one journey.
#[derive(Debug, Clone)]
pub struct Evidence {
    folder: PathBuf,
    stem: String,
}

impl Evidence {
    pub(crate) fn of(engine: Engine, test: &str) -> Result<Self> {
        Ok(Self { folder: folder()?, stem: format!("{}-{test}", engine.name()) })
    }

    /// The picture at the moment of a failure.
    pub fn failure_picture(&self) -> PathBuf {
        self.file("png")
    }

    /// What the page wrote to the console, and how its panels stood.
    pub fn failure_log(&self) -> PathBuf {
        self.file("log")
    }

    pub fn driver_log(&self) -> PathBuf {
        self.file("driver.log")
    }

    /// A picture of a moment on the way.
    pub fn picture(&self, moment: &str) -> PathBuf {
        self.folder.join(format!("{}-{moment}.png", self.stem))
    }

    fn file(&self, extension: &str) -> PathBuf {
        self.folder.join(format!("{}.{extension}", self.stem))
    }
}

/// Where pictures, logs and what journeys keep for later runs are.
pub(crate) fn folder() -> Result<PathBuf> {
    let target = match std::env::var_os("CARGO_TARGET_DIR") {
        Some(target) => PathBuf::from(target),
        None => workspace().join("target"),
    };
    let folder = target.join("e2e");
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// The folder of the workspace's Cargo.toml.
pub(crate) fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap_or(Path::new("."))
}
