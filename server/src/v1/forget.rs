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

/// Notes the wish of the visitor whose token is sent. It is carried out in the background.
pub(super) async fn forget(service: &Service, request: Request) -> Result<Response, Problem> {
    let (Parts { headers, .. }, body) = request.into_parts();
    if !is_readable_type(&headers) {
        return Err(Problem::media_type());
    }
    let (site_id, visitor_id, token) = wish(&read(body).await?)?;
    let service = service.clone();
    // A browser that goes away has said what it wishes.
    let noting = tokio::spawn(async move { service.forget(site_id, &visitor_id, &token).await });
    let noted = noting.await.unwrap_or_else(|error| Err(ServiceError::Internal(Box::new(error)).into()));
    match noted {
        Ok(()) => Ok(([(header::CACHE_CONTROL, "no-store")], Json(json!({"status": "accepted"}))).into_response()),
        Err(ForgetError::UnknownSite) => Err(Problem::unknown_site()),
        Err(ForgetError::WrongToken) => Err(Problem::wrong_token()),
        Err(ForgetError::TooMany) => Err(Problem::too_many_wishes()),
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
