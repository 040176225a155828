//! Background work: enqueued in the transaction that needs it, claimed under a lease, fenced by its owner.

use crate::entity::{jobs, sites};
use crate::millis::Millis;
use crate::rows::{name, to_json};
use crate::sites::record;
use crate::{OwnedSite, Scope, Store, StoreError, WriteTransaction};
use domain::report::JobView;
use domain::{JobId, JobKind, JobState, JobStep, SiteId};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait, LockBehavior, LockType};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, TryInsertResult, UpdateMany};
use std::collections::HashMap;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// A job to be stored.
#[derive(Debug, Clone)]
pub struct NewJob {
    /// Identifier.
    pub id: JobId,
    /// What it does.
    pub kind: JobKind,
    /// When it may start.
    pub run_at: OffsetDateTime,
    /// Most tries.
    pub max_attempts: i32,
    /// Queued again this long after each success.
    pub period: Option<Duration>,
}

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
}

impl WriteTransaction {
    /// Stores a job, unless an open one of the same kind and site is there; `true` when stored.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn enqueue(&self, site: &OwnedSite, job: &NewJob, now: OffsetDateTime) -> Result<bool, StoreError> {
        let row = jobs::ActiveModel {
            site_id: Set(site.site_id().0),
            id: Set(job.id.0),
            kind: Set(job.kind.as_str().to_owned()),
            dedup_key: Set(Some(job.kind.as_str().to_owned())),
            state: Set(JobState::Queued.as_str().to_owned()),
            attempts: Set(0),
            max_attempts: Set(job.max_attempts),
            period_ms: Set(job.period.map(|period| i64::try_from(period.whole_milliseconds()).unwrap_or(i64::MAX))),
            run_at: Set(job.run_at.into()),
            lease_owner: Set(None),
            lease_until: Set(None),
            percent: Set(0),
            steps: Set(serde_json::json!([])),
            last_error: Set(None),
            created_at: Set(now.into()),
            done_at: Set(None),
        };
        let stored = jobs::Entity::insert(row)
            .on_conflict_do_nothing_on([jobs::Column::SiteId, jobs::Column::DedupKey])
            .exec_without_returning(&self.transaction)
            .await?;
        Ok(matches!(stored, TryInsertResult::Inserted(1..)))
    }

    /// Queues a job that gave up once more; `false` when it is in another state, or when
    /// another job of its kind is open already.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn retry_job(&self, site: &OwnedSite, job_id: JobId, now: OffsetDateTime) -> Result<bool, StoreError> {
        let found = jobs::Entity::find_by_id((site.site_id().0, job_id.0))
            .filter(jobs::Column::State.eq(JobState::Dead.as_str()))
            .one(&self.transaction)
            .await?;
        let Some(job) = found else { return Ok(false) };
        let open = jobs::Entity::find()
            .filter(jobs::Column::SiteId.eq(site.site_id().0))
            .filter(jobs::Column::DedupKey.eq(&job.kind))
            .one(&self.transaction)
            .await?;
        if open.is_some() {
            return Ok(false);
        }
        jobs::Entity::update_many()
            .col_expr(jobs::Column::State, Expr::value(JobState::Queued.as_str()))
            .col_expr(jobs::Column::DedupKey, Expr::value(job.kind))
            .col_expr(jobs::Column::Attempts, Expr::value(0))
            .col_expr(jobs::Column::RunAt, Expr::value(Millis::from(now)))
            .col_expr(jobs::Column::Percent, Expr::value(0))
            .col_expr(jobs::Column::Steps, Expr::value(serde_json::json!([])))
            .col_expr(jobs::Column::DoneAt, Expr::value(None::<Millis>))
            .filter(jobs::Column::SiteId.eq(site.site_id().0))
            .filter(jobs::Column::Id.eq(job_id.0))
            .exec(&self.transaction)
            .await?;
        Ok(true)
    }

    /// Ends a claimed job well: done, or queued again when it recurs. `false` when the lease was
    /// lost, so that whatever else is in this transaction must not be committed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn finish_job(&self, job: &ClaimedJob, now: OffsetDateTime) -> Result<bool, StoreError> {
        let update = match job.period {
            Some(period) => release(JobState::Queued)
                .col_expr(jobs::Column::RunAt, Expr::value(Millis::from(now + period)))
                .col_expr(jobs::Column::Attempts, Expr::value(0)),
            None => release(JobState::Done)
                .col_expr(jobs::Column::DoneAt, Expr::value(Millis::from(now)))
                .col_expr(jobs::Column::DedupKey, Expr::value(None::<String>)),
        };
        let update = update
            .col_expr(jobs::Column::Percent, Expr::value(100))
            .col_expr(jobs::Column::LastError, Expr::value(None::<String>));
        self.fenced(update, job).await
    }

    /// Puts a claimed job back for another try at `run_at`, or gives it up when `run_at` is absent.
    /// `false` when the lease was lost.
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
            Some(run_at) => release(JobState::Queued).col_expr(jobs::Column::RunAt, Expr::value(Millis::from(run_at))),
            None => release(JobState::Dead)
                .col_expr(jobs::Column::DoneAt, Expr::value(Millis::from(now)))
                .col_expr(jobs::Column::DedupKey, Expr::value(None::<String>)),
        };
        self.fenced(update.col_expr(jobs::Column::LastError, Expr::value(reason)), job).await
    }

    /// Stores visible progress and renews the lease; `false` when it was lost.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn record_progress(
        &self,
        job: &ClaimedJob,
        steps: &[JobStep],
        lease_until: OffsetDateTime,
    ) -> Result<bool, StoreError> {
        let percent = steps.last().map_or(0, |step| i16::from(step.percent));
        let update = jobs::Entity::update_many()
            .col_expr(jobs::Column::Steps, Expr::value(to_json("jobs", &steps)?))
            .col_expr(jobs::Column::Percent, Expr::value(percent))
            .col_expr(jobs::Column::LeaseUntil, Expr::value(Millis::from(lease_until)));
        self.fenced(update, job).await
    }

    /// Keeps a claimed job for longer; `false` when its lease was lost.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn renew_lease(&self, job: &ClaimedJob, until: OffsetDateTime) -> Result<bool, StoreError> {
        let update = jobs::Entity::update_many().col_expr(jobs::Column::LeaseUntil, Expr::value(Millis::from(until)));
        self.fenced(update, job).await
    }

    /// Runs an update only while the lease is ours, so that the result of a process that was
    /// thought dead is refused.
    async fn fenced(&self, update: UpdateMany<jobs::Entity>, job: &ClaimedJob) -> Result<bool, StoreError> {
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
    ) -> Result<Option<ClaimedJob>, StoreError> {
        // Looking costs no write lock while there is nothing to do.
        if due(kinds, now).one(self.reader()).await?.is_none() {
            return Ok(None);
        }
        let write = self.begin().await?;
        let found = due(kinds, now)
            .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
            .one(&write.transaction)
            .await?;
        let Some(row) = found else { return Ok(None) };
        let mine = |update: UpdateMany<jobs::Entity>| {
            update.filter(jobs::Column::SiteId.eq(row.site_id)).filter(jobs::Column::Id.eq(row.id))
        };
        if row.attempts >= row.max_attempts {
            let reason = "The work was interrupted too many times.";
            let update = release(JobState::Dead)
                .col_expr(jobs::Column::LastError, Expr::value(reason))
                .col_expr(jobs::Column::DoneAt, Expr::value(Millis::from(now)))
                .col_expr(jobs::Column::DedupKey, Expr::value(None::<String>));
            mine(update).exec(&write.transaction).await?;
            write.commit().await?;
            return Ok(None);
        }
        let update = jobs::Entity::update_many()
            .col_expr(jobs::Column::State, Expr::value(JobState::Running.as_str()))
            .col_expr(jobs::Column::Attempts, Expr::value(row.attempts + 1))
            .col_expr(jobs::Column::LeaseOwner, Expr::value(lease_owner))
            .col_expr(jobs::Column::LeaseUntil, Expr::value(Millis::from(lease_until)))
            .col_expr(jobs::Column::Percent, Expr::value(0))
            .col_expr(jobs::Column::Steps, Expr::value(serde_json::json!([])));
        mine(update).exec(&write.transaction).await?;
        write.commit().await?;
        Ok(Some(ClaimedJob {
            id: JobId(row.id),
            site: OwnedSite::new(SiteId(row.site_id)),
            kind: name("jobs", &row.kind)?,
            attempts: row.attempts + 1,
            max_attempts: row.max_attempts,
            period: row.period_ms.map(Duration::milliseconds),
            lease_owner,
        }))
    }

    /// The site's newest jobs, at most 20.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn jobs(&self, site: &OwnedSite) -> Result<Vec<JobView>, StoreError> {
        let rows = jobs::Entity::find()
            .filter(jobs::Column::SiteId.eq(site.site_id().0))
            .order_by_desc(jobs::Column::CreatedAt)
            .limit(20)
            .all(self.reader())
            .await?;
        rows.into_iter().map(JobView::try_from).collect()
    }
}

