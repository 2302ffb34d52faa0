//! Keys: whom they go to, what a reload keeps of them, and what is left when they are forgotten.

use std::{cell::Cell, rc::Rc};

use js_sys::{Array, Promise};
use tutti::{
    browser::{El, Keyring, NotTaken, StorageProblem, Taken, el},
    model::http::{ApiKey, BaseUrl, HeaderValue, HttpRequest, Method, Origin},
};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{CryptoKey, HtmlTextAreaElement, IdbDatabase, IdbRequest, IdbTransactionMode, Storage};

use super::page::{self, Replaced, until};

const CANARY: &str = "sk-canary-4711";

fn here() -> Origin {
    BaseUrl::from_static("https://api.example.com/v1").origin()
}

fn elsewhere() -> Origin {
    BaseUrl::from_static("https://api.example.com:8443").origin()
}

fn key(origin: &Origin, text: &str) -> ApiKey {
    ApiKey::new(origin.clone(), text).expect("a key")
}

/// What would go out with that key.
fn secret(key: &ApiKey) -> String {
    let request = HttpRequest {
        method: Method::Get,
        base: BaseUrl::parse(key.origin().as_str()).expect("an origin"),
        path: "/".to_owned(),
        headers: vec![("authorization", HeaderValue::Key { prefix: "", key: key.clone() })],
        body: None,
    };
    request.headers_to_send().expect("the key's own origin").remove(0).1
}

fn secret_of(ring: &Keyring, origin: &Origin) -> Option<String> {
    ring.get(origin).as_ref().map(secret)
}

/// A keyring in a browser that holds no key yet.
async fn fresh() -> Keyring {
    let ring = Keyring::open().await;
    ring.forget_all();
    ring.settled().await;
    // Whatever this test leaves behind is made again after the wiping.
    let ring = Keyring::open().await;
    assert!(ring.can_remember(), "this browser cannot store keys, so nothing is tested");
    ring
}

fn entries(storage: &Storage) -> Vec<(String, String)> {
    let count = storage.length().expect("a storage");
    let name = |index| storage.key(index).expect("a storage").expect("a name");
    let entry = |name: String| {
        let value = storage.get_item(&name).expect("a storage").expect("an entry");
        (name, value)
    };
    (0..count).map(name).map(entry).collect()
}

fn session() -> Storage {
    page::window().session_storage().expect("storage").expect("a session storage")
}

fn local() -> Storage {
    page::window().local_storage().expect("storage").expect("a local storage")
}

fn key_entries() -> Vec<(String, String)> {
    let mut entries = entries(&session());
    entries.retain(|(name, _)| name.starts_with("tutti.key "));
    entries
}

async fn settled(request: &IdbRequest) -> JsValue {
    let promise = Promise::new(&mut |resolve, reject| {
        request.set_onsuccess(Some(&resolve));
        request.set_onerror(Some(&reject));
    });
    JsFuture::from(promise).await.expect("a working database");
    request.result().expect("a result")
}

async fn database() -> IdbDatabase {
    let factory = page::window().indexed_db().expect("a database").expect("databases");
    let request = factory.open("tutti.keys").expect("a request");
    settled(&request).await.dyn_into().expect("a database")
}

/// Every record of the keys' database.
async fn records() -> Vec<(String, JsValue)> {
    let database = database().await;
    let transaction = database.transaction_with_str("keys").expect("a transaction");
    let store = transaction.object_store("keys").expect("the store");
    let (names, values) = (store.get_all_keys().expect("names"), store.get_all().expect("values"));
    let (names, values) = futures::future::join(settled(&names), settled(&values)).await;
    database.close();
    let names = Array::from(&names).iter().map(|name| name.as_string().expect("a name")).collect::<Vec<_>>();
    names.into_iter().zip(Array::from(&values).iter()).collect()
}

async fn put_record(name: &str, value: &JsValue) {
    let database = database().await;
    let write = IdbTransactionMode::Readwrite;
    let transaction = database.transaction_with_str_and_mode("keys", write).expect("a transaction");
    let store = transaction.object_store("keys").expect("the store");
    settled(&store.put_with_key(value, &name.into()).expect("a request")).await;
    database.close();
}

fn names(records: &[(String, JsValue)]) -> Vec<&str> {
    records.iter().map(|(name, _)| name.as_str()).collect()
}

#[wasm_bindgen_test]
async fn a_key_is_handed_out_for_exactly_its_origin() {
    let ring = fresh().await;
    ring.set(key(&here(), CANARY));
    assert_eq!(secret_of(&ring, &here()).as_deref(), Some(CANARY));
    for other in ["https://api.example.com:8443", "http://api.example.com", "https://example.com"] {
        let other = BaseUrl::parse(other).expect("an address").origin();
        assert!(!ring.has(&other) && ring.get(&other).is_none(), "{other}");
    }
    assert_eq!(ring.origins(), [here()]);
    ring.forget(&here());
    assert!(!ring.has(&here()));
}

