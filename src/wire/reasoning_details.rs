//! OpenRouter's `reasoning_details` (OpenRouter, "Preserving reasoning blocks"): thoughts with
//! signatures or in encrypted form, streamed in fragments, to be sent back unchanged as one list.

use serde_json::{Map, Value};

use super::{
    object::object,
    text::{Count, Loose},
};
use crate::model::{event::Opaque, provider::Dialect};

object! {
    pub struct Detail<'a> {
        "type" => kind: Loose<'a>,
        "index" => index: Count,
        "text" => text: Loose<'a>,
        "summary" => summary: Loose<'a>,
        "data" => data: Loose<'a>,
        "signature" => signature: Loose<'a>,
        "id" => id: Loose<'a>,
        "format" => format: Loose<'a>,
    }
}

impl Detail<'_> {
    /// The part of it that a person can read.
    pub fn text(&self) -> Option<&str> {
        self.text.as_str().or_else(|| self.summary.as_str())
    }
}

/// The list as it must go back: fragments of one item joined.
#[derive(Debug, Default)]
pub struct Details {
    items: Vec<Map<String, Value>>,
    /// Something in it is more than plain text, so it has to be sent back.
    is_needed: bool,
}

impl Details {
    pub fn push(&mut self, detail: Detail<'_>) {
        self.is_needed |= detail.signature.as_str().is_some() || detail.data.as_str().is_some();
        let kind = detail.kind.as_str().unwrap_or_default();
        let index = detail.index.0.map_or(Value::Null, Value::from);
        let same = |item: &Map<String, Value>| {
            item.get("type").and_then(Value::as_str) == Some(kind)
                && item.get("index").unwrap_or(&Value::Null) == &index
        };
        if !self.items.last().is_some_and(same) {
            let mut item = Map::new();
            item.insert("type".to_owned(), kind.into());
            if !index.is_null() {
                item.insert("index".to_owned(), index);
            }
            self.items.push(item);
        }
        let Some(item) = self.items.last_mut() else { return };
        for (name, fragment) in [("text", detail.text), ("summary", detail.summary), ("data", detail.data)] {
            if let Some(fragment) = fragment.0 {
                match item.get_mut(name) {
                    Some(Value::String(text)) => text.push_str(fragment.as_str()),
                    _ => {
                        item.insert(name.to_owned(), fragment.into_string().into());
                    }
                }
            }
        }
        for (name, value) in [("signature", detail.signature), ("id", detail.id), ("format", detail.format)] {
            if let Some(value) = value.0 {
                item.insert(name.to_owned(), value.into_string().into());
            }
        }
    }

    pub fn take(&mut self) -> Option<Opaque> {
        let items = std::mem::take(&mut self.items);
        let list: Vec<Value> = items.into_iter().map(Value::Object).collect();
        std::mem::take(&mut self.is_needed).then(|| Opaque {
            dialect: Dialect::OpenaiChat,
            json: Value::Object(Map::from_iter([("reasoning_details".to_owned(), Value::Array(list))])),
        })
    }
}
