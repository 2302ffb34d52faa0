//! Whom the page may call, by its own content security policy ("Content Security Policy Level 3").
//!
//! Only the browser enforces it. This reading of it tells a person beforehand; where engines differ
//! from the standard, what they do counts.

use super::http::Origin;

/// What `connect-src` of one policy lets through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AllowList {
    /// `None`: there is no policy for connections, so everything is allowed.
    sources: Option<Vec<Source>>,
    page: Option<Address>,
}

/// One source expression that can match a host.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Source {
    /// `*`
    Anything,
    /// `'self'`
    Page,
    /// `https:`
    Scheme(Scheme),
    Host {
        scheme: Option<Scheme>,
        host: HostPattern,
        port: PortPattern,
    },
}

/// The schemes that can match a request to an origin of this program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scheme {
    Http,
    Https,
    Ws,
    Wss,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum HostPattern {
    Any,
    /// With its leading dot: at least one more label must stand before it.
    Below(String),
    Exactly(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PortPattern {
    Any,
    Default,
    Number(u16),
}

/// An origin in its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Address {
    scheme: Scheme,
    host: String,
    /// The default one of the scheme, where none is written.
    port: u16,
}

impl AllowList {
    /// `policy` is the text of one policy, as it stands in `<meta>`; `page` is the origin of the page.
    pub fn read(policy: &str, page: &str) -> Self {
        let directives = || policy.split(';').map(str::trim_ascii);
        // The first directive of a name counts, later ones are ignored.
        let find = |wanted: &str| {
            directives().find_map(|directive| {
                let name = directive.split_ascii_whitespace().next()?;
                name.eq_ignore_ascii_case(wanted).then(|| directive.get(name.len()..).unwrap_or_default())
            })
        };
        let list = find("connect-src").or_else(|| find("default-src"));
        let sources = list.map(|list| list.split_ascii_whitespace().filter_map(Source::read).collect());
        Self { sources, page: Address::read(page) }
    }

    /// Whether a request to that origin is let out. A path that the policy names is not looked at.
    pub fn allows(&self, origin: &Origin) -> bool {
        let Some(sources) = &self.sources else { return true };
        let target = Address::read(origin.as_str());
        target.is_some_and(|target| sources.iter().any(|source| source.matches(&target, self.page.as_ref())))
    }
}

impl Source {
    /// `None` for what matches no host: `'none'`, nonces, hashes, foreign schemes, what is malformed.
    fn read(text: &str) -> Option<Self> {
        let text = text.to_ascii_lowercase();
        if text == "*" {
            return Some(Self::Anything);
        }
        if text.starts_with('\'') {
            return (text == "'self'").then_some(Self::Page);
        }
        if let Some(scheme) = text.strip_suffix(':') {
            return Scheme::read(scheme).map(Self::Scheme);
        }
        let (scheme, rest) = match text.split_once("://") {
            Some((scheme, rest)) => (Some(Scheme::read(scheme)?), rest),
            None => (None, &*text),
        };
        let authority = rest.split('/').next().unwrap_or_default();
        let (host, port) = match authority.split_once(':') {
            Some((host, "*")) => (host, PortPattern::Any),
            Some((host, port)) => (host, PortPattern::Number(number(port)?)),
            None => (authority, PortPattern::Default),
        };
        Some(Self::Host { scheme, host: HostPattern::read(host)?, port })
    }

    /// "Does url match expression in origin with redirect count?"
    fn matches(&self, target: &Address, page: Option<&Address>) -> bool {
        match self {
            Self::Anything => true,
            Self::Page => page.is_some_and(|page| page.is_self(target)),
            Self::Scheme(scheme) => scheme.covers(target.scheme),
            Self::Host { scheme, host, port } => {
                // Without a scheme of its own, an expression has the page's.
                let Some(scheme) = scheme.or(page.map(|page| page.scheme)) else { return false };
                scheme.covers(target.scheme) && host.matches(&target.host) && port.matches(scheme, target)
            }
        }
    }
}

impl Scheme {
    fn read(text: &str) -> Option<Self> {
        match text {
            "http" => Some(Self::Http),
            "https" => Some(Self::Https),
            "ws" => Some(Self::Ws),
            "wss" => Some(Self::Wss),
            _ => None,
        }
    }

    /// "scheme-part matches": the same, or a secure one in place of an insecure one.
    fn covers(self, target: Self) -> bool {
        match self {
            Self::Ws => true,
            Self::Http => matches!(target, Self::Http | Self::Https),
            Self::Wss => matches!(target, Self::Wss | Self::Https),
            Self::Https => target == Self::Https,
        }
    }

    fn default_port(self) -> u16 {
        match self {
            Self::Http | Self::Ws => 80,
            Self::Https | Self::Wss => 443,
        }
    }
}

impl HostPattern {
    fn read(text: &str) -> Option<Self> {
        if text == "*" {
            return Some(Self::Any);
        }
        let (is_below, name) = match text.strip_prefix("*.") {
            Some(name) => (true, name),
            None => (false, text),
        };
        // No brackets: engines read no IPv6 address here.
        let is_label = |label: &str| {
            !label.is_empty()
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
        };
        let is_name = name.split('.').all(is_label);
        is_name
            .then(|| if is_below { Self::Below(format!(".{name}")) } else { Self::Exactly(name.to_owned()) })
    }

    /// "host-part matches", except that engines match the IP addresses that the standard leaves out.
    fn matches(&self, host: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Below(suffix) => host.ends_with(suffix.as_str()),
            Self::Exactly(name) => host == name,
        }
    }
}