#[wasm_bindgen_test]
async fn a_reload_keeps_the_keys_and_the_storage_shows_none() {
    let ring = fresh().await;
    ring.set(key(&here(), CANARY));
    ring.set(key(&elsewhere(), "sk-other"));
    ring.set(key(&elsewhere(), "sk-other-2"));
    ring.settled().await;
    let reloaded = Keyring::open().await;
    assert_eq!(secret_of(&reloaded, &here()).as_deref(), Some(CANARY));
    assert_eq!(secret_of(&reloaded, &elsewhere()).as_deref(), Some("sk-other-2"));
    assert_eq!(key_entries().len(), 2);
    let hexadecimal: String = CANARY.bytes().map(|byte| format!("{byte:02x}")).collect();
    for (name, value) in [entries(&session()), entries(&local())].concat() {
        let is_clear = value.contains("canary") || value.contains(&hexadecimal) || name.contains("canary");
        assert!(!is_clear, "{name} shows the key");
    }
    // Without "remember", nothing of them is on the device: only the key of this session's keys.
    assert_eq!(names(&records().await), ["session"]);
    ring.forget(&here());
    ring.settled().await;
    assert_eq!(Keyring::open().await.origins(), [elsewhere()]);
}

#[wasm_bindgen_test]
async fn the_same_key_is_never_sealed_alike() {
    let ring = fresh().await;
    let mut seen = Vec::new();
    for _ in 0..3 {
        ring.set(key(&here(), CANARY));
        ring.settled().await;
        let value = key_entries().remove(0).1;
        // 12 bytes of nonce, as many of text as the key has, 16 of the tag; two digits each.
        assert_eq!(value.len(), 2 * (12 + CANARY.len() + 16));
        assert!(!seen.contains(&value[..24].to_owned()), "a nonce was used again");
        seen.push(value[..24].to_owned());
    }
}

#[wasm_bindgen_test]
async fn what_was_tampered_with_or_moved_is_no_key() {
    let ring = fresh().await;
    ring.set(key(&here(), CANARY));
    ring.settled().await;
    let (name, sealed) = key_entries().remove(0);
    let opened = |value: String| {
        let name = name.clone();
        async move {
            session().set_item(&name, &value).expect("room");
            Keyring::open().await.origins()
        }
    };
    assert_eq!(opened(sealed.clone()).await, [here()]);
    let flipped = |at: usize| {
        let digit = if sealed[at..].starts_with('0') { "1" } else { "0" };
        [&sealed[..at], digit, &sealed[at + 1..]].concat()
    };
    for bad in [flipped(0), flipped(30), flipped(sealed.len() - 1), sealed[..sealed.len() - 2].to_owned()] {
        assert_eq!(opened(bad).await, []);
    }
    for garbage in ["", "0", "zz", "ключ", "🔑🔑", CANARY, &sealed[..24], &sealed.replace('0', "é")]
    {
        assert_eq!(opened(garbage.to_owned()).await, []);
    }
    // The same ciphertext under the name of another origin, or of none.
    session().remove_item(&name).expect("a storage");
    for moved in ["https://evil.example", "HTTPS://API.example.com", "https://api.example.com/", "", "x"] {
        session().set_item(&format!("tutti.key {moved}"), &sealed).expect("room");
    }
    assert_eq!(Keyring::open().await.origins(), []);
    ring.forget_all();
    assert_eq!(key_entries(), []);
}

#[wasm_bindgen_test]
async fn remembered_keys_are_sealed_under_a_key_that_nobody_can_read() {
    let ring = fresh().await;
    ring.set(key(&here(), CANARY));
    ring.remember(true).await.expect("this browser can");
    assert!(ring.is_remembered());
    ring.set(key(&elsewhere(), "sk-canary-4712"));
    ring.settled().await;
    // In the session nothing of them is left.
    assert_eq!(key_entries(), []);
    let records = records().await;
    assert_eq!(names(&records), ["device", here().as_str(), elsewhere().as_str(), "session"]);
    for (name, value) in &records {
        match value.dyn_ref::<CryptoKey>() {
            Some(key) => assert!(!key.extractable(), "{name} can be read out"),
            None => {
                let text = value.as_string().expect("a ciphertext");
                assert!(text.bytes().all(|byte| byte.is_ascii_hexdigit()), "{name}");
                assert!(!text.contains("736b2d63616e617279"), "{name} is not encrypted");
            }
        }
    }
    for (name, value) in entries(&local()) {
        assert!(!value.contains("canary"), "{name} shows the key");
    }
    let reloaded = Keyring::open().await;
    assert!(reloaded.is_remembered());
    assert_eq!(secret_of(&reloaded, &here()).as_deref(), Some(CANARY));
    assert_eq!(secret_of(&reloaded, &elsewhere()).as_deref(), Some("sk-canary-4712"));
}

