//! A provider's stand-in at `/m/<name>/`: answers any request with its next replay, and remembers
//! all it was asked.

use std::collections::VecDeque;
use std::ops::Deref;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, CONNECTION,
    CONTENT_ENCODING, CONTENT_LENGTH, TRANSFER_ENCODING,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, request};
use axum::response::{IntoResponse, Response};
use tokio::sync::watch;

use crate::asked::Asked;
use crate::connection::Line;
use crate::cors::{self, Cors};
use crate::house::Refused;
use crate::perform::Performance;
use crate::script::{Script, Scripts};

/// How long a wait may last before it fails with what was seen instead. Not a measurement.
const DEADLINE: Duration = Duration::from_secs(30);

/// A mount's handle: sets what it does, lets gated replays go on, tells what it was asked.
#[derive(Clone)]
pub struct Mount {
    stage: Arc<Stage>,
}

/// One request a mount has answered, preflights apart.
#[derive(Debug, Clone)]
pub struct Request {
    /// Method, headers, body: its fields and functions are the request's own.
    pub asked: Asked,
    /// Path and query below the mount, e.g. `/v1/chat/completions`.
    pub path: String,
    /// How many chunks of the replay were sent so far.
    pub chunks_sent: usize,
    /// Milliseconds since the server started.
    pub first_chunk_ms: Option<u64>,
    pub last_chunk_ms: Option<u64>,
    /// When each chunk was sent, as long as there are no more than [`Request::TIMED`].
    pub chunks_ms: Vec<u64>,
    /// The replay was played to its end, whichever end that was.
    pub complete: bool,
    /// The client cut the answer off before its end.
    pub aborted: bool,
}

/// A browser's question whether a page may send a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preflight {
    pub path: String,
    /// The request headers it asked for, in lower case.
    pub asked_headers: Vec<String>,
    pub refused: bool,
}

impl Mount {
    pub(crate) fn new(name: &str, url: String, epoch: Instant, scripts: Scripts) -> Self {
        let queue = scripts.0.into_iter().map(Arc::new).collect();
        let stage = Stage {
            name: name.to_owned(),
            url,
            epoch,
            settings: Mutex::new(Settings {
                cors: Cors::Reflective,
                hides_unauthorized: false,
                exposed: None,
                models: None,
                queue,
            }),
            gate: watch::Sender::default(),
            requests: watch::Sender::default(),
            preflights: watch::Sender::default(),
        };
        Self { stage: Arc::new(stage) }
    }

    /// Sets which pages may call it; at first, all.
    pub fn cors(self, cors: Cors) -> Self {
        self.stage.settings().cors = cors;
        self
    }

    /// Whether a 401 lacks what lets a page read it, as at some real hosts; at first, none does.
    pub fn hides_unauthorized(self, does: bool) -> Self {
        self.stage.settings().hides_unauthorized = does;
        self
    }

    /// Lets in the pages that a real host lets in, and as much as it does.
    pub(crate) fn like_host(self, host: &str) -> Self {
        let mut settings = self.stage.settings();
        settings.cors = Cors::of_host(host);
        settings.hides_unauthorized = cors::hides_unauthorized(host);
        settings.exposed = cors::exposed(host);
        drop(settings);
        self
    }

    /// Answers the request after the earlier ones with this; the last one repeats.
    pub fn then(self, answers: impl Into<Scripts>) -> Self {
        self.stage.settings().queue.extend(answers.into().0.into_iter().map(Arc::new));
        self
    }

    /// Answers every GET with this list of models, as JSON. The queue and [`Mount::requests`] then
    /// know only of the calls to models.
    pub fn models(self, list: impl Into<String>) -> Self {
        self.stage.settings().models = Some(list.into());
        self
    }

    /// The mount's own address, `http://127.0.0.1:PORT/m/<name>`.
    pub fn url(&self) -> &str {
        &self.stage.url
    }

    /// A moment in the milliseconds that requests are noted in.
    pub fn ms_at(&self, moment: Instant) -> u64 {
        moment.saturating_duration_since(self.stage.epoch).as_millis() as u64
    }

