//! Having variants written, and believing none of it before it was checked.

use super::progress::Progress;
use super::{Effect, JobFailure, Judged};
use crate::drafting::{Accepted, Drafting};
use crate::playbook::Playbook;
use crate::ports::Draft;
use crate::ports::{Brief, CopyWriter, PastResult, WriteError, WritingLog};
use crate::{Service, ServiceError};
use domain::copy::{ModelCall, Provenance};
use domain::patch::AllowedHosts;
use domain::{AutonomyMode, PageModel, Patch, Variant, VariantId, VariantStatus};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use store::copy::Written;
use store::jobs::ClaimedJob;
use store::sites::SiteRecord;

/// How often the owner is told how far an answer has come.
const TELL_EVERY: Duration = Duration::from_secs(2);

/// What was written, so that whoever goes on after a crash need not have it written again.
#[derive(Serialize, Deserialize)]
struct Kept {
    drafts: Vec<Draft>,
    author: String,
    cost_micros: Option<i64>,
}

impl From<WriteError> for JobFailure {
    fn from(error: WriteError) -> Self {
        let retry_after = match &error {
            WriteError::RateLimited { retry_after_s } => retry_after_s.map(Duration::from_secs),
            WriteError::Resting { retry_after_s } => Some(Duration::from_secs(*retry_after_s)),
            _ => None,
        };
        // A bad answer was asked for again already, as often as a model may try.
        let transient = error.is_transient() && !matches!(error, WriteError::BadAnswer(_));
        Self { reason: error.to_string(), transient, retry_after }
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
        let page = site.page_model().cloned().ok_or_else(gone)?;
        let existing = self.store().variants(&job.site).await?;
        let brief = self.brief(job, &site, &page, &existing).await?;
        let claims_go_to_review = site.autonomy_mode == AutonomyMode::Supervised;
        let now = self.now().unix_timestamp();
        let mut drafting = Drafting::new(brief, AllowedHosts::new([site.url.host()]), claims_go_to_review, now);
        let written = match progress.kept::<Kept>() {
            Some(kept) if drafting.take_up(kept.drafts.clone(), &kept.author) => kept,
            _ => {
                let written = self.have_written(job, &site, &mut drafting, &mut progress).await?;
                progress.keep(&written).await?;
                written
            }
        };
        if drafting.accepted.is_empty() {
            return Err(drafting.failure().into());
        }
        let parent = existing.iter().find(|variant| variant.status == VariantStatus::Winner);
        let each = i64::try_from(drafting.accepted.len()).unwrap_or(i64::MAX);
        let cost = written.cost_micros.map(|all| all / each);
        let variants: Vec<Variant> = (existing.len()..)
            .zip(drafting.accepted)
            .map(|(number, accepted)| self.variant(job, number, accepted, parent, &written.author, cost))
            .collect();
        progress.step(95, format!("{} variants wait for your review", variants.len())).await?;
        Ok(Effect::Variants(variants, Judged::by(&site)))
    }

    /// Asks the copywriter until enough is good, it may not try again, or the day's limit is reached.
    async fn have_written(
        &self,
        job: &ClaimedJob,
        site: &SiteRecord,
        drafting: &mut Drafting,
        progress: &mut Progress<'_>,
    ) -> Result<Kept, JobFailure> {
        let mut writer: &dyn CopyWriter = self.inner.ports.writer.as_ref();
        let mut costs: Vec<i64> = Vec::new();
        loop {
            if let Some(capped) = self.capped(job, site, writer).await? {
                if !drafting.accepted.is_empty() {
                    break;
                }
                if !site.copy.playbook_when_capped {
                    return Err(WriteError::Capped(capped).into());
                }
                progress.log(format!("{capped} The playbook writes instead.")).await?;
                writer = &Playbook;
            }
            progress.step(15, format!("Writing variants with {}", writer.name())).await?;
            let (log, known) = (WritingLog::default(), drafting.accepted.len());
            let written = told(drafting.round(writer, &log), &log, progress).await?;
            let calls = log.take_calls();
            self.account(job, &calls, drafting).await?;
            costs.extend(calls.iter().filter_map(|call| call.cost_micros));
            let is_done = written?;
            let withdrawn = self.measure_drafts(site, drafting, known, writer.name(), progress).await?;
            self.account(job, &[], drafting).await?;
            if is_done && (withdrawn == 0 || !drafting.wants_more()) {
                break;
            }
            let (good, refused) = (drafting.accepted.len(), drafting.refused_count());
            progress.log(format!("{good} drafts are good so far, {refused} broke a rule; asking again.")).await?;
        }
        let (good, wanted) = (drafting.accepted.len(), drafting.wanted());
        if (1..wanted).contains(&good) {
            let why = if writer.is_deterministic() {
                "this page's own words give no more that keep every rule"
            } else {
                "the others broke a rule, or were not written"
            };
            progress.log(format!("{good} of the {wanted} drafts that were asked for: {why}.")).await?;
        }
        let cost_micros = (!costs.is_empty()).then(|| costs.iter().sum());
        Ok(Kept { drafts: drafting.accepted_drafts(), author: writer.name().to_owned(), cost_micros })
    }

