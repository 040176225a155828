//! Taking pictures of the page and of its variants, each stored as soon as it is taken.

use super::progress::Progress;
use super::{Effect, JobFailure};
use crate::live::Topic;
use crate::pictures::{asset_id, is_full};
use crate::ports::{Change, OwnPicture, Screenshot};
use crate::{Service, ServiceError};
use domain::asset::View;
use domain::{AssetId, AssetKind, JobKind, Patch, SiteId, Variant, VariantId, VariantStatus};
use std::collections::HashSet;
use store::assets::{Asset, Kept, Shown};
use store::jobs::ClaimedJob;
use store::{OwnedSite, WriteTransaction};
use url::Url;

impl Service {
    /// Asks for pictures of what has none, if there is a browser that takes them.
    pub(crate) async fn enqueue_screenshots(
        &self,
        write: &WriteTransaction,
        site: &OwnedSite,
    ) -> Result<(), ServiceError> {
        if self.inner.ports.reader.has_browser() {
            self.enqueue(write, site, JobKind::TakeScreenshots).await?;
        }
        Ok(())
    }

    pub(super) async fn take_screenshots(
        &self,
        job: &ClaimedJob,
        mut progress: Progress<'_>,
    ) -> Result<Effect, JobFailure> {
        let gone = || JobFailure::from(ServiceError::NotFound);
        let site = self.store().site_record(&job.site).await?.ok_or_else(gone)?;
        let mut tried = HashSet::new();
        loop {
            // Looked up anew each time: variants that were stored meanwhile are not left out.
            let variants = self.store().variants(&job.site).await?;
            let shown = self.store().screenshots(&job.site).await?;
            let mut missing = variants.iter().filter(|it| lacks_pictures(it, &shown) && !tried.contains(&it.id));
            let Some(variant) = missing.next() else { break };
            let (done, left) = (tried.len(), missing.count() + 1);
            let percent = u8::try_from(5 + 90 * done / (done + left)).unwrap_or(95);
            let subject = if variant.is_control { "the page" } else { variant.name.as_str() };
            progress.step(percent, format!("Taking pictures of {subject}")).await?;
            tried.insert(variant.id);
            let change = self.change(&job.site, &variant.patch).await?;
            let taken = self.inner.ports.reader.screenshots_of(site.url.as_url(), &change).await?;
            if taken.is_none() {
                let line =
                    format!("{subject} cannot be shown: what it changes was not found on the page in the browser.");
                progress.log(line).await?;
            }
            let held = self.keep_screenshots(job, variant.id, &taken.unwrap_or_default()).await?;
            progress.go_on_if(held).await;
            self.inner.live.announce(job.site.site_id(), Topic::Variants);
        }
        let end = if tried.is_empty() { "Every picture was there already" } else { "The pictures are stored" };
        progress.step(98, end).await?;
        Ok(Effect::Screenshots(tried))
    }

    /// A patch with the pictures of ours that it shows.
    async fn change(&self, site: &OwnedSite, patch: &Patch) -> Result<Change, ServiceError> {
        let mut pictures = Vec::new();
        for src in patch.ops.iter().flat_map(domain::Op::addresses) {
            let Some(id) = self.own_asset(site.site_id(), src) else { continue };
            let (Some(asset), Ok(url)) = (self.store().asset(site, &id).await?, Url::parse(src)) else { continue };
            pictures.push(OwnPicture { url, media_type: asset.media_type, bytes: asset.bytes });
        }
        Ok(Change { patch: patch.clone(), pictures })
    }

    /// The picture of ours that an address leads to.
    fn own_asset(&self, site_id: SiteId, address: &str) -> Option<AssetId> {
        let folder = format!("{}/assets/{site_id}/", self.public_url());
        AssetId::parse(address.strip_prefix(&folder)?.strip_suffix(".webp")?)
    }

    /// Puts pictures in the place of older ones; `false` when the job is not ours any more, and then nothing is stored.
    async fn keep_screenshots(
        &self,
        job: &ClaimedJob,
        variant_id: VariantId,
        taken: &[Screenshot],
    ) -> Result<bool, JobFailure> {
        let write = self.store().begin().await?;
        write.forget_screenshots(&job.site, variant_id).await?;
        let now = self.wall_now();
        for picture in taken {
            let Some(view) = View::of_width(picture.width) else { continue };
            let asset = Asset {
                id: asset_id(AssetKind::Screenshot, &picture.webp),
                kind: AssetKind::Screenshot,
                media_type: "image/webp".to_owned(),
                bytes: picture.webp.clone(),
                width: picture.width,
                height: picture.height,
            };
            match write.keep_asset(&job.site, &asset, self.inner.settings.asset_quota, now).await? {
                Kept::Here => write.show_screenshot(&job.site, variant_id, view, &asset.id, now).await?,
                full => return Err(JobFailure::for_good(is_full(full, self.inner.settings.asset_quota))),
            }
        }
        let held = write.renew_lease(job, self.lease_end()).await?;
        if held {
            write.commit().await?;
        }
        Ok(held)
    }

    /// Asks once more when variants came, or the page was read anew, after the job had looked for the last time.
    pub(super) async fn take_missed_screenshots(
        &self,
        write: &WriteTransaction,
        site: &OwnedSite,
        tried: &HashSet<VariantId>,
    ) -> Result<(), ServiceError> {
        let shown = write.screenshots(site).await?;
        let is_missed = |variant: &Variant| lacks_pictures(variant, &shown) && !tried.contains(&variant.id);
        if shown.iter().any(|it| it.is_outdated && tried.contains(&it.variant_id))
            || write.variants(site).await?.iter().any(is_missed)
        {
            self.enqueue_screenshots(write, site).await?;
        }
        Ok(())
    }
}

/// Whether pictures of a variant are wanted and not there. What ended is shown with what there is.
fn lacks_pictures(variant: &Variant, shown: &[Shown]) -> bool {
    let has_ended = matches!(variant.status, VariantStatus::Killed | VariantStatus::Rejected);
    !has_ended && !shown.iter().any(|it| it.variant_id == variant.id && !it.is_outdated)
}
