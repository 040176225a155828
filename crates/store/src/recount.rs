//! Every counter once more, from the raw rows.

use crate::entity::{conversion_goals, goal_conversions, ledger, visitors};
use crate::generation::{LedgerCell, cell};
use crate::sites::UNIFORM;
use crate::statistics::Counters;
use crate::{OwnedSite, Store, StoreError};
use domain::VariantId;
use sea_orm::sea_query::ExprTrait;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use std::collections::{BTreeMap, HashSet};
use uuid::Uuid;

/// Visitors and conversions.
type Pair = (i64, i64);

/// Everything that exposures and conversions amount to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Recount {
    /// The cells of the ledger, by epoch, variant and hour.
    pub ledger: Vec<LedgerCell>,
    /// The holdout's visitors and conversions.
    pub holdout: Pair,
}

impl Store {
    /// The counters of all variants as a recount of the ledger gives them. They must equal
    /// [`counters`](Store::counters); `prob_best` is as stored, since it is no counter.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn recounted_counters(&self, site: &OwnedSite, recount: &Recount) -> Result<Vec<Counters>, StoreError> {
        let mut by_variant: BTreeMap<VariantId, Pair> = BTreeMap::new();
        for cell in &recount.ledger {
            let sum = by_variant.entry(cell.variant_id).or_default();
            *sum = (sum.0 + cell.visitors, sum.1 + cell.conversions);
        }
        let real = |count: i64| i32::try_from(count).map_or(f64::MAX, f64::from);
        let counters = self.counters(site).await?;
        Ok(counters
            .into_iter()
            .map(|stored| {
                let (visitors, conversions) = by_variant.get(&stored.variant_id).copied().unwrap_or_default();
                let (alpha, beta) = (UNIFORM.0 + real(conversions), UNIFORM.1 + real(visitors - conversions));
                Counters { visitors, conversions, alpha, beta, ..stored }
            })
            .collect())
    }

    /// The ledger and the holdout, recomputed from every counted exposure and its conversion.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn recount(&self, site: &OwnedSite) -> Result<Recount, StoreError> {
        let converted: HashSet<String> = goal_conversions::Entity::find()
            .filter(goal_conversions::Column::SiteId.eq(site.site_id().0))
            .filter(goal_conversions::Column::GoalId.eq(self.primary_goal_id(site).await?))
            .all(self.slow_reader())
            .await?
            .into_iter()
            .map(|row| row.visitor_id)
            .collect();
        let counted = visitors::Entity::find()
            .filter(visitors::Column::SiteId.eq(site.site_id().0))
            .filter(visitors::Column::NotCounted.is_null())
            .all(self.slow_reader())
            .await?;
        let mut holdout = (0, 0);
        let mut cells: BTreeMap<(i64, VariantId, i64), Pair> = BTreeMap::new();
        for row in counted {
            let key = (row.epoch, VariantId(row.variant_id), row.exposure_hour);
            let sum = if row.is_holdout { &mut holdout } else { cells.entry(key).or_default() };
            *sum = (sum.0 + 1, sum.1 + i64::from(converted.contains(&row.visitor_id)));
        }
        let cell = |((epoch, variant_id, exposure_hour), (visitors, conversions))| LedgerCell {
            epoch,
            variant_id,
            exposure_hour,
            visitors,
            conversions,
        };
        Ok(Recount { ledger: cells.into_iter().map(cell).collect(), holdout })
    }

    /// The ledger as it stands, by epoch, variant and hour; cells that everybody left are left out.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn ledger(&self, site: &OwnedSite) -> Result<Vec<LedgerCell>, StoreError> {
        let rows = ledger::Entity::find()
            .filter(ledger::Column::SiteId.eq(site.site_id().0))
            .filter(ledger::Column::Visitors.ne(0).or(ledger::Column::Conversions.ne(0)))
            .all(self.slow_reader())
            .await?;
        let mut cells: Vec<LedgerCell> = rows.into_iter().map(cell).collect();
        cells.sort_by_key(|cell| (cell.epoch, cell.variant_id, cell.exposure_hour));
        Ok(cells)
    }

    async fn primary_goal_id(&self, site: &OwnedSite) -> Result<Uuid, StoreError> {
        let primary = conversion_goals::Entity::find()
            .filter(conversion_goals::Column::SiteId.eq(site.site_id().0))
            .filter(conversion_goals::Column::IsPrimary.eq(true))
            .one(self.slow_reader())
            .await?;
        Ok(primary.map_or(Uuid::nil(), |goal| goal.id))
    }
}
