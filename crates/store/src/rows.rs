//! Rows into domain values: the place where text and JSON of the database are believed or refused.

use crate::StoreError;
use crate::entity::{conversion_goals, decisions, jobs, variants};
use crate::millis::Millis;
use domain::report::JobView;
use domain::{Decision, DecisionId, Goal, GoalId, JobId, SiteId, UnknownName, Variant, VariantId};
use serde::de::DeserializeOwned;
use std::str::FromStr;

/// Reads an enum's name.
pub(crate) fn name<T: FromStr<Err = UnknownName>>(table: &'static str, text: &str) -> Result<T, StoreError> {
    text.parse().map_err(|error: UnknownName| StoreError::corrupt(table, error))
}

/// Reads a JSON column.
pub(crate) fn json<T: DeserializeOwned>(table: &'static str, value: serde_json::Value) -> Result<T, StoreError> {
    serde_json::from_value(value).map_err(|error| StoreError::corrupt(table, error))
}

/// Writes a JSON column. Domain values have text keys and finite numbers only, so this cannot lose anything.
pub(crate) fn to_json<T: serde::Serialize>(table: &'static str, value: &T) -> Result<serde_json::Value, StoreError> {
    serde_json::to_value(value).map_err(|error| StoreError::corrupt(table, error))
}

impl TryFrom<variants::Model> for Variant {
    type Error = StoreError;
    fn try_from(row: variants::Model) -> Result<Self, StoreError> {
        Ok(Self {
            id: VariantId(row.id),
            site_id: SiteId(row.site_id),
            parent_variant_id: row.parent_variant_id.map(VariantId),
            generation: row.generation,
            name: row.name,
            patch: json("variants", row.patch)?,
            status: name("variants", &row.status)?,
            is_control: row.is_control,
            generation_reasoning: row.generation_reasoning,
            strategy: row.strategy,
            author: row.author,
            provenance: json("variants", row.provenance)?,
        })
    }
}

impl TryFrom<conversion_goals::Model> for Goal {
    type Error = StoreError;
    fn try_from(row: conversion_goals::Model) -> Result<Self, StoreError> {
        Ok(Self {
            id: GoalId(row.id),
            name: row.name,
            kind: name("conversion_goals", &row.kind)?,
            config: json("conversion_goals", row.config)?,
            is_primary: row.is_primary,
        })
    }
}

impl TryFrom<decisions::Model> for Decision {
    type Error = StoreError;
    fn try_from(row: decisions::Model) -> Result<Self, StoreError> {
        Ok(Self {
            id: DecisionId(row.id),
            kind: name("decisions", &row.kind)?,
            variant_id: row.variant_id.map(VariantId),
            sentence: row.sentence,
            evidence: json("decisions", row.evidence)?,
            rule: json("decisions", row.rule)?,
            undo: row.undo.map(|undo| json("decisions", undo)).transpose()?,
            state: name("decisions", &row.state)?,
            created_at: row.created_at.seconds(),
            settled_at: row.settled_at.map(Millis::seconds),
        })
    }
}

impl TryFrom<jobs::Model> for JobView {
    type Error = StoreError;
    fn try_from(row: jobs::Model) -> Result<Self, StoreError> {
        Ok(Self {
            id: JobId(row.id),
            site_id: Some(SiteId(row.site_id)),
            site_name: None,
            kind: name("jobs", &row.kind)?,
            recurs: row.period_ms.is_some(),
            state: name("jobs", &row.state)?,
            attempts: row.attempts,
            max_attempts: row.max_attempts,
            percent: u8::try_from(row.percent).map_err(|error| StoreError::corrupt("jobs", error))?,
            steps: json("jobs", row.steps)?,
            log: json("jobs", row.log)?,
            cost_micros: row.cost_micros,
            last_error: row.last_error,
            created_at: row.created_at.seconds(),
            done_at: row.done_at.map(Millis::seconds),
        })
    }
}
