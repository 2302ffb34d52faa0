//! The database of comparisons, and what may befall it.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    rc::Rc,
};

use js_sys::{Function, Object, Promise};
use tutti::{
    browser::{
        self, PageClock,
        store::{
            Change, Failure, Store, Trouble, Writer,
            moving::{Older, move_in},
            tabs::{self, Said},
        },
    },
    grid::{
        comparison::{ColumnId, Comparison, Id, ReplyId, RoundId, round::Prompt},
        moving::Plan,
        record::{Act, Batch, Key, Record, Whole},
        settings::PanelSettings,
    },
    model::{
        answer::Answer,
        catalog,
        event::{Delta, StreamEvent},
        json::{self, Json},
    },
};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{IdbDatabase, IdbOpenDbRequest, IdbRequest};

use super::page::{self, Replaced, until};

const REPLY: ReplyId = ReplyId { round: RoundId(0), column: ColumnId(0), version: 0 };

/// A comparison with one answer.
fn whole(id: u128, text: &str) -> Whole {
    let mut comparison = Comparison::new(Id(id), 1);
    let column = comparison.add_column(PanelSettings::new(catalog::simulated(), "m"));
    let round = comparison.ask(None, Prompt::text("하늘은 왜 파란가?"), &[column]).expect("a round");
    let reply = comparison.begin(round, column, Vec::new(), None).expect("a reply");
    let answer = Answer { text: text.to_owned(), ..Answer::default() };
    Whole { comparison, answers: [(reply, answer)].into(), ..Whole::default() }
}

fn nobody() -> Rc<dyn Fn(Change)> {
    Rc::new(|_| ())
}

/// Of a name that only this test uses, and without what an earlier run left.
async fn open(name: &str, version: u32) -> Store {
    Store::open_version(name, version, nobody()).await.expect("a store")
}

async fn opened(request: &IdbOpenDbRequest) -> JsValue {
    let of: &IdbRequest = request;
    let done = Promise::new(&mut |resolve, reject| {
        of.set_onsuccess(Some(&resolve));
        of.set_onerror(Some(&reject));
    });
    JsFuture::from(done).await.expect("no error");
    of.result().expect("a result")
}

async fn delete(name: &str) {
    let factory = page::window().indexed_db().expect("no error").expect("a factory");
    opened(&factory.delete_database(name).expect("a request")).await;
}

/// A connection that does not let go.
async fn stubborn(name: &str, version: u32) -> IdbDatabase {
    let factory = page::window().indexed_db().expect("no error").expect("a factory");
    opened(&factory.open_with_u32(name, version).expect("a request")).await.unchecked_into()
}

async fn read(store: &Store, id: Id) -> Whole {
    Whole::of_records(store.records(id).await.expect("records")).expect("a comparison")
}

fn piece(number: u32, text: &str) -> Record {
    let events = vec![StreamEvent::Delta(Delta::Text(text.to_owned()))];
    (Key::Segment(Id(1), number), tutti::grid::record::segment::to_json(&[(REPLY, events)]))
}

#[wasm_bindgen_test]
async fn what_is_written_is_read_and_each_act_touches_only_its_own() {
    const NAME: &str = "tutti.test.acts";
    delete(NAME).await;
    let store = open(NAME, 1).await;
    let (one, other) = (whole(1, "**one**\n\"🎼\""), whole(2, "other"));
    store.write(&Batch::of(one.records()).strict()).await.expect("written");
    store.write(&Batch::of(other.records())).await.expect("written");
    store.write(&Batch::of([piece(0, "a"), piece(1, "b")])).await.expect("written");
    assert_eq!(read(&store, Id(1)).await, one);
    assert_eq!(store.heads().await.expect("heads").len(), 2);
    let segments =
        |records: &[Record]| records.iter().filter(|(key, _)| matches!(key, Key::Segment(..))).count();
    assert_eq!(segments(&store.records(Id(1)).await.expect("records")), 2);
    store.write(&Batch { is_strict: false, acts: vec![Act::Clear(Id(1))] }).await.expect("written");
    assert_eq!(segments(&store.records(Id(1)).await.expect("records")), 0);
    store.write(&Batch { is_strict: true, acts: vec![Act::Remove(Id(1))] }).await.expect("written");
    assert_eq!(store.records(Id(1)).await.expect("records"), []);
    assert_eq!(read(&store, Id(2)).await, other);
}

