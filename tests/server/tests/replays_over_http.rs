//! The server as a client sees it, over a plain TCP connection so that every byte counts.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tutti_test_server::{Cassette, Cors, End, Mount, Pace, Replay, TestServer};

const PATIENCE: Duration = Duration::from_secs(10);

/// A client that speaks just enough HTTP/1.1.
struct Client {
    stream: TcpStream,
    unread: Vec<u8>,
}

#[derive(Debug)]
struct Head {
    status: u16,
    text: String,
}

impl Client {
    async fn connect(server: &TestServer) -> Self {
        let address = server.base_url().replace("http://", "");
        let stream = TcpStream::connect(address).await.unwrap();
        Self { stream, unread: Vec::new() }
    }

    async fn ask(server: &TestServer, method: &str, path: &str, headers: &[&str]) -> (Self, Head) {
        Self::send(server, method, path, headers, "").await
    }

    async fn send(
        server: &TestServer,
        method: &str,
        path: &str,
        headers: &[&str],
        body: &str,
    ) -> (Self, Head) {
        let mut client = Self::connect(server).await;
        let mut request = format!("{method} {path} HTTP/1.1\r\nhost: test\r\n");
        for header in headers {
            request += &format!("{header}\r\n");
        }
        request += &format!("content-length: {}\r\n\r\n{body}", body.len());
        client.stream.write_all(request.as_bytes()).await.unwrap();
        let head = client.head().await;
        (client, head)
    }

    async fn head(&mut self) -> Head {
        let end = loop {
            if let Some(at) = find(&self.unread, b"\r\n\r\n") {
                break at + 4;
            }
            assert!(self.read_more().await.unwrap() > 0, "no answer");
        };
        let text = String::from_utf8(self.unread.drain(..end).collect()).unwrap();
        let status = text.split(' ').nth(1).unwrap().parse().unwrap();
        Head { status, text }
    }

    /// The next chunk of a chunked body; `None` is its proper end.
    async fn chunk(&mut self) -> std::io::Result<Option<Vec<u8>>> {
        loop {
            if let Some(line) = find(&self.unread, b"\r\n") {
                let size = str::from_utf8(&self.unread[..line]).unwrap();
                let size = usize::from_str_radix(size, 16).unwrap();
                let whole = line + 2 + size + 2;
                if self.unread.len() >= whole {
                    let chunk = self.unread[line + 2..line + 2 + size].to_vec();
                    self.unread.drain(..whole);
                    return Ok(Some(chunk).filter(|chunk| !chunk.is_empty()));
                }
            }
            if self.read_more().await? == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
        }
    }

    async fn chunks(&mut self) -> Vec<Vec<u8>> {
        let mut chunks = Vec::new();
        while let Some(chunk) = self.chunk().await.unwrap() {
            chunks.push(chunk);
        }
        chunks
    }

    async fn text(&mut self) -> String {
        String::from_utf8(self.chunks().await.concat()).unwrap()
    }

    /// A body with a content length, as static files have.
    async fn rest(&mut self, head: &Head) -> Vec<u8> {
        let length = head.header("content-length").unwrap().parse().unwrap();
        while self.unread.len() < length {
            assert!(self.read_more().await.unwrap() > 0);
        }
        self.unread.drain(..length).collect()
    }

    async fn read_more(&mut self) -> std::io::Result<usize> {
        tokio::time::timeout(PATIENCE, self.stream.read_buf(&mut self.unread))
            .await
            .expect("nothing came in time")
    }
}

impl Head {
    fn header(&self, name: &str) -> Option<&str> {
        self.text.lines().find_map(|line| {
            let (other, value) = line.split_once(": ")?;
            other.eq_ignore_ascii_case(name).then_some(value)
        })
    }
}

fn find(hay: &[u8], needle: &[u8]) -> Option<usize> {
    hay.windows(needle.len()).position(|window| window == needle)
}

fn abc() -> Replay {
    Replay::new(200).chunks(["a", "bb", "ccc"])
}

#[tokio::test]
async fn every_chunk_arrives_as_it_was_recorded() {
    let server = TestServer::start().await;
    let pieces: Vec<String> = (1..200).map(|length| "x".repeat(length)).collect();
    server.mount("openai", Replay::new(200).chunks(pieces.clone()));
    let (mut client, head) = Client::ask(&server, "POST", "/m/openai/v1/chat/completions", &[]).await;
    assert_eq!(head.status, 200);
    assert_eq!(client.chunks().await, pieces.iter().map(|p| p.as_bytes()).collect::<Vec<_>>());
}

