//! The rows: every provider that Tutti knows by name.
//!
//! A row says only what is true of the host. Which headers a page may send there, and whether the
//! host answers pages at all, was measured with real preflights (big-AGI, "client-side fetch").

use std::{borrow::Cow, sync::LazyLock};

use super::{
    chat::Effort,
    http::BaseUrl,
    provider::{
        Auth, Cors,
        Dialect::{
            self, AnthropicMessages, CohereV2, Gemini, Mistral, OllamaChat, OpenaiChat, OpenaiResponses,
        },
        EffortStyle, MaxTokens, Paths, Place, Provider, Quirks, StreamOptions,
    },
};

/// Every row, in the order in which they are offered.
pub fn all() -> &'static [Provider] {
    ALL.as_slice()
}

/// The kinds of servers that may stand at an address of the user's own. Their addresses are
/// placeholders: see [`Provider::needs_base_url`].
pub fn custom() -> &'static [Provider] {
    CUSTOM.as_slice()
}

/// The row with that id.
pub fn find(id: &str) -> Option<&'static Provider> {
    all().iter().chain(custom()).chain([simulated()]).find(|provider| provider.id == id)
}

/// The provider that is none: its answers are made up in the page.
pub fn simulated() -> &'static Provider {
    &SIMULATED
}

static CUSTOM: LazyLock<[Provider; 3]> = LazyLock::new(|| {
    let address = BaseUrl::from_static;
    [
        custom_openai(address("https://your-server.invalid/v1")),
        custom_anthropic(address("https://your-server.invalid")),
        custom_ollama(address("https://your-server.invalid")),
    ]
});

static SIMULATED: LazyLock<Provider> = LazyLock::new(|| Provider {
    place: Place::Simulated,
    // No server, so no limit worth the name.
    connections: 256,
    ..local(
        ("simulated", "Simulated"),
        "https://simulated.invalid",
        &Dialect::ALL,
        Quirks { paths: Paths::V1, ..Quirks::NONE },
        Cors::Yes,
    )
});

