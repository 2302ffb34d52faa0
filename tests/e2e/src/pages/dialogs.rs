//! What opens over the page, each a modal `<dialog>` with a `button[name=close]`:
//! - `dialog#keys`: `textarea[name=paste-keys]`, `button#take-keys`, `[data-origin]` rows with
//!   `button[name=forget]`, `input[name=remember]`, `button#forget-all`
//! - `dialog#settings`: `select[name=theme]`, `select[name=send-key]`, `input[name=shortcuts]`,
//!   `input[name=confirm-above]`, `input[name=connections]`
//! - `dialog#sets`: `input[name=set-name]`, `button#save-set`, `[data-set]` rows with
//!   `button[name=load]` and `button[name=delete]`
//! - `dialog#confirm`: `button#confirm-send`, `button#confirm-cancel`

use serde_json::{Value, json};

use super::type_into;
use crate::Result;
use crate::browser::Browser;

/// What all of them have in common.
pub struct Dialog<'b> {
    browser: &'b Browser,
    id: &'static str,
}

impl<'b> Dialog<'b> {
    /// The dialog of this id, once it is shown.
    pub async fn shown(browser: &'b Browser, id: &'static str) -> Result<Self> {
        let dialog = Self { browser, id };
        let condition = "document.querySelector(`dialog#${args}`)?.matches(':modal')";
        dialog.wait_until(&format!("the dialog {id}"), condition, json!(id)).await?;
        Ok(dialog)
    }

    pub async fn close(&self) -> Result {
        self.press("button[name=close]").await?;
        self.wait_until_closed().await
    }

    pub async fn wait_until_closed(&self) -> Result {
        let condition = "!document.querySelector(`dialog#${args}`)?.open";
        self.wait_until(&format!("the end of the dialog {}", self.id), condition, json!(self.id)).await
    }

    pub async fn text(&self) -> Result<String> {
        let script = "return document.querySelector(`dialog#${args}`).textContent;";
        self.browser.read(script, json!(self.id)).await
    }

    pub async fn press(&self, css: &str) -> Result {
        let css = format!("dialog#{} {css}", self.id);
        self.browser.press(&css, async || self.browser.find(&css).await).await
    }

    pub async fn set(&self, name: &str, value: &str) -> Result {
        let field = self.browser.find(&format!("dialog#{} [name={name}]", self.id)).await?;
        type_into(&field, name, value).await?;
        Ok(field.send_keys(thirtyfour::Key::Tab + "").await?)
    }

    pub async fn choose(&self, name: &str, value: &str) -> Result {
        self.press(&format!("select[name={name}] option[value='{value}']")).await
    }

    pub async fn has(&self, css: &str) -> Result<bool> {
        let css = format!("dialog#{} {css}", self.id);
        self.browser.read("return !!document.querySelector(args);", json!(css)).await
    }

    pub async fn wait_for(&self, css: &str) -> Result {
        let css = format!("dialog#{} {css}", self.id);
        self.wait_until(&css, "document.querySelector(args)", json!(css)).await
    }

    pub async fn wait_until_gone(&self, css: &str) -> Result {
        let css = format!("dialog#{} {css}", self.id);
        let what = format!("the end of {css}");
        self.wait_until(&what, "!document.querySelector(args)", json!(css)).await
    }

    async fn wait_until(&self, what: &str, condition: &str, args: Value) -> Result {
        let state = "return [...document.querySelectorAll('dialog')]
            .map((dialog) => [dialog.id, dialog.open, dialog.textContent.slice(0, 500)]);";
        self.browser.wait_until(what, condition, args, state).await?;
        Ok(())
    }
}

macro_rules! dialogs {
    ($($(#[$words:meta])* $name:ident = $id:literal;)*) => {$(
        $(#[$words])*
        pub struct $name<'b>(Dialog<'b>);

        impl<'b> $name<'b> {
            pub(super) async fn shown(browser: &'b Browser) -> Result<Self> {
                Ok(Self(Dialog::shown(browser, $id).await?))
            }
        }

        impl<'b> std::ops::Deref for $name<'b> {
            type Target = Dialog<'b>;

            fn deref(&self) -> &Dialog<'b> {
                &self.0
            }
        }
    )*};
}

dialogs! {
    /// Which keys there are, by the addresses they are for.
    KeysDialog = "keys";
    SettingsDialog = "settings";
    /// Sets of models under names.
    SetsDialog = "sets";
    /// The question before many paid calls.
    Confirmation = "confirm";
}

impl KeysDialog<'_> {
    /// Hands in what was copied, e.g. the lines of an `.env` file.
    pub async fn paste(&self, text: &str) -> Result {
        self.wait_for("textarea[name=paste-keys]").await?;
        let field = self.browser.find("dialog#keys textarea[name=paste-keys]").await?;
        type_into(&field, "the keys", text).await?;
        self.press("button#take-keys").await
    }

    pub async fn wait_for_origin(&self, origin: &str) -> Result {
        self.wait_for(&format!("[data-origin='{origin}']")).await
    }

    /// The addresses that a key is there for.
    pub async fn origins(&self) -> Result<Vec<String>> {
        let script = "return [...document.querySelectorAll('dialog#keys [data-origin]')]
            .map((row) => row.dataset.origin);";
        self.browser.read(script, Value::Null).await
    }

    pub async fn forget(&self, origin: &str) -> Result {
        let row = format!("[data-origin='{origin}']");
        self.press(&format!("{row} button[name=forget]")).await?;
        self.wait_until_gone(&row).await
    }

    pub async fn forget_all(&self) -> Result {
        self.press("button#forget-all").await?;
        self.wait_until_gone("[data-origin]").await
    }

    /// Switches "remember on this device".
    pub async fn switch_remember(&self) -> Result {
        self.press("input[name=remember]").await
    }
}

impl SettingsDialog<'_> {
    /// `system`, `light` or `dark`.
    pub async fn choose_theme(&self, theme: &str) -> Result {
        self.choose("theme", theme).await
    }
}

impl SetsDialog<'_> {
    pub async fn save_as(&self, name: &str) -> Result {
        self.set("set-name", name).await?;
        self.press("button#save-set").await?;
        self.wait_for(&format!("[data-set='{name}']")).await
    }

    pub async fn load(&self, name: &str) -> Result {
        self.press(&format!("[data-set='{name}'] button[name=load]")).await
    }

    pub async fn delete(&self, name: &str) -> Result {
        self.press(&format!("[data-set='{name}'] button[name=delete]")).await?;
        self.wait_until_gone(&format!("[data-set='{name}']")).await
    }
}

impl Confirmation<'_> {
    pub async fn send(&self) -> Result {
        self.press("button#confirm-send").await?;
        self.wait_until_closed().await
    }

    pub async fn cancel(&self) -> Result {
        self.press("button#confirm-cancel").await?;
        self.wait_until_closed().await
    }
}
