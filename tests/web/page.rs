//! The page that the tests run in.

use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Document, Window};

pub fn window() -> Window {
    web_sys::window().expect("a window")
}

pub fn document() -> Document {
    window().document().expect("a document")
}

/// A property of the window that is another one until this is dropped.
pub struct Replaced {
    name: &'static str,
    before: js_sys::Object,
}

impl Replaced {
    /// The body of a function that the property is read by.
    pub fn getter(name: &'static str, body: &str) -> Self {
        let before = js_sys::Object::get_own_property_descriptor(&window(), &name.into());
        let descriptor = js_sys::Object::new();
        for (name, value) in
            [("get", JsValue::from(js_sys::Function::new_no_args(body))), ("configurable", true.into())]
        {
            js_sys::Reflect::set(&descriptor, &name.into(), &value).expect("a new property");
        }
        js_sys::Object::define_property(&window(), &name.into(), &descriptor);
        Self { name, before: before.unchecked_into() }
    }
}

impl Drop for Replaced {
    fn drop(&mut self) {
        js_sys::Object::define_property(&window(), &self.name.into(), &self.before);
    }
}
