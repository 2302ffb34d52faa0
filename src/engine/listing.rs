//! Asks a provider for its models: also how a key, or a server, is checked.

use futures::{
    StreamExt,
    future::{self, Either},
};

use super::transport::{Clock, Reply, Transport};
use crate::{
    model::{
        error::{ApiError, ErrorClass},
        http::{ApiKey, HttpRequest, is_success},
        listing::{ModelInfo, ModelPage},
        provider::{Dialect, Provider},
    },
    wire::{encode, error::read_error, models::read_page},
};

/// A list longer than this is cut: no provider has so many pages, but a broken one may repeat its first.
const MOST_PAGES: usize = 20;
/// A person waits for it.
const PATIENCE_MS: u64 = 30_000;
/// The longest real lists have about 1 MB.
const MOST_BYTES: usize = 16 << 20;

/// Every model that the provider lists, in its order. The keys of the error's words are blotted out.
///
/// # Errors
/// The provider refused, could not be reached, took longer than 30 seconds, or sent no list.
pub async fn list_models(
    provider: &Provider,
    dialect: Dialect,
    key: Option<&ApiKey>,
    transport: &dyn Transport,
    clock: &dyn Clock,
) -> Result<Vec<ModelInfo>, ApiError> {
    if provider.needs_base_url() {
        return Err(ApiError::new(ErrorClass::Request, encode::EncodeError::NoBaseUrl.to_string()));
    }
    let until = clock.sleep_until(clock.now().ms.saturating_add(PATIENCE_MS));
    let pages = pages(provider, dialect, key, transport);
    futures::pin_mut!(pages);
    let listed = match future::select(pages, until).await {
        Either::Left((listed, _)) => listed,
        Either::Right(_) => Err(ApiError::new(ErrorClass::Timeout, "the list did not come")),
    };
    listed.map_err(|mut error| {
        if let Some(key) = key {
            error.redact(key);
        }
        error
    })
}

async fn pages(
    provider: &Provider,
    dialect: Dialect,
    key: Option<&ApiKey>,
    transport: &dyn Transport,
) -> Result<Vec<ModelInfo>, ApiError> {
    let mut request = encode::list_models(provider, dialect, key);
    let mut models = Vec::new();
    for _ in 0..MOST_PAGES {
        let ModelPage { models: more, next } = page(request, transport).await?;
        models.extend(more);
        match next {
            Some(next) => request = encode::more_models(provider, dialect, key, &next),
            None => break,
        }
    }
    Ok(models)
}

async fn page(request: HttpRequest, transport: &dyn Transport) -> Result<ModelPage, ApiError> {
    let Reply { status, mut body, .. } = transport.send(request).await?;
    let mut bytes = Vec::new();
    while let Some(piece) = body.next().await {
        bytes.extend(piece?);
        if bytes.len() > MOST_BYTES {
            return Err(ApiError::new(ErrorClass::TooLarge, "the list is larger than 16 MB"));
        }
    }
    match is_success(status) {
        true => read_page(&bytes).map_err(|error| *error),
        false => Err(read_error(status, &bytes)),
    }
}
