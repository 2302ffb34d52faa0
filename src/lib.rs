//! Tutti: one prompt, every model, at once.
//!
//! # Layout, in reading order
//!
//! Pure rooms (no clock, no network, no page; they build and test natively in seconds):
//! - [`model`]: the vocabulary that every other room speaks
//! - [`wire`]: bytes to meaning and back, one module per dialect
//! - [`call`]: one call's life as a state machine, and the queue of calls
//!
//! Who may import whom: `call -> wire -> model`. No circle, no arrow upwards; `tests/tidy.rs` reads
//! the sources and holds it.

#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]

pub mod call;
pub mod model;
pub mod wire;
