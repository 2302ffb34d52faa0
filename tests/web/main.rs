//! What only a browser can show. Run by `cargo xtask test`, in Chromium and Firefox.

#![cfg(target_arch = "wasm32")]

mod addresses;
mod answers;
mod clock;
mod dom;
mod fetch;
mod finder;
mod follow;
mod height;
mod keys;
mod network;
mod page;
mod parts;
mod signal;
mod store;
mod tab;
mod tail;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
