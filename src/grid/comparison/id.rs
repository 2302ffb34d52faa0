//! What comparisons, columns, rounds, replies and files are called.

use std::fmt;

/// A comparison, among all that were ever made: 128 random bits, which come from outside, for this room has
/// no randomness. Written as 32 hexadecimal digits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(pub u128);

impl Id {
    /// `None` unless it is 32 hexadecimal digits, in lower case.
    pub fn parse(text: &str) -> Option<Self> {
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        let is_whole = text.len() == 32 && text.bytes().all(is_digit);
        is_whole.then(|| u128::from_str_radix(text, 16).ok().map(Self)).flatten()
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

/// A column, for as long as its comparison lives; never given out twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ColumnId(pub u32);

/// A round, for as long as its comparison lives; counted from 0, none is ever taken out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoundId(pub u32);

/// A file of a comparison; counted from 0, none is ever taken out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

/// One version of one cell. Versions are counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReplyId {
    pub round: RoundId,
    pub column: ColumnId,
    pub version: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_as_it_is_written() {
        for id in [Id(0), Id(1), Id(u128::MAX), Id(0x0123_4567_89ab_cdef << 64)] {
            assert_eq!(Id::parse(&id.to_string()), Some(id));
        }
        for wrong in ["", "0", &"0".repeat(31), &"0".repeat(33), &"A".repeat(32), &format!("+{:031x}", 1)] {
            assert_eq!(Id::parse(wrong), None, "{wrong}");
        }
    }
}
