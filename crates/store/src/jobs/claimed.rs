//! Jobs at work: taken under a lease, which every write about them must still hold.

use crate::entity::jobs;
use crate::millis::Millis;
use crate::rows::{json, name, to_json};
use crate::{OwnedSite, Store, StoreError, WriteTransaction};
use domain::{JobId, JobKind, JobProgress, JobState, SiteId};
use sea_orm::sea_query::{Expr, ExprTrait, LockBehavior, LockType};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, UpdateMany};
use serde_json::Value;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// A job that this process may work on until its lease ends.
#[derive(Debug, Clone)]
pub struct ClaimedJob {
    /// Identifier.
    pub id: JobId,
    /// The site that it works for.
    pub site: OwnedSite,
    /// What it does.
    pub kind: JobKind,
    /// Tries so far, this one included.
    pub attempts: i32,
    /// Most tries.
    pub max_attempts: i32,
    /// Queued again this long after success.
    pub period: Option<Duration>,
    /// Who holds the lease.
    pub lease_owner: Uuid,
    /// What earlier tries told.
    pub progress: JobProgress,
    /// What an earlier try left for those that follow.
    pub kept: Option<Value>,
    /// Why the last try failed.
    pub last_error: Option<String>,
    /// Whether the process that had it before vanished.
    pub was_abandoned: bool,
}

/// What came of asking for a job.
#[derive(Debug)]
pub enum Claim {
    /// None is due, or others have them.
    Nothing,
    /// One was due whose tries are used up, so it was given up.
    GaveUp {
        /// The site that it worked for.
        site: OwnedSite,
        /// The job.
        id: JobId,
        /// What it did.
        kind: JobKind,
    },
    /// This one is the caller's.
    Taken(Box<ClaimedJob>),
}

