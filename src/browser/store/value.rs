//! Records as values that the browser stores.

use js_sys::{Array, JSON, Object};
use wasm_bindgen::{JsCast, JsValue};

use crate::model::json::{self, DEPTH_LIMIT, Json};

/// The largest number up to which every whole one is exact.
const EXACT: f64 = 9_007_199_254_740_991.0;

/// By way of a text, so that the browser is called once for a record and not once for each of its fields.
pub fn to_js(record: &Json<'_>) -> JsValue {
    // What is written is what is read there.
    JSON::parse(&record.to_text()).unwrap_or(JsValue::NULL)
}

/// `None` for what no record holds: functions, dates, what is too deep.
pub fn from_js(value: &JsValue) -> Option<Json<'static>> {
    from_js_at(value, DEPTH_LIMIT)
}

fn from_js_at(value: &JsValue, depth: usize) -> Option<Json<'static>> {
    let depth = depth.checked_sub(1)?;
    if value.is_null() || value.is_undefined() {
        return Some(Json::Null);
    }
    if let Some(is) = value.as_bool() {
        return Some(Json::Bool(is));
    }
    if let Some(number) = value.as_f64() {
        return Some(Json::Number(number_text(number)?.into()));
    }
    if let Some(text) = value.as_string() {
        return Some(Json::Text(text.into()));
    }
    if let Some(items) = value.dyn_ref::<Array>() {
        let items = items.iter().map(|item| from_js_at(&item, depth));
        return Some(Json::List(items.collect::<Option<_>>()?));
    }
    let mut object = json::Object::default();
    for entry in Object::entries(value.dyn_ref::<Object>()?) {
        let entry = entry.unchecked_into::<Array>();
        object.set(entry.get(0).as_string()?, from_js_at(&entry.get(1), depth)?);
    }
    Some(Json::Object(object))
}

fn number_text(number: f64) -> Option<String> {
    if !number.is_finite() {
        return None;
    }
    if number.fract() == 0.0 && number.abs() <= EXACT {
        return Some(format!("{number:.0}"));
    }
    // As JSON writes it.
    js_sys::Number::from(number).to_string_with_radix(10).ok()?.as_string()
}
