//! Requests as plain data, the origins they may go to, and the keys that are bound to an origin.

use std::{borrow::Cow, fmt};

use crate::later::later;

/// A base URL in canonical form: `http` or `https`, lower-case host, no default port, no user
/// information, query, fragment or trailing slash.
///
/// The accepted grammar is a strict part of what browsers accept, so that this program and the
/// browser can never disagree about which origin a key goes to. (WHATWG URL Standard, "URL
/// parsing"; what differs between parsers is refused here rather than interpreted.)
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BaseUrl(Cow<'static, str>);

/// Why a text is no usable base URL; each says what to change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadUrl {
    #[error("the address must begin with https:// or http://")]
    Scheme,
    #[error("the address must not contain a user name or password")]
    UserInfo,
    #[error("the host name is missing or has characters that a host name cannot have")]
    Host,
    #[error("the port must be a number from 1 to 65535")]
    Port,
    #[error("the path may hold only letters, digits and - . _ ~ / : @ + , % and must not contain ..")]
    Path,
    #[error("the address must not contain ? or #")]
    Query,
}

impl BaseUrl {
    /// For the rows of the catalogue; a test holds that each is canonical.
    pub const fn from_static(url: &'static str) -> Self {
        Self(Cow::Borrowed(url))
    }

    pub fn parse(text: &str) -> Result<Self, BadUrl> {
        let text = text.trim_matches(|c: char| c.is_ascii_whitespace());
        let (scheme, rest) = text.split_once("://").ok_or(BadUrl::Scheme)?;
        let (scheme, default_port) = match scheme.to_ascii_lowercase().as_str() {
            "https" => ("https", 443),
            "http" => ("http", 80),
            _ => return Err(BadUrl::Scheme),
        };
        if rest.contains(['?', '#']) {
            return Err(BadUrl::Query);
        }
        let (authority, path) = match rest.find('/') {
            Some(at) => rest.split_at(at),
            None => (rest, ""),
        };
        if authority.contains('@') {
            return Err(BadUrl::UserInfo);
        }
        let (host, port) = split_port(authority)?;
        let host = canonical_host(host).ok_or(BadUrl::Host)?;
        let path = path.trim_end_matches('/');
        if !is_plain_path(path) {
            return Err(BadUrl::Path);
        }
        let port = match port {
            Some(port) if port != default_port => format!(":{port}"),
            _ => String::new(),
        };
        Ok(Self(Cow::Owned(format!("{scheme}://{host}{port}{path}"))))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn origin(&self) -> Origin {
        let host = self.0.find("://").map_or(0, |at| at + 3);
        let end = self.0.get(host..).and_then(|rest| rest.find('/'));
        let end = end.map_or(self.0.len(), |at| host + at);
        Origin(self.0.get(..end).unwrap_or_default().to_owned())
    }

    /// Joins a path that begins with `/`.
    pub fn join(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }
}

fn split_port(authority: &str) -> Result<(&str, Option<u16>), BadUrl> {
    // The colons of an IPv6 address stand between brackets.
    let after_bracket = authority.rfind(']').map_or(0, |at| at + 1);
    let Some(colon) = authority.get(after_bracket..).and_then(|rest| rest.find(':')) else {
        return Ok((authority, None));
    };
    let (host, port) = authority.split_at(after_bracket + colon);
    let digits = port.trim_start_matches(':');
    if port.len() != digits.len() + 1 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(BadUrl::Port);
    }
    match digits.parse() {
        Ok(port) if port > 0 => Ok((host, Some(port))),
        _ => Err(BadUrl::Port),
    }
}

later! {
    /// Such addresses are only ever a person's own: one that is asked before this is here is not known yet.
    "4001" fn canonical_ipv6(inner: &str) -> Option<String> {
        let address: std::net::Ipv6Addr = inner.parse().ok()?;
        // Browsers write the last 32 bits of a mapped address in hexadecimal, Rust as IPv4.
        address.to_ipv4_mapped().is_none().then(|| format!("[{address}]"))
    } else {
        None
    }
}

fn canonical_host(host: &str) -> Option<String> {
    if let Some(inner) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return canonical_ipv6(inner);
    }
    let host = host.to_ascii_lowercase();
    let labels_are_plain = host.split('.').all(|label| {
        !label.is_empty()
            && label.len() <= 63
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    });
    if !labels_are_plain || host.len() > 253 {
        return None;
    }
    // A last label that looks like a number makes browsers read an IPv4 address, in many spellings;
    // only the canonical one is accepted.
    let last = host.rsplit('.').next().unwrap_or_default();
    let numeric = last.bytes().all(|byte| byte.is_ascii_digit()) || last.starts_with("0x");
    if numeric {
        let address: std::net::Ipv4Addr = host.parse().ok()?;
        return (address.to_string() == host).then_some(host);
    }
    // Punycode is decoded and checked by browsers; an invalid one is their error, not another origin.
    Some(host)
}

