//! Requests over the network, by streaming `fetch`.

use futures::{future::LocalBoxFuture, stream};
use gloo_net::http::{Request, Response};
use js_sys::{Array, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, ReadableStreamDefaultReader, ReferrerPolicy, RequestCache, RequestCredentials,
    RequestInit, RequestRedirect,
};

use super::{later, network::watch_policy};
use crate::{
    engine::transport::{Reply, Transport},
    model::{
        error::{ApiError, ErrorClass},
        http::{Headers, HttpRequest, Method},
    },
};

pub struct Fetch;

impl Transport for Fetch {
    fn send(&self, request: HttpRequest) -> LocalBoxFuture<'static, Result<Reply, ApiError>> {
        Box::pin(send(request))
    }
}

async fn send(request: HttpRequest) -> Result<Reply, ApiError> {
    watch_policy();
    let abort = AbortOnDrop::new();
    let request = written(&request, &abort)?;
    // Not `request.clone()`, which is the browser's own and makes another request.
    let response = Request::from(Clone::clone(&request)).send().await.map_err(broken)?;
    if !response.ok() {
        // What reads a refusal is fetched after the first screen; without it its words are kept as they are.
        let _ = later::rest().await;
    }
    let headers = Headers::from_iter(response.headers().entries());
    Ok(Reply { status: response.status(), headers, body: Box::pin(body(response, request, abort)) })
}

/// The request as the browser takes it. Not through gloo's builder, which adds a `&` to an address
/// that has a query.
fn written(request: &HttpRequest, abort: &AbortOnDrop) -> Result<web_sys::Request, ApiError> {
    let init = init(request)?;
    init.set_signal(abort.signal().as_ref());
    let request = web_sys::Request::new_with_str_and_init(&request.url(), &init);
    request.map_err(|error| broken_js(&error))
}

/// All of a request but its address and its end, as data that a worker can be given.
pub(super) fn init(request: &HttpRequest) -> Result<RequestInit, ApiError> {
    let names =
        request.headers_to_send().map_err(|error| ApiError::new(ErrorClass::Request, error.to_string()))?;
    let headers = Array::new();
    for (name, value) in names {
        headers.push(&Array::of2(&name.into(), &value.into()));
    }
    let init = RequestInit::new();
    init.set_method(match request.method {
        Method::Get => "GET",
        Method::Post => "POST",
    });
    init.set_headers(&headers);
    if let Some(body) = &request.body {
        init.set_body(&body.as_str().into());
    }
    // A redirect could carry the key to another origin.
    init.set_redirect(RequestRedirect::Error);
    make_careful(&init);
    Ok(init)
}

/// What holds for every request of this page: it says nothing about the person or the page, and leaves
/// nothing behind.
pub(super) fn make_careful(init: &RequestInit) {
    init.set_credentials(RequestCredentials::Omit);
    init.set_referrer_policy(ReferrerPolicy::NoReferrer);
    init.set_cache(RequestCache::NoStore);
}

/// The body, read piece by piece. Dropping it aborts the request, which is held until then: WebKit
/// forgets to abort what a request object that was collected as garbage had begun.
fn body(
    response: Response,
    request: web_sys::Request,
    abort: AbortOnDrop,
) -> impl stream::Stream<Item = Result<Vec<u8>, ApiError>> {
    let reader = response.body().and_then(|body| body.get_reader().dyn_into().ok());
    stream::unfold((reader, (abort, request)), |(reader, held)| async move {
        let reader: ReadableStreamDefaultReader = reader?;
        match read(&reader).await {
            Ok(Some(piece)) => Some((Ok(piece), (Some(reader), held))),
            Ok(None) => {
                held.0.nothing_left();
                None
            }
            Err(error) => Some((Err(broken_js(&error)), (None, held))),
        }
    })
}

async fn read(reader: &ReadableStreamDefaultReader) -> Result<Option<Vec<u8>>, JsValue> {
    let result = JsFuture::from(reader.read()).await?;
    if Reflect::get(&result, &"done".into())?.is_truthy() {
        return Ok(None);
    }
    let value = Reflect::get(&result, &"value".into())?;
    Ok(Some(value.dyn_into::<Uint8Array>()?.to_vec()))
}

/// What the browser says of a failed request is the same for a dead server, a refused page, a
/// blocked address and a broken connection; the call knows how far it had come.
fn broken(error: gloo_net::Error) -> ApiError {
    ApiError::new(ErrorClass::NetworkOrCors, error.to_string())
}

fn broken_js(error: &JsValue) -> ApiError {
    let message = error.dyn_ref::<js_sys::Error>().map(|error| String::from(error.message()));
    ApiError::new(ErrorClass::NetworkOrCors, message.unwrap_or_default())
}

pub(super) struct AbortOnDrop {
    controller: Option<AbortController>,
    is_over: std::cell::Cell<bool>,
}

impl AbortOnDrop {
    pub(super) fn new() -> Self {
        Self { controller: AbortController::new().ok(), is_over: false.into() }
    }

    pub(super) fn signal(&self) -> Option<web_sys::AbortSignal> {
        self.controller.as_ref().map(AbortController::signal)
    }

    fn nothing_left(&self) {
        self.is_over.set(true);
    }
}

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        if let Some(controller) = self.controller.as_ref().filter(|_| !self.is_over.get()) {
            controller.abort();
        }
    }
}
