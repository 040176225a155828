//! Having variants written, and believing none of it before it was checked.

use super::progress::Progress;
use super::{Effect, JobFailure};
use crate::ports::{Brief, Draft, WriteError};
use crate::{Service, ServiceError};
use domain::patch::AllowedHosts;
use domain::{PageModel, Patch, SiteId, SiteUrl, Variant, VariantId, VariantStatus};
use std::time::Duration;
use store::jobs::ClaimedJob;

impl From<WriteError> for JobFailure {
    fn from(error: WriteError) -> Self {
        let retry_after = match &error {
            WriteError::RateLimited { retry_after_s } => retry_after_s.map(Duration::from_secs),
            _ => None,
        };
        Self { reason: error.to_string(), transient: error.is_transient(), retry_after }
    }
}

impl Service {
    pub(super) async fn write_variants(
        &self,
        job: &ClaimedJob,
        mut progress: Progress<'_>,
    ) -> Result<Effect, JobFailure> {
        let gone = || JobFailure::from(ServiceError::NotFound);
        let site = self.store().site_record(&job.site).await?.ok_or_else(gone)?;
        let page = site.page_model.ok_or_else(gone)?;
        let existing = self.store().variants(&job.site).await?;
        let writer = &self.inner.ports.writer;
        progress.step(15, format!("Writing variants with {}", writer.name())).await?;
        let wanted = self.inner.settings.variants_per_generation;
        let known = existing.iter().filter_map(|variant| slots_of(&variant.patch, &page)).collect();
        let drafts: Vec<Draft> = match progress.kept() {
            Some(drafts) => drafts,
            None => {
                let drafts = writer.write(&Brief { page: page.clone(), count: wanted, known }).await?;
                progress.keep(&drafts).await?;
                drafts
            }
        };
        progress.step(75, format!("Checking {} drafts", drafts.len())).await?;
        let mut patches: Vec<Patch> = existing.iter().map(|variant| variant.patch.clone()).collect();
        let mut accepted = Vec::new();
        let mut refusals = Vec::new();
        for draft in drafts.into_iter().take(wanted) {
            match acceptable(&draft, &page, &site.url, &patches) {
                Ok(patch) => {
                    patches.push(patch.clone());
                    accepted.push(self.variant(job.site.site_id(), existing.len() + accepted.len(), draft, patch));
                }
                Err(reason) => {
                    progress.log(format!("A draft was refused: {reason}")).await?;
                    refusals.push(reason);
                }
            }
        }
        if accepted.is_empty() {
            let reason = refusals.first().map_or("no draft was written", String::as_str);
            return Err(WriteError::BadAnswer(reason.trim_end_matches('.').to_owned()).into());
        }
        progress.step(95, format!("{} variants wait for your review", accepted.len())).await?;
        Ok(Effect::Variants(accepted))
    }

    fn variant(&self, site_id: SiteId, number: usize, draft: Draft, patch: Patch) -> Variant {
        Variant {
            id: VariantId(self.random_id()),
            site_id,
            parent_variant_id: None,
            generation: 1,
            name: format!("Variant {}", letter(number)),
            patch,
            status: VariantStatus::PendingReview,
            is_control: false,
            generation_reasoning: draft.reasoning,
            strategy: draft.strategy,
            author: self.inner.ports.writer.name().to_owned(),
        }
    }
}

/// The draft as a patch, if every rule holds.
fn acceptable(draft: &Draft, page: &PageModel, url: &SiteUrl, taken: &[Patch]) -> Result<Patch, String> {
    let patch = draft.slots.compile(page).map_err(|error| error.to_string())?;
    patch.check(&AllowedHosts::new([url.host()])).map_err(|error| error.to_string())?;
    if taken.contains(&patch) {
        return Err("the variant exists already".to_owned());
    }
    Ok(patch)
}

/// The slots that a stored patch fills, so that a copywriter can be told what is there already.
fn slots_of(patch: &Patch, page: &PageModel) -> Option<domain::slots::SlotPatch> {
    let text = |slot: &Option<domain::TextSlot>| {
        let css = &slot.as_ref()?.locator.css;
        patch.ops.iter().find_map(|op| match op {
            domain::Op::Text { target, value } if target.css == *css => Some(value.clone()),
            _ => None,
        })
    };
    let slots = domain::slots::SlotPatch {
        headline: text(&page.headline),
        subheadline: text(&page.subheadline),
        cta: text(&page.cta),
        hero_image: None,
    };
    (slots != domain::slots::SlotPatch::default()).then_some(slots)
}

/// A, B, ... Z, then numbers. The control takes place 0, so the first variant is A.
fn letter(number: usize) -> String {
    match u8::try_from(number) {
        Ok(number @ 1..=26) => char::from(b'A' + number - 1).to_string(),
        _ => number.to_string(),
    }
}
