//! How a comparison is stored: records of plain values, which are also what the JSON export is made of.
//!
//! - [`fields`]: what a record is read with: every doubt has a place and a reason
//! - [`key`]: where each record lies, and what is written together
//! - [`comparison`]: columns, settings, files; [`round`]: a prompt and what is known of its replies;
//!   [`answer`]: what one reply says
//! - [`segment`]: a piece of a reply that is still coming
//! - [`whole`]: all records of one comparison
//!
//! Every record names its version. Fields are only ever added: an older page leaves those alone that it does
//! not know, and writes them back. What cannot go on so gets a new version, and a step here that makes the
//! old into the new when it is read. A record of a newer version is refused, and stays as it is.
//!
//! Defaults are not written. Names stand in the order of their bytes, so equal records are equal bytes.

pub mod answer;
pub mod comparison;
pub mod fields;
pub mod key;
pub mod round;
pub mod segment;
pub mod whole;

use std::collections::BTreeMap;

use crate::model::json::{Json, Object};
pub use fields::{BadRecord, Why};
pub use key::{Act, Batch, Key, Store};
pub use whole::Whole;

/// A record and where it lies.
pub type Record = (Key, Json<'static>);

/// The version of all records that this program writes.
pub const VERSION: u64 = 1;

/// What makes a record of one version into one of the next, the first version's first.
type Step = fn(&mut Object<'static>);
const STEPS: [Step; VERSION as usize - 1] = [];

/// A record as this version has it.
///
/// # Errors
/// It is no record, or of a newer version.
pub fn migrated(record: Json<'static>) -> Result<Object<'static>, BadRecord> {
    migrate(record, &STEPS)
}

fn migrate(record: Json<'static>, steps: &[Step]) -> Result<Object<'static>, BadRecord> {
    let Json::Object(mut fields) = record else { return Err(Why::NotAnObject.into()) };
    let wrong = || BadRecord::from(Why::Wrong).at("v");
    let version = fields.get("v").ok_or(BadRecord::from(Why::Missing).at("v"))?;
    let version = fields::whole(version).filter(|version| *version > 0).ok_or_else(wrong)?;
    let newest = steps.len() as u64 + 1;
    if version > newest {
        return Err(BadRecord::from(Why::Newer(version)).at("v"));
    }
    let done = usize::try_from(version - 1).unwrap_or_default();
    if let Some(steps) = steps.get(done..).filter(|steps| !steps.is_empty()) {
        steps.iter().for_each(|step| step(&mut fields));
        fields.set("v", newest);
    }
    Ok(fields)
}

/// A record of this version.
fn versioned(mut fields: Vec<(&str, Json<'static>)>, unknown: &Object<'static>) -> Json<'static> {
    fields.push(("v", VERSION.into()));
    group(fields, unknown)
}

/// An object within a record. What is `null` is not written; what this version does not know is.
fn group(fields: Vec<(&str, Json<'static>)>, unknown: &Object<'static>) -> Json<'static> {
    // By name, so that the work is small however much this version does not know. Its own names count.
    let mut all: BTreeMap<String, Json<'static>> =
        unknown.iter().map(|(name, value)| (name.to_owned(), value.clone())).collect();
    for (name, value) in fields {
        match value {
            Json::Null => drop(all.remove(name)),
            value => drop(all.insert(name.to_owned(), value)),
        }
    }
    Json::Object(all.into_iter().collect())
}

fn words(text: &str) -> Json<'static> {
    if text.is_empty() { Json::Null } else { text.to_owned().into() }
}

fn optional(text: Option<&str>) -> Json<'static> {
    text.map_or(Json::Null, |text| text.to_owned().into())
}

fn flag(is: bool) -> Json<'static> {
    if is { true.into() } else { Json::Null }
}

fn count(number: u64) -> Json<'static> {
    if number == 0 { Json::Null } else { number.into() }
}

fn optional_count(number: Option<u64>) -> Json<'static> {
    number.map_or(Json::Null, Json::from)
}

fn list(items: Vec<Json<'static>>) -> Json<'static> {
    if items.is_empty() { Json::Null } else { items.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Json<'static> {
        Json::read(text).unwrap().into_owned()
    }

    /// Versions 1 and 2 had another name for the same.
    const TO_THREE: [Step; 2] = [
        |fields| {
            if let Some(value) = fields.get("title").cloned() {
                fields.remove("title");
                fields.set("name", value);
            }
        },
        |fields| fields.set("third", true),
    ];

    #[test]
    fn older_records_become_newer_ones_step_by_step() {
        let migrated = |text| migrate(read(text), &TO_THREE).map(|fields| fields.to_text());
        assert_eq!(migrated(r#"{"v":1,"title":"x"}"#).unwrap(), r#"{"v":3,"name":"x","third":true}"#);
        assert_eq!(migrated(r#"{"v":2,"title":"x"}"#).unwrap(), r#"{"v":3,"title":"x","third":true}"#);
        assert_eq!(migrated(r#"{"v":3,"title":"x"}"#).unwrap(), r#"{"v":3,"title":"x"}"#);
        let refused = migrated(r#"{"v":4}"#).unwrap_err();
        assert_eq!((&*refused.place, refused.why), ("v", Why::Newer(4)));
        for text in [r#"{"v":0}"#, r#"{"v":-1}"#, r#"{"v":"1"}"#, r#"{"v":1.5}"#, r#"{"v":[1]}"#] {
            assert_eq!(migrated(text).unwrap_err().why, Why::Wrong, "{text}");
        }
        assert_eq!(migrated("{}").unwrap_err().why, Why::Missing);
        assert_eq!(migrated("[]").unwrap_err().why, Why::NotAnObject);
    }

    #[test]
    fn names_stand_in_order_and_what_is_default_does_not_stand() {
        let unknown = read(r#"{"new":1,"v":9}"#).as_object().unwrap().clone();
        let fields = vec![("b", count(2)), ("a", words("x")), ("c", flag(false)), ("d", list(Vec::new()))];
        assert_eq!(versioned(fields, &unknown).to_text(), r#"{"a":"x","b":2,"new":1,"v":1}"#);
    }
}
