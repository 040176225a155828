//! What happens to every request before and after its handler.

pub mod body_limit;
pub mod csrf;
pub mod failure;
pub mod form_error;
pub mod headers;
