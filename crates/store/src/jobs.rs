//! Background work: enqueued in the transaction that needs it, claimed under a lease, fenced by its owner.

mod claimed;

pub use claimed::{Claim, ClaimedJob};

use crate::entity::{jobs, sites};
use crate::millis::Millis;
use crate::rows::name;
use crate::sites::record;
use crate::{OwnedSite, Scope, Store, StoreError, WriteTransaction};
use claimed::ended;
use domain::report::JobView;
use domain::{JobId, JobKind, JobState, SiteId};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, TryInsertResult};
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
            log: Set(serde_json::json!([])),
            cost_micros: Set(0),
            kept: Set(None),
        };
        let stored = jobs::Entity::insert(row)
            .on_conflict_do_nothing_on([jobs::Column::SiteId, jobs::Column::DedupKey])
            .exec_without_returning(&self.transaction)
            .await?;
        let is_stored = matches!(stored, TryInsertResult::Inserted(1..));
        if is_stored {
            self.tell_of_work(site).await?;
        }
        Ok(is_stored)
    }

    /// Queues a job that gave up or was cancelled once more, with what it kept; `false` when it is in another state, or when
    /// another job of its kind is open already.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn retry_job(&self, site: &OwnedSite, job_id: JobId, now: OffsetDateTime) -> Result<bool, StoreError> {
        let found = jobs::Entity::find_by_id((site.site_id().0, job_id.0)).one(&self.transaction).await?;
        let Some(job) = found else { return Ok(false) };
        if !name::<JobState>("jobs", &job.state)?.may_be_retried() {
            return Ok(false);
        }
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
        self.tell_of_work(site).await?;
        Ok(true)
    }

    /// Ends a job that waits or is at work, and takes its lease, so that whatever is still done for it is refused.
    /// What it did; `None` when it had ended already, or recurs and so cannot be cancelled.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn cancel_job(
        &self,
        site: &OwnedSite,
        job_id: JobId,
        now: OffsetDateTime,
    ) -> Result<Option<JobKind>, StoreError> {
        let found = jobs::Entity::find_by_id((site.site_id().0, job_id.0)).one(&self.transaction).await?;
        let Some(job) = found else { return Ok(None) };
        let cancelled = ended(JobState::Cancelled, now)
            .filter(jobs::Column::SiteId.eq(site.site_id().0))
            .filter(jobs::Column::Id.eq(job_id.0))
            .filter(jobs::Column::State.is_in([JobState::Queued.as_str(), JobState::Running.as_str()]))
            .filter(jobs::Column::PeriodMs.is_null())
            .exec(&self.transaction)
            .await?;
        if cancelled.rows_affected == 0 {
            return Ok(None);
        }
        self.tell_of_cancelled(job_id).await?;
        self.tell_of_progress(site).await?;
        Ok(Some(name("jobs", &job.kind)?))
    }
}

impl Store {
    /// Deletes jobs that ended before `before`, at most 1,000 at once; how many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn prune_jobs(&self, before: OffsetDateTime) -> Result<u64, StoreError> {
        let old = jobs::Entity::find().filter(jobs::Column::DoneAt.lt(Millis::from(before))).limit(1_000);
        let old = old.all(self.slow_reader()).await?;
        let write = self.begin().await?;
        let mut deleted = 0;
        for row in old {
            // One that was tried again meanwhile has not ended.
            let gone = jobs::Entity::delete_many()
                .filter(jobs::Column::SiteId.eq(row.site_id))
                .filter(jobs::Column::Id.eq(row.id))
                .filter(jobs::Column::DoneAt.lt(Millis::from(before)));
            deleted += gone.exec(&write.transaction).await?.rows_affected;
        }
        write.commit().await?;
        Ok(deleted)
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
