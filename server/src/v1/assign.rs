//! `GET /v1/assign`: which variant a visitor sees.

use super::automation::is_automated;
use super::envelope::VISITOR_WANTED;
use super::problem::Problem;
use axum::http::HeaderMap;
use domain::{InvalidId, SiteId, VisitorId};
use service::{AssignError, AssignRequest, Assignment, Service};
use std::fmt::Write;
use std::str::FromStr;
use url::form_urlencoded;
use uuid::Uuid;

/// Bytes of an answer without its patch, goals and token, amply.
const FRAME: usize = 256;

/// Answers from memory alone, with JSON.
pub(super) fn assign(service: &Service, query: &str, headers: &HeaderMap) -> Result<String, Problem> {
    let request = parse(query, is_automated(headers))?;
    let assignment = service.assign(&request).map_err(|AssignError::UnknownSite| Problem::unknown_site())?;
    Ok(body(request.site_id, &assignment))
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
        visitor_id: required::<VisitorId>(visitor_id.as_deref(), &format!("`visitor_id` must be {VISITOR_WANTED}."))?,
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
    let token = token.as_deref();
    let length = FRAME + patch_json.len() + goals_json.len() + token.map_or(0, str::len);
    let mut text = String::with_capacity(length);
    text.push_str("{\"site_id\":\"");
    push_id(&mut text, site_id.0);
    text.push_str("\",\"variant_id\":\"");
    push_id(&mut text, variant_id.0);
    // Nothing that is written to memory can fail.
    let _ = write!(text, "\",\"is_control\":{is_control},\"holdout\":{holdout},\"epoch\":{epoch},\"patch\":");
    text.push_str(patch_json);
    text.push_str(",\"goals\":");
    text.push_str(goals_json);
    text.push_str(",\"token\":");
    match token {
        Some(token) => {
            text.push('"');
            text.push_str(token);
            text.push('"');
        }
        None => text.push_str("null"),
    }
    let _ = write!(text, ",\"ttl_s\":{ttl_s}}}");
    text
}

fn push_id(text: &mut String, id: Uuid) {
    text.push_str(id.hyphenated().encode_lower(&mut Uuid::encode_buffer()));
}
