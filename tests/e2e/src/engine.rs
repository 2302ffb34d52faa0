//! The browser engines, their programs and their options.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::Result;
use crate::options::Options;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Chromium,
    Firefox,
    WebKit,
}

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

    /// What a new session is asked for. `profile` is a folder of its own.
    pub(crate) fn capabilities(self, profile: &Path, options: &Options) -> Result<Value> {
        match self {
            Engine::Chromium => chromium(profile, options),
            Engine::Firefox => firefox(profile, options),
            Engine::WebKit => web_kit(options),
        }
    }
}

/// The colour scheme is set once it runs, by its developer tools.
fn chromium(profile: &Path, options: &Options) -> Result<Value> {
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let mut args: Vec<String> = CHROMIUM_ARGS.iter().map(|arg| arg.to_string()).collect();
    let (width, height) = options.window;
    args.push(format!("--window-size={width},{height}"));
    args.push(format!("--user-data-dir={}", profile.display()));
    if let Some(proxy) = options.proxy {
        // Loopback addresses never go through it, so the page's own server is reached directly.
        args.push(format!("--proxy-server={proxy}"));
    }
    if let Some(language) = options.language {
        args.push(format!("--accept-lang={language}"));
        args.push(format!("--lang={language}"));
    }
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

fn firefox(profile: &Path, options: &Options) -> Result<Value> {
    let mut prefs = json!({
        // The driver writes the browser's output into its own log.
        "devtools.console.stdout.content": true,
        // Less that calls home.
        "services.settings.server": "data:,#nothing",
        "browser.search.update": false,
    });
    if let Some(language) = options.language {
        prefs["intl.accept_languages"] = json!(language);
    }
    // 0 is dark, 1 is light.
    prefs["layout.css.prefers-color-scheme.content-override"] = json!(if options.dark { 0 } else { 1 });
    let mut capabilities = json!({
        "browserName": "firefox",
        "acceptInsecureCerts": true,
        "moz:firefoxOptions": {
            "binary": program(&["firefox-esr", "firefox"], "the Debian package firefox-esr")?,
            // Else the driver makes one of its own each time.
            "args": ["-headless", "-profile", profile],
            "prefs": prefs,
        },
    });
    if let Some(proxy) = options.proxy {
        // Loopback addresses never go through it either.
        let proxy = proxy.to_string();
        capabilities["proxy"] = json!({"proxyType": "manual", "httpProxy": proxy, "sslProxy": proxy});
    }
    Ok(capabilities)
}

/// Its driver takes the `proxy` capability, but then trusts no self-signed certificate any more,
/// whatever `acceptInsecureCerts` says; the browser's own switches do both.
fn web_kit(options: &Options) -> Result<Value> {
    let mut args = vec!["--automation".to_owned()];
    if options.dark {
        args.push("--dark-mode".to_owned());
    }
    if let Some(proxy) = options.proxy {
        args.push(format!("--proxy=http://{proxy}"));
        args.push("--ignore-host=127.0.0.1".to_owned());
        args.push("--ignore-tls-errors".to_owned());
    }
    Ok(json!({
        "browserName": "MiniBrowser",
        "acceptInsecureCerts": true,
        "webkitgtk:browserOptions": {"binary": mini_browser()?, "args": args},
    }))
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
