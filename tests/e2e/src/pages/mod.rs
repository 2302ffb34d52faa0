//! The page in a person's words: one object per screen. What the page promises to be found by is
//! said in each.
//!
//! - [`compare_page`]: the screen with the panels, the composer and what lies around them
//! - [`panel`]: one column; [`setup`]: its form
//! - [`dialogs`]: keys, settings, sets of models, shortcuts, the confirmation

pub mod compare_page;
pub mod dialogs;
pub mod panel;
pub mod setup;

use thirtyfour::{Key, WebElement};

use crate::Result;

/// Types over what is in a field, and sees that it holds just that.
async fn type_into(field: &WebElement, what: &str, text: &str) -> Result {
    let typed = async {
        if text.is_empty() {
            // By keys, since drivers that clear a field tell the page only that it has changed.
            field.send_keys(Key::Control + "a").await?;
            field.send_keys(Key::Backspace + "").await?;
        } else {
            field.clear().await?;
            // WebKit's driver leaves out what is no key.
            field.send_keys(text.replace('\n', &Key::Return.value().to_string())).await?;
        }
        field.prop("value").await
    }
    .await;
    match typed {
        Ok(Some(shown)) if shown == text => Ok(()),
        Ok(shown) => Err(format!("{what}: typed {text:?}, but it holds {shown:?}").into()),
        Err(error) => Err(format!("cannot type {what}: {error}").into()),
    }
}
