//! What a person sees and touches. It knows no JSON, no headers and no bytes.
//!
//! - [`words`]: every text, in three languages
//! - `app`: the page; `composer`: the prompt; `panel`: one model; `reply`: one growing answer

pub mod words;

#[cfg(target_arch = "wasm32")]
mod app;
#[cfg(target_arch = "wasm32")]
mod composer;
#[cfg(target_arch = "wasm32")]
mod panel;
#[cfg(target_arch = "wasm32")]
mod reply;

#[cfg(target_arch = "wasm32")]
pub use app::mount;
