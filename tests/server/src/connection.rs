//! One connection: plain, under TLS, or a proxy's, which becomes a tunnel under a host's name.

use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use axum::response::{IntoResponse, Response};
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

use crate::house::{Door, House, Refused};
use crate::proxy::Target;
use crate::tls::H2;
use crate::wire::{Cutter, Wire};

/// More than any test opens, so that no stream waits for another.
const STREAMS_AT_ONCE: u32 = 1024;

/// What a request needs to know of the connection it came over.
#[derive(Clone)]
pub(crate) struct Line {
    pub(crate) cutter: Cutter,
    pub(crate) end: FarEnd,
    pub(crate) protocol: Protocol,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protocol {
    H1,
    H2,
}

/// Whom the client believes to speak with.
#[derive(Clone)]
pub(crate) enum FarEnd {
    /// This server by its own address.
    Own,
    /// A proxy: plain requests name the host in their first line.
    Proxy,
    /// A host, through a proxy's tunnel.
    Host(Target),
}

pub(crate) async fn serve(stream: TcpStream, house: Arc<House>) {
    // Without this the kernel would hold small chunks back to join them.
    let _ = stream.set_nodelay(true);
    let (wire, cutter) = Wire::new(stream);
    let line = |end| Line { cutter: cutter.clone(), end, protocol: Protocol::H1 };
    match house.door {
        Door::Plain => speak(wire, &house, line(FarEnd::Own)).await,
        Door::Tls => secure(wire, "localhost", &house, line(FarEnd::Own)).await,
        Door::Proxy => {
            if let Some((target, tunnel)) = mediate(wire, &house, line(FarEnd::Proxy)).await {
                let name = target.host.clone();
                secure(TokioIo::new(tunnel), &name, &house, line(FarEnd::Host(target))).await;
            }
        }
    }
}

async fn secure<I>(io: I, name: &str, house: &Arc<House>, mut line: Line)
where
    I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let Ok(acceptor) = house.authority.acceptor(name) else { return };
    // A client that does not trust the certificate goes here.
    let Ok(stream) = acceptor.accept(io).await else { return };
    if stream.get_ref().1.alpn_protocol() == Some(H2) {
        line.protocol = Protocol::H2;
    }
    speak(stream, house, line).await;
}

async fn speak<I>(io: I, house: &Arc<House>, line: Line)
where
    I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (house, cutter, protocol) = (house.clone(), line.cutter.clone(), line.protocol);
    let io = TokioIo::new(io);
    let service = service_fn(move |request| {
        let (house, line) = (house.clone(), line.clone());
        async move { house.answer(request, line).await }
    });
    // An error here is a client that went away, or an answer that ends before its end.
    if protocol == Protocol::H2 {
        let connection = http2::Builder::new(TokioExecutor::new())
            .max_concurrent_streams(STREAMS_AT_ONCE)
            .max_pending_accept_reset_streams(STREAMS_AT_ONCE as usize)
            .serve_connection(io, service);
        tokio::select! { _ = connection => {}, () = cutter.cut() => {} }
    } else {
        let connection = http1::Builder::new().serve_connection(io, service);
        tokio::select! { _ = connection => {}, () = cutter.cut() => {} }
    }
}

/// A proxy's conversation; when it ends in a tunnel, that.
async fn mediate(wire: Wire, house: &Arc<House>, line: Line) -> Option<(Target, Upgraded)> {
    let cutter = line.cutter.clone();
    let granted: Arc<Mutex<Option<(Target, OnUpgrade)>>> = Arc::default();
    let service = {
        let (house, granted) = (house.clone(), granted.clone());
        service_fn(move |request: Request<Incoming>| {
            let (house, line, granted) = (house.clone(), line.clone(), granted.clone());
            async move {
                if request.method() != Method::CONNECT {
                    return house.answer(request, line).await;
                }
                Ok::<Response, Refused>(match house.grant(request.uri()) {
                    Some(target) => {
                        let tunnel = (target, hyper::upgrade::on(request));
                        *granted.lock().unwrap_or_else(PoisonError::into_inner) = Some(tunnel);
                        Response::new(Body::empty())
                    }
                    None => StatusCode::BAD_GATEWAY.into_response(),
                })
            }
        })
    };
    let connection = http1::Builder::new().serve_connection(TokioIo::new(wire), service).with_upgrades();
    tokio::select! { _ = connection => {}, () = cutter.cut() => {} }
    let granted = granted.lock().unwrap_or_else(PoisonError::into_inner).take();
    let (target, tunnel) = granted?;
    Some((target, tunnel.await.ok()?))
}
