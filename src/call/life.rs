//! The machine: what happens to a call, what phase that leads to, and what it needs next.

use crate::{
    model::{
        error::{ApiError, ErrorClass},
        event::StreamEvent,
        http::{ApiKey, Headers, is_success},
        provider::{Dialect, Quirks},
    },
    wire::error::read_error,
};

use super::{
    attempt::{Attempt, Body, Refusal, Summary},
    field::{OptionalFields, unsupported_field},
    limits::Limits,
    patience::Now,
    phase::{Phase, Transition},
    queue,
    reply::{Outcome, Reply},
    retry::{Random, RetryAfter, refusal_is_retryable, retry_after},
};

/// Something that happened. Every input is safe in every phase; what does not belong there is ignored.
#[derive(Debug)]
pub enum Input<'a> {
    /// The queue gave this call a slot.
    SlotGranted,
    /// The request goes out now: what was recorded before it does not count as the provider's time.
    Sent,
    Headers {
        status: u16,
        headers: &'a Headers,
    },
    Bytes(&'a [u8]),
    /// The body is over.
    End,
    /// The request could not be sent, or the connection broke.
    Broken(ApiError),
    /// Time has passed. Too early or too often does no harm.
    Tick,
    /// A person does not want more.
    Stop,
}

/// What a call needs from its driver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// A slot of the queue.
    Slot,
    /// The request sent, without those fields, and the headers of the reply.
    Headers { attempt: u32, without: OptionalFields },
    /// The next piece of that reply's body.
    Body { attempt: u32 },
    /// Time to pass, without a slot.
    Time,
    /// Nothing any more.
    Nothing,
}

impl Need {
    /// The attempt that it is for, if it is for one.
    pub fn attempt(self) -> Option<u32> {
        match self {
            Self::Headers { attempt, .. } | Self::Body { attempt } => Some(attempt),
            Self::Slot | Self::Time | Self::Nothing => None,
        }
    }

    /// The call uses its connection; in all other cases the slot goes back and the fetch is dropped.
    pub fn keeps_slot(self) -> bool {
        matches!(self, Self::Headers { .. } | Self::Body { .. })
    }
}

/// One call over all its attempts.
#[derive(Debug)]
pub struct Call {
    dialect: Dialect,
    quirks: Quirks,
    limits: Limits,
    random: Random,
    now: Now,
    phase: Phase,
    log: Vec<Transition>,
    created_ms: u64,
    attempts: u32,
    retries: u32,
    resets: u32,
    waited_ms: u64,
    without: OptionalFields,
    /// Servers echo keys in their errors; nothing that leaves a call holds this one.
    key: Option<ApiKey>,
    /// The last attempt; it stays after the end for its numbers.
    attempt: Option<Attempt>,
}

/// What a failure permits.
enum Retry {
    Never,
    /// The connection broke before the first byte.
    Reset,
    After(RetryAfter),
}

impl Call {
    /// A call that waits for its first slot. `seed` spreads its retries.
    pub fn new(dialect: Dialect, quirks: Quirks, limits: Limits, seed: u64, now: Now) -> Self {
        let phase = Phase::Queued;
        let log = vec![Transition { attempt: 0, phase: phase.kind(), at_ms: now.ms }];
        Self {
            dialect,
            quirks,
            limits,
            random: Random::new(seed),
            now,
            phase,
            log,
            created_ms: now.ms,
            attempts: 0,
            retries: 0,
            resets: 0,
            waited_ms: 0,
            without: OptionalFields::default(),
            key: None,
            attempt: None,
        }
    }

    /// The key that the request carries: it is blotted out of every error that comes back.
    pub fn with_key(self, key: Option<ApiKey>) -> Self {
        Self { key, ..self }
    }

