//! Streams for measuring: what they send, and that the log tells the truth about when.

mod client;

use std::process::Stdio;
use std::time::{SystemTime, UNIX_EPOCH};

use client::{Answer, Client, H2, HTTP1, in_time};
use futures::future::join_all;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tutti_test_server::{Load, TestServer};

const PATH: &str = "/v1/chat/completions";

async fn start(load: Load) -> (TestServer, tutti_test_server::Streams, String) {
    let server = TestServer::start_tls().await;
    let streams = server.streams(load);
    let url = format!("{}{PATH}", server.base_url());
    (server, streams, url)
}

/// The text that the events of a body make, up to the `[DONE]` that must be last.
fn text_of(body: &str) -> String {
    let mut events: Vec<&str> = body.split_terminator("\n\n").collect();
    assert_eq!(events.pop(), Some("data: [DONE]"));
    let data = events.iter().map(|event| {
        let data: Value = serde_json::from_str(event.strip_prefix("data: ").unwrap()).unwrap();
        data["choices"][0]["delta"]["content"].as_str().unwrap_or_default().to_owned()
    });
    data.collect()
}

fn epoch_ms() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_micros() as f64 / 1000.0
}

#[tokio::test]
async fn two_hundred_streams_are_equal_and_all_are_logged() {
    let (_server, streams, url) = start(Load::new(200, 50, 500.0, 5)).await;
    let mut client = Client::tls(&_server, H2).await;
    let before = epoch_ms();
    let mut answers: Vec<Answer> = Vec::new();
    for model in streams.models() {
        answers.push(client.post(&url, &format!(r#"{{"model":"{model}","stream":true}}"#)).await);
    }
    let bodies = join_all(answers.into_iter().map(Answer::text)).await;
    let after = epoch_ms();
    let text = text_of(&bodies[0]);
    assert_eq!(text, streams.text());
    assert!(text.starts_with('▶') && text.ends_with('∎'), "{text}");
    assert!(bodies.iter().all(|body| *body == bodies[0]));

    let log = streams.wait_over(200).await;
    assert_eq!(log.len(), 200);
    for (index, record) in log.iter().enumerate() {
        assert_eq!((record.id, record.model.as_str()), (index, streams.models()[index].as_str()));
        assert_eq!((record.is_h2, record.aborted, record.bytes), (true, false, bodies[0].len()));
        let (first, last) = (record.first_epoch_ms.unwrap(), record.last_epoch_ms.unwrap());
        assert!(before <= record.asked_epoch_ms && record.asked_epoch_ms < first, "{record:?}");
        assert!(first < last && last <= after, "{record:?}");
        // 5 ms to the first token, 49 pauses of 2 ms; a slow machine makes it longer, never shorter.
        assert!(record.first_ms.unwrap() - record.asked_ms >= 5.0, "{record:?}");
        assert!(record.last_ms.unwrap() - record.asked_ms >= 103.0, "{record:?}");
    }
}

#[tokio::test]
async fn tokens_that_come_too_fast_for_a_wake_up_each_all_come() {
    let (_server, streams, url) = start(Load::new(1, 1000, 10_000.0, 0)).await;
    let mut client = Client::tls(&_server, H2).await;
    let answer = client.post(&url, "{}").await;
    assert_eq!(text_of(&answer.text().await), streams.text());
    let record = &streams.wait_over(1).await[0];
    assert!(record.last_ms.unwrap() - record.asked_ms >= 99.9, "{record:?}");
}

#[tokio::test]
async fn together_means_that_none_starts_before_the_last_was_asked_for() {
    let (_server, streams, url) = start(Load::new(8, 3, 0.0, 0).start_together()).await;
    for round in 1..=2 {
        let mut client = Client::tls(&_server, H2).await;
        let mut answers = Vec::new();
        for _ in 0..7 {
            answers.push(client.post(&url, "{}").await);
        }
        assert!(streams.log().iter().rev().take(7).all(|record| record.first_ms.is_none()));
        answers.push(client.post(&url, "{}").await);
        join_all(answers.into_iter().map(Answer::text)).await;
        let log = streams.wait_over(8 * round).await;
        let last_asked = log.iter().map(|record| record.asked_ms).fold(0.0, f64::max);
        let this_round = &log[8 * (round - 1)..];
        assert!(this_round.iter().all(|record| record.first_ms.unwrap() >= last_asked), "{log:?}");
    }
}

#[tokio::test]
async fn a_stream_that_its_client_leaves_is_logged_as_such() {
    let (_server, streams, url) = start(Load::new(2, 1000, 50.0, 0)).await;
    let mut client = Client::tls(&_server, H2).await;
    let mut chunks = client.post(&url, "{}").await.chunks();
    assert!(chunks.text().await.contains('▶'));
    drop(chunks);
    let record = &streams.wait_over(1).await[0];
    assert!(record.aborted && record.last_ms.is_none() && record.first_ms.is_some(), "{record:?}");
    assert!(record.bytes > 0);
}

#[tokio::test]
async fn the_log_can_be_read_and_forgotten_by_any_page() {
    let server = TestServer::start().await;
    let streams = server.streams(Load::new(3, 2, 0.0, 0));
    let mut client = Client::plain(&server).await;
    client.post(PATH, r#"{"model":"stream-2"}"#).await.text().await;
    streams.wait_over(1).await;

    let origin = [("origin", "https://page.test")];
    let answer = client.ask("GET", "/__log", &origin, "").await.unwrap();
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    let log: Value = serde_json::from_str(&answer.text().await).unwrap();
    let record = &log[0];
    assert_eq!(log.as_array().unwrap().len(), 1);
    assert_eq!((&record["model"], &record["protocol"]), (&"stream-2".into(), &"http/1.1".into()));
    assert_eq!((&record["done"], &record["aborted"]), (&true.into(), &false.into()));
    assert_eq!(record["last_epoch_ms"].as_f64(), streams.log()[0].last_epoch_ms);
    assert!(record["last_ms"].as_f64().is_some());

    assert_eq!(client.ask("GET", "/__reset", &origin, "").await.unwrap().status(), 204);
    assert_eq!(client.get("/__log").await.text().await, "[]");
    assert_eq!(client.ask("POST", PATH, &origin, "{}").await.unwrap().status(), 200);
    streams.wait_over(1).await;
    assert_eq!(streams.log()[0].id, 0);
}

#[tokio::test]
async fn models_and_preflights_are_answered() {
    let server = TestServer::start().await;
    let streams = server.streams(Load::new(3, 2, 0.0, 0));
    let mut client = Client::plain(&server).await;
    let list: Value = serde_json::from_str(&client.get("/v1/models").await.text().await).unwrap();
    let names: Vec<_> = list["data"].as_array().unwrap().iter().map(|model| model["id"].clone()).collect();
    assert_eq!(names, streams.models());
    let asks = [
        ("origin", "https://page.test"),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "authorization,content-type"),
        ("access-control-request-private-network", "true"),
    ];
    let answer = client.ask("OPTIONS", PATH, &asks, "").await.unwrap();
    assert_eq!((answer.status(), answer.header("access-control-allow-origin")), (204, Some("*")));
    assert_eq!(answer.header("access-control-allow-headers"), Some("authorization,content-type"));
    assert_eq!(answer.header("access-control-allow-private-network"), Some("true"));
    assert!(streams.log().is_empty());
    assert_eq!(client.get("/other").await.status(), 404);
}

#[tokio::test]
async fn behind_the_proxy_streams_have_a_name() {
    let proxy = TestServer::start_proxy().await;
    let streams = proxy.streams_at("streams.example", Load::new(1, 5, 0.0, 0));
    for protocols in [H2, HTTP1] {
        let mut client = Client::through(&proxy, "streams.example", protocols).await;
        let url = format!("https://streams.example{PATH}");
        let url = if matches!(client, Client::H2(_)) { url.as_str() } else { PATH };
        assert_eq!(text_of(&client.post(url, "{}").await.text().await), streams.text());
    }
    assert_eq!(streams.wait_over(2).await.len(), 2);
}

#[tokio::test]
async fn the_program_says_where_it_listens_and_ends_with_its_input() {
    let mut program = tokio::process::Command::new(env!("CARGO_BIN_EXE_tutti-test-server"))
        .args(["--tls", "--streams", "2", "--tokens", "3", "--rate", "0", "--ttft", "0", "--together"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(program.stdout.take().unwrap()).lines();
    let line = in_time(lines.next_line()).await.unwrap().unwrap();
    let address = line.strip_prefix("listening on https://127.0.0.1:").unwrap();
    assert!(address.parse::<u16>().is_ok(), "{line}");
    let line = in_time(lines.next_line()).await.unwrap().unwrap();
    assert!(line.starts_with("streams https://127.0.0.1:") && line.contains("2 models"), "{line}");
    drop(program.stdin.take());
    assert!(in_time(program.wait()).await.unwrap().success());
}
