//! Images for the place of the hero image: what one costs is told before, and the day's limits hold.

use crate::live::Topic;
use crate::{Service, ServiceError};
use domain::copy::{CopySettings, Spending, dollars};
use domain::report::ImageOffer;
use domain::{JobKind, SiteId};
use store::Viewer;
use store::sites::SiteRecord;

impl Service {
    /// What the dashboard says about having an image made; absent when no image model is set or the page has no place
    /// for one.
    pub(crate) fn image_offer(&self, site: &SiteRecord, today: Spending) -> Option<ImageOffer> {
        let maker = self.inner.ports.images.as_ref()?;
        site.page_model()?.hero_image.as_ref()?;
        let is_locked = site.copy_rules().locked_slots.iter().any(|slot| slot == "hero_image");
        let price_micros = maker.price_micros();
        let refusal = if is_locked {
            Some("The hero image is to stay as it is.".to_owned())
        } else {
            refusal(&site.copy, today, price_micros)
        };
        Some(ImageOffer { model: maker.model().to_owned(), price_micros, refusal })
    }

    /// Asks for an image in the place of the page's hero image; a job has it made.
    ///
    /// # Errors
    /// `NotFound` for a foreign site, `Conflict` with a sentence when no image can be made now.
    pub async fn make_image(&self, viewer: &Viewer, site_id: SiteId) -> Result<(), ServiceError> {
        let site = self.owned_site(viewer, site_id).await?;
        let record = self.store().site_record(&site).await?.ok_or(ServiceError::NotFound)?;
        let no_offer = || ServiceError::Conflict("No image can be made for this page.".to_owned());
        let offer = self.image_offer(&record, self.spent_today(&site).await?).ok_or_else(no_offer)?;
        if let Some(refusal) = offer.refusal {
            return Err(ServiceError::Conflict(refusal));
        }
        let write = self.store().begin().await?;
        if self.enqueue(&write, &site, JobKind::MakeImage).await?.is_none() {
            return Err(ServiceError::Conflict("An image is being made already.".to_owned()));
        }
        write.commit().await?;
        self.wake_worker();
        self.inner.live.announce(site_id, Topic::Jobs);
        Ok(())
    }
}

/// Why no image may be made today, as a sentence. The price counts before it is paid.
pub(crate) fn refusal(settings: &CopySettings, today: Spending, price_micros: i64) -> Option<String> {
    if let Some(sentence) = settings.refusal(today) {
        return Some(sentence);
    }
    let most = settings.daily_cost_micros?;
    (today.cost_micros.saturating_add(price_micros) > most).then(|| {
        format!(
            "An image costs about {}, and today {} of {} are spent for this site already.",
            dollars(price_micros),
            dollars(today.cost_micros),
            dollars(most)
        )
    })
}