impl PortPattern {
    /// "port-part matches"; where http became https, engines let 80 stand for 443 too (WPT,
    /// `content-security-policy/embedded-enforcement/subsumption_algorithm-host_sources-ports.html`).
    fn matches(self, scheme: Scheme, target: &Address) -> bool {
        let is_upgrade = scheme.default_port() == 80 && target.scheme == Scheme::Https && target.port == 443;
        match self {
            Self::Any => true,
            Self::Default => target.port == target.scheme.default_port(),
            Self::Number(80) if is_upgrade => true,
            Self::Number(port) => port == target.port,
        }
    }
}

impl Address {
    fn read(origin: &str) -> Option<Self> {
        let (scheme, authority) = origin.split_once("://")?;
        let scheme = Scheme::read(&scheme.to_ascii_lowercase())?;
        let after_bracket = authority.rfind(']').map_or(0, |at| at + 1);
        let colon = authority.get(after_bracket..)?.find(':').map(|at| after_bracket + at);
        let (host, port) = match colon {
            Some(colon) => (authority.get(..colon)?, number(authority.get(colon + 1..)?)?),
            None => (authority, scheme.default_port()),
        };
        (!host.is_empty()).then(|| Self { scheme, host: host.to_ascii_lowercase(), port })
    }

    /// What `'self'` lets through for this page: its own origin, and its host on default ports with
    /// https in place of http.
    fn is_self(&self, target: &Self) -> bool {
        let is_default = |address: &Self| address.port == address.scheme.default_port();
        let same_port = self.port == target.port || (is_default(self) && is_default(target));
        self.host == target.host && same_port && self.scheme.covers(target.scheme)
    }
}