#[tokio::test]
async fn each_step_is_written_out_alone() {
    let server = TestServer::start().await;
    let mount = server.mount("openai", abc().gated(0));
    let (mut client, _) = Client::ask(&server, "GET", "/m/openai", &[]).await;
    for expected in ["1\r\na\r\n", "2\r\nbb\r\n", "3\r\nccc\r\n", "0\r\n\r\n"] {
        assert_eq!(String::from_utf8_lossy(&client.unread), "");
        mount.release(1);
        while client.unread.len() < expected.len() {
            client.read_more().await.unwrap();
        }
        assert_eq!(String::from_utf8_lossy(&client.unread), expected);
        client.unread.clear();
    }
}

#[tokio::test]
async fn a_timed_replay_takes_its_time() {
    let server = TestServer::start().await;
    let replay = abc().pace(Pace::Every(Duration::from_millis(5)));
    let mount = server.mount("slow", replay);
    let (mut client, _) = Client::ask(&server, "GET", "/m/slow", &[]).await;
    assert_eq!(client.text().await, "abbccc");
    let request = &mount.wait_complete(1).await[0];
    let span = request.last_chunk_ms.unwrap() - request.first_chunk_ms.unwrap();
    assert!(span >= 9, "{span} ms for two pauses of 5 ms");
}

#[tokio::test]
async fn a_gated_replay_moves_only_when_it_is_released() {
    let server = TestServer::start().await;
    let mount = server.mount("openai", abc().gated(1));
    let (mut client, _) = Client::ask(&server, "GET", "/m/openai/v1/models", &[]).await;
    assert_eq!(client.chunk().await.unwrap().unwrap(), b"a");
    assert_eq!(mount.requests()[0].chunks_sent, 1);
    assert!(!mount.requests()[0].complete);

    mount.release(1);
    assert_eq!(client.chunk().await.unwrap().unwrap(), b"bb");
    assert_eq!(mount.requests()[0].chunks_sent, 2);

    mount.release_all();
    assert_eq!(client.chunk().await.unwrap().unwrap(), b"ccc");
    assert_eq!(client.chunk().await.unwrap(), None);
    let request = &mount.wait_complete(1).await[0];
    assert!(request.complete && !request.aborted);
    assert!(request.first_chunk_ms <= request.last_chunk_ms);
}

#[tokio::test]
async fn the_end_is_a_step_of_its_own() {
    let server = TestServer::start().await;
    let mount = server.mount("reset", abc().end(End::Reset).gated(3));
    let (mut client, _) = Client::ask(&server, "GET", "/m/reset", &[]).await;
    for expected in ["a", "bb", "ccc"] {
        assert_eq!(client.chunk().await.unwrap().unwrap(), expected.as_bytes());
    }
    assert!(!mount.requests()[0].complete);
    mount.release(1);
    let error = client.chunk().await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
    assert!(mount.requests()[0].complete && !mount.requests()[0].aborted);
}

#[tokio::test]
async fn a_client_that_goes_is_seen_and_the_others_run_on() {
    let server = TestServer::start().await;
    let mount = server.mount("openai", abc().gated(1));
    let (mut first, _) = Client::ask(&server, "POST", "/m/openai/1", &[]).await;
    let (mut second, _) = Client::ask(&server, "POST", "/m/openai/2", &[]).await;
    first.chunk().await.unwrap();
    drop(first);
    let requests = mount.wait_aborted(1).await;
    assert!(requests[0].aborted && !requests[0].complete);
    assert!(!requests[1].aborted);
    mount.release_all();
    assert_eq!(second.text().await, "abbccc");
    assert!(mount.wait_complete(1).await[1].complete);
}

#[tokio::test]
async fn a_hanging_answer_stays_open_until_the_client_goes() {
    let server = TestServer::start().await;
    let mount = server.mount("hang", abc().end(End::Hang));
    let (mut client, _) = Client::ask(&server, "GET", "/m/hang/", &[]).await;
    for _ in 0..3 {
        client.chunk().await.unwrap();
    }
    assert!(!mount.requests()[0].aborted && !mount.requests()[0].complete);
    drop(client);
    mount.wait_aborted(1).await;
}