fn is_plain_path(path: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/:@+,%".contains(&byte);
    let dots = |segment: &str| {
        let segment = segment.to_ascii_lowercase().replace("%2e", ".");
        segment == "." || segment == ".."
    };
    path.bytes().all(plain) && !path.split('/').any(dots)
}

/// Scheme, host and port: what a key is bound to and what connections are counted by.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Origin(String);

impl Origin {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Browsers speak only HTTP/1.1 to such an origin: six connections at most.
    pub fn is_plain_http(&self) -> bool {
        self.0.starts_with("http://")
    }

    /// Without scheme and port; an IPv6 address in its brackets.
    pub fn host(&self) -> &str {
        let host = self.0.split_once("://").map_or("", |(_, host)| host);
        match host.rfind(']') {
            Some(end) => host.get(..=end).unwrap_or(host),
            None => host.split(':').next().unwrap_or(host),
        }
    }

    /// The address of this very computer, which browsers treat as secure.
    pub fn is_loopback(&self) -> bool {
        let host = self.host();
        let is_loopback_v4 = host.parse::<std::net::Ipv4Addr>().is_ok_and(|address| address.is_loopback());
        is_loopback_v4 || host == "localhost" || host.ends_with(".localhost") || host == "[::1]"
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A secret for one origin. It has no `Display` and no `Serialize`, and `Debug` shows no part of it.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey {
    origin: Origin,
    secret: String,
}

const BLOT: &str = "[key]";

/// The shortest beginning of a key that is blotted out, in bytes: less says nothing and may be a word.
const SHORTEST_PART: usize = 6;

/// A key that no request can carry. Never says what was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the key is empty or has characters that a key cannot have")]
pub struct BadKey;

impl ApiKey {
    /// White space around the key, as copying leaves it, is dropped.
    pub fn new(origin: Origin, text: &str) -> Result<Self, BadKey> {
        let secret = text.trim();
        let sendable = !secret.is_empty() && secret.bytes().all(|byte| byte.is_ascii_graphic());
        sendable.then(|| Self { origin, secret: secret.to_owned() }).ok_or(BadKey)
    }

    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The key in clear, for the keyring to encrypt. A test holds that nothing else calls it.
    pub fn secret_to_seal(&self) -> &str {
        &self.secret
    }

    /// The text with every occurrence of this key blotted out; servers echo keys in their errors.
    /// A text may have been cut in the middle of one: its beginning at the very end is blotted out too.
    pub fn redact<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut redacted = Cow::Borrowed(text);
        if text.contains(&self.secret) {
            redacted = Cow::Owned(text.replace(&self.secret, BLOT));
        }
        let (rest, ellipsis) = match redacted.strip_suffix('…') {
            Some(rest) => (rest, "…"),
            None => (&*redacted, ""),
        };
        let parts = (SHORTEST_PART..self.secret.len()).rev().filter_map(|length| self.secret.get(..length));
        let before = parts.filter_map(|part| rest.strip_suffix(part)).next();
        match before.map(|before| format!("{before}{BLOT}{ellipsis}")) {
            Some(without_part) => Cow::Owned(without_part),
            None => redacted,
        }
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ApiKey(for {})", self.origin)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    Get,
    Post,
}

/// A request, before any socket. Its key is written out only by [`HttpRequest::headers_to_send`].
#[derive(Clone, Debug, PartialEq)]
pub struct HttpRequest {
    pub method: Method,
    pub base: BaseUrl,
    /// Path and query below the base, from its `/` on.
    pub path: String,
    pub headers: Vec<(&'static str, HeaderValue)>,
    /// JSON, if there is a body.
    pub body: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum HeaderValue {
    Plain(Cow<'static, str>),
    /// The key, after a prefix such as `Bearer `.
    Key {
        prefix: &'static str,
        key: ApiKey,
    },
}

/// The key of a request is bound to another origin than the request goes to. Nothing is sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this key was entered for {key} and is not sent to {request}")]
pub struct WrongOrigin {
    pub key: Origin,
    pub request: Origin,
}

impl HttpRequest {
    pub fn url(&self) -> String {
        self.base.join(&self.path)
    }

    pub fn origin(&self) -> Origin {
        self.base.origin()
    }

    /// The headers as they go out, the key in clear. Call it where the request is sent and nowhere else.
    pub fn headers_to_send(&self) -> Result<Vec<(&'static str, String)>, WrongOrigin> {
        let origin = self.origin();
        self.headers
            .iter()
            .map(|(name, value)| match value {
                HeaderValue::Plain(text) => Ok((*name, text.to_string())),
                HeaderValue::Key { prefix, key } if key.origin == origin => {
                    Ok((*name, format!("{prefix}{}", key.secret)))
                }
                HeaderValue::Key { key, .. } => {
                    Err(WrongOrigin { key: key.origin.clone(), request: origin.clone() })
                }
            })
            .collect()
    }
}

/// The body of a reply with this status is an answer, not a refusal.
pub fn is_success(status: u16) -> bool {
    (200..300).contains(&status)
}

/// The headers of a reply that the browser lets a page read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers(Vec<(String, String)>);

impl Headers {
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}

impl<K: Into<String>, V: Into<String>> FromIterator<(K, V)> for Headers {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        Self(pairs.into_iter().map(|(key, value)| (key.into(), value.into())).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<String, BadUrl> {
        BaseUrl::parse(text).map(|url| url.as_str().to_owned())
    }

    #[test]
    fn base_urls_are_made_canonical() {
        let check = |text, expected: &str| assert_eq!(parsed(text).as_deref(), Ok(expected), "{text}");
        check(" HTTPS://API.Example.com:443/v1/ ", "https://api.example.com/v1");
        check("http://localhost:11434", "http://localhost:11434");
        check("http://[::1]:8080/v1", "http://[::1]:8080/v1");
        check("http://192.168.1.20:8000/v1//", "http://192.168.1.20:8000/v1");
        check("https://r.openai.azure.com/openai/v1", "https://r.openai.azure.com/openai/v1");
    }

    #[test]
    fn what_parsers_read_differently_is_refused() {
        let check = |text, expected| assert_eq!(parsed(text), Err(expected), "{text}");
        check("api.openai.com", BadUrl::Scheme);
        check("javascript://x", BadUrl::Scheme);
        check("https:/\\evil.example", BadUrl::Scheme);
        check("https://api.openai.com@evil.example/v1", BadUrl::UserInfo);
        check("https://api.openai.com\\@evil.example", BadUrl::UserInfo);
        check("https://api.openai.com\\.evil.example", BadUrl::Host);
        check("https://", BadUrl::Host);
        check("https:///v1", BadUrl::Host);
        check("https://a..b", BadUrl::Host);
        check("https://exa mple.com", BadUrl::Host);
        check("https://127.1", BadUrl::Host);
        check("https://0x7f.0.0.1", BadUrl::Host);
        check("https://127.0.0.0x1", BadUrl::Host);
        check("https://2130706433", BadUrl::Host);
        check("https://ｅxample.com", BadUrl::Host);
        check("https://[::ffff:127.0.0.1]", BadUrl::Host);
        check("https://a:b", BadUrl::Port);
        check("https://a:99999", BadUrl::Port);
        check("https://a:", BadUrl::Port);
        check("https://a/v1/../v2", BadUrl::Path);
        check("https://a/v1/%2E%2e/v2", BadUrl::Path);
        check("https://a/v1\t/x", BadUrl::Path);
        check("https://a/v1?x=1", BadUrl::Query);
        check("https://a/#x", BadUrl::Query);
    }

    #[test]
    fn a_key_goes_only_to_its_origin() {
        let here = BaseUrl::from_static("https://api.example.com/v1");
        let there = BaseUrl::from_static("https://evil.example/v1");
        let key = ApiKey::new(here.origin(), " sk-secret\n").unwrap();
        let request = |base: &BaseUrl| HttpRequest {
            method: Method::Post,
            base: base.clone(),
            path: "/chat".to_owned(),
            headers: vec![("authorization", HeaderValue::Key { prefix: "Bearer ", key: key.clone() })],
            body: None,
        };
        assert_eq!(
            request(&here).headers_to_send(),
            Ok(vec![("authorization", "Bearer sk-secret".to_owned())])
        );
        assert!(request(&there).headers_to_send().is_err());
        assert!(!format!("{:?}", request(&here)).contains("secret"));
    }

    #[test]
    fn a_key_is_blotted_out_also_where_the_text_was_cut_in_it() {
        let key = ApiKey::new(BaseUrl::from_static("https://a.example").origin(), "sk-secret-77").unwrap();
        let check = |text: &str, expected: &str| assert_eq!(key.redact(text), expected);
        check("sk-secret-77 and sk-secret-77.", "[key] and [key].");
        check("your key sk-secret-7", "your key [key]");
        check("your key sk-secret-7…", "your key [key]…");
        check("sk-secret-77 is not sk-sec…", "[key] is not [key]…");
        check("your key sk-se", "your key sk-se");
        check("sk-secret is not at the end", "sk-secret is not at the end");
        let short = ApiKey::new(BaseUrl::from_static("https://a.example").origin(), "abc").unwrap();
        assert_eq!(short.redact("abc ab"), "[key] ab");
    }

    #[test]
    fn keys_that_no_header_can_carry_are_refused() {
        let origin = BaseUrl::from_static("https://a.example").origin();
        for text in ["", "  ", "a b", "ключ", "a\nb"] {
            assert_eq!(ApiKey::new(origin.clone(), text), Err(BadKey), "{text:?}");
        }
    }

    #[test]
    fn loopback_is_recognised_in_its_spellings() {
        for (url, expected) in [
            ("http://localhost:1234", true),
            ("http://127.0.0.1:8080/v1", true),
            ("http://127.9.9.9", true),
            ("http://[::1]:11434", true),
            ("http://app.localhost", true),
            ("http://192.168.0.2", false),
            ("http://localhost.example.com", false),
        ] {
            assert_eq!(BaseUrl::parse(url).unwrap().origin().is_loopback(), expected, "{url}");
        }
    }
}
