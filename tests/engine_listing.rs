//! Asking for the models: pages, bounds, refusals, and where the key goes.

#[path = "common/parts/mod.rs"]
mod parts;

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use futures::{executor::LocalPool, future::LocalBoxFuture, task::LocalSpawnExt};
use parts::{End, Exchange, Scripted, VirtualClock};
use serde_json::json;
use tutti::{
    engine::{
        listing::list_models,
        transport::{Reply, Transport},
    },
    model::{
        catalog,
        error::{ApiError, ErrorClass},
        http::{ApiKey, HttpRequest, Method},
        listing::ModelInfo,
        provider::{Dialect, Provider},
    },
};

const CANARY: &str = "sk-canary-7b1f02c9e4";
const MEGABYTE: usize = 1 << 20;

/// A server that remembers what it was asked.
struct Server {
    script: Scripted,
    asked: Rc<RefCell<Vec<HttpRequest>>>,
}

impl Transport for Server {
    fn send(&self, request: HttpRequest) -> LocalBoxFuture<'static, Result<Reply, ApiError>> {
        self.asked.borrow_mut().push(request.clone());
        self.script.send(request)
    }
}

struct Listed {
    models: Result<Vec<ModelInfo>, ApiError>,
    asked: Vec<HttpRequest>,
    took_ms: u64,
}

impl Listed {
    fn ids(&self) -> Vec<&str> {
        self.models.as_ref().unwrap().iter().map(|model| model.id.as_str()).collect()
    }

    fn class(&self) -> ErrorClass {
        self.models.as_ref().unwrap_err().class
    }
}

/// Asks a server that plays the exchanges in order.
fn list_of(provider: &Provider, dialect: Dialect, exchanges: Vec<Exchange>) -> Listed {
    let clock = VirtualClock::new();
    let asked = Rc::new(RefCell::new(Vec::new()));
    let server = Server { script: Scripted::new(&clock, exchanges), asked: Rc::clone(&asked) };
    let (key, came) = (ApiKey::new(provider.base_url.origin(), CANARY).unwrap(), Rc::new(Cell::new(None)));
    let (provider, time, put) = (provider.clone(), clock.handle(), Rc::clone(&came));
    let mut pool = LocalPool::new();
    let listing = async move {
        let models = list_models(&provider, dialect, Some(&key), &server, &*time).await;
        put.set(Some((models, time.ms())));
    };
    pool.spawner().spawn_local(listing).unwrap();
    pool.run_until_stalled();
    while let Some(next) = clock.next_at() {
        clock.turn_to(next);
        pool.run_until_stalled();
    }
    let (models, took_ms) = came.take().expect("the list, or why there is none");
    let asked = asked.borrow().clone();
    Listed { models, asked, took_ms }
}

fn row(id: &str) -> &'static Provider {
    catalog::find(id).unwrap()
}

fn openai(exchange: Exchange) -> Listed {
    list_of(row("openai"), Dialect::OpenaiChat, vec![exchange])
}

fn google(exchanges: Vec<Exchange>) -> Listed {
    list_of(row("google"), Dialect::Gemini, exchanges)
}

/// A page of Google's with one model, and the token of the next page.
fn page(model: &str, next: Option<&str>) -> Exchange {
    let page = json!({ "models": [{ "name": model }], "nextPageToken": next });
    Exchange::status(200, page.to_string())
}

/// A list of so many bytes, a megabyte at a time.
fn sized(bytes: usize, end: End) -> Exchange {
    let mut body = br#"{"models":[{"name":"m"}],"nextPageToken":"more"}"#.to_vec();
    body.resize(bytes, b' ');
    let pieces = body.chunks(MEGABYTE).map(|piece| (0, piece.to_vec())).collect();
    Exchange { pieces, end, ..Exchange::status(200, "") }
}

// Pages

