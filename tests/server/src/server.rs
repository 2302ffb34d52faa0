//! Listens on a port of this machine, until it is dropped.

use std::collections::HashMap;
use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use axum::body::{self, Body};
use axum::http::{Request, StatusCode};
use axum::response::{IntoResponse, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use crate::mount::Mount;
use crate::replay::Replay;
use crate::site::{self, Visit};
use crate::wire::{Cutter, Wire};

/// Where the page is served a second time, as on a static host that has several.
pub const SUB_PATH: &str = "/some/sub/path/";

const MOUNTS: &str = "/m/";
const BODY_LIMIT: usize = 256 * 1024 * 1024;

/// A server on 127.0.0.1. Dropping it closes its port and every connection.
pub struct TestServer {
    house: Arc<House>,
    accepting: JoinHandle<()>,
}

/// What all connections share.
struct House {
    address: SocketAddr,
    epoch: Instant,
    rooms: Mutex<Rooms>,
}

#[derive(Default)]
struct Rooms {
    dist: Option<PathBuf>,
    mounts: HashMap<String, Mount>,
    visits: Vec<Visit>,
}

impl TestServer {
    /// Starts on a free port; panics when this machine has none to give.
    pub async fn start() -> Self {
        Self::start_on(0).await.expect("the test server found no free port on 127.0.0.1")
    }

    /// Starts on a given port, 0 for any free one.
    pub async fn start_on(port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", port)).await?;
        let house = Arc::new(House {
            address: listener.local_addr()?,
            epoch: Instant::now(),
            rooms: Mutex::default(),
        });
        let accepting = tokio::spawn(accept(listener, house.clone()));
        Ok(Self { house, accepting })
    }

    /// `http://127.0.0.1:PORT`, without a slash at the end.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.house.address)
    }

    /// Serves a built page at `/` and at [`SUB_PATH`].
    pub fn serve_dist(&self, folder: impl Into<PathBuf>) {
        self.house.rooms().dist = Some(folder.into());
    }

    /// Answers every request under `/m/<name>/` with this replay, in place of an earlier mount.
    pub fn mount(&self, name: &str, replay: Replay) -> Mount {
        let url = format!("{}{MOUNTS}{name}", self.base_url());
        let mount = Mount::new(name, url, self.house.epoch, replay);
        self.house.rooms().mounts.insert(name.to_owned(), mount.clone());
        mount
    }

    /// Every request that went to no mount, in the order of their answers.
    pub fn visits(&self) -> Vec<Visit> {
        self.house.rooms().visits.clone()
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// The connections belong to this task: when it is aborted, they all end.
async fn accept(listener: TcpListener, house: Arc<House>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => if let Ok((stream, _)) = accepted {
                connections.spawn(connect(stream, house.clone()));
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn connect(stream: TcpStream, house: Arc<House>) {
    // Without this the kernel would hold small chunks back to join them.
    let _ = stream.set_nodelay(true);
    let (wire, cutter) = Wire::new(stream);
    let service = service_fn(move |request| {
        let (house, cutter) = (house.clone(), cutter.clone());
        async move { Ok::<_, Infallible>(house.answer(request, cutter).await) }
    });
    // An error here is a client that went away, or a replay that ends in a reset.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(wire), service).await;
}

impl House {
    async fn answer(&self, request: Request<Incoming>, cutter: Cutter) -> Response {
        let (head, body) = request.into_parts();
        let below_mounts = head.uri.path_and_query().and_then(|path| path.as_str().strip_prefix(MOUNTS));
        let Some(below) = below_mounts else {
            return self.visit(&head).await;
        };
        let (name, path) = below.split_at(below.find(['/', '?']).unwrap_or(below.len()));
        let mount = self.rooms().mounts.get(name).cloned();
        let Some(mount) = mount else {
            self.note_visit(&head, StatusCode::NOT_FOUND);
            return (StatusCode::NOT_FOUND, format!("no mount named {name}\n")).into_response();
        };
        match body::to_bytes(Body::new(body), BODY_LIMIT).await {
            Ok(body) => mount.answer(&head, path, body, cutter),
            Err(_) => StatusCode::BAD_REQUEST.into_response(),
        }
    }

    async fn visit(&self, head: &axum::http::request::Parts) -> Response {
        let dist = self.rooms().dist.clone();
        let answer = match dist {
            Some(dist) => site::serve(&dist, head.method.clone(), &head.uri).await,
            None => StatusCode::NOT_FOUND.into_response(),
        };
        self.note_visit(head, answer.status());
        answer
    }

    fn note_visit(&self, head: &axum::http::request::Parts, status: StatusCode) {
        self.rooms().visits.push(Visit {
            method: head.method.to_string(),
            path: head.uri.to_string(),
            status: status.as_u16(),
        });
    }

    fn rooms(&self) -> MutexGuard<'_, Rooms> {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
