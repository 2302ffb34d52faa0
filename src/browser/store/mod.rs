//! The database of comparisons: IndexedDB, one object store for each kind of record, keys that are lists.
//!
//! - `value`: records as values that the browser stores (structured clones), readable in its own tools
//! - [`Writer`]: the journal's rules ([`crate::grid::journal`]) on this database
//! - [`moving`]: from a database of an older form to this one
//! - [`tabs`]: what a tab that shows what another one writes is told
//!
//! A key is `[id, numbers…]` ([`Key::numbers`]), so what belongs to one comparison, or to one reply, is one
//! range: lists sort behind numbers and texts (Indexed Database API 3.0, "compare two keys").

mod commits;
pub mod moving;
pub mod tabs;
mod value;
mod writer;

use std::{cmp::Reverse, future::Future, rc::Rc};

use idb::{DatabaseEvent, Factory, KeyRange, ObjectStoreParams, Query, Transaction};
use js_sys::{Array, Promise};
use wasm_bindgen::{JsCast, JsValue, closure::Closure, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use web_sys::{IdbDatabase, IdbTransaction, IdbVersionChangeEvent};

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
}

/// What another tab does to a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It has an older version open, and does not let go: this one opens when it does.
    Blocked,
    /// It opens a newer version: this connection is closed.
    Replaced,
}

pub struct Store {
    database: IdbDatabase,
    #[expect(dead_code, reason = "held for its drop")]
    on_version_change: Closure<dyn FnMut(IdbVersionChangeEvent)>,
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
    ) -> Result<IdbTransaction, JsValue>;

    /// web-sys calls it deprecated, which it is not any more.
    type WithCommit;

    #[wasm_bindgen(method, catch)]
    fn commit(this: &WithCommit) -> Result<(), JsValue>;
}

fn commit(transaction: &IdbTransaction) -> Result<(), JsValue> {
    transaction.unchecked_ref::<WithCommit>().commit()
}

impl Store {
    /// Opens it, and makes it at the first visit.
    ///
    /// # Errors
    /// The browser has none for this page.
    pub async fn open(on_change: Rc<dyn Fn(Change)>) -> Result<Self, Failure> {
        let store = Self::open_version(NAME, VERSION, on_change.clone()).await?;
        for older in moving::OLDER {
            moving::move_in(older, &store, on_change.clone()).await?;
        }
        Ok(store)
    }