#[wasm_bindgen_test]
async fn foreign_records_are_left_out() {
    let ring = fresh().await;
    ring.set(key(&here(), CANARY));
    ring.remember(true).await.expect("this browser can");
    let sealed = records().await.into_iter().find(|(name, _)| name == here().as_str()).expect("a record").1;
    put_record("https://evil.example", &sealed).await;
    put_record("not an origin", &sealed).await;
    put_record("https://a.example", &JsValue::from(7)).await;
    put_record("https://b.example", &js_sys::Object::new().into()).await;
    put_record("https://c.example", &"00".repeat(40).into()).await;
    assert_eq!(Keyring::open().await.origins(), [here()]);
    // Not even the encryption key is taken for granted.
    put_record("device", &"no key".into()).await;
    let reloaded = Keyring::open().await;
    assert_eq!(reloaded.origins(), []);
    assert!(!reloaded.is_remembered());
}

#[wasm_bindgen_test]
async fn no_longer_remembered_keys_live_as_long_as_the_tab() {
    let ring = fresh().await;
    ring.set(key(&here(), CANARY));
    ring.remember(true).await.expect("this browser can");
    ring.remember(false).await.expect("this browser can");
    assert!(!ring.is_remembered());
    assert_eq!(names(&records().await), ["session"], "the device still has keys");
    ring.settled().await;
    let reloaded = Keyring::open().await;
    assert_eq!(secret_of(&reloaded, &here()).as_deref(), Some(CANARY));
    // The tab is closed.
    session().clear().expect("a storage");
    assert_eq!(Keyring::open().await.origins(), []);
}

#[wasm_bindgen_test]
async fn forgetting_all_leaves_nothing_anywhere() {
    let ring = fresh().await;
    let other_tab = Keyring::open().await;
    ring.set(key(&here(), CANARY));
    ring.remember(true).await.expect("this browser can");
    until("told by the other tab", || other_tab.has(&here()) && other_tab.is_remembered()).await;
    ring.set(key(&elsewhere(), "sk-other"));
    // What is still being stored is forgotten too.
    ring.forget_all();
    assert_eq!(ring.origins(), []);
    assert!(!ring.is_remembered());
    ring.settled().await;
    assert_eq!(names(&records().await), [""; 0]);
    assert_eq!(key_entries(), []);
    until("told by the other tab", || other_tab.origins().is_empty() && !other_tab.is_remembered()).await;
    other_tab.settled().await;
    assert_eq!(Keyring::open().await.origins(), []);
    // It can begin anew.
    ring.set(key(&here(), "sk-new"));
    ring.settled().await;
    assert_eq!(secret_of(&Keyring::open().await, &here()).as_deref(), Some("sk-new"));
}

#[wasm_bindgen_test]
async fn another_tab_has_the_new_key_for_its_next_call() {
    let ring = fresh().await;
    ring.set(key(&here(), "sk-old"));
    ring.remember(true).await.expect("this browser can");
    let other_tab = Keyring::open().await;
    ring.set(key(&here(), "sk-new"));
    until("told by the other tab", || secret_of(&other_tab, &here()).as_deref() == Some("sk-new")).await;
    ring.forget(&here());
    until("told by the other tab", || !other_tab.has(&here())).await;
    // Off in one tab is off in all; each keeps its keys for itself.
    ring.set(key(&here(), "sk-last"));
    until("told by the other tab", || other_tab.has(&here())).await;
    ring.remember(false).await.expect("this browser can");
    until("told by the other tab", || !other_tab.is_remembered()).await;
    assert_eq!(secret_of(&other_tab, &here()).as_deref(), Some("sk-last"));
    // Without "remember" a key is the tab's own.
    ring.set(key(&here(), "sk-mine"));
    ring.settled().await;
    other_tab.settled().await;
    assert_eq!(secret_of(&other_tab, &here()).as_deref(), Some("sk-last"));
}

#[wasm_bindgen_test]
async fn without_storage_keys_live_in_memory() {
    fresh().await;
    let forbidden = "throw new DOMException('forbidden', 'SecurityError')";
    for (name, getter) in [
        ("crypto", "return {}"),
        ("indexedDB", forbidden),
        ("indexedDB", "return undefined"),
        ("indexedDB", "return { open() { throw new DOMException('forbidden', 'SecurityError') } }"),
    ] {
        let _replaced = Replaced::getter(name, getter);
        let ring = Keyring::open().await;
        assert!(!ring.can_remember(), "{name}: {getter}");
        ring.set(key(&here(), CANARY));
        assert_eq!(secret_of(&ring, &here()).as_deref(), Some(CANARY));
        assert_eq!(ring.remember(true).await, Err(StorageProblem::Unavailable));
        ring.settled().await;
        assert_eq!(key_entries(), [], "{name}: {getter}");
        assert!(!ring.is_remembered());
        ring.forget_all();
        ring.settled().await;
        assert!(!ring.has(&here()));
    }
    let _replaced = Replaced::getter("sessionStorage", forbidden);
    let ring = Keyring::open().await;
    ring.set(key(&here(), CANARY));
    ring.settled().await;
    assert_eq!(secret_of(&ring, &here()).as_deref(), Some(CANARY));
    ring.forget_all();
}

