//! The list of comparisons and its search, by a worker: however many there are, the page waits for nothing.
//!
//! The worker (`finder_worker.js`) reads the heads once, keeps the texts that are searched, and hands on what a list
//! shows, each under a number. A search looks through these texts at once, and then, after a pause, through all
//! answers, the latest comparison first, a few at a time. The next search ends the one before.

use js_sys::{Array, JsString};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Event, MessageEvent, Worker};

use super::{Listener, worker};
use crate::{
    grid::{
        comparison::{Id, ReplyId},
        find::{pattern, snippet::Snippet},
        record::{comparison::Head, key::reply_from_json},
    },
    model::json::Json,
};

const SOURCE: &str = include_str!("finder_worker.js");

/// What the worker says. Comparisons are called by numbers, which stay the same as long as the finder lives.
#[derive(Clone, Debug, PartialEq)]
pub enum Said {
    /// These are there, or are other ones now.
    Heads(Vec<(u32, Head)>),
    /// These are there no more.
    Gone(Vec<u32>),
    /// All are read.
    Read,
    /// Title, prompts or models of these have the words.
    Found(Vec<u32>),
    /// Answers that have the words.
    Hits(Vec<Hit>),
    /// The answers of so many comparisons of so many were searched; and whether that was all.
    Searched { done: u32, of: u32, is_over: bool },
    /// The browser runs no worker here, or it cannot read the store.
    Lost,
}

/// A reply that has the words.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Hit {
    pub number: u32,
    pub reply: Option<ReplyId>,
    pub model: String,
    pub snippet: Snippet,
}

/// Ends with its drop.
pub struct Finder {
    worker: Worker,
    /// The number of the search under way.
    search: std::rc::Rc<std::cell::Cell<u32>>,
    #[expect(dead_code, reason = "held for their drop")]
    listeners: [Listener; 2],
}

impl Drop for Finder {
    fn drop(&mut self) {
        self.worker.terminate();
    }
}

impl Finder {
    /// `None` where the browser refuses at once; else it may say [`Said::Lost`].
    pub fn start(hear: impl Fn(Said) + 'static) -> Option<Self> {
        let worker = worker::start(SOURCE)?;
        let hear = std::rc::Rc::new(hear);
        let search = std::rc::Rc::<std::cell::Cell<u32>>::default();
        let (current, told) = (search.clone(), hear.clone());
        let listen = move |event: Event| {
            let Some(message) = event.dyn_ref::<MessageEvent>() else { return };
            if let Some(said) = read(&message.data(), current.get()) {
                told(said);
            }
        };
        let listeners = [
            Listener::new(worker.as_ref(), "message", listen),
            Listener::new(worker.as_ref(), "error", move |_| hear(Said::Lost)),
        ];
        Some(Self { worker, search, listeners })
    }

    /// Reads all heads, again too: [`Said::Heads`], [`Said::Gone`], [`Said::Read`].
    pub fn read_all(&self) {
        self.tell(&Array::of1(&"all".into()));
    }

    /// Reads that one again.
    pub fn read(&self, id: Id) {
        self.tell(&Array::of2(&"one".into(), &id.to_string().into()));
    }

    /// Searches for these words, in the place of what was searched for before. Without words it only ends that.
    pub fn find(&self, words: &str) {
        self.search.set(self.search.get().wrapping_add(1));
        let message = Array::of1(&self.search.get().into());
        for pattern in pattern::patterns(&composed(words), &decomposed) {
            message.push(&pattern.into());
        }
        self.tell(&message);
    }

    fn tell(&self, message: &Array) {
        // Fails only for what cannot be copied; these are numbers and texts.
        let _ = self.worker.post_message(message);
    }
}

fn composed(words: &str) -> String {
    JsString::from(words).normalize("NFC").into()
}

fn decomposed(letter: char) -> String {
    JsString::from(letter.to_string().as_str()).normalize("NFD").into()
}

/// `None` for what belongs to a search that is over.
fn read(message: &JsValue, search: u32) -> Option<Said> {
    let parts = message.dyn_ref::<Array>()?;
    let (kind, text) = (parts.get(0).as_string()?, parts.get(1).as_string()?);
    let json = Json::read(if text.is_empty() { "[]" } else { &text }).ok()?;
    let items = json.as_list()?;
    let number = |json: &Json<'_>| u32::try_from(json.as_u64()?).ok();
    // What answers a search begins with its number.
    let of_search = || {
        let (first, rest) = items.split_first()?;
        (number(first)? == search).then_some(rest)
    };
    Some(match &*kind {
        "heads" => Said::Heads(items.iter().filter_map(head).collect()),
        "gone" => Said::Gone(items.iter().filter_map(number).collect()),
        "read" => Said::Read,
        "found" => Said::Found(of_search()?.iter().filter_map(number).collect()),
        "hits" => Said::Hits(of_search()?.iter().filter_map(hit).collect()),
        "searched" => {
            let [done, of, is_over] = of_search()? else { return None };
            Said::Searched { done: number(done)?, of: number(of)?, is_over: is_over.as_bool()? }
        }
        _ => Said::Lost,
    })
}

/// A record that is none is passed over.
fn head(json: &Json<'_>) -> Option<(u32, Head)> {
    let [number, head] = json.as_list()? else { return None };
    let number = u32::try_from(number.as_u64()?).ok()?;
    Some((number, Head::from_json(head.clone().into_owned()).ok()?))
}

fn hit(json: &Json<'_>) -> Option<Hit> {
    let [number, reply, model, before, found, after] = json.as_list()? else { return None };
    let text = |json: &Json<'_>| json.as_str().unwrap_or_default().to_owned();
    Some(Hit {
        number: u32::try_from(number.as_u64()?).ok()?,
        reply: reply_from_json(reply),
        model: text(model),
        snippet: Snippet::new(&text(before), &text(found), &text(after)),
    })
}
