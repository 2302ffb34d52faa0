//! One journey: its turn, its browser, and what is kept when it fails.

use std::io::Write;
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::path::PathBuf;
use std::time::Instant;

use futures::FutureExt;

use crate::browser::Browser;
use crate::engine::Engine;
use crate::evidence::workspace;
use crate::options::Options;
use crate::turn::turn;
use crate::{Failure, Result};

/// Walks a journey in a browser of its own. When it fails or panics, a picture and a log of that
/// moment are saved, and the failure says where. The files are named after the test.
pub async fn journey<W: AsyncFnOnce(&Browser) -> Result>(walk: W) {
    journey_with(Options::default(), walk).await;
}

/// A journey in a browser that is not like every other.
pub async fn journey_with<W: AsyncFnOnce(&Browser) -> Result>(options: Options, walk: W) {
    let no_telephones = [Engine::Firefox, Engine::WebKit];
    if options.telephone && leaves_out(&no_telephones, "no window of theirs is 360 px wide") {
        return;
    }
    let test = test_of(std::any::type_name::<W>());
    let _turn = turn().await.unwrap_or_else(|failure| panic!("no turn for {test}: {failure}"));
    let begun = Instant::now();
    let started = async { Browser::start(Engine::chosen()?, test, &options).await }.await;
    let browser = started.unwrap_or_else(|failure| panic!("no browser for {test}: {failure}"));
    let ready = begun.elapsed();
    let outcome = AssertUnwindSafe(walk(&browser)).catch_unwind().await;
    if !matches!(outcome, Ok(Ok(()))) {
        browser.save_failure().await;
    }
    let engine = browser.engine;
    browser.close().await;
    let (engine, all, ready) = (engine.name(), begun.elapsed().as_secs_f32(), ready.as_secs_f32());
    // Said of those that succeed too, whose output nobody sees.
    let _ = writeln!(
        std::io::stderr(),
        "{engine:<8} | {test}: {all:.1} s, of these {ready:.1} s until the browser stood"
    );
    match outcome {
        Ok(Ok(())) => {}
        Ok(Err(failure)) => panic!("{test}: {failure}"),
        Err(panic) => resume_unwind(panic),
    }
}

/// The test's name, from the name of a closure in it: `journeys::keys::a_test::{{closure}}`.
fn test_of(closure: &str) -> &str {
    let names = closure.split("::").filter(|name| !name.starts_with('{'));
    names.last().unwrap_or(closure)
}

/// The engine of this run is not one of these, and so the journey is left out, which is said aloud.
pub fn leaves_out(engines: &[Engine], why: &str) -> bool {
    let chosen = Engine::chosen().unwrap_or_else(|failure| panic!("{failure}"));
    let is_out = engines.contains(&chosen);
    if is_out {
        println!("left out in {}: {why}", chosen.name());
    }
    is_out
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

#[cfg(test)]
mod tests {
    use super::test_of;

    #[test]
    fn a_closure_tells_its_test() {
        assert_eq!(test_of("journeys::keys::a_test::{{closure}}::{{closure}}"), "a_test");
    }
}