    /// What the copywriter is told about the site.
    async fn brief(
        &self,
        job: &ClaimedJob,
        site: &SiteRecord,
        page: &PageModel,
        existing: &[Variant],
    ) -> Result<Brief, JobFailure> {
        let counters = self.store().counters(&job.site).await?;
        let results = existing.iter().filter(|variant| !variant.is_control).filter_map(|variant| {
            let counted = counters.iter().find(|counted| counted.variant_id == variant.id)?;
            Some(PastResult {
                slots: slots_of(&variant.patch, page)?,
                strategy: variant.strategy.clone(),
                status: variant.status.as_str(),
                visitors: counted.visitors,
                conversions: counted.conversions,
            })
        });
        Ok(Brief {
            page: page.clone(),
            count: self.inner.settings.variants_per_generation,
            known: existing.iter().filter_map(|variant| slots_of(&variant.patch, page)).collect(),
            brand: site.copy_rules(),
            results: results.collect(),
            refused: Vec::new(),
        })
    }

    /// Which daily limit is reached, if one is.
    async fn capped(
        &self,
        job: &ClaimedJob,
        site: &SiteRecord,
        writer: &dyn CopyWriter,
    ) -> Result<Option<String>, JobFailure> {
        if !writer.is_model() {
            return Ok(None);
        }
        Ok(site.copy.refusal(self.spent_today(&job.site).await?))
    }

    /// Writes down what was spent and what was rejected, whatever becomes of the job.
    async fn account(
        &self,
        job: &ClaimedJob,
        calls: &[ModelCall],
        drafting: &mut Drafting,
    ) -> Result<(), ServiceError> {
        let rejected = std::mem::take(&mut drafting.rejected);
        if calls.is_empty() && rejected.is_empty() {
            return Ok(());
        }
        let row = |at| Written { id: self.random_id(), job_id: job.id, attempt: job.attempts, at };
        let write = self.store().begin().await?;
        for call in calls {
            write.record_model_call(&job.site, call, row(self.wall_now())).await?;
            write.add_cost(job, call.cost_micros.unwrap_or(0)).await?;
        }
        for draft in &rejected {
            write.record_rejected_draft(&job.site, draft, row(self.now())).await?;
        }
        Ok(write.commit().await?)
    }

    pub(super) fn variant(
        &self,
        job: &ClaimedJob,
        number: usize,
        accepted: Accepted,
        parent: Option<&Variant>,
        author: &str,
        cost_micros: Option<i64>,
    ) -> Variant {
        let Accepted { draft, patch, review } = accepted;
        let provenance =
            Provenance { hypothesis: draft.hypothesis, prompt_version: draft.prompt_version, cost_micros, review };
        Variant {
            id: VariantId(self.random_id()),
            site_id: job.site.site_id(),
            parent_variant_id: parent.map(|parent| parent.id),
            generation: parent.map_or(1, |parent| parent.generation.saturating_add(1)),
            name: format!("Variant {}", letter(number)),
            patch,
            status: VariantStatus::PendingReview,
            is_control: false,
            generation_reasoning: draft.reasoning,
            strategy: draft.strategy,
            author: author.to_owned(),
            provenance,
        }
    }
}

/// Waits for the copywriter, and tells the owner now and then how far it has come.
async fn told<T>(
    writing: impl Future<Output = T>,
    log: &WritingLog,
    progress: &mut Progress<'_>,
) -> Result<T, ServiceError> {
    let mut written = log.watch();
    let mut writing = std::pin::pin!(writing);
    loop {
        let more = async {
            tokio::time::sleep(TELL_EVERY).await;
            // The log lives as long as this function, so the wait ends with news or not at all.
            let _ = written.changed().await;
        };
        tokio::select! {
            result = &mut writing => return Ok(result),
            () = more => {
                let characters = *written.borrow_and_update();
                progress.step(30, format!("The model has written {characters} characters")).await?;
            }
        }
    }
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
