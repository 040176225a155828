//! `GET /v1/assign`: which variant a visitor sees.

use super::automation::is_automated;
use super::envelope::VISITOR_WANTED;
use super::problem::Problem;
use axum::http::{HeaderMap, HeaderValue, header};
use domain::{InvalidId, SiteId, VisitorId};
use service::{AssignError, AssignRequest, Assignment, Service};
use std::borrow::Cow;
use std::fmt::Write;
use std::net::IpAddr;
use std::str::FromStr;
use url::form_urlencoded;
use uuid::Uuid;

/// Bytes of an answer without its patch, goals and token, amply.
const FRAME: usize = 256;

/// What is asked.
pub(super) enum Question {
    /// What a visitor sees; answered from memory.
    Visitor {
        site_id: SiteId,
        /// Absent for one who keeps no name, and gets one for the day.
        visitor_id: Option<VisitorId>,
        current: Option<String>,
    },
    /// What a variant looks like; answered from the database.
    Preview { site_id: SiteId, token: String },
}

/// Reads the question.
pub(super) fn parse(query: &str) -> Result<Question, Problem> {
    let (mut site_id, mut visitor_id, mut current, mut preview, mut stateless) = (None, None, None, None, None);
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let place = match &*name {
            "site_id" => &mut site_id,
            "visitor_id" => &mut visitor_id,
            "current" => &mut current,
            "preview" => &mut preview,
            "stateless" => &mut stateless,
            _ => continue,
        };
        // The snippet sends a parameter for which it has nothing all the same, empty.
        if place.is_none() && !value.is_empty() {
            *place = Some(value);
        }
    }
    let site_id = required::<SiteId>(site_id.as_deref(), "`site_id` must be a UUID.")?;
    if let Some(token) = preview {
        return Ok(Question::Preview { site_id, token: token.into_owned() });
    }
    let is_unnamed = visitor_id.is_none() && stateless.as_deref() == Some("1");
    let named = || required(visitor_id.as_deref(), &format!("`visitor_id` must be {VISITOR_WANTED}."));
    let visitor_id = if is_unnamed { None } else { Some(named()?) };
    Ok(Question::Visitor { site_id, visitor_id, current: current.map(Cow::into_owned) })
}

/// Answers from memory alone, with JSON. `address` is the client's, if it is known.
pub(super) fn from_memory(
    service: &Service,
    (site_id, visitor_id, current): (SiteId, Option<VisitorId>, Option<String>),
    address: Option<IpAddr>,
    headers: &HeaderMap,
) -> Result<String, Problem> {
    let automated = is_automated(headers);
    let is_named = visitor_id.is_some();
    let visitor_id = match (visitor_id, address) {
        (Some(visitor_id), _) => visitor_id,
        (None, Some(address)) => {
            let agent = headers.get(header::USER_AGENT).map(HeaderValue::as_bytes).unwrap_or_default();
            service.visitor_of_today(site_id, address, agent)
        }
        (None, None) => return Err(Problem::malformed("Without the client's address, `visitor_id` is needed.")),
    };
    let request = AssignRequest { site_id, visitor_id, current, automated };
    let assignment = service.assign(&request).map_err(|AssignError::UnknownSite| Problem::unknown_site())?;
    Ok(body(site_id, &assignment, (!is_named).then_some(&request.visitor_id)))
}

/// Answers any question with JSON.
pub(super) async fn assign(
    service: &Service,
    query: &str,
    address: Option<IpAddr>,
    headers: &HeaderMap,
) -> Result<String, Problem> {
    match parse(query)? {
        Question::Visitor { site_id, visitor_id, current } => {
            from_memory(service, (site_id, visitor_id, current), address, headers)
        }
        Question::Preview { site_id, token } => {
            let shown = service.preview(site_id, &token).await.map_err(|error| Problem::of_preview(&error))?;
            Ok(body(site_id, &shown, None))
        }
    }
}

fn required<T: FromStr<Err = InvalidId>>(text: Option<&str>, wanted: &str) -> Result<T, Problem> {
    text.and_then(|text| text.parse().ok()).ok_or_else(|| Problem::malformed(wanted))
}

/// The answer, put together from parts that are JSON already; neither a token nor a visitor's name holds a character
/// that JSON escapes.
fn body(site_id: SiteId, assignment: &Assignment, visitor: Option<&VisitorId>) -> String {
    let Assignment { variant_id, is_control, holdout, epoch, patch_json, goals_json, targets_json, .. } = assignment;
    let token = assignment.token.as_deref();
    let length = FRAME + patch_json.len() + goals_json.len() + targets_json.len() + token.map_or(0, str::len);
    let mut text = String::with_capacity(length);
    text.push_str("{\"site_id\":\"");
    push_id(&mut text, site_id.0);
    text.push_str("\",\"variant_id\":\"");
    push_id(&mut text, variant_id.0);
    // Nothing that is written to memory can fail.
    let _ = write!(text, "\",\"is_control\":{is_control},\"holdout\":{holdout},\"epoch\":{epoch},\"patch\":");
    text.push_str(patch_json);
    text.push_str(",\"targets\":");
    text.push_str(targets_json);
    text.push_str(",\"goals\":");
    text.push_str(goals_json);
    text.push_str(",\"token\":");
    push_text(&mut text, token);
    if let Some(visitor) = visitor {
        text.push_str(",\"visitor_id\":");
        push_text(&mut text, Some(visitor.as_str()));
    }
    if assignment.is_preview {
        text.push_str(",\"preview\":true");
    }
    let _ = write!(text, ",\"ttl_s\":{}}}", assignment.ttl_s);
    text
}

fn push_text(text: &mut String, value: Option<&str>) {
    match value {
        Some(value) => {
            text.push('"');
            text.push_str(value);
            text.push('"');
        }
        None => text.push_str("null"),
    }
}

fn push_id(text: &mut String, id: Uuid) {
    text.push_str(id.hyphenated().encode_lower(&mut Uuid::encode_buffer()));
}