static ALL: LazyLock<[Provider; 22]> = LazyLock::new(|| {
    [
        cloud(
            ("openai", "OpenAI"),
            "https://api.openai.com/v1",
            &[OpenaiResponses, OpenaiChat],
            OPENAI,
            ("https://platform.openai.com/api-keys", "OPENAI_API_KEY"),
        ),
        Provider {
            auth: Auth::Header("x-api-key"),
            headers: Cow::Borrowed(ANTHROPIC_HEADERS),
            ..cloud(
                ("anthropic", "Anthropic"),
                "https://api.anthropic.com",
                &[AnthropicMessages],
                Quirks::NONE,
                ("https://console.anthropic.com/settings/keys", "ANTHROPIC_API_KEY"),
            )
        },
        Provider {
            // Any other header makes the preflight fail with 403.
            auth: Auth::Header("x-goog-api-key"),
            ..cloud(
                ("google", "Google Gemini"),
                "https://generativelanguage.googleapis.com/v1beta",
                &[Gemini],
                Quirks::NONE,
                ("https://aistudio.google.com/apikey", "GEMINI_API_KEY"),
            )
        },
        cloud(
            ("openrouter", "OpenRouter"),
            "https://openrouter.ai/api/v1",
            &[OpenaiChat, OpenaiResponses],
            Quirks {
                effort: EffortStyle::Reasoning,
                efforts: &[
                    Effort::Off,
                    Effort::Minimal,
                    Effort::Low,
                    Effort::Medium,
                    Effort::High,
                    Effort::XHigh,
                ],
                prefill: true,
                ..Quirks::NONE
            },
            ("https://openrouter.ai/settings/keys", "OPENROUTER_API_KEY"),
        ),
        cloud(
            ("mistral", "Mistral"),
            "https://api.mistral.ai/v1",
            &[Mistral],
            Quirks { stream_options: StreamOptions::Never, prefill: true, ..Quirks::NONE },
            ("https://console.mistral.ai/api-keys", "MISTRAL_API_KEY"),
        ),
        cloud(
            ("groq", "Groq"),
            "https://api.groq.com/openai/v1",
            &[OpenaiChat],
            Quirks { effort: EffortStyle::Groq, refuses: &["top_k"], ..Quirks::NONE },
            ("https://console.groq.com/keys", "GROQ_API_KEY"),
        ),
        cloud(
            ("deepseek", "DeepSeek"),
            "https://api.deepseek.com",
            &[OpenaiChat, OpenaiResponses],
            Quirks {
                effort: EffortStyle::ThinkingAndEffort,
                efforts: &[Effort::Low, Effort::High, Effort::Max],
                refuses: &["top_k", "seed"],
                echo_reasoning: true,
                ..Quirks::NONE
            },
            ("https://platform.deepseek.com/api_keys", "DEEPSEEK_API_KEY"),
        ),
        cloud(
            ("xai", "xAI"),
            "https://api.x.ai/v1",
            &[OpenaiChat, OpenaiResponses],
            Quirks {
                efforts: COMMON_EFFORTS,
                refuses: &["top_k", "stop", "presence_penalty", "frequency_penalty"],
                reasoning_apart: true,
                ..Quirks::NONE
            },
            ("https://console.x.ai", "XAI_API_KEY"),
        ),
        cloud(
            ("together", "Together"),
            "https://api.together.xyz/v1",
            &[OpenaiChat],
            COMMON,
            ("https://api.together.ai/settings/api-keys", "TOGETHER_API_KEY"),
        ),
        cloud(
            ("fireworks", "Fireworks"),
            "https://api.fireworks.ai/inference/v1",
            &[OpenaiChat],
            COMMON,
            ("https://fireworks.ai/account/api-keys", "FIREWORKS_API_KEY"),
        ),
        cloud(
            ("perplexity", "Perplexity"),
            "https://api.perplexity.ai",
            &[OpenaiChat, OpenaiResponses],
            Quirks {
                efforts: &[Effort::Low, Effort::Medium, Effort::High],
                strict_turns: true,
                paths: Paths::V1ButChat,
                ..Quirks::NONE
            },
            ("https://www.perplexity.ai/settings/api", "PERPLEXITY_API_KEY"),
        ),
        cloud(
            ("cerebras", "Cerebras"),
            "https://api.cerebras.ai/v1",
            &[OpenaiChat],
            Quirks { max_tokens: MaxTokens::MaxCompletionTokens, refuses: &["top_k"], ..COMMON },
            ("https://cloud.cerebras.ai", "CEREBRAS_API_KEY"),
        ),
        cloud(
            ("cohere", "Cohere"),
            "https://api.cohere.com",
            &[CohereV2],
            Quirks::NONE,
            ("https://dashboard.cohere.com/api-keys", "COHERE_API_KEY"),
        ),
        cloud(
            ("huggingface", "Hugging Face"),
            "https://router.huggingface.co/v1",
            &[OpenaiChat],
            COMMON,
            ("https://huggingface.co/settings/tokens", "HF_TOKEN"),
        ),
        cloud(
            ("zai", "Z.ai"),
            "https://api.z.ai/api/paas/v4",
            &[OpenaiChat],
            Quirks {
                effort: EffortStyle::Thinking,
                refuses: &["top_k", "seed", "presence_penalty", "frequency_penalty"],
                ..Quirks::NONE
            },
            ("https://z.ai/manage-apikey/apikey-list", "ZAI_API_KEY"),
        ),
        cloud(
            ("moonshot", "Moonshot"),
            "https://api.moonshot.ai/v1",
            &[OpenaiChat],
            Quirks {
                effort: EffortStyle::Thinking,
                refuses: &["top_k", "seed"],
                fixed_sampling: Some("kimi-"),
                echo_reasoning: true,
                ..Quirks::NONE
            },
            ("https://platform.moonshot.ai/console/api-keys", "MOONSHOT_API_KEY"),
        ),
        cloud(
            ("alibaba", "Alibaba Cloud"),
            "https://dashscope-intl.aliyuncs.com/compatible-mode/v1",
            &[OpenaiChat],
            Quirks { effort: EffortStyle::EnableThinking, ..Quirks::NONE },
            ("https://modelstudio.console.alibabacloud.com", "DASHSCOPE_API_KEY"),
        ),
        Provider {
            auth: Auth::Header("api-key"),
            ..cloud(
                ("azure", "Azure OpenAI"),
                "https://your-resource.openai.azure.invalid/openai/v1",
                &[OpenaiChat, OpenaiResponses],
                Quirks { paths: Paths::Azure, ..OPENAI },
                ("https://portal.azure.com", "AZURE_OPENAI_API_KEY"),
            )
        },
        local(
            ("ollama", "Ollama"),
            "http://localhost:11434",
            &[OllamaChat, OpenaiChat],
            Quirks { paths: Paths::V1, prefill: true, ..COMMON },
            Cors::NeedsSetting("OLLAMA_ORIGINS"),
        ),
        local(
            ("lmstudio", "LM Studio"),
            "http://localhost:1234/v1",
            &[OpenaiChat, OpenaiResponses],
            COMMON,
            Cors::NeedsSetting("lms server start --cors"),
        ),
        local(
            ("llamacpp", "llama.cpp"),
            "http://localhost:8080/v1",
            &[OpenaiChat],
            Quirks { prefill: true, ..COMMON },
            Cors::Yes,
        ),
        local(("vllm", "vLLM"), "http://localhost:8000/v1", &[OpenaiChat], COMMON, Cors::Yes),
    ]
});