    /// Lets every gated replay that is under way take so many steps more.
    /// Wait for the request first: a replay that starts later does not see it.
    pub fn release(&self, steps: usize) {
        assert!(
            !self.stage.requests.borrow().is_empty(),
            "mount {}: release({steps}) before any request came; wait_for_requests first",
            self.stage.name
        );
        self.stage.gate.send_modify(|gate| gate.released += steps);
    }

    /// Opens the gate for good: for what is under way and for all that follows.
    pub fn release_all(&self) {
        self.stage.gate.send_modify(|gate| gate.open = true);
    }

    /// All requests so far, in the order of their arrival.
    pub fn requests(&self) -> Vec<Request> {
        self.stage.requests.borrow().clone()
    }

    /// All preflights so far.
    pub fn preflights(&self) -> Vec<Preflight> {
        self.stage.preflights.borrow().clone()
    }

    /// Waits until `count` requests have come in whole; panics with what was seen when they do not.
    pub async fn wait_for_requests(&self, count: usize) -> Vec<Request> {
        self.wait(&format!("{count} requests"), |all| all.len() >= count).await
    }

    /// Waits until the client has cut off `count` answers.
    pub async fn wait_aborted(&self, count: usize) -> Vec<Request> {
        self.wait(&format!("{count} aborted requests"), |all| {
            all.iter().filter(|request| request.aborted).count() >= count
        })
        .await
    }

    /// Waits until `count` answers were played to their end.
    pub async fn wait_complete(&self, count: usize) -> Vec<Request> {
        self.wait(&format!("{count} complete answers"), |all| {
            all.iter().filter(|request| request.complete).count() >= count
        })
        .await
    }

    async fn wait(&self, what: &str, reached: impl Fn(&[Request]) -> bool) -> Vec<Request> {
        let mut requests = self.stage.requests.subscribe();
        let seen = tokio::time::timeout(DEADLINE, requests.wait_for(|all| reached(all))).await;
        match seen {
            Ok(Ok(all)) => all.clone(),
            Ok(Err(_)) | Err(_) => panic!(
                "mount {} did not see {what} within {} s; it saw {:#?} and the preflights {:#?}",
                self.stage.name,
                DEADLINE.as_secs(),
                self.requests(),
                self.preflights()
            ),
        }
    }

    /// Answers one request whose body has been read; `path` is what follows the mount's name.
    pub(crate) async fn answer(
        &self,
        head: &request::Parts,
        path: &str,
        asked: Asked,
        line: Line,
    ) -> Result<Response, Refused> {
        if cors::is_preflight(&head.method, &head.headers) {
            return Ok(self.answer_preflight(head, path));
        }
        if let Some(list) = self.stage.models(&head.method) {
            let script = Script::new(200).header("content-type", "application/json");
            let mut headers = replayable_headers(&script);
            self.stage.mark(&script, &head.headers, &mut headers);
            return Ok((StatusCode::OK, headers, list).into_response());
        }
        let script = self.stage.next_script(&head.headers);
        let index = self.stage.record(Request {
            path: path.to_owned(),
            asked,
            chunks_sent: 0,
            first_chunk_ms: None,
            last_chunk_ms: None,
            chunks_ms: Vec::new(),
            complete: false,
            aborted: false,
        });
        let performance = Performance::new(self.stage.clone(), index, script.clone(), line);
        let performance = performance.open().await?;
        let status = StatusCode::from_u16(script.status).unwrap_or(StatusCode::OK);
        let mut headers = replayable_headers(&script);
        self.stage.mark(&script, &head.headers, &mut headers);
        Ok((status, headers, Body::from_stream(performance.body())).into_response())
    }

    fn answer_preflight(&self, head: &request::Parts, path: &str) -> Response {
        let answer = self.stage.settings().cors.answer_preflight(&head.headers);
        self.stage.preflights.send_modify(|all| {
            all.push(Preflight {
                path: path.to_owned(),
                asked_headers: cors::asked_headers(&head.headers).collect(),
                refused: !answer.0.is_success(),
            });
        });
        answer.into_response()
    }
}

impl Request {
    /// Bodies that are large on purpose are not noted chunk by chunk.
    pub const TIMED: usize = 4096;
}

impl Deref for Request {
    type Target = Asked;

    fn deref(&self) -> &Asked {
        &self.asked
    }
}

