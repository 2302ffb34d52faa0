//! What a reload keeps and the end of the tab ends: `sessionStorage`, an entry for each origin.

use web_sys::Storage;

use crate::model::http::{BaseUrl, Origin};

const PREFIX: &str = "tutti.key ";

pub(super) fn write(origin: &Origin, sealed: &str) {
    if let Some(storage) = storage() {
        // What does not fit is not kept; the tab itself still has it.
        let _ = storage.set_item(&name(origin), sealed);
    }
}

pub(super) fn remove(origin: &Origin) {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(&name(origin));
    }
}

pub(super) fn remove_all() {
    if let Some(storage) = storage() {
        for name in names(&storage) {
            let _ = storage.remove_item(&name);
        }
    }
}

/// What was sealed, with its origin.
pub(super) fn all() -> Vec<(Origin, String)> {
    let Some(storage) = storage() else { return Vec::new() };
    let entry = |name: String| Some((origin(name.strip_prefix(PREFIX)?)?, storage.get_item(&name).ok()??));
    names(&storage).into_iter().filter_map(entry).collect()
}

/// The origin, if the text is one exactly as this program writes it.
pub(super) fn origin(text: &str) -> Option<Origin> {
    let origin = BaseUrl::parse(text).ok()?.origin();
    (origin.as_str() == text).then_some(origin)
}

fn name(origin: &Origin) -> String {
    [PREFIX, origin.as_str()].concat()
}

/// First all names, since removing one numbers the others anew.
fn names(storage: &Storage) -> Vec<String> {
    let count = storage.length().unwrap_or(0);
    let name = |index| storage.key(index).ok()?.filter(|name| name.starts_with(PREFIX));
    (0..count).filter_map(name).collect()
}

/// Merely asking for it throws where storage is forbidden.
fn storage() -> Option<Storage> {
    web_sys::window()?.session_storage().ok()?
}
