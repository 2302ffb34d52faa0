//! Labels are compared without regard to case, by Unicode's rules: the table of what is alike weighs 2 kB
//! compressed, and hardly a label has letters beyond ASCII that have a case, so it is fetched after the first
//! screen, by the same detour as the table of `entities`.

use std::sync::atomic::Ordering;

use super::entities::IS_MISSED;
use crate::later::later;

/// As the library's own is: it takes what is made here for one of its own.
#[derive(Clone, Copy)]
#[expect(dead_code, reason = "the library makes the others")]
pub enum Fold {
    Zero,
    One(char),
    Two(char, char),
    Three(char, char, char),
}

/// In place of the library's, with a name that `trim` knows.
#[unsafe(no_mangle)]
pub fn tutti_fold(c: char) -> Fold {
    if c.is_ascii() { Fold::One(c.to_ascii_lowercase()) } else { fold(c) }
}

/// The library's is called in its place.
#[unsafe(no_mangle)]
#[inline(never)]
pub fn tutti_fold_table(c: char) -> Fold {
    std::hint::black_box(c);
    std::hint::black_box(Fold::Zero)
}

later! {
    "6003" fn fold(c: char) -> Fold {
        tutti_fold_table(c)
    } else {
        // What is written in East Asia has no case.
        if !matches!(c, '\u{2e80}'..='\u{a63f}' | '\u{ac00}'..='\u{d7ff}') {
            IS_MISSED.store(true, Ordering::Relaxed);
        }
        Fold::One(c)
    }
}
