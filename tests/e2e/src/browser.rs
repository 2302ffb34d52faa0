//! An open browser window.

use std::path::Path;
use std::process::Command;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::error::WebDriverErrorInner;
use thirtyfour::{By, Capabilities, TypingData, WebDriver, WebElement, WindowHandle};

use crate::Result;
use crate::engine::Engine;
use crate::evidence::Evidence;
use crate::options::Options;
use crate::process::{Display, Process, free_ports};
use crate::profile::fresh_profile;

/// How long a page may take to get where a journey waits for it. Not a measurement.
const DEADLINE: Duration = Duration::from_secs(60);
/// The page's own deadline comes first, since its failure says more.
const SCRIPT_DEADLINE: Duration = Duration::from_secs(120);

/// A browser with a profile, a driver of its own and, where it needs one, a display.
pub struct Browser {
    pub engine: Engine,
    evidence: Evidence,
    /// What was read of the console; some drivers tell each line only once.
    console: Mutex<String>,
    // In the order in which they must end.
    session: WebDriver,
    driver: Process,
    _display: Option<Display>,
    _profile: Option<TempDir>,
}

impl Browser {
    /// Opens a window; `test` names the files that are kept.
    pub async fn start(engine: Engine, test: &str, options: &Options) -> Result<Self> {
        let profile = fresh_profile(engine).await?;
        let browser = Self::start_in(engine, test, options, profile.path()).await?;
        Ok(Self { _profile: Some(profile), ..browser })
    }

    /// Opens a window in a profile that may outlive it.
    pub async fn start_in(engine: Engine, test: &str, options: &Options, profile: &Path) -> Result<Self> {
        let evidence = Evidence::of(engine, test)?;
        let display = engine.needs_display().then(Display::start).transpose()?;
        let [port, spare_port] = free_ports()?;

        let mut command = Command::new(engine.driver()?);
        command.args(engine.driver_args(port, spare_port, profile));
        if let Some(display) = &display {
            let home = profile;
            command
                .env("DISPLAY", &display.name)
                .env("GDK_BACKEND", "x11")
                .env("NO_AT_BRIDGE", "1")
                .env("XDG_CACHE_HOME", home.join("cache"))
                .env("XDG_CONFIG_HOME", home.join("config"))
                .env("XDG_DATA_HOME", home.join("data"));
        }
        let driver = Process::listening(&mut command, &evidence.driver_log(), port).await?;

        let wanted: Capabilities = serde_json::from_value(engine.capabilities(profile, options)?)?;
        let address = format!("http://127.0.0.1:{port}");
        let session = WebDriver::new(address, wanted).await.map_err(|error| {
            let log = evidence.driver_log();
            format!("{error}\nthe driver's log is {}", log.display())
        })?;
        session.set_script_timeout(SCRIPT_DEADLINE).await?;
        session.set_window_rect(0, 0, options.window.0, options.window.1).await?;
        let console = Mutex::default();
        let browser = Self { engine, evidence, console, session, driver, _display: display, _profile: None };
        if options.dark && engine == Engine::Chromium {
            let dark = json!({"features": [{"name": "prefers-color-scheme", "value": "dark"}]});
            browser.chromium("Emulation.setEmulatedMedia", dark).await?;
        }
        if options.telephone {
            browser.be_a_telephone().await?;
        }
        Ok(browser)
    }

    pub async fn visit(&self, url: &str) -> Result {
        let visited = self.session.goto(url).await;
        Ok(visited.map_err(|error| format!("cannot open {url}: {error}"))?)
    }

    pub async fn reload(&self) -> Result {
        Ok(self.session.refresh().await?)
    }

    /// To the page before.
    pub async fn back(&self) -> Result {
        Ok(self.session.back().await?)
    }

    pub async fn find(&self, css: &str) -> Result<WebElement> {
        let mut found = self.session.find(By::Css(css)).await;
        // WebKit's driver says so, rarely, of an element that is there: it lost the answer of its own browser.
        if found.as_ref().is_err_and(|error| error.to_string().contains("Could not parse element info")) {
            found = self.session.find(By::Css(css)).await;
        }
        Ok(found.map_err(|error| format!("{css} is not on the page: {error}"))?)
    }

    /// The element at this place, counted from 0, among those that match.
    pub async fn nth(&self, css: &str, index: usize) -> Result<WebElement> {
        let all = self.session.find_all(By::Css(css)).await?;
        let count = all.len();
        all.into_iter()
            .nth(index)
            .ok_or_else(|| format!("there are {count} of {css}, none at {index}").into())
    }

    /// Presses what is found there, once more where it was made anew between finding and pressing: to a person
    /// it is the same button.
    pub async fn press(&self, css: &str, find: impl AsyncFn() -> Result<WebElement>) -> Result {
        let mut pressed = find().await?.click().await;
        if pressed
            .as_ref()
            .is_err_and(|error| matches!(&**error, WebDriverErrorInner::StaleElementReference(_)))
        {
            pressed = find().await?.click().await;
        }
        Ok(pressed.map_err(|error| format!("{css} cannot be pressed: {error}"))?)
    }

