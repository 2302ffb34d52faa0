//! The paths of streamed function arguments: `$.recipe.steps[2].text`.

use std::borrow::Cow;

use crate::model::json::{Json, Object};

/// Paths deeper than this are foreign mischief, not arguments.
const DEPTH_LIMIT: usize = 64;

/// Lists are written in order. A few items on the way may have no path of their own (`{}`); a place
/// further beyond the ends is mischief: a short path must not make long lists.
const GAP_LIMIT: usize = 8;

/// How many values the arguments of one call may have: each takes many times the bytes of its path.
const VALUE_LIMIT: usize = 10_000;

/// The arguments of one call while they come, a value or a fragment of a string at a time. A path that
/// cannot be followed changes nothing.
#[derive(Debug)]
pub struct Arguments {
    root: Json<'static>,
    /// How many more values there may be.
    room: usize,
}

impl Default for Arguments {
    fn default() -> Self {
        Self { root: Json::Object(Object::new()), room: VALUE_LIMIT }
    }
}

impl Arguments {
    /// Puts a value at the path.
    pub fn set(&mut self, path: &str, value: Json<'static>) {
        if let Some(place) = self.place(path) {
            *place = value;
        }
    }

    /// Appends to the string at the path, or begins it.
    pub fn append_text(&mut self, path: &str, fragment: &str) {
        match self.place(path) {
            Some(Json::Text(text)) => text.to_mut().push_str(fragment),
            Some(place) => *place = fragment.to_owned().into(),
            None => {}
        }
    }

    pub fn to_json(&self) -> String {
        self.root.to_text()
    }

    fn place(&mut self, path: &str) -> Option<&mut Json<'static>> {
        let steps = steps(path)?;
        let (mut new, mut gaps) = (0, 0_usize);
        let mut at = Some(&self.root);
        for step in &steps {
            at = match step {
                Step::Field(name) => at.and_then(|at| at.get(name)),
                Step::Item(index) => {
                    let items = at.map(Json::items).unwrap_or_default();
                    gaps = gaps.saturating_add(index.saturating_sub(items.len()));
                    items.get(*index)
                }
            };
            new += usize::from(at.is_none());
        }
        if gaps > GAP_LIMIT {
            return None;
        }
        self.room = self.room.checked_sub(new + gaps)?;
        let mut at = &mut self.root;
        for step in steps {
            at = match step {
                Step::Field(name) => {
                    if at.as_object().is_none() {
                        *at = Json::Object(Object::new());
                    }
                    at.as_object_mut()?.entry(Cow::Owned(name))?
                }
                Step::Item(index) => {
                    if at.as_list().is_none() {
                        *at = Json::List(Vec::new());
                    }
                    let Json::List(list) = at else { return None };
                    while list.len() <= index {
                        list.push(Json::Null);
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
        arguments.set("$['a.b']", Json::Bool(true));
        arguments.set("$.n", 3_u64.into());
        let expected = r#"{"recipe":{"steps":[null,{"text":"Mix well"}]},"a.b":true,"n":3}"#;
        assert_eq!(arguments.to_json(), expected);
    }

    #[test]
    fn hostile_paths_change_nothing() {
        let mut arguments = Arguments::default();
        let deep = format!("${}", ".a".repeat(1000));
        let wide = format!("${}", "[8]".repeat(64));
        for path in ["", "x", "$[", "$[1", "$[-1]", "$.a[99999999999]", "$.a[9]", "$[17][8][8]", &deep, &wide]
        {
            arguments.set(path, Json::Bool(true));
        }
        assert_eq!(arguments.to_json(), "{}");
    }

    #[test]
    fn the_values_of_a_call_are_bounded() {
        let mut arguments = Arguments::default();
        let below = ".a".repeat(50);
        for index in 0..10_000 {
            arguments.set(&format!("$.{index}{below}"), Json::Null);
        }
        assert_eq!(arguments.root.as_object().map(|fields| fields.iter().count()), Some(VALUE_LIMIT / 51));
        // What is there can still grow.
        arguments.append_text("$.0.a", "text");
        assert_eq!(arguments.root.path("0/a").as_str(), Some("text"));
    }
}
