//! What only a browser can show. Run by `cargo xtask test`, in Chromium and Firefox.

#![cfg(target_arch = "wasm32")]

use futures::StreamExt;
use tutti::{
    browser::{Fetch, PageClock, Tail},
    engine::transport::{Clock, Transport},
    model::{
        error::ErrorClass,
        http::{ApiKey, BaseUrl, HeaderValue, HttpRequest, Method},
    },
};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

/// Pieces of addresses that parsers are known to read differently, to be put together in all ways.
const SCHEMES: [&str; 6] = ["https://", "http://", "HTTPS://", "https:/", "https:", "https:\\\\"];
const HOSTS: [&str; 24] = [
    "api.example.com",
    "API.Example.COM",
    "user@evil.example",
    "api.example.com@evil.example",
    "api.example.com\\@evil.example",
    "api.example.com%2eevil.example",
    "api.example.com\t.evil.example",
    "127.0.0.1",
    "127.1",
    "0x7f.0.0.1",
    "2130706433",
    "017700000001",
    "1.2.3.4.",
    "example.com.",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[0:0:0:0:0:0:0:1]",
    "xn--fiq228c.example",
    "例え.example",
    "exa_mple.com",
    "a..b",
    "localhost",
    "",
    "-a.example",
];
const PORTS: [&str; 8] = ["", ":443", ":80", ":8443", ":0", ":65536", ":", ":0443"];
const PATHS: [&str; 10] =
    ["", "/", "/v1", "/v1/", "//evil.example", "/v1/../v2", "/%2e%2e/x", "/v1;x", "/\\evil.example", "/a b"];

/// The origin that a key is bound to is the one that the browser would connect to.
#[wasm_bindgen_test]
fn the_browser_agrees_about_every_address_that_is_accepted() {
    let mut accepted = 0;
    for scheme in SCHEMES {
        for host in HOSTS {
            for port in PORTS {
                for path in PATHS {
                    let text = format!("{scheme}{host}{port}{path}");
                    let Ok(base) = BaseUrl::parse(&text) else { continue };
                    accepted += 1;
                    let url = web_sys::Url::new(&base.join("/chat/completions")).expect(&text);
                    assert_eq!(url.origin(), base.origin().as_str(), "{text}");
                    assert_eq!(url.href(), base.join("/chat/completions"), "{text}");
                    let typed = web_sys::Url::new(text.trim()).expect(&text);
                    assert_eq!(typed.origin(), base.origin().as_str(), "{text}");
                }
            }
        }
    }
    assert!(accepted > 100, "only {accepted} addresses were accepted");
}

#[wasm_bindgen_test]
fn text_grows_at_its_end_and_is_never_written_again() {
    let document = web_sys::window().and_then(|window| window.document()).expect("a document");
    let root = document.create_element("div").expect("an element");
    root.set_text_content(Some("left over"));
    let mut tail = Tail::new(root.clone());
    let first = "처음 ".repeat(200);
    tail.append(&first);
    let node = root.first_child().and_then(|block| block.first_child()).expect("a text node");
    let mut expected = first;
    for piece in ["<b>not markup</b>", "日本語", "👩‍💻", "\n"].iter().cycle().take(2000) {
        tail.append(piece);
        expected.push_str(piece);
    }
    assert_eq!(root.text_content().as_deref(), Some(expected.as_str()));
    assert!(root.child_element_count() > 3, "one endless block");
    assert!(root.query_selector("b").expect("a selector").is_none(), "text became markup");
    let still = root.first_child().and_then(|block| block.first_child());
    assert!(node.is_same_node(still.as_ref()), "a settled node was replaced");
    tail.clear();
    assert_eq!(root.text_content().as_deref(), Some(""));
}

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

#[wasm_bindgen_test]
async fn the_clock_waits_and_goes_forward() {
    let clock = PageClock::new();
    let before = clock.now();
    clock.sleep_until(before.ms + 20).await;
    let after = clock.now();
    assert!(after.ms >= before.ms + 20);
    assert!(before.wall_ms > 1_600_000_000_000);
}