impl WriteTransaction {
    /// Takes the job of these kinds that has been due the longest, queued or abandoned by a dead
    /// process. The try is counted here, so that a job that kills its process is given up in the end.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_job(
        &self,
        kinds: &[JobKind],
        lease_owner: Uuid,
        now: OffsetDateTime,
        lease_until: OffsetDateTime,
    ) -> Result<Claim, StoreError> {
        let found = due(kinds, now)
            .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
            .one(&self.transaction)
            .await?;
        let Some(row) = found else { return Ok(Claim::Nothing) };
        let (site, id, kind) = (OwnedSite::new(SiteId(row.site_id)), JobId(row.id), name("jobs", &row.kind)?);
        let mine = |update: UpdateMany<jobs::Entity>| {
            update.filter(jobs::Column::SiteId.eq(row.site_id)).filter(jobs::Column::Id.eq(row.id))
        };
        if row.attempts >= row.max_attempts {
            let reason = "The work was interrupted too many times.";
            let update = ended(JobState::Dead, now).col_expr(jobs::Column::LastError, Expr::value(reason));
            mine(update).exec(&self.transaction).await?;
            self.tell_of_progress(&site).await?;
            return Ok(Claim::GaveUp { site, id, kind });
        }
        let update = jobs::Entity::update_many()
            .col_expr(jobs::Column::State, Expr::value(JobState::Running.as_str()))
            .col_expr(jobs::Column::Attempts, Expr::value(row.attempts + 1))
            .col_expr(jobs::Column::LeaseOwner, Expr::value(lease_owner))
            .col_expr(jobs::Column::LeaseUntil, Expr::value(Millis::from(lease_until)));
        mine(update).exec(&self.transaction).await?;
        if row.period_ms.is_none() {
            self.tell_of_progress(&site).await?;
        }
        Ok(Claim::Taken(Box::new(ClaimedJob {
            id,
            site,
            kind,
            attempts: row.attempts + 1,
            max_attempts: row.max_attempts,
            period: row.period_ms.map(Duration::milliseconds),
            lease_owner,
            progress: JobProgress { steps: json("jobs", row.steps)?, log: json("jobs", row.log)? },
            kept: row.kept,
            last_error: row.last_error,
            was_abandoned: row.state == JobState::Running.as_str(),
        })))
    }

    /// Ends a claimed job well: done, or queued again when it recurs. `false` when the lease was
    /// lost, so that whatever else is in this transaction must not be committed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn finish_job(&self, job: &ClaimedJob, now: OffsetDateTime) -> Result<bool, StoreError> {
        let update = match job.period {
            Some(period) => released(JobState::Queued)
                .col_expr(jobs::Column::RunAt, Expr::value(Millis::from(now + period)))
                .col_expr(jobs::Column::Attempts, Expr::value(0)),
            None => ended(JobState::Done, now),
        };
        let update = update
            .col_expr(jobs::Column::Percent, Expr::value(100))
            .col_expr(jobs::Column::LastError, Expr::value(None::<String>));
        self.fenced(update, job).await
    }

    /// Puts a claimed job back for another try at `run_at`, or gives it up when `run_at` is absent. What a model made
    /// is kept, because it was paid for; a page that was read is not, because it may be what was wrong and reading it
    /// again costs nothing. `false` when the lease was lost.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn fail_job(
        &self,
        job: &ClaimedJob,
        reason: &str,
        run_at: Option<OffsetDateTime>,
        now: OffsetDateTime,
    ) -> Result<bool, StoreError> {
        let update = match run_at {
            Some(run_at) => released(JobState::Queued).col_expr(jobs::Column::RunAt, Expr::value(Millis::from(run_at))),
            None => closed(JobState::Dead, now),
        };
        let update = match job.kind {
            JobKind::GenerateVariants | JobKind::MakeImage => update,
            JobKind::AnalyzeSite | JobKind::UpdateStats | JobKind::TakeScreenshots | JobKind::VerifyInstall => {
                forgetful(update)
            }
        };
        self.fenced(update.col_expr(jobs::Column::LastError, Expr::value(reason)), job).await
    }

    /// Puts a claimed job back for whoever comes first, without blame: this process has to stop. `false` when the
    /// lease was lost.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn release_job(&self, job: &ClaimedJob, now: OffsetDateTime) -> Result<bool, StoreError> {
        let update = released(JobState::Queued)
            .col_expr(jobs::Column::RunAt, Expr::value(Millis::from(now)))
            .col_expr(jobs::Column::Attempts, Expr::value(job.attempts - 1));
        let held = self.fenced(update, job).await?;
        self.tell_of_work(&job.site).await?;
        Ok(held)
    }

    /// Stores visible progress and renews the lease; `false` when it was lost.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn record_progress(
        &self,
        job: &ClaimedJob,
        progress: &JobProgress,
        lease_until: OffsetDateTime,
    ) -> Result<bool, StoreError> {
        let update = jobs::Entity::update_many()
            .col_expr(jobs::Column::Steps, Expr::value(to_json("jobs", &progress.steps)?))
            .col_expr(jobs::Column::Log, Expr::value(to_json("jobs", &progress.log)?))
            .col_expr(jobs::Column::Percent, Expr::value(i16::from(progress.percent())))
            .col_expr(jobs::Column::LeaseUntil, Expr::value(Millis::from(lease_until)));
        self.fenced(update, job).await
    }

    /// Keeps what a step made, so that another process can go on from there; `false` when the lease was lost.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_for_job(&self, job: &ClaimedJob, value: Value) -> Result<bool, StoreError> {
        let update = jobs::Entity::update_many().col_expr(jobs::Column::Kept, Expr::value(Some(value)));
        self.silently_fenced(update, job).await
    }

    /// Adds what a job cost. The lease does not matter: what was spent is spent.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_cost(&self, job: &ClaimedJob, micros: i64) -> Result<(), StoreError> {
        jobs::Entity::update_many()
            .col_expr(jobs::Column::CostMicros, Expr::col(jobs::Column::CostMicros).add(micros))
            .filter(jobs::Column::SiteId.eq(job.site.site_id().0))
            .filter(jobs::Column::Id.eq(job.id.0))
            .exec(&self.transaction)
            .await?;
        Ok(())
    }

    /// Keeps a claimed job for longer; `false` when its lease was lost.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn renew_lease(&self, job: &ClaimedJob, until: OffsetDateTime) -> Result<bool, StoreError> {
        let update = jobs::Entity::update_many().col_expr(jobs::Column::LeaseUntil, Expr::value(Millis::from(until)));
        self.silently_fenced(update, job).await
    }

    /// The same as [`silently_fenced`](Self::silently_fenced), and whoever watches is told.
    async fn fenced(&self, update: UpdateMany<jobs::Entity>, job: &ClaimedJob) -> Result<bool, StoreError> {
        let held = self.silently_fenced(update, job).await?;
        if job.period.is_none() {
            self.tell_of_progress(&job.site).await?;
        }
        Ok(held)
    }

    /// Runs an update only while the lease is ours, so that the result of a process that was
    /// thought dead is refused.
    async fn silently_fenced(&self, update: UpdateMany<jobs::Entity>, job: &ClaimedJob) -> Result<bool, StoreError> {
        let result = update
            .filter(jobs::Column::SiteId.eq(job.site.site_id().0))
            .filter(jobs::Column::Id.eq(job.id.0))
            .filter(jobs::Column::LeaseOwner.eq(job.lease_owner))
            .exec(&self.transaction)
            .await?;
        Ok(result.rows_affected == 1)
    }
}