#[wasm_bindgen_test]
async fn whatever_a_record_holds_is_read_as_it_was_written() {
    const NAME: &str = "tutti.test.values";
    delete(NAME).await;
    let store = open(NAME, 1).await;
    let all: String =
        (0..0x300).filter_map(char::from_u32).chain("\u{2028}\u{feff}\u{ffff}🎼한か".chars()).collect();
    let mut object = json::Object::default();
    for name in ["", "__proto__", "toString", "1", "a b", &*all] {
        object.set(name.to_owned(), Json::List(vec![Json::Text(name.to_owned().into()), Json::Null]));
    }
    for number in ["0", "-1", "1.5", "0.1", "9007199254740991"] {
        object.set(["n", number].concat(), Json::Number(number.to_owned().into()));
    }
    object.set(
        "deep".to_owned(),
        Json::List(vec![Json::List(Vec::new()), Json::Bool(true), Json::Bool(false)]),
    );
    let record = (Key::Comparison(Id(1)), Json::Object(object));
    store.write(&Batch::of([record.clone()])).await.expect("written");
    let read = store.records(Id(1)).await.expect("records");
    let by_name = |record: &Record| {
        let Json::Object(object) = &record.1 else { panic!("an object") };
        object.iter().map(|(name, value)| (name.to_owned(), value.to_text())).collect::<BTreeMap<_, _>>()
    };
    assert_eq!(read.len(), 1);
    assert_eq!(by_name(&read[0]), by_name(&record));
}

#[wasm_bindgen_test]
async fn what_is_no_record_is_told_and_the_others_are_read() {
    const NAME: &str = "tutti.test.damaged";
    delete(NAME).await;
    let store = open(NAME, 1).await;
    store.write(&Batch::of(whole(1, "one").records())).await.expect("written");
    store.write(&Batch::of(whole(2, "other").records())).await.expect("written");
    let raw = stubborn(NAME, 1).await;
    let put = "const store = raw.transaction('answers', 'readwrite').objectStore('answers');
        return store.put(new Date(), [id, 0, 0, 0]);";
    let request = Function::new_with_args("raw, id", put);
    let request = request.call2(&JsValue::NULL, &raw, &Id(1).to_string().into()).expect("a request");
    let done =
        Promise::new(&mut |resolve, _| request.unchecked_ref::<IdbRequest>().set_onsuccess(Some(&resolve)));
    JsFuture::from(done).await.expect("put");
    raw.close();
    let refused = Whole::of_records(store.records(Id(1)).await.expect("records"));
    assert_eq!(refused.expect_err("a damaged record").0, Key::Answer(Id(1), REPLY));
    assert_eq!(read(&store, Id(2)).await, whole(2, "other"));
}

#[wasm_bindgen_test]
async fn without_indexed_db_it_says_so() {
    for getter in ["return undefined", "throw new DOMException('forbidden', 'SecurityError')"] {
        let _absent = Replaced::getter("indexedDB", getter);
        assert_eq!(Store::open(nobody()).await.err(), Some(Failure::Unavailable));
    }
}

#[wasm_bindgen_test]
async fn an_older_page_that_holds_it_back_is_told_and_waited_for() {
    const NAME: &str = "tutti.test.blocked";
    delete(NAME).await;
    let old = stubborn(NAME, 1).await;
    let told = Rc::new(RefCell::new(Vec::new()));
    let tell = told.clone();
    let opening = Store::open_version(NAME, 2, Rc::new(move |change| tell.borrow_mut().push(change)));
    let is_open = Rc::new(Cell::new(false));
    let opens = is_open.clone();
    browser::spawn(async move {
        drop(opening.await.expect("a store"));
        opens.set(true);
    });
    until("it is told", || *told.borrow() == [Change::Blocked]).await;
    assert!(!is_open.get());
    old.close();
    until("it opens", || is_open.get()).await;
}

#[wasm_bindgen_test]
async fn a_newer_page_is_never_held_back() {
    const NAME: &str = "tutti.test.replaced";
    delete(NAME).await;
    let told = Rc::new(RefCell::new(Vec::new()));
    let tell = told.clone();
    let old = Store::open_version(NAME, 1, Rc::new(move |change| tell.borrow_mut().push(change)));
    let old = old.await.expect("a store");
    let new = open(NAME, 2).await;
    assert_eq!(*told.borrow(), [Change::Replaced]);
    assert_eq!(old.write(&Batch::of(whole(1, "old").records())).await, Err(Failure::Unavailable));
    new.write(&Batch::of(whole(1, "new").records())).await.expect("written");
    // Who deletes everything is no newer page.
    drop(new);
    told.take();
    let last = Store::open_version(
        NAME,
        2,
        Rc::new({
            let told = told.clone();
            move |change| told.borrow_mut().push(change)
        }),
    );
    let _last = last.await.expect("a store");
    delete(NAME).await;
    assert_eq!(*told.borrow(), []);
}

