//! What a person sees and touches. It knows no JSON, no headers and no bytes.
//!
//! - [`words`]: every text, in three languages
//! - `page`: what the whole page knows; `keeping`: what a reload finds; `panels`: their order; `asking`: what becomes of a prompt
//! - `app`: the page itself, with `composer`, `chips` and `announce` (the status line)
//! - `parts`: what many parts are made of; `panel`: one model; `dialogs`: what opens above the page; `shortcuts`: the keys; `rest`: what is fetched after the first screen

pub mod words;

#[cfg(target_arch = "wasm32")]
mod announce;
#[cfg(target_arch = "wasm32")]
mod app;
#[cfg(target_arch = "wasm32")]
mod asking;
#[cfg(target_arch = "wasm32")]
mod chips;
#[cfg(target_arch = "wasm32")]
mod comparison;
#[cfg(target_arch = "wasm32")]
mod composer;
#[cfg(target_arch = "wasm32")]
mod dialogs;
#[cfg(target_arch = "wasm32")]
mod keeping;
#[cfg(target_arch = "wasm32")]
mod offline;
#[cfg(target_arch = "wasm32")]
mod page;
#[cfg(target_arch = "wasm32")]
mod panel;
#[cfg(target_arch = "wasm32")]
mod panels;
#[cfg(target_arch = "wasm32")]
mod parts;
#[cfg(target_arch = "wasm32")]
mod rest;
#[cfg(target_arch = "wasm32")]
mod shortcuts;

#[cfg(target_arch = "wasm32")]
pub use app::mount;
#[cfg(target_arch = "wasm32")]
pub use panel::answer::{Markdown, speak};
