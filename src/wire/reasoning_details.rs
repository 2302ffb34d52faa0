//! OpenRouter's `reasoning_details` (OpenRouter, "Preserving reasoning blocks"): thoughts with
//! signatures or in encrypted form, streamed in fragments, to be sent back unchanged as one list.

use crate::model::{
    event::Opaque,
    json::{Json, Object},
    provider::Dialect,
};

/// The part of a detail that a person can read.
pub fn readable<'a>(detail: &'a Json<'a>) -> &'a Json<'a> {
    let text = detail.at("text");
    if text.as_str().is_some() { text } else { detail.at("summary") }
}

/// The list as it must go back: fragments of one item joined.
#[derive(Debug, Default)]
pub struct Details {
    items: Vec<Object<'static>>,
    /// Something in it is more than plain text, so it has to be sent back.
    is_needed: bool,
}

impl Details {
    pub fn push(&mut self, detail: &Json<'_>) {
        let text = |name: &str| detail.at(name).as_str().map(str::to_owned);
        self.is_needed |= text("signature").is_some() || text("data").is_some();
        let kind = Json::from(text("type").unwrap_or_default());
        let index = detail.at("index").count().map(Json::from);
        let same = |item: &Object<'_>| item.get("type") == Some(&kind) && item.get("index") == index.as_ref();
        if !self.items.last().is_some_and(same) {
            let mut item = Object::new();
            item.set("type", kind);
            if let Some(index) = index {
                item.set("index", index);
            }
            self.items.push(item);
        }
        let Some(item) = self.items.last_mut() else { return };
        for name in ["text", "summary", "data"] {
            if let Some(fragment) = text(name) {
                match item.get_mut(name) {
                    Some(Json::Text(text)) => text.to_mut().push_str(&fragment),
                    _ => item.set(name, fragment),
                }
            }
        }
        for name in ["signature", "id", "format"] {
            if let Some(value) = text(name) {
                item.set(name, value);
            }
        }
    }

    pub fn take(&mut self) -> Option<Opaque> {
        let items = std::mem::take(&mut self.items);
        let list = items.into_iter().map(Json::Object).collect();
        std::mem::take(&mut self.is_needed).then(|| Opaque {
            dialect: Dialect::OpenaiChat,
            json: Json::object(vec![("reasoning_details", Json::List(list))]),
        })
    }
}
