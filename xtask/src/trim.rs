//! Takes out of a linked program what only a crash would say: every panic becomes a bare trap, which stops
//! the program as before, and the places of the panics become one. Their messages, the code that formats them
//! and the paths of all source files weigh 10 kB compressed; a build that is not cut keeps them.
//!
//! Works on what the linker has written with `--emit-relocs`: where a function or some data is named is in
//! the relocations, so what nothing names any more is left out when the program is cut.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use crate::wasm_bytes::{
    CODE, CUSTOM, DATA, HEADER, IMPORTS, Reader, Section, imported_functions, put_number, put_section,
    sections,
};

/// The beginnings of the names of functions that never return: they only say why.
const PANICS: [&str; 21] = [
    "core::panicking::",
    "core::option::unwrap_failed",
    "core::option::expect_failed",
    "core::result::unwrap_failed",
    "core::slice::index::slice_",
    "core::slice::copy_from_slice_impl::len_mismatch_fail",
    "core::str::slice_error_fail",
    "core::cell::panic_already",
    "core::cell::panic_already_borrowed",
    "core::alloc::layout::",
    "alloc::raw_vec::handle_error",
    "alloc::raw_vec::capacity_overflow",
    "alloc::alloc::handle_alloc_error",
    "<alloc::vec::Vec<_, _>>::remove::assert_failed",
    "<alloc::vec::Vec<_, _>>::swap_remove::assert_failed",
    "<alloc::vec::Vec<_, _>>::insert_mut::assert_failed",
    "<alloc::vec::Vec<_, _>>::split_off::assert_failed",
    "std::thread::local::panic_access_error",
    "__rustc::rust_begin_unwind",
    // What a script calls on streams that a Rust program hands out; this one hands out none.
    "intounderlying",
    "__wbg_intounderlying",
];

/// Calls of the first go to the second, and calls of the third to the first: so a table of a library can be
/// fetched later (see `src/markdown/entities.rs`).
const DETOURS: [[&str; 3]; 2] = [
    ["pulldown_cmark::scanners::scan_entity", "tutti_entity", "tutti_entity_table"],
    ["unicase::unicode::map::lookup", "tutti_fold", "tutti_fold_table"],
];

/// Subsections of `name` and of `linking`.
const FUNCTION_NAMES: u8 = 1;
const SYMBOLS: u8 = 8;
/// `file`, its length, line and column, as `core::panic::Location` has them.
const LOCATION_BYTES: u64 = 16;

/// `None` when this is no program as the linker writes it.
pub fn trim(program: &[u8]) -> Option<Vec<u8>> {
    let sections = sections(program)?;
    let code = sections.iter().position(|section| section.id == CODE)?;
    let data = sections.iter().position(|section| section.id == DATA)?;
    let linked = Linked::read(&sections)?;
    let named = named(&sections)?;
    let panics = panics(&named, &sections, sections.get(code)?.content)?;
    let detours = detours(&named, &linked);
    let locations = locations(&linked, &sections, data)?;

    let mut trimmed = HEADER.to_vec();
    for (index, section) in sections.iter().enumerate() {
        let mut content = section.content.to_vec();
        if index == code {
            panics.iter().try_for_each(|body| trap(content.get_mut(body.clone())?))?;
        }
        if let Some(of) = relocated(section) {
            let gone = if of == code { panics.as_slice() } else { &[] };
            content = rewritten(section, gone, &locations, &detours)?;
        }
        put_section(&mut trimmed, section.id, &content);
    }
    Some(trimmed)
}

/// Nothing is declared, and the first instruction traps; as long as it was, so that nothing moves.
fn trap(body: &mut [u8]) -> Option<()> {
    const END: u8 = 0x0b;
    body.fill(0);
    *body.last_mut()? = END;
    Some(())
}

