//! Where a call can be, and the log of where it has been.

use crate::model::{error::ApiError, event::FinishReason};

/// The phase of a call; the last four are its ends.
#[derive(Clone, Debug, PartialEq)]
pub enum Phase {
    /// Waits for a free connection.
    Queued,
    /// The request is on its way.
    Connecting,
    /// Headers have come; nothing to read yet.
    Waiting,
    /// Something that a person can read has come.
    Streaming,
    /// Waits before it tries again. `attempt` is the number of the coming one.
    Backoff { until_ms: u64, attempt: u32, cause: ApiError },
    /// The provider's own mark of the end was seen.
    Finished(FinishReason),
    /// What came is kept, but it is not the whole answer. `None`: the body just ended.
    Truncated(Option<ApiError>),
    /// A person stopped it. Not an error.
    Stopped,
    /// It ended before anything readable came.
    Failed(ApiError),
}

/// A phase without what it carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PhaseKind {
    Queued,
    Connecting,
    Waiting,
    Streaming,
    Backoff,
    Finished,
    Truncated,
    Stopped,
    Failed,
}

/// One line of the log that the timeline draws: a phase and when it began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transition {
    /// The attempt that was under way; 0 before the first request.
    pub attempt: u32,
    pub phase: PhaseKind,
    /// On the monotonic clock.
    pub at_ms: u64,
}

impl Phase {
    pub fn kind(&self) -> PhaseKind {
        match self {
            Self::Queued => PhaseKind::Queued,
            Self::Connecting => PhaseKind::Connecting,
            Self::Waiting => PhaseKind::Waiting,
            Self::Streaming => PhaseKind::Streaming,
            Self::Backoff { .. } => PhaseKind::Backoff,
            Self::Finished(_) => PhaseKind::Finished,
            Self::Truncated(_) => PhaseKind::Truncated,
            Self::Stopped => PhaseKind::Stopped,
            Self::Failed(_) => PhaseKind::Failed,
        }
    }

    pub fn is_over(&self) -> bool {
        self.kind().is_over()
    }

    pub(super) fn error_mut(&mut self) -> Option<&mut ApiError> {
        match self {
            Self::Failed(error) | Self::Truncated(Some(error)) | Self::Backoff { cause: error, .. } => {
                Some(error)
            }
            _ => None,
        }
    }

    /// What went wrong, or is being waited out.
    pub fn error(&self) -> Option<&ApiError> {
        match self {
            Self::Failed(error) | Self::Truncated(Some(error)) | Self::Backoff { cause: error, .. } => {
                Some(error)
            }
            _ => None,
        }
    }
}

impl PhaseKind {
    pub fn is_over(self) -> bool {
        matches!(self, Self::Finished | Self::Truncated | Self::Stopped | Self::Failed)
    }
}
