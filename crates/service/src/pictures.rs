//! Pictures: who may see which, how a variant is shown, and how many there may be.

use crate::live::Topic;
use crate::{Service, ServiceError};
use domain::asset::{Picture, PictureKind, drawing_path};
use domain::{AssetId, AssetKind, JobKind, Op, PageModel, SiteId, TextSlot, Variant, VariantId};
use sha2::{Digest, Sha256};
use store::Viewer;
use store::assets::{Asset, Kept, Quota, Shown};

impl Service {
    /// A picture that stands on a customer's page, for anybody.
    ///
    /// # Errors
    /// `NotFound` for every other picture.
    pub async fn public_picture(&self, site_id: SiteId, id: &AssetId) -> Result<Asset, ServiceError> {
        self.store().public_asset(site_id, id).await?.ok_or(ServiceError::NotFound)
    }

    /// A picture of the viewer's own site.
    ///
    /// # Errors
    /// `NotFound` for a foreign site or one that is not there.
    pub async fn own_picture(&self, viewer: &Viewer, site_id: SiteId, id: &AssetId) -> Result<Asset, ServiceError> {
        let site = self.owned_site(viewer, site_id).await?;
        self.store().asset(&site, id).await?.ok_or(ServiceError::NotFound)
    }

    /// A drawing of a variant from what is known of the page, as SVG.
    ///
    /// # Errors
    /// `NotFound` for a foreign site or variant, and before the page was read.
    pub async fn drawing(
        &self,
        viewer: &Viewer,
        site_id: SiteId,
        variant_id: VariantId,
    ) -> Result<String, ServiceError> {
        let site = self.owned_site(viewer, site_id).await?;
        let record = self.store().site_record(&site).await?.ok_or(ServiceError::NotFound)?;
        let page = record.page_model().cloned().ok_or(ServiceError::NotFound)?;
        let variants = self.store().variants(&site).await?;
        let variant = variants.iter().find(|it| it.id == variant_id).ok_or(ServiceError::NotFound)?;
        Ok(page::drawing(&changed(&page, variant)).svg)
    }

    /// Has the pictures of a site's page and variants taken anew.
    ///
    /// # Errors
    /// `NotFound` for a foreign site, `Conflict` without a browser or while they are being taken.
    pub async fn retake_screenshots(&self, viewer: &Viewer, site_id: SiteId) -> Result<(), ServiceError> {
        let site = self.owned_site(viewer, site_id).await?;
        if !self.inner.ports.reader.has_browser() {
            return Err(ServiceError::Conflict(crate::ports::ReadError::NoBrowser.to_string()));
        }
        let write = self.store().begin().await?;
        write.outdate_screenshots(&site).await?;
        if self.enqueue(&write, &site, JobKind::TakeScreenshots).await?.is_none() {
            return Err(ServiceError::Conflict("Pictures are being taken already.".to_owned()));
        }
        write.commit().await?;
        self.wake_worker();
        self.inner.live.announce(site_id, Topic::Jobs);
        Ok(())
    }
}

/// The name of a picture. What it is for is part of it, so that no picture is public because another one is.
pub(crate) fn asset_id(kind: AssetKind, bytes: &[u8]) -> AssetId {
    let digest = Sha256::new().chain_update(kind.as_str()).chain_update([0]).chain_update(bytes).finalize();
    AssetId::of_digest(&digest.into())
}

/// Why a picture finds no room, as a sentence.
pub(crate) fn is_full(kept: Kept, quota: Quota) -> String {
    let mib = |bytes: u64| bytes / (1024 * 1024);
    match kept {
        Kept::AccountIsFull => format!(
            "The pictures of all your sites together may take {} MiB, and there is no room for another one. Delete a site that you do not need.",
            mib(quota.account)
        ),
        _ => {
            format!("The pictures of this site may take {} MiB, and there is no room for another one.", mib(quota.site))
        }
    }
}

/// How a variant is shown: by its pictures, or by a drawing while there are none.
pub(crate) fn of(variant: &Variant, shown: &[Shown], page: Option<&PageModel>) -> Vec<Picture> {
    let taken = shown.iter().filter(|it| it.variant_id == variant.id).map(|it| Picture {
        kind: PictureKind::Screenshot(it.view),
        path: it.asset_id.path(variant.site_id),
        width: it.width,
        height: it.height,
    });
    let taken: Vec<Picture> = taken.collect();
    match page {
        Some(page) if taken.is_empty() => {
            let (width, height) = page::drawing_size(page, |slot| text_of(slot, variant));
            let path = drawing_path(variant.site_id, variant.id);
            vec![Picture { kind: PictureKind::Drawing, path, width, height }]
        }
        _ => taken,
    }
}

/// The page as a variant makes it, as far as a drawing shows it.
fn changed(page: &PageModel, variant: &Variant) -> PageModel {
    let mut page = page.clone();
    for slot in [&mut page.headline, &mut page.subheadline, &mut page.cta, &mut page.secondary_cta] {
        let Some(slot) = slot else { continue };
        let text = text_of(slot, variant).to_owned();
        slot.text = text;
    }
    page
}

/// What stands in a slot when a variant is shown.
fn text_of<'a>(slot: &'a TextSlot, variant: &'a Variant) -> &'a str {
    let mut texts = variant.patch.ops.iter().filter_map(|op| match op {
        Op::Text { target, value } if target.css == slot.locator.css => Some(value.as_str()),
        _ => None,
    });
    texts.next_back().unwrap_or(&slot.text)
}
