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

/// What Ollama lets pages of this machine send.
const OLLAMA: &[&str] = &["authorization", "user-agent", "x-requested-with", "openai-beta", "x-stainless-*"];

/// A host's rule for calls from other origins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cors {
    /// Any origin, any header: the preflight's own words come back.
    Reflective,
    /// The same, but the answer says `*` instead of naming the origin.
    Star,
    /// Any origin, but only these request headers besides the content type; another one is a 403.
    /// A name that ends in `*` stands for all that begin like it.
    Only(&'static [&'static str]),
    /// As [`Cors::Reflective`], but only for requests that bear this header.
    Asking(&'static str),
    /// Only pages of this machine itself; every other request from a page is a 403.
    Loopback,
    /// No web page may call it: there is no answer to a preflight.
    None,
}

impl Cors {
    /// The rule of a provider's real host, and of local servers at their usual ports as they are
    /// before anyone changes a setting; a host that is not known lets no page in.
    pub fn of_host(host: &str) -> Self {
        match host {
            "api.openai.com"
            | "api.groq.com"
            | "api.deepseek.com"
            | "api.cerebras.ai"
            | "api.z.ai"
            | "dashscope.aliyuncs.com"
            | "dashscope-intl.aliyuncs.com"
            | "api.cohere.com" => Cors::Reflective,
            "api.x.ai" | "api.together.xyz" | "router.huggingface.co" => Cors::Star,
            "api.anthropic.com" => Cors::Asking("anthropic-dangerous-direct-browser-access"),
            "openrouter.ai" => Cors::Only(&[
                "authorization",
                "http-referer",
                "x-title",
                "x-openrouter-title",
                "x-openrouter-categories",
                "x-stainless-*",
            ]),
            "api.mistral.ai" => Cors::Only(&["authorization", "x-mistral-user-agent"]),
            "api.perplexity.ai" => Cors::Only(&["authorization", "x-title", "x-source"]),
            "api.fireworks.ai" => Cors::Only(&["authorization", "http-referer", "x-title"]),
            "api.moonshot.ai" => Cors::Only(&["authorization", "referer", "x-stainless-lang"]),
            "generativelanguage.googleapis.com" => Cors::Only(&["x-goog-api-key", "x-goog-api-client"]),
            _ if host.ends_with(".openai.azure.com") => Cors::Only(&["api-key"]),
            // Ollama; LM Studio at 1234 lets no page in before it is told to.
            "localhost:11434" | "127.0.0.1:11434" => Cors::Loopback,
            // llama.cpp's server, vLLM.
            "localhost:8080" | "127.0.0.1:8080" => Cors::Reflective,
            "localhost:8000" | "127.0.0.1:8000" => Cors::Star,
            _ => Cors::None,
        }
    }

    /// What a preflight gets: a status, and headers when it is let pass.
    pub(crate) fn answer_preflight(self, asked: &HeaderMap) -> (StatusCode, HeaderMap) {
        if self == Cors::None {
            return (StatusCode::NOT_FOUND, HeaderMap::new());
        }
        let lacks_one = match self {
            Cors::Asking(needed) => !asked_headers(asked).any(|header| header == needed),
            _ => false,
        };
        if lacks_one || self.turns_away(asked) || !asked_headers(asked).all(|header| self.allows(&header)) {
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

    /// Whether the host answers this request with nothing but a 403, whatever it asks for.
    pub(crate) fn turns_away(self, asked: &HeaderMap) -> bool {
        self == Cors::Loopback && asked.get(ORIGIN).is_some_and(|origin| !is_local(origin))
    }

    /// Adds to an answer what lets the asking page read it.
    pub(crate) fn mark(self, asked: &HeaderMap, answer: &mut HeaderMap) {
        let Some(origin) = asked.get(ORIGIN) else { return };
        let is_reflected = match self {
            Cors::Reflective | Cors::Loopback => true,
            // A preflight names the header, the request itself bears it.
            Cors::Asking(needed) => asked.contains_key(needed) || asked_headers(asked).any(|h| h == needed),
            Cors::Star | Cors::Only(_) => {
                answer.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
                false
            }
            Cors::None => false,
        };
        if is_reflected {
            answer.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
            answer.append(VARY, HeaderValue::from_static("origin"));
        }
    }

    fn allows(self, header: &str) -> bool {
        let is_meant = |name: &&'static str| match name.strip_suffix('*') {
            Some(beginning) => header.starts_with(beginning),
            None => name.eq_ignore_ascii_case(header),
        };
        match self {
            Cors::Reflective | Cors::Star | Cors::Asking(_) => true,
            Cors::Only(allowed) => allowed.iter().chain(ALWAYS).any(is_meant),
            Cors::Loopback => OLLAMA.iter().chain(ALWAYS).any(is_meant),
            Cors::None => false,
        }
    }

    fn allowed_headers(self, asked: &HeaderMap) -> Option<HeaderValue> {
        match self {
            Cors::Reflective | Cors::Star | Cors::Asking(_) | Cors::Loopback => {
                asked.get(ACCESS_CONTROL_REQUEST_HEADERS).cloned()
            }
            Cors::Only(allowed) => {
                let named = allowed.iter().chain(ALWAYS).filter(|name| !name.ends_with('*'));
                let mut names: Vec<String> = named.map(|name| name.to_string()).collect();
                // What a pattern stands for is named once somebody asks for it.
                names.extend(asked_headers(asked).filter(|header| self.allows(header)));
                names.sort();
                names.dedup();
                HeaderValue::from_str(&names.join(", ")).ok()
            }
            Cors::None => None,
        }
    }
}

/// Whether a real host's 401 lacks what lets a page read it, so that the page learns nothing.
pub(crate) fn hides_unauthorized(host: &str) -> bool {
    matches!(host, "api.openai.com" | "api.cerebras.ai")
}

/// The response headers that a real host lets pages read, besides those that every page may read.
pub(crate) fn exposed(host: &str) -> Option<&'static str> {
    match host {
        "api.openai.com" => Some("X-Request-ID, CF-Ray"),
        "api.cohere.com" => Some("X-Debug-Trace-ID"),
        "openrouter.ai" => Some("X-Generation-Id, X-Provider-Name, request-id, cf-ray"),
        "router.huggingface.co" => Some("X-Repo-Commit,X-Request-Id,X-Error-Code,X-Error-Message"),
        "api.x.ai" => Some("*"),
        _ => None,
    }
}

fn is_local(origin: &HeaderValue) -> bool {
    let Ok(origin) = origin.to_str() else { return false };
    let Some((scheme, host)) = origin.split_once("://") else { return false };
    let host = host.split(':').next().unwrap_or(host);
    match scheme {
        "http" | "https" => ["localhost", "127.0.0.1", "0.0.0.0"].contains(&host),
        "app" | "file" | "tauri" => true,
        _ => false,
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
