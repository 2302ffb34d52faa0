//! Bytes as text, and JSON that is kept.

use std::borrow::Cow;

use crate::model::json::{DEPTH_LIMIT, Json};

/// Bytes as text, each invalid sequence as U+FFFD.
pub fn lossy(bytes: &[u8]) -> Cow<'_, str> {
    // The standard library's own function looks for the first error byte by byte; checking that
    // there is none, as nearly always, is several times faster.
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => String::from_utf8_lossy(bytes),
    }
}

/// JSON that is kept, to be sent back as it is. `None` when it is nested so deep that whatever it is
/// saved in could not be read again.
pub fn kept(json: &Json<'_>) -> Option<Json<'static>> {
    json.is_within(DEPTH_LIMIT).then(|| json.clone().into_owned())
}

/// As [`kept`], from its text.
pub fn kept_text(text: &str) -> Option<Json<'static>> {
    Json::read_within(text, DEPTH_LIMIT).ok().map(Json::into_owned)
}
