//! TLS with HTTP/2, and the proxy under which hosts have their real names.

mod client;

use client::{Client, H2, HTTP1, in_time, tcp, trusting, tunnel};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tutti_test_server::{Cors, End, Replay, TestServer};

fn abc() -> Replay {
    Replay::new(200).header("content-type", "text/plain").chunks(["a", "bb", "ccc"])
}

#[tokio::test]
async fn the_same_mount_speaks_http2_and_http1_over_tls() {
    let server = TestServer::start_tls().await;
    let mount = server.mount("openai", abc());
    assert!(mount.url().starts_with("https://127.0.0.1:"), "{}", mount.url());
    for (protocols, is_h2) in [(H2, true), (HTTP1, false), (&[b"h2" as &[u8], b"http/1.1"][..], true)] {
        let mut client = Client::tls(&server, protocols).await;
        assert_eq!(matches!(client, Client::H2(_)), is_h2);
        let url = if is_h2 { format!("{}/v1/x?q=1", mount.url()) } else { "/m/openai/v1/x?q=1".to_owned() };
        let answer = client.post(&url, "body").await;
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.text().await, "abbccc");
        let request = mount.requests().pop().unwrap();
        assert_eq!((request.path.as_str(), request.is_h2), ("/v1/x?q=1", is_h2));
        assert_eq!(request.url, format!("{}/v1/x?q=1", mount.url()));
        assert_eq!(request.body_text(), "body");
    }
}

#[tokio::test]
async fn the_certificate_holds_for_both_names_and_no_other() {
    let server = TestServer::start_tls().await;
    for (name, is_good) in [("127.0.0.1", true), ("localhost", true), ("tutti.example", false)] {
        let stream = tcp(&server).await;
        assert_eq!(trusting(&server, stream, name, H2).await.is_ok(), is_good, "{name}");
    }
    let other = TestServer::start_tls().await;
    let stream = tcp(&server).await;
    assert!(trusting(&other, stream, "localhost", H2).await.is_err(), "another server's authority");
    assert!(server.authority_pem().starts_with("-----BEGIN CERTIFICATE-----"));
}

#[tokio::test]
async fn streams_of_one_connection_run_beside_each_other() {
    let server = TestServer::start_tls().await;
    let mount = server.mount("many", abc().gated(1));
    let mut client = Client::tls(&server, H2).await;
    let mut bodies = Vec::new();
    for _ in 0..300 {
        let mut body = client.get(&format!("{}/x", mount.url())).await.chunks();
        assert_eq!(body.text().await, "a");
        bodies.push(body);
    }
    assert_eq!(mount.requests().len(), 300);
    mount.release_all();
    for body in bodies {
        assert_eq!(body.rest().await, ("bbccc".to_owned(), None));
    }
}

#[tokio::test]
async fn over_http2_each_chunk_comes_when_it_is_released() {
    let server = TestServer::start_tls().await;
    let mount = server.mount("slow", abc().gated(0));
    let mut client = Client::tls(&server, H2).await;
    let mut body = client.get(&format!("{}/x", mount.url())).await.chunks();
    for (sent, expected) in ["a", "bb", "ccc"].into_iter().enumerate() {
        assert_eq!(mount.requests()[0].chunks_sent, sent);
        mount.release(1);
        assert_eq!(body.text().await, expected);
    }
    mount.release(1);
    assert!(body.next().await.is_none());
}

// On two threads, so that the connection and the stream race each other.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_that_is_reset_takes_no_other_along() {
    let server = TestServer::start_tls().await;
    let bad = server.mount("bad", abc().end(End::Reset));
    let good = server.mount("good", abc().gated(1));
    let mut client = Client::tls(&server, H2).await;
    let mut other = client.get(&format!("{}/x", good.url())).await.chunks();
    assert_eq!(other.text().await, "a");
    for _ in 0..200 {
        let (text, error) = client.get(&format!("{}/x", bad.url())).await.chunks().rest().await;
        assert_eq!(text, "abbccc", "what was sent before the reset arrives");
        let error = error.expect("a reset");
        assert!(error.contains("INTERNAL_ERROR") || error.contains("internal error"), "{error}");
    }
    good.release_all();
    assert_eq!(other.rest().await, ("bbccc".to_owned(), None));
    assert!(bad.requests().iter().all(|request| request.complete && !request.aborted));
}

#[tokio::test]
async fn over_http1_a_reset_and_a_close_end_the_connection() {
    for (end, what) in [(End::Reset, "reset"), (End::Close, "end")] {
        let server = TestServer::start_tls().await;
        let mount = server.mount("bad", abc().end(end));
        let mut client = Client::tls(&server, HTTP1).await;
        let (text, error) = client.get("/m/bad/x").await.chunks().rest().await;
        assert_eq!(text, "abbccc");
        let error = error.expect("an error");
        assert!(error.to_lowercase().contains(what), "{end:?}: {error}");
        assert!(mount.wait_complete(1).await[0].complete);
    }
}

