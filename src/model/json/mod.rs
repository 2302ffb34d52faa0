//! JSON as one small tree: read from what providers and people write, built for what is sent.
//!
//! It is this program's own because the page is downloaded: a reader per type, as serde derives them,
//! took more bytes than all of the formats' own code.
//!
//! - `read`: text to [`Json`]
//! - `write`: [`Json`] to text
//! - [`number`]: decimal text to numbers and back, exactly

use std::borrow::Cow;

pub mod number;
mod read;
mod write;

pub use read::Fault;
pub use write::quote;

/// How deep the JSON may be nested that is kept or sent, in levels of brackets: other readers, and this
/// program's own, stop somewhere.
pub const DEPTH_LIMIT: usize = 64;

/// A value. Texts are borrowed from where they stand as long as they can be.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Json<'a> {
    #[default]
    Null,
    Bool(bool),
    /// As it is written: no digit is lost, and most numbers are never asked for.
    Number(Cow<'a, str>),
    Text(Cow<'a, str>),
    List(Vec<Json<'a>>),
    Object(Object<'a>),
}

/// Names and their values in the order in which they came. A name that stands twice counts the last time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Object<'a>(Vec<(Cow<'a, str>, Json<'a>)>);

/// What stands at a name that is not there.
static NOTHING: Json<'static> = Json::Null;

impl<'a> Json<'a> {
    /// A list or an object that holds such fields.
    pub fn object(fields: Vec<(&'a str, Json<'a>)>) -> Self {
        Self::Object(fields.into_iter().collect())
    }

    pub fn text(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }

    /// The field of an object.
    pub fn get(&self, name: &str) -> Option<&Self> {
        self.as_object()?.get(name)
    }

    /// The field of an object, `null` where there is none: absent and `null` are one in what is read.
    pub fn at(&self, name: &str) -> &Self {
        self.get(name).unwrap_or(&NOTHING)
    }

    /// The value at the end of names with `/` between them, `null` where there is none.
    pub fn path(&self, names: &str) -> &Self {
        names.split('/').fold(self, |value, name| value.at(name))
    }

    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(is) => Some(*is),
            _ => None,
        }
    }

    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The text, if it says anything.
    pub fn words(&self) -> Option<&str> {
        self.as_str().filter(|text| !text.is_empty())
    }

    /// The text as one of its own, if it says anything.
    pub fn own_words(&self) -> Option<String> {
        self.words().map(str::to_owned)
    }

    pub fn as_list(&self) -> Option<&[Self]> {
        match self {
            Self::List(items) => Some(items),
            _ => None,
        }
    }

    /// The items of a list; nothing else has any.
    pub fn items(&self) -> &[Self] {
        self.as_list().unwrap_or_default()
    }

    pub fn as_object(&self) -> Option<&Object<'a>> {
        match self {
            Self::Object(fields) => Some(fields),
            _ => None,
        }
    }

    pub fn as_object_mut(&mut self) -> Option<&mut Object<'a>> {
        match self {
            Self::Object(fields) => Some(fields),
            _ => None,
        }
    }

    /// A whole number that is not negative.
    pub fn as_u64(&self) -> Option<u64> {
        match self {
            // Not `+1`: that is no JSON.
            Self::Number(text) => text.parse().ok(),
            _ => None,
        }
    }

    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Number(text) => number::parse(text),
            _ => None,
        }
    }

    /// A count, which some servers write as `12.0`. What is no count at all (negative, a string) reads as
    /// absent: a number that is not known is not 0.
    pub fn count(&self) -> Option<u64> {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be in range")]
        self.as_u64().or_else(|| {
            let number = self.as_f64()?;
            (0.0..9e15).contains(&number).then_some(number as u64)
        })
    }

    /// Whether it is nested no deeper than that many levels of brackets.
    pub fn is_within(&self, levels: usize) -> bool {
        let Some(below) = levels.checked_sub(1) else {
            return !matches!(self, Self::List(_) | Self::Object(_));
        };
        match self {
            Self::List(items) => items.iter().all(|item| item.is_within(below)),
            Self::Object(fields) => fields.is_within(levels),
            _ => true,
        }
    }

    /// Brings the names of all objects into the order of their bytes.
    pub fn sort(&mut self) {
        match self {
            Self::List(items) => items.iter_mut().for_each(Json::sort),
            Self::Object(Object(fields)) => {
                fields.sort_by(|(one, _), (other, _)| one.cmp(other));
                fields.iter_mut().for_each(|(_, value)| value.sort());
            }
            _ => {}
        }
    }

    /// The same, with texts of its own.
    pub fn into_owned(self) -> Json<'static> {
        match self {
            Self::Null => Json::Null,
            Self::Bool(is) => Json::Bool(is),
            Self::Number(text) => Json::Number(Cow::Owned(text.into_owned())),
            Self::Text(text) => Json::Text(Cow::Owned(text.into_owned())),
            Self::List(items) => Json::List(items.into_iter().map(Json::into_owned).collect()),
            Self::Object(fields) => Json::Object(fields.into_owned()),
        }
    }
}

