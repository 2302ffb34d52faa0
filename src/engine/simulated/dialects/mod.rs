//! An answer as each provider writes it: a module per dialect, with its stream, its refusals and its
//! list of models. The shapes are those of recorded replies; see the sources of the decoders in
//! [`crate::wire`].

mod anthropic_messages;
mod cohere_v2;
mod gemini;
mod mistral;
mod ollama_chat;
mod openai_chat;
mod openai_responses;

use super::{script::Section, simulation::Refusal};
use crate::model::{json::quote, provider::Dialect};

/// Writes the events of one answer.
#[derive(Debug)]
pub struct Writer {
    dialect: Dialect,
    facts: Facts,
    section: Option<Section>,
}

/// What the events of one answer repeat, and what it has come to so far.
#[derive(Debug, Default)]
struct Facts {
    /// Eight hexadecimal digits.
    id: String,
    /// As a JSON string, with its quotes.
    model: String,
    created_s: u64,
    input_tokens: u64,
    thought_tokens: u64,
    text_tokens: u64,
    /// How many thoughts have begun: the text is numbered after them.
    thoughts: u64,
    /// For the one dialect that counts its events and repeats the answer in the last ones.
    sequence: u64,
    spoken: Vec<String>,
}

/// One step of an answer.
#[derive(Clone, Copy, Debug)]
enum Step<'a> {
    Open,
    Begin(Section),
    Token(Section, &'a str),
    End(Section),
    Close,
}

/// A reply that is no answer.
#[derive(Debug, PartialEq, Eq)]
pub struct Refused {
    pub status: u16,
    /// Seconds, where the wait is said in a header.
    pub retry_after: Option<&'static str>,
    pub body: String,
}

impl Refused {
    fn new(status: u16, body: String) -> Self {
        Self { status, retry_after: None, body }
    }
}

impl Writer {
    pub fn new(dialect: Dialect, model: &str, number: u64, created_s: u64, input_tokens: u64) -> Self {
        let id = format!("{:08x}", number & 0xffff_ffff);
        let model = quoted(model);
        let facts = Facts { id, model, created_s, input_tokens, ..Facts::default() };
        Self { dialect, facts, section: None }
    }

    pub fn open(&mut self, out: &mut String) {
        self.step(Step::Open, out);
    }

    pub fn say(&mut self, section: Section, token: &str, out: &mut String) {
        if self.section != Some(section) {
            self.end_section(out);
            self.facts.thoughts += u64::from(section != Section::Text);
            self.section = Some(section);
            self.step(Step::Begin(section), out);
        }
        match section {
            Section::Thought(_) => self.facts.thought_tokens += 1,
            Section::Text => self.facts.text_tokens += 1,
        }
        self.step(Step::Token(section, token), out);
    }

    pub fn close(&mut self, out: &mut String) {
        self.end_section(out);
        self.step(Step::Close, out);
    }

    /// An event that breaks off.
    pub fn garbage(&self, out: &mut String) {
        out.push_str(match self.dialect {
            Dialect::OllamaChat => "{\"model\":\"sim\",\"message\":{\"role\":\"assistant\",\"cont\n",
            Dialect::Gemini => "data: {\"candidates\": [{\"content\": {\"parts\": [{\"te\r\n\r\n",
            _ => "data: {\"id\":\"sim\",\"index\":0,\"delta\":{\"conte\n\n",
        });
    }

    fn end_section(&mut self, out: &mut String) {
        if let Some(section) = self.section.take() {
            self.step(Step::End(section), out);
        }
    }

    fn step(&mut self, step: Step<'_>, out: &mut String) {
        match self.dialect {
            Dialect::OpenaiChat => openai_chat::write(step, &mut self.facts, out),
            dialect => write_other(dialect, step, &mut self.facts, out),
        }
    }
}

impl Facts {
    fn output_tokens(&self) -> u64 {
        self.thought_tokens + self.text_tokens
    }

