//! The one error of this tool: a sentence for the person at the terminal.

use std::fmt;
use std::process::ExitCode;

/// What went wrong and, where there is one, the command that helps.
#[derive(Debug)]
pub(crate) struct Failure(String);

/// A result whose error is a sentence.
pub(crate) type Outcome<T = ()> = Result<T, Failure>;

impl Failure {
    /// A failure that says `text`.
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

/// Says what an error was about.
pub(crate) trait About<T> {
    /// Puts `subject` in front of the error's own text.
    fn about(self, subject: impl fmt::Display) -> Outcome<T>;
}

impl<T, E: fmt::Display> About<T> for Result<T, E> {
    fn about(self, subject: impl fmt::Display) -> Outcome<T> {
        self.map_err(|error| Failure(format!("{subject}: {error}")))
    }
}

/// The exit code of a whole command; a failure is printed.
pub(crate) fn exit_code(outcome: Outcome) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            println!("\nfailed: {failure}");
            ExitCode::FAILURE
        }
    }
}
