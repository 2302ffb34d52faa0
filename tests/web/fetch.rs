//! Requests over the network.

use futures::{FutureExt, StreamExt};
use js_sys::Reflect;
use tutti::{
    browser::{Fetch, WorkerFetch},
    engine::transport::Transport,
    model::{
        error::ErrorClass,
        http::{ApiKey, BaseUrl, HeaderValue, HttpRequest, Method},
    },
};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

use super::page::{self, Replaced};

const BOTH: [&dyn Transport; 2] = [&Fetch, &WorkerFetch];

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
    for by in BOTH {
        let mut reply = by.send(request("/")).await.expect("the test page answers");
        assert_eq!(reply.status, 200);
        assert!(reply.headers.get("Content-Type").is_some_and(|kind| kind.contains("html")));
        let mut bytes = Vec::new();
        while let Some(piece) = reply.body.next().await {
            bytes.extend(piece.expect("a whole body"));
        }
        assert!(String::from_utf8_lossy(&bytes).contains("<html"));
    }
}

#[wasm_bindgen_test]
async fn a_key_for_another_origin_stops_the_request() {
    let elsewhere = BaseUrl::from_static("https://api.example.com").origin();
    let key = ApiKey::new(elsewhere, "sk-canary").expect("a key");
    let mut request = request("/");
    request.headers.push(("authorization", HeaderValue::Key { prefix: "Bearer ", key }));
    for by in BOTH {
        let Err(error) = by.send(request.clone()).await else { panic!("the request went out") };
        assert_eq!(error.class, ErrorClass::Request);
        assert!(!error.message.contains("sk-canary"));
    }
}

#[wasm_bindgen_test]
async fn a_dead_server_is_a_network_error() {
    let mut request = request("/");
    request.base = BaseUrl::from_static("http://127.0.0.1:9");
    for by in BOTH {
        let Err(error) = by.send(request.clone()).await else { panic!("somebody answered") };
        assert_eq!(error.class, ErrorClass::NetworkOrCors);
        // In the browser's own words.
        assert!(!error.message.is_empty());
    }
}

/// What a worker is given is what the page's own requests are made of; here it is looked at on its way.
#[wasm_bindgen_test]
async fn a_worker_is_given_no_more_than_the_page_would_send() {
    // The worker runs before its ears are covered.
    drop(WorkerFetch.send(request("/")).await.expect("the test page answers"));
    js_sys::eval(
        "window.posted = []; window.postMessageOfWorkers = Worker.prototype.postMessage;
        Worker.prototype.postMessage = (message) => { posted.push(message) }",
    )
    .expect("a prototype that can be changed");
    let mut request = request("/v1/chat?api-version=7");
    request.method = Method::Post;
    request.body = Some("{}".to_owned());
    request.headers.push(("content-type", HeaderValue::Plain("application/json".into())));
    let mut waiting = WorkerFetch.send(request);
    assert!((&mut waiting).now_or_never().is_none());
    drop(waiting);
    let seen = js_sys::eval(
        "Worker.prototype.postMessage = postMessageOfWorkers;
        const [[id, url, init], ...rest] = posted;
        JSON.stringify([new URL(url).pathname, init, rest.map(([of, ...more]) => [of === id, ...more])])",
    );
    let expected = r#"["/v1/chat",{"method":"POST","headers":[["content-type","application/json"]],"body":"{}","redirect":"error","credentials":"omit","referrerPolicy":"no-referrer","cache":"no-store"},[[true]]]"#;
    assert_eq!(seen.expect("what was posted").as_string().as_deref(), Some(expected));
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
