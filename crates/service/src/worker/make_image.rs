//! Having an image made: paid for once, kept, and then judged like every other variant.

use super::progress::Progress;
use super::{Effect, JobFailure, Judged, REST};
use crate::drafting::Accepted;
use crate::pictures::{asset_id, is_full};
use crate::ports::{Draft, ImageMaker, WriteError, WritingLog};
use crate::{Service, ServiceError, images};
use domain::copy::{ModelCall, RejectedDraft, dollars};
use domain::facts::Ledger;
use domain::guard::{self, Context, Refusal, Rule};
use domain::patch::AllowedHosts;
use domain::slots::SlotPatch;
use domain::{AssetId, AssetKind, PageModel, VariantStatus};
use serde::{Deserialize, Serialize};
use store::WriteTransaction;
use store::assets::{Asset, Kept};
use store::copy::Written;
use store::jobs::ClaimedJob;
use store::sites::SiteRecord;
use uuid::Uuid;

/// How often an image that was paid for is tried to be stored.
const STORING_TRIES: u32 = 4;

/// An image that was paid for and stored, so that whoever goes on after a crash need not have it made again.
#[derive(Serialize, Deserialize)]
struct KeptImage {
    asset_id: AssetId,
    cost_micros: Option<i64>,
}

/// A call that was written down before it was made.
struct Asked {
    id: Uuid,
    price: i64,
}

impl Service {
    pub(super) async fn make_hero_image(
        &self,
        job: &ClaimedJob,
        mut progress: Progress<'_>,
    ) -> Result<Effect, JobFailure> {
        let gone = || JobFailure::from(ServiceError::NotFound);
        let maker = self.inner.ports.images.clone();
        let maker = maker.ok_or_else(|| JobFailure::for_good("No image model is set up any more."))?;
        let site = self.store().site_record(&job.site).await?.ok_or_else(gone)?;
        let page = site.page_model().cloned().ok_or_else(gone)?;
        let image = match self.kept_image(job, &progress).await? {
            Some(image) => image,
            None => self.have_image(job, &site, &page, maker.as_ref(), &mut progress).await?,
        };
        progress.step(80, "Checking the image against the rules").await?;
        let address = format!("{}{}", self.public_url(), image.asset_id.path(job.site.site_id()));
        let slots = SlotPatch { hero_image: Some(address), ..SlotPatch::default() };
        let patch = match self.judged(&slots, &site, &page) {
            Ok(patch) => patch,
            Err(refusal) => return Err(self.refuse_image(job, slots, maker.model(), refusal).await?),
        };
        let existing = self.store().variants(&job.site).await?;
        let draft = Draft {
            slots,
            reasoning: "Another picture in the place of the hero image, made for what the page says.".to_owned(),
            strategy: "hero image".to_owned(),
            hypothesis: "More visitors convert when they see this picture.".to_owned(),
            prompt_version: Some(maker.prompt_version().to_owned()),
        };
        let parent = existing.iter().find(|variant| variant.status == VariantStatus::Winner);
        let accepted = Accepted { draft, patch, review: None };
        let variant = self.variant(job, existing.len(), accepted, parent, maker.model(), image.cost_micros);
        progress.step(95, format!("{} waits for your review", variant.name)).await?;
        Ok(Effect::Variants(vec![variant], Judged::by(&site)))
    }

    /// The image that an earlier try kept, unless it lay unused for so long that it was deleted.
    async fn kept_image(&self, job: &ClaimedJob, progress: &Progress<'_>) -> Result<Option<KeptImage>, ServiceError> {
        let Some(image) = progress.kept::<KeptImage>() else { return Ok(None) };
        let is_there = self.store().asset(&job.site, &image.asset_id).await?.is_some();
        Ok(is_there.then_some(image))
    }

    /// Asks for the image. The call is written down at its price before it is made, so that it counts even when nobody
    /// is there any more to hear the answer; what came of it is written together with the image.
    async fn have_image(
        &self,
        job: &ClaimedJob,
        site: &SiteRecord,
        page: &PageModel,
        maker: &dyn ImageMaker,
        progress: &mut Progress<'_>,
    ) -> Result<KeptImage, JobFailure> {
        let price = maker.price_micros();
        if let Some(capped) = images::refusal(&site.copy, self.spent_today(&job.site).await?, price) {
            return Err(JobFailure::for_good(capped));
        }
        progress.step(15, format!("Having an image made by {}, for about {}", maker.model(), dollars(price))).await?;
        let asked = self.account_for_asking(job, maker).await?;
        let log = WritingLog::default();
        let made = maker.make(page, &log).await;
        let calls = log.take_calls();
        let asset = made.map(|made| Asset {
            id: asset_id(AssetKind::Image, &made.webp),
            kind: AssetKind::Image,
            media_type: "image/webp".to_owned(),
            bytes: made.webp,
            width: made.width,
            height: made.height,
        });
        let cost_micros = calls.iter().filter_map(|it| it.cost_micros).max();
        let image = asset.as_ref().ok().map(|asset| KeptImage { asset_id: asset.id.clone(), cost_micros });
        let mut tries = 1;
        let (kept, held) = loop {
            let stored = image.as_ref().zip(asset.as_ref().ok());
            match self.settle_image(job, &asked, &calls, stored, progress).await {
                Ok(settled) => break settled,
                // Asking again would pay again, so storing is tried again.
                Err(error) if tries < STORING_TRIES => {
                    tracing::warn!(job.id = %job.id, error = &error as &dyn std::error::Error, "an image was not stored");
                    tries += 1;
                    tokio::time::sleep(REST).await;
                }
                Err(error) => return Err(JobFailure { transient: false, ..error.into() }),
            }
        };
        progress.go_on_if(held).await;
        let asset = asset.map_err(of_images)?;
        let (Kept::Here, Some(image)) = (kept, image) else {
            return Err(JobFailure::for_good(is_full(kept, self.inner.settings.asset_quota)));
        };
        progress.log(format!("The image has {} by {} pixels.", asset.width, asset.height)).await?;
        Ok(image)
    }

