//! The tab: its title, whether anybody looks at it, where it goes, how often something is done in it.

use super::listener::Listener;

pub fn set_title(title: &str) {
    if let Some(document) = document() {
        document.set_title(title);
    }
}

/// Nobody looks: another tab is in front, or the window is minimised.
pub fn is_hidden() -> bool {
    document().is_some_and(|document| document.hidden())
}

/// Calls back with [`is_hidden`] whenever it changes, until the guard is dropped.
#[must_use = "dropping it ends it"]
pub fn on_visibility_change(callback: impl Fn(bool) + 'static) -> Option<Listener> {
    Some(Listener::new(&document()?.into(), "visibilitychange", move |_| callback(is_hidden())))
}

/// Where the page was loaded from, as browsers write origins; `"null"` from a file.
pub fn location_origin() -> String {
    let origin = web_sys::window().and_then(|window| window.location().origin().ok());
    origin.unwrap_or_else(|| "null".to_owned())
}

/// Loads another entry page of this site, named relative to this one: `any.html`, `./`.
pub fn go_to(page: &'static str) {
    if let Some(window) = web_sys::window() {
        // Only a malformed address could fail.
        let _ = window.location().assign(page);
    }
}

/// Opens an address in a tab of its own, which learns nothing of this page.
pub fn open_tab(url: &str) {
    if let Some(window) = web_sys::window() {
        // With these features there is nothing to hold on to.
        let _ = window.open_with_url_and_target_and_features(url, "_blank", "noopener,noreferrer");
    }
}

/// Loads this page anew.
pub fn reload() {
    if let Some(window) = web_sys::window() {
        // Only a page that is being left refuses.
        let _ = window.location().reload();
    }
}

/// Calls back once, so many milliseconds later.
pub fn after(ms: u32, callback: impl FnOnce() + 'static) {
    gloo_timers::callback::Timeout::new(ms, callback).forget();
}

/// Calls back every so many milliseconds (hidden tabs: at most once a second, or less often), until
/// the guard is dropped.
#[must_use = "dropping it ends it"]
pub fn every(ms: u32, callback: impl FnMut() + 'static) -> Interval {
    Interval(gloo_timers::callback::Interval::new(ms, callback))
}

/// Ends with its drop.
pub struct Interval(#[expect(dead_code, reason = "held for its drop")] gloo_timers::callback::Interval);

fn document() -> Option<web_sys::Document> {
    web_sys::window()?.document()
}
