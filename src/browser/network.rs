//! What a page can find out about its way to a server, for [`crate::model::diagnosis`].

use std::{cell::RefCell, time::Duration};

use futures::future::{self, Either};
use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{RequestInit, RequestMode, SecurityPolicyViolationEvent, Window};

use super::{
    Listener, document,
    fetch::{AbortOnDrop, make_careful},
    tab,
};
use crate::model::{
    diagnosis::{Facts, Permission, Space, wants_probe},
    http::{BaseUrl, Origin},
    policy::AllowList,
    provider::Provider,
};

/// A server that has not answered a probe by then counts as out of reach.
const PROBE_PATIENCE: Duration = Duration::from_secs(5);

/// A refused request may fail before the page hears that it was refused: in Firefox 100 ms and more.
const UNTIL_HEARD: Duration = Duration::from_millis(300);

thread_local! {
    static WATCH: Option<Listener> = watch();
    /// What the page's policy was seen to block, as addresses.
    static BLOCKED: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Gathers what is known of the way to that address. With `probe` also whether its server answers at
/// all: one request for the root of its origin, without a key, and only if it can tell something and
/// asks nobody anything. It may take five seconds.
pub async fn facts(provider: &Provider, base: &BaseUrl, probe: bool) -> Facts {
    let target = base.origin();
    if probe {
        gloo_timers::future::sleep(UNTIL_HEARD).await;
    }
    // Of all other ways it says nothing, and asking the browser takes as long as a request.
    let permission = match may_ask(&target) || target.is_plain_http() {
        true => permission(&target).await,
        false => Permission::Unknown,
    };
    let window = web_sys::window();
    let page = tab::location_origin();
    let mut facts = Facts {
        page_is_https: page.starts_with("https://"),
        page_space: page_space(),
        is_secure_context: window.as_ref().is_some_and(Window::is_secure_context),
        is_online: window.as_ref().is_none_or(|window| window.navigator().on_line()),
        is_blocked_by_policy: !policy().allows(&target) || was_blocked(&target),
        target,
        place: provider.place,
        cors: provider.cors,
        permission,
        probe: None,
    };
    if probe && wants_probe(&facts) {
        facts.probe = Some(answers(&facts.target).await);
    }
    facts
}

/// Whom this page may call, by the policy in its own head.
pub fn policy() -> AllowList {
    let found = document()
        .and_then(|document| document.query_selector("meta[http-equiv=Content-Security-Policy i]").ok()?);
    let text = found.and_then(|meta| meta.get_attribute("content")).unwrap_or_default();
    AllowList::read(&text, &tab::location_origin())
}

/// From now on it is remembered what the policy blocks; a server may have sent a stricter one than the
/// page has in its head. Doing it again does nothing.
pub(super) fn watch_policy() {
    WATCH.with(|_| {});
}

fn watch() -> Option<Listener> {
    let listener = Listener::new(document()?.as_ref(), "securitypolicyviolation", |event| {
        let Some(event) = event.dyn_ref::<SecurityPolicyViolationEvent>() else { return };
        was_refused(&event.effective_directive(), event.blocked_uri());
    });
    Some(listener)
}

/// The policy has blocked that address. Workers say it themselves, but not in WebKit (seen in 2.50).
pub(super) fn was_refused(directive: &str, address: String) {
    if directive == "connect-src" {
        BLOCKED.with_borrow_mut(|blocked| {
            if !blocked.contains(&address) {
                blocked.push(address);
            }
        });
    }
}

/// Whether browsers may ask the person about a request there: it goes from farther away to nearer by.
pub(super) fn may_ask(target: &Origin) -> bool {
    Space::of(target) < page_space()
}

fn page_space() -> Space {
    BaseUrl::parse(&tab::location_origin()).map_or(Space::Public, |page| Space::of(&page.origin()))
}

fn was_blocked(origin: &Origin) -> bool {
    let root = root(origin);
    // The root itself is what a probe asks for; see `answers`.
    BLOCKED.with_borrow(|blocked| blocked.iter().any(|url| *url != root && url.starts_with(&root)))
}

/// Requests of this program always have a path, so their addresses begin so.
fn root(origin: &Origin) -> String {
    [origin.as_str(), "/"].concat()
}

async fn answers(origin: &Origin) -> bool {
    watch_policy();
    let root = root(origin);
    BLOCKED.with_borrow_mut(|blocked| blocked.retain(|url| *url != root && url != origin.as_str()));
    let abort = AbortOnDrop::new();
    let Some(request) = probe(&root, &abort) else { return false };
    let patience = gloo_timers::future::sleep(PROBE_PATIENCE);
    match future::select(JsFuture::from(request), patience).await {
        Either::Left((Ok(_), _)) => true,
        Either::Left((Err(_), _)) => {
            gloo_timers::future::sleep(UNTIL_HEARD).await;
            // The address itself is allowed, so it has answered, with a redirect to one that is not.
            BLOCKED.with_borrow(|blocked| blocked.iter().any(|url| *url == root || url == origin.as_str()))
        }
        Either::Right(_) => false,
    }
}

/// Its answer says nothing, not even whether it was an error; that it comes says something.
fn probe(url: &str, abort: &AbortOnDrop) -> Option<Promise> {
    let init = RequestInit::new();
    init.set_mode(RequestMode::NoCors);
    make_careful(&init);
    init.set_signal(abort.signal().as_ref());
    let request = web_sys::Request::new_with_str_and_init(url, &init).ok()?;
    Some(web_sys::window()?.fetch_with_request(&request))
}

/// The permission has had several names; browsers know one, two, or none of them. The one for the
/// target alone says more.
async fn permission(target: &Origin) -> Permission {
    let own = match Space::of(target) {
        Space::Loopback => "loopback-network",
        Space::Local | Space::Public => "local-network",
    };
    for name in [own, "local-network-access"] {
        // A name that a browser does not know makes its query fail.
        if let Some(permission) = query(name).await {
            return permission;
        }
    }
    Permission::Unknown
}

async fn query(name: &str) -> Option<Permission> {
    let navigator = web_sys::window()?.navigator();
    let permissions = Reflect::get(&navigator, &"permissions".into()).ok()?;
    let query: Function = Reflect::get(&permissions, &"query".into()).ok()?.dyn_into().ok()?;
    let descriptor = js_sys::Object::new();
    Reflect::set(&descriptor, &"name".into(), &name.into()).ok()?;
    let answer: Promise = query.call1(&permissions, &descriptor).ok()?.dyn_into().ok()?;
    let status: JsValue = JsFuture::from(answer).await.ok()?;
    match Reflect::get(&status, &"state".into()).ok()?.as_string()?.as_str() {
        "granted" => Some(Permission::Granted),
        "denied" => Some(Permission::Denied),
        "prompt" => Some(Permission::Prompt),
        _ => None,
    }
}