    /// Presses keys where the focus is, as a person does who has only a keyboard.
    pub async fn press_keys(&self, keys: impl Into<TypingData>) -> Result {
        let focused = self.session.active_element().await?;
        Ok(focused.send_keys(keys).await?)
    }

    /// Moves the focus on by Tab.
    pub async fn tab_on(&self) -> Result {
        // To the page and not to an element, since Tab leaves the element between down and up.
        Ok(self.session.action_chain().send_keys(thirtyfour::Key::Tab + "").perform().await?)
    }

    /// Copies what is selected.
    pub async fn copy(&self) -> Result {
        use thirtyfour::Key;
        let keys = self.session.action_chain().key_down(Key::Control).send_keys("c").key_up(Key::Control);
        Ok(keys.perform().await?)
    }

    /// Drags one element onto another with the mouse, in several moves as hands do.
    pub async fn drag(&self, from: &WebElement, to: &WebElement) -> Result {
        let moves = self.session.action_chain().move_to_element_center(from).click_and_hold();
        let moves = moves.move_by_offset(10, 0).move_to_element_center(to).move_by_offset(2, 0);
        Ok(moves.release().perform().await?)
    }

    /// Runs a script and reads what it returns. In the script, `args` is the argument.
    pub async fn read<T: DeserializeOwned>(&self, script: &str, args: Value) -> Result<T> {
        let script = format!("const args = arguments[0];\n{script}");
        Ok(self.session.execute(script, vec![args]).await?.convert()?)
    }

    /// Runs the body of an async function and reads what it returns.
    pub async fn read_later<T: DeserializeOwned>(&self, script: &str, args: Value) -> Result<T> {
        let script = format!(
            "const [args, done] = arguments;
            (async () => {{ {script} }})().then(
                (value) => done({{ value }}),
                (error) => done({{ error: String(error?.stack ?? error) }}),
            );"
        );
        let answer = self.session.execute_async(script, vec![args]).await?;
        match answer.json().get("error") {
            Some(error) => Err(format!("a script failed: {error}").into()),
            None => Ok(serde_json::from_value(answer.json()["value"].clone())?),
        }
    }

    /// Lets the page make so much garbage that the browser throws away what nobody holds any more.
    pub async fn collect_garbage(&self) -> Result {
        let script = "
            for (let round = 0; round < 40; round++) {
                window.garbage = Array.from({ length: 20_000 }, (_, n) => ({ n: [n, {}] }));
                // A turn of the event loop, in which it collects.
                await new Promise((turn) => {
                    const channel = new MessageChannel();
                    channel.port1.onmessage = turn;
                    channel.port2.postMessage(null);
                });
            }
            delete window.garbage;
            return true;";
        self.read_later::<bool>(script, Value::Null).await?;
        Ok(())
    }

    /// Waits until a condition, a JavaScript expression over `args`, is truthy, and returns its
    /// value. It is looked at in the page whenever the page changes. `state` is a script that
    /// says for a failure how the page stands.
    pub async fn wait_until(&self, what: &str, condition: &str, args: Value, state: &str) -> Result<Value> {
        // The condition is written into the script, since the page's CSP may forbid eval.
        let script = format!(
            "const [args, deadline, done] = arguments;
            const met = () => ({condition});
            const state = () => {{ {state} }};
            // What a document does not count as a change of itself.
            const SIGNS = ['focusin', 'focusout', 'input', 'change', 'scroll', 'toggle', 'close',
                'visibilitychange', 'transitionend'];
            let timer;
            const watch = new MutationObserver(look);
            function look() {{
                let value;
                try {{ value = met(); }} catch (error) {{ value = null; }}
                if (!value) return;
                // An element may be gone before the driver has taken hold of it.
                end({{ met: value instanceof Node || value }});
            }}
            function end(answer) {{
                watch.disconnect();
                SIGNS.forEach((sign) => document.removeEventListener(sign, look, true));
                clearTimeout(timer);
                done(answer);
            }}
            timer = setTimeout(() => end({{ state: state() }}), deadline);
            SIGNS.forEach((sign) => document.addEventListener(sign, look, true));
            watch.observe(document, {{
                subtree: true, childList: true, attributes: true, characterData: true,
            }});
            look();"
        );
        let begun = Instant::now();
        let answer = loop {
            let args = vec![args.clone(), json!(DEADLINE.as_millis() as u64)];
            match self.session.execute_async(script.as_str(), args).await {
                Ok(answer) => break answer,
                // The page has gone to another one, which is looked at next.
                Err(error) if error.to_string().contains("unload") && begun.elapsed() < DEADLINE => {}
                Err(error) => return Err(format!("while waiting for {what}: {error}").into()),
            }
        };
        match answer.json().get("met") {
            Some(value) => Ok(value.clone()),
            None => Err(format!(
                "{what} did not come within {} s; the page: {:#}",
                DEADLINE.as_secs(),
                answer.json()["state"]
            )
            .into()),
        }
    }

