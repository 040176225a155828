//! The worker: takes jobs one after another, keeps their lease, and stores what became of them.

mod analyze;
mod generate;
pub(crate) mod in_hand;
mod make_image;
mod measure;
mod progress;
mod screenshots;
mod verify_install;

use crate::live::Topic;
use crate::weights::Changes;
use crate::{Service, ServiceError};
use domain::guard::BrandRules;
use domain::{JobKind, PageEdits, SiteStatus, VariantId};
use in_hand::Held;
use progress::Progress;
use std::collections::HashSet;
use std::time::Duration;
use store::jobs::{Claim, ClaimedJob};
use store::sites::SiteRecord;
use store::{OwnedSite, WriteTransaction};
use tokio_util::sync::CancellationToken;
pub(crate) use verify_install::Told;

/// Longest sleep of a worker that nobody wakes: another process may have stored a job without a word.
const LONGEST_SLEEP: Duration = Duration::from_secs(5);
/// Shortest sleep, when a job is due that another worker is about to take.
const SHORTEST_SLEEP: Duration = Duration::from_millis(20);
/// Sleep of a worker that cannot read the job table.
const REST: Duration = Duration::from_secs(1);
/// Longest wait between two tries.
const LONGEST_BACKOFF: Duration = Duration::from_secs(3600);

/// Why a job did not succeed, in a sentence for the owner of the site.
#[derive(Debug)]
pub(crate) struct JobFailure {
    /// The sentence.
    reason: String,
    /// Whether another try may help.
    transient: bool,
    /// When the other side asks to be tried again.
    retry_after: Option<Duration>,
}

impl JobFailure {
    /// A failure that another try does not mend.
    fn for_good(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), transient: false, retry_after: None }
    }
}

impl From<ServiceError> for JobFailure {
    fn from(error: ServiceError) -> Self {
        let transient = matches!(error, ServiceError::Unavailable(_) | ServiceError::Internal(_));
        tracing::error!(error = &error as &dyn std::error::Error, "a job failed");
        Self { reason: "Something went wrong on our side.".to_owned(), transient, retry_after: None }
    }
}

impl From<store::StoreError> for JobFailure {
    fn from(error: store::StoreError) -> Self {
        ServiceError::from(error).into()
    }
}

/// Which jobs a worker takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// All kinds.
    All,
    /// Those that take milliseconds: however long language models think, weights follow the visitors.
    Quick,
}

impl Lane {
    fn kinds(self) -> &'static [JobKind] {
        match self {
            Self::All => JobKind::ALL,
            Self::Quick => &[JobKind::UpdateStats],
        }
    }
}

/// What a job has to write once it succeeded; done in the transaction that ends it.
enum Effect {
    /// It ended itself, in the transaction of what it wrote; what that changed.
    Ended(Changes),
    Analysis(Box<domain::PageModel>),
    Variants(Vec<domain::Variant>, Judged),
    /// Pictures were taken of these, or tried to; each was stored when it was taken.
    Screenshots(HashSet<VariantId>),
    Install(Box<domain::InstallReport>),
}

/// What variants were judged by. Whoever stores them looks whether it still holds.
#[derive(PartialEq)]
struct Judged {
    page_edits: PageEdits,
    rules: BrandRules,
}

impl Judged {
    fn by(site: &SiteRecord) -> Self {
        Self { page_edits: site.page_edits.clone(), rules: site.copy_rules() }
    }
}

/// How the work on a job ended.
enum Ended {
    Well(Effect),
    Badly(JobFailure),
    /// It was cancelled, or another process has it: nothing may be written.
    Lost,
    /// This process has to stop.
    Released,
}

