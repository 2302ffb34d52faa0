//! One column. What it promises to be found by, inside its `section[data-panel]`:
//! - its phase in `data-phase`, and in words in `.phase`
//! - `input[name=model]`, `button[name=models]` with its `[role=listbox]` of `[data-model]`
//! - `button[name=stop]` or `button[name=retry]`, `button[name=copy]`, `button[name=more]`
//! - behind "more": a `.menu` with `setup`, `keep`, `quote`, `source`, `copy-rich`, `duplicate`, `left`, `right`, `focus`, `remove`
//! - `.reply`, with `data-whole` once all of it is drawn, `.source`, `.reasoning`, `.notes`, `.error[role=alert]` with `.theirs` and buttons
//! - `[data-number]` in the `.footer`

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::json;
use thirtyfour::{By, Key, WebElement};

use super::compare_page::{ComparePage, Phase};
use super::setup::Setup;
use crate::Result;

/// What a panel shows at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct PanelView {
    pub id: String,
    pub model: String,
    pub phase: Phase,
    /// The phase in the words that a person reads.
    pub phase_words: String,
    /// The answer as it is drawn, without its buttons: what [`drawn`](crate::drawn) makes of its Markdown.
    pub text: String,
    pub reasoning: String,
    pub notes: String,
    /// `None` when the panel shows no error.
    pub error: Option<String>,
    /// The names of the buttons in the error.
    pub actions: Vec<String>,
    /// What the footer says: `first-token`, `total`, `rate`, `input`, `output`, `finish`.
    pub numbers: HashMap<String, String>,
}

/// One panel, by its place on the page.
#[derive(Clone, Copy)]
pub struct Panel<'p> {
    pub(super) page: &'p ComparePage<'p>,
    pub(super) index: usize,
}

/// What a panel has said about its phase, word for word, since somebody began to note it.
pub struct PhaseWords<'p>(&'p ComparePage<'p>);

impl PhaseWords<'_> {
    pub async fn read(&self) -> Result<Vec<String>> {
        self.0.read("return window.phaseWords;", json!(null)).await
    }
}

impl<'p> Panel<'p> {
    /// Types the name of a model over what is there.
    pub async fn choose_model(&self, model: &str) -> Result {
        let field = self.find("input[name=model]").await?;
        let what = format!("the model of panel {}", self.index);
        super::type_into(&field, &what, model).await?;
        // Leaving the field is what makes it so; the list closes.
        Ok(field.send_keys(Key::Tab + "").await?)
    }

    /// Chooses a model from the list.
    pub async fn choose_listed_model(&self, model: &str) -> Result {
        self.press("button[name=models]").await?;
        let option = format!("[role=listbox] [role=option][data-model='{model}']");
        self.wait_for(&option).await?;
        self.press(&option).await
    }

    pub async fn stop(&self) -> Result {
        self.press("button[name=stop]").await
    }

    pub async fn retry(&self) -> Result {
        self.press("button[name=retry]").await
    }

    pub async fn remove(&self) -> Result {
        let count = self.page.panel_count().await?;
        self.choose_from_menu("remove").await?;
        self.page.wait_until("one panel less", "panels().length === args - 1", json!(count)).await
    }

    pub async fn duplicate(&self) -> Result {
        let count = self.page.panel_count().await?;
        self.choose_from_menu("duplicate").await?;
        self.page.wait_until("one panel more", "panels().length === args + 1", json!(count)).await
    }

    /// Presses one of `setup`, `duplicate`, `left`, `right`, `focus`, `remove`.
    pub async fn choose_from_menu(&self, name: &str) -> Result {
        let button = format!(".menu button[name={name}]");
        if !self.shows(&button).await? {
            self.press("button[name=more]").await?;
            self.wait_for(&button).await?;
        }
        self.press(&button).await
    }

