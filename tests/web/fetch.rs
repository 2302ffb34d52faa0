//! Requests over the network.

use futures::StreamExt;
use tutti::{
    browser::Fetch,
    engine::transport::Transport,
    model::{
        error::ErrorClass,
        http::{ApiKey, BaseUrl, HeaderValue, HttpRequest, Method},
    },
};
use wasm_bindgen_test::wasm_bindgen_test;

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
