//! The screen with the panels, in a person's words. What the page promises to be found by:
//! `textarea#prompt`, `button#send`, `button#stop-all`, `button#add-panel`, `#status`, and for
//! each panel `section[data-panel]` with its phase in `data-phase`.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use thirtyfour::{By, WebElement};

use crate::Result;
use crate::browser::Browser;

/// How far a reply has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    Idle,
    Queued,
    Connecting,
    Waiting,
    Streaming,
    Backoff,
    Finished,
    Truncated,
    Stopped,
    Failed,
}

/// What a panel shows at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct PanelView {
    pub provider: String,
    pub phase: Phase,
    /// The phase in the words that a person reads.
    pub phase_words: String,
    /// The answer, to the letter.
    pub text: String,
    pub reasoning: String,
    /// `None` when the panel shows no error.
    pub error: Option<String>,
}

/// How the scripts below see the panels.
const PANELS: &str = "
    const panels = () => [...document.querySelectorAll('section[data-panel]')];
    const textOf = (panel, css) => panel.querySelector(css)?.textContent ?? null;
    const view = (panel) => ({
        provider: panel.querySelector('select[name=provider]')?.value ?? '',
        phase: panel.dataset.phase,
        phase_words: textOf(panel, '.phase') ?? '',
        text: textOf(panel, '.reply') ?? '',
        reasoning: textOf(panel, '.reasoning') ?? '',
        error: textOf(panel, '.error'),
    });";

pub struct ComparePage<'b> {
    browser: &'b Browser,
}

impl<'b> ComparePage<'b> {
    /// Opens the page and waits until it can be used.
    pub async fn open(browser: &'b Browser, url: &str) -> Result<Self> {
        browser.visit(url).await?;
        let page = Self { browser };
        page.wait_until(
            "a prompt box, a send button and a panel",
            "document.querySelector('textarea#prompt')
                && document.querySelector('button#send')
                && panels().length",
            Value::Null,
        )
        .await?;
        Ok(page)
    }

    pub async fn set_prompt(&self, prompt: &str) -> Result {
        let field = self.browser.find("textarea#prompt").await?;
        type_into(&field, "the prompt", prompt).await
    }

    /// Sends the prompt to all panels.
    pub async fn send(&self) -> Result {
        self.press("button#send").await
    }

    pub async fn stop_all(&self) -> Result {
        self.press("button#stop-all").await
    }

    /// Adds a panel at the end.
    pub async fn add_panel(&self) -> Result<Panel<'_>> {
        let count = self.panel_count().await?;
        self.press("button#add-panel").await?;
        self.wait_until("one panel more", "panels().length === args + 1", json!(count)).await?;
        Ok(self.panel(count))
    }

    /// The panel at this place, counted from 0, left to right.
    pub fn panel(&self, index: usize) -> Panel<'_> {
        Panel { page: self, index }
    }

    pub async fn panel_count(&self) -> Result<usize> {
        self.read("return panels().length;", Value::Null).await
    }

    /// What all panels show, at the same moment.
    pub async fn panels(&self) -> Result<Vec<PanelView>> {
        self.read("return panels().map(view);", Value::Null).await
    }

    /// The places of the panels whose text holds these words.
    pub async fn panels_that_say(&self, words: &str) -> Result<Vec<usize>> {
        let script = "return panels()
            .map((panel, index) => panel.textContent.includes(args) ? index : -1)
            .filter((index) => index >= 0);";
        self.read(script, json!(words)).await
    }

    /// What the status line says.
    pub async fn status(&self) -> Result<String> {
        let script = "return document.querySelector('#status[role=status]').textContent;";
        self.read(script, Value::Null).await
    }

    /// Waits until every panel is in this phase.
    pub async fn wait_for_all(&self, phase: Phase) -> Result {
        self.wait_until(
            &format!("every panel {phase:?}"),
            "panels().every((panel) => panel.dataset.phase === args)",
            json!(phase),
        )
        .await
    }

    /// Waits until all panels show a part of their answer at the same moment.
    pub async fn wait_until_all_stream(&self) -> Result {
        self.wait_until(
            "text in every panel while all stream",
            "panels().map(view).every((it) => it.phase === 'streaming' && it.text !== '')",
            Value::Null,
        )
        .await
    }

    /// The page's whole document as it stands, as HTML.
    pub async fn html(&self) -> Result<String> {
        let script = "return document.documentElement.outerHTML;";
        self.read(script, Value::Null).await
    }

    /// Everything in the page's local and session storage, as JSON text.
    pub async fn web_storage(&self) -> Result<String> {
        let script = "return JSON.stringify([{ ...localStorage }, { ...sessionStorage }]);";
        self.read(script, Value::Null).await
    }

    async fn press(&self, css: &str) -> Result {
        let pressed = self.browser.find(css).await?.click().await;
        Ok(pressed.map_err(|error| format!("{css} cannot be pressed: {error}"))?)
    }

    async fn read<T: serde::de::DeserializeOwned>(&self, script: &str, args: Value) -> Result<T> {
        self.browser.read(&format!("{PANELS}\n{script}"), args).await
    }

    async fn wait_until(&self, what: &str, condition: &str, args: Value) -> Result {
        let condition = format!("(() => {{ {PANELS}\n return {condition}; }})()");
        let state = format!("{PANELS}\n return panels().map(view);");
        self.browser.wait_until(what, &condition, args, &state).await?;
        Ok(())
    }
}

