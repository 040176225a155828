//! Reading the body of `POST /v1/event`: from bytes to events whose form is right.
//!
//! Pure: no state, no clock. Unknown fields are ignored, so that an old server takes the events of
//! a newer snippet; known ones are checked strictly.

use domain::event::{Dropped, MAX_BATCH, MAX_METADATA_BYTES};
use domain::guardrail::{Sample, UnfitSample};
use domain::{EventId, EventType, GoalId, IncomingEvent, SiteId, VariantId, VisitorId};
use serde_json::{Map, Value};
use std::str::FromStr;

/// Longest text that is looked at as a token, in bytes.
const MAX_TOKEN_BYTES: usize = 512;
/// What a visitor's identifier is made of.
pub(super) const VISITOR_WANTED: &str = "1 to 64 letters, digits, -, _, . or :, not beginning with erased:";
/// Largest value of a revenue conversion.
const MAX_VALUE: f64 = 1e12;

/// What one body holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Envelope {
    /// One event; its faults are the request's.
    Single(Box<Item>),
    /// A list; each event stands for itself.
    Batch(Vec<Item>),
}

/// One event as read.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// The id that the client chose, if that much could be read.
    pub id: Option<EventId>,
    /// The site, if that much could be read.
    pub site_id: Option<SiteId>,
    /// The event, or which field is at fault.
    pub event: Result<IncomingEvent, Fault>,
}

/// The first field of an event that is missing or malformed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("`{field}` must be {wanted}.")]
pub struct Fault {
    /// The field's name.
    pub field: &'static str,
    /// What it should be.
    pub wanted: &'static str,
}

impl Fault {
    /// What becomes of such an event.
    #[must_use]
    pub fn dropped(self) -> Dropped {
        Dropped::Malformed
    }
}

/// Why a whole body cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Not JSON, or not an object.
    #[error("The body must be a JSON object: one event, or {{\"events\": [...]}}.")]
    Form,
    /// The list holds nothing.
    #[error("`events` must hold at least one event.")]
    Empty,
    /// The list holds too much.
    #[error("`events` may hold at most {MAX_BATCH} events.")]
    TooMany,
}

/// Reads a body. `new_id` names events that came without an id.
///
/// # Errors
/// When the envelope itself cannot be read.
pub fn parse(body: &[u8], mut new_id: impl FnMut() -> EventId) -> Result<Envelope, Unreadable> {
    let Ok(Value::Object(object)) = serde_json::from_slice(body) else { return Err(Unreadable::Form) };
    match object.get("events") {
        None => Ok(Envelope::Single(Box::new(item(&Value::Object(object), &mut new_id)))),
        Some(Value::Array(events)) if events.is_empty() => Err(Unreadable::Empty),
        Some(Value::Array(events)) if events.len() > MAX_BATCH => Err(Unreadable::TooMany),
        Some(Value::Array(events)) => {
            Ok(Envelope::Batch(events.iter().map(|event| item(event, &mut new_id)).collect()))
        }
        Some(_) => Err(Unreadable::Form),
    }
}

fn item(value: &Value, new_id: &mut impl FnMut() -> EventId) -> Item {
    let Value::Object(fields) = value else {
        return Item { id: None, site_id: None, event: Err(Fault { field: "events", wanted: "a list of objects" }) };
    };
    let id = optional::<EventId>(fields, "id", "a UUID");
    let readable = id.ok().flatten();
    let event = id.and_then(|given| event(fields, given.unwrap_or_else(new_id)));
    let site_id = optional(fields, "site_id", "a UUID").ok().flatten();
    Item { id: event.as_ref().map_or(readable, |event| Some(event.id)), site_id, event }
}

fn event(fields: &Map<String, Value>, id: EventId) -> Result<IncomingEvent, Fault> {
    let event_type = required(fields, "type", "\"impression\", \"conversion\" or \"guardrail\"")?;
    let metadata = metadata(fields)?;
    if event_type == EventType::Guardrail {
        Sample::read(metadata.as_ref()).map_err(|UnfitSample { field, wanted }| Fault { field, wanted })?;
    }
    Ok(IncomingEvent {
        id,
        site_id: site_id(fields)?,
        variant_id: required::<VariantId>(fields, "variant_id", "a UUID")?,
        visitor_id: visitor_id(fields)?,
        event_type,
        goal_id: optional::<GoalId>(fields, "goal_id", "a UUID")?,
        value: amount(fields)?,
        metadata,
        token: short_text(fields, "token")?,
        // What cannot be a flag is none, and costs nobody an event.
        owner: short_text(fields, "owner").unwrap_or_default(),
    })
}

pub(super) fn site_id(fields: &Map<String, Value>) -> Result<SiteId, Fault> {
    required(fields, "site_id", "a UUID")
}

pub(super) fn visitor_id(fields: &Map<String, Value>) -> Result<VisitorId, Fault> {
    required(fields, "visitor_id", VISITOR_WANTED)
}

/// A field that is there; `null` is the same as absent.
fn present<'a>(fields: &'a Map<String, Value>, field: &str) -> Option<&'a Value> {
    fields.get(field).filter(|value| !value.is_null())
}

fn optional<T: FromStr>(
    fields: &Map<String, Value>,
    field: &'static str,
    wanted: &'static str,
) -> Result<Option<T>, Fault> {
    let Some(value) = present(fields, field) else { return Ok(None) };
    let parsed = value.as_str().and_then(|text| text.parse().ok());
    parsed.map(Some).ok_or(Fault { field, wanted })
}

fn required<T: FromStr>(fields: &Map<String, Value>, field: &'static str, wanted: &'static str) -> Result<T, Fault> {
    optional(fields, field, wanted)?.ok_or(Fault { field, wanted })
}

fn amount(fields: &Map<String, Value>) -> Result<Option<f64>, Fault> {
    let Some(value) = present(fields, "value") else { return Ok(None) };
    let number = value.as_f64().filter(|number| (0.0..=MAX_VALUE).contains(number));
    number.map(Some).ok_or(Fault { field: "value", wanted: "a number from 0 to 1000000000000" })
}

fn metadata(fields: &Map<String, Value>) -> Result<Option<Value>, Fault> {
    let wanted = "an object of at most 4096 bytes without NUL characters";
    let Some(value) = present(fields, "metadata") else { return Ok(None) };
    // PostgreSQL stores no NUL in JSON, so no database gets one.
    let text = value.to_string();
    let sound = value.is_object() && text.len() <= MAX_METADATA_BYTES && !text.contains("\\u0000");
    sound.then(|| Some(value.clone())).ok_or(Fault { field: "metadata", wanted })
}

/// A token or flag is only looked at here for being a text: a wrong one makes an event unverified, not malformed.
pub(super) fn short_text(fields: &Map<String, Value>, field: &'static str) -> Result<Option<String>, Fault> {
    let Some(value) = present(fields, field) else { return Ok(None) };
    let text = value.as_str().filter(|text| text.len() <= MAX_TOKEN_BYTES);
    text.map(|text| Some(text.to_owned())).ok_or(Fault { field, wanted: "a text of at most 512 bytes" })
}

#[cfg(test)]
mod tests;
