//! The dialects besides OpenAI's chat, as one type: what they share is what a body needs of them.

use std::fmt::Debug;

use crate::{
    later::later,
    model::{event::StreamEvent, json::Json, provider::Dialect},
};

use super::{anthropic_messages, body::Verdict, cohere_v2, gemini, ollama_chat, openai_responses};

/// What a dialect makes of the events of a body.
pub(super) trait Decode: Debug {
    fn event(&mut self, name: &str, event: &Json<'_>, out: &mut Vec<StreamEvent>) -> Verdict;
    /// `[DONE]` came.
    fn done(&mut self);
    fn is_complete(&self) -> bool;
    /// The body is over.
    fn end(&mut self, out: &mut Vec<StreamEvent>);
}

later! {
    /// The decoder of a dialect whose stream is not OpenAI's chat. A new dialect is one more variant, and the
    /// compiler lists the rest.
    "b001" pub(super) fn other(dialect: Dialect) -> Option<Box<dyn Decode>> {
        Some(match dialect {
            // Mistral's stream is OpenAI's, with content in parts, which the same decoder reads.
            Dialect::OpenaiChat | Dialect::Mistral => return None,
            Dialect::OpenaiResponses => Box::new(Other::OpenaiResponses(Default::default())),
            Dialect::AnthropicMessages => Box::new(Other::AnthropicMessages(Default::default())),
            Dialect::Gemini => Box::new(Other::Gemini(Default::default())),
            Dialect::CohereV2 => Box::new(Other::CohereV2(Default::default())),
            Dialect::OllamaChat => Box::new(Other::OllamaChat(Default::default())),
        })
    } else {
        None
    }
}

#[derive(Debug)]
enum Other {
    OpenaiResponses(openai_responses::Decoder),
    AnthropicMessages(anthropic_messages::Decoder),
    Gemini(gemini::Decoder),
    CohereV2(cohere_v2::Decoder),
    OllamaChat(ollama_chat::Decoder),
}

impl Decode for Other {
    fn event(&mut self, name: &str, event: &Json<'_>, out: &mut Vec<StreamEvent>) -> Verdict {
        match self {
            Self::OpenaiResponses(decoder) => decoder.event(name, event, out),
            Self::AnthropicMessages(decoder) => decoder.event(event, out),
            Self::Gemini(decoder) => decoder.event(event, out),
            Self::CohereV2(decoder) => decoder.event(event, out),
            Self::OllamaChat(decoder) => decoder.event(event, out),
        }
    }

    fn done(&mut self) {
        match self {
            Self::OpenaiResponses(decoder) => decoder.done(),
            Self::AnthropicMessages(decoder) => decoder.done(),
            Self::Gemini(decoder) => decoder.done(),
            Self::CohereV2(decoder) => decoder.done(),
            Self::OllamaChat(decoder) => decoder.done(),
        }
    }

    fn is_complete(&self) -> bool {
        match self {
            Self::OpenaiResponses(decoder) => decoder.is_complete(),
            Self::AnthropicMessages(decoder) => decoder.is_complete(),
            Self::Gemini(decoder) => decoder.is_complete(),
            Self::CohereV2(decoder) => decoder.is_complete(),
            Self::OllamaChat(decoder) => decoder.is_complete(),
        }
    }

    fn end(&mut self, out: &mut Vec<StreamEvent>) {
        if let Self::Gemini(decoder) = self {
            decoder.end(out);
        }
    }
}
