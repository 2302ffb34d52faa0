//! One journey: its turn, its browser, and what is kept when it fails.

use std::panic::{AssertUnwindSafe, resume_unwind};
use std::path::PathBuf;

use futures::FutureExt;
use tokio::sync::Mutex;

use crate::browser::Browser;
use crate::engine::Engine;
use crate::evidence::workspace;
use crate::{Failure, Result};

/// Browsers run one after another: several at once only make each other slow.
static TURN: Mutex<()> = Mutex::const_new(());

/// Walks a journey in a browser of its own. When it fails or panics, a picture and a log of that
/// moment are saved, and the failure says where.
pub async fn journey(test: &str, walk: impl AsyncFnOnce(&Browser) -> Result) {
    let _turn = TURN.lock().await;
    let started = async { Browser::start(Engine::chosen()?, test).await }.await;
    let browser = started.unwrap_or_else(|failure| panic!("no browser for {test}: {failure}"));
    let outcome = AssertUnwindSafe(walk(&browser)).catch_unwind().await;
    if !matches!(outcome, Ok(Ok(()))) {
        browser.save_failure().await;
    }
    browser.close().await;
    match outcome {
        Ok(Ok(())) => {}
        Ok(Err(failure)) => panic!("{test}: {failure}"),
        Err(panic) => resume_unwind(panic),
    }
}

/// The folder of the built page: `TUTTI_DIST`, else `dist/` of the workspace.
pub fn built_page() -> Result<PathBuf, Failure> {
    let dist = match std::env::var_os("TUTTI_DIST") {
        Some(dist) => PathBuf::from(dist),
        None => workspace().join("dist"),
    };
    if dist.join("index.html").is_file() {
        Ok(dist)
    } else {
        Err(format!(
            "{} holds no built page; `cargo xtask test` builds one, or set TUTTI_DIST",
            dist.display()
        )
        .into())
    }
}
