//! The requests and answers, in bytes. Numbers are little-endian; `text` is UTF-8.
//!
//! | request | bytes | answer |
//! |---|---|---|
//! | a pack | `0`, length of the name, name, pack | nothing |
//! | more of a block | `1`, block (4), `1` at its beginning else `0`, length of the language, language, text | below |
//! | a block that is gone | `2`, block (4) | nothing |
//!
//! | answer | bytes |
//! |---|---|
//! | ranges | `0`, then for each: gap since the last one's end, length, class; as LEB128, in UTF-16 units of the text |
//! | a pack is needed | `1`, its name |
//! | stays plain | `2` |
//! | forgotten: ask from the beginning | `3` |

use std::cell::RefCell;

use crate::blocks::{Answer, Blocks, Range};
use crate::languages;

const RANGES: u8 = 0;
const NEEDS: u8 = 1;
const PLAIN: u8 = 2;
const FORGOTTEN: u8 = 3;

thread_local! {
    static BLOCKS: RefCell<Blocks> = RefCell::default();
}

/// A request that is none is answered with nothing.
pub fn answer(request: &[u8]) -> Vec<u8> {
    BLOCKS.with_borrow_mut(|blocks| respond(blocks, request).unwrap_or_default())
}

fn respond(blocks: &mut Blocks, request: &[u8]) -> Option<Vec<u8>> {
    let (kind, rest) = request.split_first()?;
    match kind {
        0 => {
            let (name, pack) = word(rest)?;
            blocks.give(languages::find(name)?, pack);
            None
        }
        1 => {
            let (id, rest) = number(rest)?;
            let (is_start, rest) = rest.split_first()?;
            let (info, text) = word(rest)?;
            let Some(language) = languages::find(info) else { return Some(vec![PLAIN]) };
            let text = std::str::from_utf8(text).ok()?;
            Some(match blocks.text(id, language, *is_start == 1, text) {
                Answer::Ranges(ranges) => written(&ranges),
                Answer::Needs(language) => [&[NEEDS], language.name.as_bytes()].concat(),
                Answer::Forgotten => vec![FORGOTTEN],
            })
        }
        2 => {
            blocks.forget(number(rest)?.0);
            None
        }
        _ => None,
    }
}

fn number(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (number, rest) = bytes.split_first_chunk::<4>()?;
    Some((u32::from_le_bytes(*number), rest))
}

fn word(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let (length, rest) = bytes.split_first()?;
    let (word, rest) = rest.split_at_checked(usize::from(*length))?;
    Some((std::str::from_utf8(word).ok()?, rest))
}

fn written(ranges: &[Range]) -> Vec<u8> {
    let mut bytes = vec![RANGES];
    let mut end = 0;
    for range in ranges {
        leb128(range.start - end, &mut bytes);
        leb128(range.length, &mut bytes);
        bytes.push(range.class as u8);
        end = range.start + range.length;
    }
    bytes
}

fn leb128(mut number: usize, bytes: &mut Vec<u8>) {
    while number > 0x7f {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::classes::Class;

    fn ask(bytes: &[&[u8]]) -> Vec<u8> {
        answer(&bytes.concat())
    }

    #[test]
    fn a_language_without_its_pack_asks_for_it_and_an_unknown_one_stays_plain() {
        assert_eq!(ask(&[&[1, 9, 0, 0, 0, 1, 2], b"rs", b"fn"]), b"\x01rust");
        assert_eq!(ask(&[&[1, 9, 0, 0, 0, 1, 4], b"text", b"fn"]), [PLAIN]);
    }

    #[test]
    fn bytes_that_are_no_request_are_answered_with_nothing() {
        let bad: [&[u8]; 9] = [
            b"",
            b"\x07",
            b"\x00",
            b"\x00\x09ru",
            b"\x01\x00\x00",
            b"\x01\x00\x00\x00\x00",
            b"\x01\x00\x00\x00\x00\x01\x04rust\xff\xfe",
            b"\x02\x00",
            b"\x00\x04rustnot a pack",
        ];
        for request in bad {
            assert_eq!(answer(request), b"", "{request:?}");
        }
        assert_eq!(ask(&[&[1, 9, 0, 0, 0, 1, 2], b"rs", b"fn"]), b"\x01rust", "a bad pack is none");
    }

    #[test]
    fn ranges_are_written_as_gaps_and_lengths() {
        let range = |start, length, class| Range { start, length, class };
        let ranges = [range(2, 3, Class::Keyword), range(305, 128, Class::Deleted)];
        assert_eq!(written(&ranges), [0, 2, 3, 3, 0xac, 2, 0x80, 1, 9]);
    }
}
