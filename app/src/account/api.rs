//! Server functions of accounts.

use crate::error::UiError;
use domain::Plan;
use domain::report::Account;
use leptos::prelude::*;
use server_fn::codec::{GetUrl, PostUrl};

/// Creates an account and signs in.
///
/// # Errors
/// `Invalid` with a sentence for a malformed address, a weak password or an address that is taken.
#[server(prefix = "/api", endpoint = "auth/signup", input = PostUrl)]
pub async fn sign_up(
    /// E-mail address.
    email: String,
    /// Password, at least 12 characters.
    password: String,
) -> Result<(), UiError> {
    crate::ssr::account::sign_up(email, password).await
}

/// Signs in.
///
/// # Errors
/// `Invalid` with one sentence for whatever does not fit.
#[server(prefix = "/api", endpoint = "auth/login", input = PostUrl)]
pub async fn log_in(
    /// E-mail address.
    email: String,
    /// Password.
    password: String,
    /// Where to go afterwards, a path on this server.
    #[server(default)]
    next: Option<String>,
) -> Result<(), UiError> {
    crate::ssr::account::log_in(email, password, next).await
}

/// Signs out.
///
/// # Errors
/// When the database fails.
#[server(prefix = "/api", endpoint = "auth/logout", input = PostUrl)]
pub async fn log_out() -> Result<(), UiError> {
    crate::ssr::account::log_out().await
}

/// The signed-in person.
///
/// # Errors
/// `SignedOut` without a session.
#[server(prefix = "/api", endpoint = "me", input = GetUrl)]
pub async fn me() -> Result<Account, UiError> {
    crate::ssr::account::me().await
}

/// Changes the plan.
///
/// # Errors
/// `SignedOut` without a session.
#[server(prefix = "/api", endpoint = "me/update", input = PostUrl)]
pub async fn update_me(
    /// The plan.
    plan: Plan,
) -> Result<(), UiError> {
    crate::ssr::account::update_plan(plan).await
}

/// Remembers the colour scheme.
///
/// # Errors
/// When the server cannot be reached.
#[server(prefix = "/api", endpoint = "theme", input = PostUrl)]
pub async fn set_theme(
    /// `light`, `dark` or `system`.
    theme: String,
) -> Result<(), UiError> {
    crate::ssr::account::set_theme(theme).await
}
