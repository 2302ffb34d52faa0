//! The browser engines that tests run in, and what each needs on this machine.

use crate::failure::{Failure, Outcome};
use crate::run;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Chromium,
    Firefox,
    WebKit,
}

pub const ENGINES: [Engine; 3] = [Engine::Chromium, Engine::Firefox, Engine::WebKit];

impl Engine {
    pub fn named(name: &str) -> Outcome<Self> {
        ENGINES.into_iter().find(|engine| engine.name() == name).ok_or_else(|| {
            Failure::new(
                format!("`{name}` is not an engine."),
                "The engines are chromium, firefox and webkit.",
            )
        })
    }

    pub fn name(self) -> &'static str {
        match self {
            Engine::Chromium => "chromium",
            Engine::Firefox => "firefox",
            Engine::WebKit => "webkit",
        }
    }

    /// Debian's packages of the browser and its driver. Firefox's driver is a crate.
    pub fn packages(self) -> &'static [&'static str] {
        match self {
            Engine::Chromium => &["chromium", "chromium-driver"],
            Engine::Firefox => &["firefox-esr"],
            Engine::WebKit => &["webkit2gtk-driver", "xvfb"],
        }
    }

    /// What the system lacks to run it, in a few words. Firefox's driver is not the system's.
    pub fn lacks(self) -> Option<&'static str> {
        let none_of = |names: &[&str]| run::on_path(names).is_none();
        match self {
            Engine::Chromium if none_of(&["chromium", "chromium-browser", "google-chrome"]) => {
                Some("no Chromium on PATH")
            }
            Engine::Chromium if none_of(&["chromedriver"]) => Some("no chromedriver on PATH"),
            Engine::Firefox if none_of(&["firefox-esr", "firefox"]) => Some("no Firefox on PATH"),
            Engine::WebKit if none_of(&["WebKitWebDriver"]) => Some("no WebKitWebDriver on PATH"),
            Engine::WebKit if none_of(&["Xvfb"]) => Some("no Xvfb on PATH"),
            Engine::Chromium | Engine::Firefox | Engine::WebKit => None,
        }
    }
}
