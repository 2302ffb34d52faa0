//! Tutti: one prompt, every model, at once.
//!
//! # Layout, in reading order
//!
//! Pure rooms (no clock, no network, no page; they build and test natively in seconds):
//! - [`model`]: the vocabulary that every other room speaks
//! - [`wire`]: bytes to meaning and back, one module per dialect
//! - [`call`]: one call's life as a state machine, and the queue of calls
//! - [`grid`]: the comparison and its rules: panels, parameters, what a reload keeps, the numbers
//! - [`markdown`]: answers as a tree of blocks and words, while they stream
//! - [`export`]: comparisons as files, and back
//!
//! The shell:
//! - [`engine`]: the only loop that waits; drives calls over a transport into a sink
//! - `browser`: the only place that names the browser: fetch, keys, storage, text that grows
//! - [`ui`]: what a person sees and touches
//!
//! Across all of them: [`later`], which marks what the first screen does without.
//!
//! Who may import whom: `ui -> engine -> call -> wire -> model`, `ui -> browser -> engine`,
//! `ui -> grid -> model`, `ui -> export -> grid`, `ui -> markdown`. No circle, no arrow upwards; `tests/tidy.rs` reads the sources and holds it.

#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]

#[cfg(target_arch = "wasm32")]
pub mod browser;
pub mod call;
pub mod engine;
pub mod export;
pub mod grid;
pub mod later;
pub mod markdown;
pub mod model;
pub mod ui;
pub mod wire;
