//! What one reply says, as a record.

use super::{
    fields::{BadRecord, Fields, Why, text_item},
    group, list, optional, optional_count, versioned, words,
};
use crate::model::{
    answer::{Answer, Placed},
    chat::ToolCall,
    error::{ApiError, Code, ErrorClass},
    event::{Citation, Finish, FinishReason, Opaque, TokenCounts, Usage},
    json::{Json, Object},
    provider::Dialect,
};

const NONE: Object<'static> = Object::new();

pub fn to_json(answer: &Answer) -> Json<'static> {
    let calls = answer.tool_calls.iter().map(call_to_json).collect();
    let citations = answer.citations.iter().map(citation_to_json).collect();
    let opaque = answer.opaque.iter().map(placed_to_json).collect();
    let fields = vec![
        ("id", optional(answer.id.as_deref())),
        ("model", optional(answer.model.as_deref())),
        ("text", words(&answer.text)),
        ("thoughts", list(answer.reasoning.iter().map(|text| text.clone().into()).collect())),
        ("refusal", words(&answer.refusal)),
        ("calls", list(calls)),
        ("citations", list(citations)),
        ("items", list(opaque)),
        ("usage", answer.usage.as_ref().map(usage_to_json).unwrap_or_default()),
        ("finish", answer.finish.as_ref().map(finish_to_json).unwrap_or_default()),
        ("error", answer.error.as_ref().map(error_to_json).unwrap_or_default()),
    ];
    versioned(fields, &NONE)
}

pub fn from_fields(fields: Fields<'_>) -> Result<Answer, BadRecord> {
    Ok(Answer {
        id: fields.maybe_text("id")?,
        model: fields.maybe_text("model")?,
        text: fields.text("text")?,
        reasoning: fields.each("thoughts", text_item)?,
        refusal: fields.text("refusal")?,
        tool_calls: fields.each("calls", call_from_json)?,
        citations: fields.each("citations", citation_from_json)?,
        opaque: fields.each("items", placed_from_json)?,
        usage: fields.part("usage", usage_from_fields)?,
        finish: fields.part("finish", finish_from_fields)?,
        error: fields.part("error", error_from_fields)?,
    })
}

fn call_to_json(call: &ToolCall) -> Json<'static> {
    let fields =
        vec![("id", words(&call.id)), ("name", words(&call.name)), ("arguments", words(&call.arguments))];
    group(fields, &NONE)
}

fn call_from_json(json: &Json<'_>) -> Result<ToolCall, BadRecord> {
    let fields = Fields::of(json)?;
    Ok(ToolCall { id: fields.text("id")?, name: fields.text("name")?, arguments: fields.text("arguments")? })
}

pub(super) fn citation_to_json(citation: &Citation) -> Json<'static> {
    let fields = vec![("source", words(&citation.source)), ("title", optional(citation.title.as_deref()))];
    group(fields, &NONE)
}

pub(super) fn citation_from_json(json: &Json<'_>) -> Result<Citation, BadRecord> {
    let fields = Fields::of(json)?;
    Ok(Citation { source: fields.text("source")?, title: fields.maybe_text("title")? })
}

fn placed_to_json(placed: &Placed) -> Json<'static> {
    opaque_to_json(&placed.item, placed.after as u64)
}

/// The item itself is kept as text: it must go back as it came, digit by digit.
pub(super) fn opaque_to_json(item: &Opaque, after: u64) -> Json<'static> {
    let fields = vec![
        ("dialect", words(item.dialect.name())),
        ("json", words(&item.json.to_text())),
        ("after", super::count(after)),
    ];
    group(fields, &NONE)
}

pub(super) fn placed_from_json(json: &Json<'_>) -> Result<Placed, BadRecord> {
    let fields = Fields::of(json)?;
    let dialect = fields.must("dialect", |name| Dialect::from_name(name.as_str()?))?;
    let json = fields.must("json", |text| Json::read(text.as_str()?).ok().map(Json::into_owned))?;
    let after = usize::try_from(fields.small("after")?).unwrap_or(usize::MAX);
    Ok(Placed { after, item: Opaque { dialect, json } })
}

pub(super) fn usage_to_json(usage: &Usage) -> Json<'static> {
    let fields = vec![
        ("raw", counts_to_json(&usage.raw)),
        ("total", counts_to_json(&usage.total)),
        ("cost_usd", usage.cost_usd.map_or(Json::Null, Json::from)),
    ];
    group(fields, &NONE)
}

