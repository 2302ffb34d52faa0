//! What only one tab may do at a time, and that the browser keeps what it was given.

use std::cell::RefCell;

use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;

/// A lock that this page holds, and what lets it go.
type Held = (String, Function);

thread_local! {
    static HELD: RefCell<Vec<Held>> = const { RefCell::new(Vec::new()) };
}

/// Takes a lock until it is let go or this page ends ("Web Locks API"). `false`: another tab holds it. Where
/// there are no locks (a plain `http:` page of a network), everybody gets it.
pub async fn lock(name: &str) -> bool {
    request(name, true).await
}

/// Takes a lock as soon as nobody else holds it.
pub async fn lock_when_free(name: &str) {
    request(name, false).await;
}

/// Lets a lock go.
pub fn unlock(name: &str) {
    let held = HELD.with_borrow_mut(|held| {
        let at = held.iter().position(|(known, _)| known == name)?;
        Some(held.swap_remove(at))
    });
    if let Some((_, end)) = held {
        // It resolves what the browser waits for, and nothing else.
        let _ = end.call0(&JsValue::NULL);
    }
}

async fn request(name: &str, is_if_available: bool) -> bool {
    if HELD.with_borrow(|held| held.iter().any(|(known, _)| known == name)) {
        return true;
    }
    let Some(locks) = of_navigator("locks") else { return true };
    let Some(request) = method(&locks, "request") else { return true };
    let options = Object::new();
    // A plain object takes any field.
    let _ = Reflect::set(&options, &"ifAvailable".into(), &is_if_available.into());
    let own_name = name.to_owned();
    let answer = Promise::new(&mut |resolve, _| {
        let (told, own_name) = (resolve.clone(), own_name.clone());
        let held = Closure::once_into_js(move |lock: JsValue| -> JsValue {
            let is_held = !lock.is_null();
            // It is held until this ends.
            let until = is_held.then(|| {
                Promise::new(&mut |end, _| HELD.with_borrow_mut(|held| held.push((own_name.clone(), end))))
            });
            // Nobody listens any more if it fails.
            let _ = told.call1(&JsValue::NULL, &is_held.into());
            until.map_or(JsValue::UNDEFINED, JsValue::from)
        });
        if request.call3(&locks, &name.into(), &options, &held).is_err() {
            // A page that may hold none.
            let _ = resolve.call1(&JsValue::NULL, &JsValue::TRUE);
        }
    });
    JsFuture::from(answer).await.is_ok_and(|is_held| is_held.is_truthy())
}

/// Whether tabs of this page can know of each other.
pub fn can_lock() -> bool {
    of_navigator("locks").is_some()
}

/// Asks the browser not to clear what is stored here when room gets scarce ("Storage Standard").
pub fn persist() {
    // Whether it agrees is its own affair.
    drop(of_storage("persist"));
}

/// How many bytes this site has stored, and how many it may store, as the browser estimates them ("Storage
/// Standard").
pub async fn usage() -> Option<(f64, f64)> {
    let estimate = JsFuture::from(of_storage("estimate")?).await.ok()?;
    let bytes = |name: &str| Reflect::get(&estimate, &name.into()).ok()?.as_f64();
    Some((bytes("usage")?, bytes("quota")?))
}

fn of_storage(name: &str) -> Option<Promise> {
    let storage = of_navigator("storage")?;
    method(&storage, name)?.call0(&storage).ok()?.dyn_into().ok()
}

pub(super) fn of_navigator(name: &str) -> Option<JsValue> {
    let found = Reflect::get(&web_sys::window()?.navigator(), &name.into()).ok()?;
    found.is_object().then_some(found)
}

pub(super) fn method(of: &JsValue, name: &str) -> Option<Function> {
    Reflect::get(of, &name.into()).ok()?.dyn_into().ok()
}
