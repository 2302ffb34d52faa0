//! What can be known when a request fails.

use tutti::{
    browser::{Fetch, facts, location_origin, policy},
    engine::transport::Transport,
    model::{
        catalog,
        diagnosis::{Diagnosis, Facts, Permission, Space, after_failure},
        error::ErrorClass,
        http::{BaseUrl, HttpRequest, Method},
        provider::{Cors, Place},
    },
};
use wasm_bindgen_test::wasm_bindgen_test;

use super::page::{self, Replaced};

/// Of the way from this page to that address.
async fn facts_about(address: &str, probe: bool) -> Facts {
    facts(catalog::find("ollama").expect("a row"), &BaseUrl::parse(address).expect("an address"), probe).await
}

fn permissions(answer: &str) -> Replaced {
    let query = format!("return {{ query({{ name }}) {{ {answer} }} }}");
    Replaced::of(&page::window().navigator(), "permissions", &query)
}

#[wasm_bindgen_test]
async fn the_page_knows_where_it_is() {
    let facts = facts_about("https://api.example.com/v1", false).await;
    assert!(!facts.page_is_https && facts.is_secure_context && facts.is_online);
    assert_eq!(facts.page_space, Space::Loopback);
    assert_eq!(facts.target.as_str(), "https://api.example.com");
    assert_eq!((facts.place, facts.cors), (Place::Local, Cors::NeedsSetting("OLLAMA_ORIGINS")));
    assert_eq!(facts.probe, None, "nobody asked for a probe");
    let _offline = Replaced::of(&page::window().navigator(), "onLine", "return false");
    let _insecure = Replaced::getter("isSecureContext", "return false");
    let facts = facts_about("https://api.example.com/v1", true).await;
    assert!(!facts.is_online && !facts.is_secure_context);
    assert_eq!(facts.probe, None, "a probe that can tell nothing was made");
}

#[wasm_bindgen_test]
async fn a_probe_tells_a_server_that_answers_from_one_that_does_not() {
    let facts = facts_about(&location_origin(), true).await;
    assert_eq!(facts.probe, Some(true));
    assert_eq!(after_failure(&facts), Diagnosis::RefusesPages { setting: Some("OLLAMA_ORIGINS") });
    let facts = facts_about("http://127.0.0.1:9/v1", true).await;
    assert_eq!(facts.probe, Some(false));
}

#[wasm_bindgen_test]
async fn a_probe_is_one_careful_request_for_the_root() {
    let fetch = "return (request) => { window.probes.push(request); return new Promise((go) => go(Response.error())) }";
    js_sys::Reflect::set(&page::window(), &"probes".into(), &js_sys::Array::new()).expect("a property");
    let _fetch = Replaced::getter("fetch", fetch);
    let facts = facts_about("http://127.0.0.1:9/deep/v1", true).await;
    assert_eq!(facts.probe, Some(true));
    let probes = js_sys::Array::from(&page::global("probes"));
    assert_eq!(probes.length(), 1);
    for (name, expected) in [
        ("url", "http://127.0.0.1:9/"),
        ("method", "GET"),
        ("mode", "no-cors"),
        ("redirect", "follow"),
        ("credentials", "omit"),
        ("referrerPolicy", "no-referrer"),
        ("cache", "no-store"),
    ] {
        let value = js_sys::Reflect::get(&probes.get(0), &name.into()).expect("a property");
        assert_eq!(value.as_string().as_deref(), Some(expected), "{name}");
    }
}

#[wasm_bindgen_test]
async fn each_name_of_the_permission_is_asked_for_by_itself() {
    let check = async |answer: &str, loopback: Permission, local: Permission| {
        let _permissions = permissions(answer);
        assert_eq!(facts_about("http://127.0.0.1:9", false).await.permission, loopback, "{answer}");
        assert_eq!(facts_about("http://192.168.1.20", false).await.permission, local, "{answer}");
    };
    let old = "if (name === 'local-network-access') return Promise.resolve({ state: 'prompt' });
        throw new TypeError(name)";
    check(old, Permission::Prompt, Permission::Prompt).await;
    let new = "const state = { 'loopback-network': 'granted', 'local-network': 'denied' }[name];
        return state ? Promise.resolve({ state }) : Promise.reject(new TypeError(name))";
    check(new, Permission::Granted, Permission::Denied).await;
    check("return Promise.reject(new TypeError(name))", Permission::Unknown, Permission::Unknown).await;
    check("throw new TypeError(name)", Permission::Unknown, Permission::Unknown).await;
    check("return { state: 'granted' }", Permission::Unknown, Permission::Unknown).await;
    check("return Promise.resolve({ state: 'maybe' })", Permission::Unknown, Permission::Unknown).await;
    check("return Promise.resolve(null)", Permission::Unknown, Permission::Unknown).await;
    let _none = Replaced::of(&page::window().navigator(), "permissions", "return undefined");
    assert_eq!(facts_about("http://127.0.0.1:9", false).await.permission, Permission::Unknown);
}

