//! What a person does with the page, from the first visit on.

mod failures;
mod first_visit;
mod harness;
mod providers;
mod stand_ins;
