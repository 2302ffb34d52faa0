//! Comparisons as files, and back. Pure: text in, text out.
//!
//! - [`json`]: the whole of it, to be imported again
//! - [`split`]: the comparisons of a file that comes in pieces, one after the other
//! - [`markdown`]: to be read, columns as sections
//! - [`html`]: to be looked at, one file that needs nothing else
//! - [`table`]: a row for each reply, as CSV or as lines of JSON
//!
//! No key is ever here: keys belong to origins and lie in the keyring, not in comparisons.

pub mod html;
pub mod json;
pub mod markdown;
pub mod split;
pub mod table;
