//! Mounts the page; nothing else.

#[cfg(target_arch = "wasm32")]
fn main() {
    tutti::ui::mount();
}

/// A browser runs this program; on the host there is nothing to mount.
#[cfg(not(target_arch = "wasm32"))]
fn main() {
    eprintln!("Tutti runs in a browser. Start it with `cargo xtask serve`.");
}