    /// The form of this panel, which is opened where it does not stand open.
    pub async fn setup(&self) -> Result<Setup<'p>> {
        if !self.shows("select[name=provider]").await? {
            self.choose_from_menu("setup").await?;
            self.wait_for("select[name=provider]").await?;
        }
        Ok(Setup { panel: *self })
    }

    pub async fn view(&self) -> Result<PanelView> {
        let script = "return view(panels()[args]);";
        self.page.read(script, json!(self.index)).await
    }

    pub async fn text(&self) -> Result<String> {
        // Text is drawn in a frame, a moment after the phase is told.
        let is_drawn =
            "!['finished', 'truncated', 'stopped', 'failed'].includes(panels()[args].dataset.phase)
            || panels()[args].querySelector('.reply').hasAttribute('data-whole')";
        self.wait_until("all of the answer", is_drawn).await?;
        Ok(self.view().await?.text)
    }

    /// The answer to the letter, as the model wrote it; afterwards the panel is as it was.
    pub async fn source(&self) -> Result<String> {
        self.choose_from_menu("source").await?;
        self.wait_for(".source").await?;
        let source = self.text_of(".source").await?;
        self.choose_from_menu("source").await?;
        let gone = "panels()[args].querySelector('.source').textContent === ''";
        self.wait_until("no source", gone).await?;
        Ok(source)
    }

    /// From now on, everything that the panel says about its phase is noted in the page.
    pub async fn note_phase_words(&self) -> Result<PhaseWords<'p>> {
        let script = "
            const said = window.phaseWords = [];
            const note = () => {
                const words = panels()[args]?.querySelector('.phase')?.textContent ?? '';
                if (words !== said.at(-1)) said.push(words);
            };
            const all = { subtree: true, childList: true, characterData: true };
            new MutationObserver(note).observe(document.body, all);
            return null;";
        let () = self.page.read(script, json!(self.index)).await?;
        Ok(PhaseWords(self.page))
    }

    pub async fn phase(&self) -> Result<Phase> {
        Ok(self.view().await?.phase)
    }

    /// What the panel's error says; a failure when it shows none.
    pub async fn error(&self) -> Result<String> {
        let view = self.view().await?;
        view.error.clone().ok_or_else(|| format!("panel {} shows no error: {view:#?}", self.index).into())
    }

    pub async fn wait_for_phase(&self, phase: Phase) -> Result {
        self.page
            .wait_until(
                &format!("{phase:?} in panel {}", self.index),
                "isIn(panels()[args.index], args.phase)",
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

    /// Waits until the panel shows an error.
    pub async fn wait_for_error(&self) -> Result<String> {
        self.page
            .wait_until(
                &format!("an error in panel {}", self.index),
                "panels()[args] && view(panels()[args]).error !== null",
                json!(self.index),
            )
            .await?;
        self.error().await
    }

    /// Waits until something of this panel can be seen.
    pub async fn wait_for(&self, css: &str) -> Result {
        self.page
            .wait_until(
                &format!("{css} in panel {}", self.index),
                "isSeen(panels()[args.index].querySelector(args.css))",
                json!({"index": self.index, "css": css}),
            )
            .await
    }

    /// Waits for a condition over `panels()`, where `args` is the place of this panel.
    pub async fn wait_until(&self, what: &str, condition: &str) -> Result {
        let what = format!("{what} in panel {}", self.index);
        self.page.wait_until(&what, condition, json!(self.index)).await
    }

    /// The text at this selector inside the panel.
    pub async fn text_of(&self, css: &str) -> Result<String> {
        let script = "return panels()[args.index].querySelector(args.css)?.textContent ?? '';";
        self.page.read(script, json!({"index": self.index, "css": css})).await
    }

    /// This attribute of all that match inside the panel.
    pub async fn attributes(&self, css: &str, name: &str) -> Result<Vec<String>> {
        let script = "return [...panels()[args.index].querySelectorAll(args.css)]
            .map((element) => element.getAttribute(args.name));";
        self.page.read(script, json!({"index": self.index, "css": css, "name": name})).await
    }

    /// Whether something of this panel can be seen.
    pub async fn shows(&self, css: &str) -> Result<bool> {
        let script = "
            const it = panels()[args.index].querySelector(args.css);
            return !!it && isSeen(it);";
        self.page.read(script, json!({"index": self.index, "css": css})).await
    }

    /// Presses what is seen at this selector inside the panel.
    pub async fn press(&self, css: &str) -> Result {
        let name = format!("{css} of panel {}", self.index);
        self.page.browser.press(&name, async || self.find(css).await).await
    }

    pub(super) fn name(&self) -> String {
        format!("panel {}", self.index)
    }

    /// An element inside the panel, where it can be seen.
    pub async fn find(&self, css: &str) -> Result<WebElement> {
        let panel: WebElement = self.page.browser.nth("section[data-panel]", self.index).await?;
        let found = panel.find(By::Css(css)).await;
        let found = found.map_err(|error| format!("{css} is not in panel {}: {error}", self.index))?;
        // Sideways too, which not every driver does by itself. What is not there to be seen stays.
        let script = "
            args.scrollIntoView({ behavior: 'instant', block: 'nearest', inline: 'nearest' });
            return true;";
        self.page.browser.read::<bool>(script, found.to_json()?).await?;
        Ok(found)
    }
}
