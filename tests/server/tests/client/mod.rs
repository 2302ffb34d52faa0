//! A client that trusts the server's own authority, with or without a proxy's tunnel.

// Each test binary uses its own part.
#![allow(dead_code)]

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use futures::StreamExt;
use hyper::body::Incoming;
use hyper::client::conn::{http1, http2};
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use tutti_test_server::TestServer;

/// Only turns a hang into a failure.
const PATIENCE: Duration = Duration::from_secs(20);

pub const H2: &[&[u8]] = &[b"h2"];
pub const HTTP1: &[&[u8]] = &[b"http/1.1"];

/// One connection. Requests over HTTP/2 may overlap.
pub enum Client {
    H1(http1::SendRequest<Body>),
    H2(http2::SendRequest<Body>),
}

pub async fn tcp(server: &TestServer) -> TcpStream {
    let stream = TcpStream::connect(server.address()).await.unwrap();
    stream.set_nodelay(true).unwrap();
    stream
}

/// Asks the proxy for a tunnel; an error is the status it answered.
pub async fn tunnel(proxy: &TestServer, target: &str) -> Result<TcpStream, u16> {
    let mut stream = tcp(proxy).await;
    let ask = format!("CONNECT {target} HTTP/1.1\r\nhost: {target}\r\n\r\n");
    stream.write_all(ask.as_bytes()).await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(in_time(stream.read_u8()).await.expect("a proxy's answer"));
    }
    let head = String::from_utf8(head).unwrap();
    match head.split(' ').nth(1).unwrap() {
        "200" => Ok(stream),
        status => Err(status.parse().unwrap()),
    }
}

/// Speaks TLS with whoever holds a certificate for `name` that the server's authority signed.
pub async fn trusting(
    server: &TestServer,
    stream: TcpStream,
    name: &str,
    protocols: &[&[u8]],
) -> io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(server.authority_der())).unwrap();
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
    let name = ServerName::try_from(name.to_owned()).unwrap();
    in_time(TlsConnector::from(Arc::new(config)).connect(name, stream)).await
}

impl Client {
    /// Over TLS, straight to the server.
    pub async fn tls(server: &TestServer, protocols: &[&[u8]]) -> Self {
        let stream = tcp(server).await;
        Self::over(trusting(server, stream, "127.0.0.1", protocols).await.unwrap()).await
    }

    /// Over TLS through the proxy's tunnel to a host's own name.
    pub async fn through(proxy: &TestServer, host: &str, protocols: &[&[u8]]) -> Self {
        let stream = tunnel(proxy, &format!("{host}:443")).await.expect("a tunnel");
        Self::over(trusting(proxy, stream, host, protocols).await.unwrap()).await
    }

    /// Plain requests over HTTP/1.1, to the server or its proxy.
    pub async fn plain(server: &TestServer) -> Self {
        Self::h1(TokioIo::new(tcp(server).await)).await
    }

    pub async fn over(stream: TlsStream<TcpStream>) -> Self {
        if stream.get_ref().1.alpn_protocol() != Some(b"h2") {
            return Self::h1(TokioIo::new(stream)).await;
        }
        let (sender, connection) =
            http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        Self::H2(sender)
    }

    async fn h1<I>(io: I) -> Self
    where
        I: hyper::rt::Read + hyper::rt::Write + Unpin + Send + 'static,
    {
        let (sender, connection) = http1::handshake(io).await.unwrap();
        tokio::spawn(connection);
        Self::H1(sender)
    }

    pub async fn get(&mut self, url: &str) -> Answer {
        self.ask("GET", url, &[], "").await.unwrap()
    }

    pub async fn post(&mut self, url: &str, body: &str) -> Answer {
        self.ask("POST", url, &[], body).await.unwrap()
    }

    pub async fn ask(
        &mut self,
        method: &str,
        url: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> hyper::Result<Answer> {
        let mut request = Request::builder().method(method).uri(url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(body.to_owned())).unwrap();
        let response = match self {
            Self::H1(sender) => in_time(sender.send_request(request)).await,
            Self::H2(sender) => in_time(sender.clone().send_request(request)).await,
        };
        response.map(Answer)
    }
}

pub struct Answer(pub Response<Incoming>);

impl Answer {
    pub fn status(&self) -> u16 {
        self.0.status().as_u16()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.0.headers().get(name).map(|value| value.to_str().unwrap())
    }

    pub fn chunks(self) -> Chunks {
        Chunks(Body::new(self.0.into_body()).into_data_stream())
    }

    /// The body when it ends well.
    pub async fn text(self) -> String {
        let (text, error) = self.chunks().rest().await;
        assert_eq!(error, None);
        text
    }
}

pub struct Chunks(axum::body::BodyDataStream);

impl Chunks {
    pub async fn next(&mut self) -> Option<Result<Bytes, String>> {
        loop {
            let next = in_time(self.0.next()).await?;
            // HTTP/2 may say in an empty frame that nothing more comes.
            if next.as_ref().map_or(true, |chunk| !chunk.is_empty()) {
                return Some(next.map_err(|error| chain(&error)));
            }
        }
    }

    /// The next chunk as text; panics when there is none.
    pub async fn text(&mut self) -> String {
        let chunk = self.next().await.expect("a chunk").expect("a chunk");
        String::from_utf8(chunk.to_vec()).unwrap()
    }

    /// All that still comes, and the error it ends with, if any.
    pub async fn rest(mut self) -> (String, Option<String>) {
        let mut text = Vec::new();
        let mut error = None;
        while let Some(next) = self.next().await {
            match next {
                Ok(chunk) => text.extend_from_slice(&chunk),
                Err(why) => {
                    error = Some(why);
                    break;
                }
            }
        }
        (String::from_utf8(text).unwrap(), error)
    }
}

/// An error with all that caused it.
fn chain(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {}", chain(source)),
        None => error.to_string(),
    }
}

pub async fn in_time<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, what).await.expect("nothing came in time")
}
