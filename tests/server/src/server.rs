//! Listens on a port of this machine, until it is dropped.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet};

use crate::asked::Asked;
use crate::connection;
use crate::house::{Door, House, MOUNTS, Tenant};
use crate::mount::Mount;
use crate::proxy::{self, Target};
use crate::script::Scripts;
use crate::site::Visit;
use crate::streams::{Load, Streams};
use crate::tls::Authority;

/// Where the page is served a second time, as on a static host that has several.
pub const SUB_PATH: &str = "/some/sub/path/";

/// A server on 127.0.0.1. Dropping it closes its port and every connection.
pub struct TestServer {
    house: Arc<House>,
    accepting: JoinHandle<()>,
}

impl TestServer {
    /// Plain HTTP/1.1 on a free port; panics when this machine has none to give.
    pub async fn start() -> Self {
        Self::start_on(0).await.expect("the test server found no free port on 127.0.0.1")
    }

    /// Plain HTTP/1.1 on a given port, 0 for any free one.
    pub async fn start_on(port: u16) -> io::Result<Self> {
        Self::open(Door::Plain, port).await
    }

    /// HTTP/2 and HTTP/1.1 over TLS, under a certificate for `127.0.0.1` and `localhost`.
    pub async fn start_tls() -> Self {
        Self::start_tls_on(0).await.expect("the test server found no free port on 127.0.0.1")
    }

    pub async fn start_tls_on(port: u16) -> io::Result<Self> {
        Self::open(Door::Tls, port).await
    }

    /// An HTTP proxy, behind which the names given to [`TestServer::host`] and
    /// [`TestServer::serve_dist_at`] are all there is of the internet.
    pub async fn start_proxy() -> Self {
        Self::open(Door::Proxy, 0).await.expect("the test server found no free port on 127.0.0.1")
    }

    async fn open(door: Door, port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", port)).await?;
        let house = Arc::new(House::new(listener.local_addr()?, door, Authority::new()?));
        let accepting = tokio::spawn(accept(listener, house.clone()));
        Ok(Self { house, accepting })
    }

    /// `http://127.0.0.1:PORT`, under TLS `https://127.0.0.1:PORT`, without a slash at the end.
    pub fn base_url(&self) -> String {
        self.house.base_url()
    }

    /// `127.0.0.1:PORT`, as a browser's proxy setting wants it.
    pub fn address(&self) -> String {
        self.house.address.to_string()
    }

    /// The certificate of the authority that signs all of this server's certificates.
    pub fn authority_pem(&self) -> String {
        self.house.authority.pem()
    }

    pub fn authority_der(&self) -> Vec<u8> {
        self.house.authority.der()
    }

    /// Serves a built page at `/` and at [`SUB_PATH`].
    pub fn serve_dist(&self, folder: impl Into<PathBuf>) {
        self.house.rooms().dist = Some(folder.into());
    }

    /// Serves a built page at `https://<host>/` and below [`SUB_PATH`] there, behind the proxy.
    pub fn serve_dist_at(&self, host: &str, folder: impl Into<PathBuf>) {
        self.house.rooms().hosts.insert(host.to_owned(), Tenant::Page(folder.into()));
    }

    /// Answers every request under `/m/<name>/` with this, in place of an earlier mount.
    pub fn mount(&self, name: &str, answers: impl Into<Scripts>) -> Mount {
        let url = format!("{}{MOUNTS}{name}", self.base_url());
        let mount = Mount::new(name, url, self.house.epoch, answers.into());
        self.house.rooms().mounts.insert(name.to_owned(), mount.clone());
        mount
    }

    /// Answers every request to this host behind the proxy, by https and by http, and shows pages of other
    /// origins what the real host shows them (its 401, say, may be hidden). A port that is not the scheme's own belongs to the name:
    /// `localhost:11434`.
    pub fn host(&self, name: &str, answers: impl Into<Scripts>) -> Mount {
        let scheme = if proxy::is_loopback(name) { "http" } else { "https" };
        let mount = Mount::new(name, format!("{scheme}://{name}"), self.house.epoch, answers.into());
        let mount = mount.like_host(name);
        self.house.rooms().hosts.insert(name.to_owned(), Tenant::Provider(mount.clone()));
        mount
    }

    /// Streams for measuring at `<base url>/v1/chat/completions`, beside everything else.
    pub fn streams(&self, load: Load) -> Streams {
        let streams = Streams::new(load);
        self.house.rooms().streams = Some(streams.clone());
        streams
    }

    /// The same at a host behind the proxy.
    pub fn streams_at(&self, host: &str, load: Load) -> Streams {
        let streams = Streams::new(load);
        self.house.rooms().hosts.insert(host.to_owned(), Tenant::Streams(streams.clone()));
        streams
    }

    /// Every request that went to no mount, in the order of their answers.
    pub fn visits(&self) -> Vec<Visit> {
        self.house.rooms().visits.clone()
    }

    /// Every request to whatever lives here, preflights and the page's own files among them, in the
    /// order they came.
    pub fn all_requests(&self) -> Vec<Asked> {
        self.house.rooms().asked.clone()
    }

    /// Every host that was asked of the proxy, known or not: one for each tunnel, and one for each
    /// plain request.
    pub fn attempts(&self) -> Vec<(String, u16)> {
        self.targets(|_, _| true)
    }

    /// The attempts at hosts that nobody lives at here and that no browser asks for by itself. All
    /// of them were refused.
    pub fn strangers(&self) -> Vec<(String, u16)> {
        self.targets(|target, is_known| !is_known && !target.is_browsers_own())
    }

    fn targets(&self, are_wanted: impl Fn(&Target, bool) -> bool) -> Vec<(String, u16)> {
        let rooms = self.house.rooms();
        let wanted = |target: &&Target| are_wanted(target, rooms.hosts.contains_key(&target.key()));
        rooms.attempts.iter().filter(wanted).map(|target| (target.host.clone(), target.port)).collect()
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
                connections.spawn(connection::serve(stream, house.clone()));
            },
            Some(_) = connections.join_next() => {}
        }
    }
}
