//! The body of a request while it is written, and the record of what could not be as asked.

use serde_json::{Map, Value};

use crate::model::chat::{Effort, Sampling};

/// How deep the user's own JSON may be nested; servers and this program's own readers stop there.
pub const DEPTH_LIMIT: usize = 64;

#[derive(Debug, Default)]
pub struct Draft {
    pub body: Map<String, Value>,
    pub dropped: Vec<&'static str>,
    pub changed: Vec<(&'static str, Value)>,
    pub defaults: Vec<(&'static str, Value)>,
}

impl Draft {
    pub fn set(&mut self, key: &str, value: impl Into<Value>) {
        self.body.insert(key.to_owned(), value.into());
    }

    pub fn drop(&mut self, name: &'static str) {
        if !self.dropped.contains(&name) {
            self.dropped.push(name);
        }
    }

    pub fn change(&mut self, name: &'static str, value: impl Into<Value>) {
        self.changed.push((name, value.into()));
    }

    /// The parameters that are set, under the names that `key_of` gives them. Those without a name
    /// are dropped. Effort is written by each dialect itself.
    pub fn sampling(
        &mut self,
        sampling: &Sampling,
        key_of: impl Fn(&'static str) -> Option<&'static str>,
    ) -> Map<String, Value> {
        let stop = (!sampling.stop.is_empty()).then(|| Value::from(sampling.stop.clone()));
        let parameters = [
            ("temperature", sampling.temperature.map(Value::from)),
            ("top_p", sampling.top_p.map(Value::from)),
            ("top_k", sampling.top_k.map(Value::from)),
            ("max_tokens", sampling.max_tokens.map(Value::from)),
            ("stop", stop),
            ("seed", sampling.seed.map(Value::from)),
            ("presence_penalty", sampling.presence_penalty.map(Value::from)),
            ("frequency_penalty", sampling.frequency_penalty.map(Value::from)),
        ];
        let mut settled = Map::new();
        for (name, value) in parameters.into_iter().filter_map(|(name, value)| Some((name, value?))) {
            match key_of(name) {
                // JSON has no infinity: such a number has become null.
                Some(key) if !value.is_null() => {
                    settled.insert(key.to_owned(), value);
                }
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

pub fn is_too_deep(extra: &Map<String, Value>) -> bool {
    fn goes_below(value: &Value, levels: usize) -> bool {
        let Some(levels) = levels.checked_sub(1) else { return true };
        match value {
            Value::Array(list) => list.iter().any(|item| goes_below(item, levels)),
            Value::Object(fields) => fields.values().any(|item| goes_below(item, levels)),
            _ => false,
        }
    }
    // The map itself is the first level; a scalar inside the last level is no level of its own.
    extra.values().any(|value| goes_below(value, DEPTH_LIMIT))
}

/// Lays `extra` over `body`: objects join field by field, anything else replaces, `null` removes.
pub fn merge(body: &mut Map<String, Value>, extra: &Map<String, Value>) {
    for (key, value) in extra {
        match (body.get_mut(key), value) {
            (_, Value::Null) => {
                body.remove(key);
            }
            (Some(Value::Object(fields)), Value::Object(over)) => merge(fields, over),
            (_, Value::Object(over)) => {
                let mut fields = Map::new();
                merge(&mut fields, over);
                body.insert(key.clone(), Value::Object(fields));
            }
            _ => {
                body.insert(key.clone(), value.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn map(value: Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap()
    }

    fn nested(levels: usize) -> Map<String, Value> {
        let mut value = json!(1);
        for _ in 0..levels {
            value = json!({ "a": value });
        }
        map(value)
    }

    #[test]
    fn the_users_json_wins_key_by_key() {
        let mut body = map(json!({"a": {"b": 1, "c": 2}, "d": [1, 2], "e": 1, "f": 1}));
        let extra = json!({"a": {"c": 3, "x": null}, "d": [9], "e": null, "g": {"h": null, "i": 1}});
        merge(&mut body, &map(extra));
        assert_eq!(Value::Object(body), json!({"a": {"b": 1, "c": 3}, "d": [9], "f": 1, "g": {"i": 1}}));
    }

    #[test]
    fn depth_is_counted_in_levels_of_brackets() {
        assert!(!is_too_deep(&nested(DEPTH_LIMIT)));
        assert!(is_too_deep(&nested(DEPTH_LIMIT + 1)));
        assert!(!is_too_deep(&Map::new()));
    }
}
