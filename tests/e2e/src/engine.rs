//! The browser engines, their programs and their options.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::Result;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Chromium,
    Firefox,
    WebKit,
}

/// How large the window is, in CSS pixels.
pub const WINDOW: (u32, u32) = (1600, 1000);

impl Engine {
    /// The engine this run is for, from `TUTTI_ENGINE`.
    pub fn chosen() -> Result<Self> {
        match std::env::var("TUTTI_ENGINE").as_deref() {
            Err(_) | Ok("" | "chromium") => Ok(Engine::Chromium),
            Ok("firefox") => Ok(Engine::Firefox),
            Ok("webkit") => Ok(Engine::WebKit),
            Ok(other) => {
                Err(format!("TUTTI_ENGINE is {other:?}, but the engines are chromium, firefox and webkit")
                    .into())
            }
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Engine::Chromium => "chromium",
            Engine::Firefox => "firefox",
            Engine::WebKit => "webkit",
        }
    }

    /// The WebDriver program.
    pub(crate) fn driver(self) -> Result<PathBuf> {
        match self {
            Engine::Chromium => program(&["chromedriver"], "the Debian package chromium-driver"),
            Engine::Firefox => program(&["geckodriver"], "cargo install geckodriver"),
            Engine::WebKit => program(&["WebKitWebDriver"], "the Debian package webkit2gtk-driver"),
        }
    }

    /// The driver's arguments; it listens on `port`.
    pub(crate) fn driver_args(self, port: u16, spare_port: u16, profile: &Path) -> Vec<OsString> {
        let port = format!("--port={port}").into();
        match self {
            Engine::Chromium | Engine::WebKit => vec![port],
            // The second port has a fixed default, which another run may hold.
            Engine::Firefox => vec![
                port,
                format!("--websocket-port={spare_port}").into(),
                "--profile-root".into(),
                profile.into(),
            ],
        }
    }

    /// WebKit's MiniBrowser has no headless mode.
    pub(crate) fn needs_display(self) -> bool {
        self == Engine::WebKit
    }

    /// What a new session is asked for. `profile` is an empty folder of its own.
    pub(crate) fn capabilities(self, profile: &Path) -> Result<Value> {
        match self {
            Engine::Chromium => {
                let names = ["chromium", "chromium-browser", "google-chrome"];
                let mut args: Vec<String> = CHROMIUM_ARGS.iter().map(|arg| arg.to_string()).collect();
                args.push(format!("--window-size={},{}", WINDOW.0, WINDOW.1));
                args.push(format!("--user-data-dir={}", profile.display()));
                Ok(json!({
                    "browserName": "chrome",
                    "acceptInsecureCerts": true,
                    "goog:loggingPrefs": {"browser": "ALL"},
                    "goog:chromeOptions": {
                        "binary": program(&names, "the Debian package chromium")?,
                        "args": args,
                    },
                }))
            }
            Engine::Firefox => {
                let names = ["firefox-esr", "firefox"];
                Ok(json!({
                    "browserName": "firefox",
                    "acceptInsecureCerts": true,
                    "moz:firefoxOptions": {
                        "binary": program(&names, "the Debian package firefox-esr")?,
                        "args": ["-headless"],
                        // The driver writes the browser's output into its own log.
                        "prefs": {"devtools.console.stdout.content": true},
                    },
                }))
            }
            Engine::WebKit => Ok(json!({
                "browserName": "MiniBrowser",
                "acceptInsecureCerts": true,
                "webkitgtk:browserOptions": {
                    "binary": mini_browser()?,
                    "args": ["--automation"],
                },
            })),
        }
    }
}

/// No sandbox, because test machines run as root in containers; nothing that calls home.
const CHROMIUM_ARGS: [&str; 10] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--ignore-certificate-errors",
];

/// The first of these programs that is on PATH or in `/usr/bin`.
pub(crate) fn program(names: &[&str], remedy: &str) -> Result<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&path).chain([PathBuf::from("/usr/bin")]).collect();
    names
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)))
        .find(|candidate| candidate.is_file())
        .ok_or_else(|| format!("{} is not on PATH; get it from {remedy}", names.join(" or ")).into())
}

/// The small browser that comes with WebKitGTK; it lies in a folder of its architecture.
fn mini_browser() -> Result<PathBuf> {
    const INSIDE: &str = "webkit2gtk-4.1/MiniBrowser";
    let architectures = std::fs::read_dir("/usr/lib").into_iter().flatten();
    architectures
        .filter_map(|entry| Some(entry.ok()?.path()))
        .chain([PathBuf::from("/usr/libexec")])
        .map(|folder| folder.join(INSIDE))
        .find(|candidate| candidate.is_file())
        .ok_or_else(|| format!("{INSIDE} was not found; get the package webkit2gtk-driver").into())
}
