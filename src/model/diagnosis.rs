//! Why a request could not be made, as far as anybody can know: the browser tells a page nothing but
//! "Failed to fetch". A list of decisions over facts that were gathered elsewhere; it claims nothing
//! that the facts do not show.

use super::{
    http::Origin,
    provider::{Cors, Place},
};

/// What is known about a page, a server, and the way between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    pub page_is_https: bool,
    /// The page's own address; see [`Space::of`].
    pub page_space: Space,
    pub is_secure_context: bool,
    /// `navigator.onLine`; false means "definitely offline" (HTML Standard, "Browser state").
    pub is_online: bool,
    /// The page's content security policy does not name the target, or was seen to refuse it.
    pub is_blocked_by_policy: bool,
    pub target: Origin,
    pub place: Place,
    pub cors: Cors,
    /// To call the local network.
    pub permission: Permission,
    /// A request without a key whose answer the page may not read: `Some(true)` when the server
    /// answered it, `None` when it was not made.
    pub probe: Option<bool>,
}

/// The browser's permission for requests from a public page to the local network or to this computer
/// (Chromium 142 and later; "New permission prompt for Local Network Access", Chrome for Developers).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Permission {
    Granted,
    Denied,
    /// The browser asks at the next request.
    Prompt,
    /// The browser knows no such permission.
    #[default]
    Unknown,
}

/// Where an address lies ("Local Network Access", draft specification), the nearest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Space {
    /// This computer.
    Loopback,
    /// The local network, as far as the address itself shows it: a private IP address or a name
    /// below `.local`.
    Local,
    /// Anything else: what a name resolves to is not known here.
    Public,
}

/// What is the matter, in classes that each have one explanation and one next step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Diagnosis {
    /// The target is not in this page's allow-list.
    NotAllowed,
    /// Browsers block plain http from an https page.
    MixedContent,
    /// This computer has no network.
    Offline,
    /// This page may not call the local network: a person or an administrator has said so.
    LocalNetworkDenied,
    /// The browser asks whether this page may call the local network, and nobody has said yes.
    LocalNetworkAsk,
    /// The page itself came over plain http, and from such pages Chromium refuses every request to the
    /// local network without asking; other browsers may not.
    InsecurePage,
    /// The server is there, but refuses this web page (CORS) or sent an error without CORS headers: a
    /// wrong key at OpenAI and any 401 at Cerebras look like this.
    RefusesPages {
        /// What its owner can set or run; see [`how_to_allow`].
        setting: Option<&'static str>,
    },
    /// A server of the user's own that did not answer.
    LocalServer {
        /// It may be there and refuse this page until this is set; `None` when it was found not to
        /// answer at all, or needs no setting.
        setting: Option<&'static str>,
        /// An https page, plain http to this computer, and a browser that is known by nothing to allow
        /// it: Safari does not.
        may_be_blocked: bool,
    },
    /// No connection: DNS, TLS, refused, or an ad blocker; the browser does not say which.
    NoConnection,
    /// Nothing is known: the server may be out of reach, or refuse this page.
    Unknown,
}

/// What is sure to fail is not sent at all. `None` is "try it".
pub fn before_sending(facts: &Facts) -> Option<Diagnosis> {
    if facts.place == Place::Simulated {
        None
    } else if facts.is_blocked_by_policy {
        Some(Diagnosis::NotAllowed)
    } else if is_mixed_content(facts) {
        Some(Diagnosis::MixedContent)
    } else if is_offline(facts) {
        Some(Diagnosis::Offline)
    } else {
        None
    }
}

/// Whether a probe could tell more: it would be let out, and the browser would not ask a person
/// anything because of it.
pub fn wants_probe(facts: &Facts) -> bool {
    // From farther away to nearer by, the browser may ask.
    let goes_inwards = Space::of(&facts.target) < facts.page_space;
    let is_silent = !goes_inwards || facts.permission == Permission::Granted;
    let is_real = facts.place != Place::Simulated;
    is_real && facts.probe.is_none() && is_silent && before_sending(facts).is_none()
}

