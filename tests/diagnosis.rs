//! "Failed to fetch" tells nothing: every branch of the list of decisions, and that none of them claims
//! more than is known.

use tutti::model::{
    diagnosis::{
        Diagnosis::{
            self, InsecurePage, LocalNetworkAsk, LocalNetworkDenied, LocalServer, MixedContent, NoConnection,
            NotAllowed, Offline, RefusesPages, Unknown,
        },
        Facts,
        Permission::{self, Denied, Granted, Prompt},
        Space, after_failure, before_sending, how_to_allow, wants_probe,
    },
    http::{BaseUrl, Origin},
    provider::{Cors, Place},
};

const OLLAMA: Cors = Cors::NeedsSetting("OLLAMA_ORIGINS");
const SETTING: Option<&str> = Some("OLLAMA_ORIGINS");

fn origin(url: &str) -> Origin {
    BaseUrl::parse(url).unwrap().origin()
}

/// From a public https page, online, with nothing known of the way.
fn facts(target: &str, place: Place, cors: Cors) -> Facts {
    Facts {
        page_is_https: true,
        page_space: Space::Public,
        is_secure_context: true,
        is_online: true,
        is_blocked_by_policy: false,
        target: origin(target),
        place,
        cors,
        permission: Permission::Unknown,
        probe: None,
    }
}

fn cloud() -> Facts {
    facts("https://api.openai.com/v1", Place::Cloud, Cors::Yes)
}

fn ollama() -> Facts {
    facts("http://localhost:11434", Place::Local, OLLAMA)
}

fn lan() -> Facts {
    facts("http://192.168.0.9:11434", Place::Local, OLLAMA)
}

/// From a page over plain http in the local network.
fn from_lan(facts: Facts) -> Facts {
    Facts { page_is_https: false, is_secure_context: false, page_space: Space::Local, ..facts }
}

/// From a page on this computer, which is secure over plain http too.
fn from_here(facts: Facts) -> Facts {
    Facts { page_is_https: false, page_space: Space::Loopback, ..facts }
}

fn local(setting: Option<&'static str>, may_be_blocked: bool) -> Diagnosis {
    LocalServer { setting, may_be_blocked }
}

#[track_caller]
fn check(facts: Facts, before: Option<Diagnosis>, after: Diagnosis) {
    assert_eq!(before_sending(&facts), before, "before sending: {facts:?}");
    assert_eq!(after_failure(&facts), after, "after the failure: {facts:?}");
}

/// Known beforehand: the same is said before and after.
#[track_caller]
fn is_known(facts: Facts, diagnosis: Diagnosis) {
    assert!(!wants_probe(&facts), "{facts:?}");
    check(facts, Some(diagnosis), diagnosis);
}

#[test]
fn what_the_policy_does_not_name_is_not_sent() {
    is_known(Facts { is_blocked_by_policy: true, ..cloud() }, NotAllowed);
    is_known(Facts { is_blocked_by_policy: true, ..ollama() }, NotAllowed);
    // It is the cause that a person can remove first.
    is_known(Facts { is_blocked_by_policy: true, is_online: false, ..lan() }, NotAllowed);
    is_known(Facts { is_blocked_by_policy: true, probe: Some(false), ..cloud() }, NotAllowed);
}

#[test]
fn plain_http_from_an_https_page_is_mixed_content() {
    let plain = || facts("http://models.example/v1", Place::Cloud, Cors::Unknown);
    is_known(plain(), MixedContent);
    for permission in [Granted, Denied, Prompt] {
        is_known(Facts { permission, ..plain() }, MixedContent);
    }
    is_known(Facts { is_online: false, ..plain() }, MixedContent);
    check(Facts { page_is_https: false, ..plain() }, None, Unknown);
}

#[test]
fn the_permission_relaxes_mixed_content_for_private_addresses() {
    is_known(lan(), MixedContent);
    check(Facts { permission: Granted, ..lan() }, None, local(SETTING, false));
    check(Facts { permission: Prompt, ..lan() }, None, LocalNetworkAsk);
    check(Facts { permission: Denied, ..lan() }, None, LocalNetworkDenied);
    let by_name = || facts("http://gpu.local:8000", Place::Local, Cors::Unknown);
    is_known(by_name(), MixedContent);
    check(Facts { permission: Granted, ..by_name() }, None, local(None, false));
    // What this name resolves to is not known, so it is no exception.
    is_known(
        Facts { permission: Granted, ..facts("http://gpu:8000", Place::Local, Cors::Unknown) },
        MixedContent,
    );
}

#[test]
fn offline_matters_for_everything_but_this_computer() {
    is_known(Facts { is_online: false, ..cloud() }, Offline);
    is_known(Facts { is_online: false, ..from_lan(lan()) }, Offline);
    check(Facts { is_online: false, permission: Granted, ..ollama() }, None, local(SETTING, false));
    assert!(wants_probe(&Facts { is_online: false, permission: Granted, ..ollama() }));
}

#[test]
fn a_server_on_this_computer_from_a_public_page() {
    // Firefox answers nothing about a permission; Safari refuses plain http here.
    check(ollama(), None, local(SETTING, true));
    check(Facts { permission: Prompt, ..ollama() }, None, LocalNetworkAsk);
    check(Facts { permission: Denied, ..ollama() }, None, LocalNetworkDenied);
    check(Facts { permission: Granted, ..ollama() }, None, local(SETTING, false));
    check(Facts { permission: Granted, probe: Some(false), ..ollama() }, None, local(None, false));
    check(
        Facts { permission: Granted, probe: Some(true), ..ollama() },
        None,
        RefusesPages { setting: SETTING },
    );
    let secure = facts("https://localhost:8443", Place::Local, Cors::Unknown);
    check(secure, None, local(None, false));
}

