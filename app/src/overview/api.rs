//! The server function of the overview.

use crate::error::UiError;
use domain::report::Overview;
use leptos::prelude::*;
use server_fn::codec::GetUrl;

/// All sites of the signed-in person, and what needs attention.
///
/// # Errors
/// `SignedOut` without a session.
#[server(prefix = "/api", endpoint = "overview", input = GetUrl)]
pub async fn load_overview() -> Result<Overview, UiError> {
    crate::ssr::sites::overview().await
}
