//! Text to [`Json`]: all that the standard allows (RFC 8259), and nothing else, with one exception.
//! Half of a surrogate pair that stands alone (`\ud83d` without its other half) reads as U+FFFD: servers
//! that count in UTF-16 may cut a character in two, and its event must not be lost for that.

use std::borrow::Cow;

use super::{Json, Object};

/// How deep text may be nested that is only read, in levels of brackets. A page's stack holds many times
/// as many.
const READ_LIMIT: usize = 128;

/// Why a text is no JSON, and at which byte that shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    pub at: usize,
    /// It may be JSON, but is nested deeper than is allowed.
    pub is_too_deep: bool,
}

impl<'a> Json<'a> {
    /// Reads a text that is one JSON value.
    ///
    /// # Errors
    /// It is none.
    pub fn read(text: &'a str) -> Result<Self, Fault> {
        Self::read_within(text, READ_LIMIT)
    }

    /// As [`Json::read`], with so many levels of brackets at most.
    ///
    /// # Errors
    /// The text is no JSON value, or nested deeper.
    pub fn read_within(text: &'a str, levels: usize) -> Result<Self, Fault> {
        let mut reader = Reader { text, at: 0, levels };
        let value = reader.value()?;
        match reader.next_token() {
            None => Ok(value),
            Some(_) => Err(reader.fault()),
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    /// How many brackets may still be opened.
    levels: usize,
}

impl<'a> Reader<'a> {
    fn fault(&self) -> Fault {
        Fault { at: self.at, is_too_deep: false }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The first byte that is no blank; it is not taken.
    fn next_token(&mut self) -> Option<u8> {
        loop {
            match self.peek() {
                Some(b' ' | b'\n' | b'\r' | b'\t') => self.at += 1,
                next => return next,
            }
        }
    }

    /// Takes that byte, if it comes next.
    fn takes(&mut self, byte: u8) -> bool {
        let is_there = self.peek() == Some(byte);
        self.at += usize::from(is_there);
        is_there
    }

    fn slice(&self, from: usize) -> &'a str {
        self.text.get(from..self.at).unwrap_or_default()
    }

    fn value(&mut self) -> Result<Json<'a>, Fault> {
        match self.next_token() {
            Some(b'"') => self.string().map(Json::Text),
            Some(b'{') => self.object(),
            Some(b'[') => self.list(),
            Some(b't') => self.word("true", Json::Bool(true)),
            Some(b'f') => self.word("false", Json::Bool(false)),
            Some(b'n') => self.word("null", Json::Null),
            _ => self.number(),
        }
    }

    fn word(&mut self, word: &str, value: Json<'a>) -> Result<Json<'a>, Fault> {
        let is_there =
            self.text.as_bytes().get(self.at..).is_some_and(|rest| rest.starts_with(word.as_bytes()));
        self.at += if is_there { word.len() } else { 0 };
        if is_there { Ok(value) } else { Err(self.fault()) }
    }

    fn open(&mut self) -> Result<(), Fault> {
        match self.levels.checked_sub(1) {
            Some(levels) => self.levels = levels,
            None => return Err(Fault { at: self.at, is_too_deep: true }),
        }
        self.at += 1;
        Ok(())
    }

    /// After an item: whether another one follows. At the closing bracket it is over.
    fn goes_on(&mut self, close: u8) -> Result<bool, Fault> {
        match self.next_token() {
            Some(b',') => {
                self.at += 1;
                Ok(true)
            }
            Some(byte) if byte == close => {
                self.close();
                Ok(false)
            }
            _ => Err(self.fault()),
        }
    }

    fn close(&mut self) {
        self.at += 1;
        self.levels += 1;
    }

    fn list(&mut self) -> Result<Json<'a>, Fault> {
        self.open()?;
        let mut items = Vec::new();
        if self.next_token() == Some(b']') {
            self.close();
            return Ok(Json::List(items));
        }
        loop {
            items.push(self.value()?);
            if !self.goes_on(b']')? {
                return Ok(Json::List(items));
            }
        }
    }

    fn object(&mut self) -> Result<Json<'a>, Fault> {
        self.open()?;
        if self.next_token() == Some(b'}') {
            self.close();
            return Ok(Json::Object(Object::new()));
        }
        let mut fields = Vec::with_capacity(8);
        loop {
            if self.next_token() != Some(b'"') {
                return Err(self.fault());
            }
            let name = self.string()?;
            if self.next_token() != Some(b':') {
                return Err(self.fault());
            }
            self.at += 1;
            fields.push((name, self.value()?));
            if !self.goes_on(b'}')? {
                return Ok(Json::Object(Object(fields)));
            }
        }
    }

    fn digits(&mut self) -> Result<(), Fault> {
        let from = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at > from { Ok(()) } else { Err(self.fault()) }
    }