/// Why a request has failed without any answer.
pub fn after_failure(facts: &Facts) -> Diagnosis {
    if let Some(known) = before_sending(facts) {
        return known;
    }
    let setting = match facts.cors {
        Cors::NeedsSetting(setting) => Some(setting),
        Cors::Yes | Cors::No | Cors::Unknown => None,
    };
    if facts.probe == Some(true) {
        return Diagnosis::RefusesPages { setting };
    }
    let target = Space::of(&facts.target);
    // So far, only requests from public pages need the permission.
    if facts.page_space == Space::Public && target != Space::Public {
        // First: an insecure page may not ask, and its permission reads as denied.
        if !facts.is_secure_context {
            return Diagnosis::InsecurePage;
        }
        match facts.permission {
            Permission::Denied => return Diagnosis::LocalNetworkDenied,
            Permission::Prompt => return Diagnosis::LocalNetworkAsk,
            Permission::Granted | Permission::Unknown => {}
        }
    }
    if facts.place == Place::Local || target != Space::Public {
        let may_be_blocked =
            facts.page_is_https && facts.target.is_plain_http() && facts.permission == Permission::Unknown;
        return Diagnosis::LocalServer { setting: setting.filter(|_| facts.probe.is_none()), may_be_blocked };
    }
    match (facts.probe, facts.cors) {
        (Some(_), _) => Diagnosis::NoConnection,
        // Measured: it answers no page at all.
        (None, Cors::No) => Diagnosis::RefusesPages { setting },
        (None, Cors::Yes | Cors::NeedsSetting(_) | Cors::Unknown) => Diagnosis::Unknown,
    }
}

/// The line that opens a server of the user's own to this page. Ollama wants the page's own origin;
/// the others' settings are commands already.
pub fn how_to_allow(setting: &str, page: &str) -> String {
    match setting {
        "OLLAMA_ORIGINS" => format!("OLLAMA_ORIGINS='{page}' ollama serve"),
        command => command.to_owned(),
    }
}

/// Chromium makes an exception where the address itself shows that it is local: there the permission
/// decides, also by asking for it. (Loopback is no mixed content: "Mixed Content", "potentially
/// trustworthy".)
fn is_mixed_content(facts: &Facts) -> bool {
    let is_mixed = facts.page_is_https && facts.target.is_plain_http();
    is_mixed
        && match Space::of(&facts.target) {
            Space::Loopback => false,
            Space::Local => facts.permission == Permission::Unknown,
            Space::Public => true,
        }
}

/// This computer can be reached without any network.
fn is_offline(facts: &Facts) -> bool {
    !facts.is_online && Space::of(&facts.target) != Space::Loopback
}

impl Space {
    pub fn of(origin: &Origin) -> Self {
        let host = origin.host();
        let is_private_v4 = |address: std::net::Ipv4Addr| address.is_private() || address.is_link_local();
        let is_private_v6 =
            |address: std::net::Ipv6Addr| address.is_unique_local() || address.is_unicast_link_local();
        let v6 = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        if origin.is_loopback() {
            Self::Loopback
        } else if host.ends_with(".local")
            || host.parse().is_ok_and(is_private_v4)
            || v6.is_some_and(|host| host.parse().is_ok_and(is_private_v6))
        {
            Self::Local
        } else {
            Self::Public
        }
    }

    /// Of the page itself, by what `location.origin` says. A page from a file has no origin and counts
    /// as this computer, as Chromium has it.
    pub fn of_page(origin: &str) -> Self {
        match super::http::BaseUrl::parse(origin) {
            Ok(address) => Self::of(&address.origin()),
            Err(_) if origin == "null" => Self::Loopback,
            Err(_) => Self::Public,
        }
    }
}
