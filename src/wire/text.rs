//! Reading the fields of foreign JSON: borrowed text, numbers in any notation, types that vary.

use std::{borrow::Cow, fmt, marker::PhantomData};

use memchr::memchr;
use serde::{
    Deserialize, Deserializer,
    de::{Error, IgnoredAny, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer},
};
use serde_json::{Value, value::RawValue};

use crate::model::error::Code;

/// Bytes as text, each invalid sequence as U+FFFD.
pub fn lossy(bytes: &[u8]) -> Cow<'_, str> {
    // The standard library's own function looks for the first error byte by byte; checking that
    // there is none, as nearly always, is several times faster.
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => String::from_utf8_lossy(bytes),
    }
}

/// The methods of a visitor for the kinds of JSON that read as absent.
macro_rules! absent {
    ($absent:expr; $($kind:ident)+) => { $(absent!(@$kind $absent);)+ };
    (@unit $absent:expr) => {
        fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
            Ok($absent)
        }
    };
    (@bool $absent:expr) => {
        fn visit_bool<E: Error>(self, _: bool) -> Result<Self::Value, E> {
            Ok($absent)
        }
    };
    (@i64 $absent:expr) => {
        fn visit_i64<E: Error>(self, _: i64) -> Result<Self::Value, E> {
            Ok($absent)
        }
    };
    (@u64 $absent:expr) => {
        fn visit_u64<E: Error>(self, _: u64) -> Result<Self::Value, E> {
            Ok($absent)
        }
    };
    (@f64 $absent:expr) => {
        fn visit_f64<E: Error>(self, _: f64) -> Result<Self::Value, E> {
            Ok($absent)
        }
    };
    (@str $absent:expr) => {
        fn visit_str<E: Error>(self, _: &str) -> Result<Self::Value, E> {
            Ok($absent)
        }
    };
    (@seq $absent:expr) => {
        fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
            while seq.next_element::<IgnoredAny>()?.is_some() {}
            Ok($absent)
        }
    };
    (@map $absent:expr) => {
        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            Ok($absent)
        }
    };
}

/// A string, borrowed from the input where it has no escapes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text<'a>(pub Cow<'a, str>);

impl Text<'_> {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn into_string(self) -> String {
        self.0.into_owned()
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextVisitor;
        impl<'de> Visitor<'de> for TextVisitor {
            type Value = Text<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }
            fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Borrowed(text)))
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
            fn visit_string<E: Error>(self, text: String) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(text)))
            }
        }
        deserializer.deserialize_str(TextVisitor)
    }
}

/// A field that is a string in the format and something else with some servers: anything but a
/// string reads as absent rather than spoiling the event around it.
#[derive(Clone, Debug, Default)]
pub struct Loose<'a>(pub Option<Text<'a>>);

impl<'a> Loose<'a> {
    pub fn as_str(&self) -> Option<&str> {
        self.0.as_ref().map(Text::as_str)
    }

    pub fn non_empty(self) -> Option<Text<'a>> {
        self.0.filter(|text| !text.as_str().is_empty())
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Loose<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct LooseVisitor;
        impl<'de> Visitor<'de> for LooseVisitor {
            type Value = Loose<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("anything")
            }
            fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Loose(Some(Text(Cow::Borrowed(text)))))
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Loose(Some(Text(Cow::Owned(text.to_owned())))))
            }
            absent!(Loose(None); unit bool i64 u64 f64 seq map);
        }
        deserializer.deserialize_any(LooseVisitor)
    }
}

/// What is read if it has its shape; anything else reads as absent. For fields beside the text of an
/// answer, which must not be lost for them.
#[derive(Clone, Copy, Debug)]
pub struct Maybe<T>(pub Option<T>);

impl<T> Default for Maybe<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Maybe<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?.get();
        Ok(Self(if raw == "null" { None } else { serde_json::from_str(raw).ok() }))
    }
}

/// An object, all of whose fields read leniently; anything else reads as absent. As [`Maybe`], for what
/// stands in every event: it is read in one go.
#[derive(Clone, Copy, Debug)]
pub struct MaybeObject<T>(pub Option<T>);

impl<T> Default for MaybeObject<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for MaybeObject<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ObjectVisitor<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
            type Value = MaybeObject<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("anything")
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(|object| MaybeObject(Some(object)))
            }
            absent!(MaybeObject(None); unit bool i64 u64 f64 str seq);
        }
        deserializer.deserialize_any(ObjectVisitor(PhantomData))
    }
}

/// A count that some servers write as `12.0`. What is no count at all (negative, a string) reads as
/// absent: a number that is not known is not 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count(pub Option<u64>);

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct CountVisitor;
        impl<'de> Visitor<'de> for CountVisitor {
            type Value = Count;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("anything")
            }
            fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
                Ok(Count(Some(number)))
            }
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "checked to be in range"
            )]
            fn visit_f64<E: Error>(self, number: f64) -> Result<Self::Value, E> {
                Ok(Count((0.0..9e15).contains(&number).then_some(number as u64)))
            }
            absent!(Count(None); unit bool i64 str seq map);
        }
        deserializer.deserialize_any(CountVisitor)
    }
}

/// How deep JSON may be nested that is kept.
const DEPTH_LIMIT: usize = 64;

