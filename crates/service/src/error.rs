//! What can go wrong in a use case.

use std::sync::Arc;
use store::StoreError;

/// A refused or failed use case. What people see is a sentence; causes stay inside for the log.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// What was asked for cannot be; the message says what to change.
    #[error("{message}")]
    Invalid {
        /// The input that is at fault, as it is named in the API.
        field: Option<&'static str>,
        /// A sentence for the person who asked.
        message: String,
    },
    /// There is no such thing, or it belongs to somebody else.
    #[error("not found")]
    NotFound,
    /// The thing has changed meanwhile, or is in a state that does not allow this.
    #[error("{0}")]
    Conflict(String),
    /// No valid session.
    #[error("signed out")]
    SignedOut,
    /// E-mail or password is wrong; which one is not told.
    #[error("E-mail or password is wrong.")]
    WrongCredentials,
    /// The database does not answer; another try may succeed.
    #[error("the database is not available")]
    Unavailable(#[source] StoreError),
    /// Too many events wait to be stored; another try may succeed.
    #[error("too many events are waiting")]
    Busy,
    /// Events are not stored; another try may succeed.
    #[error("the events are not stored")]
    NotStored(#[source] Arc<StoreError>),
    /// A fault of ours.
    #[error("internal error")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl ServiceError {
    pub(crate) fn invalid(field: &'static str, message: impl ToString) -> Self {
        Self::Invalid { field: Some(field), message: message.to_string() }
    }

    pub(crate) fn internal(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(error.into())
    }
}

impl From<StoreError> for ServiceError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(_) | StoreError::Overtaken => Self::Unavailable(error),
            // The row that this one needed went away under our hands.
            StoreError::Dangling(_) => Self::NotFound,
            StoreError::Conflict(_) => Self::Conflict("It exists already.".to_owned()),
            StoreError::Corrupt { .. } | StoreError::Database(_) => Self::internal(error),
        }
    }
}
