//! What serving visitors needs of each site, read at once so that no request waits for the database.

use crate::entity::{allocations, conversion_goals, sites, variants};
use crate::rows::{json, name};
use crate::{Store, StoreError};
use domain::{AllowedOrigins, Goal, Patch, SiteId, SiteStatus, SiteUrl, VariantId, VariantStatus};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, DerivePartialModel, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, RelationDef,
};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use uuid::Uuid;

/// One arm of a published weight vector.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ArmWeight {
    /// The arm.
    pub variant_id: VariantId,
    /// Its share of new visitors, 0 to 1.
    pub weight: f64,
}

/// A site as it is served.
#[derive(Debug, Clone)]
pub struct ServedSite {
    /// Identifier.
    pub id: SiteId,
    /// Number that grows with every change that visitors could see.
    pub version: i64,
    /// Address of the page.
    pub url: SiteUrl,
    /// Where it stands.
    pub status: SiteStatus,
    /// Key of the assignment's hash.
    pub salt: [u8; 16],
    /// Share of visitors who always see the untouched page, 0 to 1.
    pub holdout_fraction: f64,
    /// Number of the published weight vector.
    pub epoch: i64,
    /// Whose pages may report.
    pub allowed_origins: AllowedOrigins,
    /// The published weights; empty before the first publication.
    pub weights: Vec<ArmWeight>,
    /// All variants.
    pub variants: Vec<ServedVariant>,
    /// All goals, the primary one first.
    pub goals: Vec<Goal>,
}

/// What is served of a variant.
#[derive(Debug, Clone)]
pub struct ServedVariant {
    /// Identifier.
    pub id: VariantId,
    /// Where it stands.
    pub status: VariantStatus,
    /// Whether it is the untouched page.
    pub is_control: bool,
    /// What it changes on the page.
    pub patch: Patch,
}

