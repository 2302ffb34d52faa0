//! The conversation as most formats see it: turns, each of one side.

use std::collections::VecDeque;

use serde_json::{Map, Value, json};

use crate::model::{
    chat::{ChatRequest, Image, Message, Part, Role, ToolCall},
    provider::Dialect,
};

/// What one side says before the other speaks.
#[derive(Debug)]
pub struct Turn<'a> {
    pub role: Role,
    messages: Vec<&'a Message>,
}

/// The turns of a conversation: one a message, or with neighbours of one role joined where a format
/// wants user and assistant to alternate.
pub fn turns(messages: &[Message], join: bool) -> Vec<Turn<'_>> {
    let mut turns: Vec<Turn<'_>> = Vec::new();
    for message in messages {
        match turns.last_mut() {
            Some(turn) if join && turn.role == message.role => turn.messages.push(message),
            _ => turns.push(Turn { role: message.role, messages: vec![message] }),
        }
    }
    turns
}

impl<'a> Turn<'a> {
    pub fn parts(&self) -> impl Iterator<Item = &'a Part> {
        self.messages.iter().flat_map(|message| &message.parts)
    }

    /// All its text. Pieces of an answer belong together; what a person wrote apart stays apart.
    pub fn text(&self) -> String {
        let between = match self.role {
            Role::User => "\n\n",
            Role::Assistant => "",
        };
        let texts = self.messages.iter().map(|message| {
            let texts: Vec<&str> = message.parts.iter().filter_map(text).collect();
            texts.join(between)
        });
        texts.filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n\n")
    }

    pub fn reasoning(&self) -> String {
        let thoughts = self.parts().filter_map(|part| match part {
            Part::Reasoning(text) if !text.is_empty() => Some(text.as_str()),
            _ => None,
        });
        thoughts.collect::<Vec<_>>().join("\n\n")
    }

    pub fn images(&self) -> impl Iterator<Item = &'a Image> {
        self.parts().filter_map(|part| match part {
            Part::Image(image) => Some(image),
            _ => None,
        })
    }

    pub fn tool_calls(&self) -> impl Iterator<Item = &'a ToolCall> {
        self.parts().filter_map(|part| match part {
            Part::ToolCall(call) => Some(call),
            _ => None,
        })
    }

    /// The items that came in this format, as they came.
    pub fn opaque(&self, dialect: Dialect) -> impl Iterator<Item = &'a Value> {
        self.parts().filter_map(move |part| match part {
            Part::Opaque(item) if item.dialect == dialect => Some(&item.json),
            _ => None,
        })
    }
}

fn text(part: &Part) -> Option<&str> {
    match part {
        Part::Text(text) if !text.is_empty() => Some(text),
        _ => None,
    }
}

/// Ids for calls that came without one (Gemini's, Ollama's): results take them in order. Nine
/// letters and digits is what every API accepts (Mistral, "Function calling", accepts nothing else).
#[derive(Debug, Default)]
pub struct CallIds {
    made: u32,
    waiting: VecDeque<String>,
}

impl CallIds {
    pub fn of_call(&mut self, id: &str) -> String {
        if !id.is_empty() {
            return id.to_owned();
        }
        let id = self.make();
        self.waiting.push_back(id.clone());
        id
    }

    pub fn of_result(&mut self, id: &str) -> String {
        if !id.is_empty() {
            return id.to_owned();
        }
        self.waiting.pop_front().unwrap_or_else(|| self.make())
    }

    fn make(&mut self) -> String {
        self.made += 1;
        format!("call{:05}", self.made)
    }
}

/// Arguments as an object, where a format has no text for them. Text that is no JSON object, which
/// some models write, goes as the one argument that it is.
pub fn arguments(call: &ToolCall) -> Value {
    if call.arguments.trim().is_empty() {
        return json!({});
    }
    match serde_json::from_str(&call.arguments) {
        Ok(Value::Object(fields)) => Value::Object(fields),
        _ => json!({ "arguments": call.arguments }),
    }
}

pub fn data_url(image: &Image) -> String {
    format!("data:{};base64,{}", image.media_type, image.data)
}

/// The system prompt, if it says anything.
pub fn system(request: &ChatRequest) -> Option<&str> {
    request.system.as_deref().filter(|text| !text.trim().is_empty())
}

/// How messages look in the formats that copy Chat Completions.
#[derive(Clone, Copy, Debug)]
pub struct ChatShape {
    pub dialect: Dialect,
    pub system_role: &'static str,
    pub strict_turns: bool,
    pub echo_reasoning: bool,
}

