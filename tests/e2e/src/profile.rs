//! The folders in which browsers keep everything.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tokio::sync::Mutex;

use crate::Result;
use crate::browser::Browser;
use crate::engine::Engine;
use crate::evidence;
use crate::options::Options;

/// A folder for everything that a browser keeps. No page was ever visited in it.
pub async fn fresh_profile(engine: Engine) -> Result<TempDir> {
    let profile = empty()?;
    if engine == Engine::Firefox {
        copy_folder(&begun_by_firefox().await?, profile.path())?;
    }
    Ok(profile)
}

fn empty() -> Result<TempDir> {
    Ok(tempfile::Builder::new().prefix("tutti-e2e-").tempdir()?)
}

/// A profile in which Firefox was once started and ended. In an empty one it makes its databases and compiles its own
/// scripts first, which is half of what a start costs: 3.2 s of a processor, and 1.8 s with this.
/// Kept for later runs, until Firefox or what it is started with is another.
async fn begun_by_firefox() -> Result<PathBuf> {
    static MAKING: Mutex<()> = Mutex::const_new(());
    let _making = MAKING.lock().await;
    let made = evidence::folder()?.join(format!("firefox-profile-{:016x}", maker()?));
    if made.is_dir() {
        return Ok(made);
    }
    let profile = empty()?;
    let browser = Browser::start_in(Engine::Firefox, "profile", &Options::default(), profile.path()).await?;
    browser.quit().await?;
    let copy = tempfile::Builder::new().prefix("firefox-copy-").tempdir_in(evidence::folder()?)?;
    copy_folder(profile.path(), copy.path())?;
    // Another run may have been faster.
    if fs::rename(copy.path(), &made).is_err() && !made.is_dir() {
        return Err(format!("{} cannot be made", made.display()).into());
    }
    Ok(made)
}

/// A number for this Firefox and for how it is started.
fn maker() -> Result<u64> {
    let capabilities = Engine::Firefox.capabilities(Path::new(""), &Options::default())?;
    let program = capabilities["moz:firefoxOptions"]["binary"].as_str().unwrap_or_default();
    let file = fs::metadata(program)?;
    let mut hasher = DefaultHasher::new();
    (capabilities.to_string(), file.len(), file.modified()?).hash(&mut hasher);
    Ok(hasher.finish())
}

/// All files of a folder, into another that is there. Links are left out: those of browsers say who uses a profile.
pub fn copy_folder(from: &Path, to: &Path) -> Result {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let place = to.join(entry.file_name());
        let kind = entry.file_type()?;
        if kind.is_dir() {
            fs::create_dir(&place)?;
            copy_folder(&entry.path(), &place)?;
        } else if kind.is_file() {
            fs::copy(entry.path(), &place)?;
        }
    }
    Ok(())
}
