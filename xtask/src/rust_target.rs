//! The compiler's side of WebAssembly.

use std::path::Path;
use std::process::Command;

use crate::failure::{Failure, Outcome};
use crate::run;

const WASM: &str = "wasm32-unknown-unknown";

/// Adds the wasm target to the toolchain where it is missing.
pub fn ensure() -> Outcome {
    if installed() {
        return Ok(());
    }
    if run::on_path(&["rustup"]).is_none() {
        return Err(Failure::new(
            format!("This Rust has no {WASM} target, and there is no rustup to add it."),
            format!("Install the standard library for {WASM} as your Rust came to you, or use rustup."),
        ));
    }
    println!("Adding the {WASM} target, some seconds, once ...");
    run::must(
        Command::new("rustup").args(["target", "add", WASM]),
        &format!("The {WASM} target could not be added."),
        &format!("The lines above say why; `rustup target add {WASM}` tries again."),
    )
}

fn installed() -> bool {
    let asked = ["--print", "target-libdir", "--target", WASM];
    run::answer(Command::new("rustc").args(asked)).is_some_and(|folder| Path::new(folder.trim()).is_dir())
}