/// JSON that is kept, to be sent back as it is. `None` when it is none, or nested so deep that
/// whatever it is saved in could not be read again.
pub fn kept_json(json: &str) -> Option<Value> {
    fn fits(value: &Value, levels: usize) -> bool {
        match (value, levels.checked_sub(1)) {
            (Value::Array(items), Some(levels)) => items.iter().all(|item| fits(item, levels)),
            (Value::Object(fields), Some(levels)) => fields.values().all(|item| fits(item, levels)),
            (Value::Array(_) | Value::Object(_), None) => false,
            _ => true,
        }
    }
    serde_json::from_str(json).ok().filter(|value| fits(value, DEPTH_LIMIT))
}

/// An error code: a number with some providers, a word with others; anything else reads as absent.
pub fn code(value: &Value) -> Option<Code> {
    match value {
        Value::Number(number) => number.as_i64().map(Code::Number),
        Value::String(text) => Some(Code::Text(text.clone())),
        _ => None,
    }
}

/// The JSON with every half of a surrogate pair that stands alone (`\\ud83d` without its other half)
/// replaced by U+FFFD: servers that count in UTF-16 may cut a character in two, and its event must
/// not be lost for that. `None` when there is none, as nearly always: then it is one search for backslashes.
pub fn mend_surrogates(json: &str) -> Option<String> {
    let bytes = json.as_bytes();
    let mut mended = String::new();
    let mut kept = 0;
    let mut at = 0;
    while let Some(backslash) = memchr(b'\\', bytes.get(at..)?).map(|found| at + found) {
        at = backslash + 2;
        let Some(unit) = escape_at(bytes, backslash) else { continue };
        at = backslash + 6;
        let is_pair = (0xD800..0xDC00).contains(&unit)
            && escape_at(bytes, at).is_some_and(|next| (0xDC00..0xE000).contains(&next));
        if is_pair {
            at += 6;
        } else if (0xD800..0xE000).contains(&unit) {
            mended.push_str(json.get(kept..backslash)?);
            mended.push_str("\\ufffd");
            kept = at;
        }
        if at >= bytes.len() {
            break;
        }
    }
    if kept == 0 {
        return None;
    }
    mended.push_str(json.get(kept..)?);
    Some(mended)
}

/// The UTF-16 unit of the escape `\uXXXX` that begins there.
fn escape_at(bytes: &[u8], at: usize) -> Option<u16> {
    let digits = bytes.get(at..at + 6)?.strip_prefix(b"\\u")?;
    if !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_without_escapes_is_borrowed() {
        let plain: Text<'_> = serde_json::from_str("\"abc\"").unwrap();
        assert!(matches!(plain.0, Cow::Borrowed("abc")));
        let escaped: Text<'_> = serde_json::from_str("\"\\ud83d\\ude00\"").unwrap();
        assert_eq!(escaped.as_str(), "😀");
    }

    #[test]
    fn anything_but_a_string_reads_as_absent() {
        for json in ["1", "-1", "1.5", "true", "null", "[1,{\"a\":[]}]", "{\"a\":{\"b\":null}}"] {
            let loose: Loose<'_> = serde_json::from_str(json).unwrap();
            assert!(loose.0.is_none(), "{json}");
        }
    }

    #[test]
    fn what_has_another_shape_reads_as_absent() {
        let read = |json| serde_json::from_str::<Maybe<Vec<u8>>>(json).unwrap().0;
        assert_eq!(read("[1,2]"), Some(vec![1, 2]));
        for json in ["null", "{}", "[{\"a\":1}]", "\"\"", "7"] {
            assert_eq!(read(json), None, "{json}");
        }
    }

    #[test]
    fn what_is_no_object_reads_as_absent() {
        crate::wire::object::object! {
            struct Inner {
                "n" => n: Count,
            }
        }
        let read = |json| serde_json::from_str::<MaybeObject<Inner>>(json).unwrap().0.map(|inner| inner.n.0);
        assert_eq!(read("{\"n\":1,\"m\":[{}]}"), Some(Some(1)));
        assert_eq!(read("{\"n\":[]}"), Some(None));
        for json in ["null", "[{\"n\":1}]", "\"n\"", "7", "-7", "0.5", "true"] {
            assert_eq!(read(json), None, "{json}");
        }
    }

    #[test]
    fn half_a_surrogate_pair_costs_one_character_and_not_the_event() {
        let check = |json: &str, expected: Option<&str>| {
            assert_eq!(mend_surrogates(json).as_deref(), expected, "{json}");
        };
        check(r#""plain 😀 \n \u00e9 \ud83d\ude00""#, None);
        check(r#""\ud83d""#, Some(r#""\ufffd""#));
        check(r#""a\uDE00b\ud83dc""#, Some(r#""a\ufffdb\ufffdc""#));
        check(r#""\ud83d\ud83d\ude00""#, Some(r#""\ufffd\ud83d\ude00""#));
        check(r#""\\ud83d \\\ud83d""#, Some(r#""\\ud83d \\\ufffd""#));
        check(r#""\ud83"#, None);
        check("\\", None);
        check("", None);
    }

    #[test]
    fn counts_are_read_in_any_notation() {
        let read = |json| serde_json::from_str::<Count>(json).unwrap().0;
        assert_eq!(read("7"), Some(7));
        assert_eq!(read("7.0"), Some(7));
        assert_eq!(read("null"), None);
        assert_eq!(read("{\"a\":[1]}"), None);
        assert_eq!(read("-3"), None);
        assert_eq!(read("\"7\""), None);
    }
}
