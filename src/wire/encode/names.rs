//! What a model's name tells of the parameters that it takes. A provider's own list knows better
//! ([`ModelTraits`]); a name that says nothing changes nothing.

use crate::model::chat::{
    Effort::{self, High, Low, Max, Medium, Minimal, Off, XHigh},
    ModelTraits,
};

/// A model of OpenAI's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Openai {
    /// It thinks, and takes no temperature, `top_p` or penalties.
    pub reasons: bool,
    pub efforts: &'static [Effort],
    /// Told not to think, it takes temperature and `top_p` after all.
    pub samples_when_off: bool,
}

/// `^o\d` and `gpt-5` and above reason, except `gpt-5-chat` (OpenAI, "Reasoning models"; Vercel AI
/// SDK, "openai-language-model-capabilities"). `None` for a name that is not OpenAI's.
pub fn openai(model: &str) -> Option<Openai> {
    const PLAIN: Openai = Openai { reasons: false, efforts: &[], samples_when_off: false };
    let reasons = |efforts| Openai { reasons: true, efforts, samples_when_off: false };
    let model = model.strip_prefix("ft:").unwrap_or(model);
    if model.strip_prefix('o').is_some_and(|rest| number(rest).is_some()) {
        return Some(reasons(&[Low, Medium, High]));
    }
    if model.starts_with("codex-") || model.starts_with("computer-use-") {
        return Some(reasons(&[Low, Medium, High]));
    }
    if model.starts_with("chatgpt-") {
        return Some(PLAIN);
    }
    let (major, rest) = number(model.strip_prefix("gpt-")?)?;
    let (minor, variant) = match rest.strip_prefix('.').and_then(number) {
        Some((minor, rest)) => (Some(minor), rest),
        None => (None, rest),
    };
    // Azure writes gpt-3.5 without the point.
    if major < 5 || major == 35 || (minor.is_none() && variant.starts_with("-chat")) {
        return Some(PLAIN);
    }
    Some(match (major, minor) {
        (5, None | Some(0)) => reasons(&[Minimal, Low, Medium, High]),
        (5, Some(1)) => Openai { samples_when_off: true, ..reasons(&[Off, Low, Medium, High]) },
        (5, _) => Openai { samples_when_off: true, ..reasons(&[Off, Low, Medium, High, XHigh]) },
        _ => reasons(&[Off, Low, Medium, High, XHigh, Max]),
    })
}

/// How a Claude model is told to think.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaudeThinking {
    Never,
    /// `thinking: {type: "enabled", budget_tokens}`.
    Budget,
    /// `thinking: {type: "adaptive"}` and `output_config.effort`.
    Adaptive,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claude {
    pub thinking: ClaudeThinking,
    pub efforts: &'static [Effort],
    /// It takes temperature, `top_p` and `top_k`, at least while it does not think.
    pub samples: bool,
}

/// By version: thinking since 3.7, adaptive since 4.6, no sampling since 4.7 (Anthropic, "Extended
/// thinking" and "Adaptive thinking"; Vercel AI SDK, "anthropic-language-model"). A Claude without a
/// known version is taken for a new one, and another maker's model for one that takes everything.
pub fn claude(model: &str, traits: Option<&ModelTraits>) -> Claude {
    let version = claude_version(model);
    let mut claude = match version {
        Some(version) if version < (3, 7) => {
            Claude { thinking: ClaudeThinking::Never, efforts: &[], samples: true }
        }
        Some(version) if version < (4, 6) => {
            Claude { thinking: ClaudeThinking::Budget, efforts: &[], samples: true }
        }
        Some((4, 6)) => {
            Claude { thinking: ClaudeThinking::Adaptive, efforts: &[Low, Medium, High, Max], samples: true }
        }
        None if !model.contains("claude") => {
            Claude { thinking: ClaudeThinking::Budget, efforts: &[Low, Medium, High, Max], samples: true }
        }
        _ => Claude {
            thinking: ClaudeThinking::Adaptive,
            efforts: &[Low, Medium, High, XHigh, Max],
            samples: false,
        },
    };
    match traits.map(|traits| (traits.reasoning, traits.adaptive_thinking)) {
        Some((Some(false), _)) => claude.thinking = ClaudeThinking::Never,
        Some((_, Some(true))) => claude.thinking = ClaudeThinking::Adaptive,
        Some((_, Some(false))) => claude.thinking = ClaudeThinking::Budget,
        _ => {}
    }
    claude
}

