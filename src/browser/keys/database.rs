//! Where keys outlive a page: one IndexedDB store, of encryption keys and of what they encrypted.
//!
//! It is opened for each use and closed again, so that no tab ever stands in the way of another, and
//! no connection can go stale.

use js_sys::{Array, Function, Promise};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{DomException, IdbDatabase, IdbObjectStore, IdbRequest, IdbTransactionMode};

use super::StorageProblem;

const NAME: &str = "tutti.keys";
const STORE: &str = "keys";

pub(super) enum Change<'a> {
    Put(&'a str, &'a JsValue),
    Delete(&'a str),
    Clear,
}

/// Whether changes are made; it is asked in their own transaction.
#[derive(Clone, Copy)]
pub(super) enum Provided<'a> {
    Always,
    Has(&'a str),
    Lacks(&'a str),
}

/// Every record with its name.
pub(super) async fn all() -> Result<Vec<(String, JsValue)>, StorageProblem> {
    let database = open().await?;
    let records = read_all(&database).await;
    database.close();
    records.map_err(|error| problem(&error))
}

/// All changes or none. `Ok(false)` when the condition did not hold, so that nothing was changed.
pub(super) async fn change(provided: Provided<'_>, changes: &[Change<'_>]) -> Result<bool, StorageProblem> {
    let database = open().await?;
    let is_made = make(&database, provided, changes).await;
    database.close();
    is_made.map_err(|error| problem(&error))
}

async fn open() -> Result<IdbDatabase, StorageProblem> {
    // Merely asking for it throws where storage is forbidden.
    let factory = web_sys::window().and_then(|window| window.indexed_db().ok()?);
    let factory = factory.ok_or(StorageProblem::Unavailable)?;
    let request = factory.open_with_u32(NAME, 1).map_err(|_| StorageProblem::Unavailable)?;
    let opening: &IdbRequest = &request;
    let prepare = Closure::<dyn FnMut()>::new({
        let opening = opening.clone();
        move || {
            if let Some(database) = opening.result().ok().and_then(|it| it.dyn_into::<IdbDatabase>().ok()) {
                // Fails only when it is there already.
                let _ = database.create_object_store(STORE);
            }
        }
    });
    request.set_onupgradeneeded(Some(prepare.as_ref().unchecked_ref()));
    let database = result(opening).await.map_err(|_| StorageProblem::Unavailable)?;
    database.dyn_into().map_err(|_| StorageProblem::Unavailable)
}

async fn read_all(database: &IdbDatabase) -> Result<Vec<(String, JsValue)>, JsValue> {
    let store = database.transaction_with_str(STORE)?.object_store(STORE)?;
    let (names, values) = (store.get_all_keys()?, store.get_all()?);
    let (names, values) = futures::join!(result(&names), result(&values));
    let (names, values): (Array, Array) = (names?.dyn_into()?, values?.dyn_into()?);
    let named = names.iter().zip(values.iter()).filter_map(|(name, value)| Some((name.as_string()?, value)));
    Ok(named.collect())
}

async fn make(
    database: &IdbDatabase,
    provided: Provided<'_>,
    changes: &[Change<'_>],
) -> Result<bool, JsValue> {
    let transaction = database.transaction_with_str_and_mode(STORE, IdbTransactionMode::Readwrite)?;
    let done = promise(|resolve, reject| {
        transaction.set_oncomplete(Some(resolve));
        transaction.set_onabort(Some(reject));
    });
    let is_made = make_in(&transaction.object_store(STORE)?, provided, changes).await;
    if is_made.is_err() {
        // It may have been aborted by what failed in it.
        let _ = transaction.abort();
    }
    match JsFuture::from(done).await {
        Ok(_) => is_made,
        Err(event) => Err(transaction.error().map_or(event, Into::into)),
    }
}

async fn make_in(
    store: &IdbObjectStore,
    provided: Provided<'_>,
    changes: &[Change<'_>],
) -> Result<bool, JsValue> {
    let (name, wanted) = match provided {
        Provided::Always => ("", None),
        Provided::Has(name) => (name, Some(true)),
        Provided::Lacks(name) => (name, Some(false)),
    };
    if let Some(wanted) = wanted {
        let is_there = !result(&store.get_key(&name.into())?).await?.is_undefined();
        if is_there != wanted {
            return Ok(false);
        }
    }
    for change in changes {
        // The transaction tells how they end.
        match change {
            Change::Put(name, value) => store.put_with_key(value, &(*name).into())?,
            Change::Delete(name) => store.delete(&(*name).into())?,
            Change::Clear => store.clear()?,
        };
    }
    Ok(true)
}

async fn result(request: &IdbRequest) -> Result<JsValue, JsValue> {
    let settled = promise(|resolve, reject| {
        request.set_onsuccess(Some(resolve));
        request.set_onerror(Some(reject));
    });
    JsFuture::from(settled).await?;
    request.result()
}

/// A promise whose own functions are the event handlers.
fn promise(attach: impl Fn(&Function, &Function)) -> Promise {
    Promise::new(&mut |resolve, reject| attach(&resolve, &reject))
}

fn problem(error: &JsValue) -> StorageProblem {
    match error.dyn_ref::<DomException>() {
        Some(error) if error.name() == "QuotaExceededError" => StorageProblem::Full,
        _ => StorageProblem::Failed,
    }
}
