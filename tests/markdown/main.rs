//! Markdown: what streams in pieces adds up to what the library makes of the whole.

#[path = "../common/mod.rs"]
mod common;
mod cuts;
mod healing;
mod latex;
mod links;
mod replay;
mod work;
