//! A page that is killed at any moment loses no prompt and at most a moment of every answer.
//!
//! - `world`: a page, a disk, and what happens to both in simulated time
//! - `kills`: what is left of it
//! - `mirror`: what another tab shows of it
//! - `rules`: what is written when, step by step

#[path = "../common/mod.rs"]
mod common;
#[path = "../common/comparisons.rs"]
mod comparisons;
mod kills;
mod mirror;
mod rules;
mod world;
