//! The body of a request while it is written, and the record of what could not be as asked.

use std::borrow::Cow;

use crate::model::{
    chat::{Effort, Sampling},
    json::{Json, Object},
};

#[derive(Debug, Default)]
pub struct Draft<'a> {
    pub body: Object<'a>,
    pub dropped: Vec<&'static str>,
    pub changed: Vec<(&'static str, Json<'static>)>,
    pub defaults: Vec<(&'static str, Json<'static>)>,
}

impl<'a> Draft<'a> {
    pub fn set(&mut self, key: &'static str, value: impl Into<Json<'a>>) {
        self.body.set(key, value);
    }

    pub fn set_all(&mut self, fields: Object<'a>) {
        self.body.set_all(fields);
    }

    pub fn drop(&mut self, name: &'static str) {
        if !self.dropped.contains(&name) {
            self.dropped.push(name);
        }
    }

    pub fn change(&mut self, name: &'static str, value: impl Into<Json<'static>>) {
        self.changed.push((name, value.into()));
    }

    /// The parameters that are set, under the names that `key_of` gives them. Those without a name
    /// are dropped. Effort is written by each dialect itself.
    pub fn sampling(
        &mut self,
        sampling: &'a Sampling,
        key_of: &dyn Fn(&'static str) -> Option<&'static str>,
    ) -> Object<'a> {
        let stop = sampling.stop.iter().map(|text| Json::text(text)).collect::<Vec<_>>();
        let parameters = [
            ("temperature", sampling.temperature.map(Json::from)),
            ("top_p", sampling.top_p.map(Json::from)),
            ("top_k", sampling.top_k.map(Json::from)),
            ("max_tokens", sampling.max_tokens.map(Json::from)),
            ("stop", (!stop.is_empty()).then_some(Json::List(stop))),
            ("seed", sampling.seed.map(Json::from)),
            ("presence_penalty", sampling.presence_penalty.map(Json::from)),
            ("frequency_penalty", sampling.frequency_penalty.map(Json::from)),
        ];
        let mut settled = Object::new();
        for (name, value) in parameters {
            match (value, key_of(name)) {
                (None, _) => {}
                // JSON has no infinity: such a number has become null.
                (Some(value), Some(key)) if !value.is_null() => settled.set(key, value),
                _ => self.drop(name),
            }
        }
        settled
    }

    /// The step that is sent for the one that was asked; no steps means that every one is known.
    pub fn effort(&mut self, asked: Effort, steps: &[Effort]) -> Effort {
        let given = asked.within(steps).unwrap_or(asked);
        if given != asked {
            self.change("effort", given.word());
        }
        given
    }
}

/// Lays `extra` over `body`: objects join field by field, anything else replaces, `null` removes.
pub fn merge<'a>(body: &mut Object<'a>, extra: &'a Object<'_>) {
    for (key, value) in extra.iter() {
        match value {
            Json::Null => body.remove(key),
            Json::Object(over) => {
                let Some(place) = body.entry(Cow::Borrowed(key)) else { continue };
                if place.as_object().is_none() {
                    *place = Json::Object(Object::new());
                }
                if let Some(fields) = place.as_object_mut() {
                    merge(fields, over);
                }
            }
            other => body.set(key, other.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_users_json_wins_key_by_key() {
        let mut json = Json::read(r#"{"a":{"b":1,"c":2},"d":[1,2],"e":1,"f":1}"#).unwrap();
        let extra = r#"{"a":{"c":3,"x":null},"d":[9],"e":null,"g":{"h":null,"i":1},"f":{},"f":{"j":1}}"#;
        let extra = Json::read(extra).unwrap();
        merge(json.as_object_mut().unwrap(), extra.as_object().unwrap());
        assert_eq!(json.to_text(), r#"{"a":{"b":1,"c":3},"d":[9],"f":{"j":1},"g":{"i":1}}"#);
    }
}