pub(super) fn usage_from_fields(fields: Fields<'_>) -> Result<Usage, BadRecord> {
    Ok(Usage {
        raw: fields.part("raw", counts_from_fields)?.unwrap_or_default(),
        total: fields.part("total", counts_from_fields)?.unwrap_or_default(),
        cost_usd: fields.maybe("cost_usd", Json::as_f64)?.filter(|cost| cost.is_finite()),
    })
}

fn counts_to_json(counts: &TokenCounts) -> Json<'static> {
    let fields = vec![
        ("input", optional_count(counts.input)),
        ("output", optional_count(counts.output)),
        ("cached", optional_count(counts.cached)),
        ("cache_write", optional_count(counts.cache_write)),
        ("reasoning", optional_count(counts.reasoning)),
    ];
    if counts.is_empty() { Json::Null } else { group(fields, &NONE) }
}

fn counts_from_fields(fields: Fields<'_>) -> Result<TokenCounts, BadRecord> {
    Ok(TokenCounts {
        input: fields.maybe_count("input")?,
        output: fields.maybe_count("output")?,
        cached: fields.maybe_count("cached")?,
        cache_write: fields.maybe_count("cache_write")?,
        reasoning: fields.maybe_count("reasoning")?,
    })
}

pub(super) fn finish_to_json(finish: &FinishReason) -> Json<'static> {
    let fields = vec![("unified", words(finish.unified.word())), ("raw", optional(finish.raw.as_deref()))];
    group(fields, &NONE)
}

pub(super) fn finish_from_fields(fields: Fields<'_>) -> Result<FinishReason, BadRecord> {
    let unified = fields.must("unified", |word| Finish::from_word(word.as_str()?))?;
    Ok(FinishReason { unified, raw: fields.maybe_text("raw")? })
}

pub(super) fn error_to_json(error: &ApiError) -> Json<'static> {
    let code = match &error.code {
        Some(Code::Number(number)) => Json::from(*number),
        Some(Code::Text(text)) => text.clone().into(),
        None => Json::Null,
    };
    let fields = vec![
        ("class", words(error.class.word())),
        ("http_status", optional_count(error.http_status.map(u64::from))),
        ("kind", optional(error.kind.as_deref())),
        ("code", code),
        ("status", optional(error.status.as_deref())),
        ("param", optional(error.param.as_deref())),
        ("message", words(&error.message)),
        ("detail", optional(error.detail.as_deref())),
        ("retry_after_ms", optional_count(error.retry_after_ms)),
        ("retry_at_epoch_ms", optional_count(error.retry_at_epoch_ms)),
    ];
    group(fields, &NONE)
}

pub(super) fn error_from_fields(fields: Fields<'_>) -> Result<ApiError, BadRecord> {
    let status = |json: &Json<'_>| u16::try_from(super::fields::whole(json)?).ok();
    Ok(ApiError {
        class: fields.must("class", |word| ErrorClass::from_word(word.as_str()?))?,
        http_status: fields.maybe("http_status", status)?,
        kind: fields.maybe_text("kind")?,
        code: fields.maybe("code", code_of)?,
        status: fields.maybe_text("status")?,
        param: fields.maybe_text("param")?,
        message: fields.text("message")?,
        detail: fields.maybe_text("detail")?,
        retry_after_ms: fields.maybe_count("retry_after_ms")?,
        retry_at_epoch_ms: fields.maybe_count("retry_at_epoch_ms")?,
    })
}

fn code_of(json: &Json<'_>) -> Option<Code> {
    match json {
        Json::Text(text) => Some(Code::Text(text.clone().into_owned())),
        #[expect(clippy::cast_possible_truncation, reason = "checked to be whole and in range")]
        Json::Number(text) => {
            let whole = |number: &f64| number.fract() == 0.0 && number.abs() < 9e15;
            let number = text.parse().ok().or_else(|| json.as_f64().filter(whole).map(|it| it as i64));
            number.map(Code::Number)
        }
        _ => None,
    }
}

/// An answer's record, whatever its version.
///
/// # Errors
/// It is none, or of a newer version.
pub fn from_json(record: Json<'static>) -> Result<Answer, BadRecord> {
    let fields = super::migrated(record)?;
    let answer = from_fields(Fields::new(&fields))?;
    let is_placed = |placed: &Placed| answer.text.is_char_boundary(placed.after);
    if let Some(index) = answer.opaque.iter().position(|placed| !is_placed(placed)) {
        return Err(BadRecord::from(Why::Wrong).at("after").at(index).at("items"));
    }
    Ok(answer)
}
