//! What went wrong, in classes that a person can act on.

use super::http::ApiKey;

/// What kind of failure it is; each has one plain explanation and one next step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorClass {
    /// The key is missing, wrong or expired.
    Auth,
    /// The key is right but this is not allowed: region, policy, plan, or a server's own origin list.
    Forbidden,
    /// The model does not exist there, or this key may not use it.
    Model,
    /// The conversation is longer than the model's context window.
    TooLong,
    /// The provider does not accept the request as it is.
    Request,
    /// Too many requests or tokens for now.
    RateLimit,
    /// No credit left: waiting does not help.
    Quota,
    /// The provider's content filter refused the prompt or the answer.
    Blocked,
    /// The provider failed.
    Server,
    /// The provider has too much to do.
    Overloaded,
    /// Nothing came for too long.
    Timeout,
    /// The browser could not reach the server or was not allowed to read the answer; it does not say which.
    NetworkOrCors,
    /// The connection broke while the answer arrived.
    ConnectionLost,
    /// What came is not what this API sends.
    Protocol,
    /// A web page came in place of an answer (a captive portal, a proxy).
    NotAStream,
    /// The server said yes and sent nothing.
    Empty,
    /// A line or an answer larger than the limit.
    TooLarge,
}

impl ErrorClass {
    pub const ALL: [Self; 17] = [
        Self::Auth,
        Self::Forbidden,
        Self::Model,
        Self::TooLong,
        Self::Request,
        Self::RateLimit,
        Self::Quota,
        Self::Blocked,
        Self::Server,
        Self::Overloaded,
        Self::Timeout,
        Self::NetworkOrCors,
        Self::ConnectionLost,
        Self::Protocol,
        Self::NotAStream,
        Self::Empty,
        Self::TooLarge,
    ];

    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.word() == word)
    }

    /// Its name in reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Auth => "auth",
            Self::Forbidden => "forbidden",
            Self::Model => "model",
            Self::TooLong => "too_long",
            Self::Request => "request",
            Self::RateLimit => "rate_limit",
            Self::Quota => "quota",
            Self::Blocked => "blocked",
            Self::Server => "server",
            Self::Overloaded => "overloaded",
            Self::Timeout => "timeout",
            Self::NetworkOrCors => "network_or_cors",
            Self::ConnectionLost => "connection_lost",
            Self::Protocol => "protocol",
            Self::NotAStream => "not_a_stream",
            Self::Empty => "empty",
            Self::TooLarge => "too_large",
        }
    }

    /// A second try, unchanged, has a fair chance.
    pub fn is_retryable(self) -> bool {
        matches!(
            self,
            Self::RateLimit
                | Self::Server
                | Self::Overloaded
                | Self::Timeout
                | Self::NetworkOrCors
                | Self::ConnectionLost
        )
    }
}

/// A failure of one call. Texts are the provider's own words, cut to a bounded length; they are
/// data, never markup.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ApiError {
    pub class: ErrorClass,
    /// HTTP status of the reply; `None` when the error came inside a stream or from this program.
    pub http_status: Option<u16>,
    pub kind: Option<String>,
    pub code: Option<Code>,
    /// The provider's own status word, such as Gemini's `INVALID_ARGUMENT`.
    pub status: Option<String>,
    /// The field of the request that the provider names.
    pub param: Option<String>,
    pub message: String,
    /// More of the provider's words: what an upstream said, or the page that came in place of JSON.
    pub detail: Option<String>,
    /// How long the provider asks to wait, in milliseconds, as read from the body.
    pub retry_after_ms: Option<u64>,
    /// Until when it asks to wait, in milliseconds since 1970, as read from the body.
    pub retry_at_epoch_ms: Option<u64>,
}

/// An error code, kept as the provider writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Code {
    Number(i64),
    Text(String),
}

impl ApiError {
    pub fn new(class: ErrorClass, message: impl Into<String>) -> Self {
        Self {
            class,
            http_status: None,
            kind: None,
            code: None,
            status: None,
            param: None,
            message: message.into(),
            detail: None,
            retry_after_ms: None,
            retry_at_epoch_ms: None,
        }
    }

    /// Blots the key out of every text of the error.
    pub fn redact(&mut self, key: &ApiKey) {
        let code = match &mut self.code {
            Some(Code::Text(text)) => Some(text),
            Some(Code::Number(_)) | None => None,
        };
        let texts = [&mut self.kind, &mut self.status, &mut self.param, &mut self.detail];
        let texts = texts.into_iter().flatten().chain(code).chain([&mut self.message]);
        for text in texts {
            if let std::borrow::Cow::Owned(redacted) = key.redact(text) {
                *text = redacted;
            }
        }
    }
}