impl Store {
    /// Whether a job of these kinds may start now. Looking costs no right to write.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_job_due(&self, kinds: &[JobKind], now: OffsetDateTime) -> Result<bool, StoreError> {
        Ok(due(kinds, now).one(self.reader()).await?.is_some())
    }

    /// When the next job of these kinds becomes due, by its own time or because its lease ends.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next_job(&self, kinds: &[JobKind]) -> Result<Option<OffsetDateTime>, StoreError> {
        let next = async |state: JobState, column: jobs::Column| {
            let first = jobs::Entity::find()
                .select_only()
                .column(column)
                .filter(jobs::Column::State.eq(state.as_str()))
                .filter(of_kinds(kinds))
                .order_by_asc(column)
                .limit(1);
            first.into_tuple::<Option<Millis>>().one(self.reader()).await
        };
        let queued = next(JobState::Queued, jobs::Column::RunAt).await?.flatten();
        let leased = next(JobState::Running, jobs::Column::LeaseUntil).await?.flatten();
        Ok(queued.into_iter().chain(leased).min().map(Millis::time))
    }
}

/// Jobs of these kinds that may start now, the longest due first.
fn due(kinds: &[JobKind], now: OffsetDateTime) -> sea_orm::Select<jobs::Entity> {
    let waiting = jobs::Column::State.eq(JobState::Queued.as_str()).and(jobs::Column::RunAt.lte(Millis::from(now)));
    let abandoned =
        jobs::Column::State.eq(JobState::Running.as_str()).and(jobs::Column::LeaseUntil.lt(Millis::from(now)));
    jobs::Entity::find()
        .filter(of_kinds(kinds))
        .filter(Condition::any().add(waiting).add(abandoned))
        .order_by_asc(jobs::Column::RunAt)
        .limit(1)
}

fn of_kinds(kinds: &[JobKind]) -> sea_orm::sea_query::SimpleExpr {
    jobs::Column::Kind.is_in(kinds.iter().map(|kind| kind.as_str()))
}

/// An update that takes the lease from whoever has it.
pub(super) fn released(state: JobState) -> UpdateMany<jobs::Entity> {
    jobs::Entity::update_many()
        .col_expr(jobs::Column::State, Expr::value(state.as_str()))
        .col_expr(jobs::Column::LeaseOwner, Expr::value(None::<Uuid>))
        .col_expr(jobs::Column::LeaseUntil, Expr::value(None::<Millis>))
}

/// An update that ends a job and forgets what it kept; another one of its kind may come then.
pub(super) fn ended(state: JobState, now: OffsetDateTime) -> UpdateMany<jobs::Entity> {
    forgetful(closed(state, now))
}

fn closed(state: JobState, now: OffsetDateTime) -> UpdateMany<jobs::Entity> {
    released(state)
        .col_expr(jobs::Column::DoneAt, Expr::value(Millis::from(now)))
        .col_expr(jobs::Column::DedupKey, Expr::value(None::<String>))
}

fn forgetful(update: UpdateMany<jobs::Entity>) -> UpdateMany<jobs::Entity> {
    update.col_expr(jobs::Column::Kept, Expr::value(None::<Value>))
}
