//! Every counter once more, from the raw rows.

use crate::entity::{goal_conversions, visitors};
use crate::variants::PRIOR;
use crate::{OwnedSite, Store, StoreError};
use domain::VariantId;
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect};
use std::collections::HashMap;
use uuid::Uuid;

use crate::entity::conversion_goals;
use crate::statistics::Counters;

#[derive(FromQueryResult)]
struct Count {
    variant_id: Uuid,
    rows: i64,
}

impl Store {
    /// The counters of all variants, recomputed from exposures and conversions. They must equal
    /// [`counters`](Store::counters); `prob_best` is as stored, since it is no counter.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn recount(&self, site: &OwnedSite) -> Result<Vec<Counters>, StoreError> {
        let exposed = visitors::Entity::find()
            .select_only()
            .column(visitors::Column::VariantId)
            .column_as(visitors::Column::VisitorId.count(), "rows")
            .filter(visitors::Column::SiteId.eq(site.site_id().0))
            .group_by(visitors::Column::VariantId)
            .into_model::<Count>()
            .all(self.reader())
            .await?;
        let primary = conversion_goals::Entity::find()
            .filter(conversion_goals::Column::SiteId.eq(site.site_id().0))
            .filter(conversion_goals::Column::IsPrimary.eq(true))
            .one(self.reader())
            .await?;
        let converted = goal_conversions::Entity::find()
            .select_only()
            .column(goal_conversions::Column::VariantId)
            .column_as(goal_conversions::Column::VisitorId.count(), "rows")
            .filter(goal_conversions::Column::SiteId.eq(site.site_id().0))
            .filter(goal_conversions::Column::GoalId.eq(primary.map_or(Uuid::nil(), |goal| goal.id)))
            .group_by(goal_conversions::Column::VariantId)
            .into_model::<Count>()
            .all(self.reader())
            .await?;
        let by_variant = |counts: Vec<Count>| -> HashMap<VariantId, i64> {
            counts.into_iter().map(|count| (VariantId(count.variant_id), count.rows)).collect()
        };
        let (exposed, converted) = (by_variant(exposed), by_variant(converted));
        let stored = self.counters(site).await?;
        Ok(stored
            .into_iter()
            .map(|stored| {
                let visitors = exposed.get(&stored.variant_id).copied().unwrap_or(0);
                let conversions = converted.get(&stored.variant_id).copied().unwrap_or(0);
                let exact = |count: i64| i32::try_from(count).map_or(f64::MAX, f64::from);
                Counters {
                    visitors,
                    conversions,
                    alpha: PRIOR.0 + exact(conversions),
                    beta: PRIOR.1 + exact(visitors - conversions),
                    ..stored
                }
            })
            .collect())
    }
}
