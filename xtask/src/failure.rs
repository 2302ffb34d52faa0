//! What a command says when it cannot go on: one sentence about what happened, one about what to do.

use std::fmt;

pub type Outcome<T = ()> = Result<T, Failure>;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    happened: String,
    next: String,
}

impl Failure {
    pub fn new(happened: impl Into<String>, next: impl Into<String>) -> Self {
        Self { happened: happened.into(), next: next.into() }
    }

    /// The first sentence, for a table that has no room for the second.
    pub fn happened(&self) -> &str {
        &self.happened
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}", self.happened, self.next)
    }
}

/// Gives an error of the file system the name of what was tried.
pub trait OrFailure<T> {
    fn or_failure(self, happened: impl FnOnce() -> String, next: &str) -> Outcome<T>;
}

impl<T, E: fmt::Display> OrFailure<T> for Result<T, E> {
    fn or_failure(self, happened: impl FnOnce() -> String, next: &str) -> Outcome<T> {
        self.map_err(|error| Failure::new(format!("{} ({error}).", happened()), next))
    }
}