/// `claude-opus-4-7`, `claude-3-5-sonnet-20241022`, `anthropic/claude-sonnet-4.5`,
/// `claude-opus-4@20250514`.
fn claude_version(model: &str) -> Option<(u32, u32)> {
    let (_, rest) = model.split_once("claude-")?;
    let mut numbers = rest.split(['-', '.', '@', ':']).skip_while(|word| version_word(word).is_none());
    let major = version_word(numbers.next()?)?;
    let minor = numbers.next().and_then(version_word).unwrap_or(0);
    Some((major, minor))
}

/// A part of a version; eight digits are a date.
fn version_word(word: &str) -> Option<u32> {
    let short = word.len() <= 2;
    word.parse().ok().filter(|_| short)
}

/// How a Gemini model is told to think.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GeminiThinking {
    Never,
    /// `thinkingBudget` in tokens: 2.5.
    Budget {
        least: u32,
        most: u32,
    },
    /// `thinkingLevel`: 3 and later, which cannot be told not to think.
    Level(&'static [Effort]),
}

/// Google, "Gemini thinking"; Vercel AI SDK, "google-language-model".
pub fn gemini(model: &str, traits: Option<&ModelTraits>) -> GeminiThinking {
    let reasons = traits.and_then(|traits| traits.reasoning);
    if reasons == Some(false) {
        return GeminiThinking::Never;
    }
    let name = model.rsplit('/').next().unwrap_or(model);
    let makes_other_things = ["-image", "-tts", "-audio", "-live"].iter().any(|kind| name.contains(kind));
    if reasons.is_none() && makes_other_things {
        return GeminiThinking::Never;
    }
    let version = name.strip_prefix("gemini-").and_then(number).map(|(major, rest)| {
        let minor = rest.strip_prefix('.').and_then(number).map_or(0, |(minor, _)| minor);
        (major, minor)
    });
    match version {
        Some((2, 5)) if name.contains("-pro") => GeminiThinking::Budget { least: 128, most: 32_768 },
        Some((2, 5)) => GeminiThinking::Budget { least: 0, most: 24_576 },
        Some((3, 0)) if name.contains("-pro") => GeminiThinking::Level(&[Low, High]),
        Some(version) if version >= (3, 0) => GeminiThinking::Level(gemini_levels(name, version)),
        None if name.starts_with("gemini-") && name.ends_with("-latest") => {
            GeminiThinking::Level(&[Low, Medium, High])
        }
        _ if reasons == Some(true) => GeminiThinking::Level(&[Minimal, Low, Medium, High]),
        _ => GeminiThinking::Never,
    }
}

fn gemini_levels(name: &str, version: (u32, u32)) -> &'static [Effort] {
    if name.contains("-pro") || (version >= (3, 7) && !name.contains("-lite")) {
        &[Low, Medium, High]
    } else {
        &[Minimal, Low, Medium, High]
    }
}

/// How a model at Groq is told to think.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroqThinking {
    Never,
    /// In steps; its thoughts come apart from the answer without being asked to, and it refuses
    /// `reasoning_format`.
    Steps(&'static [Effort]),
    /// On or off; its thoughts stand inside the answer unless `reasoning_format` says `parsed`.
    Switch,
}

/// Groq, "Reasoning".
pub fn groq(model: &str, traits: Option<&ModelTraits>) -> GroqThinking {
    let reasons = traits.and_then(|traits| traits.reasoning);
    let names_one = ["qwen3", "qwq", "deepseek-r1"].iter().any(|family| model.contains(family));
    let names_none = ["coder", "instruct"].iter().any(|kind| model.contains(kind));
    if reasons == Some(false) {
        GroqThinking::Never
    } else if model.contains("gpt-oss") {
        GroqThinking::Steps(&[Low, Medium, High])
    } else if reasons.unwrap_or(names_one && !names_none) {
        GroqThinking::Switch
    } else {
        GroqThinking::Never
    }
}

