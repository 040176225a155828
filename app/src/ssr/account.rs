//! Signing up, logging in and out, and the theme: the calls that set cookies.

use super::{answer, context, cookie, set_header, viewer};
use crate::error::UiError;
use domain::Plan;
use domain::report::Account;
use http::header::SET_COOKIE;
use leptos_axum::redirect;
use service::NewSession;

/// Creates an account, opens its session, and leads into the dashboard.
pub(crate) async fn sign_up(email: String, password: String) -> Result<(), UiError> {
    let session = context()?.service.sign_up(&email, &password).await.map_err(answer)?;
    enter(&session, None)
}

/// Opens a session, and leads to where the person wanted to go.
pub(crate) async fn log_in(email: String, password: String, next: Option<String>) -> Result<(), UiError> {
    let session = context()?.service.log_in(&email, &password).await.map_err(answer)?;
    enter(&session, next)
}

/// Ends the session, and leads to the front page.
pub(crate) async fn log_out() -> Result<(), UiError> {
    let context = context()?;
    if let Some(token) = cookie(context.cookie_name()) {
        context.service.log_out(&token).await.map_err(answer)?;
    }
    set_session("", 0)?;
    redirect("/");
    Ok(())
}

/// The viewer's own account.
pub(crate) async fn me() -> Result<Account, UiError> {
    let (service, viewer) = viewer().await?;
    service.me(&viewer).await.map_err(answer)
}

/// Changes the viewer's plan.
pub(crate) async fn update_plan(plan: Plan) -> Result<(), UiError> {
    let (service, viewer) = viewer().await?;
    service.update_plan(&viewer, plan).await.map_err(answer)
}

/// Remembers the colour scheme for a year.
pub(crate) async fn set_theme(theme: String) -> Result<(), UiError> {
    context()?;
    let theme = match theme.as_str() {
        "light" | "dark" => theme,
        _ => "system".to_owned(),
    };
    set_header(SET_COOKIE.as_str(), &format!("theme={theme}; Path=/; Max-Age=31536000; SameSite=Lax"));
    Ok(())
}

fn enter(session: &NewSession, next: Option<String>) -> Result<(), UiError> {
    set_session(&session.token, session.max_age_s)?;
    let next = next.filter(|next| is_own_path(next));
    redirect(next.as_deref().unwrap_or("/app"));
    Ok(())
}

fn set_session(token: &str, max_age_s: i64) -> Result<(), UiError> {
    let context = context()?;
    let secure = if context.secure_cookie { "; Secure" } else { "" };
    let name = context.cookie_name();
    let cookie = format!("{name}={token}; Path=/; Max-Age={max_age_s}; HttpOnly; SameSite=Lax{secure}");
    set_header(SET_COOKIE.as_str(), &cookie);
    Ok(())
}

/// A path on this very server: `//host` would lead elsewhere, and control characters into the header.
fn is_own_path(path: &str) -> bool {
    path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains('\\')
        && path.bytes().all(|byte| byte > 32 && byte < 127)
}