/// `anthropic-version` is required; the other admits calls from web pages (Anthropic TypeScript SDK,
/// `dangerouslyAllowBrowser`).
const ANTHROPIC_HEADERS: &[(&str, &str)] =
    &[("anthropic-version", "2023-06-01"), ("anthropic-dangerous-direct-browser-access", "true")];

/// The steps that nearly every host of open models knows.
const COMMON_EFFORTS: &[Effort] = &[Effort::Off, Effort::Low, Effort::Medium, Effort::High];
const COMMON: Quirks = Quirks { efforts: COMMON_EFFORTS, ..Quirks::NONE };
const OPENAI: Quirks = Quirks {
    max_tokens: MaxTokens::MaxCompletionTokens,
    openai_models: true,
    refuses: &["top_k"],
    ..Quirks::NONE
};

type IdAndName = (&'static str, &'static str);
type KeyUrlAndEnv = (&'static str, &'static str);

fn cloud(
    names: IdAndName,
    base_url: &'static str,
    dialects: &'static [Dialect],
    quirks: Quirks,
    (key_url, key_env): KeyUrlAndEnv,
) -> Provider {
    Provider {
        key_url: Some(key_url),
        key_env: Some(key_env),
        place: Place::Cloud,
        ..row(names, BaseUrl::from_static(base_url), dialects, quirks)
    }
}

fn local(
    names: IdAndName,
    base_url: &'static str,
    dialects: &'static [Dialect],
    quirks: Quirks,
    cors: Cors,
) -> Provider {
    Provider { cors, ..row(names, BaseUrl::from_static(base_url), dialects, quirks) }
}

/// A server of the user's own, without a key, until something else is said. How many calls it bears at
/// once is found out by asking: the queue goes down where a host says "too many".
fn row((id, name): IdAndName, base_url: BaseUrl, dialects: &'static [Dialect], quirks: Quirks) -> Provider {
    Provider {
        id: Cow::Borrowed(id),
        name: Cow::Borrowed(name),
        base_url,
        dialects: Cow::Borrowed(dialects),
        auth: Auth::Bearer,
        headers: Cow::Borrowed(&[]),
        quirks,
        connections: 32,
        key_url: None,
        key_env: None,
        place: Place::Local,
        cors: Cors::Yes,
    }
}

