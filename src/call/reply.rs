//! The body of one answer (a status of 200 to 299): caps, holding back, and what its end means.

use crate::{
    model::{
        error::{ApiError, ErrorClass},
        event::{Delta, Finish, FinishReason, StreamEvent},
        provider::{Dialect, Quirks},
    },
    wire::body::{BodyDecoder, LineTooLong},
};

use super::limits::Limits;

/// One body while it arrives.
///
/// Until something readable has come, its events are held back, so that a retry leaves no trace of
/// the attempt before: whoever listens hears the events of one attempt only.
#[derive(Debug)]
pub(super) struct Reply {
    decoder: BodyDecoder,
    /// `None` once something readable has come.
    held: Option<Vec<StreamEvent>>,
    finish: Option<FinishReason>,
    /// Text came after the finish: this server puts one on every piece (older backends of Gemini),
    /// and so only the end of the body tells that the answer is whole.
    finish_is_early: bool,
    error: Option<ApiError>,
    declared_bytes: Option<u64>,
    wire_bytes: u64,
    text_bytes: u64,
}

/// More came than is let in.
#[derive(Debug, thiserror::Error)]
pub(super) enum TooLarge {
    #[error(transparent)]
    Line(#[from] LineTooLong),
    #[error("the reply is larger than {limit} bytes")]
    Wire { limit: u64 },
    #[error("the answer is longer than {limit} bytes")]
    Text { limit: u64 },
}

impl From<TooLarge> for ApiError {
    fn from(cap: TooLarge) -> Self {
        Self::new(ErrorClass::TooLarge, cap.to_string())
    }
}

/// What a body comes to.
#[derive(Debug)]
pub(super) enum Outcome {
    Finished(FinishReason),
    /// The provider reported an error in its own words.
    Reported(ApiError),
    /// What came is not an answer; see [`crate::wire::body::BodyEnd::problem`].
    NoAnswer(ApiError),
    /// The connection broke, or ended sooner than its length said.
    Broken(ApiError),
    /// It ended without a mark of the end.
    CutShort,
}

impl Reply {
    pub(super) fn new(
        dialect: Dialect,
        quirks: Quirks,
        declared_bytes: Option<u64>,
        limits: &Limits,
    ) -> Self {
        Self {
            decoder: BodyDecoder::new(dialect, quirks).with_line_limit(limits.line_bytes),
            held: Some(Vec::new()),
            finish: None,
            finish_is_early: false,
            error: None,
            declared_bytes,
            wire_bytes: 0,
            text_bytes: 0,
        }
    }

    /// Decodes a chunk; what may be heard is appended to `out`.
    ///
    /// # Errors
    /// A cap is reached. What came up to it is in `out`.
    pub(super) fn push(
        &mut self,
        bytes: &[u8],
        limits: &Limits,
        out: &mut Vec<StreamEvent>,
    ) -> Result<(), TooLarge> {
        let room = usize::try_from(limits.wire_bytes.saturating_sub(self.wire_bytes)).unwrap_or(usize::MAX);
        let fitting = bytes.get(..room).unwrap_or(bytes);
        self.wire_bytes += fitting.len() as u64;
        let mut events = Vec::new();
        let read = self.decoder.push(fitting, &mut events);
        self.hear(events, limits, out)?;
        read?;
        if fitting.len() < bytes.len() {
            return Err(TooLarge::Wire { limit: limits.wire_bytes });
        }
        Ok(())
    }

