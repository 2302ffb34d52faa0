//! Calls and the queue, without a clock and without a socket: scripted servers, simulated time.
//!
//! - `world`: the servers, the driver that the engine's loop is modelled on, and the laws it watches
//! - `policies`: what a call does in each kind of trouble; `bounds`: how long it waits, and how much it takes
//! - `endings`: how each end of a body is judged
//! - `laws`: what holds for any inputs, in any order, and any cutting of the bytes
//! - `crowds`: hundreds of calls with random faults
//! - `queue`: slots, order, limits
//! - `hidden`: a page that nobody looks at for half an hour, a computer that sleeps; `store`: what is kept of it
//! - `faults`: the provider faults of the fixture folder, where there is one

#[path = "../common/mod.rs"]
mod common;

mod bodies;
mod bounds;
mod crowds;
mod endings;
#[path = "../common/exchange.rs"]
mod exchange;
mod faults;
mod hidden;
mod laws;
mod policies;
mod queue;
mod store;
mod world;
