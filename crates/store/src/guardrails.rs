//! What visits were like, by variant.

use crate::entity::guardrails;
use crate::millis::Millis;
use crate::rows::name;
use crate::{OwnedSite, Store, StoreError};
use domain::VariantId;
use domain::guardrail::{DAYS, Histograms};
use sea_orm::sea_query::ExprTrait;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use std::collections::HashMap;
use time::OffsetDateTime;
use uuid::Uuid;

impl Store {
    /// The histograms of each variant that has any, of the last [`DAYS`] days.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn guardrails(
        &self,
        site: &OwnedSite,
        now: OffsetDateTime,
    ) -> Result<HashMap<VariantId, Histograms>, StoreError> {
        use guardrails::Column as G;
        let rows = guardrails::Entity::find()
            .filter(G::SiteId.eq(site.site_id().0))
            .filter(G::Day.gt(Millis::from(now).day() - DAYS))
            .select_only()
            .column(G::VariantId)
            .column(G::Metric)
            .column(G::Bucket)
            .column_as(G::Samples.sum().cast_as("bigint"), "samples")
            .group_by(G::VariantId)
            .group_by(G::Metric)
            .group_by(G::Bucket)
            .into_tuple::<(Uuid, String, i64, i64)>()
            .all(self.reader())
            .await?;
        let mut found: HashMap<VariantId, Histograms> = HashMap::new();
        for (variant_id, metric, bucket, samples) in rows {
            let corrupt = |error| StoreError::corrupt("guardrails", error);
            let bucket = u32::try_from(bucket).map_err(corrupt)?;
            let samples = u64::try_from(samples).map_err(corrupt)?;
            found.entry(VariantId(variant_id)).or_default().add(name("guardrails", &metric)?, bucket, samples);
        }
        Ok(found)
    }

    /// Deletes samples that nobody is shown any more and that are as old as raw events that go.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn prune_guardrails(&self, before: OffsetDateTime, now: OffsetDateTime) -> Result<(), StoreError> {
        let first_kept = std::cmp::min(Millis::from(before).day(), Millis::from(now).day() - DAYS);
        let key = "site_id, day, variant_id, metric, bucket";
        self.delete_old("guardrails", key, "day < $1", first_kept).await
    }
}
