//! Puts the functions of a WebAssembly file into an order in which the file compresses better: similar ones
//! next to each other, so that what repeats is near, and what the compressor has learned still fits.
//!
//! The last step of a release, since every other tool orders the functions anew. Functions are numbered by
//! their place, so all numbers change: of calls, of the table, of what is exported. The pieces of a program
//! know each other's functions by names and by places in the table, which stay.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::Path;

use crate::failure::{Failure, OrFailure, Outcome};
use crate::locals;
use crate::wasm_bytes::{
    CODE, CUSTOM, ELEMENTS, EXPORTS, FUNCTION, FUNCTIONS, HEADER, IMPORTS, Reader, START, TYPES,
    imported_functions, put_number, put_section, put_sized, sections,
};
use crate::wasm_code::rewritten;

/// Changes the file.
pub fn reorder(program: &Path) -> Outcome {
    const NEXT: &str = "Run the same command again.";
    let bytes = fs::read(program).or_failure(|| format!("{} cannot be read", program.display()), NEXT)?;
    let ordered = reordered(&bytes).ok_or_else(|| {
        Failure::new(
            format!("{} is not as wasm-opt writes it.", program.display()),
            "xtask/src/order.rs and wasm_code.rs have to follow what it writes.",
        )
    })?;
    fs::write(program, ordered).or_failure(|| format!("{} cannot be written", program.display()), NEXT)
}

/// The same program without custom sections (nothing in a browser reads what they say).
fn reordered(file: &[u8]) -> Option<Vec<u8>> {
    let sections = sections(file)?;
    let content = |id: u8| sections.iter().find(|section| section.id == id).map(|section| section.content);
    let imported = content(IMPORTS).map_or(Some(0), |imports| imported_functions(Reader::new(imports)))?;
    let mut code = Reader::new(content(CODE)?);
    let mut declared = Reader::new(content(FUNCTIONS)?);
    let types: Vec<u64> = (0..declared.number()?).map(|_| declared.number()).collect::<Option<_>>()?;
    let parameters = parameters(Reader::new(content(TYPES)?))?;
    let mut functions = Vec::new();
    for (_, of) in (0..code.number()?).zip(&types) {
        let parameters = *parameters.get(usize::try_from(*of).ok()?)?;
        functions.push((parameters, rewritten(code.sized()?.rest, Some)?));
    }
    locals::renumber(&mut functions)?;
    let bodies: Vec<&[u8]> = functions.iter().map(|(_, body)| body.as_slice()).collect();
    let order = order(&bodies);
    let mut places: HashMap<u64, u64> = (0..imported).map(|function| (function, function)).collect();
    places.extend(order.iter().zip(imported..).map(|(old, new)| (imported + *old as u64, new)));
    let place = |function: u64| places.get(&function).copied();

    let mut ordered = HEADER.to_vec();
    for section in &sections {
        let mut content = Vec::new();
        match section.id {
            CUSTOM => continue,
            FUNCTIONS => {
                put_number(&mut content, types.len() as u64);
                for old in &order {
                    put_number(&mut content, *types.get(*old)?);
                }
            }
            CODE => {
                put_number(&mut content, bodies.len() as u64);
                for old in &order {
                    put_sized(&mut content, &rewritten(bodies.get(*old)?, place)?);
                }
            }
            START => put_number(&mut content, place(Reader::new(section.content).number()?)?),
            EXPORTS => content = exports(Reader::new(section.content), place)?,
            ELEMENTS => content = elements(Reader::new(section.content), place)?,
            _ => content.extend(section.content),
        }
        put_section(&mut ordered, section.id, &content);
    }
    Some(ordered)
}

/// How many parameters functions of each type have.
fn parameters(mut section: Reader) -> Option<Vec<usize>> {
    const FUNCTION_TYPE: u8 = 0x60;
    let mut parameters = Vec::new();
    for _ in 0..section.number()? {
        if section.byte()? != FUNCTION_TYPE {
            return None;
        }
        parameters.push(section.sized()?.rest.len());
        section.sized()?;
    }
    Some(parameters)
}

fn exports(mut section: Reader, place: impl Fn(u64) -> Option<u64>) -> Option<Vec<u8>> {
    let mut content = Vec::new();
    let count = section.number()?;
    put_number(&mut content, count);
    for _ in 0..count {
        let before = section.rest;
        section.text()?;
        let kind = section.byte()?;
        content.extend(section.since(before)?);
        let index = section.number()?;
        put_number(&mut content, if kind == FUNCTION { place(index)? } else { index });
    }
    Some(content)
}

