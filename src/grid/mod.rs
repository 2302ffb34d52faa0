//! The comparison and its rules: what a person sets up, keeps and compares. Pure: no clock, no page.
//!
//! - [`settings`]: one panel's settings, and the request that they make
//! - [`parameter`]: the parameters of a call one by one, as text in a form
//! - [`workspace`]: what a reload keeps, never a key; [`choices`]: how the page looks and behaves
//! - [`columns`]: the order of the panels
//! - [`comparison`]: columns, rounds and replies; each column's own history
//! - [`files`]: what of a file is sent, and how much
//! - [`record`]: how all of it is stored; [`journal`]: when, so that nothing is lost;
//!   [`mirror`]: one that another page writes;
//!   [`moving`]: to another database
//! - [`find`]: finding comparisons again: patterns, snippets, days
//! - [`numbers`]: times, tokens and cost of an answer, and which are the best
//! - [`script`]: what language an answer is in
//! - [`estimate`]: what sending will cost, before it is sent

pub mod choices;
pub mod columns;
pub mod comparison;
pub mod estimate;
pub mod files;
pub mod find;
pub mod journal;
mod json;
pub mod mirror;
pub mod moving;
pub mod numbers;
pub mod parameter;
pub mod record;
mod saved;
pub mod script;
pub mod settings;
pub mod told;
pub mod workspace;
