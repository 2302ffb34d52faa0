//! [`Json`] to text, as short as it can be.

use std::fmt;

use super::{Json, Object};

impl Json<'_> {
    fn write(&self, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(true) => out.push_str("true"),
            Self::Bool(false) => out.push_str("false"),
            Self::Number(text) => out.push_str(text),
            Self::Text(text) => quote(text, out),
            Self::List(items) => {
                let mut before = '[';
                for item in items {
                    out.push(before);
                    item.write(out);
                    before = ',';
                }
                out.push_str(if items.is_empty() { "[]" } else { "]" });
            }
            Self::Object(fields) => fields.write(out),
        }
    }

    /// The shortest text of it.
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }

    /// To be read by people: each item and each field on a line of its own.
    pub fn to_lines(&self) -> String {
        let mut out = String::new();
        self.write_lines("\n", &mut out);
        out
    }

    /// `edge` begins a line at the depth of this value.
    fn write_lines(&self, edge: &str, out: &mut String) {
        let inner = [edge, "  "].concat();
        match self {
            Self::List(items) if !items.is_empty() => {
                let mut before = '[';
                for item in items {
                    out.push(before);
                    out.push_str(&inner);
                    item.write_lines(&inner, out);
                    before = ',';
                }
                out.push_str(edge);
                out.push(']');
            }
            Self::Object(fields) if !fields.is_empty() => {
                let mut before = '{';
                for (name, value) in fields.iter() {
                    out.push(before);
                    out.push_str(&inner);
                    quote(name, out);
                    out.push_str(": ");
                    value.write_lines(&inner, out);
                    before = ',';
                }
                out.push_str(edge);
                out.push('}');
            }
            _ => self.write(out),
        }
    }
}

impl Object<'_> {
    fn write(&self, out: &mut String) {
        let mut before = '{';
        for (name, value) in self.iter() {
            out.push(before);
            quote(name, out);
            out.push(':');
            value.write(out);
            before = ',';
        }
        out.push_str(if self.is_empty() { "{}" } else { "}" });
    }

    pub fn to_text(&self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }
}

impl fmt::Display for Json<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_text())
    }
}

/// Writes a text as a JSON string, with its quotes.
pub fn quote(text: &str, out: &mut String) {
    out.push('"');
    let mut rest = text;
    let is_special = |byte: u8| byte < b' ' || byte == b'"' || byte == b'\\';
    while let Some(at) = rest.bytes().position(is_special) {
        let (plain, tail) = rest.split_at_checked(at).unwrap_or_default();
        out.push_str(plain);
        let byte = tail.bytes().next().unwrap_or_default();
        out.push('\\');
        match byte {
            b'\n' => out.push('n'),
            b'\r' => out.push('r'),
            b'\t' => out.push('t'),
            b'"' | b'\\' => out.push(char::from(byte)),
            _ => {
                out.push_str("u00");
                out.push(hexadecimal(byte >> 4));
                out.push(hexadecimal(byte));
            }
        }
        rest = tail.get(1..).unwrap_or_default();
    }
    out.push_str(rest);
    out.push('"');
}

/// The last four bits as a digit.
fn hexadecimal(bits: u8) -> char {
    char::from_digit(u32::from(bits & 15), 16).unwrap_or('0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_is_written_without_blanks() {
        let json = " { \"a\" : [ ] , \"b\" : [ 1.50 , -0 , 1E5 ] , \"\" : { } , \"c\" : { \"d\" : null } } ";
        let shortest = r#"{"a":[],"b":[1.50,-0,1E5],"":{},"c":{"d":null}}"#;
        assert_eq!(Json::read(json).unwrap().to_text(), shortest);
        assert_eq!(Json::read(json).unwrap().as_object().unwrap().to_text(), shortest);
    }

    #[test]
    fn people_read_a_line_for_each_field() {
        let json = Json::read(r#"{"a":[],"b":[1,{"c":"d"}]}"#).unwrap();
        let lines = "{\n  \"a\": [],\n  \"b\": [\n    1,\n    {\n      \"c\": \"d\"\n    }\n  ]\n}";
        assert_eq!(json.to_lines(), lines);
        assert_eq!(Json::read(lines).unwrap(), json);
    }

    #[test]
    fn only_what_must_be_escaped_is() {
        let json = Json::text("\"\\/\u{0}\u{8}\u{1f}\n\r\t\u{7f}\u{2028}é😀");
        let expected = "\"\\\"\\\\/\\u0000\\u0008\\u001f\\n\\r\\t\u{7f}\u{2028}é😀\"";
        assert_eq!(json.to_string(), expected);
        assert_eq!(Json::read(expected), Ok(json));
    }
}
