//! A captured body, decoded, as one JSON object: what a person runs on an answer that looks wrong,
//! and what the conformance tests compare.

use super::{
    body::{BodyDecoder, LineTooLong},
    error::read_error,
};
use crate::model::{
    answer::Answer,
    error::{ApiError, Code, ErrorClass},
    event::{Finish, TokenCounts},
    http::is_success,
    json::Json,
    provider::{Dialect, Quirks},
};

#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    pub text: String,
    /// All thoughts joined; [`Report::reasoning_parts`] keeps the borders.
    pub reasoning: String,
    pub reasoning_parts: Vec<String>,
    pub refusal: String,
    /// The provider's own word.
    pub finish_reason: Option<String>,
    pub finish: Option<Finish>,
    pub tool_calls: Vec<ToolCallReport>,
    pub citations: Vec<String>,
    /// The provider's own numbers.
    pub counts: TokenCounts,
    /// The numbers in one common meaning; see [`crate::model::event::Usage::total`].
    pub usage: Option<TokenCounts>,
    pub cost_usd: Option<f64>,
    pub error: Option<ErrorReport>,
    /// A terminal marker was seen.
    pub complete: bool,
    pub skipped_events: u32,
    pub model: Option<String>,
    /// How many items must be sent back with the next turn.
    pub opaque_items: usize,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ToolCallReport {
    /// `None` where the provider gives none.
    pub id: Option<String>,
    pub name: String,
    pub arguments: String,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ErrorReport {
    pub class: ErrorClass,
    pub kind: Option<String>,
    pub code: Option<Code>,
    pub message: String,
    /// The provider's own status word, else the HTTP status.
    pub status: Option<Code>,
    pub http_status: Option<u16>,
    pub param: Option<String>,
    pub detail: Option<String>,
    pub retry_after_ms: Option<u64>,
}

impl From<ApiError> for ErrorReport {
    fn from(error: ApiError) -> Self {
        let http = error.http_status.map(|status| Code::Number(status.into()));
        Self {
            class: error.class,
            kind: error.kind,
            code: error.code,
            message: error.message,
            status: error.status.map(Code::Text).or(http),
            http_status: error.http_status,
            param: error.param,
            detail: error.detail,
            retry_after_ms: error.retry_after_ms,
        }
    }
}

impl Report {
    pub fn to_json(&self) -> Json<'_> {
        let list = |texts: &'_ [String]| Json::List(texts.iter().cloned().map(Json::from).collect());
        let calls = self.tool_calls.iter().map(|call| {
            Json::object(vec![
                ("id", text(call.id.as_deref())),
                ("name", Json::text(&call.name)),
                ("arguments", Json::text(&call.arguments)),
            ])
        });
        let mut fields = vec![
            ("text", Json::text(&self.text)),
            ("reasoning", Json::text(&self.reasoning)),
            ("reasoning_parts", list(&self.reasoning_parts)),
            ("refusal", Json::text(&self.refusal)),
            ("finish_reason", text(self.finish_reason.as_deref())),
            ("finish", text(self.finish.map(Finish::word))),
            ("tool_calls", Json::List(calls.collect())),
            ("citations", list(&self.citations)),
        ];
        fields.extend(counts(&self.counts));
        fields.extend([
            ("usage", self.usage.map_or(Json::Null, |usage| Json::object(counts(&usage).to_vec()))),
            ("cost_usd", self.cost_usd.map_or(Json::Null, Json::from)),
            ("error", self.error.as_ref().map_or(Json::Null, ErrorReport::to_json)),
            ("complete", self.complete.into()),
            ("skipped_events", self.skipped_events.into()),
            ("model", text(self.model.as_deref())),
            ("opaque_items", (self.opaque_items as u64).into()),
        ]);
        Json::object(fields)
    }
}

impl ErrorReport {
    pub fn to_json(&self) -> Json<'_> {
        let code = |code: &Option<Code>| match code {
            Some(Code::Number(number)) => Json::from(*number),
            Some(Code::Text(text)) => Json::from(text.clone()),
            None => Json::Null,
        };
        Json::object(vec![
            ("class", self.class.word().into()),
            ("type", text(self.kind.as_deref())),
            ("code", code(&self.code)),
            ("message", Json::text(&self.message)),
            ("status", code(&self.status)),
            ("http_status", count(self.http_status.map(u64::from))),
            ("param", text(self.param.as_deref())),
            ("detail", text(self.detail.as_deref())),
            ("retry_after_ms", count(self.retry_after_ms)),
        ])
    }
}

fn text(text: Option<&str>) -> Json<'_> {
    text.map_or(Json::Null, Json::text)
}

fn count(count: Option<u64>) -> Json<'static> {
    count.map_or(Json::Null, Json::from)
}

fn counts(counts: &TokenCounts) -> [(&'static str, Json<'static>); 5] {
    [
        ("input_tokens", count(counts.input)),
        ("output_tokens", count(counts.output)),
        ("cached_tokens", count(counts.cached)),
        ("cache_write_tokens", count(counts.cache_write)),
        ("reasoning_tokens", count(counts.reasoning)),
    ]
}

/// Decodes a whole body that came in the given chunks with the given HTTP status.
pub fn decode<'a>(
    dialect: Dialect,
    quirks: Quirks,
    status: u16,
    chunks: impl IntoIterator<Item = &'a [u8]>,
) -> Report {
    let mut answer = Answer::default();
    if !is_success(status) {
        let body: Vec<u8> = chunks.into_iter().flatten().copied().collect();
        answer.error = Some(read_error(status, &body));
        return report(answer, false, 0);
    }
    let mut decoder = BodyDecoder::new(dialect, quirks);
    let mut events = Vec::new();
    for chunk in chunks {
        if let Err(LineTooLong { .. }) = decoder.push(chunk, &mut events) {
            answer.error = Some(ApiError::new(ErrorClass::TooLarge, ""));
            break;
        }
    }
    let end = decoder.end(&mut events);
    for event in &events {
        answer.apply(event);
    }
    answer.error = answer.error.or(end.problem);
    report(answer, end.complete, end.skipped_events)
}

fn report(answer: Answer, complete: bool, skipped_events: u32) -> Report {
    let call = |call: crate::model::chat::ToolCall| ToolCallReport {
        id: (!call.id.is_empty()).then_some(call.id),
        name: call.name,
        arguments: call.arguments,
    };
    let usage = answer.usage.unwrap_or_default();
    let finish = answer.finish;
    Report {
        text: answer.text,
        reasoning: answer.reasoning.concat(),
        reasoning_parts: answer.reasoning,
        refusal: answer.refusal,
        finish: finish.as_ref().map(|reason| reason.unified),
        finish_reason: finish.and_then(|reason| reason.raw),
        tool_calls: answer.tool_calls.into_iter().map(call).collect(),
        citations: answer.citations.into_iter().map(|citation| citation.source).collect(),
        counts: usage.raw,
        usage: (!usage.total.is_empty()).then_some(usage.total),
        cost_usd: usage.cost_usd,
        error: answer.error.map(ErrorReport::from),
        complete,
        skipped_events,
        model: answer.model,
        opaque_items: answer.opaque.len(),
    }
}
