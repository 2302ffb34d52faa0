//! Where a request goes: base URL, path and query.
//!
//! A model id is free text from anywhere. In a path it is percent-encoded whole, so that it stays
//! one segment: it can neither leave its folder nor begin a query.

use crate::model::{
    chat::{ChatRequest, Stream},
    http::BaseUrl,
    provider::{Dialect, Paths, Provider},
};

use super::EncodeError;

#[derive(Debug, PartialEq, Eq)]
pub struct Target {
    pub base: BaseUrl,
    /// Path and query.
    pub path: String,
}

/// The last dated version of Azure's older paths ("Azure OpenAI API version lifecycle"); the v1 paths
/// have none.
const AZURE_VERSION: &str = "api-version=2025-04-01-preview";

pub fn chat(provider: &Provider, dialect: Dialect, request: &ChatRequest) -> Result<Target, EncodeError> {
    let model = request.model.trim();
    if model.is_empty() {
        return Err(EncodeError::NoModel);
    }
    if model == "." || model == ".." {
        return Err(EncodeError::BadModel);
    }
    let base = &provider.base_url;
    Ok(match dialect {
        Dialect::OpenaiChat | Dialect::Mistral => openai(provider, "/chat/completions", model),
        Dialect::OpenaiResponses => openai(provider, "/responses", model),
        Dialect::AnthropicMessages => unversioned(base, "/v1/messages"),
        Dialect::CohereV2 => unversioned(base, "/v2/chat"),
        Dialect::OllamaChat => unversioned(base, "/api/chat"),
        Dialect::Gemini => {
            let method = match request.stream {
                Stream::Events => ":streamGenerateContent?alt=sse",
                Stream::Whole => ":generateContent",
            };
            let (folder, model) = match model.strip_prefix("tunedModels/") {
                Some(model) => ("tunedModels", model),
                None => ("models", model.strip_prefix("models/").unwrap_or(model)),
            };
            at(base, format!("/{folder}/{}{method}", segment(model)))
        }
    })
}

pub fn models(provider: &Provider, dialect: Dialect, next: Option<&str>) -> Target {
    let base = &provider.base_url;
    let page = |name: &str| next.map_or_else(String::new, |next| format!("&{name}={}", segment(next)));
    match dialect {
        Dialect::OpenaiChat | Dialect::OpenaiResponses | Dialect::Mistral => openai(provider, "/models", ""),
        Dialect::AnthropicMessages => {
            unversioned(base, &format!("/v1/models?limit=1000{}", page("after_id")))
        }
        Dialect::CohereV2 => {
            unversioned(base, &format!("/v1/models?endpoint=chat&page_size=1000{}", page("page_token")))
        }
        Dialect::OllamaChat => unversioned(base, "/api/tags"),
        Dialect::Gemini => at(base, format!("/models?pageSize=1000{}", page("pageToken"))),
    }
}

/// The paths of OpenAI's formats; `deployment` is the model where Azure wants it in the path.
fn openai(provider: &Provider, path: &str, deployment: &str) -> Target {
    let base = &provider.base_url;
    match provider.quirks.paths {
        Paths::Plain => at(base, path.to_owned()),
        Paths::V1ButChat if path == "/chat/completions" => at(base, path.to_owned()),
        Paths::V1 | Paths::V1ButChat => unversioned(base, &format!("/v1{path}")),
        Paths::Azure => azure(base, path, deployment),
    }
}

/// A resource alone, or `…/openai/v1`, has the v1 paths. `…/openai/deployments/{name}` is of the older
/// kind, where each deployment has a folder, and Responses and the list stand beside the folders.
fn azure(base: &BaseUrl, path: &str, deployment: &str) -> Target {
    let url = base.as_str();
    let Some(at_folder) = url.find("/openai/deployments") else {
        let has_path = url.matches('/').count() > 2;
        return match (has_path, url.ends_with("/openai")) {
            (false, _) => at(base, format!("/openai/v1{path}")),
            (true, true) => at(base, format!("/v1{path}")),
            (true, false) => at(base, path.to_owned()),
        };
    };
    let versioned = format!("{path}?{AZURE_VERSION}");
    if path != "/chat/completions" {
        let above = url.get(..at_folder + "/openai".len()).unwrap_or(url);
        return at(&BaseUrl::parse(above).unwrap_or_else(|_| base.clone()), versioned);
    }
    if url.ends_with("/deployments") {
        return at(base, format!("/{}{versioned}", segment(deployment)));
    }
    at(base, versioned)
}

fn at(base: &BaseUrl, path: String) -> Target {
    Target { base: base.clone(), path }
}

/// For formats whose paths begin with a version: an address that already ends with one, as people
/// know it from OpenAI's, means the same.
fn unversioned(base: &BaseUrl, path: &str) -> Target {
    let url = base.as_str();
    let trimmed = ["/v1", "/v2"].iter().find_map(|version| url.strip_suffix(version));
    let base = trimmed.and_then(|url| BaseUrl::parse(url).ok()).unwrap_or_else(|| base.clone());
    Target { base, path: path.to_owned() }
}

/// Everything but letters, digits, `-`, `.`, `_` and `~` as `%XX` (RFC 3986, "Unreserved Characters").
fn segment(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::catalog;

    #[test]
    fn azure_has_paths_of_two_kinds() {
        let check = |url: &str, path: &str, expected: &str| {
            let base = BaseUrl::parse(url).unwrap();
            let target = azure(&base, path, "my model");
            assert_eq!(target.base.join(&target.path), expected, "{url}");
        };
        let version = AZURE_VERSION;
        let chat = "/chat/completions";
        check("https://r.openai.azure.com", chat, "https://r.openai.azure.com/openai/v1/chat/completions");
        check(
            "https://r.openai.azure.com/openai",
            chat,
            "https://r.openai.azure.com/openai/v1/chat/completions",
        );
        let v1 = "https://r.openai.azure.com/openai/v1";
        check(v1, chat, &format!("{v1}/chat/completions"));
        check(v1, "/responses", &format!("{v1}/responses"));
        let old = "https://r.openai.azure.com/openai/deployments";
        check(&format!("{old}/d"), chat, &format!("{old}/d/chat/completions?{version}"));
        check(old, chat, &format!("{old}/my%20model/chat/completions?{version}"));
        check(
            &format!("{old}/d"),
            "/responses",
            &format!("https://r.openai.azure.com/openai/responses?{version}"),
        );
    }

    #[test]
    fn an_address_may_end_with_the_version_or_not() {
        for url in ["http://192.168.1.7:11434", "http://192.168.1.7:11434/v1/"] {
            let provider = catalog::custom_ollama(BaseUrl::parse(url).unwrap());
            let listed = |dialect| {
                let target = models(&provider, dialect, None);
                target.base.join(&target.path)
            };
            assert_eq!(listed(Dialect::OllamaChat), "http://192.168.1.7:11434/api/tags");
            assert_eq!(listed(Dialect::OpenaiChat), "http://192.168.1.7:11434/v1/models");
        }
        for url in ["https://api.z.ai/api/anthropic", "https://api.z.ai/api/anthropic/v1"] {
            let provider = catalog::custom_anthropic(BaseUrl::parse(url).unwrap());
            let target = models(&provider, Dialect::AnthropicMessages, Some("a&b=c"));
            assert_eq!(
                target.base.join(&target.path),
                "https://api.z.ai/api/anthropic/v1/models?limit=1000&after_id=a%26b%3Dc"
            );
        }
    }
}