    /// The body is over: it ended, or `broken` ended it. What the decoder still had is heard.
    pub(super) fn end(
        &mut self,
        broken: Option<ApiError>,
        limits: &Limits,
        out: &mut Vec<StreamEvent>,
    ) -> Outcome {
        let mut last = Vec::new();
        let end = self.decoder.end(&mut last);
        // Of a text that is too long, what comes after the cap is not heard, however it was cut.
        let whole = self.text_bytes <= limits.text_bytes && self.hear(last, limits, out).is_ok();
        let broken = broken.or_else(|| (!whole).then(|| TooLarge::Text { limit: limits.text_bytes }.into()));
        if let Some(error) = self.error.take() {
            return Outcome::Reported(error);
        }
        match self.finish.take() {
            Some(finish) if finish.unified == Finish::Error => {
                let word = finish.raw.as_deref().unwrap_or("error");
                let message = format!("the provider ended the answer with \"{word}\"");
                Outcome::Reported(ApiError::new(ErrorClass::Server, message))
            }
            Some(finish) if self.finish_is_early => match self.incomplete(broken, None) {
                Outcome::CutShort => Outcome::Finished(finish),
                cut => cut,
            },
            Some(finish) => Outcome::Finished(finish),
            None if end.complete && whole => {
                let unsaid = FinishReason { unified: Finish::Other, raw: None };
                self.held.as_mut().unwrap_or(out).push(StreamEvent::Finish(unsaid.clone()));
                Outcome::Finished(unsaid)
            }
            None => self.incomplete(broken, end.problem),
        }
    }

    fn incomplete(&self, broken: Option<ApiError>, problem: Option<ApiError>) -> Outcome {
        if let Some(error) = broken {
            Outcome::Broken(error)
        } else if let Some(problem) = problem {
            Outcome::NoAnswer(problem)
        } else if self.declared_bytes.is_some_and(|declared| declared > self.wire_bytes) {
            let message = "the connection ended before the reply was whole";
            Outcome::Broken(ApiError::new(ErrorClass::ConnectionLost, message))
        } else {
            Outcome::CutShort
        }
    }

    /// The attempt is the last one: what was held back is heard too.
    pub(super) fn release(&mut self, out: &mut Vec<StreamEvent>) {
        out.append(&mut self.held.take().unwrap_or_default());
    }

    /// Something that a person can read has come.
    pub(super) fn is_readable(&self) -> bool {
        self.held.is_none()
    }

    /// The provider has finished or reported an error: nothing more that matters has to come.
    pub(super) fn has_last_word(&self) -> bool {
        self.error.is_some() || self.is_whole()
    }

    /// The provider's mark of the end has come, so that nothing is lost if the body ends now.
    pub(super) fn is_whole(&self) -> bool {
        self.decoder.is_complete() && !self.finish_is_early
    }

    pub(super) fn wire_bytes(&self) -> u64 {
        self.wire_bytes
    }

    pub(super) fn text_bytes(&self) -> u64 {
        self.text_bytes
    }

    pub(super) fn skipped_events(&self) -> u32 {
        self.decoder.skipped_events()
    }

    fn hear(
        &mut self,
        events: Vec<StreamEvent>,
        limits: &Limits,
        out: &mut Vec<StreamEvent>,
    ) -> Result<(), TooLarge> {
        for mut event in events {
            match &mut event {
                StreamEvent::Delta(delta) => self.take(delta, out),
                StreamEvent::Finish(reason) => {
                    self.finish = Some(reason.clone());
                    self.finish_is_early = false;
                }
                // After a good finish the answer is whole, whatever is reported then.
                StreamEvent::Error(error)
                    if self.finish_is_early
                        || self.finish.as_ref().is_none_or(|finish| finish.unified == Finish::Error) =>
                {
                    self.error.get_or_insert_with(|| error.clone());
                }
                _ => {}
            }
            self.held.as_mut().unwrap_or(out).push(event);
            if self.text_bytes > limits.text_bytes {
                return Err(TooLarge::Text { limit: limits.text_bytes });
            }
        }
        Ok(())
    }

    fn take(&mut self, delta: &mut Delta, out: &mut Vec<StreamEvent>) {
        let (bytes, readable) = match delta {
            Delta::Text(text) | Delta::Refusal(text) | Delta::Reasoning { text, .. } => {
                if text.contains('\0') {
                    *text = text.replace('\0', "\u{fffd}");
                }
                (text.len(), !text.is_empty())
            }
            Delta::ToolCall { name, arguments, .. } => {
                (arguments.len() + name.as_ref().map_or(0, String::len), true)
            }
            Delta::Citation(citation) => {
                (citation.source.len() + citation.title.as_ref().map_or(0, String::len), false)
            }
        };
        let is_text = !matches!(delta, Delta::ToolCall { .. });
        self.finish_is_early |= is_text && readable && self.finish.is_some();
        self.text_bytes += bytes as u64;
        if readable {
            self.release(out);
        }
    }
}