    /// Writes in one transaction what was spent, the image, and that the job has it; whether there was room, and
    /// whether the job is still ours. What was spent is spent, whoever has the job now.
    async fn settle_image(
        &self,
        job: &ClaimedJob,
        asked: &Asked,
        calls: &[ModelCall],
        image: Option<(&KeptImage, &Asset)>,
        progress: &Progress<'_>,
    ) -> Result<(Kept, bool), ServiceError> {
        let write = self.store().begin().await?;
        self.account_for_image(&write, job, calls, asked).await?;
        let (mut kept, mut held) = (Kept::Here, true);
        if let Some((image, asset)) = image {
            let quota = self.inner.settings.asset_quota;
            kept = write.keep_asset(&job.site, asset, quota, self.wall_now()).await?;
            if kept == Kept::Here {
                held = progress.keep_with(&write, image).await?;
            }
        }
        write.commit().await?;
        Ok((kept, held))
    }

    /// Writes down that a call is about to be made, as if it were paid for already.
    async fn account_for_asking(&self, job: &ClaimedJob, maker: &dyn ImageMaker) -> Result<Asked, ServiceError> {
        let call = ModelCall {
            model: maker.model().to_owned(),
            prompt_version: maker.prompt_version().to_owned(),
            tokens_in: None,
            tokens_out: None,
            cost_micros: Some(maker.price_micros()),
            duration_ms: 0,
            outcome: "asked",
        };
        let row = self.row_of(job);
        let write = self.store().begin().await?;
        write.record_model_call(&job.site, &call, row).await?;
        write.add_cost(job, maker.price_micros()).await?;
        write.commit().await?;
        Ok(Asked { id: row.id, price: maker.price_micros() })
    }

    /// Puts what was really spent in the place of what was written down before.
    async fn account_for_image(
        &self,
        write: &WriteTransaction,
        job: &ClaimedJob,
        calls: &[ModelCall],
        asked: &Asked,
    ) -> Result<(), ServiceError> {
        match calls {
            [] => write.forget_model_call(&job.site, asked.id).await?,
            [first, others @ ..] => {
                write.correct_model_call(&job.site, first, asked.id).await?;
                for call in others {
                    write.record_model_call(&job.site, call, self.row_of(job)).await?;
                }
            }
        }
        let spent: i64 = calls.iter().filter_map(|call| call.cost_micros).sum();
        Ok(write.add_cost(job, spent - asked.price).await?)
    }

    fn row_of(&self, job: &ClaimedJob) -> Written {
        Written { id: self.random_id(), job_id: job.id, attempt: job.attempts, at: self.wall_now() }
    }

    /// The rules that hold for every variant; besides the page's own host, pictures may stand on ours.
    fn judged(&self, slots: &SlotPatch, site: &SiteRecord, page: &PageModel) -> Result<domain::Patch, Refusal> {
        let own = url::Url::parse(self.public_url()).ok().and_then(|url| url.host_str().map(str::to_owned));
        let hosts = AllowedHosts::new([site.url.host()].into_iter().chain(own));
        let ledger = Ledger::of_page(page);
        let brand = site.copy_rules();
        let context = Context { page, ledger: &ledger, brand: &brand, hosts: &hosts, known: &[] };
        guard::check(slots, &context)?;
        slots.compile(page).map_err(|error| Refusal::new(Rule::Slot, error.to_string()))
    }

    async fn refuse_image(
        &self,
        job: &ClaimedJob,
        slots: SlotPatch,
        author: &str,
        refusal: Refusal,
    ) -> Result<JobFailure, ServiceError> {
        let reason = format!("The image was not used: {}.", refusal.reason);
        let (strategy, author) = ("hero image".to_owned(), author.to_owned());
        let draft = RejectedDraft { slots, strategy, author, refusal, created_at: self.now().unix_timestamp() };
        let write = self.store().begin().await?;
        write.record_rejected_draft(&job.site, &draft, Written { at: self.now(), ..self.row_of(job) }).await?;
        write.commit().await?;
        Ok(JobFailure::for_good(reason))
    }
}

/// The same failures as a copywriter's, told of the other model. What took too long may still have been made, and is
/// paid for then, so it is not asked for again.
fn of_images(error: WriteError) -> JobFailure {
    let took_too_long = matches!(error, WriteError::Timeout(_));
    let failure = JobFailure::from(error);
    let reason = failure.reason.replace("language model", "image model");
    JobFailure { reason, transient: failure.transient && !took_too_long, ..failure }
}
