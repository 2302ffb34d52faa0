//! Requests over the network.

use futures::{FutureExt, StreamExt};
use js_sys::Reflect;
use tutti::{
    browser::Fetch,
    engine::transport::Transport,
    model::{
        error::ErrorClass,
        http::{ApiKey, BaseUrl, HeaderValue, HttpRequest, Method},
    },
};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

use super::page::{self, Replaced};

fn request(path: &str) -> HttpRequest {
    let origin = web_sys::window().and_then(|window| window.location().origin().ok()).expect("an origin");
    HttpRequest {
        method: Method::Get,
        base: BaseUrl::parse(&origin).expect("the test page's own address"),
        path: path.to_owned(),
        headers: Vec::new(),
        body: None,
    }
}

#[wasm_bindgen_test]
async fn a_reply_is_read_piece_by_piece_to_its_end() {
    let mut reply = Fetch.send(request("/")).await.expect("the test page answers");
    assert_eq!(reply.status, 200);
    assert!(reply.headers.get("Content-Type").is_some());
    let mut bytes = Vec::new();
    while let Some(piece) = reply.body.next().await {
        bytes.extend(piece.expect("a whole body"));
    }
    assert!(String::from_utf8_lossy(&bytes).contains("<html"));
}

#[wasm_bindgen_test]
async fn a_key_for_another_origin_stops_the_request() {
    let elsewhere = BaseUrl::from_static("https://api.example.com").origin();
    let key = ApiKey::new(elsewhere, "sk-canary").expect("a key");
    let mut request = request("/");
    request.headers.push(("authorization", HeaderValue::Key { prefix: "Bearer ", key }));
    let Err(error) = Fetch.send(request).await else { panic!("the request went out") };
    assert_eq!(error.class, ErrorClass::Request);
    assert!(!error.message.contains("sk-canary"));
}

#[wasm_bindgen_test]
async fn a_dead_server_is_a_network_error() {
    let mut request = request("/");
    request.base = BaseUrl::from_static("http://127.0.0.1:9");
    let Err(error) = Fetch.send(request).await else { panic!("somebody answered") };
    assert_eq!(error.class, ErrorClass::NetworkOrCors);
}

/// Requests are kept in `window.seen`, and answered by that expression.
fn fetch_that(answers: &str) -> Replaced {
    Replaced::getter(
        "fetch",
        &format!("return (request) => {{ window.seen = request; return Promise.resolve({answers}) }}"),
    )
}

fn seen(path: &[&str]) -> JsValue {
    let step = |value: JsValue, name: &&str| Reflect::get(&value, &(*name).into()).expect("a property");
    path.iter().fold(page::global("seen"), step)
}

#[wasm_bindgen_test]
async fn a_request_carries_nothing_of_the_person_and_leaves_nothing_behind() {
    let _fetch = fetch_that("new Response('')");
    let mut request = request("/v1/chat?api-version=7");
    request.method = Method::Post;
    request.body = Some("{}".to_owned());
    request.headers.push(("content-type", HeaderValue::Plain("application/json".into())));
    let url = request.url();
    drop(Fetch.send(request).await.expect("an answer"));
    for (name, expected) in [
        ("redirect", "error"),
        ("credentials", "omit"),
        ("referrerPolicy", "no-referrer"),
        ("cache", "no-store"),
        ("mode", "cors"),
        ("method", "POST"),
        ("url", url.as_str()),
    ] {
        assert_eq!(seen(&[name]).as_string().as_deref(), Some(expected), "{name}");
    }
}

#[wasm_bindgen_test]
async fn dropping_a_reply_ends_its_request() {
    let is_aborted = || seen(&["signal", "aborted"]).as_bool();
    // No headers yet.
    let never = fetch_that("new Promise(() => {})");
    let mut waiting = Fetch.send(request("/"));
    assert!((&mut waiting).now_or_never().is_none());
    assert_eq!(is_aborted(), Some(false));
    drop(waiting);
    assert_eq!(is_aborted(), Some(true));
    drop(never);
    // In the middle of the body.
    let endless = "new Response(new ReadableStream({ start(body) { body.enqueue(new Uint8Array([7])) } }))";
    let endless = fetch_that(endless);
    let mut reply = Fetch.send(request("/")).await.expect("an answer");
    assert_eq!(reply.body.next().await, Some(Ok(vec![7])));
    assert_eq!(is_aborted(), Some(false));
    drop(reply);
    assert_eq!(is_aborted(), Some(true));
    drop(endless);
    // At its end there is nothing to abort.
    let _whole = fetch_that("new Response('whole')");
    let mut reply = Fetch.send(request("/")).await.expect("an answer");
    while reply.body.next().await.is_some() {}
    drop(reply);
    assert_eq!(is_aborted(), Some(false));
}

#[wasm_bindgen_test]
async fn a_body_that_breaks_gives_what_had_come() {
    let breaking = "new Response(new ReadableStream({ pull(body) {
        if (window.broken) { body.error(new TypeError('network error')) }
        else { window.broken = true; body.enqueue(new Uint8Array([7])) }
    } }, { highWaterMark: 0 }))";
    let _fetch = fetch_that(breaking);
    let mut reply = Fetch.send(request("/")).await.expect("an answer");
    assert_eq!(reply.body.next().await, Some(Ok(vec![7])));
    let Some(Err(error)) = reply.body.next().await else { panic!("it went on") };
    assert_eq!(error.class, ErrorClass::NetworkOrCors);
    assert_eq!(error.message, "network error");
    assert!(reply.body.next().await.is_none());
}
