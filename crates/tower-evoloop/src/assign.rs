//! Who decides which variant a visitor sees.

use crate::rewrite::Patch;
use http::HeaderValue;
use std::sync::Arc;

/// An error of whoever assigns.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// A visitor opens a page.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The visitor's id, out of its cookie or made for it just now.
    pub visitor: &'a str,
    /// The token of the last assignment, as the visitor's browser kept it.
    pub current: Option<&'a str>,
    /// What the browser calls itself.
    pub user_agent: Option<&'a HeaderValue>,
}

/// What the visitor is to see.
#[derive(Clone)]
pub struct Assigned {
    /// The variant.
    pub variant_id: String,
    /// Proof of the assignment; without one the visit does not count, and the page stays as it is.
    pub token: Option<String>,
    /// The change; none for the untouched page.
    pub patch: Option<Arc<dyn Patch>>,
}

/// Decides which variant a visitor sees.
pub trait Assign: Send + Sync + 'static {
    /// The same visitor gets the same variant while that is active.
    ///
    /// # Errors
    /// When nothing can be assigned; the page goes on as it is.
    fn assign(&self, question: Question<'_>) -> impl Future<Output = Result<Assigned, BoxError>> + Send;
}
