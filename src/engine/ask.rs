//! One question to one model, and the request that it becomes.

use crate::{
    call::{Limits, field::OptionalFields, queue::Class},
    later::later,
    model::{
        chat::ChatRequest,
        curl::curl,
        http::{ApiKey, HeaderValue, HttpRequest, Method},
        json::Json,
        provider::{Dialect, Provider},
    },
    wire::encode::{self, EncodeError, Encoded},
};

#[derive(Clone)]
pub struct Ask {
    pub provider: Provider,
    pub dialect: Dialect,
    pub key: Option<ApiKey>,
    pub request: ChatRequest,
    pub class: Class,
    pub limits: Limits,
}

/// How what is sent differs from what the person set, for the panel to show. The names are those of
/// the parameters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notes {
    /// Set, but this model or host does not take it: left out.
    pub dropped: Vec<&'static str>,
    /// Sent with the nearest value that the model takes.
    pub changed: Vec<(&'static str, String)>,
    /// Not set, but the API demands it.
    pub defaults: Vec<(&'static str, String)>,
}

impl Ask {
    /// The request as it goes out without those fields, the key kept apart.
    ///
    /// # Errors
    /// See [`encode::encode`].
    pub fn encode(&self, without: OptionalFields) -> Result<Encoded, EncodeError> {
        if without.is_empty() {
            return encode::encode(&self.provider, self.dialect, self.key.as_ref(), &self.request);
        }
        encode_without(self, without)
    }

    /// A shell line that asks the same, with `$KEY` in place of the key.
    ///
    /// # Errors
    /// See [`encode::encode`].
    pub fn curl(&self) -> Result<String, EncodeError> {
        curl_of(self)
    }
}

impl Ask {
    /// The request as it goes out: its first line, its headers but for the key, its body with a field a line.
    ///
    /// # Errors
    /// See [`encode::encode`].
    pub fn shown(&self) -> Result<String, EncodeError> {
        shown_of(self)
    }
}

later! {
    "a003" fn shown_of(ask: &Ask) -> Result<String, EncodeError> {
        let request = ask.encode(OptionalFields::default())?.request;
        let method = match request.method {
            Method::Get => "GET ",
            Method::Post => "POST ",
        };
        let mut text = [method, request.base.as_str(), &request.path, "\n"].concat();
        for (name, value) in &request.headers {
            let (prefix, value) = match value {
                HeaderValue::Plain(value) => ("", value.as_ref()),
                HeaderValue::Key { prefix, .. } => (*prefix, "$KEY"),
            };
            text += &[name, ": ", prefix, value, "\n"].concat();
        }
        text.push('\n');
        let body = request.body.as_deref().unwrap_or_default();
        text += &Json::read(body).map_or_else(|_| body.to_owned(), |body| body.to_lines());
        Ok(text)
    } else {
        Ok(String::new())
    }

    "a001" fn encode_without(ask: &Ask, without: OptionalFields) -> Result<Encoded, EncodeError> {
        let mut provider = ask.provider.clone();
        let mut request = ask.request.clone();
        for field in without.iter() {
            field.leave_out(ask.dialect, &mut request, &mut provider.quirks);
        }
        encode::encode(&provider, ask.dialect, ask.key.as_ref(), &request)
    } else {
        ask.encode(OptionalFields::default())
    }

    "a002" fn curl_of(ask: &Ask) -> Result<String, EncodeError> {
        ask.encode(OptionalFields::default()).map(|encoded| curl(&encoded.request))
    } else {
        Ok(String::new())
    }
}

pub(super) fn notes(encoded: Encoded) -> (HttpRequest, Notes) {
    let said = |list: Vec<(&'static str, Json<'_>)>| {
        list.into_iter().map(|(name, value)| (name, value.to_text())).collect()
    };
    let Encoded { request, dropped, changed, defaults } = encoded;
    (request, Notes { dropped, changed: said(changed), defaults: said(defaults) })
}
