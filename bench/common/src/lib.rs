//! What the benchmarks in a browser have in common.
//!
//! # Layout
//! - [`command_line`]: what is measured
//! - [`readme`]: the place of the tables in bench/README.md, and what they were measured on

pub mod command_line;
pub mod readme;

use std::fmt::Display;
use std::process::ExitCode;

pub use command_line::{Files, Value, options};
pub use readme::{browser, machine, publish, write_into};

/// How a program ends that came to this; a failure is said.
pub fn end(outcome: Result<(), impl Display>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}
