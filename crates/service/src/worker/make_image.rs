//! Having an image made: paid for once, kept, and then judged like every other variant.

use super::progress::Progress;
use super::{Effect, JobFailure};
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
use store::assets::{Asset, Kept};
use store::copy::Written;
use store::jobs::ClaimedJob;
use store::sites::SiteRecord;

/// An image that was paid for and stored, so that whoever goes on after a crash need not have it made again.
#[derive(Serialize, Deserialize)]
struct KeptImage {
    asset_id: AssetId,
    cost_micros: Option<i64>,
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
        let image = match progress.kept() {
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
        Ok(Effect::Variants(vec![variant]))
    }

    /// Asks for the image, and stores it as soon as it is there. What was spent is written down whatever becomes of it.
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
        let log = WritingLog::default();
        let made = maker.make(page, &log).await;
        let calls = log.take_calls();
        self.account_for_image(job, &calls).await?;
        let made = made.map_err(of_images)?;
        let asset = Asset {
            id: asset_id(AssetKind::Image, &made.webp),
            kind: AssetKind::Image,
            media_type: "image/webp".to_owned(),
            bytes: made.webp,
            width: made.width,
            height: made.height,
        };
        let quota = self.inner.settings.asset_quota;
        let write = self.store().begin().await?;
        match write.keep_asset(&job.site, &asset, quota, self.wall_now()).await? {
            Kept::Here => write.commit().await?,
            full => return Err(JobFailure::for_good(is_full(full, quota))),
        }
        progress.log(format!("The image has {} by {} pixels.", asset.width, asset.height)).await?;
        let image = KeptImage { asset_id: asset.id, cost_micros: calls.iter().filter_map(|it| it.cost_micros).max() };
        progress.keep(&image).await?;
        Ok(image)
    }

    async fn account_for_image(&self, job: &ClaimedJob, calls: &[ModelCall]) -> Result<(), ServiceError> {
        let write = self.store().begin().await?;
        for call in calls {
            let row = Written { id: self.random_id(), job_id: job.id, attempt: job.attempts, at: self.wall_now() };
            write.record_model_call(&job.site, call, row).await?;
            write.add_cost(job, call.cost_micros.unwrap_or(0)).await?;
        }
        Ok(write.commit().await?)
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
        let row = Written { id: self.random_id(), job_id: job.id, attempt: job.attempts, at: self.now() };
        write.record_rejected_draft(&job.site, &draft, row).await?;
        write.commit().await?;
        Ok(JobFailure::for_good(reason))
    }
}

/// The same failures as a copywriter's, told of the other model.
fn of_images(error: WriteError) -> JobFailure {
    let failure = JobFailure::from(error);
    JobFailure { reason: failure.reason.replace("language model", "image model"), ..failure }
}