/// The functions by number, with their names as Rust has them.
fn named(sections: &[Section]) -> Option<Vec<(u64, String)>> {
    let names = sections.iter().find_map(|section| {
        let mut reader = Reader::new(section.content);
        (section.id == CUSTOM && reader.text()? == "name").then_some(reader)
    })?;
    let mut named = Vec::new();
    let mut names = names;
    while !names.rest.is_empty() {
        let id = names.byte()?;
        let mut part = names.sized()?;
        if id != FUNCTION_NAMES {
            continue;
        }
        for _ in 0..part.number()? {
            let index = part.number()?;
            named.push((index, format!("{:#}", rustc_demangle::demangle(part.text()?))));
        }
    }
    Some(named)
}

/// Where the bodies of the functions stand in the code section that only say something.
fn panics(named: &[(u64, String)], sections: &[Section], code: &[u8]) -> Option<Vec<Range<usize>>> {
    let imported = sections.iter().find(|section| section.id == IMPORTS);
    let imported = imported.map_or(Some(0), |section| imported_functions(Reader::new(section.content)))?;
    let only_says = |name: &str| {
        // What `{:?}` writes is only ever for a panic.
        name.ends_with("core::fmt::Debug>::fmt") || PANICS.iter().any(|beginning| name.starts_with(beginning))
    };
    let panicking: HashSet<u64> =
        named.iter().filter(|(_, name)| only_says(name)).map(|(index, _)| *index).collect();
    let mut reader = Reader::new(code);
    let count = reader.number()?;
    let mut bodies = Vec::new();
    for index in imported..imported + count {
        let body = reader.sized()?;
        let end = code.len() - reader.rest.len();
        if panicking.contains(&index) {
            bodies.push(end - body.rest.len()..end);
        }
    }
    Some(bodies)
}

/// What the linker says of the data.
#[derive(Default)]
struct Linked {
    /// The functions that symbols stand for, by the symbol's number.
    functions: HashMap<u64, u64>,
    /// The data symbols by their number: segment, place in it, length.
    data: Vec<Option<(usize, u64, u64)>>,
}

impl Linked {
    fn read(sections: &[Section]) -> Option<Self> {
        let mut reader = sections.iter().find_map(|section| {
            let mut reader = Reader::new(section.content);
            (section.id == CUSTOM && reader.text()? == "linking").then_some(reader)
        })?;
        let _version = reader.number()?;
        let mut linked = Self::default();
        while !reader.rest.is_empty() {
            let id = reader.byte()?;
            let mut part = reader.sized()?;
            if id != SYMBOLS {
                continue;
            }
            for _ in 0..part.number()? {
                let number = linked.data.len() as u64;
                linked.data.push(match symbol(&mut part)? {
                    Symbol::Data(place) => Some(place),
                    Symbol::Function(function) => {
                        linked.functions.insert(number, function);
                        None
                    }
                    Symbol::Other => None,
                });
            }
        }
        Some(linked)
    }
}

enum Symbol {
    Function(u64),
    /// Segment, place in it, length.
    Data((usize, u64, u64)),
    Other,
}

fn symbol(part: &mut Reader) -> Option<Symbol> {
    const UNDEFINED: u64 = 0x10;
    const EXPLICIT_NAME: u64 = 0x40;
    let kind = part.byte()?;
    let flags = part.number()?;
    Some(match kind {
        // A function, a global, a tag or a table.
        0 | 2 | 4 | 5 => {
            let index = part.number()?;
            if flags & UNDEFINED == 0 || flags & EXPLICIT_NAME != 0 {
                part.text()?;
            }
            if kind == 0 { Symbol::Function(index) } else { Symbol::Other }
        }
        1 => {
            part.text()?;
            match flags & UNDEFINED {
                0 => Symbol::Data((usize::try_from(part.number()?).ok()?, part.number()?, part.number()?)),
                _ => Symbol::Other,
            }
        }
        // A section.
        3 => {
            part.number()?;
            Symbol::Other
        }
        _ => return None,
    })
}

