//! What a request asks for, as far as a simulated model cares.

use super::script;
use crate::model::{http::HttpRequest, json::Json};

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    pub model: String,
    /// What the user said last.
    pub prompt: String,
    /// All that was said so far, in tokens: what real models are paid for.
    pub tokens: u64,
}

/// Larger bodies hold pictures or books: they are not read.
const BODY_LIMIT: usize = 1 << 20;

/// The longest name of a model that is repeated, in characters.
const MODEL_LIMIT: usize = 200;

/// Reads a request in any dialect. What cannot be read is empty.
pub fn read(request: &HttpRequest) -> Asked {
    let body = request.body.as_deref().filter(|body| body.len() <= BODY_LIMIT);
    let body = body.and_then(|body| Json::read(body).ok()).unwrap_or_default();
    // Gemini has it in the path: `/models/{model}:streamGenerateContent`.
    let in_path = || request.path.split_once("/models/").and_then(|(_, rest)| rest.split(':').next());
    let model = body.at("model").as_str().or_else(in_path).unwrap_or_default();
    let turns = ["messages", "input", "contents"].iter().find_map(|name| body.get(name));
    let prompt = turns.and_then(last_of_user).unwrap_or_default();
    let tokens = turns.map_or(0, tokens);
    Asked { model: model.chars().take(MODEL_LIMIT).collect(), prompt: prompt.to_owned(), tokens }
}

fn last_of_user<'a>(turns: &'a Json<'_>) -> Option<&'a str> {
    let said = |turn: &&Json<'_>| turn.at("role").as_str() == Some("user");
    turns.as_str().or_else(|| turns.items().iter().rev().filter(said).find_map(first_text))
}

fn tokens(turns: &Json<'_>) -> u64 {
    match turns.as_str() {
        Some(text) => script::count(text),
        None => turns.items().iter().filter_map(first_text).map(script::count).sum(),
    }
}

/// `content: "…"`, `content: [{text}, …]` or `parts: [{text}, …]`.
fn first_text<'a>(turn: &'a Json<'_>) -> Option<&'a str> {
    let content = turn.get("content").or_else(|| turn.get("parts"))?;
    content.as_str().or_else(|| content.items().iter().find_map(|part| part.at("text").as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::{
            catalog,
            chat::{ChatRequest, Image, Message, Part, Role},
            provider::Dialect,
        },
        wire::encode::encode,
    };

    #[test]
    fn every_dialect_of_request_is_understood() {
        let provider = catalog::find("simulated").unwrap();
        let image = Image { media_type: "image/png".to_owned(), data: "AAAA".to_owned() };
        let last = Message {
            role: Role::User,
            parts: vec![Part::Image(image), Part::Text("두 번째 \"질문\"".to_owned())],
        };
        let messages = vec![Message::user("first"), Message::assistant("said"), last];
        let system = Some("Be brief.".to_owned());
        let request =
            ChatRequest { model: "sim-quick".to_owned(), system, messages, ..ChatRequest::default() };
        for dialect in Dialect::ALL {
            let encoded = encode(provider, dialect, None, &request).unwrap();
            let asked = read(&encoded.request);
            assert_eq!(
                (&*asked.model, &*asked.prompt),
                ("sim-quick", "두 번째 \"질문\""),
                "{}",
                dialect.name()
            );
            let said = ["first", "said", "두 번째 \"질문\""].map(script::count).iter().sum::<u64>();
            // Some dialects have what the system says among the turns.
            assert!([said, said + script::count("Be brief.")].contains(&asked.tokens), "{}", dialect.name());
        }
    }

    #[test]
    fn what_cannot_be_read_is_empty() {
        let provider = catalog::find("simulated").unwrap();
        let request = ChatRequest { model: "m".to_owned(), ..ChatRequest::default() };
        let encoded = encode(provider, Dialect::OpenaiChat, None, &request).unwrap();
        for body in ["", "null", "[]", "{\"messages\":7}", "{\"messages\":[{\"role\":\"user\"}]}", "{"] {
            let request = HttpRequest { body: Some(body.to_owned()), ..encoded.request.clone() };
            assert_eq!(read(&request), Asked::default(), "{body}");
        }
    }
}