fn number(digits: &str) -> Option<u16> {
    let is_plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::http::BaseUrl;

    const PAGE: &str = "https://tutti.example";

    fn allows_from(page: &str, policy: &str, target: &str) -> bool {
        AllowList::read(policy, page).allows(&BaseUrl::parse(target).unwrap().origin())
    }

    /// What a list of sources lets through, for a page over https.
    fn check(sources: &str, allowed: &[&str], refused: &[&str]) {
        let policy = format!("connect-src {sources}");
        for target in allowed {
            assert!(allows_from(PAGE, &policy, target), "{sources} allows {target}");
        }
        for target in refused {
            assert!(!allows_from(PAGE, &policy, target), "{sources} refuses {target}");
        }
    }

    #[test]
    fn hosts_match_whole_and_in_any_case() {
        check(
            "https://API.Example.com",
            &["https://api.example.com", "https://API.EXAMPLE.COM/v1"],
            &["https://example.com", "https://x.api.example.com", "https://api.example.com.evil.example"],
        );
        check("HTTPS://a.example", &["https://a.example"], &["http://a.example"]);
        check("https://a_b-c.example", &["https://a_b-c.example"], &["https://a-b-c.example"]);
    }

    #[test]
    fn a_star_stands_for_one_label_or_more_but_not_for_none() {
        check(
            "https://*.openai.azure.com",
            &["https://r.openai.azure.com", "https://a.b.openai.azure.com"],
            &["https://openai.azure.com", "https://xopenai.azure.com", "http://r.openai.azure.com"],
        );
        check(
            "https://*",
            &["https://a.example", "https://192.168.0.1"],
            &["http://a.example", "https://a.example:8443"],
        );
        check("*:*", &["https://a.example:8443"], &["http://a.example"]);
        check("https://a.*.example https://*a.example", &[], &["https://a.b.example", "https://ba.example"]);
    }

    #[test]
    fn ports() {
        check("https://a.example", &["https://a.example:443"], &["https://a.example:8443"]);
        check("https://a.example:443", &["https://a.example"], &["https://a.example:8443"]);
        check("https://a.example:8443", &["https://a.example:8443"], &["https://a.example"]);
        check(
            "http://localhost:*",
            &["http://localhost", "http://localhost:11434", "https://localhost:8443"],
            &[],
        );
        check("https://localhost:*", &["https://localhost:1"], &["http://localhost:1"]);
        check("http://a.example:08080", &["http://a.example:8080"], &[]);
        check(
            "https://a.example:99999 https://b.example:x https://c.example:",
            &[],
            &["https://a.example", "https://b.example", "https://c.example"],
        );
    }

    #[test]
    fn http_may_become_https_and_never_the_other_way() {
        check("http://a.example", &["http://a.example", "https://a.example"], &["https://a.example:80"]);
        check(
            "http://a.example:80",
            &["http://a.example", "https://a.example"],
            &["http://a.example:443", "https://a.example:444"],
        );
        check("https://a.example:80", &["https://a.example:80"], &["https://a.example", "http://a.example"]);
        check(
            "http://a.example:8080",
            &["http://a.example:8080", "https://a.example:8080"],
            &["https://a.example"],
        );
        check("ws://a.example", &["http://a.example", "https://a.example"], &[]);
        check("wss://a.example", &["https://a.example"], &["http://a.example"]);
    }

    #[test]
    fn schemes_alone() {
        check(
            "https:",
            &["https://a.example", "https://a.example:8443", "https://[::1]"],
            &["http://a.example"],
        );
        check("HTTP:", &["http://a.example:81", "https://a.example"], &[]);
        check("data: blob: ftp:", &[], &["https://a.example", "http://a.example"]);
        check("*", &["https://a.example:1", "http://192.168.0.1", "http://[::1]:1234"], &[]);
    }

    #[test]
    fn without_a_scheme_the_pages_own_counts() {
        check("a.example", &["https://a.example"], &["http://a.example"]);
        let from_http = |target| allows_from("http://tutti.example", "connect-src a.example", target);
        assert!(from_http("http://a.example") && from_http("https://a.example"));
        assert!(!allows_from("null", "connect-src a.example", "https://a.example"));
        assert!(allows_from("null", "connect-src https://a.example", "https://a.example"));
    }

    #[test]
    fn ip_addresses_match_as_written() {
        check(
            "http://127.0.0.1:*",
            &["http://127.0.0.1:1234"],
            &["http://127.0.0.2:1234", "http://localhost:1234"],
        );
        check("http://192.168.1.4:8000", &["http://192.168.1.4:8000"], &["http://192.168.1.40:8000"]);
        // No engine reads it.
        check("http://[::1]:*", &[], &["http://[::1]:1234"]);
    }

    #[test]
    fn a_path_is_not_looked_at() {
        check(
            "https://a.example/v1/ https://b.example/x:y",
            &["https://a.example", "https://b.example"],
            &["https://c.example"],
        );
    }

    #[test]
    fn the_page_itself() {
        let own = |page, target| allows_from(page, "connect-src 'SELF'", target);
        assert!(own("https://tutti.example", "https://tutti.example"));
        assert!(own("https://tutti.example:8443", "https://tutti.example:8443"));
        assert!(own("http://tutti.example", "https://tutti.example"));
        assert!(own("http://localhost:8080", "http://localhost:8080"));
        assert!(own("http://[::1]:8080", "http://[::1]:8080"));
        assert!(!own("https://tutti.example", "http://tutti.example"));
        assert!(!own("https://tutti.example", "https://tutti.example:8443"));
        assert!(!own("http://localhost:8080", "http://localhost:8081"));
        assert!(!own("https://tutti.example", "https://x.tutti.example"));
        assert!(!own("null", "https://tutti.example"));
        assert!(!own("", "https://tutti.example"));
    }

    #[test]
    fn nothing_and_what_is_not_understood_match_nothing() {
        for sources in
            ["", "'none'", "'NONE'", "'unsafe-inline' 'nonce-abc' 'sha256-x'", "https:/a.example", "//"]
        {
            check(sources, &[], &["https://a.example", "https://tutti.example"]);
        }
        check("'none' https://a.example", &["https://a.example"], &["https://b.example"]);
    }

    #[test]
    fn the_directive_is_found_as_browsers_find_it() {
        let allows = |policy| allows_from(PAGE, policy, "https://a.example");
        assert!(allows(""));
        assert!(allows("script-src 'self'; img-src 'none'"));
        assert!(!allows("default-src 'none'"));
        assert!(allows("default-src https:"));
        assert!(allows("default-src 'none'; connect-src https:"));
        assert!(!allows("default-src https:; connect-src 'none'"));
        assert!(!allows("default-src https:; connect-src"));
        assert!(allows(" ;\n\tCONNECT-SRC\n https://b.example\thttps://a.example ; x"));
        // The first one counts.
        assert!(!allows("connect-src 'none'; connect-src https:"));
        assert!(allows("connect-srcs 'none'"));
    }

    #[test]
    fn the_page_as_it_is_shipped_names_every_provider() {
        let html = include_str!("../../index.html");
        let (_, rest) = html.split_once("http-equiv=\"Content-Security-Policy\" content=\"").unwrap();
        let (policy, _) = rest.split_once('"').unwrap();
        let list = AllowList::read(policy, PAGE);
        for row in crate::model::catalog::all().iter().filter(|row| !row.needs_base_url()) {
            assert!(list.allows(&row.base_url.origin()), "{}", row.id);
        }
        let allows = |url: &str| list.allows(&BaseUrl::parse(url).unwrap().origin());
        assert!(allows("https://my-resource.openai.azure.com/openai/v1"));
        assert!(allows("http://127.0.0.1:9999"));
        assert!(!allows("https://evil.example"));
        assert!(!allows("http://192.168.0.2:11434"));
        assert!(!allows("http://api.openai.com"));
    }

    #[test]
    fn no_policy_is_too_strange() {
        for policy in [
            "\0",
            ";;;;",
            "connect-src \u{0}",
            "connect-src ://",
            "connect-src *.",
            "connect-src :::",
            "connect-src '",
        ] {
            let _ = allows_from(PAGE, policy, "https://a.example");
        }
        let endless = format!("connect-src {}", "https://*.a.example ".repeat(100_000));
        assert!(!allows_from(PAGE, &endless, "https://b.example"));
    }
}
