//! What a provider's list tells of its models.

use super::chat::ModelTraits;

/// What a provider's list tells of one model. `None` is "it does not say".
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ModelInfo {
    /// As listed; see [`ModelInfo::call_id`] for the id that requests carry.
    pub id: String,
    /// A name for people, where it differs from the id.
    pub name: Option<String>,
    /// Tokens that prompt and answer may have together, or the prompt alone (Google, Anthropic).
    pub context: Option<u64>,
    /// The most tokens of one answer.
    pub max_output: Option<u32>,
    /// It reads pictures.
    pub images: Option<bool>,
    /// It thinks, or can be told to.
    pub reasoning: Option<bool>,
    /// Anthropic: it decides by itself how long to think.
    pub adaptive_thinking: Option<bool>,
    /// It answers chats; embeddings, speech and picture models do not.
    pub chat: Option<bool>,
    pub price: Option<Price>,
}

/// US dollars per million tokens.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Price {
    pub input: f64,
    pub output: f64,
    pub cache_read: Option<f64>,
    pub cache_write: Option<f64>,
}

impl ModelInfo {
    /// The id without Google's `models/`.
    pub fn call_id(&self) -> &str {
        self.id.strip_prefix("models/").unwrap_or(&self.id)
    }

    /// What a person reads: the name, else the id.
    pub fn label(&self) -> &str {
        self.name.as_deref().unwrap_or_else(|| self.call_id())
    }

    /// Worth offering for a chat: the provider says so, or says nothing and the id does not look
    /// like another kind of model.
    pub fn is_for_chat(&self) -> bool {
        const OTHER_KINDS: [&str; 14] = [
            "embed",
            "whisper",
            "tts",
            "dall-e",
            "moderation",
            "transcribe",
            "realtime",
            "davinci",
            "babbage",
            "imagen",
            "rerank",
            "sora",
            "gpt-image",
            "-instruct-0914",
        ];
        let id = self.id.to_ascii_lowercase();
        self.chat.unwrap_or_else(|| !OTHER_KINDS.iter().any(|kind| id.contains(kind)))
    }

    /// The facts that change how a request is written.
    pub fn traits(&self) -> ModelTraits {
        ModelTraits {
            max_output: self.max_output,
            adaptive_thinking: self.adaptive_thinking,
            reasoning: self.reasoning,
            images: self.images,
        }
    }
}

/// One page of a model list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ModelPage {
    /// In the provider's order; a model under two names is listed twice.
    pub models: Vec<ModelInfo>,
    /// Asks for the next page, if there is one.
    pub next: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unlabelled_lists_are_sorted_out_by_id() {
        let offered =
            |id: &str, chat| ModelInfo { id: id.to_owned(), chat, ..ModelInfo::default() }.is_for_chat();
        assert!(offered("gpt-5.5", None));
        assert!(!offered("text-embedding-ada-002", None));
        assert!(!offered("whisper-1", None));
        assert!(offered("whisper-1", Some(true)));
        assert!(!offered("gpt-5.5", Some(false)));
    }
}
