//! Many streams of equal length at an even pace, for measuring what a page does with them.
//!
//! `POST /v1/chat/completions` streams an answer in the dialect of OpenAI's chat completions, whose
//! first text is `▶` and whose last is `∎`; `GET /v1/models` lists as many models as there are to be
//! streams. `GET /__log` tells when each stream's first and last byte were written, `/__reset` forgets
//! it. Every page may read all of it.
//!
//! Each token has its moment from the beginning, so that one that is late makes no later one late.
//! Tokens that are overdue go out together.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::body::Body;
use axum::http::header::{
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, CACHE_CONTROL, CONTENT_TYPE,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::time::Instant;

use crate::asked::Asked;
use crate::cors::{self, Cors};

mod running;
mod score;

use running::Running;
use score::Score;

const TIMING_ALLOW_ORIGIN: HeaderName = HeaderName::from_static("timing-allow-origin");

/// What the streams are like.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Load {
    /// How many models are listed, and how many requests wait for each other when they start together.
    pub streams: usize,
    /// Pieces of text of each stream, the first and the last mark among them; at least two.
    pub tokens: usize,
    pub tokens_per_second: f64,
    /// From the request, or from the common start, to the first token.
    pub ttft_ms: u64,
    /// No stream starts before so many have been asked for; then all start at once.
    pub start_together: bool,
}

/// The handle of the streams.
#[derive(Clone)]
pub struct Streams {
    shared: Arc<Shared>,
}

/// What became of one stream. Times are milliseconds with fractions: `*_ms` since the streams were set
/// up, `*_epoch_ms` since 1970.
#[derive(Debug, Clone, PartialEq)]
pub struct StreamRecord {
    /// From 0, in the order of the requests.
    pub id: usize,
    pub model: String,
    pub is_h2: bool,
    pub tokens: usize,
    pub asked_ms: f64,
    pub asked_epoch_ms: f64,
    /// When the first text had been handed to the kernel.
    pub first_ms: Option<f64>,
    pub first_epoch_ms: Option<f64>,
    /// When the last byte had been handed to the kernel.
    pub last_ms: Option<f64>,
    pub last_epoch_ms: Option<f64>,
    pub bytes: usize,
    /// How far a token stayed behind its moment at most.
    pub late_max_ms: f64,
    /// The client went before the end.
    pub aborted: bool,
}

struct Shared {
    load: Load,
    score: Score,
    epoch: Instant,
    state: Mutex<State>,
    /// Wakes who waits for records.
    changed: watch::Sender<()>,
}

struct State {
    records: Vec<StreamRecord>,
    /// Goes up with each reset, so that a stream of an earlier time writes into no later record.
    age: usize,
    start: watch::Sender<Option<Instant>>,
    waiting: usize,
}

impl Load {
    pub fn new(streams: usize, tokens: usize, tokens_per_second: f64, ttft_ms: u64) -> Self {
        Self { streams, tokens: tokens.max(2), tokens_per_second, ttft_ms, start_together: false }
    }

    pub fn start_together(mut self) -> Self {
        self.start_together = true;
        self
    }

    /// When a token goes out, after the start.
    fn due(&self, token: usize) -> Duration {
        let pace = if self.tokens_per_second > 0.0 { token as f64 / self.tokens_per_second } else { 0.0 };
        Duration::from_millis(self.ttft_ms) + Duration::from_secs_f64(pace)
    }
}

impl Streams {
    pub(crate) fn new(load: Load) -> Self {
        let state = State { records: Vec::new(), age: 0, start: watch::Sender::new(None), waiting: 0 };
        let shared = Shared {
            score: Score::new(load.tokens),
            load,
            epoch: Instant::now(),
            state: Mutex::new(state),
            changed: watch::Sender::default(),
        };
        Self { shared: Arc::new(shared) }
    }

    /// The whole text of each stream.
    pub fn text(&self) -> &str {
        &self.shared.score.text
    }

    /// The names that `/v1/models` lists.
    pub fn models(&self) -> Vec<String> {
        (1..=self.shared.load.streams).map(|number| format!("stream-{number}")).collect()
    }

    /// All streams since the last reset, in the order of their requests.
    pub fn log(&self) -> Vec<StreamRecord> {
        self.shared.state().records.clone()
    }