#[wasm_bindgen_test]
async fn the_page_starts_when_the_storage_does_not_answer() {
    fresh().await;
    let _replaced = Replaced::getter("indexedDB", "return { open() { return {} } }");
    let ring = Keyring::open().await;
    assert!(!ring.can_remember());
    ring.set(key(&here(), CANARY));
    assert_eq!(secret_of(&ring, &here()).as_deref(), Some(CANARY));
}

#[wasm_bindgen_test]
async fn remembered_keys_join_when_the_storage_answers_late() {
    let ring = fresh().await;
    ring.set(key(&here(), CANARY));
    ring.set(key(&elsewhere(), "sk-stored"));
    ring.remember(true).await.expect("this browser can");
    // Opens only when it is told to.
    let late = "return window.late ??= { open(...all) {
        const promise = new Promise((go) => window.go = go);
        const request = { set onsuccess(f) { promise.then(() => {
            const real = window.realDatabase.open(...all);
            real.onsuccess = (event) => { request.result = real.result; f(event) };
        }) } };
        return request;
    } }";
    let real = page::window().indexed_db().expect("a database").expect("databases");
    js_sys::Reflect::set(&page::window(), &"realDatabase".into(), &real).expect("a property");
    let replaced = Replaced::getter("indexedDB", late);
    let started = Keyring::open().await;
    assert_eq!(started.origins(), []);
    drop(replaced);
    let changes = Rc::new(Cell::new(0));
    let count = changes.clone();
    started.on_change(move || count.set(count.get() + 1));
    started.set(key(&elsewhere(), "sk-typed-meanwhile"));
    let before = changes.get();
    assert_eq!(before, 1);
    page::global("go")
        .dyn_into::<js_sys::Function>()
        .expect("a function")
        .call0(&JsValue::NULL)
        .expect("no error");
    until("the keys have joined", || started.has(&here())).await;
    assert!(changes.get() > before, "nobody was told");
    assert!(started.can_remember() && started.is_remembered());
    assert_eq!(secret_of(&started, &elsewhere()).as_deref(), Some("sk-typed-meanwhile"));
    started.settled().await;
    let reloaded = Keyring::open().await;
    assert_eq!(secret_of(&reloaded, &elsewhere()).as_deref(), Some("sk-typed-meanwhile"));
}

/// A field that somebody has typed this into.
fn typed(text: &str) -> (El, HtmlTextAreaElement) {
    let field = el("textarea");
    let element: HtmlTextAreaElement = field.element().clone().unchecked_into();
    element.set_value(text);
    (field, element)
}

#[wasm_bindgen_test]
async fn what_was_typed_goes_from_the_field_to_the_keyring() {
    let ring = fresh().await;
    let take = |text: &str, origin| {
        let (field, element) = typed(text);
        let taken = ring.take(&field.take_typed(), origin);
        assert_eq!(element.value(), "", "the field still holds it");
        taken
    };
    assert_eq!(take(" ", Some(here())), Ok(Taken::Nothing));
    assert_eq!(take(CANARY, None), Err(NotTaken::NoAddress));
    assert_eq!(take("two words", Some(here())), Err(NotTaken::BadKey));
    assert!(ring.origins().is_empty());
    assert_eq!(take(CANARY, Some(here())), Ok(Taken::Key));
    assert_eq!(secret_of(&ring, &here()).as_deref(), Some(CANARY));

    let lines = "export OPENAI_API_KEY='sk-one'\nNOBODYS_KEY=x1234\n# a comment\nANTHROPIC_API_KEY=sk-two\n";
    let Ok(Taken::Lines { kept, unknown }) = take(lines, Some(here())) else { panic!("no lines") };
    let names: Vec<&str> = kept.iter().map(|row| &*row.id).collect();
    assert_eq!(
        (names.as_slice(), unknown.as_slice()),
        (&["openai", "anthropic"][..], &["NOBODYS_KEY".to_owned()][..])
    );
    assert_eq!(secret_of(&ring, &kept[0].base_url.origin()).as_deref(), Some("sk-one"));
    assert_eq!(secret_of(&ring, &here()).as_deref(), Some(CANARY), "the lines are for nobody else");
    ring.forget_all();
    ring.settled().await;
}
