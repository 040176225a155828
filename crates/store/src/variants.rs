//! Variants: rows of `variants`, with the counters that start beside each.

use crate::entity::{experiment_stats, variants};
use crate::rows::to_json;
use crate::sites::UNIFORM;
use crate::{OwnedSite, Store, StoreError, WriteTransaction};
use domain::{JobId, Variant, VariantId, VariantStatus};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use time::OffsetDateTime;

impl WriteTransaction {
    /// Stores a variant with empty counters. Given a job and ordinal that stored one already,
    /// nothing happens and `false` is returned.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn create_variant(
        &self,
        variant: &Variant,
        origin: Option<(JobId, i32)>,
        now: OffsetDateTime,
    ) -> Result<bool, StoreError> {
        if let Some((job_id, ordinal)) = origin {
            let written = variants::Entity::find()
                .filter(variants::Column::SiteId.eq(variant.site_id.0))
                .filter(variants::Column::JobId.eq(job_id.0))
                .filter(variants::Column::JobOrdinal.eq(ordinal))
                .one(&self.transaction)
                .await?;
            if written.is_some() {
                return Ok(false);
            }
        }
        let row = variants::ActiveModel {
            site_id: Set(variant.site_id.0),
            id: Set(variant.id.0),
            parent_variant_id: Set(variant.parent_variant_id.map(|id| id.0)),
            generation: Set(variant.generation),
            name: Set(variant.name.clone()),
            patch: Set(to_json("variants", &variant.patch)?),
            status: Set(variant.status.as_str().to_owned()),
            is_control: Set(variant.is_control),
            generation_reasoning: Set(variant.generation_reasoning.clone()),
            strategy: Set(variant.strategy.clone()),
            author: Set(variant.author.clone()),
            provenance: Set(to_json("variants", &variant.provenance)?),
            job_id: Set(origin.map(|(job_id, _)| job_id.0)),
            job_ordinal: Set(origin.map(|(_, ordinal)| ordinal)),
            created_at: Set(now.into()),
        };
        variants::Entity::insert(row).exec_without_returning(&self.transaction).await?;
        let counters = experiment_stats::ActiveModel {
            site_id: Set(variant.site_id.0),
            variant_id: Set(variant.id.0),
            visitors: Set(0),
            conversions: Set(0),
            alpha: Set(UNIFORM.0),
            beta: Set(UNIFORM.1),
            prob_best: Set(None),
            low_checks: Set(0),
            low_checked_at: Set(None),
            updated_at: Set(now.into()),
        };
        experiment_stats::Entity::insert(counters).exec_without_returning(&self.transaction).await?;
        Ok(true)
    }

    /// Moves a variant from one state to another; `false` when it is not in the first one any more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn move_variant(
        &self,
        site: &OwnedSite,
        variant_id: VariantId,
        from: VariantStatus,
        to: VariantStatus,
    ) -> Result<bool, StoreError> {
        let moved = variants::Entity::update_many()
            .col_expr(variants::Column::Status, Expr::value(to.as_str()))
            .filter(variants::Column::SiteId.eq(site.site_id().0))
            .filter(variants::Column::Id.eq(variant_id.0))
            .filter(variants::Column::Status.eq(from.as_str()))
            .exec(&self.transaction)
            .await?;
        self.touch_site(site).await?;
        Ok(moved.rows_affected == 1)
    }

    /// The site's variants as this transaction sees them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn variants(&self, site: &OwnedSite) -> Result<Vec<Variant>, StoreError> {
        all(&self.transaction, site).await
    }
}

impl Store {
    /// The site's variants, the control first, then by age.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn variants(&self, site: &OwnedSite) -> Result<Vec<Variant>, StoreError> {
        all(self.reader(), site).await
    }
}

pub(crate) async fn all(connection: &impl ConnectionTrait, site: &OwnedSite) -> Result<Vec<Variant>, StoreError> {
    variants::Entity::find()
        .filter(variants::Column::SiteId.eq(site.site_id().0))
        .order_by_desc(variants::Column::IsControl)
        .order_by_asc(variants::Column::CreatedAt)
        .order_by_asc(variants::Column::JobOrdinal)
        .order_by_asc(variants::Column::Id)
        .all(connection)
        .await?
        .into_iter()
        .map(Variant::try_from)
        .collect()
}
