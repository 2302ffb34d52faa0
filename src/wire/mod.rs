//! Bytes to meaning and back: framing, one module per dialect, error bodies, model lists.
//!
//! - [`body`]: the bytes of an answer, in any framing, to [`StreamEvent`](crate::model::event::StreamEvent)s
//! - [`error`]: the body of a refusal to an [`ApiError`](crate::model::error::ApiError)
//! - [`lines`], [`sse`], [`json`]: framing, from bytes to lines to events
//! - a module per dialect: from the data of one event to what it means
//! - [`encode`]: what is asked, to the request that asks it in a provider's format
//! - [`models`]: the list of a provider's models
//! - [`report`]: a whole captured body, decoded, as one JSON object

pub mod body;
pub mod encode;
pub mod error;
pub mod json;
pub mod lines;
pub mod models;
pub mod report;
pub mod sse;

mod anthropic_messages;
mod cohere_v2;
mod decoders;
mod gemini;
mod json_path;
mod ollama_chat;
mod openai_chat;
mod openai_responses;
mod parts;
mod reasoning_details;
mod text;
