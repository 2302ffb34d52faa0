//! With what a browser starts, besides a fresh profile.

use std::net::SocketAddr;

/// How large a window is, in CSS pixels, when nothing else is said.
pub(crate) const WINDOW: (u32, u32) = (1600, 1000);

#[derive(Debug, Clone, Copy)]
pub struct Options {
    pub(crate) proxy: Option<SocketAddr>,
    pub(crate) window: (u32, u32),
    pub(crate) language: Option<&'static str>,
    pub(crate) dark: bool,
    pub(crate) telephone: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { proxy: None, window: WINDOW, language: None, dark: false, telephone: false }
    }
}

impl Options {
    /// Everything that is not on this computer is asked for through this proxy.
    pub fn behind(mut self, proxy: SocketAddr) -> Self {
        self.proxy = Some(proxy);
        self
    }

    /// The browser of somebody who reads this language, e.g. `ko-KR`. WebKitGTK takes it from the
    /// system's locale, which is not there unless somebody has generated it, and so does without.
    pub fn language(mut self, tag: &'static str) -> Self {
        self.language = Some(tag);
        self
    }

    /// In a window of a telephone. Only Chromium has so narrow a one: a journey with it is left out in the others.
    pub fn telephone(mut self) -> Self {
        self.telephone = true;
        self
    }

    /// The system's colours are dark.
    pub fn dark(mut self) -> Self {
        self.dark = true;
        self
    }
}
