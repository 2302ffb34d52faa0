//! `&Aacute;` and its 2,124 kin: the library's table of them weighs 15 kB compressed, and hardly an answer
//! names one, so it is fetched after the first screen.
//!
//! The library's own function stays as it is. When the program is cut, xtask's `trim` lets every call of it
//! come here, and the call below of [`tutti_entity_table`] go to it. Until the table is here, the names that
//! answers do have are read, and every number; who draws is told of the others, and draws again.

use std::sync::atomic::{AtomicBool, Ordering};

use pulldown_cmark::CowStr;

use crate::later::later;

/// How many bytes it takes, and what it stands for.
type Entity = (usize, Option<CowStr<'static>>);

/// Something was met that stands in a table, which is not here yet: a name, or a letter of a host.
pub(super) static IS_MISSED: AtomicBool = AtomicBool::new(false);

/// Whether, since this was asked last, a text was read without the table that may read otherwise with it.
pub fn is_missed() -> bool {
    IS_MISSED.swap(false, Ordering::Relaxed)
}

/// In place of the library's, with a name that `trim` knows.
#[unsafe(no_mangle)]
pub fn tutti_entity(bytes: &[u8]) -> Entity {
    entity(bytes)
}

/// The library's is called in its place.
#[unsafe(no_mangle)]
#[inline(never)]
pub fn tutti_entity_table(bytes: &[u8]) -> Entity {
    std::hint::black_box(bytes);
    std::hint::black_box((0, None))
}

later! {
    "6002" fn entity(bytes: &[u8]) -> Entity {
        tutti_entity_table(bytes)
    } else {
        common(bytes).unwrap_or_else(|| {
            if is_name(bytes) {
                IS_MISSED.store(true, Ordering::Relaxed);
            }
            (0, None)
        })
    }
}

/// The longest name has 32 letters.
fn is_name(bytes: &[u8]) -> bool {
    let name = bytes.iter().skip(1).take(33).take_while(|byte| byte.is_ascii_alphanumeric()).count();
    name > 1 && bytes.get(name + 1) == Some(&b';')
}

fn common(bytes: &[u8]) -> Option<Entity> {
    let end = bytes.iter().take(12).position(|byte| *byte == b';')?;
    let text = match bytes.get(1..end)? {
        b"amp" => "&".into(),
        b"lt" => "<".into(),
        b"gt" => ">".into(),
        b"quot" => "\"".into(),
        b"nbsp" => "\u{a0}".into(),
        [b'#', digits @ ..] => number(digits)?.into(),
        _ => return None,
    };
    Some((end + 1, Some(text)))
}

fn number(digits: &[u8]) -> Option<char> {
    let digits = std::str::from_utf8(digits).ok()?;
    let code = match digits.strip_prefix(['x', 'X']) {
        Some(hexadecimal) if hexadecimal.len() <= 6 => u32::from_str_radix(hexadecimal, 16),
        None if digits.len() <= 7 => digits.parse(),
        _ => return None,
    };
    // `+1` is no number there.
    let code = code.ok().filter(|_| digits.bytes().all(|byte| byte.is_ascii_alphanumeric()))?;
    Some(char::from_u32(code).filter(|c| *c != '\0').unwrap_or(char::REPLACEMENT_CHARACTER))
}
