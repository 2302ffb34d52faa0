//! From a database of an older form to this one: see [`crate::grid::moving`].

use std::{cell::Cell, rc::Rc};

use idb::{Factory, Query};
use js_sys::{Date, Promise};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::IdbDatabase;

use super::{Change, Failure, Kind, Store, value};
use crate::{
    browser,
    grid::{
        moving::{New, Plan, plan},
        record::{Act, Batch, Record},
    },
    model::json::Json,
};

/// A database in which an older version of this program kept what it stored.
pub struct Older {
    pub name: &'static str,
    /// Higher than any that such a program opens: whoever has it open lets go, and finds it closed from then on.
    pub version: u32,
    /// What makes one of its records one of this version's, or several, or none.
    pub step: fn(Record) -> Vec<Record>,
}

/// The oldest first.
pub const OLDER: &[Older] = &[];

/// In the store of files, under a key that no record has.
const MARK: &str = "whole since";

/// Takes over what an older program stored, and deletes it when its time is over.
///
/// # Errors
/// Something could not be read or written. What is in the old one is still there, or here already.
pub async fn move_in(older: &Older, store: &Store, on_change: Rc<dyn Fn(Change)>) -> Result<Plan, Failure> {
    let new = mark(store).await?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bytes")]
    let room = browser::usage().await.map(|(usage, quota)| (usage as u64, quota as u64));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "since 1970, in whole ms")]
    let now_ms = Date::now() as u64;
    let has_old = exists(older.name).await?;
    let plan = plan(has_old, new, room, now_ms);
    match plan {
        Plan::Nothing => {}
        Plan::Copy | Plan::Move => {
            let old = Store::open_version(older.name, older.version, on_change).await?;
            for id in old.ids(&Kind::ALL).await? {
                let records = old.records(id).await?.into_iter().flat_map(older.step);
                store.write(&Batch::of(records).strict()).await?;
                if plan == Plan::Move {
                    old.write(&Batch { is_strict: true, acts: vec![Act::Remove(id)] }).await?;
                }
            }
            set_mark(store, now_ms).await?;
        }
        // Also what nobody could read. Whoever has it open is an older page, which finds nothing new there.
        Plan::Drop => drop(Factory::new()?.delete(older.name)?.await),
    }
    Ok(plan)
}

/// Whether there is a database of that name. Asking makes none.
async fn exists(name: &str) -> Result<bool, Failure> {
    let factory = web_sys::window().and_then(|window| window.indexed_db().ok().flatten());
    let factory = factory.ok_or(Failure::Unavailable)?;
    let request = factory.open(name).map_err(|_| Failure::Unavailable)?;
    let is_new = Rc::new(Cell::new(false));
    let (made, undone) = (is_new.clone(), request.clone());
    let undo = Closure::<dyn FnMut()>::new(move || {
        made.set(true);
        // It was not there, and is not made.
        let _ = undone.transaction().map(|transaction| transaction.abort());
    });
    request.set_onupgradeneeded(Some(undo.as_ref().unchecked_ref()));
    let opened = Promise::new(&mut |done, failed| {
        request.set_onsuccess(Some(&done));
        request.set_onerror(Some(&failed));
    });
    match JsFuture::from(opened).await {
        Ok(_) => {
            let database = request.result().ok().and_then(|it| it.dyn_into::<IdbDatabase>().ok());
            database.inspect(IdbDatabase::close);
            Ok(true)
        }
        Err(_) if is_new.get() => Ok(false),
        Err(_) => Err(Failure::Unavailable),
    }
}

async fn mark(store: &Store) -> Result<New, Failure> {
    let files = idb::Transaction::from(store.transaction(&[Kind::Files], "readonly", "default")?)
        .object_store(Kind::Files.word())?;
    let found = files.get(Query::from(JsValue::from(MARK)))?.await?;
    let since = found.and_then(|found| value::from_js(&found)).and_then(|found| found.as_u64());
    Ok(since.map_or(New::Partial, |since_ms| New::Whole { since_ms }))
}

async fn set_mark(store: &Store, now_ms: u64) -> Result<(), Failure> {
    let transaction = idb::Transaction::from(store.transaction(&[Kind::Files], "readwrite", "strict")?);
    let files = transaction.object_store(Kind::Files.word())?;
    files.put(&value::to_js(&Json::from(now_ms)), Some(&MARK.into()))?.await?;
    Ok(())
}
