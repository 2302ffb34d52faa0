//! Reads the fields of a record. Absent and `null` are the default; anything else must be what it should be.

use std::fmt;

use crate::model::json::{Json, Object};

/// Why a record cannot be read, and where in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadRecord {
    /// Names and numbers with `/` between them, such as `rounds/3/cells/0`; empty for the whole.
    pub place: String,
    pub why: Why,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    NotAnObject,
    Missing,
    /// Of another type, or beyond what it may be.
    Wrong,
    /// It names something that is not there.
    Dangling,
    /// It is there twice.
    Twice,
    /// A newer version of this program wrote it.
    Newer(u64),
}

impl From<Why> for BadRecord {
    fn from(why: Why) -> Self {
        Self { place: String::new(), why }
    }
}

impl BadRecord {
    /// Within that field or item.
    #[must_use]
    pub fn at(self, step: impl fmt::Display) -> Self {
        let between = if self.place.is_empty() { "" } else { "/" };
        Self { place: format!("{step}{between}{}", self.place), why: self.why }
    }
}

/// The largest whole number that a structured clone keeps (ECMAScript, `Number.MAX_SAFE_INTEGER`).
const LARGEST: u64 = (1 << 53) - 1;

/// A whole number that is not negative, however it is written.
pub fn whole(json: &Json<'_>) -> Option<u64> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be whole")]
    let whole = || {
        let number = json.as_f64()?;
        (number.fract() == 0.0 && (0.0..=LARGEST as f64).contains(&number)).then_some(number as u64)
    };
    json.as_u64().or_else(whole).filter(|number| *number <= LARGEST)
}

/// The fields of an object that should be a record, or a part of one.
#[derive(Clone, Copy)]
pub struct Fields<'a>(&'a Object<'a>);

impl<'a> Fields<'a> {
    pub fn new(object: &'a Object<'a>) -> Self {
        Self(object)
    }

    pub fn of(json: &'a Json<'a>) -> Result<Self, BadRecord> {
        json.as_object().map(Self).ok_or(Why::NotAnObject.into())
    }

    pub fn get(self, name: &str) -> Option<&'a Json<'a>> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    /// What `read` makes of a field, if it is there.
    pub fn maybe<T>(
        self,
        name: &str,
        read: impl FnOnce(&'a Json<'a>) -> Option<T>,
    ) -> Result<Option<T>, BadRecord> {
        let read = |value| read(value).ok_or_else(|| BadRecord::from(Why::Wrong).at(name));
        self.get(name).map(read).transpose()
    }

    pub fn must<T>(self, name: &str, read: impl FnOnce(&'a Json<'a>) -> Option<T>) -> Result<T, BadRecord> {
        self.maybe(name, read)?.ok_or_else(|| BadRecord::from(Why::Missing).at(name))
    }

    pub fn text(self, name: &str) -> Result<String, BadRecord> {
        Ok(self.maybe_text(name)?.unwrap_or_default())
    }

    pub fn maybe_text(self, name: &str) -> Result<Option<String>, BadRecord> {
        self.maybe(name, |value| value.as_str().map(str::to_owned))
    }

    pub fn flag(self, name: &str) -> Result<bool, BadRecord> {
        Ok(self.maybe(name, Json::as_bool)?.unwrap_or_default())
    }

    pub fn count(self, name: &str) -> Result<u64, BadRecord> {
        Ok(self.maybe_count(name)?.unwrap_or_default())
    }

    pub fn maybe_count(self, name: &str) -> Result<Option<u64>, BadRecord> {
        self.maybe(name, whole)
    }

    pub fn small(self, name: &str) -> Result<u32, BadRecord> {
        Ok(self.maybe_small(name)?.unwrap_or_default())
    }

    pub fn maybe_small(self, name: &str) -> Result<Option<u32>, BadRecord> {
        self.maybe(name, small)
    }

    /// Every item of a list; none where it is absent.
    pub fn each<T>(
        self,
        name: &str,
        mut read: impl FnMut(&'a Json<'a>) -> Result<T, BadRecord>,
    ) -> Result<Vec<T>, BadRecord> {
        let items = self.maybe(name, Json::as_list)?.unwrap_or_default();
        let item = |(index, item)| read(item).map_err(|bad: BadRecord| bad.at(index).at(name));
        items.iter().enumerate().map(item).collect()
    }

    /// A part that is an object, if it is there.
    pub fn part<T>(
        self,
        name: &str,
        read: impl FnOnce(Fields<'a>) -> Result<T, BadRecord>,
    ) -> Result<Option<T>, BadRecord> {
        let read = |value| Fields::of(value).and_then(read).map_err(|bad| bad.at(name));
        self.get(name).map(read).transpose()
    }

    /// All fields but those.
    pub fn unknown(self, known: &[&str]) -> Object<'static> {
        let rest = self.0.iter().filter(|(name, _)| !known.contains(name));
        rest.map(|(name, value)| (name.to_owned(), value.clone().into_owned())).collect()
    }
}

/// A whole number of at most 32 bits.
pub fn small(json: &Json<'_>) -> Option<u32> {
    whole(json).and_then(|number| u32::try_from(number).ok())
}

pub fn text_item(json: &Json<'_>) -> Result<String, BadRecord> {
    json.as_str().map(str::to_owned).ok_or(Why::Wrong.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_whole_and_survive_a_structured_clone() {
        let read = |text| whole(&Json::read(text).unwrap());
        assert_eq!([read("0"), read("7.0"), read("1.5e3")].map(Option::unwrap), [0, 7, 1500]);
        assert_eq!(read("9007199254740991"), Some(LARGEST));
        for text in ["-1", "0.5", "9007199254740992", "1e300", "\"7\"", "null", "[7]"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn a_doubt_has_a_place() {
        let json = Json::read(r#"{"a":[{"b":1},{"b":"x"}],"n":null}"#).unwrap();
        let fields = Fields::of(&json).unwrap();
        let bad = fields.each("a", |item| Fields::of(item)?.count("b")).unwrap_err();
        assert_eq!((&*bad.place, bad.why), ("a/1/b", Why::Wrong));
        assert_eq!(fields.text("n"), Ok(String::new()));
        assert_eq!(fields.must("n", Json::as_str).unwrap_err(), BadRecord::from(Why::Missing).at("n"));
    }
}
