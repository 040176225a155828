//! `POST /v1/event`: impressions and conversions. The answer comes after the commit.

use super::V1State;
use super::automation::is_automated;
use super::envelope::{self, Envelope, Item, Unreadable};
use super::problem::Problem;
use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use domain::event::Dropped;
use domain::{EventId, IncomingEvent, Outcome};
use serde_json::{Value, json};
use service::{EventResult, RequestSource, Service};
use std::time::Duration;
use uuid::Uuid;

/// How long events may wait for their commit: a batch before theirs and their own, each no longer than a write
/// to a database that is silent. Behind many batches it would be far longer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Room for one more request's events. It is asked for before the body is read, so that a server with too much
/// to do says so without more work.
pub struct Room;

impl FromRequestParts<V1State> for Room {
    type Rejection = Problem;

    async fn from_request_parts(_: &mut Parts, state: &V1State) -> Result<Self, Problem> {
        if state.service.has_room() { Ok(Self) } else { Err(Problem::overloaded()) }
    }
}

/// Stores one event or a list of them.
pub async fn event(
    _: Room,
    State(service): State<Service>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    if !is_readable_type(&headers) {
        return Err(Problem::media_type());
    }
    let body = body.map_err(|rejection| refused_body(&rejection))?;
    let origin = headers.get(header::ORIGIN).map(|origin| String::from_utf8_lossy(origin.as_bytes()).into_owned());
    let source = RequestSource { automated: is_automated(&headers), origin };
    match envelope::parse(&body, || EventId(Uuid::now_v7())) {
        Ok(Envelope::Single(item)) => single(&service, *item, source).await,
        Ok(Envelope::Batch(items)) => batch(&service, items, source).await,
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
    let results: Vec<Value> = results.iter().map(line).collect();
    let headers = [(header::CACHE_CONTROL, "no-store")];
    (headers, Json(json!({"status": status, "results": results}))).into_response()
}

fn line(result: &EventResult) -> Value {
    let id = result.id;
    match result.outcome {
        Outcome::Counted => json!({"id": id, "result": "recorded", "counted": true}),
        Outcome::Stored(reason) => json!({"id": id, "result": "recorded", "counted": false, "reason": reason.as_str()}),
        Outcome::Duplicate => json!({"id": id, "result": "duplicate"}),
        // Another try may succeed, so the sender must not forget the event.
        Outcome::Dropped(reason @ Dropped::OverLimit) => {
            json!({"id": id, "result": "retry", "reason": reason.as_str()})
        }
        Outcome::Dropped(reason) => json!({"id": id, "result": "dropped", "reason": reason.as_str()}),
        Outcome::Retry => json!({"id": id, "result": "retry"}),
    }
}

/// JSON, also under the name that a beacon may use without asking first; nothing compressed.
fn is_readable_type(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let media_type = text(header::CONTENT_TYPE).unwrap_or_default();
    let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let plain = text(header::CONTENT_ENCODING).is_none_or(|encoding| encoding.eq_ignore_ascii_case("identity"));
    plain && matches!(essence.as_str(), "application/json" | "text/plain")
}

fn refused_body(rejection: &BytesRejection) -> Problem {
    if rejection.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE {
        Problem::too_large()
    } else {
        Problem::malformed("The body did not arrive whole.")
    }
}