impl<'a> Object<'a> {
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&str, &Json<'a>)> {
        self.0.iter().map(|(name, value)| (&**name, value))
    }

    pub fn get(&self, name: &str) -> Option<&Json<'a>> {
        self.iter().rev().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    pub fn get_mut(&mut self, name: &str) -> Option<&mut Json<'a>> {
        self.0.iter_mut().rev().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// The value of that name, put in as `null` where there is none.
    pub fn entry(&mut self, name: Cow<'a, str>) -> Option<&mut Json<'a>> {
        let known = self.0.iter().rposition(|(known, _)| *known == name);
        let place = known.unwrap_or_else(|| {
            self.0.push((name, Json::Null));
            self.0.len() - 1
        });
        self.0.get_mut(place).map(|(_, value)| value)
    }

    /// Puts a value in the place of the one of that name, or behind the others.
    pub fn set(&mut self, name: impl Into<Cow<'a, str>>, value: impl Into<Json<'a>>) {
        self.put(name.into(), value.into());
    }

    fn put(&mut self, name: Cow<'a, str>, value: Json<'a>) {
        if let Some(place) = self.entry(name) {
            *place = value;
        }
    }

    /// Sets each of these fields.
    pub fn set_all(&mut self, fields: Self) {
        fields.0.into_iter().for_each(|(name, value)| self.put(name, value));
    }

    pub fn remove(&mut self, name: &str) {
        self.retain(|known| known != name);
    }

    pub fn retain(&mut self, mut stays: impl FnMut(&str) -> bool) {
        self.0.retain(|(name, _)| stays(name));
    }

    /// Whether it is nested no deeper than that many levels of brackets, its own included.
    pub fn is_within(&self, levels: usize) -> bool {
        let below = levels.checked_sub(1);
        below.is_some_and(|below| self.iter().all(|(_, value)| value.is_within(below)))
    }

    pub fn into_owned(self) -> Object<'static> {
        let own = |(name, value): (Cow<'_, str>, Json<'_>)| (name.into_owned().into(), value.into_owned());
        Object(self.0.into_iter().map(own).collect())
    }
}

impl<'a> FromIterator<(&'a str, Json<'a>)> for Object<'a> {
    fn from_iter<I: IntoIterator<Item = (&'a str, Json<'a>)>>(fields: I) -> Self {
        Self(fields.into_iter().map(|(name, value)| (Cow::Borrowed(name), value)).collect())
    }
}

impl<'a> FromIterator<(String, Json<'a>)> for Object<'a> {
    fn from_iter<I: IntoIterator<Item = (String, Json<'a>)>>(fields: I) -> Self {
        Self(fields.into_iter().map(|(name, value)| (Cow::Owned(name), value)).collect())
    }
}

impl<'a> From<&'a str> for Json<'a> {
    fn from(text: &'a str) -> Self {
        Self::text(text)
    }
}

impl From<String> for Json<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl From<bool> for Json<'_> {
    fn from(is: bool) -> Self {
        Self::Bool(is)
    }
}

impl From<u64> for Json<'_> {
    fn from(number: u64) -> Self {
        Self::Number(Cow::Owned(number.to_string()))
    }
}

impl From<u32> for Json<'_> {
    fn from(number: u32) -> Self {
        u64::from(number).into()
    }
}

impl From<i64> for Json<'_> {
    fn from(number: i64) -> Self {
        Self::Number(Cow::Owned(number.to_string()))
    }
}