impl Scope<'_> {
    /// The newest jobs of all the viewer's sites, at most 100.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn jobs(&self) -> Result<Vec<JobView>, StoreError> {
        let rows = jobs::Entity::find()
            .filter(jobs::Column::SiteId.in_subquery(self.own_sites()))
            .order_by_desc(jobs::Column::CreatedAt)
            .limit(100)
            .all(self.store.reader())
            .await?;
        let names = self.site_names().await?;
        let view = |row: jobs::Model| {
            let site_name = names.get(&row.site_id).cloned();
            Ok(JobView { site_name, ..JobView::try_from(row)? })
        };
        rows.into_iter().map(view).collect()
    }

    async fn site_names(&self) -> Result<HashMap<Uuid, String>, StoreError> {
        let own = sites::Entity::find().filter(sites::Column::UserId.eq(self.user_id.0));
        let rows = own.all(self.store.reader()).await?;
        rows.into_iter().map(|row| Ok((row.id, record(row)?.name()))).collect()
    }

    /// The site of one of the viewer's jobs.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn site_of_job(&self, job_id: JobId) -> Result<Option<OwnedSite>, StoreError> {
        let row = jobs::Entity::find()
            .filter(jobs::Column::Id.eq(job_id.0))
            .filter(jobs::Column::SiteId.in_subquery(self.own_sites()))
            .one(self.store.reader())
            .await?;
        Ok(row.map(|row| OwnedSite::new(SiteId(row.site_id))))
    }

    pub(crate) fn own_sites(&self) -> sea_orm::sea_query::SelectStatement {
        sea_orm::QueryTrait::into_query(
            sites::Entity::find()
                .select_only()
                .column(sites::Column::Id)
                .filter(sites::Column::UserId.eq(self.user_id.0)),
        )
    }
}

/// Jobs of these kinds that may start now, the longest due first.
fn due(kinds: &[JobKind], now: OffsetDateTime) -> sea_orm::Select<jobs::Entity> {
    let waiting = jobs::Column::State.eq(JobState::Queued.as_str()).and(jobs::Column::RunAt.lte(Millis::from(now)));
    let abandoned =
        jobs::Column::State.eq(JobState::Running.as_str()).and(jobs::Column::LeaseUntil.lt(Millis::from(now)));
    jobs::Entity::find()
        .filter(jobs::Column::Kind.is_in(kinds.iter().map(|kind| kind.as_str())))
        .filter(Condition::any().add(waiting).add(abandoned))
        .order_by_asc(jobs::Column::RunAt)
        .limit(1)
}

/// An update that leaves the running state.
fn release(state: JobState) -> UpdateMany<jobs::Entity> {
    jobs::Entity::update_many()
        .col_expr(jobs::Column::State, Expr::value(state.as_str()))
        .col_expr(jobs::Column::LeaseOwner, Expr::value(None::<Uuid>))
        .col_expr(jobs::Column::LeaseUntil, Expr::value(None::<Millis>))
}
