//! Each column's history is its own, whatever was asked, answered, stopped, edited, joined and removed before.
//!
//! - `world`: what may happen, and a second account of it, kept in another way
//! - `random`: what holds after any of it
//! - `examples`: what goes back to a model, case by case

mod examples;
mod random;
mod world;