    fn number(&mut self) -> Result<Json<'a>, Fault> {
        let from = self.at;
        self.takes(b'-');
        if !self.takes(b'0') {
            self.digits()?;
        }
        if self.takes(b'.') {
            self.digits()?;
        }
        if self.takes(b'e') || self.takes(b'E') {
            let _ = self.takes(b'+') || self.takes(b'-');
            self.digits()?;
        }
        Ok(Json::Number(Cow::Borrowed(self.slice(from))))
    }

    /// Moves on to a quote, a backslash or a control character, which no string may hold.
    fn plain_text(&mut self) -> &'a str {
        let from = self.at;
        let rest = self.text.as_bytes().get(from..).unwrap_or_default();
        let is_special = |byte: &u8| *byte < b' ' || *byte == b'"' || *byte == b'\\';
        self.at += rest.iter().position(is_special).unwrap_or(rest.len());
        self.slice(from)
    }

    fn string(&mut self) -> Result<Cow<'a, str>, Fault> {
        self.at += 1;
        let first = self.plain_text();
        if self.takes(b'"') {
            return Ok(Cow::Borrowed(first));
        }
        let mut text = first.to_owned();
        loop {
            if !self.takes(b'\\') {
                return Err(self.fault());
            }
            text.push(self.escaped()?);
            text.push_str(self.plain_text());
            if self.takes(b'"') {
                return Ok(Cow::Owned(text));
            }
        }
    }

    /// The character that an escape stands for; its backslash has been taken.
    fn escaped(&mut self) -> Result<char, Fault> {
        let character = match self.peek() {
            Some(b'n') => '\n',
            Some(b't') => '\t',
            Some(b'r') => '\r',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(byte @ (b'"' | b'\\' | b'/')) => char::from(byte),
            Some(b'u') => {
                self.at += 1;
                let unit = self.unit().ok_or_else(|| self.fault())?;
                return Ok(self.character(unit));
            }
            _ => return Err(self.fault()),
        };
        self.at += 1;
        Ok(character)
    }

    /// Four hexadecimal digits: a unit of UTF-16.
    fn unit(&mut self) -> Option<u32> {
        let digits = self.text.as_bytes().get(self.at..self.at + 4)?;
        let unit =
            digits.iter().try_fold(0, |unit, digit| Some(unit << 4 | char::from(*digit).to_digit(16)?))?;
        self.at += 4;
        Some(unit)
    }

    /// The character that begins with that unit. Its other half is taken only if it is there.
    fn character(&mut self, unit: u32) -> char {
        let after = self.at;
        if (0xD800..0xDC00).contains(&unit) && self.takes(b'\\') && self.takes(b'u') {
            match self.unit() {
                Some(low @ 0xDC00..0xE000) => {
                    let code = 0x1_0000 + ((unit - 0xD800) << 10 | (low - 0xDC00));
                    return char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
                }
                _ => self.at = after,
            }
        }
        self.at = after;
        char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(json: &str) -> String {
        Json::read(json).unwrap().as_str().unwrap().to_owned()
    }

    #[test]
    fn text_without_escapes_is_borrowed() {
        let is_borrowed = |json| matches!(Json::read(json), Ok(Json::Text(Cow::Borrowed(_))));
        assert!(is_borrowed("\"abc 한\"") && is_borrowed("\"\"") && !is_borrowed(r#""a\n""#));
    }

    #[test]
    fn every_escape_is_read() {
        assert_eq!(text(r#""\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00\u0000""#), "\"\\/\u{8}\u{c}\n\r\té😀\0");
        for broken in
            [r#""\x""#, r#""\u12""#, r#""\u12g4""#, r#""\u+123""#, r#""\"#, r#""\u00"#, r#""\U0041""#]
        {
            assert!(Json::read(broken).is_err(), "{broken}");
        }
    }

    #[test]
    fn half_a_surrogate_pair_costs_one_character() {
        let check = |json: &str, expected: &str| assert_eq!(text(json), expected, "{json}");
        check(r#""\ud83d""#, "\u{fffd}");
        check(r#""a\uDE00b\ud83dc""#, "a\u{fffd}b\u{fffd}c");
        check(r#""\ud83d\ud83d\ude00""#, "\u{fffd}😀");
        check(r#""\ud83d\n\ud83d\u0041""#, "\u{fffd}\n\u{fffd}A");
        check(r#""\\ud83d \\\ud83d""#, "\\ud83d \\\u{fffd}");
        assert!(Json::read(r#""\ud83d\u12"#).is_err());
    }

    #[test]
    fn the_place_of_a_fault_is_told() {
        let check = |json, at| assert_eq!(Json::read(json), Err(Fault { at, is_too_deep: false }), "{json}");
        check("", 0);
        check(" \n", 2);
        check("{\"a\": NaN}", 6);
        check("[1,]", 3);
        check("{\"a\":1,}", 7);
        check("{\"a\" 1}", 5);
        check("{a:1}", 1);
        check("[1 2]", 3);
        check("1 1", 2);
        check("01", 1);
        check("-", 1);
        check("1.", 2);
        check("1e+", 3);
        check("\"a\nb\"", 2);
        check("\"ab", 3);
        check("tru", 0);
    }

    #[test]
    fn nesting_is_bounded_and_side_by_side_is_not() {
        let nested = |levels: usize| "[".repeat(levels) + &"]".repeat(levels);
        assert!(Json::read(&nested(READ_LIMIT)).is_ok());
        let fault = Fault { at: READ_LIMIT, is_too_deep: true };
        assert_eq!(Json::read(&nested(READ_LIMIT + 1)), Err(fault));
        assert_eq!(Json::read(&"[".repeat(1_000_000)), Err(fault));
        assert!(Json::read_within(&format!("[{}{{}}]", "[],{},".repeat(1000)), 2).is_ok());
        assert!(Json::read_within("1", 0).is_ok() && Json::read_within("{}", 0).is_err());
    }
}
