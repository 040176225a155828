//! What the variants brought, measured by those who never saw one.

use crate::{Service, ServiceError};
use bandit::holdout::extra_conversions;
use bandit::posterior::Posterior;
use domain::report::{ExtraConversions, HoldoutReport};
use store::OwnedSite;
use store::holdout::HoldoutCounts;
use store::statistics::HourlyCounts;

/// Conversions of the holdout below which an estimate would mislead, and the interval alone is shown.
const LEAST_CONVERSIONS: i64 = 20;
/// Level of the interval.
const LEVEL: f64 = 0.95;

impl Service {
    /// The holdout of a site; `None` when it has none. `hourly` are the arms' counts.
    pub(crate) async fn holdout(
        &self,
        site: &OwnedSite,
        hourly: &[HourlyCounts],
    ) -> Result<Option<HoldoutReport>, ServiceError> {
        let served = self.served_site(site.site_id()).await?.ok_or(ServiceError::NotFound)?;
        let counts = self.store().holdout_counts(site).await?;
        if served.holdout_fraction <= 0.0 && counts.is_empty() {
            return Ok(None);
        }
        let window = self.inner.settings.attribution_window;
        let matured_until = (self.now() - window).unix_timestamp().div_euclid(3600);
        let treated =
            sum(hourly.iter().map(|cell| (cell.exposure_hour, cell.visitors, cell.conversions)), matured_until);
        let held_out = sum(counts.iter().map(parts), matured_until);
        let (_, visitors, conversions) =
            counts.iter().map(parts).fold((0, 0, 0), |all, hour| (0, all.1 + hour.1, all.2 + hour.2));
        Ok(Some(HoldoutReport {
            fraction: served.holdout_fraction,
            visitors,
            conversions,
            extra: extra(treated, held_out)?,
        }))
    }
}

fn parts(hour: &HoldoutCounts) -> (i64, i64, i64) {
    (hour.exposure_hour, hour.visitors, hour.conversions)
}

/// Visitors and conversions of the hours that lie wholly before another.
fn sum(hours: impl Iterator<Item = (i64, i64, i64)>, until: i64) -> (i64, i64) {
    hours
        .filter(|(hour, ..)| *hour < until)
        .fold((0, 0), |all, (_, visitors, conversions)| (all.0 + visitors, all.1 + conversions))
}

fn extra(treated: (i64, i64), held_out: (i64, i64)) -> Result<Option<ExtraConversions>, ServiceError> {
    if treated.0 == 0 || held_out.0 == 0 {
        return Ok(None);
    }
    let counts = |(visitors, conversions): (i64, i64)| {
        crate::generation::counts(visitors, conversions).map_err(ServiceError::internal)
    };
    let found = extra_conversions(counts(treated)?, counts(held_out)?, Posterior::UNIFORM, LEVEL)
        .map_err(ServiceError::internal)?;
    Ok(Some(ExtraConversions {
        estimate: (held_out.1 >= LEAST_CONVERSIONS).then_some(found.extra_conversions),
        lower: found.lower,
        upper: found.upper,
        prob_positive: found.prob_positive,
    }))
}
