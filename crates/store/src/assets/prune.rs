//! Deleting pictures that nothing shows any more.

use crate::entity::{assets, decisions};
use crate::millis::Millis;
use crate::{OwnedSite, Store, StoreError, WriteTransaction, variants};
use domain::decision::{DecisionKind, DecisionState};
use domain::{AssetKind, SiteId, Variant, VariantStatus};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use std::collections::{BTreeMap, HashSet};
use time::OffsetDateTime;
use uuid::Uuid;

/// The name of an image, and when it was stored.
type Image = (String, Millis);

impl Store {
    /// Deletes pictures from before `unused_since` that nothing refers to any more: neither a variant's patch nor the
    /// dashboard. Variants that ended are not shown with pictures from before `ended_before`, and need no image from
    /// then, unless the decision that ended them can still be taken back. How many were deleted.
    ///
    /// # Errors
    /// When the database fails; what was deleted until then is gone.
    pub async fn prune_assets(
        &self,
        unused_since: OffsetDateTime,
        ended_before: OffsetDateTime,
    ) -> Result<u64, StoreError> {
        let (unused_since, ended_before) = (Millis::from(unused_since), Millis::from(ended_before));
        let mut deleted = self.prune_screenshots(unused_since, ended_before).await?;
        // What may be deleted is found by reading, so that nobody waits for the right to write meanwhile.
        for (site_id, images) in self.old_images(unused_since).await? {
            let site = OwnedSite::new(SiteId(site_id));
            if unused(self.slow_reader(), &site, images.clone(), ended_before).await?.is_empty() {
                continue;
            }
            let write = self.begin().await?;
            write.lock_site(&site).await?;
            deleted += write.delete_unused(&site, images, ended_before).await?;
            write.commit().await?;
        }
        Ok(deleted)
    }

    async fn prune_screenshots(&self, unused_since: Millis, ended_before: Millis) -> Result<u64, StoreError> {
        let write = self.begin().await?;
        let ended = "DELETE FROM screenshots WHERE created_at < $1 AND EXISTS (SELECT 1 FROM variants \
                     WHERE variants.site_id = screenshots.site_id AND variants.id = screenshots.variant_id \
                     AND variants.status IN ('killed', 'rejected'))";
        write.transaction.execute_raw(write.statement(ended, [ended_before.0.into()])).await?;
        let unused = "DELETE FROM assets WHERE kind = 'screenshot' AND created_at < $1 AND NOT EXISTS \
                      (SELECT 1 FROM screenshots WHERE screenshots.site_id = assets.site_id \
                      AND screenshots.asset_id = assets.id)";
        let statement = write.statement(unused, [unused_since.0.into()]);
        let deleted = write.transaction.execute_raw(statement).await?.rows_affected();
        write.commit().await?;
        Ok(deleted)
    }

    /// Images that were stored before a time, by site.
    async fn old_images(&self, before: Millis) -> Result<BTreeMap<Uuid, Vec<Image>>, StoreError> {
        let rows: Vec<(Uuid, String, Millis)> = assets::Entity::find()
            .select_only()
            .columns([assets::Column::SiteId, assets::Column::Id, assets::Column::CreatedAt])
            .filter(assets::Column::Kind.eq(AssetKind::Image.as_str()))
            .filter(assets::Column::CreatedAt.lt(before))
            .order_by_asc(assets::Column::SiteId)
            .into_tuple()
            .all(self.slow_reader())
            .await?;
        let mut of_sites: BTreeMap<Uuid, Vec<Image>> = BTreeMap::new();
        for (site_id, id, created_at) in rows {
            of_sites.entry(site_id).or_default().push((id, created_at));
        }
        Ok(of_sites)
    }
}

impl WriteTransaction {
    /// Deletes those of a site's images that are unused still.
    async fn delete_unused(
        &self,
        site: &OwnedSite,
        images: Vec<Image>,
        ended_before: Millis,
    ) -> Result<u64, StoreError> {
        let unused = unused(&self.transaction, site, images, ended_before).await?;
        if unused.is_empty() {
            return Ok(0);
        }
        let images = assets::Entity::delete_many()
            .filter(assets::Column::SiteId.eq(site.site_id().0))
            .filter(assets::Column::Kind.eq(AssetKind::Image.as_str()))
            .filter(assets::Column::Id.is_in(unused));
        Ok(images.exec(&self.transaction).await?.rows_affected)
    }
}

/// Which of a site's images nothing needs.
async fn unused(
    connection: &impl ConnectionTrait,
    site: &OwnedSite,
    mut images: Vec<Image>,
    ended_before: Millis,
) -> Result<Vec<String>, StoreError> {
    let may_come_back = ended_by_decisions(connection, site).await?;
    for variant in variants::all(connection, site).await? {
        let has_ended = matches!(variant.status, VariantStatus::Killed | VariantStatus::Rejected)
            && !may_come_back.contains(&variant.id.0);
        let is_needed = |image: &Image| !has_ended || image.1.0 >= ended_before.0;
        images.retain(|image| !(is_needed(image) && shows(&variant, &image.0)));
    }
    Ok(images.into_iter().map(|(id, _)| id).collect())
}

fn shows(variant: &Variant, id: &str) -> bool {
    variant.patch.ops.iter().any(|op| op.addresses().iter().any(|address| address.contains(id)))
}

/// Variants that a decision ended which was not taken back.
async fn ended_by_decisions(connection: &impl ConnectionTrait, site: &OwnedSite) -> Result<HashSet<Uuid>, StoreError> {
    let ending = DecisionKind::ALL.iter().filter(|kind| kind.status_after() == Some(VariantStatus::Killed));
    let ended: Vec<Option<Uuid>> = decisions::Entity::find()
        .select_only()
        .column(decisions::Column::VariantId)
        .filter(decisions::Column::SiteId.eq(site.site_id().0))
        .filter(decisions::Column::State.eq(DecisionState::Done.as_str()))
        .filter(decisions::Column::Kind.is_in(ending.map(|kind| kind.as_str())))
        .into_tuple()
        .all(connection)
        .await?;
    Ok(ended.into_iter().flatten().collect())
}