fn number(text: &str) -> Option<(u32, &str)> {
    let end = text.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, rest) = text.split_at_checked(end)?;
    Some((digits.parse().ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn openai_models_that_reason() {
        for model in
            ["o1", "o3-mini", "o4-mini-2025-04-16", "gpt-5", "gpt-5.6-luna", "gpt-6-sol", "ft:gpt-5-mini:x"]
        {
            assert!(openai(model).unwrap().reasons, "{model}");
        }
        for model in [
            "gpt-4o",
            "gpt-4.1-mini",
            "gpt-3.5-turbo",
            "gpt-35-turbo",
            "gpt-5-chat-latest",
            "chatgpt-4o-latest",
        ] {
            assert!(!openai(model).unwrap().reasons, "{model}");
        }
        for model in
            ["omni", "o", "gpt-oss-120b", "my-deployment", "openai/gpt-5", "", "gpt-", "gpt-99999999999"]
        {
            assert_eq!(openai(model), None, "{model}");
        }
        assert!(openai("gpt-5.1").unwrap().samples_when_off);
        assert!(!openai("gpt-5").unwrap().samples_when_off);
    }

    #[test]
    fn claude_models_by_version() {
        use ClaudeThinking::{Adaptive, Budget, Never};
        let check = |model: &str, thinking, samples| {
            let claude = claude(model, None);
            assert_eq!((claude.thinking, claude.samples), (thinking, samples), "{model}");
        };
        check("claude-3-5-sonnet-20241022", Never, true);
        check("claude-3-haiku-20240307", Never, true);
        check("claude-3-7-sonnet-latest", Budget, true);
        check("claude-opus-4-20250514", Budget, true);
        check("claude-sonnet-4@20250514", Budget, true);
        check("claude-haiku-4-5", Budget, true);
        check("anthropic/claude-sonnet-4.6", Adaptive, true);
        check("claude-opus-4-7", Adaptive, false);
        check("claude-opus-5", Adaptive, false);
        check("claude-fable-5-20260701", Adaptive, false);
        check("claude-next", Adaptive, false);
        check("glm-5.2", Budget, true);
    }

    #[test]
    fn a_model_list_knows_better_than_a_name() {
        let traits = |reasoning, adaptive_thinking| {
            Some(ModelTraits { reasoning, adaptive_thinking, ..ModelTraits::default() })
        };
        let thinking = |traits: Option<ModelTraits>| claude("claude-sonnet-4-5", traits.as_ref()).thinking;
        assert_eq!(thinking(traits(Some(true), Some(true))), ClaudeThinking::Adaptive);
        assert_eq!(thinking(traits(Some(false), None)), ClaudeThinking::Never);
        assert_eq!(thinking(traits(None, None)), ClaudeThinking::Budget);
        assert_eq!(gemini("gemini-2.5-flash", traits(Some(false), None).as_ref()), GeminiThinking::Never);
        assert_eq!(groq("llama-4", traits(Some(true), None).as_ref()), GroqThinking::Switch);
    }

    #[test]
    fn gemini_models_by_version() {
        let check = |model: &str, expected| assert_eq!(gemini(model, None), expected, "{model}");
        check("gemini-2.0-flash", GeminiThinking::Never);
        check("gemini-2.5-flash-image", GeminiThinking::Never);
        check("gemini-2.5-flash", GeminiThinking::Budget { least: 0, most: 24_576 });
        check("gemini-2.5-pro-preview-05-06", GeminiThinking::Budget { least: 128, most: 32_768 });
        check("gemini-3-pro-preview", GeminiThinking::Level(&[Low, High]));
        check("gemini-3.1-pro-preview", GeminiThinking::Level(&[Low, Medium, High]));
        check("gemini-3.6-flash", GeminiThinking::Level(&[Minimal, Low, Medium, High]));
        check("gemini-flash-latest", GeminiThinking::Level(&[Low, Medium, High]));
        check("gemma-4-31b-it", GeminiThinking::Never);
    }

    #[test]
    fn groq_models_by_name() {
        assert_eq!(groq("openai/gpt-oss-120b", None), GroqThinking::Steps(&[Low, Medium, High]));
        assert_eq!(groq("qwen/qwen3.6-27b", None), GroqThinking::Switch);
        assert_eq!(groq("llama-3.3-70b-versatile", None), GroqThinking::Never);
    }
}
