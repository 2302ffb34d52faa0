//! Finding comparisons again.
//!
//! - [`pattern`]: words that a person types, as patterns that find them however they are written
//! - [`snippet`]: what stands around a word that was found
//! - [`days`]: under which heading of a list a comparison stands

pub mod days;
pub mod pattern;
pub mod snippet;
