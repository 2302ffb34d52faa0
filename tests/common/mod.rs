//! Where tests find recorded provider streams, and ways to cut them.

#![allow(dead_code, reason = "each test binary uses its own part of this")]

use std::path::{Path, PathBuf};

use serde_json::Value;
use tutti::model::json::{Json, Object};

/// A value as the tests write it, as the program has it.
pub fn json(value: &Value) -> Json<'static> {
    Json::read(&value.to_string()).expect("JSON").into_owned()
}

/// # Panics
/// It is no object.
pub fn object(value: &Value) -> Object<'static> {
    json(value).as_object().expect("an object").clone()
}

/// The folder of recorded streams (`cassettes/`) and corpora (`corpora/`), if there is one:
/// `TUTTI_FIXTURES`, else the shared folder beside the project.
///
/// # Panics
/// `TUTTI_FIXTURES` is set and is no folder: a test run that silently tested less would lie.
pub fn fixtures() -> Option<PathBuf> {
    if let Some(folder) = std::env::var_os("TUTTI_FIXTURES") {
        let folder = PathBuf::from(folder);
        assert!(folder.is_dir(), "TUTTI_FIXTURES is {}, which is no folder", folder.display());
        return Some(folder);
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    folder.join("cassettes").is_dir().then_some(folder)
}

/// A small generator of repeatable random numbers (SplitMix64).
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// From 0 to `end`, without `end`.
    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }
}

/// Cuts bytes into pieces of the given lengths; what is left over is the last piece.
pub fn pieces(bytes: &[u8], lengths: impl IntoIterator<Item = usize>) -> Vec<&[u8]> {
    let mut rest = bytes;
    let mut pieces = Vec::new();
    for length in lengths {
        if rest.is_empty() {
            break;
        }
        let (piece, tail) = rest.split_at(length.min(rest.len()));
        pieces.push(piece);
        rest = tail;
    }
    if !rest.is_empty() {
        pieces.push(rest);
    }
    pieces
}