/// As a disk that is full: what is put fails its transaction.
fn full() -> [Replaced; 2] {
    let prototype = |name: &str| {
        let of = js_sys::Reflect::get(&page::global(name), &"prototype".into()).expect("a class");
        of.unchecked_into::<Object>()
    };
    let put = "return function (value, key) {
        const request = this.get(key);
        this.transaction.abort();
        return request;
    };";
    [
        Replaced::of(&prototype("IDBObjectStore"), "put", put),
        Replaced::of(
            &prototype("IDBTransaction"),
            "error",
            "return new DOMException('', 'QuotaExceededError');",
        ),
    ]
}

#[wasm_bindgen_test]
async fn a_full_disk_is_told_once_and_what_is_deleted_makes_room() {
    const NAME: &str = "tutti.test.full";
    delete(NAME).await;
    let store = Rc::new(open(NAME, 1).await);
    store.write(&Batch::of(whole(2, "old").records())).await.expect("written");
    let told = Rc::new(RefCell::new(Vec::new()));
    let tell = told.clone();
    let writer = Writer::new(Some(store.clone()), Rc::new(PageClock::new()), move |trouble| {
        tell.borrow_mut().push(trouble);
    });
    let is_full = full();
    for _ in 0..3 {
        let ticket = writer.put(Batch::of(whole(1, "one").records()).strict());
        // Nobody waits for ever.
        writer.written(ticket).await;
    }
    assert_eq!(*told.borrow(), [Some(Trouble::Full)]);
    assert!(writer.is_full());
    // What is there can still be read.
    assert_eq!(read(&writer.store().expect("a store"), Id(2)).await, whole(2, "old"));
    drop(is_full);
    writer.remove(Id(2)).await;
    assert_eq!(*told.borrow(), [Some(Trouble::Full), None]);
    let ticket = writer.put(Batch::of(whole(1, "one").records()).strict());
    writer.written(ticket).await;
    assert_eq!(store.heads().await.expect("heads").len(), 1);
    assert_eq!(read(&store, Id(1)).await, whole(1, "one"));
}

#[wasm_bindgen_test]
async fn another_page_hears_what_was_written_while_it_listens() {
    const NAME: &str = "tutti.test.tabs";
    delete(NAME).await;
    let heard = Rc::new(RefCell::new(Vec::new()));
    let hear = heard.clone();
    tabs::listen(move |said| hear.borrow_mut().push(said));
    let other = web_sys::BroadcastChannel::new("tutti.tabs").expect("a channel");
    let said = Rc::new(RefCell::new(0));
    let count = said.clone();
    let on_message = wasm_bindgen::closure::Closure::<dyn FnMut()>::new(move || *count.borrow_mut() += 1);
    other.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    let writer = Writer::new(Some(Rc::new(open(NAME, 1).await)), Rc::new(PageClock::new()), |_| ());
    let write = async || {
        let ticket = writer.put(Batch::of(whole(1, "one").records()));
        writer.written(ticket).await;
    };
    write().await;
    // What is no message of this program is nothing.
    for noise in [JsValue::NULL, "watch".into(), js_sys::Array::of2(&"watch".into(), &"x".into()).into()] {
        other.post_message(&noise).expect("posted");
    }
    let watch = js_sys::Array::of3(&"watch".into(), &Id(1).to_string().into(), &JsValue::NULL);
    other.post_message(&watch).expect("posted");
    until("it is heard", || *heard.borrow() == [Said::Watch(Id(1))]).await;
    assert_eq!(*said.borrow(), 0, "something was said to nobody");
    write().await;
    until("it was told", || *said.borrow() == 1).await;
    // Another comparison is not what it listens to.
    let ticket = writer.put(Batch::of(whole(2, "two").records()));
    writer.written(ticket).await;
    for _ in 0..250 {
        write().await;
    }
    tabs::say(&Said::LetGo(Id(3)));
    until("the last", || *said.borrow() >= 201).await;
    page::frame().await;
    // Who does not say again that it listens is told no more.
    assert_eq!(*said.borrow(), 201);
    tabs::leave();
    other.set_onmessage(None);
    other.close();
}