#[test]
fn all_pages_are_asked_for_in_order() {
    let listed = google(vec![page("a", Some("t/1")), page("b", Some("t 2")), page("c", None)]);
    assert_eq!(listed.ids(), ["a", "b", "c"]);
    let paths: Vec<_> = listed.asked.iter().map(|request| request.path.as_str()).collect();
    let first = "/models?pageSize=1000";
    assert_eq!(
        paths,
        [first, &format!("{first}&pageToken=t%2F1"), &format!("{first}&pageToken=t%202")].map(str::to_owned)
    );
    assert_eq!(listed.took_ms, 30);
}

#[test]
fn each_format_with_pages_is_read_on() {
    let anthropic =
        |ids: &[&str], more| json!({ "data": [{ "id": ids[0] }], "has_more": more, "last_id": ids[0] });
    let cohere =
        |name: &str, next: Option<&str>| json!({ "models": [{ "name": name }], "next_page_token": next });
    let check = |id: &str, dialect, pages: [serde_json::Value; 2], asks: &str| {
        let pages = pages.map(|page| Exchange::status(200, page.to_string()));
        let listed = list_of(row(id), dialect, pages.to_vec());
        assert_eq!(listed.ids(), ["a", "b"], "{id}");
        assert!(listed.asked[1].path.ends_with(asks), "{}", listed.asked[1].path);
    };
    let pages = [anthropic(&["a"], true), anthropic(&["b"], false)];
    check("anthropic", Dialect::AnthropicMessages, pages, "&after_id=a");
    check("cohere", Dialect::CohereV2, [cohere("a", Some("t")), cohere("b", None)], "&page_token=t");
}

#[test]
fn a_list_without_end_is_cut_after_twenty_pages() {
    let pages = (0..30).map(|number| page(&format!("m{number}"), Some(&format!("t{number}"))));
    let listed = google(pages.collect());
    assert_eq!((listed.asked.len(), listed.ids().len()), (20, 20));
    assert_eq!(listed.ids()[19], "m19");
}

#[test]
fn a_page_that_names_itself_as_the_next_is_the_last() {
    let listed = google(vec![page("a", Some("t")), page("b", Some("t"))]);
    assert_eq!((listed.ids(), listed.asked.len()), (vec!["a", "b"], 2));
}

#[test]
fn a_format_without_pages_is_asked_once_whatever_the_list_says() {
    let list = json!({ "data": [{ "id": "a" }], "has_more": true, "last_id": "a" });
    let listed = openai(Exchange::status(200, list.to_string()));
    assert_eq!((listed.ids(), listed.asked.len()), (vec!["a"], 1));
}

#[test]
fn a_page_that_fails_fails_the_list() {
    let listed = google(vec![page("a", Some("t")), Exchange::status(503, "")]);
    assert_eq!(listed.class(), ErrorClass::Server);
}

// Bounds

#[test]
fn a_person_waits_thirty_seconds_and_no_longer() {
    let late = |exchange: Exchange| {
        let listed = openai(exchange);
        assert_eq!((listed.class(), listed.took_ms), (ErrorClass::Timeout, 30_000));
    };
    late(Exchange { connect_ms: 40_000, ..page("a", None) });
    late(Exchange { end: End::Silence, ..page("a", None) });
    let slow = Exchange { connect_ms: 29_000, pieces: vec![(2_000, vec![b' '])], ..page("a", None) };
    late(slow);
    let in_time = openai(Exchange { connect_ms: 29_000, ..page("a", None) });
    assert_eq!((in_time.ids(), in_time.took_ms), (vec!["a"], 29_000));
}

#[test]
fn all_pages_together_have_thirty_seconds() {
    let slow = |number: u32| Exchange {
        connect_ms: 4_000,
        ..page(&format!("m{number}"), Some(&format!("t{number}")))
    };
    let listed = google((0..20).map(slow).collect());
    assert_eq!((listed.class(), listed.took_ms, listed.asked.len()), (ErrorClass::Timeout, 30_000, 8));
}