impl Service {
    /// Works on jobs until cancelled; finishes the one in hand first.
    pub async fn run_worker(&self, lane: Lane, cancelled: CancellationToken) {
        let mut calls = self.inner.work.subscribe();
        while !cancelled.is_cancelled() {
            // Noted before looking, so that no call between looking and sleeping is missed.
            calls.mark_unchanged();
            let sleep = match self.work_once(lane).await {
                Ok(true) => continue,
                Ok(false) => self.sleep(lane).await,
                Err(error) => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "the job table cannot be read");
                    REST
                }
            };
            tokio::select! {
                () = cancelled.cancelled() => {}
                _ = calls.changed() => {}
                () = tokio::time::sleep(sleep) => {}
            }
        }
    }

    /// How long the lane has nothing to do.
    async fn sleep(&self, lane: Lane) -> Duration {
        match self.store().next_job(lane.kinds()).await {
            Ok(Some(next)) => {
                let wait = Duration::try_from(next - self.wall_now()).unwrap_or_default();
                wait.clamp(SHORTEST_SLEEP, LONGEST_SLEEP)
            }
            Ok(None) => LONGEST_SLEEP,
            Err(_) => REST,
        }
    }

    /// Puts the jobs in hand back for other processes, because this one must stop now. It works on none from then on.
    pub fn release_jobs(&self) {
        self.inner.in_hand.release_all();
    }

    /// Works on one due job of the lane; `false` when there is none.
    ///
    /// # Errors
    /// When the database fails. The job's own failure is stored with the job, not returned.
    pub async fn work_once(&self, lane: Lane) -> Result<bool, ServiceError> {
        let Some(job) = self.claim(lane).await? else { return Ok(false) };
        let site_id = job.site.site_id();
        self.inner.live.announce(site_id, Topic::Jobs);
        let held = self.inner.in_hand.take(&job);
        let ended = tokio::select! {
            ended = self.work(&job, &held) => ended,
            () = held.lost.cancelled() => Ended::Lost,
            () = self.keep_lease(&job) => Ended::Lost,
            () = self.inner.in_hand.releasing() => Ended::Released,
        };
        let ended = match ended {
            Ended::Well(effect) => match self.succeed(&job, effect).await {
                Ok(()) => None,
                Err(error) => Some(Ended::Badly(error.into())),
            },
            other => Some(other),
        };
        match ended {
            Some(Ended::Badly(failure)) => self.fail(&job, failure).await?,
            Some(Ended::Released) => self.release(&job).await?,
            Some(Ended::Lost) => tracing::info!(%job.id, "the work on a job was stopped; another has it, or nobody"),
            Some(Ended::Well(_)) | None => {}
        }
        if job.kind != JobKind::UpdateStats {
            // What was stored may have asked for more work.
            self.wake_worker();
            self.refresh_site(site_id).await?;
            for topic in [Topic::Site, Topic::Variants, Topic::Jobs] {
                self.inner.live.announce(site_id, topic);
            }
        }
        Ok(true)
    }

    /// Takes a due job; those whose tries are used up are given up on the way.
    async fn claim(&self, lane: Lane) -> Result<Option<ClaimedJob>, ServiceError> {
        loop {
            let now = self.wall_now();
            if !self.store().is_job_due(lane.kinds(), now).await? {
                return Ok(None);
            }
            let write = self.store().begin().await?;
            match write.claim_job(lane.kinds(), self.random_id(), now, self.lease_end()).await? {
                Claim::Nothing => return Ok(None),
                Claim::Taken(job) => {
                    write.commit().await?;
                    return Ok(Some(*job));
                }
                Claim::GaveUp { site, id, kind } => {
                    if kind == JobKind::AnalyzeSite {
                        note_unread(&write, &site).await?;
                    }
                    write.commit().await?;
                    tracing::error!(job.id = %id, job.kind = %kind, "a job was interrupted too many times");
                    self.refresh_site(site.site_id()).await?;
                    for topic in [Topic::Site, Topic::Jobs] {
                        self.inner.live.announce(site.site_id(), topic);
                    }
                }
            }
        }
    }

    async fn work(&self, job: &ClaimedJob, held: &Held<'_>) -> Ended {
        let progress = Progress::new(self, job, held.lost.clone());
        let result = match job.kind {
            JobKind::AnalyzeSite => self.analyze(job, progress).await,
            JobKind::GenerateVariants => self.write_variants(job, progress).await,
            JobKind::TakeScreenshots => self.take_screenshots(job, progress).await,
            JobKind::MakeImage => self.make_hero_image(job, progress).await,
            JobKind::VerifyInstall => self.verify(job, progress).await,
            JobKind::UpdateStats => self.update_statistics(job).await.map(Effect::Ended).map_err(JobFailure::from),
        };
        result.map_or_else(Ended::Badly, Ended::Well)
    }

    /// Renews the lease again and again; comes back only when it is lost. Several times a lease, so
    /// that a single failure costs nothing.
    async fn keep_lease(&self, job: &ClaimedJob) {
        loop {
            tokio::time::sleep(self.inner.settings.job_lease / 4).await;
            match self.renew_lease(job).await {
                Ok(true) => {}
                Ok(false) => return,
                Err(error) => {
                    tracing::warn!(job.id = %job.id, error = &error as &dyn std::error::Error, "a lease was not renewed");
                }
            }
        }
    }

    /// When another process may take over what is claimed or renewed now.
    fn lease_end(&self) -> time::OffsetDateTime {
        self.wall_now() + self.inner.settings.job_lease
    }

    async fn renew_lease(&self, job: &ClaimedJob) -> Result<bool, ServiceError> {
        let write = self.store().begin().await?;
        let held = write.renew_lease(job, self.lease_end()).await?;
        write.commit().await?;
        Ok(held)
    }

    /// Writes a job's effect and its end together, so that it happens once, and only while the lease is ours.
    async fn succeed(&self, job: &ClaimedJob, effect: Effect) -> Result<(), ServiceError> {
        let mut taken = None;
        let write = match effect {
            Effect::Ended(changes) => return self.after_update(&job.site, changes).await,
            Effect::Screenshots(of) => {
                taken = Some(of);
                self.begin_on(&job.site).await?
            }
            effect => {
                let write = self.begin_on(&job.site).await?;
                if !self.is_judged_rightly(&write, &job.site, &effect).await? {
                    drop(write);
                    tracing::info!(%job.id, "the owner changed what variants are judged by; they are judged again");
                    return self.release(job).await;
                }
                self.apply(&write, job, effect).await?;
                write
            }
        };
        #[cfg(feature = "fault-end-apart")]
        let write = self.end_apart(write).await?;
        if !write.finish_job(job, self.wall_now()).await? {
            tracing::warn!(job.id = %job.id, "lost the lease; the result is not stored");
            return Ok(());
        }
        if let Some(taken) = taken {
            self.take_missed_screenshots(&write, &job.site, &taken).await?;
        }
        if job.kind == JobKind::AnalyzeSite {
            self.read_what_is_unread(&write, &job.site).await?;
        }
        Ok(write.commit().await?)
    }

    /// Begins a transaction that ends a job. The site is locked first: of two that end at the same time, such as one
    /// that stored variants and one that took pictures, the later one sees what the earlier one wrote.
    async fn begin_on(&self, site: &OwnedSite) -> Result<WriteTransaction, ServiceError> {
        let write = self.store().begin().await?;
        write.lock_site(site).await?;
        Ok(write)
    }

    /// Whether variants were judged by what the owner says now.
    async fn is_judged_rightly(
        &self,
        write: &WriteTransaction,
        site: &OwnedSite,
        effect: &Effect,
    ) -> Result<bool, ServiceError> {
        let Effect::Variants(_, judged) = effect else { return Ok(true) };
        let record = write.site_record(site).await?.ok_or(ServiceError::NotFound)?;
        Ok(*judged == Judged::by(&record))
    }

    /// The fault that `cargo xtask torture --faulty-build` must find: a job's effect is there before its end.
    #[cfg(feature = "fault-end-apart")]
    async fn end_apart(&self, write: WriteTransaction) -> Result<WriteTransaction, ServiceError> {
        write.commit().await?;
        tokio::time::sleep(Duration::from_millis(100)).await;
        Ok(self.store().begin().await?)
    }

    async fn apply(&self, write: &WriteTransaction, job: &ClaimedJob, effect: Effect) -> Result<(), ServiceError> {
        match effect {
            Effect::Ended(_) | Effect::Screenshots(_) => Ok(()),
            Effect::Install(report) => Ok(write.set_install_report(&job.site, &report).await?),
            Effect::Analysis(page) => self.store_analysis(write, &job.site, &page).await,
            Effect::Variants(variants, _) => {
                for (ordinal, variant) in (0..).zip(&variants) {
                    // The faulty build must not be saved by the second net.
                    let origin = (!cfg!(feature = "fault-end-apart")).then_some((job.id, ordinal));
                    write.create_variant(variant, origin, self.now()).await?;
                }
                self.enqueue_screenshots(write, &job.site).await
            }
        }
    }

    /// Puts a job back that this process cannot end in time, or that has to be judged again.
    async fn release(&self, job: &ClaimedJob) -> Result<(), ServiceError> {
        let write = self.store().begin().await?;
        if write.release_job(job, self.wall_now()).await? {
            write.commit().await?;
            tracing::info!(%job.id, %job.kind, "a job was put back");
        }
        Ok(())
    }

    /// Puts a failed job back for another try, or gives it up with the reason.
    async fn fail(&self, job: &ClaimedJob, failure: JobFailure) -> Result<(), ServiceError> {
        let now = self.wall_now();
        // A job that recurs is never given up: whatever was wrong, the next look may find it mended.
        let again = job.period.is_some() || failure.transient && job.attempts < job.max_attempts;
        let longest = job.period.and_then(|period| Duration::try_from(period).ok()).unwrap_or(LONGEST_BACKOFF);
        let run_at = again.then(|| now + self.backoff(job.attempts, failure.retry_after).min(longest));
        let write = self.store().begin().await?;
        if run_at.is_none() && job.kind == JobKind::AnalyzeSite {
            note_unread(&write, &job.site).await?;
        }
        if write.fail_job(job, &failure.reason, run_at, now).await? {
            write.commit().await?;
        }
        tracing::info!(job.id = %job.id, job.kind = %job.kind, again, reason = failure.reason, "a job did not succeed");
        Ok(())
    }

    /// Doubles with every try, with a fifth of jitter so that many jobs do not come back together.
    fn backoff(&self, attempts: i32, retry_after: Option<Duration>) -> Duration {
        let doublings = u32::try_from(attempts - 1).unwrap_or(0).min(16);
        let wait = self.inner.settings.job_backoff.saturating_mul(1 << doublings).min(LONGEST_BACKOFF);
        let [dice] = self.random_bytes::<1>();
        let jittered = wait.mul_f64(0.8 + 0.4 * f64::from(dice) / 255.0);
        jittered.max(retry_after.unwrap_or_default()).min(LONGEST_BACKOFF)
    }
}

/// Notes that a page could not be read. A site whose page was read before goes on with what is known of it.
async fn note_unread(write: &WriteTransaction, site: &OwnedSite) -> Result<(), ServiceError> {
    let locked = write.lock_site(site).await?;
    if locked.is_some_and(|locked| locked.status == SiteStatus::Analyzing) {
        write.set_site_status(site, SiteStatus::Failed).await?;
    }
    Ok(())
}