#[tokio::test]
async fn a_server_that_goes_away_takes_all_streams_along() {
    let server = TestServer::start_tls().await;
    let bad = server.mount("bad", abc().end(End::Close).gated(3));
    let good = server.mount("good", abc().gated(1));
    let mut client = Client::tls(&server, H2).await;
    let mut other = client.get(&format!("{}/x", good.url())).await.chunks();
    assert_eq!(other.text().await, "a");
    let body = client.get(&format!("{}/x", bad.url())).await.chunks();
    bad.release(1);
    let (text, error) = body.rest().await;
    assert_eq!(text, "abbccc");
    assert!(error.is_some());
    assert!(other.next().await.unwrap().is_err());
    good.wait_aborted(1).await;
}

#[tokio::test]
async fn a_stream_that_the_client_drops_is_seen_and_the_others_run_on() {
    let server = TestServer::start_tls().await;
    let mount = server.mount("openai", abc().gated(1));
    let mut client = Client::tls(&server, H2).await;
    let mut bodies = Vec::new();
    for _ in 0..200 {
        let mut body = client.get(&format!("{}/x", mount.url())).await.chunks();
        assert_eq!(body.text().await, "a");
        bodies.push(body);
    }
    bodies.truncate(100);
    let requests = mount.wait_aborted(100).await;
    assert!(requests.iter().take(100).all(|request| !request.aborted));
    mount.release_all();
    for body in bodies {
        assert_eq!(body.rest().await, ("bbccc".to_owned(), None));
    }
    assert_eq!(mount.wait_complete(100).await.iter().filter(|request| request.aborted).count(), 100);
}

#[tokio::test]
async fn behind_the_proxy_a_host_answers_under_its_real_name() {
    let proxy = TestServer::start_proxy().await;
    let openai = proxy.host("api.openai.com", abc());
    let anthropic = proxy.host("api.anthropic.com", Replay::json(401, "{}"));
    assert_eq!(openai.url(), "https://api.openai.com");
    for (protocols, is_h2) in [(H2, true), (HTTP1, false)] {
        let mut client = Client::through(&proxy, "api.openai.com", protocols).await;
        let url = if is_h2 { "https://api.openai.com/v1/models" } else { "/v1/models" };
        let answer = client.ask("GET", url, &[("authorization", "Bearer k")], "").await.unwrap();
        assert_eq!(answer.text().await, "abbccc");
        let request = openai.requests().pop().unwrap();
        assert_eq!(request.url, "https://api.openai.com/v1/models");
        assert_eq!((request.is_h2, request.header("authorization")), (is_h2, Some("Bearer k")));
    }
    assert!(anthropic.requests().is_empty());
    assert_eq!(proxy.attempts(), vec![("api.openai.com".to_owned(), 443); 2]);
    assert_eq!(proxy.strangers(), []);
}

#[tokio::test]
async fn a_tunnels_certificate_is_made_for_its_host() {
    let proxy = TestServer::start_proxy().await;
    proxy.host("api.openai.com", abc());
    let stream = tunnel(&proxy, "api.openai.com:443").await.unwrap();
    assert!(trusting(&proxy, stream, "api.anthropic.com", H2).await.is_err());
}

#[tokio::test]
async fn an_unknown_host_is_refused_and_noted() {
    let proxy = TestServer::start_proxy().await;
    proxy.host("api.openai.com", abc());
    assert_eq!(tunnel(&proxy, "evil.example:443").await.unwrap_err(), 502);
    assert_eq!(tunnel(&proxy, "api.openai.com:8443").await.unwrap_err(), 502);
    assert_eq!(tunnel(&proxy, "update.googleapis.com:443").await.unwrap_err(), 502);
    let mut client = Client::plain(&proxy).await;
    assert!(client.ask("GET", "http://evil.example/beacon?key=1", &[], "").await.is_err());
    let named = |host: &str, port| (host.to_owned(), port);
    let strangers = [named("evil.example", 443), named("api.openai.com", 8443), named("evil.example", 80)];
    assert_eq!(proxy.strangers(), strangers);
    assert_eq!(proxy.attempts().len(), 4);
    // What a plain request said before it was refused is known too.
    assert!(proxy.all_requests().iter().any(|asked| asked.mentions("beacon?key=1")));
}

#[tokio::test]
async fn plain_requests_through_the_proxy_reach_their_host() {
    let proxy = TestServer::start_proxy().await;
    let ollama = proxy.host("localhost:11434", abc());
    assert_eq!(ollama.url(), "http://localhost:11434");
    let mut client = Client::plain(&proxy).await;
    let answer = client.post("http://localhost:11434/api/chat", "{}").await;
    assert_eq!(answer.text().await, "abbccc");
    assert_eq!(ollama.requests()[0].path, "/api/chat");
    assert_eq!(ollama.requests()[0].url, "http://localhost:11434/api/chat");
    assert_eq!(proxy.attempts(), [("localhost".to_owned(), 11434)]);
    assert_eq!(proxy.strangers(), []);
}