/// What the table of functions holds in the beginning. Lists of nothing, which are what it holds anyway, are
/// left out.
fn elements(mut section: Reader, place: impl Fn(u64) -> Option<u64>) -> Option<Vec<u8>> {
    /// How a list is written: into the first table, declared without one, and the first as expressions.
    const PLACED: u64 = 0;
    const DECLARED: u64 = 3;
    const EXPRESSIONS: u64 = 4;
    const NO_FUNCTION: u8 = 0xd0;
    const A_FUNCTION: u8 = 0xd2;
    const END: u8 = 0x0b;
    let mut lists = Vec::new();
    let mut count = 0;
    for _ in 0..section.number()? {
        let kind = section.number()?;
        let mut list = Vec::new();
        put_number(&mut list, kind);
        let before = section.rest;
        match kind {
            // `i32.const`, its number, `end`.
            PLACED | EXPRESSIONS => {
                section.byte()?;
                section.number()?;
                if section.byte()? != END {
                    return None;
                }
            }
            DECLARED => drop(section.byte()?),
            _ => return None,
        }
        list.extend(section.since(before)?);
        let length = section.number()?;
        put_number(&mut list, length);
        let mut is_empty = true;
        for _ in 0..length {
            if kind != EXPRESSIONS {
                put_number(&mut list, place(section.number()?)?);
                is_empty = false;
                continue;
            }
            let instruction = section.byte()?;
            list.push(instruction);
            match instruction {
                NO_FUNCTION => list.push(section.byte()?),
                A_FUNCTION => {
                    put_number(&mut list, place(section.number()?)?);
                    is_empty = false;
                }
                _ => return None,
            }
            if section.byte()? != END {
                return None;
            }
            list.push(END);
        }
        if !is_empty {
            lists.extend(list);
            count += 1;
        }
    }
    let mut content = Vec::new();
    put_number(&mut content, count);
    content.extend(lists);
    Some(content)
}

/// So many bytes in a row have to be the same to count as something that two functions share.
const SHARED: usize = 5;
/// Of what more functions share than this, none is more like another for it.
const COMMON: usize = 256;
/// What a function shares with the one before the last counts so much of what it shares with the last.
const FADES: f64 = 0.8;
/// A function of only a few bytes is no more like another than a long one is.
const SHORT: f64 = 8.0;