#[tokio::test]
async fn replays_are_used_one_after_another_and_the_last_repeats() {
    let server = TestServer::start().await;
    server.mount("busy", Replay::json(429, "{}").header("retry-after", "1")).then(abc());
    let (_, head) = Client::ask(&server, "POST", "/m/busy", &[]).await;
    assert_eq!((head.status, head.header("retry-after")), (429, Some("1")));
    for _ in 0..2 {
        let (_, head) = Client::ask(&server, "POST", "/m/busy", &[]).await;
        assert_eq!(head.status, 200);
    }
}

#[tokio::test]
async fn a_request_is_remembered_whole() {
    let server = TestServer::start().await;
    let mount = server.mount("google", abc());
    let path = "/m/google/v1beta/models/x:streamGenerateContent?alt=sse";
    let headers = ["X-Goog-Api-Key: secret", "content-type: application/json"];
    let (mut client, _) = Client::send(&server, "POST", path, &headers, "{\"p\":1}").await;
    client.text().await;
    let request = &mount.wait_for_requests(1).await[0];
    assert_eq!(request.method, "POST");
    assert_eq!(request.path, "/v1beta/models/x:streamGenerateContent?alt=sse");
    assert_eq!(request.header("x-goog-api-key"), Some("secret"));
    assert_eq!(request.body_text(), "{\"p\":1}");
    assert!(request.mentions("secret") && request.mentions("alt=sse") && request.mentions("\"p\""));
    assert!(!request.mentions("other"));
    assert!(server.visits().is_empty());
}

async fn preflight(server: &TestServer, name: &str, asks: &str) -> Head {
    let headers = [
        "origin: http://page.test",
        "access-control-request-method: POST",
        "access-control-request-private-network: true",
        &format!("access-control-request-headers: {asks}"),
    ];
    let path = format!("/m/{name}/v1/x");
    Client::ask(server, "OPTIONS", &path, &headers).await.1
}

async fn allow_origin(server: &TestServer, name: &str) -> Option<String> {
    let path = format!("/m/{name}/v1/x");
    let (_, head) = Client::ask(server, "POST", &path, &["origin: http://page.test"]).await;
    head.header("access-control-allow-origin").map(str::to_owned)
}

#[tokio::test]
async fn a_reflective_host_lets_any_header_pass() {
    let server = TestServer::start().await;
    let mount = server.mount("openai", abc()).cors(Cors::of_host("api.openai.com"));
    let head = preflight(&server, "openai", "authorization, x-anything").await;
    assert_eq!(head.status, 204);
    let allowed = |name| head.header(name).unwrap();
    assert_eq!(allowed("access-control-allow-headers"), "authorization, x-anything");
    assert_eq!(allowed("access-control-allow-origin"), "http://page.test");
    assert_eq!(allowed("access-control-allow-private-network"), "true");
    assert_eq!(allow_origin(&server, "openai").await.as_deref(), Some("http://page.test"));
    assert_eq!(mount.requests().len(), 1, "a preflight is no request");
    assert_eq!(mount.preflights().len(), 1);
}

#[tokio::test]
async fn a_strict_host_refuses_a_header_it_does_not_know() {
    let server = TestServer::start().await;
    let host = Cors::of_host("generativelanguage.googleapis.com");
    let mount: Mount = server.mount("google", abc()).cors(host);
    let allowed = preflight(&server, "google", "content-type,x-goog-api-key").await;
    assert_eq!(allowed.status, 204);
    assert_eq!(allowed.header("access-control-allow-origin"), Some("*"));
    let refused = preflight(&server, "google", "x-goog-api-key, X-Stainless-Lang").await;
    assert_eq!(refused.status, 403);
    assert_eq!(refused.header("access-control-allow-origin"), None);
    let seen: Vec<bool> = mount.preflights().iter().map(|p| p.refused).collect();
    assert_eq!(seen, [false, true]);
    assert_eq!(allow_origin(&server, "google").await.as_deref(), Some("*"));
}

