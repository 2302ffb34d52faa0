//! The conversation as most formats see it: turns, each of one side.

use std::collections::VecDeque;

use crate::model::{
    chat::{ChatRequest, Image, Message, Part, Role, ToolCall},
    json::{Json, Object},
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
    pub fn opaque(&self, dialect: Dialect) -> impl Iterator<Item = &'a Json<'static>> {
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
pub fn arguments(call: &ToolCall) -> Json<'_> {
    object_or(arguments_text(call), "arguments")
}

/// The text of the arguments, for the formats that have one.
pub fn arguments_text(call: &ToolCall) -> &str {
    if call.arguments.trim().is_empty() { "{}" } else { &call.arguments }
}

/// The object that a text is, or else one that holds the text under that name.
pub fn object_or<'a>(text: &'a str, name: &'static str) -> Json<'a> {
    match Json::read(text) {
        Ok(json @ Json::Object(_)) => json,
        _ => Json::object(vec![(name, Json::text(text))]),
    }
}

/// What one side says.
pub fn message<'a>(role: &'static str, content: impl Into<Json<'a>>) -> Json<'a> {
    Json::object(vec![("role", role.into()), ("content", content.into())])
}

/// A part of that type.
pub fn typed<'a>(kind: &'static str, name: &'static str, value: impl Into<Json<'a>>) -> Json<'a> {
    Json::object(vec![("type", kind.into()), (name, value.into())])
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
pub fn chat_messages(request: &ChatRequest, shape: ChatShape) -> Vec<Json<'_>> {
    let mut messages = Vec::new();
    messages.extend(system(request).map(|text| message(shape.system_role, text)));
    let mut ids = CallIds::default();
    for turn in turns(&request.messages, shape.strict_turns) {
        match turn.role {
            Role::User => {
                messages.extend(turn.parts().filter_map(|part| tool_result(part, &mut ids)));
                messages.extend(user_content(&turn).map(|content| message("user", content)));
            }
            Role::Assistant => messages.extend(assistant(&turn, shape, &mut ids)),
        }
    }
    messages
}

fn tool_result<'a>(part: &'a Part, ids: &mut CallIds) -> Option<Json<'a>> {
    let Part::ToolResult { call_id, content, .. } = part else { return None };
    let id = ids.of_result(call_id);
    let fields = vec![("role", "tool".into()), ("tool_call_id", id.into()), ("content", Json::text(content))];
    Some(Json::object(fields))
}

/// A mere string where it can be one: some hosts know no list of parts.
fn user_content<'a>(turn: &Turn<'a>) -> Option<Json<'a>> {
    if turn.images().next().is_none() {
        return Some(turn.text()).filter(|text| !text.is_empty()).map(Json::from);
    }
    let parts = turn.parts().filter_map(|part| match part {
        Part::Image(image) => {
            let url = Json::object(vec![("url", data_url(image).into())]);
            Some(typed("image_url", "image_url", url))
        }
        other => text(other).map(|text| typed("text", "text", text)),
    });
    Some(Json::List(parts.collect()))
}

fn assistant<'a>(turn: &Turn<'a>, shape: ChatShape, ids: &mut CallIds) -> Option<Json<'a>> {
    let calls: Vec<_> = turn.tool_calls().map(|call| chat_call(call, ids)).collect();
    let content = Some(turn.text()).filter(|text| !text.is_empty());
    if content.is_none() && calls.is_empty() {
        return None;
    }
    let mut message = Object::new();
    message.set("role", "assistant");
    message.set("content", content.map_or(Json::Null, Json::from));
    if !calls.is_empty() {
        let thoughts = turn.reasoning();
        if shape.echo_reasoning && !thoughts.is_empty() {
            message.set("reasoning_content", thoughts);
        }
        message.set("tool_calls", calls);
    }
    for fields in turn.opaque(shape.dialect).filter_map(Json::as_object) {
        add_fields(&mut message, fields);
    }
    Some(Json::Object(message))
}

/// Fields of an earlier answer's message, such as OpenRouter's `reasoning_details`: lists join,
/// what this program writes itself stays.
fn add_fields<'a>(message: &mut Object<'a>, fields: &'a Object<'_>) {
    for (name, value) in fields.iter() {
        match (message.get_mut(name), value) {
            (Some(Json::List(list)), Json::List(more)) if name != "tool_calls" => {
                list.extend(more.iter().cloned());
            }
            (Some(_), _) => {}
            (None, _) => message.set(name, value.clone()),
        }
    }
}

fn chat_call<'a>(call: &'a ToolCall, ids: &mut CallIds) -> Json<'a> {
    let function = vec![("name", Json::text(&call.name)), ("arguments", Json::text(arguments_text(call)))];
    Json::object(vec![
        ("id", ids.of_call(&call.id).into()),
        ("type", "function".into()),
        ("function", Json::object(function)),
    ])
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
        let check = |text: &str, expected: &str| {
            let call = ToolCall { arguments: text.to_owned(), ..ToolCall::default() };
            assert_eq!(arguments(&call).to_text(), expected, "{text}");
        };
        check("", "{}");
        check(" \n", "{}");
        check("{\"a\": [1]}", r#"{"a":[1]}"#);
        check("[1]", r#"{"arguments":"[1]"}"#);
        check("{\"a\":", r#"{"arguments":"{\"a\":"}"#);
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
