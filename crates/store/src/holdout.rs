//! The holdout's counters: visitors who always see the untouched page.

use crate::entity::holdout_counts;
use crate::{OwnedSite, Store, StoreError};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

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
}
