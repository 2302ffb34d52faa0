//! The vocabulary that every other room speaks. Plain data: no clock, no network, no page.
//!
//! - [`chat`]: what is said and asked
//! - [`provider`]: who answers, as rows of data; [`catalog`]: the rows
//! - [`listing`]: what a provider's list tells of its models
//! - [`event`]: what a decoder says while an answer arrives; [`answer`]: what the events add up to
//! - [`error`]: what went wrong, in classes that a person can act on
//! - [`http`]: requests as plain data, origins and keys; [`curl`]: a request as a line for a shell;
//!   [`pasted_keys`]: keys from lines of a `.env` file
//! - [`json`]: what is read and sent, as values
//! - [`table`]: a map for the few things of a page
//! - [`policy`]: whom the page may call; [`diagnosis`]: why a request could not be made

pub mod answer;
pub mod catalog;
pub mod chat;
pub mod curl;
pub mod diagnosis;
pub mod error;
pub mod event;
pub mod http;
pub mod json;
pub mod listing;
pub mod pasted_keys;
pub mod policy;
pub mod provider;
pub mod table;