/// What a mount and its performances share.
pub(crate) struct Stage {
    name: String,
    url: String,
    epoch: Instant,
    settings: Mutex<Settings>,
    gate: watch::Sender<Gate>,
    requests: watch::Sender<Vec<Request>>,
    preflights: watch::Sender<Vec<Preflight>>,
}

struct Settings {
    cors: Cors,
    hides_unauthorized: bool,
    exposed: Option<&'static str>,
    models: Option<String>,
    queue: VecDeque<Arc<Script>>,
}

#[derive(Debug, Default)]
struct Gate {
    released: usize,
    open: bool,
}

impl Stage {
    /// What a GET gets, where that was said.
    fn models(&self, method: &Method) -> Option<String> {
        self.settings().models.clone().filter(|_| *method == Method::GET)
    }

    /// How many steps were released up to now; a gated replay counts from where it starts.
    pub(crate) fn released(&self) -> usize {
        self.gate.borrow().released
    }

    /// Waits until the gate is open, or more than `steps` were released in all.
    pub(crate) async fn wait_released_beyond(&self, steps: usize) {
        // The sender lives in self, so that the channel cannot close in the meantime.
        let _ = self.gate.subscribe().wait_for(|gate| gate.open || gate.released > steps).await;
    }

    pub(crate) fn note_chunk(&self, index: usize) {
        let now = self.epoch.elapsed().as_millis() as u64;
        self.update(index, |request| {
            request.chunks_sent += 1;
            request.first_chunk_ms.get_or_insert(now);
            request.last_chunk_ms = Some(now);
            if request.chunks_ms.len() < Request::TIMED {
                request.chunks_ms.push(now);
            }
        });
    }

    pub(crate) fn note_complete(&self, index: usize) {
        self.update(index, |request| request.complete = true);
    }

    pub(crate) fn note_aborted(&self, index: usize) {
        self.update(index, |request| request.aborted = true);
    }

    fn update(&self, index: usize, change: impl FnOnce(&mut Request)) {
        self.requests.send_modify(|all| change(&mut all[index]));
    }

    fn record(&self, request: Request) -> usize {
        let mut index = 0;
        self.requests.send_modify(|all| {
            index = all.len();
            all.push(request);
        });
        index
    }

    fn next_script(&self, asked: &HeaderMap) -> Arc<Script> {
        let mut settings = self.settings();
        if settings.cors.turns_away(asked) {
            return Arc::new(Script::new(403).hidden_from_pages());
        }
        let script = if settings.queue.len() > 1 {
            settings.queue.pop_front()
        } else {
            settings.queue.front().cloned()
        };
        script.unwrap_or_else(|| Arc::new(Script::new(500)))
    }

    /// Adds what lets the asking page read the answer, where this host does that.
    fn mark(&self, script: &Script, asked: &HeaderMap, answer: &mut HeaderMap) {
        let settings = self.settings();
        let is_hidden = settings.hides_unauthorized && script.status == StatusCode::UNAUTHORIZED;
        if script.is_hidden_from_pages || is_hidden {
            return;
        }
        settings.cors.mark(asked, answer);
        if let Some(exposed) = settings.exposed {
            let entry = answer.entry(ACCESS_CONTROL_EXPOSE_HEADERS);
            entry.or_insert_with(|| HeaderValue::from_static(exposed));
        }
    }

    fn settings(&self) -> MutexGuard<'_, Settings> {
        self.settings.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The headers as written, without those that this server knows better.
fn replayable_headers(script: &Script) -> HeaderMap {
    const OWN: [HeaderName; 6] = [
        ACCESS_CONTROL_ALLOW_CREDENTIALS,
        ACCESS_CONTROL_ALLOW_ORIGIN,
        CONNECTION,
        CONTENT_ENCODING,
        CONTENT_LENGTH,
        TRANSFER_ENCODING,
    ];
    let written = script.headers.iter().filter_map(|(name, value)| {
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        Some((name, HeaderValue::from_str(value).ok()?))
    });
    let mut headers: HeaderMap = written.filter(|(name, _)| !OWN.contains(name)).collect();
    if let Some(length) = script.stated_length {
        headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    }
    if script.is_gzip {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    headers
}
