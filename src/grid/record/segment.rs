//! What came of all replies of a comparison in a moment: for each the events, as they would be applied.

use super::{
    answer::{
        citation_from_json, citation_to_json, error_from_fields, error_to_json, finish_from_fields,
        finish_to_json, opaque_to_json, placed_from_json, usage_from_fields, usage_to_json,
    },
    fields::{BadRecord, Fields, Why, small},
    group, key, optional, versioned,
};
use crate::{
    grid::comparison::ReplyId,
    model::{
        answer::Placed,
        event::{Delta, StreamEvent},
        json::{Json, Object},
    },
};

/// What came of one reply; nothing yet where it is only said that it is coming.
pub type Piece = (ReplyId, Vec<StreamEvent>);

pub fn to_json(pieces: &[Piece]) -> Json<'static> {
    versioned(vec![("pieces", Json::List(pieces.iter().map(piece_to_json).collect()))], &Object::new())
}

/// # Errors
/// It is no such record, or of a newer version.
pub fn from_json(record: Json<'static>) -> Result<Vec<Piece>, BadRecord> {
    let object = super::migrated(record)?;
    Fields::new(&object).each("pieces", piece_from_json)
}

fn piece_to_json((reply, events): &Piece) -> Json<'static> {
    let events = Json::List(events.iter().map(event_to_json).collect());
    group(vec![("of", key::reply_to_json(*reply)), ("events", events)], &Object::new())
}

fn piece_from_json(json: &Json<'_>) -> Result<Piece, BadRecord> {
    let fields = Fields::of(json)?;
    Ok((fields.must("of", key::reply_from_json)?, fields.each("events", event_from_json)?))
}

/// Puts an event behind the others; text that goes on joins what it goes on with.
pub fn push(events: &mut Vec<StreamEvent>, event: &StreamEvent) {
    if let (Some(StreamEvent::Delta(last)), StreamEvent::Delta(next)) = (events.last_mut(), event) {
        match (last, next) {
            (Delta::Text(text), Delta::Text(more)) | (Delta::Refusal(text), Delta::Refusal(more)) => {
                return text.push_str(more);
            }
            (Delta::Reasoning { part, text }, Delta::Reasoning { part: of, text: more }) if part == of => {
                return text.push_str(more);
            }
            _ => {}
        }
    }
    events.push(event.clone());
}

fn event_to_json(event: &StreamEvent) -> Json<'static> {
    let own = |text: &str| Json::from(text.to_owned());
    let fields = match event {
        StreamEvent::Start { id, model } => {
            let fields = vec![("id", optional(id.as_deref())), ("model", optional(model.as_deref()))];
            vec![("start", group(fields, &Object::new()))]
        }
        StreamEvent::Delta(Delta::Text(text)) => vec![("text", own(text))],
        StreamEvent::Delta(Delta::Refusal(text)) => vec![("refusal", own(text))],
        StreamEvent::Delta(Delta::Reasoning { part, text }) => {
            vec![("thought", own(text)), ("part", (*part).into())]
        }
        StreamEvent::Delta(Delta::ToolCall { index, id, name, arguments }) => vec![
            ("call", (*index).into()),
            ("id", optional(id.as_deref())),
            ("name", optional(name.as_deref())),
            ("arguments", own(arguments)),
        ],
        StreamEvent::Delta(Delta::Citation(citation)) => vec![("citation", citation_to_json(citation))],
        StreamEvent::Opaque(item) => vec![("item", opaque_to_json(item, 0))],
        StreamEvent::Usage(usage) => vec![("usage", usage_to_json(usage))],
        StreamEvent::Finish(finish) => vec![("finish", finish_to_json(finish))],
        StreamEvent::Error(error) => vec![("error", error_to_json(error))],
    };
    group(fields, &Object::new())
}

fn event_from_json(json: &Json<'_>) -> Result<StreamEvent, BadRecord> {
    let fields = Fields::of(json)?;
    if let Some(text) = fields.maybe_text("text")? {
        return Ok(StreamEvent::Delta(Delta::Text(text)));
    }
    if let Some(text) = fields.maybe_text("thought")? {
        return Ok(StreamEvent::Delta(Delta::Reasoning { part: fields.small("part")?, text }));
    }
    if let Some(text) = fields.maybe_text("refusal")? {
        return Ok(StreamEvent::Delta(Delta::Refusal(text)));
    }
    if let Some(index) = fields.maybe("call", small)? {
        let (id, name) = (fields.maybe_text("id")?, fields.maybe_text("name")?);
        let arguments = fields.text("arguments")?;
        return Ok(StreamEvent::Delta(Delta::ToolCall { index, id, name, arguments }));
    }
    let read = |json| citation_from_json(json).map_err(|bad| bad.at("citation"));
    if let Some(citation) = fields.get("citation").map(read).transpose()? {
        return Ok(StreamEvent::Delta(Delta::Citation(citation)));
    }
    let read = |json| placed_from_json(json).map_err(|bad| bad.at("item"));
    if let Some(Placed { item, .. }) = fields.get("item").map(read).transpose()? {
        return Ok(StreamEvent::Opaque(item));
    }
    let start = |start: Fields<'_>| {
        Ok(StreamEvent::Start { id: start.maybe_text("id")?, model: start.maybe_text("model")? })
    };
    if let Some(start) = fields.part("start", start)? {
        return Ok(start);
    }
    if let Some(usage) = fields.part("usage", usage_from_fields)? {
        return Ok(StreamEvent::Usage(usage));
    }
    if let Some(finish) = fields.part("finish", finish_from_fields)? {
        return Ok(StreamEvent::Finish(finish));
    }
    match fields.part("error", error_from_fields)? {
        Some(error) => Ok(StreamEvent::Error(error)),
        None => Err(Why::Wrong.into()),
    }
}
