//! The paths of streamed function arguments: `$.recipe.steps[2].text`.

use serde_json::{Map, Value};

/// Paths deeper than this are foreign mischief, not arguments.
const DEPTH_LIMIT: usize = 64;

/// Lists are written in order. A few items may have no path of their own (`{}`); a place further
/// beyond the end is mischief: a short path must not make a long list.
const GAP_LIMIT: usize = 8;

/// Puts a value at the path. A path that cannot be followed changes nothing.
pub fn set(root: &mut Value, path: &str, value: Value) {
    if let Some(place) = place(root, path) {
        *place = value;
    }
}

/// Appends to the string at the path, or begins it.
pub fn append_text(root: &mut Value, path: &str, fragment: &str) {
    match place(root, path) {
        Some(Value::String(text)) => text.push_str(fragment),
        Some(place) => *place = Value::String(fragment.to_owned()),
        None => {}
    }
}

fn place<'a>(root: &'a mut Value, path: &str) -> Option<&'a mut Value> {
    let mut at = root;
    for step in steps(path)? {
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
                if index > list.len() + GAP_LIMIT {
                    return None;
                }
                if index >= list.len() {
                    list.resize(index + 1, Value::Null);
                }
                list.get_mut(index)?
            }
        };
    }
    Some(at)
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
        let mut root = Value::Object(Map::new());
        append_text(&mut root, "$.recipe.steps[1].text", "Mix");
        append_text(&mut root, "$.recipe.steps[1].text", " well");
        set(&mut root, "$['a.b']", Value::Bool(true));
        set(&mut root, "$.n", 3.into());
        let expected = serde_json::json!({"recipe":{"steps":[null,{"text":"Mix well"}]},"a.b":true,"n":3});
        assert_eq!(root, expected);
    }

    #[test]
    fn hostile_paths_change_nothing() {
        let mut root = Value::Object(Map::new());
        let deep = format!("${}", ".a".repeat(1000));
        for path in ["", "x", "$[", "$[1", "$[-1]", "$.a[99999999999]", "$.a[9]", deep.as_str()] {
            set(&mut root, path, Value::Bool(true));
        }
        assert!(root.to_string().len() < 20, "{root}");
    }
}
