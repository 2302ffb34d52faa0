//! Asks a provider for its models: also how a key, or a server, is checked.

use futures::{
    StreamExt,
    future::{self, Either, LocalBoxFuture},
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

/// A list longer than this is cut: no provider has so many pages, but a broken one may go in circles.
const MOST_PAGES: usize = 20;
/// For all pages together: a person waits for them.
const PATIENCE_MS: u64 = 30_000;
/// For all pages together. The longest real lists have about 1 MB.
const MOST_BYTES: usize = 16 << 20;
/// What is read of a refusal, as of a call's.
const MOST_REFUSAL_BYTES: usize = 256 << 10;

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
    let listed = pages(provider, dialect, key, transport, until).await;
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
    mut until: LocalBoxFuture<'static, ()>,
) -> Result<Vec<ModelInfo>, ApiError> {
    let mut request = encode::list_models(provider, dialect, key);
    let mut models = Vec::new();
    let mut room = MOST_BYTES;
    for _ in 0..MOST_PAGES {
        let ModelPage { models: more, next } =
            page(request.clone(), transport, &mut room, &mut until).await?;
        models.extend(more);
        let Some(next) = next else { break };
        let following = encode::more_models(provider, dialect, key, &next);
        // The format knows no pages, or the provider names the page that it has just sent.
        if following == request {
            break;
        }
        request = following;
    }
    Ok(models)
}

/// One page, whose bytes are taken from `room`.
async fn page(
    request: HttpRequest,
    transport: &dyn Transport,
    room: &mut usize,
    until: &mut LocalBoxFuture<'static, ()>,
) -> Result<ModelPage, ApiError> {
    let late = || ApiError::new(ErrorClass::Timeout, "the list did not come");
    let reply = match future::select(transport.send(request), &mut *until).await {
        Either::Left((reply, _)) => reply,
        Either::Right(_) => return Err(late()),
    };
    let Reply { status, body, .. } = reply?;
    let is_list = is_success(status);
    let most = if is_list { *room } else { MOST_REFUSAL_BYTES };
    let mut body = body.take_until(until);
    let mut bytes = Vec::new();
    let mut broken = None;
    while let Some(piece) = body.next().await {
        match piece {
            Ok(piece) => bytes.extend(piece),
            Err(error) => broken = Some(error),
        }
        if broken.is_some() || bytes.len() > most {
            break;
        }
    }
    // However its words end, a refusal is one.
    if !is_list {
        bytes.truncate(most);
        return Err(read_error(status, &bytes));
    }
    if let Some(mut error) = broken {
        // Browsers name every failed read alike; after the headers it can only be the connection.
        if error.class == ErrorClass::NetworkOrCors {
            error.class = ErrorClass::ConnectionLost;
        }
        return Err(error);
    }
    if body.take_result().is_some() {
        return Err(late());
    }
    *room = room
        .checked_sub(bytes.len())
        .ok_or_else(|| ApiError::new(ErrorClass::TooLarge, "the list is larger than 16 MB"))?;
    read_page(&bytes).map_err(|error| *error)
}
