//! What goes wrong, by name: ready-made scripts in the dialect of OpenAI's chat completions, where
//! nothing else is said. Steps added to one come before its end, so that
//! `no_finish().wait_for_release()` ends when the test says so.
//!
//! - [`framing`]: bodies that are not what they seem, or never stop
//! - [`ending`]: answers that end too early, too often, or strangely
//! - [`refusal`]: answers that are none: statuses from 300 on
//! - [`corpus`]: the collections of faults and of hostile output, where this machine has them

pub mod corpus;
pub mod ending;
pub mod framing;
pub mod refusal;

pub use ending::*;
pub use framing::*;
pub use refusal::*;

/// What a reader has of an answer that is cut off in the middle.
pub const PARTIAL: &str = "Hello wor";
/// What a reader has of an answer that comes whole.
pub const WHOLE: &str = "Hello world";
