//! `POST /v1/event`: impressions and conversions. The answer comes after the commit.

use super::automation::is_automated;
use super::envelope::{self, Envelope, Item, Unreadable};
use super::problem::Problem;
use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use domain::event::{Dropped, MAX_BODY_BYTES};
use domain::{EventId, IncomingEvent, Outcome};
use http_body_util::{BodyExt, Collected, LengthLimitError, Limited};
use serde::Serialize;
use service::{EventResult, RequestSource, Service};
use std::time::Duration;
use uuid::Uuid;

/// How long events may wait for their commit: a batch before theirs and their own, each no longer than a write
/// to a database that is silent. Behind many batches it would be far longer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Stores one event or a list of them.
pub async fn event(service: &Service, request: Request) -> Result<Response, Problem> {
    // Asked before the body is read, so that a server with too much to do says so without more work.
    if !service.has_room() {
        return Err(Problem::overloaded());
    }
    let (Parts { headers, .. }, body) = request.into_parts();
    if !is_readable_type(&headers) {
        return Err(Problem::media_type());
    }
    let body = read(body).await?;
    let origin = headers.get(header::ORIGIN).map(|origin| String::from_utf8_lossy(origin.as_bytes()).into_owned());
    let source = RequestSource { automated: is_automated(&headers), origin };
    match envelope::parse(&body, || EventId(Uuid::now_v7())) {
        Ok(Envelope::Single(item)) => single(service, *item, source).await,
        Ok(Envelope::Batch(items)) => batch(service, items, source).await,
        Err(Unreadable::TooMany) => Err(Problem::too_large()),
        Err(unreadable) => Err(Problem::malformed(unreadable.to_string())),
    }
}

/// One event: its faults are the request's.
async fn single(service: &Service, item: Item, source: RequestSource) -> Result<Response, Problem> {
    let event = item.event.map_err(|fault| {
        service.note_dropped(item.site_id, fault.dropped());
        Problem::malformed(fault.to_string())
    })?;
    let results = ingest(service, vec![Ok(event)], source).await?;
    let fault = results.first().and_then(|result| match result.outcome {
        Outcome::Dropped(reason) => Problem::of_dropped(reason),
        _ => None,
    });
    match fault {
        Some(problem) => Err(problem),
        None => Ok(answer(&results)),
    }
}

/// A list: every event stands for itself, and a fault drops that event alone.
async fn batch(service: &Service, items: Vec<Item>, source: RequestSource) -> Result<Response, Problem> {
    let ids: Vec<Option<EventId>> = items.iter().map(|item| item.id).collect();
    let event = |item: Item| {
        item.event.map_err(|fault| {
            service.note_dropped(item.site_id, fault.dropped());
            fault.dropped()
        })
    };
    let events = items.into_iter().map(event).collect();
    let results = ingest(service, events, source).await?;
    let named: Vec<EventResult> =
        results.into_iter().zip(ids).map(|(result, id)| EventResult { id: result.id.or(id), ..result }).collect();
    Ok(answer(&named))
}

async fn ingest(
    service: &Service,
    events: Vec<Result<IncomingEvent, Dropped>>,
    source: RequestSource,
) -> Result<Vec<EventResult>, Problem> {
    let stored = tokio::time::timeout(PATIENCE, service.ingest(events, source)).await;
    stored.map_err(|_| Problem::late())?.map_err(|error| Problem::of_service(&error))
}

fn answer(results: &[EventResult]) -> Response {
    let any = |is: fn(&Outcome) -> bool| results.iter().any(|result| is(&result.outcome));
    let status = if any(|it| matches!(it, Outcome::Counted | Outcome::Stored(_) | Outcome::Duplicate)) {
        "recorded"
    } else if any(|it| matches!(it, Outcome::Retry | Outcome::Dropped(Dropped::OverLimit))) {
        "retry"
    } else {
        "dropped"
    };
    let headers = [(header::CACHE_CONTROL, "no-store")];
    (headers, Json(Answer { status, results: results.iter().map(line).collect() })).into_response()
}

#[derive(Serialize)]
struct Answer {
    status: &'static str,
    results: Vec<Line>,
}

/// What became of one event.
#[derive(Serialize)]
struct Line {
    id: Option<EventId>,
    result: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    counted: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
}

fn line(result: &EventResult) -> Line {
    let id = result.id;
    let (result, counted, reason) = match result.outcome {
        Outcome::Counted => ("recorded", Some(true), None),
        Outcome::Stored(reason) => ("recorded", Some(false), Some(reason.as_str())),
        Outcome::Duplicate => ("duplicate", None, None),
        // Another try may succeed, so the sender must not forget the event.
        Outcome::Dropped(reason @ Dropped::OverLimit) => ("retry", None, Some(reason.as_str())),
        Outcome::Dropped(reason) => ("dropped", None, Some(reason.as_str())),
        Outcome::Retry => ("retry", None, None),
    };
    Line { id, result, counted, reason }
}

/// JSON, also under the name that a beacon may use without asking first; nothing compressed.
pub(super) fn is_readable_type(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let media_type = text(header::CONTENT_TYPE).unwrap_or_default();
    let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let plain = text(header::CONTENT_ENCODING).is_none_or(|encoding| encoding.eq_ignore_ascii_case("identity"));
    plain && matches!(essence.as_str(), "application/json" | "text/plain")
}

/// The body as a whole, if it is not too large and arrives.
pub(super) async fn read(body: Body) -> Result<Bytes, Problem> {
    let collected = Limited::new(body, MAX_BODY_BYTES).collect().await;
    collected.map(Collected::to_bytes).map_err(|error| {
        if error.is::<LengthLimitError>() {
            Problem::too_large()
        } else {
            Problem::malformed("The body did not arrive whole.")
        }
    })
}
