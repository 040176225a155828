//! `POST /v1/forget`: a visitor's browser has everything erased that names the visitor.

use super::envelope::{self, Fault};
use super::event::{is_readable_type, read};
use super::problem::Problem;
use axum::Json;
use axum::extract::Request;
use axum::http::header;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use domain::{SiteId, VisitorId};
use serde_json::{Value, json};
use service::{ForgetError, Service, ServiceError};
use std::time::Duration;

/// How long a browser waits. The erasure goes on without it, and a repeat finds it done.
const PATIENCE: Duration = Duration::from_secs(10);

/// Erases the visitor whose token is sent.
pub(super) async fn forget(service: &Service, request: Request) -> Result<Response, Problem> {
    let (Parts { headers, .. }, body) = request.into_parts();
    if !is_readable_type(&headers) {
        return Err(Problem::media_type());
    }
    let (site_id, visitor_id, token) = wish(&read(body).await?)?;
    let service = service.clone();
    let erasing = tokio::spawn(async move { service.forget(site_id, &visitor_id, &token).await });
    let ended = tokio::time::timeout(PATIENCE, erasing).await.map_err(|_| Problem::of_service(&ServiceError::Busy))?;
    let erased = ended.unwrap_or_else(|error| Err(ServiceError::Internal(Box::new(error)).into()));
    match erased {
        Ok(_) => Ok(([(header::CACHE_CONTROL, "no-store")], Json(json!({"status": "erased"}))).into_response()),
        Err(ForgetError::UnknownSite) => Err(Problem::unknown_site()),
        Err(ForgetError::WrongToken) => Err(Problem::wrong_token()),
        Err(ForgetError::Failed(error)) => Err(Problem::of_service(&error)),
    }
}

fn wish(body: &[u8]) -> Result<(SiteId, VisitorId, String), Problem> {
    let Ok(Value::Object(fields)) = serde_json::from_slice(body) else {
        return Err(Problem::malformed("The body must be a JSON object: {\"site_id\", \"visitor_id\", \"token\"}."));
    };
    let read = || {
        let token = envelope::short_text(&fields, "token")?;
        let missing = Fault { field: "token", wanted: "the token of the visitor's assignment" };
        Ok((envelope::site_id(&fields)?, envelope::visitor_id(&fields)?, token.ok_or(missing)?))
    };
    read().map_err(|fault: Fault| Problem::malformed(fault.to_string()))
}