#[test]
fn sixteen_megabytes_are_read_and_no_more() {
    let full = list_of(row("openai"), Dialect::OpenaiChat, vec![sized(16 * MEGABYTE, End::Eof)]);
    assert_eq!(full.ids(), ["m"]);
    // It is not waited for more than that.
    let listed = list_of(row("openai"), Dialect::OpenaiChat, vec![sized(16 * MEGABYTE + 1, End::Silence)]);
    assert_eq!((listed.class(), listed.took_ms), (ErrorClass::TooLarge, 10));
    let both = google(vec![sized(9 * MEGABYTE, End::Eof), sized(9 * MEGABYTE, End::Eof)]);
    assert_eq!((both.class(), both.asked.len()), (ErrorClass::TooLarge, 2));
}

// Failures

#[test]
fn a_refusal_tells_its_reason_and_never_the_key() {
    let body =
        json!({ "error": { "message": format!("Incorrect API key provided: {CANARY}."), "code": CANARY } });
    for exchange in [
        Exchange::status(401, body.to_string()),
        // Some errors come as HTTP 200, some as pages.
        Exchange::status(200, body.to_string()),
        Exchange::status(502, format!("<html><title>{CANARY}</title></html>")),
    ] {
        let status = exchange.status;
        let listed = openai(exchange);
        let said = format!("{:?}", listed.models);
        assert!(said.contains("[key]") && !said.contains(CANARY), "{status:?}: {said}");
    }
    assert_eq!(openai(Exchange::status(401, body.to_string())).class(), ErrorClass::Auth);
}

#[test]
fn a_refusal_stays_one_however_its_words_end() {
    let refused = |exchange: Exchange, took_ms| {
        let listed = openai(exchange);
        assert_eq!((listed.class(), listed.took_ms), (ErrorClass::Auth, took_ms));
        assert_eq!(listed.models.unwrap_err().http_status, Some(401));
    };
    let words = r#"{"error":{"message":"Incorrect API key provided"}}"#;
    refused(Exchange::status(401, words).broken_off(1, End::Reset), 10);
    refused(Exchange::status(401, words).broken_off(0, End::Reset), 10);
    refused(Exchange::status(401, words).broken_off(1, End::Silence), 30_000);
    let endless = vec![(0, vec![b'x'; MEGABYTE])];
    refused(Exchange { pieces: endless, end: End::Silence, ..Exchange::status(401, "") }, 10);
}

#[test]
fn no_connection_and_a_lost_one_are_told_apart() {
    assert_eq!(openai(Exchange::no_connection()).class(), ErrorClass::NetworkOrCors);
    let lost = openai(page("a", None).broken_off(1, End::Reset));
    assert_eq!(lost.class(), ErrorClass::ConnectionLost);
}

#[test]
fn what_is_no_list_is_said() {
    assert_eq!(openai(Exchange::status(200, "{}")).class(), ErrorClass::Protocol);
    assert_eq!(openai(Exchange::status(200, "<html>Log in</html>")).class(), ErrorClass::NotAStream);
    assert_eq!(openai(Exchange::status(200, r#"{"data":[]}"#)).ids(), [""; 0]);
}

// The key, and where nobody can be asked

#[test]
fn the_key_is_in_a_header_and_nowhere_else() {
    let rows = catalog::all().iter().filter(|row| !row.needs_base_url());
    for (row, dialect) in rows.flat_map(|row| row.dialects.iter().map(move |dialect| (row, *dialect))) {
        let listed = list_of(row, dialect, vec![page("a", Some("t")), page("b", None)]);
        for request in &listed.asked {
            assert_eq!((request.method, &request.body), (Method::Get, &None));
            assert!(!format!("{} {request:?}", request.url()).contains(CANARY), "{}", row.id);
            let headers = request.headers_to_send().unwrap();
            let with_key = headers.iter().filter(|(_, value)| value.ends_with(CANARY));
            assert_eq!(with_key.count(), 1, "{}", row.id);
        }
        assert!(!listed.asked.is_empty(), "{}", row.id);
    }
}

#[test]
fn a_placeholder_is_never_asked() {
    let listed = list_of(row("azure"), Dialect::OpenaiChat, vec![page("a", None)]);
    assert_eq!((listed.class(), listed.asked.len(), listed.took_ms), (ErrorClass::Request, 0, 0));
}
