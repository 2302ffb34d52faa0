//! JSON from a person or from storage: bounded in size and depth before anything is built of it.

use crate::model::json::{DEPTH_LIMIT, Fault, Json, Object};

/// Why a text is not the JSON object that it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadObject {
    /// Lines and columns count from 1.
    Syntax {
        line: usize,
        column: usize,
    },
    NotAnObject,
    TooDeep,
    TooLarge,
}

/// Reads one JSON object of at most `limit` bytes.
pub fn object(text: &str, limit: usize) -> Result<Object<'_>, BadObject> {
    if text.len() > limit {
        return Err(BadObject::TooLarge);
    }
    match Json::read_within(text, DEPTH_LIMIT) {
        Ok(Json::Object(fields)) => Ok(fields),
        Ok(_) => Err(BadObject::NotAnObject),
        Err(Fault { is_too_deep: true, .. }) => Err(BadObject::TooDeep),
        Err(Fault { at, .. }) => {
            let before = text.get(..at).unwrap_or(text);
            let line = before.split('\n').count();
            let column = before.split('\n').next_back().map_or(0, str::len) + 1;
            Err(BadObject::Syntax { line, column })
        }
    }
}

/// The fields of a stored object, each of them doubtful.
pub struct Fields<'a>(pub &'a Object<'a>);

impl<'a> Fields<'a> {
    pub fn of(value: &'a Json<'a>) -> Option<Self> {
        value.as_object().map(Self)
    }

    /// A string of at most `limit` bytes. A longer one is left out rather than cut: half of an id, of
    /// an address or of JSON would mean something else.
    pub fn text(&self, name: &str, limit: usize) -> Option<String> {
        let text = self.0.get(name)?.as_str()?;
        (text.len() <= limit).then(|| text.to_owned())
    }

    pub fn flag(&self, name: &str) -> Option<bool> {
        self.0.get(name)?.as_bool()
    }

    pub fn number(&self, name: &str) -> Option<u64> {
        self.0.get(name)?.as_u64()
    }

    pub fn object(&self, name: &str) -> Option<Fields<'a>> {
        self.0.get(name).and_then(Fields::of)
    }

    /// The items that `read` can read, the first `limit` of them. No list reads as an empty one.
    pub fn list<T>(&self, name: &str, limit: usize, read: fn(&Json<'_>) -> Option<T>) -> Vec<T> {
        let items = self.0.get(name).map(Json::items).unwrap_or_default();
        items.iter().filter_map(read).take(limit).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nested(levels: usize) -> String {
        format!("{}1{}", "{\"a\":".repeat(levels), "}".repeat(levels))
    }

    #[test]
    fn bounds_are_met_exactly() {
        assert!(object(&nested(DEPTH_LIMIT), 10_000).is_ok());
        assert_eq!(object(&nested(DEPTH_LIMIT + 1), 10_000), Err(BadObject::TooDeep));
        assert!(object("{}", 2).is_ok());
        assert_eq!(object("{ }", 2), Err(BadObject::TooLarge));
    }

    #[test]
    fn brackets_inside_strings_are_text() {
        let text = format!("{{\"a\": \"\\\"{}\"}}", "[".repeat(1000));
        assert!(object(&text, 10_000).is_ok());
        assert_eq!(object(&"[".repeat(1_000_000), 2_000_000), Err(BadObject::TooDeep));
    }

    #[test]
    fn the_place_of_a_mistake_is_told() {
        let check = |text, expected| assert_eq!(object(text, 1000), Err(expected), "{text}");
        check("{\"a\": 1,\n \"b\": NaN}", BadObject::Syntax { line: 2, column: 7 });
        check("{\n\n\"a\": [1,]}", BadObject::Syntax { line: 3, column: 9 });
        check("{\"한\": x}", BadObject::Syntax { line: 1, column: 9 });
        check("{\"a\": \"\0\"}", BadObject::Syntax { line: 1, column: 8 });
        check("", BadObject::Syntax { line: 1, column: 1 });
        check("{\n", BadObject::Syntax { line: 2, column: 1 });
        check("{} {}", BadObject::Syntax { line: 1, column: 4 });
        check("[1]", BadObject::NotAnObject);
        check("null", BadObject::NotAnObject);
    }

    #[test]
    fn fields_of_the_wrong_type_read_as_absent() {
        let map =
            object(r#"{"t": 1, "f": "yes", "n": -1, "o": [], "l": {}, "m": [1, "x", 2]}"#, 1000).unwrap();
        let fields = Fields(&map);
        assert_eq!(fields.text("t", 10), None);
        assert_eq!(fields.flag("f"), None);
        assert_eq!(fields.number("n"), None);
        assert!(fields.object("o").is_none());
        assert_eq!(fields.list("l", 10, |item| item.as_u64()), [0_u64; 0]);
        assert_eq!(fields.list("m", 10, |item| item.as_u64()), [1, 2]);
        assert_eq!(fields.list("m", 1, |item| item.as_u64()), [1]);
        assert_eq!(fields.text("f", 2), None);
        assert_eq!(fields.text("f", 3).as_deref(), Some("yes"));
    }
}
