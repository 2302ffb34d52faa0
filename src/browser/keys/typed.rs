//! Keys on their way from a field to the keyring: nobody in between can read them.

use super::Keyring;
use crate::model::{
    http::{ApiKey, Origin},
    pasted_keys::{self, Pasted},
    provider::Provider,
};

/// What a person has typed or pasted into a field for keys.
pub struct Typed(String);

/// What was in it.
#[derive(Clone, Debug, PartialEq)]
pub enum Taken {
    Nothing,
    /// A key, now kept for the address that was given.
    Key,
    /// Lines of a `.env` file: whose keys are kept now, and the names of the variables that are not.
    Lines {
        kept: Vec<&'static Provider>,
        unknown: Vec<String>,
    },
}

/// Why nothing was kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotTaken {
    /// No request can carry it.
    BadKey,
    /// A plain key, and no address that it could be for.
    NoAddress,
}

impl Typed {
    pub(in crate::browser) fn new(text: String) -> Self {
        Self(text)
    }

    pub(in crate::browser) fn into_text(self) -> String {
        self.0
    }

    /// Whether there are lines of a `.env` file in it.
    pub fn has_lines(&self) -> bool {
        pasted_keys::read(&self.0).is_some()
    }
}

impl Keyring {
    /// Keeps a key for that address, or the keys of several lines for their providers' own.
    ///
    /// # Errors
    /// Nothing was kept.
    pub fn take(&self, typed: &Typed, origin: Option<Origin>) -> Result<Taken, NotTaken> {
        if typed.0.trim().is_empty() {
            return Ok(Taken::Nothing);
        }
        if let Some(Pasted { keys, unknown }) = pasted_keys::read(&typed.0) {
            let kept = keys.iter().map(|(row, _)| *row).collect();
            keys.into_iter().for_each(|(_, key)| self.set(key));
            return Ok(Taken::Lines { kept, unknown });
        }
        let origin = origin.ok_or(NotTaken::NoAddress)?;
        self.set(ApiKey::new(origin, &typed.0).map_err(|_| NotTaken::BadKey)?);
        Ok(Taken::Key)
    }
}
