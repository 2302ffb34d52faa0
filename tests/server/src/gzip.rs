//! A body as gzip (RFC 1952), without making it smaller: each chunk is a stored block of its own
//! (RFC 1951, 3.2.4), so that a reader has it whole as soon as it came.

use bytes::Bytes;

use crate::script::{Script, Step};

/// No modification time, no name, made on no known system.
const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
/// A stored block's length has 16 bits.
const BLOCK_LIMIT: usize = 0xffff;

/// Packs what the script sends; without its end, the stream's last block and its check are missing.
pub(crate) fn pack(mut script: Script, with_end: bool) -> Script {
    let (mut sum, mut length) = (Sum::new(), 0_u32);
    let mut packed = vec![Step::Send(Bytes::from_static(&HEADER))];
    let head_at = script.head_at.unwrap_or(0);
    packed.splice(0..0, script.steps.drain(..head_at));
    for step in script.steps {
        packed.push(match step {
            Step::Send(chunk) => {
                sum.add(&chunk);
                length = length.wrapping_add(chunk.len() as u32);
                Step::Send(stored(&chunk))
            }
            Step::Repeat(chunk, times) => {
                for _ in 0..times {
                    sum.add(&chunk);
                    length = length.wrapping_add(chunk.len() as u32);
                }
                Step::Repeat(stored(&chunk), times)
            }
            Step::Wait(_) | Step::Release => step,
        });
    }
    if with_end {
        let last_block = [1, 0, 0, 0xff, 0xff];
        let end = [&last_block[..], &sum.value().to_le_bytes(), &length.to_le_bytes()].concat();
        packed.push(Step::Send(Bytes::from(end)));
    }
    Script { steps: packed, is_gzip: true, ..script }
}

fn stored(chunk: &[u8]) -> Bytes {
    let mut blocks = Vec::with_capacity(chunk.len() + 5);
    for block in chunk.chunks(BLOCK_LIMIT) {
        let length = block.len() as u16;
        blocks.push(0);
        blocks.extend_from_slice(&length.to_le_bytes());
        blocks.extend_from_slice(&(!length).to_le_bytes());
        blocks.extend_from_slice(block);
    }
    Bytes::from(blocks)
}

/// CRC-32 as gzip wants it.
struct Sum(u32);

impl Sum {
    const TABLE: [u32; 256] = {
        let mut table = [0; 256];
        let mut byte = 0;
        while byte < 256 {
            let mut value = byte as u32;
            let mut bit = 0;
            while bit < 8 {
                value = if value & 1 == 1 { 0xedb8_8320 ^ (value >> 1) } else { value >> 1 };
                bit += 1;
            }
            table[byte] = value;
            byte += 1;
        }
        table
    };

    fn new() -> Self {
        Self(u32::MAX)
    }

    fn add(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = Self::TABLE[((self.0 ^ u32::from(*byte)) & 0xff) as usize] ^ (self.0 >> 8);
        }
    }

    fn value(&self) -> u32 {
        !self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_is_the_one_that_every_reader_checks() {
        let mut sum = Sum::new();
        sum.add(b"12345");
        sum.add(b"6789");
        // The check value of CRC-32/ISO-HDLC.
        assert_eq!(sum.value(), 0xcbf4_3926);
    }

    #[test]
    fn chunks_stay_apart_and_the_end_can_be_missing() {
        let script = Script::sse().send("ab").wait_for_release().send("c");
        let whole = script.clone().gzip();
        assert_eq!(whole.steps.len(), 5);
        assert_eq!(whole.steps[1], Step::Send(Bytes::from_static(b"\0\x02\0\xfd\xffab")));
        assert_eq!(whole.steps[2], Step::Release);
        let cut = script.truncated_gzip();
        assert_eq!(cut.steps[..], whole.steps[..4]);
        // CRC-32 of "abc", then its length.
        assert!(whole.body().ends_with(b"\xc2\x41\x24\x35\x03\0\0\0"));
    }
}
