//! The database of comparisons: IndexedDB, one object store for each kind of record, keys that are lists.
//!
//! - `value`: records as values that the browser stores (structured clones), readable in its own tools
//! - [`Writer`]: the journal's rules ([`crate::grid::journal`]) on this database
//!
//! A key is `[id, numbers…]` ([`Key::numbers`]), so what belongs to one comparison, or to one reply, is one
//! range: lists sort behind numbers and texts (Indexed Database API 3.0, "compare two keys").

mod commits;
mod value;
mod writer;

use std::cmp::Reverse;

use idb::{DatabaseEvent, Factory, KeyRange, ObjectStoreParams, Query, Transaction};
use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue, closure::Closure, prelude::wasm_bindgen};
use web_sys::IdbDatabase;

use crate::{
    grid::{
        comparison::Id,
        record::{Act, Batch, Key, Store as Kind, comparison::Head},
    },
    model::json::Json,
};
pub use commits::Commits;
pub use writer::{Trouble, Writer, open_writer, writer};

const NAME: &str = "tutti";
/// Stores are only ever added. What must change otherwise becomes another database.
const VERSION: u32 = 1;

/// Why something was not read or written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The browser gives no more room (`QuotaExceededError`).
    Full,
    /// Not here, not allowed, or the connection is gone.
    Unavailable,
    /// Another tab holds an older version open and does not let go.
    Blocked,
}

pub struct Store {
    database: IdbDatabase,
    #[expect(dead_code, reason = "held for its drop")]
    on_version_change: Closure<dyn FnMut()>,
}

impl Drop for Store {
    fn drop(&mut self) {
        self.database.set_onversionchange(None);
        self.database.close();
    }
}

#[wasm_bindgen]
extern "C" {
    /// web-sys has it without its options.
    type WithOptions;

    #[wasm_bindgen(method, catch)]
    fn transaction(
        this: &WithOptions,
        stores: &Array,
        mode: &str,
        options: &JsValue,
    ) -> Result<web_sys::IdbTransaction, JsValue>;
}

impl Store {
    /// Opens it, and makes it at the first visit.
    ///
    /// # Errors
    /// The browser has none for this page, or another tab is in the way.
    pub async fn open() -> Result<Self, Failure> {
        let mut request = Factory::new().and_then(|factory| factory.open(NAME, Some(VERSION)))?;
        request.on_upgrade_needed(|event| {
            let Ok(database) = event.database() else { return };
            let known = database.store_names();
            for store in Kind::ALL.map(Kind::word) {
                if !known.iter().any(|name| name == store) {
                    // Fails only for a name that is there.
                    let _ = database.create_object_store(store, ObjectStoreParams::new());
                }
            }
        });
        let database = IdbDatabase::from(request.await?);
        // Another tab has a newer version: it must not wait for this one.
        let closing = database.clone();
        let on_version_change = Closure::new(move || closing.close());
        database.set_onversionchange(Some(on_version_change.as_ref().unchecked_ref()));
        Ok(Self { database, on_version_change })
    }

    /// Does all of a batch in one transaction, or nothing of it.
    ///
    /// # Errors
    /// Nothing of it was written.
    pub async fn write(&self, batch: &Batch) -> Result<(), Failure> {
        let durability = if batch.is_strict { "strict" } else { "relaxed" };
        let transaction = self.transaction("readwrite", durability)?;
        for act in &batch.acts {
            match act {
                Act::Put(key, record) => {
                    let store = transaction.object_store(key.store().word())?;
                    store.put(&value::to_js(record), Some(&key_to_js(*key)))?;
                }
                Act::Delete(key) => {
                    transaction.object_store(key.store().word())?.delete(Query::from(key_to_js(*key)))?;
                }
                Act::Clear(id, reply) => {
                    let range = range(*id, &Key::Answer(*id, *reply).numbers())?;
                    transaction.object_store(Kind::Segments.word())?.delete(Query::from(range))?;
                }
                Act::Remove(id) => {
                    for kind in Kind::ALL {
                        let range = range(*id, &[])?;
                        transaction.object_store(kind.word())?.delete(Query::from(range))?;
                    }
                }
            }
        }
        let ended = transaction.commit()?.await?;
        if ended.is_committed() { Ok(()) } else { Err(Failure::Full) }
    }

