//! Every counter once more, from the raw rows.

use crate::entity::{conversion_goals, goal_conversions, visitors};
use crate::statistics::Counters;
use crate::variants::prior;
use crate::{OwnedSite, Store, StoreError};
use domain::VariantId;
use sea_orm::sea_query::{Query, SelectStatement};
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter, QuerySelect};
use std::collections::HashMap;
use uuid::Uuid;

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
            .filter(visitors::Column::IsHoldout.eq(false))
            .group_by(visitors::Column::VariantId)
            .into_model::<Count>()
            .all(self.reader())
            .await?;
        let primary = self.primary_goal_id(site).await?;
        let converted = goal_conversions::Entity::find()
            .select_only()
            .column(goal_conversions::Column::VariantId)
            .column_as(goal_conversions::Column::VisitorId.count(), "rows")
            .filter(goal_conversions::Column::SiteId.eq(site.site_id().0))
            .filter(goal_conversions::Column::GoalId.eq(primary))
            .filter(goal_conversions::Column::VisitorId.not_in_subquery(held_out(site)))
            .group_by(goal_conversions::Column::VariantId)
            .into_model::<Count>()
            .all(self.reader())
            .await?;
        let by_variant = |counts: Vec<Count>| -> HashMap<VariantId, i64> {
            counts.into_iter().map(|count| (VariantId(count.variant_id), count.rows)).collect()
        };
        let (exposed, converted) = (by_variant(exposed), by_variant(converted));
        let stored = self.counters(site).await?;
        let prior = prior(self.reader(), site.site_id()).await?;
        Ok(stored
            .into_iter()
            .map(|stored| {
                let visitors = exposed.get(&stored.variant_id).copied().unwrap_or(0);
                let conversions = converted.get(&stored.variant_id).copied().unwrap_or(0);
                let exact = |count: i64| i32::try_from(count).map_or(f64::MAX, f64::from);
                Counters {
                    visitors,
                    conversions,
                    alpha: prior.0 + exact(conversions),
                    beta: prior.1 + exact(visitors - conversions),
                    ..stored
                }
            })
            .collect())
    }

    /// The holdout's visitors and conversions, recomputed likewise.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn recount_holdout(&self, site: &OwnedSite) -> Result<(i64, i64), StoreError> {
        let count = |rows: u64| i64::try_from(rows).unwrap_or(i64::MAX);
        let exposed = visitors::Entity::find()
            .filter(visitors::Column::SiteId.eq(site.site_id().0))
            .filter(visitors::Column::IsHoldout.eq(true))
            .count(self.reader())
            .await?;
        let converted = goal_conversions::Entity::find()
            .filter(goal_conversions::Column::SiteId.eq(site.site_id().0))
            .filter(goal_conversions::Column::GoalId.eq(self.primary_goal_id(site).await?))
            .filter(goal_conversions::Column::VisitorId.in_subquery(held_out(site)))
            .count(self.reader())
            .await?;
        Ok((count(exposed), count(converted)))
    }

    async fn primary_goal_id(&self, site: &OwnedSite) -> Result<Uuid, StoreError> {
        let primary = conversion_goals::Entity::find()
            .filter(conversion_goals::Column::SiteId.eq(site.site_id().0))
            .filter(conversion_goals::Column::IsPrimary.eq(true))
            .one(self.reader())
            .await?;
        Ok(primary.map_or(Uuid::nil(), |goal| goal.id))
    }
}

/// The visitors of the holdout.
fn held_out(site: &OwnedSite) -> SelectStatement {
    Query::select()
        .column(visitors::Column::VisitorId)
        .from(visitors::Entity)
        .and_where(visitors::Column::SiteId.eq(site.site_id().0))
        .and_where(visitors::Column::IsHoldout.eq(true))
        .to_owned()
}
