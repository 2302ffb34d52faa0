//! A person's journeys through the page, in real browsers, driven through WebDriver.
//!
//! # Layout
//! - [`mod@journey`]: one test: its turn, its browser, and what is kept when it fails
//! - [`browser`]: an open browser window: visits, finds, waits, takes pictures
//! - [`engine`]: which browser, where its programs are, with which options it starts
//! - `process`: programs started for a test and ended with it
//! - [`evidence`]: where pictures and logs go
//! - [`compare_page`]: the screen with the panels, in a person's words
//!
//! `TUTTI_ENGINE` is `chromium` (the default), `firefox` or `webkit`. `TUTTI_DIST` is the built
//! page, else `dist/` of the workspace. Drivers and browsers are looked for on PATH.
//!
//! A journey never sleeps. It waits for what a person waits for, inside the page, and a deadline
//! turns what does not come into a failure that says what was there instead.

pub mod browser;
pub mod compare_page;
pub mod engine;
pub mod evidence;
pub mod journey;
mod process;

pub use browser::Browser;
pub use compare_page::{ComparePage, Panel, PanelView, Phase};
pub use engine::Engine;
pub use journey::{built_page, journey};

/// Why a step of a journey could not be taken, in words for whoever reads the test's output.
pub type Failure = Box<dyn std::error::Error>;
pub type Result<T = (), E = Failure> = std::result::Result<T, E>;