    /// Takes in what happened at `now`. What may be heard of the answer is appended to `out`.
    pub fn handle(&mut self, input: Input, now: Now, out: &mut Vec<StreamEvent>) {
        // A clock that goes back counts as one that stands.
        let now = Now { ms: now.ms.max(self.now.ms), ..now };
        let before = std::mem::replace(&mut self.now, now);
        let first = out.len();
        if let Some(attempt) = &mut self.attempt {
            attempt.patience.advance(before, now);
        }
        match (&self.phase, input) {
            (phase, _) if phase.is_over() => return,
            (_, Input::Stop) => self.stop(out),
            (Phase::Queued, Input::SlotGranted) => self.connect(),
            (Phase::Connecting, Input::Sent) => self.sent(),
            (Phase::Connecting, Input::Headers { status, headers }) => self.headers(status, headers),
            (Phase::Waiting | Phase::Streaming, Input::Bytes(bytes)) => self.bytes(bytes, out),
            (Phase::Waiting | Phase::Streaming, Input::End) => self.conclude(None, out),
            (Phase::Connecting, Input::Broken(error)) => self.conclude(Some(error), out),
            (Phase::Waiting | Phase::Streaming, Input::Broken(mut error)) => {
                // Browsers name every failed read alike; after the headers it can only be the connection.
                if error.class == ErrorClass::NetworkOrCors {
                    error.class = ErrorClass::ConnectionLost;
                }
                self.conclude(Some(error), out);
            }
            _ => {}
        }
        self.look_at_the_clock(out);
        for event in out.iter_mut().skip(first) {
            if let (StreamEvent::Error(error), Some(key)) = (event, &self.key) {
                error.redact(key);
            }
        }
    }

    /// When something last happened, on the monotonic clock.
    pub fn now_ms(&self) -> u64 {
        self.now.ms
    }

    pub fn phase(&self) -> &Phase {
        &self.phase
    }

    /// Every phase so far, with the attempt and the moment it began.
    pub fn log(&self) -> &[Transition] {
        &self.log
    }

    pub fn need(&self) -> Need {
        match self.phase {
            Phase::Queued => Need::Slot,
            Phase::Connecting => Need::Headers { attempt: self.attempts, without: self.without },
            Phase::Waiting | Phase::Streaming => Need::Body { attempt: self.attempts },
            Phase::Backoff { .. } => Need::Time,
            Phase::Finished(_) | Phase::Truncated(_) | Phase::Stopped | Phase::Failed(_) => Need::Nothing,
        }
    }

    /// When a [`Input::Tick`] is due at the latest, on the monotonic clock.
    pub fn wake_at(&self) -> Option<u64> {
        match (&self.phase, self.deadline()) {
            (Phase::Backoff { until_ms, .. }, _) => Some(*until_ms),
            // In between, to say that it has grown quiet and to notice sleep.
            (_, Some(deadline)) => {
                Some(deadline.min(self.now.ms.saturating_add(self.limits.hint_ms.max(1_000))))
            }
            (_, None) => None,
        }
    }

    /// How long nothing has come, once that is worth a hint.
    pub fn silent_ms(&self, now_ms: u64) -> Option<u64> {
        let attempt = self.attempt.as_ref().filter(|_| self.need().keeps_slot())?;
        let silent = attempt.patience.silent_for(now_ms);
        (silent >= self.limits.hint_ms).then_some(silent)
    }

    /// What the use of the slot has shown, for the queue that takes it back.
    pub fn outcome(&self) -> queue::Outcome {
        match (&self.phase, &self.attempt) {
            (_, Some(attempt)) if attempt.rate_limited => queue::Outcome::RateLimited,
            (Phase::Finished(_), _) => queue::Outcome::Success,
            _ => queue::Outcome::Neutral,
        }
    }

    pub fn summary(&self, now_ms: u64) -> Summary {
        let end_ms = self.log.last().filter(|last| last.phase.is_over()).map_or(now_ms, |last| last.at_ms);
        let mut summary = Summary {
            attempts: self.attempts,
            retries: self.retries,
            without: self.without,
            total_ms: end_ms.saturating_sub(self.created_ms),
            ..Summary::default()
        };
        if let Some(attempt) = &self.attempt {
            attempt.sum_up(end_ms, &mut summary);
        }
        summary
    }