    /// What a list of all comparisons shows. A record that is none is passed over.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn heads(&self) -> Result<Vec<(Key, Json<'static>)>, Failure> {
        self.read(Kind::Heads, None).await
    }

    /// All records of a comparison.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn records(&self, id: Id) -> Result<Vec<(Key, Json<'static>)>, Failure> {
        let mut records = Vec::new();
        for kind in Kind::ALL {
            records.extend(self.read(kind, Some(id)).await?);
        }
        Ok(records)
    }

    /// Comparisons of which something was still coming when it was last written down, the latest first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn unfinished(&self) -> Result<Vec<Id>, Failure> {
        let store = self.transaction("readonly", "default")?.object_store(Kind::Segments.word())?;
        let keys = store.get_all_keys(None, None)?.await?;
        let mut ids: Vec<Id> =
            keys.iter().filter_map(|key| Some(key_from_js(Kind::Segments, key)?.comparison())).collect();
        ids.dedup();
        let mut all = Vec::new();
        for id in ids {
            let head = self.read(Kind::Heads, Some(id)).await?.pop();
            let head = head.and_then(|(_, record)| Head::from_json(record).ok());
            all.push((head.map_or(0, |head| head.changed_ms), id));
        }
        all.sort_unstable_by_key(|(changed_ms, _)| Reverse(*changed_ms));
        Ok(all.into_iter().map(|(_, id)| id).collect())
    }

    async fn read(&self, kind: Kind, id: Option<Id>) -> Result<Vec<(Key, Json<'static>)>, Failure> {
        let store = self.transaction("readonly", "default")?.object_store(kind.word())?;
        let query = || id.map(|id| range(id, &[])).transpose().map(|range| range.map(Query::from));
        let (keys, records) = (store.get_all_keys(query()?, None)?, store.get_all(query()?, None)?);
        let (keys, records) = (keys.await?, records.await?);
        let pairs = keys.iter().zip(&records);
        Ok(pairs
            .filter_map(|(key, record)| Some((key_from_js(kind, key)?, value::from_js(record)?)))
            .collect())
    }

    fn transaction(&self, mode: &str, durability: &str) -> Result<Transaction, Failure> {
        let options = js_sys::Object::new();
        // A plain object takes any field.
        let _ = js_sys::Reflect::set(&options, &"durability".into(), &durability.into());
        let stores: Array = Kind::ALL.iter().map(|kind| JsValue::from(kind.word())).collect();
        let database = self.database.unchecked_ref::<WithOptions>();
        let transaction = database.transaction(&stores, mode, &options);
        transaction.map(Transaction::from).map_err(|_| Failure::Unavailable)
    }
}

fn key_to_js(key: Key) -> JsValue {
    list(key.comparison(), &key.numbers()).into()
}

fn list(id: Id, numbers: &[u32]) -> Array {
    let list = Array::of1(&id.to_string().into());
    numbers.iter().for_each(|number| {
        list.push(&(*number).into());
    });
    list
}

/// All keys that begin so.
fn range(id: Id, numbers: &[u32]) -> Result<KeyRange, Failure> {
    let (lower, upper) = (list(id, numbers), list(id, numbers));
    upper.push(&Array::new());
    Ok(KeyRange::bound(&lower, &upper, None, None)?)
}

fn key_from_js(kind: Kind, key: &JsValue) -> Option<Key> {
    let parts = key.dyn_ref::<Array>()?;
    let id = Id::parse(&parts.get(0).as_string()?)?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked by the way back")]
    let number = |at| parts.get(at).as_f64().map(|number| number as u32).filter(|it| f64::from(*it) >= 0.0);
    let numbers: Option<Vec<u32>> = (1..parts.length()).map(number).collect();
    Key::from_numbers(kind, id, &numbers?)
}

impl From<idb::Error> for Failure {
    fn from(error: idb::Error) -> Self {
        match error {
            idb::Error::DomException(error) if error.name() == "QuotaExceededError" => Self::Full,
            _ => Self::Unavailable,
        }
    }
}
