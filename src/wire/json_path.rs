//! The paths of streamed function arguments: `$.recipe.steps[2].text`.

use serde_json::{Map, Value};

/// Paths deeper than this are foreign mischief, not arguments.
const DEPTH_LIMIT: usize = 64;

/// Lists are written in order. A few items on the way may have no path of their own (`{}`); a place
/// further beyond the ends is mischief: a short path must not make long lists.
const GAP_LIMIT: usize = 8;

/// How many values the arguments of one call may have: each takes many times the bytes of its path.
const VALUE_LIMIT: usize = 100_000;

/// The arguments of one call while they come, a value or a fragment of a string at a time. A path that
/// cannot be followed changes nothing.
#[derive(Debug)]
pub struct Arguments {
    root: Value,
    /// How many more values there may be.
    room: usize,
}

impl Default for Arguments {
    fn default() -> Self {
        Self { root: Value::Object(Map::new()), room: VALUE_LIMIT }
    }
}

impl Arguments {
    /// Puts a value at the path.
    pub fn set(&mut self, path: &str, value: Value) {
        if let Some(place) = self.place(path) {
            *place = value;
        }
    }

    /// Appends to the string at the path, or begins it.
    pub fn append_text(&mut self, path: &str, fragment: &str) {
        match self.place(path) {
            Some(Value::String(text)) => text.push_str(fragment),
            Some(place) => *place = Value::String(fragment.to_owned()),
            None => {}
        }
    }

    pub fn to_json(&self) -> String {
        self.root.to_string()
    }

    fn place(&mut self, path: &str) -> Option<&mut Value> {
        let steps = steps(path)?;
        let (mut new, mut gaps) = (0, 0_usize);
        let mut at = Some(&self.root);
        for step in &steps {
            let (next, gap) = match step {
                Step::Field(name) => (at.and_then(|at| at.get(name)), 0),
                Step::Item(index) => {
                    let length = at.and_then(Value::as_array).map_or(0, Vec::len);
                    (at.and_then(|at| at.get(index)), index.saturating_sub(length))
                }
            };
            gaps = gaps.saturating_add(gap);
            new += usize::from(next.is_none());
            at = next;
        }
        if gaps > GAP_LIMIT {
            return None;
        }
        self.room = self.room.checked_sub(new + gaps)?;
        let mut at = &mut self.root;
        for step in steps {
            at = match step {
                Step::Field(name) => {
                    if !at.is_object() {
                        *at = Value::Object(Map::new());
                    }
                    at.as_object_mut()?.entry(name).or_insert(Value::Null)
                }
                Step::Item(index) => {
                    if !at.is_array() {
                        *at = Value::Array(Vec::new());
                    }
                    let list = at.as_array_mut()?;
                    if index >= list.len() {
                        list.resize(index + 1, Value::Null);
                    }
                    list.get_mut(index)?
                }
            };
        }
        Some(at)
    }
}

enum Step {
    Field(String),
    Item(usize),
}

fn steps(path: &str) -> Option<Vec<Step>> {
    let mut rest = path.strip_prefix('$')?;
    let mut steps = Vec::new();
    while !rest.is_empty() && steps.len() < DEPTH_LIMIT {
        if let Some(after) = rest.strip_prefix('.') {
            let end = after.find(['.', '[']).unwrap_or(after.len());
            let (name, tail) = after.split_at(end);
            steps.push(Step::Field(name.to_owned()));
            rest = tail;
        } else {
            let (inside, tail) = rest.strip_prefix('[')?.split_once(']')?;
            let quoted = inside.strip_prefix(['\'', '"']).and_then(|text| text.strip_suffix(['\'', '"']));
            steps.push(match quoted {
                Some(name) => Step::Field(name.to_owned()),
                None => Step::Item(inside.parse().ok()?),
            });
            rest = tail;
        }
    }
    rest.is_empty().then_some(steps)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_grow_along_their_paths() {
        let mut arguments = Arguments::default();
        arguments.append_text("$.recipe.steps[1].text", "Mix");
        arguments.append_text("$.recipe.steps[1].text", " well");
        arguments.set("$['a.b']", Value::Bool(true));
        arguments.set("$.n", 3.into());
        let expected = serde_json::json!({"recipe":{"steps":[null,{"text":"Mix well"}]},"a.b":true,"n":3});
        assert_eq!(arguments.root, expected);
    }

    #[test]
    fn hostile_paths_change_nothing() {
        let mut arguments = Arguments::default();
        let deep = format!("${}", ".a".repeat(1000));
        let wide = format!("${}", "[8]".repeat(64));
        for path in ["", "x", "$[", "$[1", "$[-1]", "$.a[99999999999]", "$.a[9]", "$[17][8][8]", &deep, &wide]
        {
            arguments.set(path, Value::Bool(true));
        }
        assert_eq!(arguments.to_json(), "{}");
    }

    #[test]
    fn the_values_of_a_call_are_bounded() {
        let mut arguments = Arguments::default();
        let below = ".a".repeat(50);
        for index in 0..10_000 {
            arguments.set(&format!("$.{index}{below}"), Value::Null);
        }
        assert_eq!(arguments.root.as_object().map(Map::len), Some(VALUE_LIMIT / 51));
        // What is there can still grow.
        arguments.append_text("$.0.a", "text");
        assert_eq!(arguments.root.pointer("/0/a"), Some(&Value::String("text".to_owned())));
    }
}
