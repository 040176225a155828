//! Events as the public API takes them, and what becomes of each.

use crate::{EventId, GoalId, SiteId, VariantId, VisitorId};
use serde::{Deserialize, Serialize};

/// Most events in one request.
pub const MAX_BATCH: usize = 50;
/// Largest request body, in bytes.
pub const MAX_BODY_BYTES: usize = 64 * 1024;
/// Largest `metadata` of one event, in bytes of JSON.
pub const MAX_METADATA_BYTES: usize = 4 * 1024;

/// The day of events whose identifiers tell no time that can be believed.
pub const NO_DAY: i64 = -1;
/// How far the time in an identifier may be from the arrival of its event, in milliseconds: 7 days.
const BELIEVED_MS: i64 = 7 * DAY_MS;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// The day, in days since 1970, that an event is kept under: that of the time in its identifier (UUID version 7,
/// RFC 9562 section 5.7) while it is believable, else [`NO_DAY`]. A repeat that arrives on another day is so
/// found beside the first one.
#[must_use]
pub fn day_of(id: EventId, received_at_ms: i64) -> i64 {
    let believable = own_ms(id).filter(|own| (own - received_at_ms).abs() <= BELIEVED_MS);
    believable.map_or(NO_DAY, |own| own / DAY_MS)
}

/// The day that an identifier tells of, in days since 1970, whether it can be believed or not.
#[must_use]
pub fn own_day(id: EventId) -> Option<i64> {
    own_ms(id).map(|own| own / DAY_MS)
}

/// Milliseconds since 1970; they fill 48 bits.
fn own_ms(id: EventId) -> Option<i64> {
    (id.0.get_version_num() == 7).then(|| i64::try_from(id.0.as_u128() >> 80).unwrap_or(i64::MAX))
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventType {
    /// An acknowledged exposure: every operation of the patch was applied.
    Impression,
    /// The visitor reached a goal.
    Conversion,
    /// What the visit was like for the visitor; it moves no counter of exposures or conversions.
    Guardrail,
}

crate::text_enum!(EventType { Impression = "impression", Conversion = "conversion", Guardrail = "guardrail" });

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
    /// Free detail; for impressions `{applied, missed, ms, painted_before_apply}`, for guardrails what
    /// [`guardrail::Sample`](crate::guardrail::Sample) reads.
    pub metadata: Option<serde_json::Value>,
    /// The assignment token as sent.
    pub token: Option<String>,
    /// The flag by which an owner's browser is known, as sent.
    pub owner: Option<String>,
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

    /// Whether the sender itself says that nobody looked: a browser under remote control, or a page that was
    /// never visible.
    #[must_use]
    pub fn tells_of_a_machine(&self) -> bool {
        let says = |name, value| {
            self.metadata.as_ref().and_then(|metadata| metadata.get(name)?.as_bool()).is_some_and(|said| said == value)
        };
        says("webdriver", true) || says("visible", false)
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
    /// The page is not among those that may report for the site.
    ForeignOrigin,
    /// The site sends more events than it may; another try may succeed.
    OverLimit,
    /// The visitor was erased after the assignment that the event belongs to.
    Forgotten,
}

crate::text_enum!(Dropped {
    Malformed = "malformed",
    UnknownSite = "unknown_site",
    ForeignVariant = "foreign_variant",
    ForeignGoal = "foreign_goal",
    TokenExpired = "token_expired",
    ForeignOrigin = "foreign_origin",
    OverLimit = "over_limit",
    Forgotten = "forgotten",
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