    pub fn reset(&self) {
        let mut state = self.shared.state();
        state.records.clear();
        state.age += 1;
        state.waiting = 0;
        state.start = watch::Sender::new(None);
    }

    /// Waits until so many streams have been written to their end or left by their client.
    pub async fn wait_over(&self, count: usize) -> Vec<StreamRecord> {
        let mut changed = self.shared.changed.subscribe();
        loop {
            let log = self.log();
            if log.iter().filter(|record| record.is_over()).count() >= count {
                return log;
            }
            // The sender lives in self.
            let _ = changed.changed().await;
        }
    }

    /// Answers a request that is for the streams.
    pub(crate) fn answer(&self, asked: &Asked, path: &str, headers: &HeaderMap) -> Option<Response> {
        let path = path.split('?').next().unwrap_or(path);
        let is_known = ["/v1/chat/completions", "/v1/models", "/__log", "/__reset"].contains(&path);
        if !is_known {
            return None;
        }
        let preflight = Method::OPTIONS;
        if asked.method == preflight.as_str() && cors::is_preflight(&preflight, headers) {
            let (status, mut allowed) = Cors::Star.answer_preflight(headers);
            allowed.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("7200"));
            return Some((status, allowed).into_response());
        }
        let mut answer = match path {
            "/v1/models" => Self::json(&self.models_list()),
            "/__log" => Self::json(&self.log().iter().map(StreamRecord::to_json).collect()),
            "/__reset" => {
                self.reset();
                StatusCode::NO_CONTENT.into_response()
            }
            _ => self.stream(asked),
        };
        let marks = answer.headers_mut();
        Cors::Star.mark(headers, marks);
        marks.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("*"));
        marks.insert(TIMING_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        marks.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        Some(answer)
    }

    fn json(value: &Value) -> Response {
        ([(CONTENT_TYPE, "application/json")], value.to_string()).into_response()
    }

    fn models_list(&self) -> Value {
        let model = |name: &String| json!({ "id": name, "object": "model", "owned_by": "test" });
        json!({ "object": "list", "data": self.models().iter().map(model).collect::<Value>() })
    }

    fn stream(&self, asked: &Asked) -> Response {
        let request: Value = serde_json::from_slice(&asked.body).unwrap_or_default();
        let model = request["model"].as_str().unwrap_or_default().to_owned();
        let body = Running::new(self.shared.clone(), model, asked.is_h2);
        let kind = [(CONTENT_TYPE, "text/event-stream; charset=utf-8")];
        (kind, Body::from_stream(body)).into_response()
    }
}

impl StreamRecord {
    /// Written to its end, or left by its client.
    pub fn is_over(&self) -> bool {
        self.last_ms.is_some() || self.aborted
    }

    fn to_json(&self) -> Value {
        json!({
            "id": self.id,
            "model": self.model,
            "protocol": if self.is_h2 { "h2" } else { "http/1.1" },
            "tokens": self.tokens,
            "asked_ms": self.asked_ms,
            "asked_epoch_ms": self.asked_epoch_ms,
            "first_ms": self.first_ms,
            "first_epoch_ms": self.first_epoch_ms,
            "last_ms": self.last_ms,
            "last_epoch_ms": self.last_epoch_ms,
            "bytes": self.bytes,
            "late_max_ms": self.late_max_ms,
            "done": self.last_ms.is_some(),
            "aborted": self.aborted,
        })
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now_ms(&self) -> f64 {
        self.epoch.elapsed().as_secs_f64() * 1000.0
    }

    fn note(&self, place: Place, change: impl FnOnce(&mut StreamRecord, f64, f64)) {
        let (now_ms, epoch_ms) = (self.now_ms(), epoch_ms());
        let mut state = self.state();
        if state.age == place.age
            && let Some(record) = state.records.get_mut(place.id)
        {
            change(record, now_ms, epoch_ms);
        }
        drop(state);
        self.changed.send_replace(());
    }
}

#[derive(Clone, Copy)]
struct Place {
    /// Its number among the records since the last reset.
    id: usize,
    age: usize,
}

fn epoch_ms() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_micros() as f64 / 1000.0
}
