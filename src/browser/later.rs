//! Fetches what the first screen does without; see [`crate::later`].

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
    use js_sys::{Function, Promise, Reflect};
    use wasm_bindgen::{JsCast, JsValue};

    if crate::later::is_here() {
        return Ok(());
    }
    // boot.js has put it there: it alone knows the file's name and this program's memory.
    let fetch = Reflect::get(&js_sys::global(), &"tutti_later".into()).ok();
    let fetch = fetch.and_then(|fetch| fetch.dyn_into::<Function>().ok());
    let coming = fetch.and_then(|fetch| fetch.call0(&JsValue::NULL).ok()?.dyn_into::<Promise>().ok());
    let coming = coming.ok_or(Lost::Unreachable)?;
    match wasm_bindgen_futures::JsFuture::from(coming).await {
        Ok(_) => {
            crate::later::arrived();
            Ok(())
        }
        // The status of the reply that was no file.
        Err(why) if why.as_f64().is_some() => Err(Lost::Replaced),
        Err(_) => Err(Lost::Unreachable),
    }
}

/// It is a part of every other build.
///
/// # Errors
/// None.
#[cfg(not(feature = "split"))]
pub async fn rest() -> Result<(), Lost> {
    Ok(())
}