impl From<f64> for Json<'_> {
    /// JSON has no infinity, and nothing that is not a number: those become `null`.
    fn from(number: f64) -> Self {
        number::shortest(number).map_or(Self::Null, |text| Self::Number(Cow::Owned(text)))
    }
}

impl<'a> From<Vec<Json<'a>>> for Json<'a> {
    fn from(items: Vec<Json<'a>>) -> Self {
        Self::List(items)
    }
}

impl<'a> From<Object<'a>> for Json<'a> {
    fn from(fields: Object<'a>) -> Self {
        Self::Object(fields)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Json<'_> {
        Json::read(text).unwrap()
    }

    #[test]
    fn what_is_not_there_reads_like_null() {
        let json = read(r#"{"a":{"b":[1,"x",true,null]},"n":null,"a b":7}"#);
        assert_eq!(json.path("a/b").items().len(), 4);
        assert_eq!(json.at("a b").as_u64(), Some(7));
        for absent in ["", "b", "a/c", "a/b/0", "a/b/c/d", "n", "n/a"] {
            assert!(json.path(absent).is_null(), "{absent}");
        }
        assert!(json.get("n").is_some() && json.get("m").is_none());
        assert!(read("7").get("7").is_none());
    }

    #[test]
    fn what_has_another_type_reads_as_absent() {
        for text in ["null", "true", "1", "\"x\"", "[1]", "{\"a\":1}"] {
            let json = read(text);
            let read_as = [
                json.as_bool().is_some(),
                json.as_u64().is_some(),
                json.as_str().is_some(),
                json.as_list().is_some(),
                json.as_object().is_some(),
                json.is_null(),
            ];
            assert_eq!(read_as.into_iter().filter(|is| *is).count(), 1, "{text}");
        }
        assert_eq!((read("\"\"").words(), read("\" \"").own_words()), (None, Some(" ".to_owned())));
    }

    #[test]
    fn counts_are_read_in_any_notation() {
        let count = |text| read(text).count();
        assert_eq!(
            [count("7"), count("7.0"), count("7e2"), count("7.9")].map(Option::unwrap),
            [7, 7, 700, 7]
        );
        assert_eq!(count("18446744073709551615"), Some(u64::MAX));
        for text in ["-3", "-0.5", "\"7\"", "null", "18446744073709551616", "1e400", "[7]"] {
            assert_eq!(count(text), None, "{text}");
        }
        assert_eq!(count("-0"), Some(0));
    }

    #[test]
    fn a_name_that_stands_twice_counts_the_last_time() {
        let mut json = read(r#"{"a":1,"b":2,"a":3}"#);
        assert_eq!(json.at("a").as_u64(), Some(3));
        let fields = json.as_object_mut().unwrap();
        *fields.get_mut("a").unwrap() = Json::Null;
        assert!(fields.get("a").unwrap().is_null());
        fields.set("a", 4_u64);
        assert_eq!(fields.get("a").unwrap().as_u64(), Some(4));
        fields.remove("a");
        assert_eq!(json.to_string(), r#"{"b":2}"#);
    }

    #[test]
    fn names_are_sorted_at_every_level() {
        let mut json = read(r#"{"b":[{"z":1,"y":2}],"a":{"d":1,"c":2},"B":0,"":0}"#);
        json.sort();
        assert_eq!(json.to_text(), r#"{"":0,"B":0,"a":{"c":2,"d":1},"b":[{"y":2,"z":1}]}"#);
    }

    #[test]
    fn depth_is_counted_in_levels_of_brackets() {
        assert!(read("1").is_within(0) && !read("[]").is_within(0));
        assert!(read("[[1]]").is_within(2) && !read("[[1]]").is_within(1));
        assert!(read("{\"a\":[]}").is_within(2) && !read("{\"a\":[]}").is_within(1));
    }

    #[test]
    fn what_is_built_is_what_would_be_read() {
        let mut fields = Object::new();
        fields.set("a", "text");
        fields.set("b", vec![1_u32.into(), (-1_i64).into(), 0.5.into(), f64::NAN.into(), true.into()]);
        fields.set("a", Json::object(vec![("c", String::from("x").into())]));
        let json = Json::from(fields);
        assert_eq!(json, read(r#"{"a":{"c":"x"},"b":[1,-1,0.5,null,true]}"#));
        assert_eq!(json.clone().into_owned(), json);
    }
}
