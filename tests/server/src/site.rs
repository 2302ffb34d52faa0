//! The built page, as a static host would serve it.

use std::path::Path;

use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, HeaderValue};
use axum::http::{Method, Request, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use tower_http::services::ServeDir;

use crate::server::SUB_PATH;

/// One request for a file of the page, or for anything else that is no mount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    pub method: String,
    /// Path and query as asked.
    pub path: String,
    pub status: u16,
}

/// Answers a request for a file. The same folder is seen at `/` and at the sub-path.
pub(crate) async fn serve(dist: &Path, method: Method, asked: &str) -> Response {
    let (path, _) = asked.split_once('?').unwrap_or((asked, ""));
    if path == SUB_PATH.trim_end_matches('/') {
        return Redirect::permanent(SUB_PATH).into_response();
    }
    let inside = match path.strip_prefix(SUB_PATH) {
        Some(rest) => format!("/{rest}"),
        None => path.to_owned(),
    };
    let Ok(request) = Request::builder().method(method).uri(inside).body(Body::empty()) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    // It refuses to leave the folder and lists none; a missing file is a 404.
    let Ok(answer) = ServeDir::new(dist).try_call(request).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let mut answer = answer.map(Body::new);
    answer.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    answer
}