    /// One of another name or version.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub async fn open_version(
        name: &str,
        version: u32,
        on_change: Rc<dyn Fn(Change)>,
    ) -> Result<Self, Failure> {
        let mut request = Factory::new().and_then(|factory| factory.open(name, Some(version)))?;
        let told = on_change.clone();
        request.on_blocked(move |_| told(Change::Blocked));
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
        // Another tab has a newer version, or all data is deleted: nobody must wait for this one.
        let closing = database.clone();
        let on_version_change = Closure::new(move |event: IdbVersionChangeEvent| {
            closing.close();
            if event.new_version().is_some() {
                on_change(Change::Replaced);
            }
        });
        database.set_onversionchange(Some(on_version_change.as_ref().unchecked_ref()));
        Ok(Self { database, on_version_change })
    }

    /// Does all of a batch in one transaction, or nothing of it. The transaction has begun when this returns, so it
    /// is done also by a page that ends.
    ///
    /// # Errors
    /// Nothing of it was written.
    pub fn write(&self, batch: &Batch) -> impl Future<Output = Result<(), Failure>> + 'static {
        let begun = (!batch.is_empty()).then(|| self.begin(batch));
        async move {
            let Some(begun) = begun else { return Ok(()) };
            let (transaction, ended) = begun?;
            match JsFuture::from(ended).await {
                Ok(_) => Ok(()),
                Err(_) => match transaction.error() {
                    Some(error) if error.name() == "QuotaExceededError" => Err(Failure::Full),
                    _ => Err(Failure::Unavailable),
                },
            }
        }
    }

    fn begin(&self, batch: &Batch) -> Result<(IdbTransaction, Promise), Failure> {
        let durability = if batch.is_strict { "strict" } else { "relaxed" };
        let transaction = self.transaction(&batch.stores(), "readwrite", durability)?;
        // Only the transaction itself tells why it failed.
        let ended = Promise::new(&mut |done, failed| {
            transaction.set_oncomplete(Some(&done));
            transaction.set_onabort(Some(&failed));
        });
        match put(&Transaction::from(transaction.clone()), batch) {
            // It ends by itself where it cannot be told to.
            Ok(()) => drop(commit(&transaction)),
            // One that has failed already is told so too.
            Err(_) => drop(transaction.abort()),
        }
        Ok((transaction, ended))
    }

    /// What a list of all comparisons shows; `null` for what is no record.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn heads(&self) -> Result<Vec<(Key, Json<'static>)>, Failure> {
        self.read(Kind::Heads, None).await
    }

    /// The comparison's own record.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn own(&self, id: Id) -> Result<Option<Json<'static>>, Failure> {
        let records = self.read(Kind::Comparisons, Some(id)).await?;
        Ok(records.into_iter().next().map(|(_, record)| record))
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
        let mut all = Vec::new();
        for id in self.ids(&[Kind::Segments]).await? {
            let head = self.read(Kind::Heads, Some(id)).await?.pop();
            let head = head.and_then(|(_, record)| Head::from_json(record).ok());
            all.push((head.map_or(0, |head| head.changed_ms), id));
        }
        all.sort_unstable_by_key(|(changed_ms, _)| Reverse(*changed_ms));
        Ok(all.into_iter().map(|(_, id)| id).collect())
    }

    /// The comparisons of which something is there.
    async fn ids(&self, kinds: &[Kind]) -> Result<Vec<Id>, Failure> {
        let mut ids = Vec::new();
        for &kind in kinds {
            let transaction = Transaction::from(self.transaction(&[kind], "readonly", "default")?);
            let keys = transaction.object_store(kind.word())?.get_all_keys(None, None)?.await?;
            ids.extend(keys.iter().filter_map(|key| Some(key_from_js(kind, key)?.comparison())));
        }
        ids.sort_unstable();
        ids.dedup();
        Ok(ids)
    }

    async fn read(&self, kind: Kind, id: Option<Id>) -> Result<Vec<(Key, Json<'static>)>, Failure> {
        let store =
            Transaction::from(self.transaction(&[kind], "readonly", "default")?).object_store(kind.word())?;
        let query = || id.map(|id| range(id, &[])).transpose().map(|range| range.map(Query::from));
        let (keys, records) = (store.get_all_keys(query()?, None)?, store.get_all(query()?, None)?);
        let (keys, records) = (keys.await?, records.await?);
        let pairs = keys.iter().zip(&records);
        Ok(pairs
            // What is no record is refused by whoever reads it.
            .filter_map(|(key, record)| {
                Some((key_from_js(kind, key)?, value::from_js(record).unwrap_or(Json::Null)))
            })
            .collect())
    }

    /// Over those stores alone: who reads the list waits for no pieces of answers.
    fn transaction(&self, kinds: &[Kind], mode: &str, durability: &str) -> Result<IdbTransaction, Failure> {
        let options = js_sys::Object::new();
        // A plain object takes any field.
        let _ = js_sys::Reflect::set(&options, &"durability".into(), &durability.into());
        let stores: Array = kinds.iter().map(|kind| JsValue::from(kind.word())).collect();
        let database = self.database.unchecked_ref::<WithOptions>();
        database.transaction(&stores, mode, &options).map_err(|_| Failure::Unavailable)
    }
}

/// Begins all acts of a batch.
fn put(transaction: &Transaction, batch: &Batch) -> Result<(), Failure> {
    for act in &batch.acts {
        match act {
            Act::Put(key, record) => {
                let store = transaction.object_store(key.store().word())?;
                store.put(&value::to_js(record), Some(&key_to_js(*key)))?;
            }
            Act::Delete(key) => {
                transaction.object_store(key.store().word())?.delete(Query::from(key_to_js(*key)))?;
            }
            Act::Clear(id) => {
                let range = range(*id, &[])?;
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
    Ok(())
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
