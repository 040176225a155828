//! What serving visitors needs of each site, read at once so that no request waits for the database.

use crate::entity::{allocations, conversion_goals, sites, variants};
use crate::rows::{json, name};
use crate::{Store, StoreError};
use domain::{AllowedOrigins, Goal, SiteId, SiteStatus, SiteUrl, Variant, VariantId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
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
    /// The published weights; empty before the first publication.
    pub weights: Vec<ArmWeight>,
    /// Whose pages may report.
    pub allowed_origins: AllowedOrigins,
    /// All variants.
    pub variants: Vec<Variant>,
    /// All goals, the primary one first.
    pub goals: Vec<Goal>,
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
    /// The version is read first: when a change comes between the reads, the next poll sees a
    /// newer version and loads the site again.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn served_site(&self, id: SiteId) -> Result<Option<ServedSite>, StoreError> {
        let Some(site) = sites::Entity::find_by_id(id.0).one(self.reader()).await? else { return Ok(None) };
        let variants = variants::Entity::find()
            .filter(variants::Column::SiteId.eq(id.0))
            .all(self.reader())
            .await?
            .into_iter()
            .map(Variant::try_from)
            .collect::<Result<_, _>>()?;
        let goals = conversion_goals::Entity::find()
            .filter(conversion_goals::Column::SiteId.eq(id.0))
            .order_by_desc(conversion_goals::Column::IsPrimary)
            .all(self.reader())
            .await?
            .into_iter()
            .map(Goal::try_from)
            .collect::<Result<_, _>>()?;
        let allocation = allocations::Entity::find_by_id((id.0, site.epoch)).one(self.reader()).await?;
        Ok(Some(ServedSite {
            id,
            version: site.version,
            url: site.url.parse().map_err(|error| StoreError::corrupt("sites", error))?,
            status: name("sites", &site.status)?,
            salt: site.salt.try_into().map_err(|_| StoreError::corrupt("sites", "the salt has not 16 bytes"))?,
            holdout_fraction: site.holdout_fraction,
            epoch: site.epoch,
            allowed_origins: json("sites", site.allowed_origins)?,
            weights: allocation.map(|row| json("allocations", row.weights)).transpose()?.unwrap_or_default(),
            variants,
            goals,
        }))
    }
}
