//! What a person is told when something does not work.

use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

/// A refused or failed request: a sentence, never a cause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum UiError {
    /// No valid session.
    #[error("Please log in to go on.")]
    SignedOut,
    /// No such thing, or somebody else's.
    #[error("This does not exist, or it is not yours.")]
    NotFound,
    /// What was sent cannot be; the message says what to change.
    #[error("{message}")]
    Invalid {
        /// A sentence.
        message: String,
        /// The field that is at fault, when it is a single one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        field: Option<String>,
    },
    /// The server or its database does not answer.
    #[error("Evoloop cannot be reached right now. Please try again in a moment.")]
    Unavailable,
    /// A fault of ours; the reference is in the server's log.
    #[error("Something went wrong on our side. If it stays, look for {reference} in the server's log.")]
    Internal {
        /// What to search for.
        reference: String,
    },
}

impl UiError {
    /// What was sent cannot be, and no single field is at fault.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::Invalid { message: message.into(), field: None }
    }

    /// Whether this field is at fault.
    #[must_use]
    pub fn is_about(&self, name: &str) -> bool {
        matches!(self, Self::Invalid { field: Some(field), .. } if field == name)
    }
}

impl FromServerFnError for UiError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => {
                Self::invalid("Some of the input is missing or malformed.")
            }
            _ => Self::Unavailable,
        }
    }
}
