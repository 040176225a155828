//! `GET /v1/assign`: which variant a visitor sees.

use super::automation::is_automated;
use super::problem::Problem;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use domain::{InvalidId, SiteId, VisitorId};
use service::{AssignError, AssignRequest, Assignment, Service};
use std::str::FromStr;
use url::form_urlencoded;

/// Answers from memory alone.
pub async fn assign(
    State(service): State<Service>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let automated = is_automated(&headers);
    let request = parse(query.as_deref().unwrap_or_default(), automated)?;
    let assignment = service.assign(&request).map_err(|AssignError::UnknownSite| Problem::unknown_site())?;
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
    Ok((headers, body(request.site_id, &assignment)).into_response())
}

fn parse(query: &str, automated: bool) -> Result<AssignRequest, Problem> {
    let (mut site_id, mut visitor_id, mut current) = (None, None, None);
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        match &*name {
            "site_id" => site_id = site_id.or(Some(value)),
            "visitor_id" => visitor_id = visitor_id.or(Some(value)),
            "current" => current = current.or(Some(value)),
            _ => {}
        }
    }
    Ok(AssignRequest {
        site_id: required::<SiteId>(site_id.as_deref(), "`site_id` must be a UUID.")?,
        visitor_id: required::<VisitorId>(
            visitor_id.as_deref(),
            "`visitor_id` must be 1 to 64 letters, digits, -, _, . or :.",
        )?,
        current: current.map(std::borrow::Cow::into_owned),
        automated,
    })
}

fn required<T: FromStr<Err = InvalidId>>(text: Option<&str>, wanted: &str) -> Result<T, Problem> {
    text.and_then(|text| text.parse().ok()).ok_or_else(|| Problem::malformed(wanted))
}

/// The answer, put together from parts that are JSON already; a token holds no character that JSON escapes.
fn body(site_id: SiteId, assignment: &Assignment) -> String {
    let Assignment { variant_id, is_control, holdout, epoch, patch_json, goals_json, token, ttl_s } = assignment;
    let token = token.as_ref().map_or_else(|| "null".to_owned(), |token| format!("\"{token}\""));
    format!(
        "{{\"site_id\":\"{site_id}\",\"variant_id\":\"{variant_id}\",\"is_control\":{is_control},\
         \"holdout\":{holdout},\"epoch\":{epoch},\"patch\":{patch_json},\"goals\":{goals_json},\
         \"token\":{token},\"ttl_s\":{ttl_s}}}"
    )
}