/// A policy cannot be taken back, so this one is harmless to all other tests: they call only this
/// computer, and workers of their own.
#[wasm_bindgen_test]
async fn what_the_policy_blocks_is_known_and_remembered() {
    let blocked = "https://unlisted.invalid";
    assert!(!facts_about(blocked, false).await.is_blocked_by_policy);
    let meta = page::document().create_element("meta").expect("an element");
    meta.set_attribute("http-equiv", "content-security-policy").expect("an attribute");
    meta.set_attribute("content", "connect-src http://127.0.0.1:* blob: https://listed.invalid")
        .expect("an attribute");
    page::document().head().expect("a head").append_child(&meta).expect("a place");
    assert!(facts_about(blocked, false).await.is_blocked_by_policy);
    assert!(!facts_about("https://listed.invalid", false).await.is_blocked_by_policy);
    assert!(policy().allows(&BaseUrl::from_static("http://127.0.0.1:9").origin()));
    // As if the server had sent it: the page cannot read it, but hears what it blocks.
    meta.remove();
    assert!(!facts_about(blocked, false).await.is_blocked_by_policy);
    let request = HttpRequest {
        method: Method::Get,
        base: BaseUrl::from_static("https://unlisted.invalid/v1"),
        path: "/models".to_owned(),
        headers: Vec::new(),
        body: None,
    };
    let Err(error) = Fetch.send(request).await else { panic!("it was not blocked") };
    assert_eq!(error.class, ErrorClass::NetworkOrCors);
    let facts = facts_about(blocked, true).await;
    assert!(facts.is_blocked_by_policy);
    assert_eq!(facts.probe, None);
    assert_eq!(after_failure(&facts), Diagnosis::NotAllowed);
    assert!(!facts_about("https://unlisted.invalid.example", false).await.is_blocked_by_policy);
}

/// The body of a function that says that this directive has blocked that address.
fn block(directive: &str, url: &str) -> String {
    format!(
        "document.dispatchEvent(new SecurityPolicyViolationEvent('securitypolicyviolation', {{
            blockedURI: '{url}', effectiveDirective: '{directive}', violatedDirective: '{directive}',
            documentURI: location.href, originalPolicy: '', disposition: 'enforce', statusCode: 200
        }}));"
    )
}

#[wasm_bindgen_test]
async fn a_server_that_answers_a_probe_with_a_forbidden_redirect_has_answered() {
    let reject = "return Promise.reject(new TypeError('Failed to fetch'))";
    for (address, directive, url, answers) in [
        ("http://127.0.0.1:11", "connect-src", "http://127.0.0.1:11/", true),
        // Some browsers tell only the origin.
        ("http://127.0.0.1:12", "connect-src", "http://127.0.0.1:12", true),
        ("http://127.0.0.1:13", "connect-src", "http://127.0.0.1:14/", false),
        ("http://127.0.0.1:15", "img-src", "http://127.0.0.1:15/", false),
    ] {
        let fetch = format!("return () => {{ {} {reject} }}", block(directive, url));
        let fetch = Replaced::getter("fetch", &fetch);
        assert_eq!(facts_about(address, true).await.probe, Some(answers), "{address}");
        // It says nothing of the addresses that are really called.
        assert!(!facts_about(address, false).await.is_blocked_by_policy, "{address}");
        drop(fetch);
        // The next probe is asked anew.
        let _fetch = Replaced::getter("fetch", &format!("return () => {{ {reject} }}"));
        assert_eq!(facts_about(address, true).await.probe, Some(false), "{address}");
    }
    let say = |directive, url| {
        js_sys::Function::new_no_args(&block(directive, url)).call0(&page::window()).expect("no error");
    };
    say("img-src", "http://127.0.0.1:16/v1/models");
    assert!(!facts_about("http://127.0.0.1:16", false).await.is_blocked_by_policy);
    say("connect-src", "http://127.0.0.1:16/v1/models");
    assert!(facts_about("http://127.0.0.1:16", false).await.is_blocked_by_policy);
    assert!(!facts_about("http://127.0.0.1:1", false).await.is_blocked_by_policy);
}
