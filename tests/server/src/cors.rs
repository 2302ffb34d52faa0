//! Which web pages a provider's host lets call it, as measured in browsers.

use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, ORIGIN, VARY,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};

const REQUEST_PRIVATE_NETWORK: &str = "access-control-request-private-network";
const ALLOW_PRIVATE_NETWORK: HeaderName = HeaderName::from_static("access-control-allow-private-network");

/// Headers that no host refuses.
const ALWAYS: &[&str] = &["content-type", "accept"];

/// A host's rule for calls from other origins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cors {
    /// Any origin, any header: the preflight's own words come back.
    Reflective,
    /// Any origin, but only these request headers besides the content type; another one is a 403.
    Only(&'static [&'static str]),
    /// No web page may call it: there is no answer to a preflight.
    None,
}

impl Cors {
    /// The rule of a provider's real host; a host that is not known lets no page in.
    pub fn of_host(host: &str) -> Self {
        match host {
            "api.openai.com"
            | "api.groq.com"
            | "api.deepseek.com"
            | "api.cerebras.ai"
            | "api.together.xyz"
            | "api.z.ai"
            | "dashscope.aliyuncs.com"
            | "api.cohere.com"
            | "api.anthropic.com"
            | "api.x.ai" => Cors::Reflective,
            "openrouter.ai" => Cors::Only(&[
                "authorization",
                "http-referer",
                "x-title",
                "x-openrouter-title",
                "x-openrouter-categories",
            ]),
            "api.mistral.ai" => Cors::Only(&["authorization", "x-mistral-user-agent"]),
            "api.perplexity.ai" => Cors::Only(&["authorization", "x-title", "x-source"]),
            "api.fireworks.ai" => Cors::Only(&["authorization", "http-referer", "x-title"]),
            "api.moonshot.ai" => Cors::Only(&["authorization", "referer", "x-stainless-lang"]),
            "generativelanguage.googleapis.com" => Cors::Only(&["x-goog-api-key", "x-goog-api-client"]),
            _ if host.ends_with(".openai.azure.com") => Cors::Only(&["api-key"]),
            _ => Cors::None,
        }
    }

    /// What a preflight gets: a status, and headers when it is let pass.
    pub(crate) fn answer_preflight(self, asked: &HeaderMap) -> (StatusCode, HeaderMap) {
        let refused = asked_headers(asked).find(|header| !self.allows(header));
        if self == Cors::None {
            return (StatusCode::NOT_FOUND, HeaderMap::new());
        }
        if refused.is_some() {
            return (StatusCode::FORBIDDEN, HeaderMap::new());
        }
        let mut answer = HeaderMap::new();
        self.mark(asked, &mut answer);
        answer.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST, DELETE, OPTIONS"));
        if let Some(allowed) = self.allowed_headers(asked) {
            answer.insert(ACCESS_CONTROL_ALLOW_HEADERS, allowed);
        }
        if asked.contains_key(REQUEST_PRIVATE_NETWORK) {
            answer.insert(ALLOW_PRIVATE_NETWORK, HeaderValue::from_static("true"));
        }
        (StatusCode::NO_CONTENT, answer)
    }

    /// Adds to an answer what lets the asking page read it.
    pub(crate) fn mark(self, asked: &HeaderMap, answer: &mut HeaderMap) {
        match (self, asked.get(ORIGIN)) {
            (Cors::Reflective, Some(origin)) => {
                answer.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
                answer.append(VARY, HeaderValue::from_static("origin"));
            }
            (Cors::Only(_), Some(_)) => {
                answer.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
            }
            (Cors::None, _) | (_, None) => {}
        }
    }

    fn allows(self, header: &str) -> bool {
        match self {
            Cors::Reflective => true,
            Cors::Only(allowed) => allowed.iter().chain(ALWAYS).any(|name| name.eq_ignore_ascii_case(header)),
            Cors::None => false,
        }
    }

    fn allowed_headers(self, asked: &HeaderMap) -> Option<HeaderValue> {
        match self {
            Cors::Reflective => asked.get(ACCESS_CONTROL_REQUEST_HEADERS).cloned(),
            Cors::Only(allowed) => {
                let names: Vec<&str> = allowed.iter().chain(ALWAYS).copied().collect();
                HeaderValue::from_str(&names.join(", ")).ok()
            }
            Cors::None => None,
        }
    }
}

/// Whether the browser asks for leave, rather than for an answer.
pub(crate) fn is_preflight(method: &Method, headers: &HeaderMap) -> bool {
    method == Method::OPTIONS && headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD)
}

/// The header names a preflight asks for, in lower case.
pub(crate) fn asked_headers(asked: &HeaderMap) -> impl Iterator<Item = String> {
    asked
        .get_all(ACCESS_CONTROL_REQUEST_HEADERS)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|names| names.split(','))
        .map(|name| name.trim().to_ascii_lowercase())
        .filter(|name| !name.is_empty())
}
