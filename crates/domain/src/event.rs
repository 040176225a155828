//! Events as the public API takes them, and what becomes of each.

use crate::{EventId, GoalId, SiteId, VariantId, VisitorId};
use serde::{Deserialize, Serialize};

/// Most events in one request.
pub const MAX_BATCH: usize = 50;
/// Largest request body, in bytes.
pub const MAX_BODY_BYTES: usize = 64 * 1024;
/// Largest `metadata` of one event, in bytes of JSON.
pub const MAX_METADATA_BYTES: usize = 4 * 1024;

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventType {
    /// An acknowledged exposure: every operation of the patch was applied.
    Impression,
    /// The visitor reached a goal.
    Conversion,
}

crate::text_enum!(EventType { Impression = "impression", Conversion = "conversion" });

/// An event whose form has been checked; whether it counts is for the store to say.
#[derive(Debug, Clone, PartialEq)]
pub struct IncomingEvent {
    /// Chosen by the client, or by the server when the client gave none.
    pub id: EventId,
    /// Site.
    pub site_id: SiteId,
    /// Variant that the client believes it shows.
    pub variant_id: VariantId,
    /// Statistical unit.
    pub visitor_id: VisitorId,
    /// What happened.
    pub event_type: EventType,
    /// Goal; `None` means the primary one.
    pub goal_id: Option<GoalId>,
    /// Value of a revenue conversion, in the site's currency.
    pub value: Option<f64>,
    /// Free detail; for impressions `{applied, missed, ms}`.
    pub metadata: Option<serde_json::Value>,
    /// The assignment token as sent.
    pub token: Option<String>,
}

impl IncomingEvent {
    /// How many operations of the patch found no element, as the snippet reports it.
    #[must_use]
    pub fn missed_operations(&self) -> u64 {
        self.metadata
            .as_ref()
            .and_then(|metadata| metadata.get("missed"))
            .and_then(serde_json::Value::as_u64)
            .unwrap_or(0)
    }
}

/// Why a stored event is not in the statistics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotCounted {
    /// No valid assignment token.
    Unverified,
    /// An automated browser.
    Bot,
    /// The owner's own visit.
    Owner,
    /// A preview.
    Preview,
    /// A conversion of a visitor who was never counted as exposed.
    NoExposure,
    /// A conversion after the attribution window.
    Late,
    /// An impression whose patch was not applied whole.
    Missed,
}

crate::text_enum!(NotCounted {
    Unverified = "unverified",
    Bot = "bot",
    Owner = "owner",
    Preview = "preview",
    NoExposure = "no_exposure",
    Late = "late",
    Missed = "missed",
});

/// Why an event was not stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dropped {
    /// A field is missing or malformed.
    Malformed,
    /// There is no such site.
    UnknownSite,
    /// The variant belongs to another site.
    ForeignVariant,
    /// The goal belongs to another site.
    ForeignGoal,
    /// The exposure's token is older than 24 hours.
    TokenExpired,
}

crate::text_enum!(Dropped {
    Malformed = "malformed",
    UnknownSite = "unknown_site",
    ForeignVariant = "foreign_variant",
    ForeignGoal = "foreign_goal",
    TokenExpired = "token_expired",
});

/// What became of one event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Stored, and in the statistics.
    Counted,
    /// Stored, but not in the statistics.
    Stored(NotCounted),
    /// The same event, exposure or conversion is there already.
    Duplicate,
    /// Not stored, for good.
    Dropped(Dropped),
    /// Not stored this time; another try may succeed.
    Retry,
}