    fn enter(&mut self, mut phase: Phase) {
        if let (Some(error), Some(key)) = (phase.error_mut(), &self.key) {
            error.redact(key);
        }
        self.log.push(Transition { attempt: self.attempts, phase: phase.kind(), at_ms: self.now.ms });
        self.phase = phase;
    }

    fn connect(&mut self) {
        self.attempts += 1;
        self.attempt = Some(Attempt::new(self.now.ms));
        self.enter(Phase::Connecting);
    }

    fn sent(&mut self) {
        if let Some(attempt) = &mut self.attempt {
            attempt.sent_ms = self.now.ms;
            attempt.patience.heard(self.now.ms);
        }
    }

    fn headers(&mut self, status: u16, headers: &Headers) {
        let Some(attempt) = &mut self.attempt else { return };
        attempt.patience.heard(self.now.ms);
        attempt.body = if is_success(status) {
            let declared = headers.get("content-length").and_then(|text| text.trim().parse().ok());
            Body::Answer(Box::new(Reply::new(self.dialect, self.quirks, declared, &self.limits)))
        } else {
            let (headers, since_ms) = (headers.clone(), self.now.ms);
            Body::Refusal(Refusal { status, headers, since_ms, bytes: Vec::new() })
        };
        self.enter(Phase::Waiting);
    }

    fn bytes(&mut self, bytes: &[u8], out: &mut Vec<StreamEvent>) {
        let Some(attempt) = self.attempt.as_mut().filter(|_| !bytes.is_empty()) else { return };
        attempt.patience.heard(self.now.ms);
        attempt.first_byte_ms.get_or_insert(self.now.ms);
        match &mut attempt.body {
            Body::Answer(reply) => {
                let pushed = reply.push(bytes, &self.limits, out);
                self.note_first_token();
                if let Err(cap) = pushed {
                    self.conclude(Some(cap.into()), out);
                }
            }
            Body::Refusal(refusal) => {
                let room = self.limits.error_body_bytes.saturating_sub(refusal.bytes.len());
                refusal.bytes.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
                if bytes.len() >= room {
                    self.conclude(None, out);
                }
            }
            Body::Unknown => {}
        }
    }

    fn note_first_token(&mut self) {
        if let Some(attempt) = &mut self.attempt
            && attempt.first_token_ms.is_none()
            && attempt.is_readable()
        {
            attempt.first_token_ms = Some(self.now.ms);
            self.enter(Phase::Streaming);
        }
    }

    fn stop(&mut self, out: &mut Vec<StreamEvent>) {
        let mut phase = Phase::Stopped;
        if let Some(Attempt { body: Body::Answer(reply), .. }) = &mut self.attempt
            && let Outcome::Finished(reason) = reply.end(None, &self.limits, out)
            && reply.is_whole()
        {
            phase = Phase::Finished(reason);
        }
        self.note_first_token();
        self.end(phase, out);
    }

