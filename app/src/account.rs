//! The way in and out.

pub mod api;
mod form;
mod log_in;
mod sign_up;

pub use log_in::LogInPage;
pub use sign_up::SignUpPage;
