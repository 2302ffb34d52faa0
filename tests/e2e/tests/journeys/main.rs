//! What a person does with the page, from the first visit on.

mod addresses;
mod attachments;
mod bad_input;
mod carried_away;
mod conversation;
mod crowds;
mod failures;
mod first_visit;
mod harness;
mod hidden;
mod history;
mod hostile;
mod keyboard;
mod keys;
mod killed;
mod later;
mod local;
mod memory;
mod models;
mod parts;
mod pointer;
mod providers;
mod reading;
mod screens;
mod stand_ins;
mod typing;
