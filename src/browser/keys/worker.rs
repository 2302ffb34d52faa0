//! What the keyring does that takes time, and what other tabs tell it.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    rc::{Rc, Weak},
};

use futures::{channel::oneshot, future::LocalBoxFuture};
use js_sys::Reflect;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{BroadcastChannel, CryptoKey, MessageEvent};

use super::{
    StorageProblem,
    database::{self, Change, Provided},
    seal, session,
};
use crate::{
    browser::Listener,
    later::{self, later},
    model::{
        http::{ApiKey, Origin},
        table::Table,
    },
};

/// The names of the two encryption keys among the records, whose other names are origins.
const SESSION: &str = "session";
const DEVICE: &str = "device";

/// What tabs say to each other. Never a key.
const CHANNEL: &str = "tutti.keys";
const CHANGED: &str = "changed";
const FORGOTTEN: &str = "forgotten";

#[derive(Default)]
pub(super) struct Inner {
    pub(super) keys: RefCell<Table<Origin, ApiKey>>,
    /// Counts the changes of `keys`, so that what was read before one is not taken for newer.
    edition: Cell<u64>,
    chores: RefCell<VecDeque<Chore>>,
    is_working: Cell<bool>,
    has_loaded: Cell<bool>,
    /// Seals what is in `sessionStorage`.
    session: RefCell<Option<CryptoKey>>,
    /// Seals what is remembered; there is one exactly while keys are remembered.
    pub(super) device: RefCell<Option<CryptoKey>>,
    pub(super) can_remember: Cell<bool>,
    pub(super) listeners: RefCell<Vec<Rc<dyn Fn()>>>,
    channel: Option<BroadcastChannel>,
    /// Held for their drop.
    from_outside: RefCell<Vec<Listener>>,
}

later! {
    "0001" fn work(inner: Rc<Inner>) -> LocalBoxFuture<'static, ()> {
        Box::pin(inner.work())
    } else {
        Box::pin(async {})
    }
}

pub(super) enum Chore {
    Load,
    /// Stores or deletes, whichever is true when its turn comes.
    Save(Origin),
    Remember(bool, oneshot::Sender<Result<(), StorageProblem>>),
    Wipe,
    /// Says that all before it is done.
    Tell(oneshot::Sender<()>),
}

impl Inner {
    pub(super) fn new() -> Rc<Self> {
        let inner = Rc::new(Self { channel: BroadcastChannel::new(CHANNEL).ok(), ..Self::default() });
        inner.listen();
        inner.add(Chore::Load);
        inner
    }

    fn listen(self: &Rc<Self>) {
        let weak = Rc::downgrade(self);
        let heard = move |event: web_sys::Event, hear: fn(&Rc<Self>, &web_sys::Event)| {
            if let Some(inner) = Weak::upgrade(&weak) {
                hear(&inner, &event);
            }
        };
        let mut listeners = self.from_outside.borrow_mut();
        if let Some(channel) = &self.channel {
            let heard = heard.clone();
            listeners.push(Listener::new(channel, "message", move |event| heard(event, Self::hear)));
        }
        if let Some(window) = web_sys::window() {
            listeners.push(Listener::new(&window, "pageshow", move |event| heard(event, Self::come_back)));
        }
    }

    /// Another tab said something.
    fn hear(self: &Rc<Self>, event: &web_sys::Event) {
        let said = event.dyn_ref::<MessageEvent>().and_then(|event| event.data().as_string());
        match said.as_deref() {
            Some(CHANGED) => self.add(Chore::Load),
            Some(FORGOTTEN) => self.forget_all(),
            _ => {}
        }
    }

    /// The page comes back as it was left, while another one of this tab may have changed the keys.
    fn come_back(self: &Rc<Self>, event: &web_sys::Event) {
        let was_kept = Reflect::get(event, &"persisted".into()).is_ok_and(|kept| kept.is_truthy());
        if was_kept && self.can_remember.get() {
            self.keys.borrow_mut().clear();
            self.has_loaded.set(false);
            self.add(Chore::Load);
        }
    }

    fn say(&self, what: &str) {
        if let Some(channel) = &self.channel {
            // Fails only for a channel that was closed.
            let _ = channel.post_message(&what.into());
        }
    }

    fn tell(&self) {
        let listeners = self.listeners.borrow().clone();
        listeners.iter().for_each(|listener| listener());
    }

    pub(super) fn changed(self: &Rc<Self>, origin: Origin) {
        self.edition.set(self.edition.get() + 1);
        self.add(Chore::Save(origin));
        self.tell();
    }