#[test]
fn a_server_nearby_from_a_page_nearby() {
    check(from_here(ollama()), None, local(SETTING, false));
    check(Facts { probe: Some(true), ..from_here(ollama()) }, None, RefusesPages { setting: SETTING });
    check(Facts { probe: Some(false), ..from_here(ollama()) }, None, local(None, false));
    check(from_lan(lan()), None, local(SETTING, false));
    // These need no permission, so its state explains nothing.
    for permission in [Granted, Denied, Prompt, Permission::Unknown] {
        check(Facts { permission, ..from_here(ollama()) }, None, local(SETTING, false));
        check(Facts { permission, ..from_here(lan()) }, None, local(SETTING, false));
        check(Facts { permission, ..from_lan(lan()) }, None, local(SETTING, false));
        check(Facts { permission, ..from_lan(ollama()) }, None, local(SETTING, false));
    }
}

#[test]
fn an_insecure_page_may_not_call_the_local_network() {
    let insecure = |facts| Facts { page_is_https: false, is_secure_context: false, ..facts };
    // Chromium says "denied" there, which is nobody's decision.
    for permission in [Denied, Prompt, Permission::Unknown] {
        check(Facts { permission, ..insecure(ollama()) }, None, InsecurePage);
        check(Facts { permission, ..insecure(lan()) }, None, InsecurePage);
    }
    check(insecure(cloud()), None, Unknown);
    check(Facts { probe: Some(true), ..insecure(lan()) }, None, RefusesPages { setting: SETTING });
}

#[test]
fn the_probe_tells_whether_a_host_is_there() {
    check(cloud(), None, Unknown);
    check(Facts { probe: Some(true), ..cloud() }, None, RefusesPages { setting: None });
    check(Facts { probe: Some(false), ..cloud() }, None, NoConnection);
    let closed = || Facts { cors: Cors::No, ..cloud() };
    check(closed(), None, RefusesPages { setting: None });
    check(Facts { probe: Some(false), ..closed() }, None, NoConnection);
    // A server of one's own, behind a public name.
    let tunnel = || facts("https://ollama.example", Place::Local, OLLAMA);
    check(tunnel(), None, local(SETTING, false));
    check(Facts { probe: Some(false), ..tunnel() }, None, local(None, false));
    check(Facts { probe: Some(true), ..tunnel() }, None, RefusesPages { setting: SETTING });
}

#[test]
fn a_probe_is_made_only_where_it_asks_nobody_anything() {
    let wants = |facts: Facts| wants_probe(&facts);
    assert!(wants(cloud()));
    assert!(wants(from_here(ollama())));
    assert!(wants(from_here(lan())));
    assert!(wants(from_lan(lan())));
    for permission in [Denied, Prompt, Permission::Unknown] {
        assert!(!wants(Facts { permission, ..ollama() }), "{permission:?}");
        assert!(!wants(Facts { permission, ..lan() }), "{permission:?}");
        assert!(!wants(Facts { permission, ..from_lan(ollama()) }), "{permission:?}");
        assert!(wants(Facts { permission, ..cloud() }), "{permission:?}");
    }
    assert!(wants(Facts { permission: Granted, ..ollama() }));
    assert!(wants(Facts { permission: Granted, ..lan() }));
    assert!(!wants(Facts { probe: Some(true), ..cloud() }));
    assert!(!wants(Facts { probe: Some(false), ..cloud() }));
    assert!(!wants(Facts { place: Place::Simulated, ..cloud() }));
}

#[test]
fn simulated_answers_need_nothing() {
    let offline = Facts { is_online: false, is_blocked_by_policy: true, place: Place::Simulated, ..cloud() };
    assert_eq!(before_sending(&offline), None);
}

#[test]
fn addresses_show_where_they_lie() {
    use Space::{Local, Loopback, Public};
    for (url, space) in [
        ("http://localhost:1", Loopback),
        ("http://a.localhost", Loopback),
        ("http://127.8.8.8", Loopback),
        ("http://[::1]", Loopback),
        ("http://10.0.0.1", Local),
        ("http://172.16.0.1", Local),
        ("http://172.32.0.1", Public),
        ("http://192.168.255.255:8080", Local),
        ("http://169.254.1.1", Local),
        ("http://[fd00::1]:8080", Local),
        ("http://[fe80::1]", Local),
        ("http://[2001:db8::1]", Public),
        ("http://8.8.8.8", Public),
        ("http://printer.local", Local),
        ("http://local", Public),
        ("http://10.0.0.1.example", Public),
        ("https://api.openai.com", Public),
    ] {
        assert_eq!(Space::of(&origin(url)), space, "{url}");
        assert_eq!(Space::of_page(url), space, "{url}");
    }
    assert_eq!(Space::of_page("null"), Loopback);
    assert_eq!(Space::of_page(""), Public);
}

#[test]
fn a_setting_names_this_page() {
    assert_eq!(
        how_to_allow("OLLAMA_ORIGINS", "https://tutti.example"),
        "OLLAMA_ORIGINS='https://tutti.example' ollama serve"
    );
    assert_eq!(how_to_allow("lms server start --cors", "https://tutti.example"), "lms server start --cors");
}