    /// Opens another tab, and goes on there.
    pub async fn open_tab(&self) -> Result<WindowHandle> {
        let tab = self.session.new_tab().await?;
        self.session.switch_to_window(tab.clone()).await?;
        Ok(tab)
    }

    /// The tab that commands go to.
    pub async fn tab(&self) -> Result<WindowHandle> {
        Ok(self.session.window().await?)
    }

    /// Closes the tab that commands go to, and goes on in that one.
    pub async fn close_tab(&self, next: &WindowHandle) -> Result {
        self.session.close_window().await?;
        self.switch_to_tab(next).await
    }

    pub async fn switch_to_tab(&self, tab: &WindowHandle) -> Result {
        Ok(self.session.switch_to_window(tab.clone()).await?)
    }

    /// A command to Chromium's developer tools.
    pub async fn chromium(&self, command: &str, parameters: Value) -> Result<Value> {
        Ok(self.session.cdp().send_raw(command, parameters).await?)
    }

    /// Makes Chromium's window a telephone's, 360 px wide.
    pub async fn be_a_telephone(&self) -> Result {
        let phone = json!({"width": 360, "height": 740, "deviceScaleFactor": 1, "mobile": true});
        self.chromium("Emulation.setDeviceMetricsOverride", phone).await?;
        Ok(())
    }

    /// Keeps a picture of this moment.
    pub async fn screenshot(&self, moment: &str) -> Result {
        self.wait_for_paint().await?;
        let path = self.evidence.picture(moment);
        self.session.screenshot(&path).await?;
        println!("picture: {}", path.display());
        Ok(())
    }

    /// Waits until what the document says is also drawn, since some engines picture the last frame
    /// they have; a window that draws no frames is pictured as it is.
    pub async fn wait_for_paint(&self) -> Result {
        let script = "
            const done = arguments[0];
            requestAnimationFrame(() => requestAnimationFrame(() => done(true)));
            setTimeout(() => done(false), 1000);";
        self.session.execute_async(script, Vec::new()).await?;
        Ok(())
    }

    /// The addresses of all that the page has asked for, as the browser counts them.
    pub async fn requested(&self) -> Result<Vec<String>> {
        let script = "return performance.getEntriesByType('resource').map((entry) => entry.name);";
        self.read(script, Value::Null).await
    }

    /// Saves what helps to understand a failure; nothing here may fail in turn.
    pub async fn save_failure(&self) {
        let picture = self.evidence.failure_picture();
        match self.session.screenshot(&picture).await {
            Ok(()) => eprintln!("picture of the failure: {}", picture.display()),
            Err(error) => eprintln!("no picture of the failure: {error}"),
        }
        let log = self.evidence.failure_log();
        let source = self.session.source().await.unwrap_or_default();
        let text = format!("{}\n--- the page ---\n{source}\n", self.console().await);
        match std::fs::write(&log, text) {
            Ok(()) => eprintln!("console and page: {}", log.display()),
            Err(error) => eprintln!("no log of the failure: {error}"),
        }
    }

    /// All that pages wrote to the console so far.
    pub async fn console(&self) -> String {
        match self.engine {
            Engine::Chromium => {
                let news = match self.session.browser_log().await {
                    Ok(entries) => {
                        entries.iter().map(|entry| format!("{} {}\n", entry.level, entry.message)).collect()
                    }
                    Err(error) => format!("no console log: {error}\n"),
                };
                let mut console = self.console.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
                console.push_str(&news);
                console.clone()
            }
            // It writes what pages say to its own output.
            Engine::Firefox => std::fs::read_to_string(self.evidence.driver_log()).unwrap_or_default(),
            // Nothing tells what pages say.
            Engine::WebKit => String::new(),
        }
    }

    /// Kills the browser with all its processes, as they stand. The answer is the moment just before.
    pub async fn kill(self) -> Result<Instant> {
        let killed = self.driver.kill_offspring().await;
        // Nobody is left to be told.
        let _ = self.session.leak();
        killed
    }

    /// Ends the browser as a person does, so that its profile is whole.
    pub(crate) async fn quit(self) -> Result {
        Ok(self.session.quit().await?)
    }

    /// Ends the browser and whatever it has started.
    pub async fn close(self) {
        let closed = match self.engine {
            // It takes its time to put a profile in order that goes too.
            Engine::Firefox => self.kill().await.map(drop),
            Engine::Chromium | Engine::WebKit => self.quit().await,
        };
        if let Err(error) = closed {
            eprintln!("the browser did not close: {error}");
        }
    }
}