    pub(super) fn forget_everywhere(self: &Rc<Self>) {
        self.forget_all();
        self.say(FORGOTTEN);
        self.add(Chore::Wipe);
    }

    /// What this tab itself keeps. The encryption keys go too: what they sealed is deleted.
    fn forget_all(&self) {
        self.keys.borrow_mut().clear();
        self.edition.set(self.edition.get() + 1);
        session::remove_all();
        self.session.replace(None);
        self.device.replace(None);
        self.tell();
    }

    pub(super) fn add(self: &Rc<Self>, chore: Chore) {
        self.chores.borrow_mut().push_back(chore);
        self.go_on();
    }

    pub(super) fn go_on(self: &Rc<Self>) {
        if later::is_here() && !self.is_working.replace(true) {
            spawn_local(work(self.clone()));
        }
    }

    async fn work(self: Rc<Self>) {
        loop {
            let Some(chore) = self.chores.borrow_mut().pop_front() else { break };
            match chore {
                Chore::Load => self.load().await,
                Chore::Save(origin) => self.save(&origin).await,
                Chore::Remember(on, done) => {
                    let result = if on { self.remember().await } else { self.stop_remembering().await };
                    self.tell();
                    // Nobody may wait for it any more.
                    let _ = done.send(result);
                }
                Chore::Wipe => self.wipe().await,
                Chore::Tell(done) => drop(done.send(())),
            }
        }
        self.is_working.set(false);
    }

    /// Reads what is stored, and joins it with what the tab has.
    async fn load(self: &Rc<Self>) {
        let edition = self.edition.get();
        if !seal::is_possible() {
            return;
        }
        let Ok(records) = database::all().await else { return };
        let encryption_key = |name: &str| {
            let (_, value) = records.iter().find(|(known, _)| known == name)?;
            value.clone().dyn_into().ok()
        };
        let device: Option<CryptoKey> = encryption_key(DEVICE);
        let session: Option<CryptoKey> = encryption_key(SESSION);
        let session = match session {
            Some(session) => Some(session),
            None => stored_key(SESSION).await,
        };
        let sealed_here = if self.has_loaded.get() { Vec::new() } else { session::all() };
        let here = unsealed(session.as_ref(), sealed_here).await;
        let of_origin =
            |(name, value): &(String, JsValue)| Some((session::origin(name)?, value.as_string()?));
        let remembered = unsealed(device.as_ref(), records.iter().filter_map(of_origin).collect()).await;
        if edition != self.edition.get() {
            // Before anything is saved where it may not belong; but what is to be wiped is not read.
            let mut chores = self.chores.borrow_mut();
            let is_to_be_wiped = chores.iter().any(|chore| matches!(chore, Chore::Wipe));
            return if is_to_be_wiped {
                chores.push_back(Chore::Load)
            } else {
                chores.push_front(Chore::Load)
            };
        }
        let was_remembered = self.device.borrow().is_some();
        self.can_remember.set(session.is_some());
        self.session.replace(session);
        self.device.replace(device.clone());
        self.has_loaded.set(true);
        self.join(here, remembered, was_remembered, device.is_some());
        self.tell();
    }

    fn join(
        self: &Rc<Self>,
        here: Vec<ApiKey>,
        remembered: Vec<ApiKey>,
        was_remembered: bool,
        is_remembered: bool,
    ) {
        let is_unsaved = {
            let chores = self.chores.borrow();
            let unsaved = chores.iter().filter_map(|chore| match chore {
                Chore::Save(origin) => Some(origin.clone()),
                _ => None,
            });
            let unsaved: Vec<Origin> = unsaved.collect();
            move |origin: &Origin| unsaved.contains(origin)
        };
        let mut keys = self.keys.take();
        for key in here {
            if !is_unsaved(key.origin()) && !keys.contains_key(key.origin()) {
                keys.insert(key.origin().clone(), key);
            }
        }
        if was_remembered && is_remembered {
            // Another tab deleted what is not there any more.
            let is_there = |origin: &Origin| remembered.iter().any(|key| key.origin() == origin);
            keys.retain(|origin| is_unsaved(origin) || is_there(origin));
        }
        // From here on the tab's keys belong elsewhere.
        if was_remembered != is_remembered {
            let mut chores = self.chores.borrow_mut();
            let elsewhere =
                keys.keys().filter(|origin| !remembered.iter().any(|key| key.origin() == *origin));
            chores.extend(elsewhere.cloned().map(Chore::Save));
        }
        for key in remembered {
            if !is_unsaved(key.origin()) {
                keys.insert(key.origin().clone(), key);
            }
        }
        self.keys.replace(keys);
    }

