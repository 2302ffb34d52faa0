//! Gets ready what tests in browsers need, while the native tests run.

use std::path::PathBuf;

use crate::debian;
use crate::engine::Engine;
use crate::failure::{Failure, Outcome};
use crate::page::Flavour;
use crate::place::Place;
use crate::run;
use crate::tools::{self, AXE, GECKODRIVER, Voice, WASM_BINDGEN};

#[derive(Debug, Clone)]
pub struct Needs {
    pub engines: Vec<Engine>,
    /// Tests of units, in a browser.
    pub web: bool,
    /// The release page, for the journeys.
    pub page: bool,
}

/// What came of it. A failure here makes the stage that needed it fail, not the others.
#[derive(Debug)]
pub struct Prepared {
    runner: Outcome<Vec<PathBuf>>,
    page: Outcome<Vec<PathBuf>>,
    geckodriver: Outcome<Vec<PathBuf>>,
    axe: Outcome<Vec<PathBuf>>,
}

/// Speaks into logs, since the native tests have the screen.
pub fn prepare(place: &Place, needs: &Needs) -> Prepared {
    if let Err(failure) = debian::provide(place, &needs.engines, needs.page) {
        eprintln!("{failure}");
    }
    let get =
        |wanted: bool, tools| if wanted { tools::ensure(place, tools, Voice::Log) } else { Ok(Vec::new()) };
    Prepared {
        runner: get(needs.web, &[WASM_BINDGEN]),
        page: get(needs.page && node().is_ok(), Flavour::Release.tools()),
        geckodriver: get(needs.engines.contains(&Engine::Firefox), &[GECKODRIVER]),
        axe: get(needs.page && node().is_ok(), &[AXE]),
    }
}

impl Prepared {
    /// The folders to put in front of PATH, or why this engine cannot run here.
    pub fn engine(&self, engine: Engine) -> Result<Vec<PathBuf>, String> {
        if let Some(lack) = engine.lacks() {
            return Err(lack.to_owned());
        }
        match (engine, &self.geckodriver) {
            (Engine::Firefox, Ok(folders)) => Ok(folders.clone()),
            (Engine::Firefox, Err(failure)) => Err(failure.happened().to_owned()),
            (Engine::Chromium | Engine::WebKit, _) => Ok(Vec::new()),
        }
    }

    /// The folders of what runs unit tests in a browser.
    pub fn runner(&self) -> Outcome<Vec<PathBuf>> {
        self.runner.clone()
    }

    /// The script that checks accessibility, for journeys that ask for it.
    pub fn axe(&self) -> Outcome<Option<PathBuf>> {
        let folders = self.axe.clone()?;
        Ok(folders.first().map(|folder| AXE.file(folder)))
    }

    pub fn page_tools(&self) -> Outcome {
        self.page.clone().map(|_| ())
    }
}

/// What makes wasm small runs on Node.
pub fn node() -> Result<(), &'static str> {
    match run::on_path(&["node"]).and(run::on_path(&["npm", "npm.cmd"])) {
        Some(_) => Ok(()),
        None => Err("no Node.js with npm on PATH"),
    }
}

impl From<std::thread::Result<Prepared>> for Prepared {
    fn from(joined: std::thread::Result<Prepared>) -> Self {
        joined.unwrap_or_else(|_| {
            let failure = Failure::new("The set-up of the tools broke off.", "Run the same command again.");
            let lost = || Err(failure.clone());
            Prepared { runner: lost(), page: lost(), geckodriver: lost(), axe: lost() }
        })
    }
}
