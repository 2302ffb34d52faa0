//! The screen with the panels. What it promises to be found by:
//! - above: `select[name=language]`, `button[name=view]` with `columns`, `tabs` or `focus` as its
//!   value, `button#linked-scroll`, and what opens dialogs (see `dialogs`)
//! - below: `#status`, `#chips button[data-chip]`, `textarea#prompt`, `button#send`,
//!   `button#stop-all`, `button#add-panel`, `button#retry-failed`, `button#undo`
//! - between: a `section[data-panel]` for each panel (see `panel`)

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use thirtyfour::Key;

use super::dialogs::{Confirmation, KeysDialog, SetsDialog, SettingsDialog};
use super::panel::{Panel, PanelView};
use super::type_into;
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

/// How the scripts below see the panels.
const PANELS: &str = "
    const panels = () => [...document.querySelectorAll('section[data-panel]')];
    const isSeen = (element) => element.checkVisibility({ visibilityProperty: true });
    const textOf = (panel, css) => panel.querySelector(css)?.textContent ?? null;
    const drawn = (panel) => {
        const reply = panel.querySelector('.reply')?.cloneNode(true);
        reply?.querySelectorAll('.chrome').forEach((chrome) => chrome.remove());
        return reply?.textContent ?? '';
    };
    const endings = ['finished', 'truncated', 'stopped', 'failed'];
    const isIn = (panel, phase) => panel?.dataset.phase === phase
        && (!endings.includes(phase) || panel.querySelector('.reply').hasAttribute('data-whole'));
    const numbers = (panel) => Object.fromEntries([...panel.querySelectorAll('[data-number]')]
        .map((number) => [number.dataset.number, number.textContent.trim()]));
    const error = (panel) => {
        const error = panel.querySelector('.error');
        return error && isSeen(error) && error.textContent.trim() ? error : null;
    };
    const view = (panel) => ({
        id: panel.dataset.panel,
        model: panel.querySelector('input[name=model]')?.value ?? '',
        phase: panel.dataset.phase,
        phase_words: textOf(panel, '.phase') ?? '',
        text: drawn(panel),
        reasoning: textOf(panel, '.reasoning') ?? '',
        notes: textOf(panel, '.notes') ?? '',
        error: error(panel)?.textContent ?? null,
        actions: [...error(panel)?.querySelectorAll('button') ?? []].map((button) => button.name),
        numbers: numbers(panel),
    });";

pub struct ComparePage<'b> {
    pub(super) browser: &'b Browser,
}

impl<'b> ComparePage<'b> {
    /// Opens the page and waits until it can be used.
    pub async fn open(browser: &'b Browser, url: &str) -> Result<Self> {
        browser.visit(url).await?;
        Self::opened(browser).await
    }

