//! What tabs say to each other about comparisons: a tab that shows what another one writes hears each
//! transaction after it was written.
//!
//! Nothing is said while nobody listens. Who listens says so now and then (`CREDIT`): a tab that was killed is
//! spoken to no more after a while.

use std::cell::RefCell;

use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{BroadcastChannel, MessageEvent};

use super::{Kind, key_from_js, key_to_js, value};
use crate::grid::{
    comparison::Id,
    record::{Act, Batch, Key},
};

const NAME: &str = "tutti.tabs";
/// So many transactions are told to who said once that it listens.
const CREDIT: u32 = 200;
/// Whoever has heard so many says it again.
pub const RENEW: u32 = CREDIT / 2;

#[derive(Clone, Debug, PartialEq)]
pub enum Said {
    /// I show it, and want to hear what is written.
    Watch(Id),
    /// I write it, and have heard you.
    Here(Id),
    /// Finish, and let me write it.
    LetGo(Id),
    Wrote(Id, Vec<Act>),
}

struct Tabs {
    channel: BroadcastChannel,
    #[expect(dead_code, reason = "held for its drop")]
    hear: Closure<dyn FnMut(MessageEvent)>,
}

impl Drop for Tabs {
    fn drop(&mut self) {
        self.channel.set_onmessage(None);
        self.channel.close();
    }
}

thread_local! {
    static TABS: RefCell<Option<Tabs>> = const { RefCell::new(None) };
    /// Who is listened to, and how many transactions are still told.
    static WATCHED: RefCell<Vec<(Id, u32)>> = const { RefCell::new(Vec::new()) };
}

/// Hears other tabs from now on.
pub fn listen(on: impl Fn(Said) + 'static) {
    let Ok(channel) = BroadcastChannel::new(NAME) else { return };
    let hear = Closure::new(move |event: MessageEvent| {
        // Another version of this program may say what nobody here understands.
        let Some(said) = from_js(&event.data()) else { return };
        if let Said::Watch(id) = said {
            WATCHED.with_borrow_mut(|watched| {
                watched.retain(|(known, _)| *known != id);
                watched.push((id, CREDIT));
            });
        }
        on(said);
    });
    channel.set_onmessage(Some(hear.as_ref().unchecked_ref()));
    TABS.set(Some(Tabs { channel, hear }));
}

/// Hears nobody any more, and is heard by nobody.
pub fn leave() {
    TABS.set(None);
    WATCHED.take();
}

pub fn say(said: &Said) {
    TABS.with_borrow(|tabs| {
        if let Some(tabs) = tabs {
            // Fails only for what cannot be copied.
            let _ = tabs.channel.post_message(&to_js(said));
        }
    });
}

/// Tells who listens.
pub(super) fn wrote(batch: &Batch) {
    let told: Vec<Id> = WATCHED.with_borrow_mut(|watched| {
        watched.retain(|(_, credit)| *credit > 0);
        let concerned = |id: Id| batch.acts.iter().any(|act| of(act) == id);
        let listeners = watched.iter_mut().filter(|(id, _)| concerned(*id));
        let told = listeners.map(|(id, credit)| {
            *credit -= 1;
            *id
        });
        told.collect()
    });
    for id in told {
        let acts: Vec<Act> = batch.acts.iter().filter(|act| of(act) == id).cloned().collect();
        say(&Said::Wrote(id, acts));
    }
}

fn of(act: &Act) -> Id {
    match act {
        Act::Put(key, _) | Act::Delete(key) => key.comparison(),
        Act::Clear(id) | Act::Remove(id) => *id,
    }
}

/// `[what, id, acts]`.
fn to_js(said: &Said) -> JsValue {
    let (what, id, acts) = match said {
        Said::Watch(id) => ("watch", id, JsValue::NULL),
        Said::Here(id) => ("here", id, JsValue::NULL),
        Said::LetGo(id) => ("let-go", id, JsValue::NULL),
        Said::Wrote(id, acts) => ("wrote", id, acts.iter().map(act_to_js).collect::<Array>().into()),
    };
    Array::of3(&what.into(), &id.to_string().into(), &acts).into()
}

fn from_js(said: &JsValue) -> Option<Said> {
    let said = said.dyn_ref::<Array>()?;
    let id = Id::parse(&said.get(1).as_string()?)?;
    Some(match said.get(0).as_string()?.as_str() {
        "watch" => Said::Watch(id),
        "here" => Said::Here(id),
        "let-go" => Said::LetGo(id),
        "wrote" => {
            let acts = said.get(2).dyn_into::<Array>().ok()?;
            Said::Wrote(id, acts.iter().map(|act| act_from_js(&act)).collect::<Option<_>>()?)
        }
        _ => return None,
    })
}

/// `[what, store, key, record]`.
fn act_to_js(act: &Act) -> JsValue {
    let (what, key, record) = match act {
        Act::Put(key, record) => ("put", *key, value::to_js(record)),
        Act::Delete(key) => ("delete", *key, JsValue::NULL),
        Act::Clear(id) => ("clear", Key::Head(*id), JsValue::NULL),
        Act::Remove(id) => ("remove", Key::Head(*id), JsValue::NULL),
    };
    Array::of4(&what.into(), &key.store().word().into(), &key_to_js(key), &record).into()
}

fn act_from_js(act: &JsValue) -> Option<Act> {
    let act = act.dyn_ref::<Array>()?;
    let store = act.get(1).as_string()?;
    let store = Kind::ALL.into_iter().find(|kind| kind.word() == store)?;
    let key = key_from_js(store, &act.get(2))?;
    Some(match (act.get(0).as_string()?.as_str(), key) {
        ("put", key) => Act::Put(key, value::from_js(&act.get(3))?),
        ("delete", key) => Act::Delete(key),
        ("clear", Key::Head(id)) => Act::Clear(id),
        ("remove", Key::Head(id)) => Act::Remove(id),
        _ => return None,
    })
}
