//! Numbers the locals of WebAssembly functions anew, so that code compresses better: where two of one type
//! change places and what the code then says is more usual for the program, they do. A compressor saves most
//! where the same bytes follow the same bytes.
//!
//! How usual something is, is estimated as compressors do that predict byte after byte: from how often each
//! byte came after the 6, 4, 3, 2, 1 bytes before it, the longer the better known.

use crate::wasm_code::Locals;

/// How many bytes before a byte are looked at.
const BEFORE: [usize; 6] = [0, 1, 2, 3, 4, 6];
const FURTHEST: usize = 6;
/// How often all functions are gone through: each time others have changed, but less and less.
const ROUNDS: usize = 3;
/// In longer lists most pairs would be tried for little; such functions are few.
const MOST_LOCALS: usize = 64;
/// What a change has to save, in bits, so that nothing changes back and forth.
const WORTH: f64 = 0.01;

/// Changes the bodies of the functions; each is given with how many parameters it has. `None` where the code
/// holds an instruction that is not known here.
pub fn renumber(functions: &mut [(usize, Vec<u8>)]) -> Option<()> {
    let mut usual = Usual::new();
    let mut all = Vec::new();
    for (parameters, body) in functions.iter() {
        let of = Function::new(*parameters, body)?;
        usual.learn(body.get(of.code..)?);
        all.push(of);
    }
    for _ in 0..ROUNDS {
        for (of, (_, body)) in all.iter_mut().zip(functions.iter_mut()) {
            let code = body.get_mut(of.code..)?;
            // It is compared with the others, not with what it was.
            usual.forget(code);
            of.improve(code, &usual)?;
            usual.learn(code);
        }
    }
    Some(())
}

struct Function {
    /// Where its code begins.
    code: usize,
    parameters: usize,
    types: Vec<u8>,
    /// By local: where the code names it.
    named_at: Vec<Vec<usize>>,
}

impl Function {
    fn new(parameters: usize, body: &[u8]) -> Option<Self> {
        let Locals { mut types, code, named_at: all } = Locals::of(body)?;
        if types.len() > MOST_LOCALS || parameters > MOST_LOCALS {
            types.clear();
        }
        let mut named_at = vec![Vec::new(); types.len()];
        for at in all {
            // Of all that are dealt with here, the number is one byte.
            let local = usize::from(*body.get(at)?).checked_sub(parameters);
            if let Some(places) = local.and_then(|local| named_at.get_mut(local)) {
                places.push(at - code);
            }
        }
        Some(Function { code, parameters, types, named_at })
    }

    fn improve(&mut self, code: &mut [u8], usual: &Usual) -> Option<()> {
        let mut touched = Vec::new();
        for one in 0..self.types.len() {
            for other in one + 1..self.types.len() {
                let [places, others] = [one, other].map(|local| self.named_at.get(local));
                let (places, others) = (places?, others?);
                if self.types.get(one)? != self.types.get(other)? || (places.is_empty() && others.is_empty())
                {
                    continue;
                }
                touched.clear();
                for at in places.iter().chain(others) {
                    touched.extend(*at..code.len().min(at + FURTHEST + 1));
                }
                touched.sort_unstable();
                touched.dedup();
                let before = usual.bits(code, &touched);
                self.write(code, one, other)?;
                self.write(code, other, one)?;
                if usual.bits(code, &touched) < before - WORTH {
                    self.named_at.swap(one, other);
                } else {
                    self.write(code, one, one)?;
                    self.write(code, other, other)?;
                }
            }
        }
        Some(())
    }

    /// Names a local by another's number.
    fn write(&self, code: &mut [u8], local: usize, number: usize) -> Option<()> {
        let number = u8::try_from(self.parameters + number).ok()?;
        self.named_at.get(local)?.iter().try_for_each(|at| {
            *code.get_mut(*at)? = number;
            Some(())
        })
    }
}

/// How often which byte came after which bytes. Those that fall into one slot are counted together: a wrong
/// guess costs some bytes of the release, and nothing else.
struct Usual {
    /// By what came before: how often that was there.
    before: Vec<u16>,
    /// By what came before, and the byte: how often it followed.
    after: Vec<u16>,
}

const SLOTS_BITS: u32 = 24;

impl Usual {
    fn new() -> Self {
        Usual { before: vec![0; 1 << SLOTS_BITS], after: vec![0; 1 << SLOTS_BITS] }
    }

    fn learn(&mut self, code: &[u8]) {
        self.count(code, |count| *count = count.saturating_add(1));
    }

