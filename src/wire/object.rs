//! How objects of foreign JSON become structs: the fields that are named, the rest passed over.
//!
//! serde's derive would do the same at three times the code, for a page that is downloaded: it also
//! reads structs from arrays, matches names in two more ways, and fails on a name that stands twice.

/// Declares structs with a `Deserialize` that reads an object. Every field has a default, for when its
/// name does not occur; a name that stands twice counts the last time.
macro_rules! object {
    ($(#[$attribute:meta])* $visible:vis struct $name:ident<'a> {
        $($(#[$note:meta])* $key:literal => $field:ident: $kind:ty,)+
    }) => {
        $(#[$attribute])*
        #[derive(Default)]
        $visible struct $name<'a> {
            $($(#[$note])* $field: $kind,)+
        }

        impl<'de: 'a, 'a> serde::Deserialize<'de> for $name<'a> {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                crate::wire::object::object!(@read $name<'de>, deserializer, $($key => $field,)+)
            }
        }
    };
    ($(#[$attribute:meta])* $visible:vis struct $name:ident {
        $($(#[$note:meta])* $key:literal => $field:ident: $kind:ty,)+
    }) => {
        $(#[$attribute])*
        #[derive(Default)]
        $visible struct $name {
            $($(#[$note])* $field: $kind,)+
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                crate::wire::object::object!(@read $name, deserializer, $($key => $field,)+)
            }
        }
    };
    (@read $value:ty, $deserializer:ident, $($key:literal => $field:ident,)+) => {{
        struct Reader;
        impl<'de> serde::de::Visitor<'de> for Reader {
            type Value = $value;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut object = Self::Value::default();
                while let Some(key) = map.next_key::<crate::wire::text::Text<'de>>()? {
                    match key.as_str() {
                        $($key => object.$field = map.next_value()?,)+
                        _ => {
                            map.next_value::<serde::de::IgnoredAny>()?;
                        }
                    }
                }
                Ok(object)
            }
        }
        $deserializer.deserialize_map(Reader)
    }};
}
pub(crate) use object;

#[cfg(test)]
mod tests {
    use crate::wire::text::{Count, Loose};

    object! {
        /// A sample.
        struct Sample<'a> {
            "type" => kind: Loose<'a>,
            "n" => n: Count,
            "inner" => inner: Option<Inner>,
        }
    }

    object! {
        struct Inner {
            "n" => n: Count,
        }
    }

    #[test]
    fn named_fields_are_read_and_the_rest_is_passed_over() {
        let json = r#"{"x":[{"type":1}],"type":"a","\u006e":3,"inner":{"n":4,"y":null},"type":"b"}"#;
        let sample: Sample<'_> = serde_json::from_str(json).unwrap();
        assert_eq!(sample.kind.as_str(), Some("b"));
        assert_eq!((sample.n.0, sample.inner.map(|inner| inner.n.0)), (Some(3), Some(Some(4))));
    }

    #[test]
    fn what_is_no_object_is_an_error() {
        for json in ["[]", "1", "\"a\"", "null", "{\"inner\":[1]}", "{\"type\""] {
            assert!(serde_json::from_str::<Sample<'_>>(json).is_err(), "{json}");
        }
        assert!(serde_json::from_str::<Sample<'_>>("{\"inner\":null}").is_ok());
    }
}