/// Any server that copies OpenAI's API. The address ends where `/chat/completions` begins.
pub fn custom_openai(base_url: BaseUrl) -> Provider {
    let quirks = Quirks { openai_models: true, ..Quirks::NONE };
    custom_row(("custom-openai", "OpenAI-compatible"), base_url, &[OpenaiChat, OpenaiResponses], quirks)
}

/// Any server that copies Anthropic's API. The address ends before `/v1/messages`.
pub fn custom_anthropic(base_url: BaseUrl) -> Provider {
    Provider {
        auth: Auth::Header("x-api-key"),
        headers: Cow::Borrowed(ANTHROPIC_HEADERS),
        ..custom_row(
            ("custom-anthropic", "Anthropic-compatible"),
            base_url,
            &[AnthropicMessages],
            Quirks::NONE,
        )
    }
}

/// An Ollama somewhere else than on this computer. The address ends before `/api/chat`.
pub fn custom_ollama(base_url: BaseUrl) -> Provider {
    let quirks = Quirks { paths: Paths::V1, prefill: true, ..COMMON };
    custom_row(("custom-ollama", "Ollama elsewhere"), base_url, &[OllamaChat, OpenaiChat], quirks)
}

fn custom_row(names: IdAndName, base_url: BaseUrl, dialects: &'static [Dialect], quirks: Quirks) -> Provider {
    let origin = base_url.origin();
    let is_local = origin.is_loopback() || origin.is_plain_http();
    Provider {
        place: if is_local { Place::Local } else { Place::Cloud },
        cors: Cors::Unknown,
        ..row(names, base_url, dialects, quirks)
    }
}

