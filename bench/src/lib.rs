//! What the benchmarks measure with.
//!
//! - [`answer`]: one long answer in the framing of each dialect
//! - [`Cut`]: the ways in which a network hands over its bytes

pub mod answer;

use std::{fs, path::Path};

use serde_json::Value;
use tutti::model::provider::Dialect;

/// How many bytes each benchmark reads: so many that nothing stays in the cache from one run to the next.
pub const SIZE: usize = 8 << 20;

/// How a network cuts a stream.
#[derive(Clone, Copy, Debug)]
pub enum Cut {
    /// One packet of Ethernet at a time.
    Packet,
    /// What a browser's fetch hands over when the network is faster than the page.
    Read,
    /// The lengths noted with the cassettes, from 1 byte to about a kilobyte.
    Recorded,
}

impl Cut {
    pub const ALL: [Self; 3] = [Self::Packet, Self::Read, Self::Recorded];

    pub fn name(self) -> &'static str {
        match self {
            Self::Packet => "1.4 kB",
            Self::Read => "16 kB",
            Self::Recorded => "recorded",
        }
    }

    pub fn pieces(self, dialect: Dialect, bytes: &[u8]) -> Vec<&[u8]> {
        let lengths = match self {
            Self::Packet => vec![1400],
            Self::Read => vec![16 << 10],
            Self::Recorded => recorded_lengths(dialect),
        };
        let mut rest = bytes;
        let mut pieces = Vec::new();
        for length in lengths.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (piece, tail) = rest.split_at((*length).min(rest.len()));
            pieces.push(piece);
            rest = tail;
        }
        pieces
    }
}

/// The `chunk_lengths` of all cassettes of a dialect, in order of their names.
///
/// # Panics
/// The cassettes are not where they belong.
fn recorded_lengths(dialect: Dialect) -> Vec<usize> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/cassettes").join(dialect.name());
    let entries = fs::read_dir(&folder).expect("the cassettes of every dialect");
    let mut metas: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    metas.retain(|path| path.to_string_lossy().ends_with(".meta.json"));
    metas.sort();
    let lengths = metas.iter().flat_map(|path| {
        let meta: Value = serde_json::from_slice(&fs::read(path).expect("a meta file")).expect("JSON");
        let lengths = meta["chunk_lengths"].as_array().cloned().unwrap_or_default();
        lengths.into_iter().filter_map(|length| usize::try_from(length.as_u64()?).ok())
    });
    let lengths: Vec<_> = lengths.filter(|length| *length > 0).collect();
    assert!(!lengths.is_empty(), "{} has no recorded lengths", folder.display());
    lengths
}
