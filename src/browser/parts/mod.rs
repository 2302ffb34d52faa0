//! Parts of the program that are loaded when they are first needed, each a WebAssembly file of its own
//! that works in a worker of its own and is spoken to in bytes.
//!
//! The page loads the files and hands them over, so that a worker needs no network; its text comes from a
//! blob, which the page's policy binds (a worker that is loaded by its address is not bound).

mod highlight;
mod math;

pub use math::build as build_formula;

use std::{cell::OnceCell, time::Duration};

use js_sys::{Function, Promise, Uint8Array, WebAssembly};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{IdleRequestOptions, MessageEvent, Response, Window, Worker};

use super::{Code, FORMULA, document, on_code, worker};
use crate::later::later;

/// A request that takes longer is never answered: nobody waits so long for colours.
const PATIENCE: Duration = Duration::from_secs(15);

/// In ms: on a busy page nothing has to wait longer for its colours.
const IDLE_MS: u32 = 300;

/// So often a part that cannot be loaded is tried again.
const TRIES: u32 = 3;

/// From now on code is coloured and formulas are drawn.
pub fn start() {
    on_code(hand_over);
}

later! {
    "f001" fn hand_over(code: &Code) {
        match code.info == FORMULA {
            true => math::draw(&code.element),
            false => highlight::colour(code),
        }
    } else {
        let code = code.clone();
        crate::browser::spawn(async move {
            if super::rest().await.is_ok() {
                hand_over(&code);
            }
        });
    }
}

/// What a part is made of.
struct Made {
    text: String,
    module: JsValue,
}

/// Only one request is under way at a time.
pub struct Part {
    /// Of its file, without `.wasm`.
    name: &'static str,
    made: OnceCell<Made>,
    tries: u32,
    patience: Duration,
    worker: Option<Worker>,
}

impl Part {
    pub const fn new(name: &'static str) -> Self {
        Self { name, made: OnceCell::new(), tries: 0, patience: PATIENCE, worker: None }
    }

    /// Of a worker's text and a module, for tests.
    pub fn made_of(text: &str, module: JsValue, patience: Duration) -> Self {
        let mut part = Self::new("");
        part.patience = patience;
        // It is new, so nothing is in there.
        let _ = part.made.set(Made { text: text.to_owned(), module });
        part
    }

    /// How long the next requests are waited for.
    pub fn set_patience(&mut self, patience: Duration) {
        self.patience = patience;
    }

    /// `None`: it cannot be loaded, or has not answered; then its worker is ended, and the next request
    /// gets a new one that knows nothing of what was before.
    pub async fn ask(&mut self, request: &[u8]) -> Option<Vec<u8>> {
        if self.made.get().is_none() {
            self.load().await;
        }
        let worker = match &self.worker {
            Some(worker) => worker.clone(),
            None => self.worker.insert(start_worker(self.made.get()?)?).clone(),
        };
        let answer = self.answer(&worker, request).await;
        if answer.is_none() {
            worker.terminate();
            self.worker = None;
        }
        answer
    }

    async fn load(&mut self) {
        if self.tries >= TRIES {
            return;
        }
        self.tries += 1;
        let module = async {
            let bytes = file(&[self.name, ".wasm"].concat()).await?;
            JsFuture::from(WebAssembly::compile(&bytes)).await.ok()
        };
        let text = async { String::from_utf8(Uint8Array::new(&file("worker.js").await?).to_vec()).ok() };
        if let (Some(module), Some(text)) = (module.await, text.await) {
            // Nobody else has set it meanwhile: `self` is borrowed.
            let _ = self.made.set(Made { text, module });
        }
    }

    async fn answer(&self, worker: &Worker, request: &[u8]) -> Option<Vec<u8>> {
        let window = web_sys::window()?;
        let mut timer = 0;
        let first = Promise::new(&mut |resolve: Function, _| {
            worker.set_onmessage(Some(&resolve));
            worker.set_onerror(Some(&resolve));
            timer = wait(&window, &resolve, self.patience.as_millis() as i32);
        });
        worker.post_message(&Uint8Array::from(request)).ok()?;
        let said = JsFuture::from(first).await.ok()?;
        window.clear_timeout_with_handle(timer);
        let data: Uint8Array = said.dyn_into::<MessageEvent>().ok()?.data().dyn_into().ok()?;
        Some(data.to_vec())
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if let Some(worker) = &self.worker {
            worker.terminate();
        }
    }
}

fn start_worker(made: &Made) -> Option<Worker> {
    let worker = worker::start(&made.text)?;
    worker.post_message(&made.module).ok()?;
    Some(worker)
}

/// A file of the folder that the built page names.
async fn file(name: &str) -> Option<JsValue> {
    let folder = document()?.query_selector("meta[name=parts]").ok()??.get_attribute("content")?;
    if folder.is_empty() {
        return None;
    }
    let address = [folder.as_str(), name].concat();
    let response = JsFuture::from(web_sys::window()?.fetch_with_str(&address)).await.ok()?;
    let response: Response = response.dyn_into().ok().filter(Response::ok)?;
    JsFuture::from(response.array_buffer().ok()?).await.ok()
}

fn wait(window: &Window, resolve: &Function, ms: i32) -> i32 {
    window.set_timeout_with_callback_and_timeout_and_arguments_0(resolve, ms).unwrap_or_default()
}

/// Comes back when the page has nothing else to do.
pub async fn idle() {
    let Some(window) = web_sys::window() else { return };
    let idle = Promise::new(&mut |resolve: Function, _| {
        let options = IdleRequestOptions::new();
        options.set_timeout(IDLE_MS);
        // Not every browser says when it is idle.
        if window.request_idle_callback_with_options(&resolve, &options).is_err() {
            wait(&window, &resolve, 16);
        }
    });
    // It is never refused.
    let _ = JsFuture::from(idle).await;
}

/// LEB128, in at most five bytes.
fn number(bytes: &mut &[u8]) -> Option<usize> {
    let mut number = 0;
    for shift in [0, 7, 14, 21, 28] {
        let (first, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= usize::from(first & 0x7f).checked_shl(shift)?;
        if *first < 0x80 {
            return Some(number);
        }
    }
    None
}