/// The `messages` of Chat Completions and its copies. Turns that say nothing are left out.
pub fn chat_messages(request: &ChatRequest, shape: ChatShape) -> Vec<Value> {
    let mut messages = Vec::new();
    messages.extend(system(request).map(|text| json!({ "role": shape.system_role, "content": text })));
    let mut ids = CallIds::default();
    for turn in turns(&request.messages, shape.strict_turns) {
        match turn.role {
            Role::User => {
                messages.extend(tool_results(&turn, &mut ids));
                messages
                    .extend(user_content(&turn).map(|content| json!({ "role": "user", "content": content })));
            }
            Role::Assistant => messages.extend(assistant(&turn, shape, &mut ids)),
        }
    }
    messages
}

fn tool_results(turn: &Turn<'_>, ids: &mut CallIds) -> Vec<Value> {
    let results = turn.parts().filter_map(|part| match part {
        Part::ToolResult { call_id, content, .. } => {
            let id = ids.of_result(call_id);
            Some(json!({ "role": "tool", "tool_call_id": id, "content": content }))
        }
        _ => None,
    });
    results.collect()
}

/// A mere string where it can be one: some hosts know no list of parts.
fn user_content(turn: &Turn<'_>) -> Option<Value> {
    if turn.images().next().is_none() {
        return Some(turn.text()).filter(|text| !text.is_empty()).map(Value::from);
    }
    let parts = turn.parts().filter_map(|part| match part {
        Part::Image(image) => Some(json!({ "type": "image_url", "image_url": { "url": data_url(image) } })),
        other => text(other).map(|text| json!({ "type": "text", "text": text })),
    });
    Some(parts.collect())
}

fn assistant(turn: &Turn<'_>, shape: ChatShape, ids: &mut CallIds) -> Option<Value> {
    let mut message = Map::new();
    let calls: Vec<Value> = turn.tool_calls().map(|call| chat_call(call, ids)).collect();
    let content = Some(turn.text()).filter(|text| !text.is_empty());
    if content.is_none() && calls.is_empty() {
        return None;
    }
    if !calls.is_empty() {
        let thoughts = turn.reasoning();
        if shape.echo_reasoning && !thoughts.is_empty() {
            message.insert("reasoning_content".to_owned(), thoughts.into());
        }
        message.insert("tool_calls".to_owned(), calls.into());
    }
    for fields in turn.opaque(shape.dialect).filter_map(Value::as_object) {
        add_fields(&mut message, fields);
    }
    message.insert("role".to_owned(), "assistant".into());
    message.insert("content".to_owned(), content.map_or(Value::Null, Value::from));
    Some(Value::Object(message))
}

/// Fields of an earlier answer's message, such as OpenRouter's `reasoning_details`: lists join,
/// what this program writes itself stays.
fn add_fields(message: &mut Map<String, Value>, fields: &Map<String, Value>) {
    for (name, value) in fields {
        match (message.get_mut(name), value) {
            (Some(Value::Array(list)), Value::Array(more)) if name != "tool_calls" => {
                list.extend(more.iter().cloned());
            }
            (Some(_), _) => {}
            (None, _) => {
                message.insert(name.clone(), value.clone());
            }
        }
    }
}

fn chat_call(call: &ToolCall, ids: &mut CallIds) -> Value {
    let arguments = if call.arguments.trim().is_empty() { "{}" } else { &call.arguments };
    json!({
        "id": ids.of_call(&call.id),
        "type": "function",
        "function": { "name": call.name, "arguments": arguments },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_find_the_calls_that_came_without_ids() {
        let mut ids = CallIds::default();
        let calls = [ids.of_call(""), ids.of_call("x"), ids.of_call("")];
        assert_eq!(calls, ["call00001", "x", "call00002"]);
        assert_eq!([ids.of_result(""), ids.of_result("x"), ids.of_result("")], calls);
        assert_eq!(ids.of_result(""), "call00003");
    }

    #[test]
    fn arguments_are_an_object_whatever_a_model_wrote() {
        let check = |text: &str, expected: Value| {
            let call = ToolCall { arguments: text.to_owned(), ..ToolCall::default() };
            assert_eq!(arguments(&call), expected, "{text}");
        };
        check("", json!({}));
        check("{\"a\": [1]}", json!({"a": [1]}));
        check("[1]", json!({"arguments": "[1]"}));
        check("{\"a\":", json!({"arguments": "{\"a\":"}));
    }

    #[test]
    fn neighbours_are_joined_only_where_asked() {
        let messages =
            [Message::user("a"), Message::user("b"), Message::assistant("c"), Message::assistant("d")];
        let texts = |join| turns(&messages, join).iter().map(Turn::text).collect::<Vec<_>>();
        assert_eq!(texts(false), ["a", "b", "c", "d"]);
        assert_eq!(texts(true), ["a\n\nb", "c\n\nd"]);
    }
}
