//! Which part of a line of code is what.
//!
//! - [`blocks`]: code blocks that grow, each with where its reading stands
//! - [`classes`]: from the names that a grammar gives to the few that are coloured
//! - [`languages`]: from what stands behind the fence to a grammar
//! - `packs`: takes the grammars out of the library's collection, one file for each language; native only
//! - [`protocol`]: the requests and answers, in bytes
//!
//! Grammars are Sublime Text's, read by syntect. Its regular expressions give up after a number of steps,
//! lines and nesting are bounded here, and who asks bounds the time.

#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]

pub mod blocks;
pub mod classes;
pub mod languages;
#[cfg(not(target_arch = "wasm32"))]
pub mod packs;
pub mod protocol;

tutti_door::door!(protocol::answer);
