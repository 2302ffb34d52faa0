//! Fetches what the first screen does without; see [`crate::later`].

#[cfg(feature = "split")]
use wasm_bindgen::{JsCast, JsValue};

/// Why it did not come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lost {
    /// The connection, as far as one can tell.
    Unreachable,
    /// The server has no such file any more: it has another version of the page.
    Replaced,
}

/// Fetches it, or finds that it is here. After a failure the next call tries again.
///
/// # Errors
/// It did not come.
#[cfg(feature = "split")]
pub async fn rest() -> Result<(), Lost> {
    if crate::later::is_here() {
        return Ok(());
    }
    match asked_for("tutti_later", &JsValue::NULL).await {
        Ok(_) => {
            crate::later::arrived();
            Ok(())
        }
        // The status of the reply that was no file.
        Err(why) if why.as_f64().is_some() => Err(Lost::Replaced),
        Err(_) => Err(Lost::Unreachable),
    }
}

/// What a function of boot.js fetches: it alone knows the files' names and this program's memory.
#[cfg(feature = "split")]
async fn asked_for(function: &str, what: &JsValue) -> Result<JsValue, JsValue> {
    use js_sys::{Function, Promise, Reflect};

    let fetch: Function = Reflect::get(&js_sys::global(), &function.into())?.dyn_into()?;
    let coming: Promise = fetch.call1(&JsValue::NULL, what)?.dyn_into()?;
    wasm_bindgen_futures::JsFuture::from(coming).await
}

/// The words of the page in the language of that tag, when they come.
#[cfg(feature = "split")]
pub async fn words(tag: &str) -> Option<String> {
    asked_for("tutti_words", &tag.into()).await.ok()?.as_string()
}

/// It is a part of every other build.
///
/// # Errors
/// None.
#[cfg(not(feature = "split"))]
pub async fn rest() -> Result<(), Lost> {
    Ok(())
}