/// Some model ids that the provider has had, current ones first, for when no live list can be had.
/// Never a limit: any id may be typed.
pub fn known_models(provider_id: &str) -> &'static [&'static str] {
    match provider_id {
        "openai" => &[
            "gpt-5.6-sol",
            "gpt-5.6-terra",
            "gpt-5.6-luna",
            "gpt-5.5",
            "gpt-5.4-mini",
            "gpt-5.4-nano",
            "gpt-4.1-mini",
            "gpt-4o",
        ],
        "anthropic" => &[
            "claude-opus-5",
            "claude-fable-5",
            "claude-sonnet-5",
            "claude-opus-4-8",
            "claude-sonnet-4-6",
            "claude-haiku-4-5",
        ],
        "google" => &[
            "gemini-3.6-flash",
            "gemini-3.5-flash",
            "gemini-3.5-flash-lite",
            "gemini-3.1-pro-preview",
            "gemini-2.5-pro",
            "gemini-2.5-flash",
        ],
        "openrouter" => &[
            "anthropic/claude-sonnet-4",
            "openai/gpt-4.1-mini",
            "openai/gpt-5-nano",
            "google/gemini-2.5-pro",
            "google/gemini-2.5-flash",
            "deepseek/deepseek-chat-v3-0324",
            "mistralai/mistral-medium-3.1",
            "openai/gpt-oss-20b",
        ],
        "mistral" => &[
            "mistral-medium-latest",
            "mistral-large-latest",
            "mistral-small-latest",
            "ministral-14b-latest",
            "ministral-8b-latest",
            "codestral-latest",
            "devstral-latest",
        ],
        "groq" => &[
            "openai/gpt-oss-120b",
            "openai/gpt-oss-20b",
            "qwen/qwen3.6-27b",
            "llama-3.3-70b-versatile",
            "llama-3.1-8b-instant",
            "groq/compound",
        ],
        "deepseek" => &["deepseek-v4-pro", "deepseek-v4-flash", "deepseek-chat", "deepseek-reasoner"],
        "xai" => &["grok-4.5", "grok-4.3", "grok-4.20-reasoning", "grok-4.20-non-reasoning"],
        "together" => &[
            "deepseek-ai/DeepSeek-V4-Pro",
            "meta-llama/Llama-3.3-70B-Instruct-Turbo",
            "Qwen/Qwen2.5-72B-Instruct-Turbo",
            "openai/gpt-oss-120b",
        ],
        "fireworks" => &[
            "accounts/fireworks/models/kimi-k3",
            "accounts/fireworks/models/deepseek-v4-flash",
            "accounts/fireworks/models/gpt-oss-120b",
            "accounts/fireworks/models/gpt-oss-20b",
        ],
        "perplexity" => &["sonar-pro", "sonar", "sonar-reasoning-pro"],
        "cerebras" => &["gpt-oss-120b", "zai-glm-4.7", "gemma-4-31b"],
        "cohere" => &["command-a-03-2025", "command-a-reasoning-08-2025", "command-a-vision-07-2025"],
        "huggingface" => &[
            "moonshotai/Kimi-K2-Instruct-0905:groq",
            "deepseek-ai/DeepSeek-R1",
            "meta-llama/Llama-3.1-8B-Instruct",
        ],
        "zai" => &["glm-5.2", "glm-4.7", "glm-4.7-flash", "glm-4.5", "glm-4.5v"],
        "moonshot" => &["kimi-k3", "kimi-k2.7-code", "kimi-k2.6", "kimi-k2.5"],
        "alibaba" => &["qwen3-max", "qwen3.8-max", "qwen-plus"],
        "ollama" | "custom-ollama" => &["qwen3:4b", "gemma3:4b", "llama3.2:latest", "gpt-oss:20b"],
        "simulated" => &["sim-quick", "sim-steady", "sim-thinker"],
        // The user's own deployments and downloads: nobody can know them.
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_row_is_canonical_and_usable() {
        let rows = || all().iter().chain(custom()).chain([simulated()]);
        for provider in rows() {
            let parsed = BaseUrl::parse(provider.base_url.as_str());
            assert_eq!(parsed.as_ref(), Ok(&provider.base_url), "{}", provider.id);
            assert!(!provider.dialects.is_empty(), "{}", provider.id);
            assert!(provider.connections > 0, "{}", provider.id);
            let unknown = provider.id == "azure" || provider.id.starts_with("custom-");
            assert_eq!(provider.needs_base_url(), unknown, "{}", provider.id);
            assert_eq!(find(&provider.id), Some(provider));
        }
        for provider in all() {
            let key_is_told = provider.key_url.is_some() && provider.key_env.is_some();
            assert_eq!(key_is_told, provider.place == Place::Cloud, "{}", provider.id);
        }
        let ids: BTreeSet<_> = rows().map(|provider| &provider.id).collect();
        assert_eq!(ids.len(), rows().count());
        assert_eq!(find("groq").map(|provider| provider.name.as_ref()), Some("Groq"));
        assert_eq!(find("nobody"), None);
    }

    #[test]
    fn hosts_with_deployments_of_ones_own_know_no_ids() {
        let without = |provider: &&Provider| known_models(&provider.id).is_empty();
        let ids: Vec<_> = all().iter().filter(without).map(|provider| provider.id.as_ref()).collect();
        assert_eq!(ids, ["azure", "lmstudio", "llamacpp", "vllm"]);
    }

    #[test]
    fn a_server_of_ones_own_is_local_when_its_address_is() {
        let place = |url| custom_openai(BaseUrl::parse(url).unwrap()).place;
        assert_eq!(place("https://models.example.com/v1"), Place::Cloud);
        assert_eq!(place("https://localhost:8443/v1"), Place::Local);
        assert_eq!(place("http://192.168.1.4:8000/v1"), Place::Local);
    }
}