/// One panel, by its place on the page.
pub struct Panel<'p> {
    page: &'p ComparePage<'p>,
    index: usize,
}

impl Panel<'_> {
    pub async fn choose_provider(&self, id: &str) -> Result {
        self.choose("provider", id).await
    }

    /// Chooses the wire format, where the provider has several.
    pub async fn choose_dialect(&self, id: &str) -> Result {
        self.choose("dialect", id).await
    }

    pub async fn choose_model(&self, model: &str) -> Result {
        self.fill("model", model).await
    }

    pub async fn set_base_url(&self, url: &str) -> Result {
        self.fill("base-url", url).await
    }

    /// Types a key. What the field then shows is the page's own affair.
    pub async fn set_key(&self, key: &str) -> Result {
        let field = self.find("input[name=key]").await?;
        field.clear().await?;
        Ok(field.send_keys(key).await?)
    }

    pub async fn stop(&self) -> Result {
        self.press("button[name=stop]").await
    }

    pub async fn remove(&self) -> Result {
        let count = self.page.panel_count().await?;
        self.press("button[name=remove]").await?;
        self.page.wait_until("one panel less", "panels().length === args - 1", json!(count)).await
    }

    pub async fn view(&self) -> Result<PanelView> {
        let script = "return view(panels()[args]);";
        self.page.read(script, json!(self.index)).await
    }

    pub async fn text(&self) -> Result<String> {
        Ok(self.view().await?.text)
    }

    pub async fn phase(&self) -> Result<Phase> {
        Ok(self.view().await?.phase)
    }

    pub async fn wait_for_phase(&self, phase: Phase) -> Result {
        self.page
            .wait_until(
                &format!("{phase:?} in panel {}", self.index),
                "panels()[args.index]?.dataset.phase === args.phase",
                json!({"index": self.index, "phase": phase}),
            )
            .await
    }

    /// Waits until the panel shows the first of its answer.
    pub async fn wait_for_text(&self) -> Result {
        self.page
            .wait_until(
                &format!("text in panel {}", self.index),
                "panels()[args] && view(panels()[args]).text !== ''",
                json!(self.index),
            )
            .await
    }

    async fn choose(&self, field: &str, value: &str) -> Result {
        let option = format!("select[name={field}] option[value='{value}']");
        self.page
            .wait_until(
                &format!("{option} in panel {}", self.index),
                "panels()[args.index]?.querySelector(args.option)",
                json!({"index": self.index, "option": option}),
            )
            .await?;
        self.press(&option).await
    }

    async fn fill(&self, field: &str, value: &str) -> Result {
        let input = self.find(&format!("input[name={field}]")).await?;
        let what = format!("{field} of panel {}", self.index);
        type_into(&input, &what, value).await
    }

    async fn press(&self, css: &str) -> Result {
        let pressed = self.find(css).await?.click().await;
        Ok(pressed.map_err(|error| format!("{css} of panel {} cannot be pressed: {error}", self.index))?)
    }

    async fn find(&self, css: &str) -> Result<WebElement> {
        let panel: WebElement = self.page.browser.nth("section[data-panel]", self.index).await?;
        let found = panel.find(By::Css(css)).await;
        Ok(found.map_err(|error| format!("{css} is not in panel {}: {error}", self.index))?)
    }
}

/// Types over what is in a field, and sees that it holds just that.
async fn type_into(field: &WebElement, what: &str, text: &str) -> Result {
    let typed = async {
        field.clear().await?;
        field.send_keys(text).await?;
        field.prop("value").await
    }
    .await;
    match typed {
        Ok(Some(shown)) if shown == text => Ok(()),
        Ok(shown) => Err(format!("{what}: typed {text:?}, but it holds {shown:?}").into()),
        Err(error) => Err(format!("cannot type {what}: {error}").into()),
    }
}