#[wasm_bindgen_test]
async fn locks_are_held_until_they_are_let_go() {
    let name = "tutti.test.lock";
    assert!(browser::lock(name).await);
    assert!(browser::lock(name).await, "what one has, one may have");
    let is_free = async || {
        let ask = Function::new_with_args(
            "name",
            "return navigator.locks.request(name, { ifAvailable: true }, (lock) => lock !== null);",
        );
        let answer = ask.call1(&JsValue::NULL, &name.into()).expect("no error");
        JsFuture::from(answer.unchecked_into::<Promise>()).await.expect("an answer").is_truthy()
    };
    assert!(!is_free().await);
    browser::unlock(name);
    browser::unlock(name);
    // The browser takes a moment.
    while !is_free().await {}
    browser::lock_when_free(name).await;
    assert!(!is_free().await);
    browser::unlock(name);
}

/// As an older version would have kept it: its own title, which is another field now.
const OLDER: Older = Older {
    name: "tutti.test.older",
    version: 1000,
    step: |(key, record)| {
        let Json::Object(mut fields) = record else { return Vec::new() };
        if let Some(title) = fields.get("was_title").cloned() {
            fields.remove("was_title");
            fields.set("name", title);
        }
        vec![(key, Json::Object(fields))]
    },
};

fn aged(whole: &Whole) -> Batch {
    let age = |(key, record): Record| match (key, record) {
        (Key::Comparison(_), Json::Object(mut fields)) => {
            fields.set("was_title", "named before");
            (key, Json::Object(fields))
        }
        (key, record) => (key, record),
    };
    Batch::of(whole.records().into_iter().map(age)).strict()
}

async fn moved(new: &Store) -> Plan {
    move_in(&OLDER, new, nobody()).await.expect("moved")
}

/// The browser tells so much room.
fn room(usage: &str, quota: &str) -> Replaced {
    let estimate = format!("return () => Promise.resolve({{ usage: {usage}, quota: {quota} }});");
    let storage = js_sys::Reflect::get(&page::window().navigator(), &"storage".into()).expect("storage");
    Replaced::of(&storage.unchecked_into(), "estimate", &estimate)
}

#[wasm_bindgen_test]
async fn an_older_store_is_copied_once_and_kept_for_thirty_days() {
    const NEW: &str = "tutti.test.newer";
    delete(OLDER.name).await;
    delete(NEW).await;
    let new = open(NEW, 1).await;
    assert_eq!(moved(&new).await, Plan::Nothing, "there is none");
    let old = open(OLDER.name, 1).await;
    for id in 1..=3 {
        old.write(&aged(&whole(id, "text"))).await.expect("written");
    }
    let _room = room("1e6", "1e12");
    assert_eq!(moved(&new).await, Plan::Copy);
    let mut expected = whole(2, "text");
    expected.comparison.name = "named before".to_owned();
    assert_eq!(read(&new, Id(2)).await, expected);
    assert_eq!(new.heads().await.expect("heads").len(), 3);
    // The older page cannot write there any more.
    assert_eq!(old.write(&aged(&whole(4, "late"))).await, Err(Failure::Unavailable));
    // What happens now happens here only.
    new.write(&Batch { is_strict: true, acts: vec![Act::Remove(Id(1))] }).await.expect("written");
    assert_eq!(moved(&new).await, Plan::Nothing);
    assert_eq!(new.heads().await.expect("heads").len(), 2);
    let later = "return () => 31 * 24 * 60 * 60 * 1000 + new Date().getTime();";
    let date = page::global("Date").unchecked_into::<Object>();
    let clock = Replaced::of(&date, "now", later);
    assert_eq!(moved(&new).await, Plan::Drop);
    drop(clock);
    assert_eq!(moved(&new).await, Plan::Nothing);
    assert_eq!(new.heads().await.expect("heads").len(), 2);
}

#[wasm_bindgen_test]
async fn a_copy_that_was_cut_goes_on_and_without_room_each_is_taken_over() {
    const NEW: &str = "tutti.test.newest";
    delete(OLDER.name).await;
    delete(NEW).await;
    let new = open(NEW, 1).await;
    let old = open(OLDER.name, 1).await;
    for id in 1..=3 {
        old.write(&aged(&whole(id, "text"))).await.expect("written");
    }
    drop(old);
    let room = room("1e9", "1.5e9");
    let is_full = full();
    let cut = move_in(&OLDER, &new, nobody()).await;
    assert_eq!(cut, Err(Failure::Full));
    drop(is_full);
    assert_eq!(moved(&new).await, Plan::Move);
    assert_eq!(new.heads().await.expect("heads").len(), 3);
    let old = open(OLDER.name, OLDER.version).await;
    assert_eq!(old.heads().await.expect("heads"), []);
    drop((old, room));
}