impl Store {
    /// The present version of every site.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn site_versions(&self) -> Result<Vec<(SiteId, i64)>, StoreError> {
        let rows = sites::Entity::find()
            .select_only()
            .column(sites::Column::Id)
            .column(sites::Column::Version)
            .into_tuple::<(Uuid, i64)>()
            .all(self.reader())
            .await?;
        Ok(rows.into_iter().map(|(id, version)| (SiteId(id), version)).collect())
    }

    /// A site as it is to be served; absent when it was deleted.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn served_site(&self, id: SiteId) -> Result<Option<ServedSite>, StoreError> {
        Ok(self.served_sites(&[id]).await?.pop())
    }

    /// Sites as they are to be served, with one query a table for all of them; without those that were
    /// deleted. Callers with very many ask in parts, because a statement takes some 30,000 parameters.
    ///
    /// The versions are read first: when a change comes between the reads, the next poll sees a
    /// newer version and loads the site again.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn served_sites(&self, ids: &[SiteId]) -> Result<Vec<ServedSite>, StoreError> {
        let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
        let rows = sites::Entity::find()
            .filter(sites::Column::Id.is_in(ids.clone()))
            .into_partial_model::<SiteRow>()
            .all(self.reader())
            .await?;
        let mut variants: HashMap<Uuid, Vec<ServedVariant>> = HashMap::new();
        let found = variants::Entity::find()
            .filter(variants::Column::SiteId.is_in(ids.clone()))
            .into_partial_model::<VariantRow>()
            .all(self.reader())
            .await?;
        for row in found {
            variants.entry(row.site_id).or_default().push(row.served()?);
        }
        let mut goals: HashMap<Uuid, Vec<Goal>> = HashMap::new();
        let found = conversion_goals::Entity::find()
            .filter(conversion_goals::Column::SiteId.is_in(ids.clone()))
            .order_by_desc(conversion_goals::Column::IsPrimary)
            .all(self.reader())
            .await?;
        for row in found {
            goals.entry(row.site_id).or_default().push(row.try_into()?);
        }
        let mut weights = self.weights_in_force(ids).await?;
        let mut served = Vec::with_capacity(rows.len());
        for site in rows {
            let weights = match weights.remove(&(site.id, site.epoch)) {
                Some(weights) => weights,
                // Published between the reads: those that go with the epoch that was read are still there.
                None => self.weights_of(&site).await?,
            };
            let (variants, goals) = (variants.remove(&site.id), goals.remove(&site.id));
            served.push(site.served(weights, variants.unwrap_or_default(), goals.unwrap_or_default())?);
        }
        Ok(served)
    }

    /// A variant of a site as it would be served, whatever its state; absent when it was deleted or is another site's.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn served_variant(&self, site: SiteId, id: VariantId) -> Result<Option<ServedVariant>, StoreError> {
        let row = variants::Entity::find()
            .filter(variants::Column::SiteId.eq(site.0))
            .filter(variants::Column::Id.eq(id.0))
            .into_partial_model::<VariantRow>()
            .one(self.reader())
            .await?;
        row.map(VariantRow::served).transpose()
    }

    /// The weight vectors in force at this moment, by site and epoch.
    async fn weights_in_force(&self, ids: Vec<Uuid>) -> Result<HashMap<(Uuid, i64), Vec<ArmWeight>>, StoreError> {
        let site: RelationDef = allocations::Entity::belongs_to(sites::Entity)
            .from(allocations::Column::SiteId)
            .to(sites::Column::Id)
            .into();
        let rows = allocations::Entity::find()
            .select_only()
            .columns([allocations::Column::SiteId, allocations::Column::Epoch, allocations::Column::Weights])
            .join(JoinType::InnerJoin, site)
            .filter(allocations::Column::SiteId.is_in(ids))
            .filter(
                Expr::col((sites::Entity, sites::Column::Epoch))
                    .equals((allocations::Entity, allocations::Column::Epoch)),
            )
            .into_tuple::<(Uuid, i64, serde_json::Value)>()
            .all(self.reader())
            .await?;
        let vector = |(id, epoch, weights)| Ok(((id, epoch), json("allocations", weights)?));
        rows.into_iter().map(vector).collect()
    }

    async fn weights_of(&self, site: &SiteRow) -> Result<Vec<ArmWeight>, StoreError> {
        if site.epoch == 0 {
            return Ok(Vec::new());
        }
        let row = allocations::Entity::find_by_id((site.id, site.epoch)).one(self.reader()).await?;
        Ok(row.map(|row| json("allocations", row.weights)).transpose()?.unwrap_or_default())
    }
}

/// The columns of a site that are served.
#[derive(DerivePartialModel)]
#[sea_orm(entity = "sites::Entity")]
struct SiteRow {
    id: Uuid,
    version: i64,
    url: String,
    status: String,
    salt: Vec<u8>,
    holdout_fraction: f64,
    epoch: i64,
    allowed_origins: serde_json::Value,
}

impl SiteRow {
    fn served(
        self,
        weights: Vec<ArmWeight>,
        variants: Vec<ServedVariant>,
        goals: Vec<Goal>,
    ) -> Result<ServedSite, StoreError> {
        Ok(ServedSite {
            id: SiteId(self.id),
            version: self.version,
            url: self.url.parse().map_err(|error| StoreError::corrupt("sites", error))?,
            status: name("sites", &self.status)?,
            salt: self.salt.try_into().map_err(|_| StoreError::corrupt("sites", "the salt has not 16 bytes"))?,
            holdout_fraction: self.holdout_fraction,
            epoch: self.epoch,
            allowed_origins: json("sites", self.allowed_origins)?,
            weights,
            variants,
            goals,
        })
    }
}

/// The columns of a variant that are served.
#[derive(DerivePartialModel)]
#[sea_orm(entity = "variants::Entity")]
struct VariantRow {
    id: Uuid,
    site_id: Uuid,
    status: String,
    is_control: bool,
    patch: serde_json::Value,
}

impl VariantRow {
    fn served(self) -> Result<ServedVariant, StoreError> {
        Ok(ServedVariant {
            id: VariantId(self.id),
            status: name("variants", &self.status)?,
            is_control: self.is_control,
            patch: json("variants", self.patch)?,
        })
    }
}
