//! The page that the tests run in.

use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Document, Window};

pub fn window() -> Window {
    web_sys::window().expect("a window")
}

pub fn document() -> Document {
    window().document().expect("a document")
}

/// Until the browser has drawn once more: what was asked for before has happened then.
pub async fn frame() {
    let next = Promise::new(&mut |resolve, _| {
        window().request_animation_frame(&resolve).expect("a function");
    });
    JsFuture::from(next).await.expect("a frame");
}

/// Frames pass until it is so.
pub async fn until(what: &str, is_so: impl Fn() -> bool) {
    for _ in 0..1000 {
        if is_so() {
            return;
        }
        frame().await;
    }
    panic!("never: {what}");
}

/// A property of an object of the page that is another one until this is dropped.
pub struct Replaced {
    object: Object,
    name: &'static str,
    before: JsValue,
}

impl Replaced {
    /// Of the window; by the body of the function that it is read by.
    pub fn getter(name: &'static str, body: &str) -> Self {
        Self::of(&window(), name, body)
    }

    pub fn of(object: &Object, name: &'static str, body: &str) -> Self {
        let before = Object::get_own_property_descriptor(object, &name.into());
        let descriptor = Object::new();
        for (name, value) in
            [("get", JsValue::from(Function::new_no_args(body))), ("configurable", true.into())]
        {
            Reflect::set(&descriptor, &name.into(), &value).expect("a new property");
        }
        Object::define_property(object, &name.into(), &descriptor);
        Self { object: object.clone(), name, before }
    }
}

impl Drop for Replaced {
    fn drop(&mut self) {
        match self.before.dyn_ref::<Object>() {
            Some(before) => drop(Object::define_property(&self.object, &self.name.into(), before)),
            None => assert!(Reflect::delete_property(&self.object, &self.name.into()).expect("an object")),
        }
    }
}

/// What the page's global variable of that name holds.
pub fn global(name: &str) -> JsValue {
    Reflect::get(&window(), &name.into()).expect("a property")
}