    /// The place of a section among the parts of the answer.
    fn place(&self, section: Section) -> u64 {
        match section {
            Section::Thought(part) => part.into(),
            Section::Text => self.thoughts,
        }
    }
}

fn write_other(dialect: Dialect, step: Step<'_>, facts: &mut Facts, out: &mut String) {
    match dialect {
        Dialect::OpenaiChat => {}
        Dialect::OpenaiResponses => openai_responses::write(step, facts, out),
        Dialect::AnthropicMessages => anthropic_messages::write(step, facts, out),
        Dialect::Gemini => gemini::write(step, facts, out),
        Dialect::Mistral => mistral::write(step, facts, out),
        Dialect::CohereV2 => cohere_v2::write(step, facts, out),
        Dialect::OllamaChat => ollama_chat::write(step, facts, out),
    }
}

pub fn refuse(dialect: Dialect, refusal: Refusal, model: &str) -> Refused {
    match dialect {
        Dialect::OpenaiChat | Dialect::OpenaiResponses => openai_chat::refuse(refusal, model),
        Dialect::AnthropicMessages => anthropic_messages::refuse(refusal, model),
        Dialect::Gemini => gemini::refuse(refusal, model),
        Dialect::Mistral => mistral::refuse(refusal, model),
        Dialect::CohereV2 => cohere_v2::refuse(refusal, model),
        Dialect::OllamaChat => ollama_chat::refuse(refusal, model),
    }
}

