//! The holdout's counters: visitors who always see the untouched page.

use crate::entity::{holdout_counts, ledger};
use crate::{OwnedSite, Store, StoreError};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use time::OffsetDateTime;

/// Visitors of the holdout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HoldoutCounts {
    /// Hours since 1970 of the exposures.
    pub exposure_hour: i64,
    /// Visitors exposed in that hour.
    pub visitors: i64,
    /// Those of them who converted, whenever they did.
    pub conversions: i64,
}

impl Store {
    /// The holdout by hour of exposure, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn holdout_counts(&self, site: &OwnedSite) -> Result<Vec<HoldoutCounts>, StoreError> {
        let rows = holdout_counts::Entity::find()
            .filter(holdout_counts::Column::SiteId.eq(site.site_id().0))
            .order_by_asc(holdout_counts::Column::ExposureHour)
            .all(self.reader())
            .await?;
        let counts = |row: holdout_counts::Model| HoldoutCounts {
            exposure_hour: row.exposure_hour,
            visitors: row.visitors,
            conversions: row.conversions,
        };
        Ok(rows.into_iter().map(counts).collect())
    }

    /// The beginning of the hour in which the last visitor was counted, among the arms or in the holdout.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn last_exposure(&self, site: &OwnedSite) -> Result<Option<OffsetDateTime>, StoreError> {
        let site_id = site.site_id().0;
        let among_arms = ledger::Entity::find()
            .filter(ledger::Column::SiteId.eq(site_id))
            .filter(ledger::Column::Visitors.gt(0))
            .select_only()
            .column_as(ledger::Column::ExposureHour.max(), "hour")
            .into_tuple::<Option<i64>>()
            .one(self.reader())
            .await?;
        let in_holdout = holdout_counts::Entity::find()
            .filter(holdout_counts::Column::SiteId.eq(site_id))
            .filter(holdout_counts::Column::Visitors.gt(0))
            .select_only()
            .column_as(holdout_counts::Column::ExposureHour.max(), "hour")
            .into_tuple::<Option<i64>>()
            .one(self.reader())
            .await?;
        let hour = among_arms.flatten().max(in_holdout.flatten());
        Ok(hour.and_then(|hour| OffsetDateTime::from_unix_timestamp(hour.checked_mul(3600)?).ok()))
    }
}
