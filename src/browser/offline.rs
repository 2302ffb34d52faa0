//! The worker that keeps the page for when there is no network: `sw.js`, which xtask puts beside a release and
//! names in the page. Without it (a page that is being worked on or stands in somebody else's, a browser that
//! allows none) everything goes on as before.

use std::{cell::RefCell, rc::Rc};

use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{ServiceWorker, ServiceWorkerRegistration, ServiceWorkerState};

use super::{
    Listener, document,
    locks::{method, of_navigator},
};

/// The lock that tabs share while they stream; `sw.js` waits until nobody has it.
const STREAMS: &str = "tutti-streams";

thread_local! {
    static REGISTRATION: RefCell<Option<ServiceWorkerRegistration>> = const { RefCell::new(None) };
    /// Live as long as the page.
    static LISTENERS: RefCell<Vec<Listener>> = const { RefCell::new(Vec::new()) };
    /// Gives the lock back.
    static GIVE_BACK: RefCell<Option<Function>> = const { RefCell::new(None) };
}

/// The worker's address, where there is one and it may run.
pub fn worker() -> Option<String> {
    let address = document()?.query_selector("meta[name=offline]").ok()??.get_attribute("content")?;
    of_navigator("serviceWorker").filter(|_| !address.is_empty())?;
    Some(address)
}

/// Has the page kept. Calls back when a newer version has come to stand by for the next page that is loaded.
pub async fn keep(worker: &str, is_newer: impl Fn() + 'static) {
    let Some(window) = web_sys::window() else { return };
    let coming = window.navigator().service_worker().register(worker);
    // Where it is refused (a private window, no room), the page needs the network.
    let Ok(registration) = JsFuture::from(coming).await else { return };
    let registration: ServiceWorkerRegistration = registration.unchecked_into();
    let is_newer: Rc<dyn Fn()> = Rc::new(is_newer);
    for worker in [registration.waiting(), registration.installing()].into_iter().flatten() {
        follow(&registration, worker, &is_newer);
    }
    let found = registration.clone();
    listen(registration.as_ref(), "updatefound", move || {
        if let Some(worker) = found.installing() {
            follow(&found, worker, &is_newer);
        }
    });
    REGISTRATION.set(Some(registration));
    offer();
}

/// Until it is the one that is asked.
fn follow(registration: &ServiceWorkerRegistration, worker: ServiceWorker, is_newer: &Rc<dyn Fn()>) {
    // The first one ever is of this page's own version.
    if registration.active().is_none() {
        return;
    }
    let (state, is_newer) = (worker.clone(), is_newer.clone());
    listen(worker.as_ref(), "statechange", move || match state.state() {
        ServiceWorkerState::Installed => offer(),
        ServiceWorkerState::Activated => is_newer(),
        _ => {}
    });
}

/// Lets a version that waits go on when no tab streams.
fn offer() {
    let waiting = REGISTRATION.with_borrow(|registration| registration.as_ref()?.waiting());
    if let Some(waiting) = waiting {
        // What has just gone on waits no more.
        let _ = waiting.post_message(&"when idle".into());
    }
}

fn listen(target: &web_sys::EventTarget, name: &'static str, act: impl Fn() + 'static) {
    let listener = Listener::new(target, name, move |_| act());
    LISTENERS.with_borrow_mut(|listeners| listeners.push(listener));
}

/// Says to the worker whether this tab streams.
pub fn set_streaming(streams: bool) {
    if let Some(give_back) = GIVE_BACK.take() {
        // A promise takes anything.
        let _ = give_back.call0(&JsValue::NULL);
    }
    if streams {
        take_lock();
    } else {
        offer();
    }
}

fn take_lock() {
    let Some(locks) = of_navigator("locks") else { return };
    let Some(request) = method(&locks, "request") else { return };
    let until = Promise::new(&mut |resolve, _| GIVE_BACK.set(Some(resolve)));
    let options = Object::new();
    // A plain object takes any field.
    let _ = Reflect::set(&options, &"mode".into(), &"shared".into());
    let held = Closure::once_into_js(move |_: JsValue| JsValue::from(until));
    // A page that may hold none does without.
    let _ = request.call3(&locks, &STREAMS.into(), &options, held.unchecked_ref());
}