/// The list of the models with these ids and names.
pub fn list(dialect: Dialect, models: &[(&str, &str)]) -> String {
    let entry = match dialect {
        Dialect::OpenaiChat | Dialect::OpenaiResponses => openai_chat::entry,
        Dialect::AnthropicMessages => anthropic_messages::entry,
        Dialect::Gemini => gemini::entry,
        Dialect::Mistral => mistral::entry,
        Dialect::CohereV2 => cohere_v2::entry,
        Dialect::OllamaChat => ollama_chat::entry,
    };
    let entries: Vec<String> = models.iter().map(|(id, name)| entry(id, name)).collect();
    let entries = entries.join(",");
    match dialect {
        Dialect::OpenaiChat | Dialect::OpenaiResponses | Dialect::Mistral => {
            format!(r#"{{"object":"list","data":[{entries}]}}"#)
        }
        Dialect::AnthropicMessages => format!(r#"{{"data":[{entries}],"has_more":false}}"#),
        Dialect::Gemini | Dialect::CohereV2 | Dialect::OllamaChat => format!(r#"{{"models":[{entries}]}}"#),
    }
}

/// The type of the body, as the provider states it.
pub fn content_type(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::OllamaChat => "application/x-ndjson",
        Dialect::OpenaiChat
        | Dialect::OpenaiResponses
        | Dialect::AnthropicMessages
        | Dialect::Gemini
        | Dialect::Mistral
        | Dialect::CohereV2 => "text/event-stream",
    }
}

/// A text as a JSON string, with its quotes.
fn quoted(text: &str) -> String {
    let mut out = String::new();
    quote(text, &mut out);
    out
}

/// A server-sent event without a name.
fn data(json: &str, out: &mut String) {
    out.push_str("data: ");
    out.push_str(json);
    out.push_str("\n\n");
}

/// A server-sent event with a name.
fn named(name: &str, json: &str, out: &mut String) {
    out.push_str("event: ");
    out.push_str(name);
    out.push('\n');
    data(json, out);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::{error::ErrorClass, event::TokenCounts, provider::Quirks},
        wire::{error::read_error, models::read_models, report::decode},
    };

    fn answer(dialect: Dialect, tokens: &[(Section, &str)]) -> String {
        let mut writer = Writer::new(dialect, "sim \"x\"", 7, 1_788_000_000, 5);
        let mut body = String::new();
        writer.open(&mut body);
        for (section, token) in tokens {
            writer.say(*section, token, &mut body);
        }
        writer.close(&mut body);
        body
    }

    #[test]
    fn every_dialect_is_decoded_to_what_was_said() {
        let said = [
            (Section::Thought(0), "first"),
            (Section::Thought(0), " \"한"),
            (Section::Thought(1), "second"),
            (Section::Text, "A\n"),
            (Section::Text, "\u{2028}🎼\\"),
        ];
        for dialect in Dialect::ALL {
            let body = answer(dialect, &said);
            let report = decode(dialect, Quirks::default(), 200, [body.as_bytes()]);
            let name = dialect.name();
            assert_eq!(report.text, "A\n\u{2028}🎼\\", "{name}");
            let apart = vec!["first \"한", "second"];
            let joined = vec!["first \"한\n\nsecond"];
            assert!(
                report.reasoning_parts == apart || report.reasoning_parts == joined,
                "{name}: {report:?}"
            );
            assert!(report.complete && report.error.is_none() && report.skipped_events == 0, "{name}");
            let usage = report.usage.unwrap();
            assert_eq!((usage.input, usage.output), (Some(5), Some(5)), "{name}");
            assert!(matches!(usage.reasoning, None | Some(3)), "{name}");
            let names_model = !matches!(dialect, Dialect::CohereV2);
            assert_eq!(report.model.as_deref(), names_model.then_some("sim \"x\""), "{name}");
        }
    }

    #[test]
    fn an_answer_may_be_empty_and_is_still_complete() {
        for dialect in Dialect::ALL {
            let report = decode(dialect, Quirks::default(), 200, [answer(dialect, &[]).as_bytes()]);
            assert!(report.complete && report.text.is_empty() && report.error.is_none(), "{report:?}");
            let counts = TokenCounts { output: Some(0), input: Some(5), ..TokenCounts::default() };
            let usage = report.usage.unwrap();
            assert_eq!(TokenCounts { reasoning: None, cached: None, cache_write: None, ..usage }, counts);
        }
    }

    #[test]
    fn every_refusal_is_read_as_what_it_is() {
        for dialect in Dialect::ALL {
            let check = |refusal, class| {
                let refused = refuse(dialect, refusal, "sim-\"x\"");
                let error = read_error(refused.status, refused.body.as_bytes());
                assert_eq!(error.class, class, "{}: {refused:?}", dialect.name());
                assert!(!error.message.is_empty() && !error.message.contains('{'), "{error:?}");
            };
            check(Refusal::Unauthorized, ErrorClass::Auth);
            check(Refusal::NotFound, ErrorClass::Model);
            check(Refusal::RateLimited, ErrorClass::RateLimit);
            check(Refusal::ServerError, ErrorClass::Server);
        }
    }

    #[test]
    fn every_list_of_models_is_read() {
        for dialect in Dialect::ALL {
            let list = list(dialect, &[("sim-quick", "Quick"), ("sim-steady-ko", "Steady, 한국어")]);
            let models = read_models(list.as_bytes()).unwrap();
            let ids: Vec<&str> = models.iter().map(|model| model.id.trim_start_matches("models/")).collect();
            assert_eq!(ids, ["sim-quick", "sim-steady-ko"], "{}", dialect.name());
            assert!(models.iter().all(|model| model.chat != Some(false)), "{}", dialect.name());
        }
    }

    #[test]
    fn a_broken_event_is_skipped_alone() {
        for dialect in Dialect::ALL {
            let mut writer = Writer::new(dialect, "sim", 7, 0, 5);
            let mut body = String::new();
            writer.open(&mut body);
            writer.say(Section::Text, "one", &mut body);
            writer.garbage(&mut body);
            writer.say(Section::Text, " two", &mut body);
            writer.close(&mut body);
            let report = decode(dialect, Quirks::default(), 200, [body.as_bytes()]);
            let read = (report.text.as_str(), report.skipped_events, report.complete);
            assert_eq!(read, ("one two", 1, true), "{}", dialect.name());
        }
    }
}