/// Which function comes first, second and so on: after each the one that shares most with those before it,
/// for its length. Of equal ones, the first; so the same functions always give the same order.
fn order(bodies: &[&[u8]]) -> Vec<usize> {
    let mut owners: HashMap<&[u8], Vec<usize>> = HashMap::new();
    let mut lengths = Vec::new();
    for (function, body) in bodies.iter().enumerate() {
        let pieces: HashSet<&[u8]> = body.windows(SHARED).collect();
        lengths.push(pieces.len() as f64 + SHORT);
        for piece in pieces {
            owners.entry(piece).or_default().push(function);
        }
    }
    owners.retain(|_, owners| (2..=COMMON).contains(&owners.len()));
    // For each function, how much each other one shares with those before it.
    let mut shared = vec![0.0; bodies.len()];
    let mut left: Vec<usize> = (0..bodies.len()).collect();
    let mut order = Vec::new();
    let mut at = 0;
    while at < left.len() {
        let next = left.remove(at);
        order.push(next);
        shared.iter_mut().for_each(|shared| *shared *= FADES);
        let pieces: HashSet<&[u8]> =
            bodies.get(next).into_iter().flat_map(|body| body.windows(SHARED)).collect();
        for owner in pieces.iter().filter_map(|piece| owners.get(piece)).flatten() {
            if let Some(shared) = shared.get_mut(*owner) {
                *shared += 1.0;
            }
        }
        let likeness = |function: usize| {
            shared.get(function).zip(lengths.get(function)).map_or(0.0, |(shared, length)| shared / length)
        };
        let mut best = f64::MIN;
        at = 0;
        for (place, function) in left.iter().enumerate() {
            if likeness(*function) > best {
                best = likeness(*function);
                at = place;
            }
        }
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLES: u8 = 4;
    const NOTHING: &[u8] = b"\x01\x60\0\0";

    fn file(sections: &[(u8, &[u8])]) -> Vec<u8> {
        let mut file = HEADER.to_vec();
        sections.iter().for_each(|(id, content)| put_section(&mut file, *id, content));
        file
    }

    fn code(bodies: &[&[u8]]) -> Vec<u8> {
        let mut content = vec![bodies.len() as u8];
        bodies.iter().for_each(|body| put_sized(&mut content, body));
        content
    }

    /// An imported function, then: one that calls all, one of another kind, one that is nearly the first.
    #[test]
    fn every_number_of_a_function_follows_it() {
        let types: &[u8] = b"\x02\x60\0\0\x60\0\x01\x7f";
        let imports: &[u8] = b"\x01\x01m\x01f\0\0";
        let before = file(&[
            (TYPES, types),
            (IMPORTS, imports),
            (FUNCTIONS, b"\x03\0\x01\0"),
            (TABLES, b"\x01\x70\0\x05"),
            (EXPORTS, b"\x03\x01a\0\x02\x01b\0\x03\x01t\x01\0"),
            (START, b"\x03"),
            (
                ELEMENTS,
                b"\x04\0\x41\x01\x0b\x03\x02\x03\0\x04\x41\x04\x0b\x01\xd0\x70\x0b\
                \x04\x41\x04\x0b\x02\xd0\x70\x0b\xd2\x02\x0b\x03\0\x01\x02",
            ),
            (
                CODE,
                &code(&[
                    b"\0\x10\0\x10\x01\x10\x02\x1a\x10\x03\x0b",
                    b"\0\x41\x09\x0f\x0b",
                    b"\0\x10\0\x10\x01\x10\x02\x1a\x41\0\x1a\x0b",
                ]),
            ),
            (CUSTOM, b"\x09producers"),
        ]);
        let after = file(&[
            (TYPES, types),
            (IMPORTS, imports),
            (FUNCTIONS, b"\x03\0\0\x01"),
            (TABLES, b"\x01\x70\0\x05"),
            (EXPORTS, b"\x03\x01a\0\x03\x01b\0\x02\x01t\x01\0"),
            (START, b"\x02"),
            (
                ELEMENTS,
                b"\x03\0\x41\x01\x0b\x03\x03\x02\0\x04\x41\x04\x0b\x02\xd0\x70\x0b\xd2\x03\x0b\x03\0\x01\x03",
            ),
            (
                CODE,
                &code(&[
                    b"\0\x10\0\x10\x01\x10\x03\x1a\x10\x02\x0b",
                    b"\0\x10\0\x10\x01\x10\x03\x1a\x41\0\x1a\x0b",
                    b"\0\x41\x09\x0f\x0b",
                ]),
            ),
        ]);
        assert_eq!(reordered(&before).unwrap(), after);
        assert_eq!(reordered(&after).unwrap(), after, "what is in order stays");
    }

    #[test]
    fn what_is_alike_stands_together() {
        let bodies: Vec<Vec<u8>> = (0..60_u8)
            .map(|number| {
                let kind = number % 3;
                (0..40).map(|byte| if byte == 20 { number } else { byte * 3 + kind }).collect()
            })
            .collect();
        let bodies: Vec<&[u8]> = bodies.iter().map(Vec::as_slice).collect();
        let order = order(&bodies);
        let kinds: Vec<usize> = order.iter().map(|function| function % 3).collect();
        let changes = kinds.windows(2).filter(|pair| pair[0] != pair[1]).count();
        assert_eq!(changes, 2, "{kinds:?}");
        let all: HashSet<usize> = order.iter().copied().collect();
        assert_eq!((all.len(), order.len()), (60, 60));
    }

    #[test]
    fn what_is_not_known_is_refused() {
        assert!(reordered(b"<!doctype html>").is_none());
        let with = |elements: &[u8], body: &[u8]| {
            reordered(&file(&[
                (TYPES, NOTHING),
                (FUNCTIONS, b"\x01\0"),
                (ELEMENTS, elements),
                (CODE, &code(&[body])),
            ]))
        };
        assert!(with(b"\0", b"\0\x0b").is_some());
        assert!(with(b"\x01\x05\x70\0", b"\0\x0b").is_none(), "another kind of list");
        assert!(with(b"\x01\x04\x41\0\x0b\x01\x23\0\x0b", b"\0\x0b").is_none(), "what a global holds");
        assert!(with(b"\x01\0\x41\0\x0b\x01\x01", b"\0\x0b").is_none(), "no such function");
        assert!(with(b"\0", b"\0\x10\x01\x0b").is_none(), "no such function");
    }
}