    async fn save(self: &Rc<Self>, origin: &Origin) {
        let key = self.keys.borrow().get(origin).cloned();
        let device = self.device.borrow().clone();
        if let Some(device) = device {
            let is_saved = match &key {
                Some(key) => self.save_on_device(&device, key).await,
                None => database::change(Provided::Always, &[Change::Delete(origin.as_str())]).await.is_ok(),
            };
            if is_saved {
                session::remove(origin);
                return self.say(CHANGED);
            }
        }
        match key {
            Some(key) => self.save_in_session(&key).await,
            None => session::remove(origin),
        }
    }

    async fn save_on_device(self: &Rc<Self>, device: &CryptoKey, key: &ApiKey) -> bool {
        let Some(sealed) = seal::seal(device, key).await else { return false };
        let put = Change::Put(key.origin().as_str(), &sealed.into());
        let is_saved = database::change(Provided::Has(DEVICE), &[put]).await;
        if is_saved == Ok(false) {
            // Another tab has just ended the remembering.
            self.add(Chore::Load);
        }
        is_saved == Ok(true)
    }

    async fn save_in_session(&self, key: &ApiKey) {
        let known = self.session.borrow().clone();
        let session = match known {
            Some(session) => Some(session),
            None => stored_key(SESSION).await,
        };
        let Some(session) = session else { return };
        if let Some(sealed) = seal::seal(&session, key).await {
            session::write(key.origin(), &sealed);
            self.session.replace(Some(session));
        }
    }

    async fn remember(self: &Rc<Self>) -> Result<(), StorageProblem> {
        if self.device.borrow().is_some() {
            return Ok(());
        }
        let edition = self.edition.get();
        let device = stored_key(DEVICE).await.ok_or(StorageProblem::Unavailable)?;
        let keys: Vec<ApiKey> = self.keys.borrow().values().cloned().collect();
        let mut sealed = Vec::new();
        for key in &keys {
            let text = seal::seal(&device, key).await.ok_or(StorageProblem::Unavailable)?;
            sealed.push((key.origin().as_str(), JsValue::from(text)));
        }
        let puts: Vec<_> = sealed.iter().map(|(name, value)| Change::Put(name, value)).collect();
        if let Err(problem) = database::change(Provided::Has(DEVICE), &puts).await {
            // An encryption key that encrypts nothing would say that keys are remembered.
            let _ = database::change(Provided::Always, &[Change::Delete(DEVICE)]).await;
            return Err(problem);
        }
        self.device.replace(Some(device));
        session::remove_all();
        if edition != self.edition.get() {
            // Some of them may be forgotten by now.
            keys.iter().for_each(|key| self.add(Chore::Save(key.origin().clone())));
        }
        self.say(CHANGED);
        Ok(())
    }

    async fn stop_remembering(self: &Rc<Self>) -> Result<(), StorageProblem> {
        let session = self.session.borrow().clone().map(JsValue::from);
        let mut changes = vec![Change::Clear];
        changes.extend(session.as_ref().map(|session| Change::Put(SESSION, session)));
        database::change(Provided::Always, &changes).await?;
        self.device.replace(None);
        let origins = self.keys.borrow().keys().cloned().collect::<Vec<_>>();
        self.chores.borrow_mut().extend(origins.into_iter().map(Chore::Save));
        self.say(CHANGED);
        Ok(())
    }

    /// What was under way when everything was forgotten may have been stored since.
    async fn wipe(&self) {
        session::remove_all();
        self.session.replace(None);
        self.device.replace(None);
        if seal::is_possible() {
            // A browser that does not open its storage did not store anything either.
            let _ = database::change(Provided::Always, &[Change::Clear]).await;
        }
        // Whoever read the storage before it was empty forgets again.
        self.say(FORGOTTEN);
    }
}

/// The encryption key of that name, made if there is none. `None` where the browser cannot keep one.
async fn stored_key(name: &str) -> Option<CryptoKey> {
    let fresh = seal::new_key().await?;
    if database::change(Provided::Lacks(name), &[Change::Put(name, &fresh)]).await.ok()? {
        return Some(fresh);
    }
    // Another tab was faster.
    let records = database::all().await.ok()?;
    records.into_iter().find(|(known, _)| known == name)?.1.dyn_into().ok()
}

/// What cannot be unsealed was not sealed here, or not for that origin: it is left out.
async fn unsealed(under: Option<&CryptoKey>, sealed: Vec<(Origin, String)>) -> Vec<ApiKey> {
    let mut keys = Vec::new();
    let Some(under) = under else { return keys };
    for (origin, sealed) in sealed {
        keys.extend(seal::unseal(under, &origin, &sealed).await);
    }
    keys
}
