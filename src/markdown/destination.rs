//! What may be done with an address that a model wrote.

use super::punycode;
use crate::later::later;

/// Decided here and nowhere else: an address is opened only if it is absolute and of a scheme that is known
/// to be harmless.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// `http` or `https`.
    Open {
        /// As it is to be opened: without the line ends and tabs that a browser would pass over.
        url: String,
        /// The host as the network knows it, when it is not what a person reads there: letters beyond ASCII
        /// (punycode), characters written in percent, a user's name before the host.
        host_shown: Option<String>,
    },
    /// `mailto`.
    Mail(String),
    /// Relative, a fragment, any other scheme: words, and nothing happens.
    Inert,
}

impl Destination {
    #[must_use]
    pub fn new(address: &str) -> Self {
        // A browser's own parser passes over these (URL standard, basic URL parser, steps 1 to 3).
        let is_passed_over = |c: char| c <= ' ';
        let url: String = address
            .trim_matches(is_passed_over)
            .chars()
            .filter(|c| !matches!(c, '\t' | '\n' | '\r'))
            .collect();
        let Some((scheme, rest)) = url.split_once(':') else { return Self::Inert };
        if scheme.eq_ignore_ascii_case("mailto")
            && !rest.is_empty()
            && !rest.contains(|c: char| c.is_control())
        {
            return Self::Mail(url);
        }
        if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
            return Self::Inert;
        }
        // `https:host` and `https:\\host` are read differently from page to page.
        let Some(authority) = rest.strip_prefix("//").map(before_path) else { return Self::Inert };
        let (user, place) = authority.rsplit_once('@').unwrap_or(("", authority));
        let Some(host) = host_of(place).and_then(known_host) else { return Self::Inert };
        let is_as_read =
            user.is_empty() && host_of(place).is_some_and(|read| read.eq_ignore_ascii_case(&host));
        let host_shown = (!is_as_read).then_some(host);
        Self::Open { url, host_shown }
    }

    /// An e-mail address, with the scheme or without it.
    pub(super) fn of_email(address: &str) -> Self {
        if address.contains(':') { Self::new(address) } else { Self::new(&["mailto:", address].concat()) }
    }

    /// The host that would be asked, as the network knows it.
    #[must_use]
    pub fn host(&self) -> Option<&str> {
        let Self::Open { url, host_shown } = self else { return None };
        if host_shown.is_some() {
            return host_shown.as_deref();
        }
        host_of(before_path(url.split_once("//")?.1))
    }
}

fn before_path(rest: &str) -> &str {
    rest.split(['/', '\\', '?', '#']).next().unwrap_or_default()
}

/// Without the port.
fn host_of(place: &str) -> Option<&str> {
    if place.starts_with('[') {
        return place.find(']').and_then(|end| place.get(..=end));
    }
    let (host, port) = place.split_once(':').unwrap_or((place, ""));
    port.bytes().all(|byte| byte.is_ascii_digit()).then_some(host)
}

/// What the network makes of a host; `None` where a browser would refuse it, or read it in a way of its own.
fn known_host(written: &str) -> Option<String> {
    let host = if written.contains('%') { decoded(written)? } else { written.to_owned() };
    if host.starts_with('[') {
        let inner = host.strip_prefix('[')?.strip_suffix(']')?;
        return inner
            .bytes()
            .all(|byte| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.'))
            .then_some(host);
    }
    let host: String = host.chars().filter_map(mapped).collect();
    let host = if host.is_ascii() { host.to_ascii_lowercase() } else { lower(&host)? };
    // More than the URL standard forbids: on the others of these, browsers differ, and no name has them.
    let is_forbidden = |c: char| c.is_ascii() && !c.is_ascii_alphanumeric() && !matches!(c, '.' | '-' | '_');
    if host.is_empty() || host.contains(is_forbidden) {
        return None;
    }
    let labels: Option<Vec<_>> = host.split('.').map(punycode::label).collect();
    Some(labels?.join("."))
}

later! {
    /// While the table of all letters is not here, such a host is one that nobody can vouch for.
    "6001" fn lower(host: &str) -> Option<String> {
        Some(host.chars().flat_map(char::to_lowercase).collect())
    } else {
        super::entities::IS_MISSED.store(true, std::sync::atomic::Ordering::Relaxed);
        None
    }
}

/// The part of the mapping of host names (UTS 46) that is used to deceive: full-width letters, other full
/// stops, and characters that are not seen at all.
fn mapped(c: char) -> Option<char> {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0),
        '\u{3002}' | '\u{ff61}' => Some('.'),
        '\u{ad}' | '\u{200b}' | '\u{2060}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}' => None,
        c => Some(c),
    }
}

/// Without percent signs.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let high = char::from(rest.next()?).to_digit(16)?;
            let low = char::from(rest.next()?).to_digit(16)?;
            bytes.push(u8::try_from(high * 16 + low).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}
