//! A captured body, decoded, as one JSON object: what a person runs on an answer that looks wrong,
//! and what the conformance tests compare.

use serde::Serialize;

use super::{
    body::{BodyDecoder, LineTooLong},
    error::read_error,
};
use crate::model::{
    answer::Answer,
    error::{ApiError, Code, ErrorClass},
    event::{Finish, TokenCounts},
    http::is_success,
    provider::{Dialect, Quirks},
};

#[derive(Clone, Debug, PartialEq, Serialize)]
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
    #[serde(flatten)]
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

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ToolCallReport {
    /// `None` where the provider gives none.
    pub id: Option<String>,
    pub name: String,
    pub arguments: String,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ErrorReport {
    pub class: ErrorClass,
    #[serde(rename = "type")]
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