#[tokio::test]
async fn a_host_without_cors_lets_no_page_in() {
    let server = TestServer::start().await;
    server.mount("bedrock", abc()).cors(Cors::None);
    let head = preflight(&server, "bedrock", "authorization").await;
    assert_eq!(head.status, 404);
    assert_eq!(head.header("access-control-allow-origin"), None);
    assert_eq!(allow_origin(&server, "bedrock").await, None);
}

#[tokio::test]
async fn recorded_headers_are_sent_and_the_servers_own_are_not_doubled() {
    let server = TestServer::start().await;
    let replay = abc()
        .header("content-type", "text/event-stream")
        .header("access-control-expose-headers", "X-Request-ID")
        .header("access-control-allow-origin", "http://recorded.test")
        .header("transfer-encoding", "chunked")
        .header("content-length", "999");
    server.mount("openai", replay);
    let (_, head) = Client::ask(&server, "POST", "/m/openai", &["origin: http://me"]).await;
    assert_eq!(head.header("access-control-expose-headers"), Some("X-Request-ID"));
    assert_eq!(head.header("access-control-allow-origin"), Some("http://me"));
    assert_eq!(head.header("content-length"), None);
    assert_eq!(head.text.matches("transfer-encoding").count(), 1);
}

#[tokio::test]
async fn the_page_is_served_at_the_root_and_under_a_sub_path() {
    let dist = tempfile::tempdir().unwrap();
    std::fs::create_dir(dist.path().join("assets")).unwrap();
    let files = [
        ("index.html", "text/html"),
        ("app.js", "text/javascript"),
        ("app_bg.wasm", "application/wasm"),
        ("main.css", "text/css"),
        ("assets/icon.svg", "image/svg+xml"),
    ];
    for (file, _) in files {
        std::fs::write(dist.path().join(file), file).unwrap();
    }
    std::fs::write(dist.path().with_extension("secret"), "secret").unwrap();
    let server = TestServer::start().await;
    server.serve_dist(dist.path());

    for prefix in ["/", "/some/sub/path/"] {
        for (file, mime) in files {
            let (mut client, head) = Client::ask(&server, "GET", &format!("{prefix}{file}"), &[]).await;
            assert_eq!(head.status, 200, "{prefix}{file}");
            assert_eq!(head.header("content-type"), Some(mime));
            assert_eq!(client.rest(&head).await, file.as_bytes());
        }
        let (mut client, head) = Client::ask(&server, "GET", prefix, &[]).await;
        assert_eq!(client.rest(&head).await, b"index.html");
        assert_eq!(head.header("content-type"), Some("text/html"));
        let secret = dist.path().with_extension("secret");
        let secret = secret.file_name().unwrap().to_str().unwrap();
        for missing in ["none.js", "assets/", &format!("../{secret}"), &format!("%2e%2e/{secret}")] {
            let (_, head) = Client::ask(&server, "GET", &format!("{prefix}{missing}"), &[]).await;
            assert_eq!(head.status, 404, "{prefix}{missing}");
        }
    }
    let (_, head) = Client::ask(&server, "GET", "/some/sub/path", &[]).await;
    assert_eq!(head.header("location"), Some("/some/sub/path/"));
    assert_eq!(server.visits().last().unwrap().status, head.status);
    std::fs::remove_file(dist.path().with_extension("secret")).unwrap();
}

#[tokio::test]
async fn a_dropped_server_closes_its_port_and_its_connections() {
    let server = TestServer::start().await;
    server.mount("openai", abc().gated(1));
    let (mut client, _) = Client::ask(&server, "GET", "/m/openai", &[]).await;
    client.chunk().await.unwrap();
    let address = server.base_url().replace("http://", "");
    drop(server);
    assert!(client.chunk().await.is_err());
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn a_recorded_answer_comes_back_byte_for_byte() {
    let folders = [Some(Cassette::own_folder()), Cassette::fixture_folder()];
    for folder in folders.into_iter().flatten() {
        let server = TestServer::start().await;
        // Every seventh is enough to see each kind.
        for name in Cassette::names(&folder).iter().step_by(7) {
            let cassette = Cassette::load(&folder, name).unwrap();
            server.mount("any", Replay::of(&cassette));
            let (mut client, head) = Client::ask(&server, "POST", "/m/any", &[]).await;
            assert_eq!(head.status, cassette.meta.http_status, "{name}");
            assert_eq!(client.chunks().await.concat(), cassette.body, "{name}");
        }
    }
}
