//! A [`ChatRequest`] to the one HTTP request that asks it, in a provider's own format.
//!
//! - [`encode`]: what to send, and what had to be left out, changed or added
//! - [`list_models`], [`more_models`]: asks for the models that a provider offers
//! - a module per dialect: the body; what several of them share is in `draft` and `turns`,
//!   what a model's name tells in `names`, where it all goes in `paths`
//!
//! A parameter that is not set is not sent. The key is never a part of a URL or of a body.

use crate::{
    later::later,
    model::{
        chat::ChatRequest,
        http::{ApiKey, HeaderValue, HttpRequest, Method},
        json::{DEPTH_LIMIT, Json},
        provider::{Auth, Dialect, Provider},
    },
};

use self::{draft::Draft, paths::Target};

mod anthropic_messages;
mod cohere_v2;
mod draft;
mod gemini;
mod mistral;
mod names;
mod ollama_chat;
mod openai_chat;
mod openai_responses;
mod paths;
mod turns;

/// A request that is ready to go, and how it differs from what was asked. The names are those of
/// the fields of [`Sampling`](crate::model::chat::Sampling).
#[derive(Clone, Debug, PartialEq)]
pub struct Encoded {
    pub request: HttpRequest,
    /// Set by the user, but this model or host does not take it: left out.
    pub dropped: Vec<&'static str>,
    /// Sent with another value than the user asked for, the nearest that the model takes.
    pub changed: Vec<(&'static str, Json<'static>)>,
    /// Not set by the user, but the API demands it; see [`required_defaults`].
    pub defaults: Vec<(&'static str, Json<'static>)>,
}

/// Why nothing can be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EncodeError {
    #[error("no model is chosen")]
    NoModel,
    #[error("a model cannot be called . or ..")]
    BadModel,
    #[error("the address of the server is still to be filled in")]
    NoBaseUrl,
    #[error("the extra JSON is nested deeper than {} levels", DEPTH_LIMIT)]
    ExtraTooDeep,
}

/// Writes the request that asks `request` of `provider` in `dialect`. Without a key the header that
/// would carry it is left out.
///
/// # Errors
/// No model, a provider whose address is a placeholder, or extra JSON that no server would read.
pub fn encode(
    provider: &Provider,
    dialect: Dialect,
    key: Option<&ApiKey>,
    request: &ChatRequest,
) -> Result<Encoded, EncodeError> {
    if provider.needs_base_url() {
        return Err(EncodeError::NoBaseUrl);
    }
    if !request.extra.is_within(DEPTH_LIMIT) {
        return Err(EncodeError::ExtraTooDeep);
    }
    let Target { base, path } = paths::chat(provider, dialect, request)?;
    let mut draft = Draft::default();
    match dialect {
        Dialect::OpenaiChat => openai_chat::write(provider, request, &mut draft),
        _ => write_other(provider, dialect, request, &mut draft),
    }
    draft::merge(&mut draft.body, &request.extra);
    let Draft { body, dropped, changed, defaults } = draft;
    let mut headers = headers(provider, key);
    headers.push(("content-type", HeaderValue::Plain("application/json".into())));
    let body = Some(body.to_text());
    let request = HttpRequest { method: Method::Post, base, path, headers, body };
    Ok(Encoded { request, dropped, changed, defaults })
}

later! {
    "e001" fn write_other['a](
        provider: &Provider,
        dialect: Dialect,
        request: &'a ChatRequest,
        draft: &mut Draft<'a>,
    ) {
        match dialect {
            Dialect::OpenaiChat => {}
            Dialect::OpenaiResponses => openai_responses::write(provider, request, draft),
            Dialect::AnthropicMessages => anthropic_messages::write(provider, request, draft),
            Dialect::Gemini => gemini::write(provider, request, draft),
            Dialect::Mistral => mistral::write(provider, request, draft),
            Dialect::CohereV2 => cohere_v2::write(provider, request, draft),
            Dialect::OllamaChat => ollama_chat::write(request, draft),
        }
    } else {}
}

/// What is sent although the user did not set it, since the API demands it.
pub fn required_defaults(dialect: Dialect, request: &ChatRequest) -> Vec<(&'static str, Json<'static>)> {
    match dialect {
        Dialect::AnthropicMessages => anthropic_messages::required(request).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// Asks for the models that the provider offers, the first page of them.
pub fn list_models(provider: &Provider, dialect: Dialect, key: Option<&ApiKey>) -> HttpRequest {
    get(provider, paths::models(provider, dialect, None), key)
}

/// Asks for the page that `next` of a [`ModelPage`](crate::model::listing::ModelPage) stands for.
pub fn more_models(provider: &Provider, dialect: Dialect, key: Option<&ApiKey>, next: &str) -> HttpRequest {
    get(provider, paths::models(provider, dialect, Some(next)), key)
}

fn get(provider: &Provider, Target { base, path }: Target, key: Option<&ApiKey>) -> HttpRequest {
    HttpRequest { method: Method::Get, base, path, headers: headers(provider, key), body: None }
}

/// Only what the host's own preflight admits: one more header, the same for all, would break six
/// hosts (big-AGI, "client-side fetch").
fn headers(provider: &Provider, key: Option<&ApiKey>) -> Vec<(&'static str, HeaderValue)> {
    let (name, prefix) = match provider.auth {
        Auth::Bearer => ("authorization", "Bearer "),
        Auth::Header(name) => (name, ""),
    };
    let auth = key.map(|key| (name, HeaderValue::Key { prefix, key: key.clone() }));
    let fixed = provider.headers.iter().map(|(name, value)| (*name, HeaderValue::Plain((*value).into())));
    auth.into_iter().chain(fixed).collect()
}
