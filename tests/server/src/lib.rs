//! The test server: replays provider answers over real HTTP and serves the built page.
//!
//! # Layout
//! - [`cassette`]: a recorded answer on disk, and what a correct reader gets from it
//! - [`replay`]: what is sent back and at which pace: status, headers, chunks, an end
//! - [`cors`]: which preflights a host lets pass
//! - [`mount`]: a provider's stand-in: its queue of replays, the gate, and all it was asked
//! - `perform`: one replay on its way to one client, chunk by chunk
//! - `wire`: a connection that can be cut with a TCP reset
//! - `site`: the page's static files, at the root and under a sub-path
//! - [`server`]: listens, and hands each request to a mount or to the site
//!
//! No test waits by sleeping: a gated replay moves when the test says so, and every wait here is
//! for something that was observed. A deadline only turns a hang into a failure with a reason.

pub mod cassette;
pub mod cors;
pub mod mount;
mod perform;
pub mod replay;
pub mod server;
mod site;
mod wire;

pub use cassette::{Cassette, CassetteError};
pub use cors::Cors;
pub use mount::{Mount, Preflight, Request};
pub use replay::{End, Pace, Replay};
pub use server::{SUB_PATH, TestServer};
pub use site::Visit;
