//! Answers as a tree of blocks and words, while they stream.
//!
//! A library parses (`pulldown-cmark`); this room makes it incremental around it, so that a token costs
//! what the unfinished end of the text costs and not what the whole answer costs.
//!
//! - [`node`]: what an answer is made of, and [`destination`]: what may be done with an address
//! - [`op`]: what changes on the screen
//! - [`document`]: a text that grows; [`Document::update`] says what changed
//! - [`whole`]: the whole text at once. The law of this room: what the ops add up to is this, for every text
//!   and every way of cutting it
//!
//! Raw HTML is text here. Nothing of a text is ever written as HTML.

mod autolink;
pub mod destination;
mod diff;
pub mod document;
#[cfg(feature = "split")]
mod entities;
#[cfg(feature = "split")]
mod folding;
mod heal;
mod heal_words;
mod labels;
mod latex;
pub mod node;
pub mod op;
mod parse;
mod punycode;
mod settle;
mod tree;
mod waiting;

pub use destination::Destination;
pub use document::Document;
#[cfg(feature = "split")]
pub use entities::is_missed;
pub use node::{Align, Kind, Node};
pub use op::Op;

/// What is read beyond `CommonMark` and GFM.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// LaTeX between `$`, `$$`, `\(` and `\[`.
    pub math: bool,
}

/// Nothing is missing where all of the program is in one piece.
#[cfg(not(feature = "split"))]
#[must_use]
pub fn is_missed() -> bool {
    false
}

/// The nodes of a text, parsed at once: without anything of what makes [`Document`] incremental.
#[must_use]
pub fn whole(text: &str, options: Options) -> Vec<Node> {
    let parsed = parse::parse(text, 0, options, &labels::Labels::default());
    parsed.blocks.into_iter().map(|block| block.node).collect()
}
