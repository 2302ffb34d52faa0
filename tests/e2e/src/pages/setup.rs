//! The form of a panel. What it promises to be found by: `select[name=provider]`,
//! `select[name=dialect]`, `input[name=base-url]`, `input[name=key]` with `.key-state`,
//! `button[name=check]` with `.check-result`, `textarea[name=system]`, a field for each parameter
//! (`temperature`, `top-p`, ...), `select[name=effort]`, `textarea[name=extra]`,
//! `button[name=close-setup]`.

use super::panel::Panel;
use super::type_into;
use crate::Result;

pub struct Setup<'p> {
    pub(super) panel: Panel<'p>,
}

impl Setup<'_> {
    pub async fn choose_provider(&self, id: &str) -> Result {
        self.choose("provider", id).await
    }

    /// Chooses the wire format, where the provider has several.
    pub async fn choose_dialect(&self, id: &str) -> Result {
        if self.panel.shows("select[name=dialect]").await? {
            self.choose("dialect", id).await
        } else {
            Ok(())
        }
    }

    pub async fn set_base_url(&self, url: &str) -> Result {
        self.set("base-url", url).await
    }

    /// Types a key. What the field then shows is the page's own affair.
    pub async fn set_key(&self, key: &str) -> Result {
        let field = self.panel.find("input[name=key]").await?;
        field.clear().await?;
        field.send_keys(key).await?;
        // Leaving the field is what makes it so.
        Ok(field.send_keys(thirtyfour::Key::Tab + "").await?)
    }

    /// Types into a field or a text box by its name.
    pub async fn set(&self, name: &str, value: &str) -> Result {
        let field = self.panel.find(&format!("[name={name}]")).await?;
        let what = format!("{name} of {}", self.panel.name());
        type_into(&field, &what, value).await?;
        Ok(field.send_keys(thirtyfour::Key::Tab + "").await?)
    }

    pub async fn value(&self, name: &str) -> Result<String> {
        let field = self.panel.find(&format!("[name={name}]")).await?;
        Ok(field.prop("value").await?.unwrap_or_default())
    }

    /// Asks the provider whether the key and the server are right.
    pub async fn check(&self) -> Result {
        self.panel.press("button[name=check]").await
    }

    /// What came of it.
    pub async fn wait_for_check(&self) -> Result<String> {
        let condition = "
            !/[…]|\\.\\.\\./.test(panels()[args].querySelector('.check-result').textContent)
            && panels()[args].querySelector('.check-result').textContent !== ''";
        self.panel.wait_until("the result of a check", condition).await?;
        self.panel.text_of(".check-result").await
    }

    pub async fn close(&self) -> Result {
        self.panel.press("button[name=close-setup]").await
    }

    async fn choose(&self, field: &str, value: &str) -> Result {
        let option = format!("select[name={field}] option[value='{value}']");
        self.panel.press(&option).await
    }
}
