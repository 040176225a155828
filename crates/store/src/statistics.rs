//! Counters out, weights in.

use crate::entity::{allocations, experiment_stats, ledger, sites};
use crate::generation::sum;
use crate::millis::Millis;
use crate::rows::{json, name, to_json};
use crate::snapshot::ArmWeight;
use crate::{OwnedSite, Store, StoreError, WriteTransaction};
use domain::{Phase, VariantId};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

/// Counters and posterior of one variant.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Counters {
    /// Variant.
    pub variant_id: VariantId,
    /// Visitors with an acknowledged exposure.
    pub visitors: i64,
    /// Those of them who converted.
    pub conversions: i64,
    /// First parameter of the posterior.
    pub alpha: f64,
    /// Second parameter of the posterior.
    pub beta: f64,
    /// Probability of being best, as last computed.
    pub prob_best: Option<f64>,
    /// Checks in a row that found the probability of being best below the kill threshold.
    pub low_checks: u32,
    /// When the last of them was.
    pub low_checked_at: Option<OffsetDateTime>,
}

/// The posterior of one arm that a weight vector was computed from.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ArmPosterior {
    /// The arm.
    pub variant_id: VariantId,
    /// First parameter.
    pub alpha: f64,
    /// Second parameter.
    pub beta: f64,
    /// Probability of being best by these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prob_best: Option<f64>,
}

/// What a weight vector follows from, so that it can be computed again.
#[derive(Debug, Clone, PartialEq)]
pub struct AllocationInputs {
    /// The phase of the generation.
    pub phase: Phase,
    /// The challenger that the phase is about.
    pub phase_variant_id: Option<VariantId>,
    /// The posterior of each active arm.
    pub posteriors: Vec<ArmPosterior>,
}

/// A published weight vector.
#[derive(Debug, Clone, PartialEq)]
pub struct Allocation {
    /// Its number, from 1.
    pub epoch: i64,
    /// Weights of the active arms.
    pub weights: Vec<ArmWeight>,
    /// When it came into force.
    pub started_at: OffsetDateTime,
}

/// A cell of the ledger, summed over epochs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HourlyCounts {
    /// Variant.
    pub variant_id: VariantId,
    /// Hours since 1970 of the exposures.
    pub exposure_hour: i64,
    /// Visitors exposed in that hour.
    pub visitors: i64,
    /// Those of them who converted, whenever they did.
    pub conversions: i64,
}

impl WriteTransaction {
    /// The counters of all variants as this transaction sees them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn counters(&self, site: &OwnedSite) -> Result<Vec<Counters>, StoreError> {
        counters(&self.transaction, site).await
    }

    /// Publishes a weight vector with what it was computed from, and makes it the site's.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn publish_allocation(
        &self,
        site: &OwnedSite,
        allocation: &Allocation,
        inputs: &AllocationInputs,
    ) -> Result<(), StoreError> {
        let row = allocations::ActiveModel {
            site_id: Set(site.site_id().0),
            epoch: Set(allocation.epoch),
            weights: Set(to_json("allocations", &allocation.weights)?),
            posterior: Set(to_json("allocations", &inputs.posteriors)?),
            started_at: Set(allocation.started_at.into()),
            phase: Set(inputs.phase.as_str().to_owned()),
            phase_variant_id: Set(inputs.phase_variant_id.map(|id| id.0)),
        };
        allocations::Entity::insert(row).exec_without_returning(&self.transaction).await?;
        self.update_site(site, sites::Column::Epoch, Expr::value(allocation.epoch)).await
    }

    /// Stores a variant's probability of being best; `None` for one that is not active.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_prob_best(
        &self,
        site: &OwnedSite,
        variant_id: VariantId,
        prob_best: Option<f64>,
    ) -> Result<(), StoreError> {
        experiment_stats::Entity::update_many()
            .col_expr(experiment_stats::Column::ProbBest, Expr::value(prob_best))
            .filter(experiment_stats::Column::SiteId.eq(site.site_id().0))
            .filter(experiment_stats::Column::VariantId.eq(variant_id.0))
            .exec(&self.transaction)
            .await?;
        Ok(())
    }
}

impl Store {
    /// The counters of all variants.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn counters(&self, site: &OwnedSite) -> Result<Vec<Counters>, StoreError> {
        counters(self.reader(), site).await
    }

    /// The newest weight vectors, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn allocations(&self, site: &OwnedSite, most: u64) -> Result<Vec<Allocation>, StoreError> {
        let rows = allocations::Entity::find()
            .filter(allocations::Column::SiteId.eq(site.site_id().0))
            .order_by_desc(allocations::Column::Epoch)
            .limit(most)
            .all(self.reader())
            .await?;
        rows.into_iter().rev().map(allocation).collect()
    }

    /// Counts by variant and hour of exposure, by hour.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn hourly_counts(&self, site: &OwnedSite) -> Result<Vec<HourlyCounts>, StoreError> {
        use ledger::Column as L;
        let rows = ledger::Entity::find()
            .filter(L::SiteId.eq(site.site_id().0))
            .filter(L::Visitors.gt(0))
            .select_only()
            .column(L::VariantId)
            .column(L::ExposureHour)
            .column_as(sum(L::Visitors), "visitors")
            .column_as(sum(L::Conversions), "conversions")
            .group_by(L::VariantId)
            .group_by(L::ExposureHour)
            .order_by_asc(L::ExposureHour)
            .into_tuple::<(Uuid, i64, i64, i64)>()
            .all(self.reader())
            .await?;
        let hour = |(variant_id, exposure_hour, visitors, conversions)| HourlyCounts {
            variant_id: VariantId(variant_id),
            exposure_hour,
            visitors,
            conversions,
        };
        Ok(rows.into_iter().map(hour).collect())
    }

    /// What a site's published weight vector of this number was computed from.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn allocation_inputs(
        &self,
        site: &OwnedSite,
        epoch: i64,
    ) -> Result<Option<AllocationInputs>, StoreError> {
        let row = allocations::Entity::find_by_id((site.site_id().0, epoch)).one(self.reader()).await?;
        row.map(|row| {
            Ok(AllocationInputs {
                phase: name("allocations", &row.phase)?,
                phase_variant_id: row.phase_variant_id.map(VariantId),
                posteriors: json("allocations", row.posterior)?,
            })
        })
        .transpose()
    }
}

pub(crate) async fn counters(connection: &impl ConnectionTrait, site: &OwnedSite) -> Result<Vec<Counters>, StoreError> {
    let rows = experiment_stats::Entity::find()
        .filter(experiment_stats::Column::SiteId.eq(site.site_id().0))
        // Whoever changes several takes their locks in this order, as the writer of events does.
        .order_by_asc(experiment_stats::Column::VariantId)
        .all(connection)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| Counters {
            variant_id: VariantId(row.variant_id),
            visitors: row.visitors,
            conversions: row.conversions,
            alpha: row.alpha,
            beta: row.beta,
            prob_best: row.prob_best,
            low_checks: row.low_checks.unsigned_abs(),
            low_checked_at: row.low_checked_at.map(Millis::time),
        })
        .collect())
}

pub(crate) fn allocation(row: allocations::Model) -> Result<Allocation, StoreError> {
    Ok(Allocation { epoch: row.epoch, weights: json("allocations", row.weights)?, started_at: row.started_at.time() })
}