#[tokio::test]
async fn a_reset_through_a_tunnel_ends_only_that_tunnel() {
    let proxy = TestServer::start_proxy().await;
    let bad = proxy.host("api.openai.com", abc().end(End::Reset).gated(3));
    let good = proxy.host("api.mistral.ai", abc().gated(1));
    let mut client = Client::through(&proxy, "api.openai.com", HTTP1).await;
    let mut other = Client::through(&proxy, "api.mistral.ai", H2).await;
    let mut going_on = other.get("https://api.mistral.ai/").await.chunks();
    assert_eq!(going_on.text().await, "a");
    let body = client.get("/").await.chunks();
    bad.release(1);
    let (text, error) = body.rest().await;
    assert_eq!(text, "abbccc");
    assert!(error.unwrap().to_lowercase().contains("reset"));
    good.release_all();
    assert_eq!(going_on.rest().await, ("bbccc".to_owned(), None));
}

#[tokio::test]
async fn a_host_lets_in_the_pages_that_the_real_one_lets_in() {
    let proxy = TestServer::start_proxy().await;
    let gemini = proxy.host("generativelanguage.googleapis.com", abc());
    proxy.host("bedrock.example", abc());
    let mut client = Client::through(&proxy, "generativelanguage.googleapis.com", HTTP1).await;
    let asks = |names| {
        [
            ("origin", "https://tutti.example"),
            ("access-control-request-method", "POST"),
            ("access-control-request-headers", names),
        ]
    };
    let url = "/v1beta/models/x:streamGenerateContent";
    let allowed = client.ask("OPTIONS", url, &asks("content-type,x-goog-api-key"), "").await.unwrap();
    assert_eq!((allowed.status(), allowed.header("access-control-allow-origin")), (204, Some("*")));
    let refused = client.ask("OPTIONS", url, &asks("x-title"), "").await.unwrap();
    assert_eq!(refused.status(), 403);
    assert_eq!(gemini.preflights().len(), 2);
    assert_eq!(Cors::of_host("bedrock.example"), Cors::None);
    let mut client = Client::through(&proxy, "bedrock.example", HTTP1).await;
    let answer = client.ask("POST", "/", &[("origin", "https://tutti.example")], "").await.unwrap();
    assert_eq!(answer.header("access-control-allow-origin"), None);
    // Preflights are among all requests, at every host.
    let methods: Vec<_> = proxy.all_requests().iter().map(|asked| asked.method.clone()).collect();
    assert_eq!(methods, ["OPTIONS", "OPTIONS", "POST"]);
}

#[tokio::test]
async fn the_page_lives_under_a_name_of_its_own() {
    let dist = tempfile::tempdir().unwrap();
    std::fs::write(dist.path().join("index.html"), "<!doctype html>").unwrap();
    let proxy = TestServer::start_proxy().await;
    proxy.serve_dist_at("tutti.example", dist.path());
    let mut client = Client::through(&proxy, "tutti.example", H2).await;
    for path in ["/", "/some/sub/path/", "/index.html?x=1"] {
        let answer = client.get(&format!("https://tutti.example{path}")).await;
        assert_eq!((answer.status(), answer.header("content-type")), (200, Some("text/html")), "{path}");
        assert_eq!(answer.text().await, "<!doctype html>");
    }
    assert_eq!(client.get("https://tutti.example/none").await.status(), 404);
    assert_eq!(proxy.visits().len(), 4);
    let urls: Vec<_> = proxy.all_requests().iter().map(|asked| asked.url.clone()).collect();
    assert_eq!(urls[2], "https://tutti.example/index.html?x=1");
}

#[tokio::test]
async fn a_dropped_proxy_closes_its_tunnels() {
    let proxy = TestServer::start_proxy().await;
    proxy.host("api.openai.com", abc().gated(1));
    let mut client = Client::through(&proxy, "api.openai.com", H2).await;
    let mut body = client.get("https://api.openai.com/").await.chunks();
    assert_eq!(body.text().await, "a");
    let mut idle = tunnel(&proxy, "api.openai.com:443").await.unwrap();
    drop(proxy);
    assert!(body.next().await.unwrap().is_err());
    let mut rest = Vec::new();
    assert_eq!(in_time(idle.read_to_end(&mut rest)).await.unwrap_or(0), 0);
}

#[tokio::test]
async fn garbage_in_a_tunnel_or_at_the_door_harms_nobody() {
    let proxy = TestServer::start_proxy().await;
    let mount = proxy.host("api.openai.com", abc());
    for mut stream in [tunnel(&proxy, "api.openai.com:443").await.unwrap(), tcp(&proxy).await] {
        stream.write_all(b"\x00\xff garbage\r\n\r\n").await.unwrap();
        let mut rest = Vec::new();
        let _ = in_time(stream.read_to_end(&mut rest)).await;
    }
    let mut client = Client::through(&proxy, "api.openai.com", H2).await;
    assert_eq!(client.get("https://api.openai.com/").await.text().await, "abbccc");
    assert_eq!(mount.requests().len(), 1);
}
