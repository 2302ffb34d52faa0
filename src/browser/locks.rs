//! What only one tab may do at a time, and that the browser keeps what it was given.

use std::cell::RefCell;

use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;

thread_local! {
    /// What this page holds already.
    static HELD: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Takes a lock for as long as this page lives ("Web Locks API"). `false`: another tab holds it. Where there
/// are no locks (a plain `http:` page of a network), everybody gets it.
pub async fn lock(name: &str) -> bool {
    if HELD.with_borrow(|held| held.iter().any(|known| known == name)) {
        return true;
    }
    let Some(locks) = of_navigator("locks") else { return true };
    let Some(request) = method(&locks, "request") else { return true };
    let options = Object::new();
    // A plain object takes any field.
    let _ = Reflect::set(&options, &"ifAvailable".into(), &JsValue::TRUE);
    let answer = Promise::new(&mut |resolve, _| {
        let told = resolve.clone();
        let held = Closure::once_into_js(move |lock: JsValue| -> JsValue {
            // Nobody listens any more if it fails.
            let _ = told.call1(&JsValue::NULL, &(!lock.is_null()).into());
            if lock.is_null() {
                return JsValue::UNDEFINED;
            }
            // It is held until this ends, which is never.
            Promise::new(&mut |_, _| {}).into()
        });
        if request.call3(&locks, &name.into(), &options, &held).is_err() {
            // A page that may hold none.
            let _ = resolve.call1(&JsValue::NULL, &JsValue::TRUE);
        }
    });
    let is_held = JsFuture::from(answer).await.is_ok_and(|is_held| is_held.is_truthy());
    if is_held {
        HELD.with_borrow_mut(|held| held.push(name.to_owned()));
    }
    is_held
}

/// Whether tabs of this page can know of each other.
pub fn can_lock() -> bool {
    of_navigator("locks").is_some()
}

/// Asks the browser not to clear what is stored here when room gets scarce ("Storage Standard").
pub fn persist() {
    let storage = of_navigator("storage");
    if let Some((storage, persist)) = storage.and_then(|it| Some((it.clone(), method(&it, "persist")?))) {
        // Whether it agrees is its own affair.
        let _ = persist.call0(&storage);
    }
}

fn of_navigator(name: &str) -> Option<JsValue> {
    let found = Reflect::get(&web_sys::window()?.navigator(), &name.into()).ok()?;
    found.is_object().then_some(found)
}

fn method(of: &JsValue, name: &str) -> Option<Function> {
    Reflect::get(of, &name.into()).ok()?.dyn_into().ok()
}

/// How many bytes the browser says that this site takes ("Storage Standard", `estimate`).
pub async fn used_bytes() -> Option<f64> {
    let storage = of_navigator("storage")?;
    let said = method(&storage, "estimate")?.call0(&storage).ok()?;
    let said = JsFuture::from(said.dyn_into::<Promise>().ok()?).await.ok()?;
    Reflect::get(&said, &"usage".into()).ok()?.as_f64()
}
