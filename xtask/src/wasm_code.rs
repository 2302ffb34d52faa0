//! Copies the body of a WebAssembly function, and on the way changes what compresses badly.

use crate::wasm_bytes::{Reader, put_number};

/// What of an instruction is not copied as it is.
enum Changed {
    Nothing,
    /// Which of the function's locals is meant.
    Local,
    /// Which function is called, or whose address is taken.
    Function,
    /// How a place in memory is said to be aligned, and how it is from now on.
    Alignment(u8),
}

/// Functions get other numbers, and every load and store the alignment that is natural for it. That is a hint,
/// which changes no result, and when it only depends on the instruction it costs nothing to say.
///
/// `None` where the code holds an instruction that is not known here.
pub fn rewritten(body: &[u8], function: impl Fn(u64) -> Option<u64>) -> Option<Vec<u8>> {
    let mut reader = Reader::new(body);
    declared(&mut reader)?;
    let mut copied = reader.since(body)?.to_vec();
    while !reader.rest.is_empty() {
        let before = reader.rest;
        let changed = after_opcode(&mut reader)?;
        copied.extend(reader.since(before)?);
        match changed {
            Changed::Nothing => {}
            Changed::Local => put_number(&mut copied, reader.number()?),
            Changed::Function => put_number(&mut copied, function(reader.number()?)?),
            Changed::Alignment(natural) => {
                // Where other bits are set, more than an offset follows.
                if reader.byte()? > 4 {
                    return None;
                }
                copied.push(natural);
                let before = reader.rest;
                reader.number()?;
                copied.extend(reader.since(before)?);
            }
        }
    }
    Some(copied)
}

/// The types of the locals that a function declares; its parameters come before them.
fn declared(reader: &mut Reader) -> Option<Vec<u8>> {
    let mut types = Vec::new();
    for _ in 0..reader.number()? {
        let count = reader.index()?;
        // What wasm-opt writes has some hundred at most; a wrong number is not believed.
        if count > 10_000 {
            return None;
        }
        types.extend(std::iter::repeat_n(reader.byte()?, count));
    }
    Some(types)
}

/// The locals that a function declares, by their types, and where its body names any local.
pub struct Locals {
    pub types: Vec<u8>,
    /// Where the code begins.
    pub code: usize,
    pub named_at: Vec<usize>,
}

impl Locals {
    pub fn of(body: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(body);
        let types = declared(&mut reader)?;
        let place = |reader: &Reader| body.len() - reader.rest.len();
        let code = place(&reader);
        let mut named_at = Vec::new();
        while !reader.rest.is_empty() {
            let numbers = match after_opcode(&mut reader)? {
                Changed::Nothing => 0,
                Changed::Local => {
                    named_at.push(place(&reader));
                    1
                }
                Changed::Function => 1,
                Changed::Alignment(_) => 2,
            };
            for _ in 0..numbers {
                reader.number()?;
            }
        }
        Some(Locals { types, code, named_at })
    }
}