    /// The attempt is over: its body ended, or `broken` ended it.
    fn conclude(&mut self, broken: Option<ApiError>, out: &mut Vec<StreamEvent>) {
        let Some(attempt) = &mut self.attempt else { return };
        match &mut attempt.body {
            Body::Unknown => {
                let unsaid = || ApiError::new(ErrorClass::ConnectionLost, "the connection ended");
                self.fail(broken.unwrap_or_else(unsaid), Retry::Reset, out);
            }
            Body::Refusal(refusal) => {
                let mut error = read_error(refusal.status, &refusal.bytes);
                let said = wait_said(&mut error, &refusal.headers, self.now);
                let again = refusal_is_retryable(refusal.status, error.class, &refusal.headers);
                match unsupported_field(&error).and_then(|field| self.without.with(field)) {
                    Some(without) => {
                        self.without = without;
                        self.connect();
                    }
                    None => self.fail(error, if again { Retry::After(said) } else { Retry::Never }, out),
                }
            }
            Body::Answer(reply) => {
                let outcome = reply.end(broken, &self.limits, out);
                let nothing_came = reply.wire_bytes() == 0;
                self.note_first_token();
                match outcome {
                    Outcome::Finished(reason) => self.end(Phase::Finished(reason), out),
                    Outcome::CutShort => self.end(Phase::Truncated(None), out),
                    Outcome::NoAnswer(problem) => self.fail(problem, Retry::Never, out),
                    Outcome::Broken(error) if nothing_came => self.fail(error, Retry::Reset, out),
                    Outcome::Broken(error) => self.fail(error, Retry::Never, out),
                    Outcome::Reported(mut error) if error.class.is_retryable() => {
                        let said = wait_said(&mut error, &Headers::default(), self.now);
                        self.fail(error, Retry::After(said), out);
                    }
                    Outcome::Reported(error) => self.fail(error, Retry::Never, out),
                }
            }
        }
    }

    /// Keeps what is readable, else tries again if that is permitted.
    fn fail(&mut self, error: ApiError, retry: Retry, out: &mut Vec<StreamEvent>) {
        let Some(attempt) = &mut self.attempt else { return };
        attempt.rate_limited = error.class == ErrorClass::RateLimit;
        if attempt.is_readable() {
            return self.end(Phase::Truncated(Some(error)), out);
        }
        let lost = matches!(error.class, ErrorClass::NetworkOrCors | ErrorClass::ConnectionLost);
        let (said, resets) = match retry {
            Retry::After(said) => (said, 0),
            Retry::Reset if lost && self.resets < self.limits.retry.resets => (RetryAfter::Unsaid, 1),
            Retry::Reset | Retry::Never => return self.end(Phase::Failed(error), out),
        };
        let wait = self.limits.retry.wait(said, self.retries, self.waited_ms, &mut self.random);
        let Some(wait) = wait else { return self.end(Phase::Failed(error), out) };
        self.retries += 1;
        self.resets += resets;
        self.waited_ms += wait;
        // What the failed attempt brought is forgotten.
        attempt.body = Body::Unknown;
        let until_ms = self.now.ms.saturating_add(wait);
        self.enter(Phase::Backoff { until_ms, attempt: self.attempts + 1, cause: error });
    }

    fn end(&mut self, phase: Phase, out: &mut Vec<StreamEvent>) {
        if let Some(Attempt { body: Body::Answer(reply), .. }) = &mut self.attempt {
            reply.release(out);
        }
        self.enter(phase);
    }

    /// When the attempt under way is given up, or its last word taken as the end.
    fn deadline(&self) -> Option<u64> {
        let attempt = self.attempt.as_ref().filter(|_| self.need().keeps_slot())?;
        Some(attempt.deadline(&self.limits))
    }

    fn look_at_the_clock(&mut self, out: &mut Vec<StreamEvent>) {
        let now_ms = self.now.ms;
        match (&self.phase, self.deadline()) {
            (Phase::Backoff { until_ms, .. }, _) if now_ms >= *until_ms => self.enter(Phase::Queued),
            (_, Some(deadline)) if now_ms >= deadline => {
                let message = match &self.attempt {
                    Some(attempt) if now_ms >= attempt.lasts_until(&self.limits) => {
                        "the answer took too long"
                    }
                    _ => "nothing came for too long",
                };
                self.conclude(Some(ApiError::new(ErrorClass::Timeout, message)), out);
            }
            _ => {}
        }
    }
}

/// How long the provider asks to wait; the error is made to tell it too.
fn wait_said(error: &mut ApiError, headers: &Headers, now: Now) -> RetryAfter {
    let said = retry_after(headers, error, now.wall_ms);
    if let RetryAfter::Ms(ms) = said {
        error.retry_after_ms = Some(ms);
    }
    said
}
