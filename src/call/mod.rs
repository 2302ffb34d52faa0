//! One call's life as a state machine, and the queue that calls wait in. No clock, no network, no
//! randomness of its own: what happens comes in as [`Input`] with the time it happened at.
//!
//! - [`phase`]: where a call can be, and the log of where it has been
//! - [`life`]: the machine: inputs to phases, and what it needs next
//! - `attempt`: one request: its times, its numbers, how long it may be silent
//! - `reply`: the body of one answer: caps, holding back, and what its end means
//! - [`patience`]: silence, judged by two clocks
//! - [`retry`]: whether to try again, and when
//! - [`field`]: the optional field that a refusal names
//! - [`limits`]: the numbers, all settable
//! - [`queue`]: slots by origin; the call decides *whether* to retry, the queue decides *when*
//!
//! A call gives no orders that could be lost or carried out twice. It says what it needs, and the
//! driver makes it so; that is the whole of the driver:
//!
//! ```text
//! loop {
//!     keep the slot only while call.need().keeps_slot()       // else release(id, call.outcome())
//!     match call.need() {
//!         Slot       => wait for the queue                    // -> Input::SlotGranted
//!         Headers{..} => send the request                     // -> Input::Sent
//!                       and wait for its headers            // -> Input::Headers or Broken
//!         Body{..}   => read the next piece of that reply     // -> Input::Bytes, End or Broken
//!         Time       => wait                                  // -> Input::Tick
//!         Nothing    => break
//!     }                        // at call.wake_at(): Input::Tick; when a person stops it: Input::Stop
//!     call.handle(input, now, &mut events); sink.apply(&events)
//! }
//! ```
//!
//! A need equal to the last one, or the body of the same attempt, means: go on with what is under
//! way. Any other need means: drop (and so abort) the fetch of the old one.

mod attempt;
pub mod field;
pub mod life;
pub mod limits;
pub mod patience;
pub mod phase;
pub mod queue;
mod reply;
pub mod retry;

pub use attempt::Summary;
pub use life::{Call, Input, Need};
pub use limits::Limits;
pub use patience::Now;
pub use phase::Phase;
