//! Short texts that a reload keeps: `localStorage`, which all tabs of the page share, and
//! `sessionStorage`, which is each tab's own. Never a key.

/// `None` when there is no such entry, or no storage at all: a browser may forbid it.
pub fn read(name: &str) -> Option<String> {
    storage()?.get_item(name).ok()?
}

/// Whether it was kept: `false` when the storage is full or absent.
pub fn write(name: &str, text: &str) -> bool {
    storage().is_some_and(|storage| storage.set_item(name, text).is_ok())
}

/// What this tab alone has written.
pub fn read_of_tab(name: &str) -> Option<String> {
    tab()?.get_item(name).ok()?
}

/// Whether it was kept, for this tab alone.
pub fn write_of_tab(name: &str, text: &str) -> bool {
    tab().is_some_and(|storage| storage.set_item(name, text).is_ok())
}

fn tab() -> Option<web_sys::Storage> {
    web_sys::window()?.session_storage().ok()?
}

/// Merely asking for the storage throws where cookies are blocked.
fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok()?
}
