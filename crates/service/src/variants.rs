//! Looking at variants and deciding about them.

use crate::decisions::History;
use crate::live::Topic;
use crate::{Service, ServiceError, pictures};
use domain::facts::Ledger;
use domain::report::{Change, VariantDetail};
use domain::slots::normalise;
use domain::variant::VariantAction;
use domain::word_diff::word_diff;
use domain::{
    JobId, JobKind, Locator, Op, PageModel, Patch, Phase, SiteId, SiteStatus, Target, VariantId, VariantStatus,
};
use store::sites::SiteRecord;
use store::{OwnedSite, Viewer};

impl Service {
    /// The site's variants with what they change, the control first.
    ///
    /// # Errors
    /// `NotFound` for a foreign site.
    pub async fn list_variants(&self, viewer: &Viewer, site_id: SiteId) -> Result<Vec<VariantDetail>, ServiceError> {
        let site = self.owned_site(viewer, site_id).await?;
        let record = self.store().site_record(&site).await?.ok_or(ServiceError::NotFound)?;
        self.variant_details(&site, &record).await
    }

    pub(crate) async fn variant_details(
        &self,
        site: &OwnedSite,
        record: &SiteRecord,
    ) -> Result<Vec<VariantDetail>, ServiceError> {
        let page = record.page_model();
        let variants = self.store().variants(site).await?;
        let shown = self.store().screenshots(site).await?;
        let own = format!("{}/assets/", self.public_url());
        Ok(variants
            .into_iter()
            .map(|variant| VariantDetail {
                changes: variant.patch.ops.iter().map(|op| change(op, page, &own)).collect(),
                pictures: pictures::of(&variant, &shown, page),
                preview_link: self.preview_link(site.site_id(), &record.url, variant.id).link,
                variant,
            })
            .collect())
    }

    /// Carries out an owner's decision. The first approval starts the test.
    ///
    /// # Errors
    /// `NotFound` for a foreign site or variant, `Conflict` when the state does not allow it, or what it changes was
    /// locked or taken back since it was written.
    pub async fn act_on_variant(
        &self,
        viewer: &Viewer,
        site_id: SiteId,
        variant_id: VariantId,
        action: VariantAction,
    ) -> Result<(), ServiceError> {
        let site = self.owned_site(viewer, site_id).await?;
        let write = self.store().begin().await?;
        let locked = write.lock_site(&site).await?.ok_or(ServiceError::NotFound)?;
        let variants = write.variants(&site).await?;
        let variant = variants.iter().find(|variant| variant.id == variant_id).ok_or(ServiceError::NotFound)?;
        let refused = |error: &dyn std::fmt::Display| ServiceError::Conflict(capitalise(&format!("{error}.")));
        let to = variant.status_after(action).map_err(|error| refused(&error))?;
        if action == VariantAction::Approve {
            let record = write.site_record(&site).await?.ok_or(ServiceError::NotFound)?;
            if let Some(sentence) = objection(&variant.patch, &record) {
                return Err(ServiceError::Conflict(sentence));
            }
        }
        if !write.move_variant(&site, variant_id, variant.status, to).await? {
            return Err(ServiceError::Conflict("The variant was changed meanwhile.".to_owned()));
        }
        if to == VariantStatus::Active && locked.status == SiteStatus::Ready {
            write.set_site_status(&site, SiteStatus::Running).await?;
            self.enqueue(&write, &site, JobKind::UpdateStats).await?;
        }
        if action == VariantAction::Approve && locked.phase == Phase::Decided {
            self.begin_generation(&write, &site, History::Kept).await?;
        }
        if to.is_served() || variant.status.is_served() {
            self.publish_weights(&write, &site).await?;
        }
        write.commit().await?;
        self.wake_worker();
        self.refresh_site(site_id).await?;
        for topic in [Topic::Site, Topic::Variants, Topic::Statistics] {
            self.inner.live.announce(site_id, topic);
        }
        Ok(())
    }

    /// Asks for more variants.
    ///
    /// # Errors
    /// `Conflict` while the page is not read yet or variants are being written.
    pub async fn generate(&self, viewer: &Viewer, site_id: SiteId) -> Result<JobId, ServiceError> {
        let site = self.owned_site(viewer, site_id).await?;
        let record = self.store().site_record(&site).await?.ok_or(ServiceError::NotFound)?;
        if record.page_model().is_none() {
            return Err(ServiceError::Conflict("The page has not been read yet.".to_owned()));
        }
        let write = self.store().begin().await?;
        let job_id = self.enqueue(&write, &site, JobKind::GenerateVariants).await?;
        write.commit().await?;
        self.wake_worker();
        self.inner.live.announce(site_id, Topic::Jobs);
        job_id.ok_or_else(|| ServiceError::Conflict("Variants are being written already.".to_owned()))
    }
}

/// Why a variant may not be shown although it was good when it was written, as a sentence: since then a slot that it
/// changes was locked, or something that it says was taken back.
fn objection(patch: &Patch, site: &SiteRecord) -> Option<String> {
    let page = site.page_model()?;
    let (rules, ledger) = (site.copy_rules(), Ledger::of_page(page));
    patch.ops.iter().find_map(|op| {
        let is_locked =
            slot_at(op.target(), page).is_some_and(|(name, _)| rules.locked_slots.iter().any(|it| it == name));
        if is_locked {
            let what = place(op.target(), Some(page)).to_lowercase();
            return Some(format!(
                "The {what} is locked by now, and this variant changes it. Unlock it, or reject the variant."
            ));
        }
        let taken_back = op.texts().into_iter().find_map(|text| ledger.taken_back(text).into_iter().next())?;
        Some(format!("This variant says “{}”, which is not to be said any more. Reject it.", taken_back.text))
    })
}

/// One operation beside what the page says now, for people.
fn change(op: &Op, page: Option<&PageModel>, own: &str) -> Change {
    let (old, new) = match op {
        Op::Image { src, .. } => {
            let old = page.and_then(|page| page.hero_image.as_ref()).map(|image| image.src.clone());
            // The name of an image of ours says nothing to people; its picture is shown beside.
            let new = if src.starts_with(own) { "an image made for this page" } else { src };
            (old.unwrap_or_default(), new.to_owned())
        }
        _ => {
            let change = op.change();
            (change.old, change.new)
        }
    };
    Change { place: place(op.target(), page), runs: word_diff(&normalise(&old), &normalise(&new)) }
}

/// What a target is called on this page.
fn place(target: &Target, page: Option<&PageModel>) -> String {
    let slot = page.and_then(|page| slot_at(target, page));
    slot.map_or_else(|| target.css.clone(), |(_, called)| called.to_owned())
}

/// The slot that a target is: its name, and what people call it.
fn slot_at(target: &Target, page: &PageModel) -> Option<(&'static str, &'static str)> {
    let texts = [
        ("headline", "Headline", &page.headline),
        ("subheadline", "Subheadline", &page.subheadline),
        ("cta", "Call to action", &page.cta),
        ("secondary_cta", "Secondary call to action", &page.secondary_cta),
    ];
    let is_at = |locator: &Locator| locator.css == target.css;
    for (name, called, slot) in texts {
        if slot.as_ref().is_some_and(|slot| is_at(&slot.locator)) {
            return Some((name, called));
        }
    }
    let is_hero = page.hero_image.as_ref().is_some_and(|image| is_at(&image.locator));
    is_hero.then_some(("hero_image", "Hero image"))
}

fn capitalise(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
