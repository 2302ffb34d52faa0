//! Hands each request to the mount or the page it is for, and keeps a record of all.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use axum::body::{self, Body};
use axum::http::{Request, StatusCode, Uri, request};
use axum::response::{IntoResponse, Response};
use hyper::body::Incoming;

use crate::asked::Asked;
use crate::connection::{FarEnd, Line};
use crate::mount::Mount;
use crate::proxy::Target;
use crate::site::{self, Visit};
use crate::streams::Streams;
use crate::tls::Authority;

pub(crate) const MOUNTS: &str = "/m/";
const BODY_LIMIT: usize = 256 * 1024 * 1024;

/// What all connections share.
pub(crate) struct House {
    pub(crate) address: SocketAddr,
    pub(crate) door: Door,
    pub(crate) authority: Authority,
    pub(crate) epoch: Instant,
    rooms: Mutex<Rooms>,
}

/// How one comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Door {
    Plain,
    Tls,
    Proxy,
}

#[derive(Default)]
pub(crate) struct Rooms {
    pub(crate) dist: Option<PathBuf>,
    pub(crate) streams: Option<Streams>,
    pub(crate) mounts: HashMap<String, Mount>,
    /// By [`Target::key`].
    pub(crate) hosts: HashMap<String, Tenant>,
    pub(crate) visits: Vec<Visit>,
    pub(crate) asked: Vec<Asked>,
    pub(crate) attempts: Vec<Target>,
}

/// Who lives under a host's name.
#[derive(Clone)]
pub(crate) enum Tenant {
    Provider(Mount),
    Page(PathBuf),
    Streams(Streams),
}

/// The connection or the stream ends without an answer.
#[derive(Debug, thiserror::Error)]
#[error("refused")]
pub(crate) struct Refused;

impl House {
    pub(crate) fn new(address: SocketAddr, door: Door, authority: Authority) -> Self {
        Self { address, door, authority, epoch: Instant::now(), rooms: Mutex::default() }
    }

    /// `http://127.0.0.1:PORT`, without a slash at the end.
    pub(crate) fn base_url(&self) -> String {
        let scheme = if self.door == Door::Tls { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }

    pub(crate) fn rooms(&self) -> MutexGuard<'_, Rooms> {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that a tunnel was asked for, and says whether somebody lives at its end.
    pub(crate) fn grant(&self, uri: &Uri) -> Option<Target> {
        let target = Target::of(uri, 443)?;
        let mut rooms = self.rooms();
        rooms.attempts.push(target.clone());
        rooms.hosts.contains_key(&target.key()).then_some(target)
    }

    pub(crate) async fn answer(&self, request: Request<Incoming>, line: Line) -> Result<Response, Refused> {
        let (head, body) = request.into_parts();
        let (place, host) = match &line.end {
            FarEnd::Host(target) => (format!("https://{}", target.key()), Some(target.key())),
            FarEnd::Proxy if head.uri.authority().is_some() => {
                let target = Target::of(&head.uri, 80).ok_or(Refused)?;
                self.rooms().attempts.push(target.clone());
                (format!("http://{}", target.key()), Some(target.key()))
            }
            FarEnd::Own | FarEnd::Proxy => (self.base_url(), None),
        };
        let path = head.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        let body = body::to_bytes(Body::new(body), BODY_LIMIT).await.map_err(|_| Refused)?;
        let asked = Asked::new(&head, format!("{place}{path}"), body);
        self.rooms().asked.push(asked.clone());
        let Some(host) = host else {
            return self.answer_as_itself(&head, &path, asked, line).await;
        };
        let tenant = self.rooms().hosts.get(&host).cloned();
        match tenant {
            Some(Tenant::Provider(mount)) => mount.answer(&head, &path, asked, line).await,
            Some(Tenant::Page(dist)) => Ok(self.visit(Some(&dist), &head, &path).await),
            Some(Tenant::Streams(streams)) => {
                let answer = streams.answer(&asked, &path, &head.headers);
                Ok(answer.unwrap_or_else(|| StatusCode::NOT_FOUND.into_response()))
            }
            None => Err(Refused),
        }
    }

    async fn answer_as_itself(
        &self,
        head: &request::Parts,
        path: &str,
        asked: Asked,
        line: Line,
    ) -> Result<Response, Refused> {
        let streams = self.rooms().streams.clone();
        if let Some(answer) = streams.and_then(|streams| streams.answer(&asked, path, &head.headers)) {
            return Ok(answer);
        }
        let Some(below) = path.strip_prefix(MOUNTS) else {
            let dist = self.rooms().dist.clone();
            return Ok(self.visit(dist.as_deref(), head, path).await);
        };
        let (name, path) = below.split_at(below.find(['/', '?']).unwrap_or(below.len()));
        let mount = self.rooms().mounts.get(name).cloned();
        match mount {
            Some(mount) => mount.answer(head, path, asked, line).await,
            None => {
                self.note_visit(head, &format!("{MOUNTS}{below}"), StatusCode::NOT_FOUND);
                Ok((StatusCode::NOT_FOUND, format!("no mount named {name}\n")).into_response())
            }
        }
    }

    async fn visit(&self, dist: Option<&Path>, head: &request::Parts, path: &str) -> Response {
        let answer = match dist {
            Some(dist) => site::serve(dist, head.method.clone(), path).await,
            None => StatusCode::NOT_FOUND.into_response(),
        };
        self.note_visit(head, path, answer.status());
        answer
    }

    fn note_visit(&self, head: &request::Parts, path: &str, status: StatusCode) {
        self.rooms().visits.push(Visit {
            method: head.method.to_string(),
            path: path.to_owned(),
            status: status.as_u16(),
        });
    }
}