    /// The page that this tab is at, once it can be used.
    pub async fn opened(browser: &'b Browser) -> Result<Self> {
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

    pub async fn reload(self) -> Result<Self> {
        self.browser.reload().await?;
        Self::opened(self.browser).await
    }

    pub async fn set_prompt(&self, prompt: &str) -> Result {
        let field = self.browser.find("textarea#prompt").await?;
        type_into(&field, "the prompt", prompt).await
    }

    pub async fn prompt(&self) -> Result<String> {
        self.read("return document.querySelector('textarea#prompt').value;", Value::Null).await
    }

    /// Sends the prompt to all panels.
    pub async fn send(&self) -> Result {
        self.press("button#send").await
    }

    pub async fn ask(&self, prompt: &str) -> Result {
        self.set_prompt(prompt).await?;
        self.send().await
    }

    pub async fn stop_all(&self) -> Result {
        self.press("button#stop-all").await
    }

    pub async fn retry_failed(&self) -> Result {
        self.press("button#retry-failed").await
    }

    /// Whether the button that asks all the failed again can be seen.
    pub async fn offers_to_retry_failed(&self) -> Result<bool> {
        let script = "const it = document.querySelector('#retry-failed'); return !!it && isSeen(it);";
        self.read(script, Value::Null).await
    }

    /// Takes a removal back.
    pub async fn undo(&self) -> Result {
        self.press("button#undo").await
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

    /// Waits until there are so many panels.
    pub async fn wait_for_panel_count(&self, count: usize) -> Result {
        self.wait_until(&format!("{count} panels"), "panels().length === args", json!(count)).await
    }

    /// What all panels show, at the same moment.
    pub async fn panels(&self) -> Result<Vec<PanelView>> {
        self.read("return panels().map(view);", Value::Null).await
    }

    /// How many panels are in each phase, at the same moment; cheap also when there are hundreds.
    pub async fn phases(&self) -> Result<Vec<Phase>> {
        self.read("return panels().map((panel) => panel.dataset.phase);", Value::Null).await
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

    /// Waits until the status line holds these words.
    pub async fn wait_for_status(&self, words: &str) -> Result {
        self.wait_until(
            &format!("{words:?} in the status line"),
            "document.querySelector('#status[role=status]').textContent.includes(args)",
            json!(words),
        )
        .await
    }

    /// Waits until every panel is in this phase, and what an ended one says is drawn.
    pub async fn wait_for_all(&self, phase: Phase) -> Result {
        self.wait_until(
            &format!("every panel {phase:?}"),
            "panels().every((panel) => isIn(panel, args))",
            json!(phase),
        )
        .await
    }

    /// Waits until so many panels, no more and no fewer, are in this phase.
    pub async fn wait_for_count(&self, phase: Phase, count: usize) -> Result {
        self.wait_until(
            &format!("{count} panels {phase:?}"),
            "panels().filter((panel) => isIn(panel, args.phase)).length === args.count",
            json!({"phase": phase, "count": count}),
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

    /// Waits until all panels show a part of their answer, those that have ended among them.
    pub async fn wait_until_all_have_text(&self) -> Result {
        let condition = "panels().map(view).every((it) => it.text !== '')";
        self.wait_until("text in every panel", condition, Value::Null).await
    }

    pub async fn open_keys(&self) -> Result<KeysDialog<'_>> {
        self.press("button#open-keys").await?;
        KeysDialog::shown(self.browser).await
    }

    pub async fn open_settings(&self) -> Result<SettingsDialog<'_>> {
        self.press("button#open-settings").await?;
        SettingsDialog::shown(self.browser).await
    }

    pub async fn open_sets(&self) -> Result<SetsDialog<'_>> {
        self.press("button#open-sets").await?;
        SetsDialog::shown(self.browser).await
    }

    /// The question before many paid calls, once it is shown.
    pub async fn confirmation(&self) -> Result<Confirmation<'_>> {
        Confirmation::shown(self.browser).await
    }

    /// Chooses how panels are laid out: `columns`, `tabs` or `focus`.
    pub async fn choose_view(&self, view: &str) -> Result {
        self.press(&format!("button[name=view][value={view}]")).await
    }

    pub async fn choose_language(&self, tag: &str) -> Result {
        self.press(&format!("select[name=language] option[value={tag}]")).await?;
        self.wait_until(&format!("the page in {tag}"), "document.documentElement.lang === args", json!(tag))
            .await
    }

    /// The `lang` of the document.
    pub async fn language(&self) -> Result<String> {
        self.read("return document.documentElement.lang;", Value::Null).await
    }

    /// What was copied, pasted into the composer, which is left empty.
    pub async fn pasted_clipboard(&self) -> Result<String> {
        self.set_prompt("").await?;
        let field = self.browser.find("textarea#prompt").await?;
        field.send_keys(Key::Control + "v" + Key::Null).await?;
        let filled = "document.querySelector('textarea#prompt').value !== ''";
        self.wait_until("what was copied", filled, Value::Null).await?;
        let pasted = self.prompt().await?;
        self.set_prompt("").await?;
        Ok(pasted)
    }

    /// Presses what is seen at this selector.
    pub async fn press(&self, css: &str) -> Result {
        self.browser.press(css, async || self.browser.find(css).await).await
    }

    /// Runs a script that may use `panels()` and `view(panel)`.
    pub async fn read<T: serde::de::DeserializeOwned>(&self, script: &str, args: Value) -> Result<T> {
        self.browser.read(&format!("{PANELS}\n{script}"), args).await
    }

    /// Runs the body of an async function that may use `panels()` and `view(panel)`.
    pub async fn read_later<T: serde::de::DeserializeOwned>(&self, script: &str, args: Value) -> Result<T> {
        self.browser.read_later(&format!("{PANELS}\n{script}"), args).await
    }

    /// Waits for a condition over `panels()` and `view(panel)`.
    pub async fn wait_until(&self, what: &str, condition: &str, args: Value) -> Result {
        let condition = format!("(() => {{ {PANELS}\n return ({condition}); }})()");
        let state = format!("{PANELS}\n return panels().slice(0, 12).map(view);");
        self.browser.wait_until(what, &condition, args, &state).await?;
        Ok(())
    }
}
