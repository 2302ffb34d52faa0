//! A person's journeys through the page, in real browsers, driven through WebDriver.
//!
//! # Layout
//! - [`mod@journey`]: one test: its turn, its browser, and what is kept when it fails
//! - [`browser`]: an open browser window: visits, finds, waits, takes pictures
//! - [`engine`]: which browser, where its programs are, with which [`options`] it starts
//! - `process`: programs started for a test and ended with it; `profile`: where browsers keep everything; `turn`: how
//!   many run at once
//! - [`evidence`]: where pictures and logs go
//! - [`pages`]: the page in a person's words, one object per screen
//! - [`axe`]: accessibility; [`canary`]: keys where they must not be; [`mod@watch`]: answers that become what they
//!   must not be
//!
//! `TUTTI_ENGINE` is `chromium` (the default), `firefox` or `webkit`. `TUTTI_DIST` is the built
//! page, else `dist/` of the workspace. Drivers and browsers are looked for on PATH.
//!
//! A journey never sleeps. It waits for what a person waits for, inside the page, and a deadline
//! turns what does not come into a failure that says what was there instead.
//!
//! # What the engines can do
//! All three can stand behind a proxy that answers under the providers' real names with a
//! certificate of its own. Chromium takes `--proxy-server`, Firefox the WebDriver capability.
//! WebKitGTK's driver takes that capability too, but trusts no self-signed certificate with it; the
//! switches of its MiniBrowser do. None of them sends loopback addresses through the proxy.
//!
//! Another tab in front hides the first one in Chromium and Firefox, as `document.hidden` says.
//! WebKitGTK leaves the first one in front and hides the new one.
//!
//! Chromium and Firefox start in the language that a journey asks for. WebKitGTK asks the system's
//! locale, and a bare machine has none but C. Only WebKitGTK tells nobody what pages write to the
//! console.
//!
//! Only Chromium composes text as an input method does, and only there a window can be as narrow as
//! a telephone: Firefox stops at 500 px and MiniBrowser at 447 px.

pub mod axe;
pub mod browser;
pub mod canary;
pub mod drawn;
pub mod engine;
pub mod evidence;
pub mod journey;
pub mod options;
pub mod pages;
mod process;
mod profile;
mod turn;
pub mod watch;

pub use axe::check_accessibility;
pub use browser::Browser;
pub use canary::check_no_key_in_sight;
pub use drawn::drawn;
pub use engine::Engine;
pub use journey::{built_page, journey, journey_with, leaves_out};
pub use options::Options;
pub use pages::compare_page::{ComparePage, Phase};
pub use pages::panel::{Panel, PanelView};
pub use profile::{copy_folder, fresh_profile};
pub use thirtyfour::WindowHandle;
pub use turn::turn;
pub use watch::{noted, watch};

/// Why a step of a journey could not be taken, in words for whoever reads the test's output.
pub type Failure = Box<dyn std::error::Error>;
pub type Result<T = (), E = Failure> = std::result::Result<T, E>;
