//! Whom a browser wants to reach through the proxy.

use axum::http::Uri;

/// A host and a port that a client asked the proxy for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Target {
    /// In lower case.
    pub host: String,
    pub port: u16,
}

impl Target {
    /// Reads an address's host; `port` is the one of its scheme.
    pub(crate) fn of(uri: &Uri, port: u16) -> Option<Self> {
        let authority = uri.authority()?;
        let host = authority.host().to_ascii_lowercase();
        Some(Self { host, port: authority.port_u16().unwrap_or(port) })
    }

    /// As a test names a host: the port only where it is not the scheme's own.
    pub(crate) fn key(&self) -> String {
        match self.port {
            80 | 443 => self.host.clone(),
            port => format!("{}:{port}", self.host),
        }
    }

    /// Whether a browser asks for this host on its own account: updates, safe browsing, probes for
    /// captive portals, names made up to find out whether the network answers for every name.
    ///
    /// A test that looks for leaks must not skip these unread: what they sent is refused, so nothing
    /// but their names ever left.
    pub fn is_browsers_own(&self) -> bool {
        const NAMES: [&str; 16] = [
            "accounts.google.com",
            "android.clients.google.com",
            "ciscobinary.openh264.org",
            "clients1.google.com",
            "clients2.google.com",
            "clients2.googleusercontent.com",
            "clientservices.googleapis.com",
            "content-autofill.googleapis.com",
            "mtalk.google.com",
            "optimizationguide-pa.googleapis.com",
            "redirector.gvt1.com",
            "safebrowsing.googleapis.com",
            "safebrowsingohttpgateway.googleapis.com",
            "update.googleapis.com",
            // Where Debian's Chromium begins.
            "start.duckduckgo.com",
            "www.google.com",
        ];
        const FAMILIES: [&str; 6] =
            [".gvt1.com", ".mozilla.com", ".mozilla.net", ".mozilla.org", ".mozgcp.net", ".firefox.com"];
        let host = self.host.as_str();
        let is_made_up = self.port == 80 && !host.contains('.') && host != "localhost";
        is_made_up || NAMES.contains(&host) || FAMILIES.iter().any(|family| host.ends_with(family))
    }
}

/// Whether a host as tests name it is this machine itself.
pub(crate) fn is_loopback(name: &str) -> bool {
    let host = name.split(':').next().unwrap_or(name);
    host == "localhost" || host.starts_with("127.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_browsers_ask_for_by_themselves_is_told_from_what_a_page_asks_for() {
        let is_own = |host: &str, port| Target { host: host.to_owned(), port }.is_browsers_own();
        for (host, port) in [
            ("update.googleapis.com", 443),
            ("firefox.settings.services.mozilla.com", 443),
            ("detectportal.firefox.com", 80),
            ("qwhcvkzlrb", 80),
        ] {
            assert!(is_own(host, port), "{host}");
        }
        for (host, port) in [
            ("generativelanguage.googleapis.com", 443),
            ("api.openai.com", 443),
            ("localhost", 80),
            ("evil", 443),
            ("evilmozilla.org", 443),
            ("www.google.com.evil.example", 443),
        ] {
            assert!(!is_own(host, port), "{host}");
        }
    }

    #[test]
    fn a_host_is_named_with_its_port_only_where_it_is_an_unusual_one() {
        let key = |address: &str, port| Target::of(&address.parse().unwrap(), port).unwrap().key();
        assert_eq!(key("API.OpenAI.com:443", 443), "api.openai.com");
        assert_eq!(key("http://localhost:11434/api/tags", 80), "localhost:11434");
        assert_eq!(key("http://localhost/api/tags", 80), "localhost");
        assert_eq!(Target::of(&"/api/tags".parse().unwrap(), 80), None);
    }
}