/// Which symbol takes the place of which where functions are called. A program without the three functions,
/// or with another kind of them, is left as it is.
fn detours(named: &[(u64, String)], linked: &Linked) -> HashMap<u64, u64> {
    let symbols_of = |name: &str| {
        let index = named.iter().find(|(_, known)| known == name).map(|(index, _)| *index);
        let mut symbols: Vec<u64> = linked
            .functions
            .iter()
            .filter(|(_, of)| Some(**of) == index)
            .map(|(symbol, _)| *symbol)
            .collect();
        symbols.sort_unstable();
        symbols
    };
    let mut detours = HashMap::new();
    for [from, over, back] in DETOURS {
        let (from, over, back) = (symbols_of(from), symbols_of(over), symbols_of(back));
        if let (Some(first), Some(over)) = (from.first(), over.first()) {
            detours.extend(from.iter().map(|symbol| (*symbol, *over)));
            detours.extend(back.iter().map(|symbol| (*symbol, *first)));
        }
    }
    detours
}

/// The symbols that are places in source files.
fn locations(linked: &Linked, sections: &[Section], data: usize) -> Option<HashSet<u64>> {
    let content = sections.get(data)?.content;
    let segments = segments(content)?;
    let place = |symbol: u64| {
        let (segment, at, length) = (*linked.data.get(usize::try_from(symbol).ok()?)?)?;
        Some((segments.get(segment)? + at, length))
    };
    // By where they stand: who names what.
    let mut names = HashMap::new();
    for section in sections.iter().filter(|section| relocated(section) == Some(data)) {
        each_relocation(section, |relocation| {
            names.insert(relocation.at, relocation.symbol);
        })?;
    }
    let is_path = |symbol: u64| {
        place(symbol).is_some_and(|(at, length)| {
            let range = usize::try_from(at).ok().zip(usize::try_from(at + length).ok());
            let text = range.and_then(|(begin, end)| content.get(begin..end)).unwrap_or_default();
            text.strip_suffix(b"\0").unwrap_or(text).ends_with(b".rs")
        })
    };
    let all = 0..linked.data.len() as u64;
    Some(
        all.filter(|symbol| {
            place(*symbol).is_some_and(|(at, length)| {
                length == LOCATION_BYTES && names.get(&at).is_some_and(|path| is_path(*path))
            })
        })
        .collect(),
    )
}

/// Where the bytes of each segment begin in the data section.
fn segments(content: &[u8]) -> Option<Vec<u64>> {
    let mut reader = Reader::new(content);
    let mut segments = Vec::new();
    for _ in 0..reader.number()? {
        if reader.number()? != 0 {
            return None;
        }
        // `i32.const`, its address, `end`.
        reader.byte()?;
        reader.number()?;
        reader.byte()?;
        let bytes = reader.sized()?;
        segments.push((content.len() - reader.rest.len() - bytes.rest.len()) as u64);
    }
    Some(segments)
}

struct Relocation {
    kind: u8,
    at: u64,
    symbol: u64,
    /// As it was written.
    addend: Vec<u8>,
}

/// The section that this one has the relocations of.
fn relocated(section: &Section) -> Option<usize> {
    let mut reader = Reader::new(section.content);
    if section.id != CUSTOM || !reader.text()?.starts_with("reloc.") {
        return None;
    }
    usize::try_from(reader.number()?).ok()
}

fn each_relocation(section: &Section, mut each: impl FnMut(Relocation)) -> Option<()> {
    let mut reader = Reader::new(section.content);
    reader.text()?;
    reader.number()?;
    for _ in 0..reader.number()? {
        let (kind, at, symbol) = (reader.byte()?, reader.number()?, reader.number()?);
        let before = reader.rest;
        // Those of addresses and offsets ("Relocation Sections", WebAssembly tool conventions).
        if matches!(kind, 3 | 4 | 5 | 8 | 9 | 11 | 14..=17 | 21..=23 | 25) {
            reader.number()?;
        }
        let addend = before.get(..before.len() - reader.rest.len())?.to_vec();
        each(Relocation { kind, at, symbol, addend });
    }
    Some(())
}

