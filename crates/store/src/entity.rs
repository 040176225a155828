//! Rows as they stand in the database. They never leave this crate and are never serialised:
//! every edge gets a domain type, made by `TryFrom`.

pub(crate) mod allocations;
pub(crate) mod assets;
pub(crate) mod assign_requests;
pub(crate) mod conversion_delays;
pub(crate) mod conversion_goals;
pub(crate) mod decisions;
pub(crate) mod dropped_events;
pub(crate) mod experiment_stats;
pub(crate) mod goal_conversions;
pub(crate) mod guardrails;
pub(crate) mod holdout_counts;
pub(crate) mod jobs;
pub(crate) mod ledger;
pub(crate) mod llm_calls;
pub(crate) mod rejected_drafts;
pub(crate) mod schedules;
pub(crate) mod screenshots;
pub(crate) mod sessions;
pub(crate) mod sites;
pub(crate) mod uncounted;
pub(crate) mod users;
pub(crate) mod variants;
pub(crate) mod visitors;
