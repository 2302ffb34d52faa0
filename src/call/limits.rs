//! The numbers of a call, all settable.

/// How long a call may be silent, how much it may bring, and how often it tries again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Silence after which the panel says so and offers Stop.
    pub hint_ms: u64,
    /// Silence that ends a call before its first readable piece. Models think for minutes.
    pub before_text_ms: u64,
    /// Silence that ends a call after it. Any byte, a ping too, breaks the silence.
    pub after_text_ms: u64,
    /// Silence that ends the reading after the provider's last word (a finish or an error), where
    /// the server leaves the connection open. Also the most time for the body of a refusal.
    pub linger_ms: u64,
    /// The longest that one attempt may take.
    pub attempt_ms: u64,
    /// Decoded text of all kinds, in bytes.
    pub text_bytes: u64,
    /// Bytes of the body. Larger than the text by far: some send the whole message in every event.
    pub wire_bytes: u64,
    pub line_bytes: usize,
    /// What is read of the body of a refusal.
    pub error_body_bytes: usize,
    pub retry: RetryLimits,
}

/// How often and how long a call waits to try again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetryLimits {
    /// Retries of all kinds together; a request repeated without a field is not one.
    pub retries: u32,
    /// Retries after a connection that broke before its first byte.
    pub resets: u32,
    /// The first back-off is at most this long, each further one twice as long...
    pub base_ms: u64,
    /// ...up to this.
    pub cap_ms: u64,
    /// A wait that the provider names is raised to `least_ms`; above `most_ms` there is no retry.
    pub least_ms: u64,
    pub most_ms: u64,
    /// All waits of one call together.
    pub waits_ms: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            hint_ms: 15_000,
            before_text_ms: 600_000,
            after_text_ms: 120_000,
            linger_ms: 15_000,
            attempt_ms: 3_600_000,
            text_bytes: 20 << 20,
            wire_bytes: 500 << 20,
            line_bytes: crate::wire::body::DEFAULT_LINE_LIMIT,
            error_body_bytes: 256 << 10,
            retry: RetryLimits::default(),
        }
    }
}

impl Default for RetryLimits {
    fn default() -> Self {
        Self {
            retries: 2,
            resets: 1,
            base_ms: 500,
            cap_ms: 8_000,
            least_ms: 1_000,
            most_ms: 60_000,
            waits_ms: 60_000,
        }
    }
}
