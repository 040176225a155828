//! The nouns of Evoloop and their rules.
//!
//! Everything here is a value: no IO, no async, no clock, no randomness.
//! The crate compiles for the server and for the browser, so both sides agree
//! on what a valid e-mail, patch or event is.

#[macro_use]
mod text_enum;

pub mod account;
pub mod asset;
pub mod copy;
pub mod decision;
pub mod event;
pub mod facts;
pub mod generation;
pub mod goal;
pub mod guard;
pub mod guardrail;
pub mod ids;
pub mod install;
pub mod job;
pub mod origin;
pub mod page_edits;
pub mod page_model;
pub mod patch;
pub mod report;
pub mod site;
pub mod slots;
pub mod token;
pub mod variant;
pub mod word_diff;

pub use account::{Email, InvalidEmail, Plan};
pub use asset::{AssetId, AssetKind};
pub use decision::{Decision, DecisionEvidence, DecisionKind, DecisionState};
pub use event::{EventType, IncomingEvent, NotCounted, Outcome};
pub use facts::{Fact, FactKind};
pub use generation::Phase;
pub use goal::{Goal, GoalConfig, GoalType};
pub use ids::{DecisionId, EventId, GoalId, InvalidId, JobId, SiteId, UserId, VariantId, VisitorId};
pub use install::{Finding, InstallReport};
pub use job::{JobKind, JobLine, JobProgress, JobState, JobStep};
pub use origin::AllowedOrigins;
pub use page_edits::{Edit, PageEdits, SlotName};
pub use page_model::{Brand, ImageSlot, Inventory, Locator, PageModel, TextSlot};
pub use patch::{Op, Patch, Target};
pub use site::{AutonomyMode, SiteStatus, SiteUrl};
pub use text_enum::UnknownName;
pub use token::{Arm, AssignmentToken, PreviewToken};
pub use variant::{Variant, VariantStatus};
