//! Mounts the page; nothing else.

#[cfg(target_arch = "wasm32")]
fn main() {
    use leptos::prelude::*;
    leptos::mount::mount_to_body(|| view! { <main><h1>"Tutti"</h1></main> });
}

/// A browser runs this program; on the host there is nothing to mount.
#[cfg(not(target_arch = "wasm32"))]
fn main() {
    eprintln!("Tutti runs in a browser. Start it with `cargo xtask serve`.");
}
