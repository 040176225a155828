//! What an owner says about the page: kept beside the reading, never inside it.

mod elements;
mod facts;
mod slots;

use crate::live::Topic;
use crate::{Service, ServiceError};
use domain::page_edits::{BrandField, Effective, MAX_EDITS};
use domain::{Edit, JobId, JobKind, PageEdits, PageModel, SiteId};
pub use slots::SlotChange;
use store::{OwnedSite, Viewer, WriteTransaction};

/// What an edit is made from.
struct Known {
    reading: PageModel,
    effective: Effective,
}

impl Service {
    /// Says what brand or language are; an empty value says that there is none.
    ///
    /// # Errors
    /// `NotFound` for a foreign site, `Invalid` with a sentence for a value that cannot be.
    pub async fn edit_brand(
        &self,
        viewer: &Viewer,
        site_id: SiteId,
        field: BrandField,
        value: &str,
    ) -> Result<(), ServiceError> {
        let value = field.read(value).map_err(|error| ServiceError::invalid("value", error))?;
        self.change_edits(viewer, site_id, |known, edits| {
            let edit = Edit::Brand { field, value: value.clone() };
            if field.of(&known.reading) == value {
                edits.undo(&edit.address());
            } else {
                edits.put(edit);
            }
            Ok(())
        })
        .await
    }

    /// Takes one edit back.
    ///
    /// # Errors
    /// `NotFound` for a foreign site, `Conflict` when there is no such edit any more.
    pub async fn undo_edit(&self, viewer: &Viewer, site_id: SiteId, address: &str) -> Result<(), ServiceError> {
        self.change_edits(viewer, site_id, |_, edits| {
            let is_there = edits.undo(address);
            is_there.then_some(()).ok_or_else(|| ServiceError::Conflict("This edit was taken back already.".to_owned()))
        })
        .await
    }

    /// Reads the page once more. Nothing that its owner said is lost by that, and no variants are asked for.
    ///
    /// # Errors
    /// `NotFound` for a foreign site, `Conflict` while the page is being read.
    pub async fn read_again(&self, viewer: &Viewer, site_id: SiteId) -> Result<JobId, ServiceError> {
        let site = self.owned_site(viewer, site_id).await?;
        let job_id = self.ask_for_reading(&site).await?;
        job_id.ok_or_else(|| ServiceError::Conflict("The page is being read already.".to_owned()))
    }

    /// Has looked up what was chosen while a reading was under way, in the transaction that ends it.
    pub(crate) async fn read_what_is_unread(
        &self,
        write: &WriteTransaction,
        site: &OwnedSite,
    ) -> Result<(), ServiceError> {
        let Some(record) = write.site_record(site).await? else { return Ok(()) };
        let unread = record.reading.as_ref().map(|reading| record.page_edits.unread(reading)).unwrap_or_default();
        if unread.iter().any(|css| page::is_selector(css)) {
            self.enqueue(write, site, JobKind::AnalyzeSite).await?;
        }
        Ok(())
    }

    async fn ask_for_reading(&self, site: &OwnedSite) -> Result<Option<JobId>, ServiceError> {
        let write = self.store().begin().await?;
        let job_id = self.enqueue(&write, site, JobKind::AnalyzeSite).await?;
        write.commit().await?;
        self.wake_worker();
        self.inner.live.announce(site.site_id(), Topic::Jobs);
        Ok(job_id)
    }

    /// Changes a site's edits while nobody else does. What needs the page is asked for in the same transaction.
    async fn change_edits(
        &self,
        viewer: &Viewer,
        site_id: SiteId,
        change: impl FnOnce(&Known, &mut PageEdits) -> Result<(), ServiceError> + Send,
    ) -> Result<(), ServiceError> {
        let site = self.owned_site(viewer, site_id).await?;
        let write = self.store().begin().await?;
        write.lock_site(&site).await?.ok_or(ServiceError::NotFound)?;
        let record = write.site_record(&site).await?.ok_or(ServiceError::NotFound)?;
        let (Some(reading), Some(effective)) = (record.reading, record.effective) else {
            return Err(ServiceError::Conflict("The page has not been read yet.".to_owned()));
        };
        let mut edits = record.page_edits;
        let known = Known { reading, effective };
        change(&known, &mut edits)?;
        if edits.all().len() > MAX_EDITS {
            return Err(ServiceError::Conflict(format!("At most {MAX_EDITS} edits are kept. Take some back first.")));
        }
        write.set_page_edits(&site, &edits).await?;
        if !edits.unread(&known.reading).is_empty() {
            self.enqueue(&write, &site, JobKind::AnalyzeSite).await?;
        }
        write.commit().await?;
        self.wake_worker();
        for topic in [Topic::Site, Topic::Variants, Topic::Jobs] {
            self.inner.live.announce(site_id, topic);
        }
        Ok(())
    }
}
