//! The test server: replays provider answers over real HTTP and serves the built page.
//!
//! # Layout, in reading order
//! - [`cassette`]: a recorded answer on disk, and what a correct reader gets from it
//! - [`replay`]: a recorded answer and its pace: status, headers, chunks, an end
//! - [`script`]: any answer, step by step, which a replay becomes; `gzip` packs it
//! - [`cors`]: which preflights a host lets pass
//! - [`asked`]: a request as it came in
//! - [`mount`]: a provider's stand-in: its queue of scripts, the gate, and all it was asked
//! - `perform`: one script on its way to one client, chunk by chunk
//! - [`chat`]: server-sent events as OpenAI's chat completions send them
//! - [`faults`]: what goes wrong, by name, as ready-made scripts
//! - [`streams`]: many streams of equal length at an even pace, for measuring
//! - `site`: the page's static files, at the root and under a sub-path
//! - `house`: hands each request to a mount or to the page
//! - [`proxy`]: whom a browser wants to reach through the proxy
//! - `tls`: certificates for any name
//! - `tracked`: bytes that say when they have been written out
//! - `wire`: a connection that can be cut with a TCP reset
//! - `connection`: HTTP/1.1, HTTP/2 over TLS, tunnels
//! - [`server`]: listens, and is what a test holds in its hand
//!
//! # Ways in
//! - [`TestServer::start`]: plain HTTP/1.1, mounts at `/m/<name>/`
//! - [`TestServer::start_tls`]: the same over TLS, with HTTP/2
//! - [`TestServer::start_proxy`]: a proxy under which a browser reaches hosts by their real names
//!
//! No test waits by sleeping: a gated replay moves when the test says so, and every wait here is
//! for something that was observed. A deadline only turns a hang into a failure with a reason.

pub mod asked;
pub mod cassette;
pub mod chat;
mod connection;
pub mod cors;
pub mod faults;
mod gzip;
mod house;
pub mod mount;
mod perform;
pub mod proxy;
pub mod replay;
pub mod script;
pub mod server;
mod site;
pub mod streams;
mod tls;
mod tracked;
mod wire;

pub use asked::Asked;
pub use cassette::{Cassette, CassetteError};
pub use cors::Cors;
pub use mount::{Mount, Preflight, Request};
pub use replay::{End, Pace, Replay};
pub use script::{Script, Scripts, Step};
pub use server::{SUB_PATH, TestServer};
pub use site::Visit;
pub use streams::{Load, StreamRecord, Streams};