/// Reads an instruction, up to what in it is changed. The features are those that the page tells wasm-opt to
/// use ("Instructions", "Binary Format", WebAssembly Core Specification).
fn after_opcode(reader: &mut Reader) -> Option<Changed> {
    match reader.byte()? {
        // call, ref.func
        0x10 | 0xd2 => return Some(Changed::Function),
        // local.get, local.set, local.tee
        0x20..=0x22 => return Some(Changed::Local),
        // Loads and stores of 1, 2, 4 and 8 bytes.
        0x2c | 0x2d | 0x30 | 0x31 | 0x3a | 0x3c => return Some(Changed::Alignment(0)),
        0x2e | 0x2f | 0x32 | 0x33 | 0x3b | 0x3d => return Some(Changed::Alignment(1)),
        0x28 | 0x2a | 0x34 | 0x35 | 0x36 | 0x38 | 0x3e => return Some(Changed::Alignment(2)),
        0x29 | 0x2b | 0x37 | 0x39 => return Some(Changed::Alignment(3)),
        // br_table
        0x0e => {
            for _ in 0..=reader.number()? {
                reader.number()?;
            }
        }
        // call_indirect
        0x11 => {
            reader.number()?;
            reader.number()?;
        }
        // select with its type
        0x1c => {
            for _ in 0..reader.number()? {
                reader.byte()?;
            }
        }
        // block, loop, if; br, br_if; globals, tables; memory.size and memory.grow; integers; ref.null
        0x02..=0x04 | 0x0c | 0x0d | 0x23..=0x26 | 0x3f..=0x42 | 0xd0 => drop(reader.number()?),
        // f32.const, f64.const
        0x43 => drop(reader.take(4)?),
        0x44 => drop(reader.take(8)?),
        0xfc => match reader.number()? {
            // Floats to integers that do not trap.
            0..=7 => {}
            // memory.fill, data.drop, elem.drop, table.grow, table.size, table.fill
            9 | 11 | 13 | 15..=17 => drop(reader.number()?),
            // memory.init, memory.copy, table.init, table.copy
            8 | 10 | 12 | 14 => {
                reader.number()?;
                reader.number()?;
            }
            _ => return None,
        },
        // unreachable, nop, else, end, return, drop, select; all arithmetic; ref.is_null
        0x00 | 0x01 | 0x05 | 0x0b | 0x0f | 0x1a | 0x1b | 0x45..=0xc4 | 0xd1 => {}
        _ => return None,
    }
    Some(Changed::Nothing)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every instruction that says something after its opcode, each in the form that is hardest to read over.
    const BODY: &[u8] = b"\x02\x02\x7f\x01\x7e\
        \x02\x40\x03\x7f\x04\x81\x01\x05\x0b\x0b\x0b\x0c\x10\x0d\x10\x0e\x02\x10\x10\x10\
        \x11\x10\x00\x1c\x01\x6f\x20\x10\x21\x10\x22\x10\x23\x10\x24\x10\x25\x10\x26\x10\
        \x3f\x00\x40\x00\x41\x90\x7f\x42\x90\x90\x7f\x43\x10\x10\x10\x10\x44\x10\x10\x10\x10\x10\x10\x10\x10\
        \xfc\x00\xfc\x08\x10\x00\xfc\x0a\x00\x00\xfc\x0b\x00\xfc\x0c\x10\x10\xfc\x0e\x10\x10\xfc\x0f\x10\xfc\x11\x10\
        \xd0\x70\xd1\x6a\x0f\x1a\x1b";

    #[test]
    fn calls_get_other_numbers_and_the_rest_stays() {
        let body = [BODY, b"\x10\x05\xd2\x05\x0b"].concat();
        assert_eq!(rewritten(&body, Some).unwrap(), body);
        let expected = [BODY, b"\x10\xcd\x01\xd2\xcd\x01\x0b"].concat();
        assert_eq!(rewritten(&body, |number| Some(number + 200)).unwrap(), expected);
        assert!(rewritten(&body, |_| None).is_none());
    }

    #[test]
    fn alignment_is_what_is_natural() {
        let body = b"\0\x28\x00\x90\x01\x29\x02\x05\x2d\x00\x05\x3b\x00\x05\x37\x00\x05\x0b";
        let natural = b"\0\x28\x02\x90\x01\x29\x03\x05\x2d\x00\x05\x3b\x01\x05\x37\x03\x05\x0b";
        assert_eq!(rewritten(body, Some).unwrap(), natural);
    }

    #[test]
    fn locals_are_found() {
        let body = [BODY, b"\x10\x20\x28\x20\x22\x21\x07\x0b"].concat();
        let locals = Locals::of(&body).unwrap();
        assert_eq!(locals.types, [0x7f, 0x7f, 0x7e]);
        assert_eq!(body[locals.code], 0x02);
        let named: Vec<u8> = locals.named_at.iter().map(|at| body[*at]).collect();
        assert_eq!(named, [0x10, 0x10, 0x10, 0x07]);
        assert!(Locals::of(b"\x01\xff\xff\xff\x7f\x7f\x0b").is_none());
    }

    #[test]
    fn an_unknown_instruction_is_not_guessed() {
        for body in [&b"\0\xfd\x00\x0b"[..], b"\0\xfc\x12\x0b", b"\0\x06\x0b", b"\0\x10", b"\0\x28\x42\0\0"] {
            assert!(rewritten(body, Some).is_none(), "{body:?}");
        }
    }
}