/// Without what named anything from those bodies, and with one place in place of all.
fn rewritten(
    section: &Section,
    gone: &[Range<usize>],
    locations: &HashSet<u64>,
    detours: &HashMap<u64, u64>,
) -> Option<Vec<u8>> {
    const CALL: u8 = 0;
    const TYPE: u8 = 6;
    let one = locations.iter().min().copied();
    let mut count = 0;
    let mut kept = Vec::new();
    each_relocation(section, |Relocation { kind, at, symbol, addend }| {
        if gone.iter().any(|body| usize::try_from(at).is_ok_and(|at| body.contains(&at))) {
            return;
        }
        count += 1;
        let is_location = kind != TYPE && locations.contains(&symbol);
        kept.push(kind);
        put_number(&mut kept, at);
        let detour = detours.get(&symbol).filter(|_| kind == CALL).copied();
        put_number(&mut kept, one.filter(|_| is_location).or(detour).unwrap_or(symbol));
        kept.extend(addend);
    })?;
    let mut reader = Reader::new(section.content);
    reader.text()?;
    reader.number()?;
    let mut content = section.content.get(..section.content.len() - reader.rest.len())?.to_vec();
    put_number(&mut content, count);
    content.extend(kept);
    Some(content)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sized(content: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        put_number(&mut bytes, content.len() as u64);
        bytes.extend(content);
        bytes
    }

    fn section(id: u8, content: &[u8]) -> Vec<u8> {
        [&[id][..], &sized(content)].concat()
    }

    fn custom(name: &str, content: &[u8]) -> Vec<u8> {
        section(CUSTOM, &[sized(name.as_bytes()), content.to_vec()].concat())
    }

    /// `main` calls a panic with a place; the panic calls nothing but names a text. Data: a text, its path,
    /// two places in that path.
    fn program(relocations: &[u8], panic: &[u8]) -> Vec<u8> {
        let code = [&[2][..], &sized(&[0, 0x41, 9, 0x10, 1, 0x0b]), &sized(panic)].concat();
        let data = [&b"hello"[..], b"a/lib.rs", &[0; 32]].concat();
        let data = [&[1, 0, 0x41, 0, 0x0b][..], &sized(&data)].concat();
        let symbol = |name: &str, at: u8, length: u8| {
            [&[1, 0], &sized(name.as_bytes())[..], &[0, at, length]].concat()
        };
        let symbols = [
            vec![4],
            symbol("text", 0, 5),
            symbol("path", 5, 8),
            symbol("place", 13, 16),
            symbol("other", 29, 16),
        ];
        // Where the places name their path: the data begins 6 bytes into its section.
        let of_data = [5, 19, 1, 0, 5, 35, 1, 0];
        [
            HEADER,
            &section(CODE, &code),
            &section(DATA, &data),
            &custom("linking", &[&[2, SYMBOLS][..], &sized(&symbols.concat())].concat()),
            &custom("reloc.CODE", &[&[0][..], relocations].concat()),
            &custom("reloc.DATA", &[&[1, 2][..], &of_data].concat()),
            &custom(
                "name",
                &[&[FUNCTION_NAMES][..], &sized(b"\x02\0\x04main\x01\x1acore::panicking::panic_fmt")]
                    .concat(),
            ),
        ]
        .concat()
    }

    #[test]
    fn a_panic_becomes_a_trap_that_names_nothing_and_all_places_one() {
        // Kind, where, symbol, addend: `main` names the second place, the panic the text.
        let before = program(&[2, 4, 4, 3, 0, 4, 11, 0, 0], &[0, 0x41, 0, 0x1a, 0x0b]);
        let after = program(&[1, 4, 4, 2, 0], &[0, 0, 0, 0, 0x0b]);
        assert_eq!(trim(&before).unwrap(), after);
    }

    #[test]
    fn what_is_no_linked_program_is_refused() {
        assert!(trim(b"<!doctype html>").is_none());
        assert!(trim(&[HEADER, &section(CODE, &[0])].concat()).is_none());
    }
}
