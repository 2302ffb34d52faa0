//! Bytes to meaning and back: framing, one module per dialect, error bodies, model lists.
//!
//! - [`body`]: the bytes of an answer, in any framing, to [`StreamEvent`](crate::model::event::StreamEvent)s
//! - [`error`]: the body of a refusal to an [`ApiError`](crate::model::error::ApiError)

pub mod body;
pub mod error;
