//! The statistics page: numbers and curves out of counters alone.

mod holdout;

use crate::{Service, ServiceError};
use bandit::posterior::Posterior;
use domain::report::{AllocationPoint, RatePoint, RateSeries, SiteStatistics, VariantHealth, VariantStatistics};
use domain::{SiteId, Variant, VariantId, VariantStatus};
use std::collections::HashMap;
use store::statistics::{Allocation, Counters, HourlyCounts};
use store::{OwnedSite, Viewer};
use time::OffsetDateTime;

/// Most points of a curve.
const MOST_POINTS: usize = 120;
/// Level of the intervals that are shown.
const LEVEL: f64 = 0.95;

impl Service {
    /// The statistics of a site.
    ///
    /// # Errors
    /// `NotFound` for a foreign site.
    pub async fn statistics(&self, viewer: &Viewer, site_id: SiteId) -> Result<SiteStatistics, ServiceError> {
        let site = self.owned_site(viewer, site_id).await?;
        let variants = self.store().variants(&site).await?;
        let counters: HashMap<VariantId, Counters> =
            self.store().counters(&site).await?.into_iter().map(|row| (row.variant_id, row)).collect();
        let allocations = self.store().allocations(&site, 120).await?;
        let hourly = self.store().hourly_counts(&site).await?;
        let now = self.now();
        let shown: Vec<&Variant> = variants.iter().filter(|variant| was_served(variant)).collect();
        let current = allocations.last();
        let rows = shown.iter().map(|variant| row(variant, counters.get(&variant.id), current));
        let rates = shown.iter().map(|variant| series(variant, &hourly, now));
        Ok(SiteStatistics {
            site_id,
            at: now.unix_timestamp(),
            epoch: current.map_or(0, |current| current.epoch),
            variants: rows.collect::<Result<_, _>>()?,
            rates: rates.collect::<Result<_, _>>()?,
            allocation_names: shown.iter().map(|variant| variant.name.clone()).collect(),
            allocation: allocations.iter().map(|allocation| point(allocation, &shown)).collect(),
            goals: self.store().goal_counts(&site).await?,
            holdout: self.holdout(&site, &hourly).await?,
            generation: self.generation_report(&site).await?,
            page_health: self.page_health(&site, &variants).await?,
        })
    }

    /// What visits were like, of each variant that told of any.
    pub(crate) async fn page_health(
        &self,
        site: &OwnedSite,
        variants: &[Variant],
    ) -> Result<Vec<VariantHealth>, ServiceError> {
        let told = self.store().guardrails(site, self.now()).await?;
        let health = |variant: &Variant| {
            let told = told.get(&variant.id)?;
            Some(VariantHealth::new(variant.id, variant.name.clone(), variant.is_control, told))
        };
        Ok(variants.iter().filter_map(health).collect())
    }
}

/// Variants that never ran have no statistics.
fn was_served(variant: &Variant) -> bool {
    !matches!(variant.status, VariantStatus::PendingReview | VariantStatus::Rejected)
}

fn row(
    variant: &Variant,
    counters: Option<&Counters>,
    current: Option<&Allocation>,
) -> Result<VariantStatistics, ServiceError> {
    let (visitors, conversions) = counters.map_or((0, 0), |counters| (counters.visitors, counters.conversions));
    let (alpha, beta) = counters.map_or((1.0, 1.0), |counters| (counters.alpha, counters.beta));
    let posterior = Posterior::from_parameters(alpha, beta).map_err(ServiceError::internal)?;
    let interval = posterior.credible_interval(LEVEL);
    // Before the first visitor there is nothing to say, and the prior's mean of one half would mislead.
    let seen = visitors > 0;
    Ok(VariantStatistics {
        variant_id: variant.id,
        name: variant.name.clone(),
        is_control: variant.is_control,
        is_active: variant.status.is_served(),
        visitors,
        conversions,
        alpha,
        beta,
        mean: seen.then(|| posterior.mean()),
        lower: seen.then_some(interval.0),
        upper: seen.then_some(interval.1),
        prob_best: counters.and_then(|counters| counters.prob_best),
        weight: current.and_then(|current| weight(current, variant.id)),
    })
}

fn weight(allocation: &Allocation, variant_id: VariantId) -> Option<f64> {
    allocation.weights.iter().find(|arm| arm.variant_id == variant_id).map(|arm| arm.weight)
}

/// The posterior of everything up to each hour, thinned out evenly to [`MOST_POINTS`].
fn series(variant: &Variant, hourly: &[HourlyCounts], now: OffsetDateTime) -> Result<RateSeries, ServiceError> {
    let mut by_hour: Vec<(i64, u64, u64)> = Vec::new();
    let (mut visitors, mut conversions) = (0_u64, 0_u64);
    for cell in hourly.iter().filter(|cell| cell.variant_id == variant.id) {
        visitors += u64::try_from(cell.visitors).unwrap_or(0);
        conversions += u64::try_from(cell.conversions).unwrap_or(0);
        match by_hour.last_mut() {
            Some(last) if last.0 == cell.exposure_hour => *last = (cell.exposure_hour, visitors, conversions),
            _ => by_hour.push((cell.exposure_hour, visitors, conversions)),
        }
    }
    let step = by_hour.len().div_ceil(MOST_POINTS).max(1);
    // Counted from the end, so that the newest hour is always shown.
    let kept = by_hour.iter().rev().step_by(step).rev();
    let points = kept.map(|(hour, visitors, conversions)| {
        let posterior = Posterior::from_counts(*visitors, *conversions).map_err(ServiceError::internal)?;
        let (lower, upper) = posterior.credible_interval(LEVEL);
        let at = ((hour + 1) * 3600).min(now.unix_timestamp());
        Ok(RatePoint { at, mean: posterior.mean(), lower, upper })
    });
    let points = points.collect::<Result<_, ServiceError>>()?;
    Ok(RateSeries { variant_id: variant.id, name: variant.name.clone(), points })
}

fn point(allocation: &Allocation, shown: &[&Variant]) -> AllocationPoint {
    AllocationPoint {
        epoch: allocation.epoch,
        at: allocation.started_at.unix_timestamp(),
        weights: shown.iter().map(|variant| weight(allocation, variant.id).unwrap_or(0.0)).collect(),
    }
}