    fn forget(&mut self, code: &[u8]) {
        self.count(code, |count| *count = count.saturating_sub(1));
    }

    fn count(&mut self, code: &[u8], change: impl Fn(&mut u16)) {
        for at in 0..code.len() {
            for length in BEFORE {
                let (before, after) = slots(code, at, length);
                self.before.get_mut(before).map(&change);
                self.after.get_mut(after).map(&change);
            }
        }
    }

    /// What these bytes of the code take when they are compressed.
    fn bits(&self, code: &[u8], places: &[usize]) -> f64 {
        places.iter().map(|at| bits(self.probability(code, *at))).sum()
    }

    fn probability(&self, code: &[u8], at: usize) -> f64 {
        /// How much what is known of fewer bytes counts beside what is known of more.
        const DOUBT: f64 = 1.5;
        let mut probability = 1.0 / 256.0;
        for length in BEFORE {
            let (before, after) = slots(code, at, length);
            let seen = self.before.get(before).copied().unwrap_or_default();
            if seen == 0 {
                break;
            }
            let followed = self.after.get(after).copied().unwrap_or_default().min(seen);
            probability = (f64::from(followed) + DOUBT * probability) / (f64::from(seen) + DOUBT);
        }
        probability
    }
}

/// Where is counted what came before, and the byte that came then.
fn slots(code: &[u8], at: usize, length: usize) -> (usize, usize) {
    const MIX: u64 = 0x9e37_79b9_7f4a_7c15;
    const MIX_BYTE: u64 = 0xc4ce_b9fe_1a85_ec53;
    let mut before = (length as u64 + 1) << 56;
    for distance in 1..=length {
        let byte = at.checked_sub(distance).and_then(|at| code.get(at)).copied().unwrap_or_default();
        before |= u64::from(byte) << (8 * (distance - 1));
    }
    let byte = code.get(at).copied().unwrap_or_default();
    let slot = |mixed: u64| (mixed.wrapping_mul(MIX) >> (u64::BITS - SLOTS_BITS)) as usize;
    let after = (before ^ (before >> 29)).wrapping_mul(MIX) ^ (u64::from(byte) + 1).wrapping_mul(MIX_BYTE);
    (slot(before), slot(after))
}

/// The logarithm to the base of 2, turned round, to some thousandths; the same on every machine, which the
/// system's own need not be.
fn bits(probability: f64) -> f64 {
    let raw = probability.to_bits();
    let exponent = f64::from((raw >> 52) as u32) - 1023.0;
    let m = f64::from_bits((raw & ((1 << 52) - 1)) | (1023 << 52));
    let logarithm = -2.144_917_3 + (3.029_439_2 + (-1.039_238 + 0.155_442_7 * m) * m) * m;
    -(exponent + logarithm)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logarithms_are_near_enough() {
        for probability in [1.0, 0.75, 0.5, 0.33, 0.1, 0.001_f64] {
            assert!((bits(probability) + probability.log2()).abs() < 0.005, "{probability}");
        }
    }

    /// Parameter 0; locals 1 and 2 are i32, 3 is i64.
    fn function(code: &[u8]) -> (usize, Vec<u8>) {
        (1, [b"\x02\x02\x7f\x01\x7e", code, b"\x0b"].concat())
    }

    #[test]
    fn a_function_is_numbered_as_the_others_are() {
        let usual = function(b"\x20\x00\x21\x01\x20\x01\x21\x02\x20\x02\x1a\x42\x00\x21\x03");
        let other = function(b"\x20\x00\x21\x02\x20\x02\x21\x01\x20\x01\x1a\x42\x00\x21\x03");
        let mut functions = vec![usual.clone(), usual.clone(), other, usual.clone()];
        renumber(&mut functions).unwrap();
        assert_eq!(functions, [usual.clone(), usual.clone(), usual.clone(), usual]);
    }

    #[test]
    fn parameters_and_other_types_keep_their_numbers() {
        let usual = function(b"\x20\x01\x1a\x20\x01\x1a\x20\x01\x1a");
        let wide = function(b"\x20\x03\x1a\x20\x03\x1a\x20\x03\x1a");
        let parameter = function(b"\x20\x00\x1a\x20\x00\x1a\x20\x00\x1a");
        let mut functions = vec![usual.clone(), usual, wide, parameter];
        let before = functions.clone();
        renumber(&mut functions).unwrap();
        assert_eq!(functions, before);
    }

    #[test]
    fn an_unknown_instruction_is_refused() {
        assert!(renumber(&mut [function(b"\xfd\x00")]).is_none());
    }
}
