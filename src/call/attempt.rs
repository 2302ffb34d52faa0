//! One request and its reply: its times, its numbers, how long it may be silent.

use crate::model::http::Headers;

use super::{field::OptionalFields, limits::Limits, patience::Patience, reply::Reply};

/// What the panel and the timeline show of a call. Durations are in milliseconds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Requests sent.
    pub attempts: u32,
    /// Attempts made, or waited for, after a failure.
    pub retries: u32,
    /// What the provider did not accept and the last request left out.
    pub without: OptionalFields,
    /// From the request (the last one) to the first byte of its body.
    pub first_byte_ms: Option<u64>,
    /// From the request (the last one) to the first readable piece.
    pub first_token_ms: Option<u64>,
    /// From the request (the last one) to the end of its reply, or to now.
    pub attempt_ms: Option<u64>,
    /// From the creation of the call to its end, or to now.
    pub total_ms: u64,
    /// Bytes of the body.
    pub wire_bytes: u64,
    /// Bytes of decoded text of all kinds.
    pub text_bytes: u64,
    pub skipped_events: u32,
}

#[derive(Debug)]
pub(super) struct Attempt {
    pub(super) sent_ms: u64,
    pub(super) patience: Patience,
    pub(super) first_byte_ms: Option<u64>,
    pub(super) first_token_ms: Option<u64>,
    pub(super) rate_limited: bool,
    pub(super) body: Body,
}

#[derive(Debug)]
pub(super) enum Body {
    /// No headers yet, or the attempt has failed and what it brought is forgotten.
    Unknown,
    Answer(Box<Reply>),
    Refusal(Refusal),
}

/// A reply with a status that is no success; its body says why.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) status: u16,
    pub(super) headers: Headers,
    pub(super) since_ms: u64,
    pub(super) bytes: Vec<u8>,
}

impl Attempt {
    pub(super) fn new(now_ms: u64) -> Self {
        Self {
            sent_ms: now_ms,
            patience: Patience::new(now_ms),
            first_byte_ms: None,
            first_token_ms: None,
            rate_limited: false,
            body: Body::Unknown,
        }
    }

    /// Something that a person can read has come.
    pub(super) fn is_readable(&self) -> bool {
        matches!(&self.body, Body::Answer(reply) if reply.is_readable())
    }

    /// When it is given up, or the provider's last word taken as the end.
    pub(super) fn deadline(&self, limits: &Limits) -> u64 {
        let silence = match &self.body {
            // Pings do not prolong a refusal.
            Body::Refusal(refusal) => return refusal.since_ms.saturating_add(limits.linger_ms),
            Body::Answer(reply) if reply.has_last_word() => limits.linger_ms,
            Body::Answer(reply) if reply.is_readable() => limits.after_text_ms,
            Body::Answer(_) | Body::Unknown => limits.before_text_ms,
        };
        self.patience.ends_at(silence).min(self.lasts_until(limits))
    }

    /// When it has taken too long, whatever comes.
    pub(super) fn lasts_until(&self, limits: &Limits) -> u64 {
        self.patience.lasts_until(self.sent_ms, limits.attempt_ms)
    }

    pub(super) fn sum_up(&self, end_ms: u64, summary: &mut Summary) {
        let since_sent = |ms: u64| ms.saturating_sub(self.sent_ms);
        summary.first_byte_ms = self.first_byte_ms.map(since_sent);
        summary.first_token_ms = self.first_token_ms.map(since_sent);
        summary.attempt_ms = Some(since_sent(end_ms));
        if let Body::Answer(reply) = &self.body {
            summary.wire_bytes = reply.wire_bytes();
            summary.text_bytes = reply.text_bytes();
            summary.skipped_events = reply.skipped_events();
        }
    }
}
