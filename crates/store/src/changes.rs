//! News of what other processes changed.
//!
//! Whoever changes what visitors could see, or a job, tells it to the others on the same Postgres, in the
//! transaction of the change. A message may get lost with its connection, so nobody relies on it: versions are
//! compared and jobs are looked for every few seconds in any case. Events never notify, because Postgres lets only one transaction at a time do so.

use crate::deadline::Until;
use crate::{OwnedSite, Store, StoreError, WriteTransaction};
use domain::{JobId, SiteId};
use sea_orm::sqlx::{self, postgres::PgListener};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, RuntimeErr, Statement};

const SITES: &str = "evoloop_sites";
const WORK: &str = "evoloop_work";
const PROGRESS: &str = "evoloop_progress";
const CANCELLED: &str = "evoloop_cancelled";

/// What happened, in this process or in another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    /// A site was changed.
    Site(SiteId),
    /// A job of this site waits for a worker.
    Work(SiteId),
    /// A job of this site went on.
    Progress(SiteId),
    /// A job was cancelled.
    Cancelled(JobId),
}

/// A connection that waits for news.
pub struct Changes(PgListener);

impl Store {
    /// Begins to wait for news; `None` on SQLite, which has no way to tell them.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn listen(&self) -> Result<Option<Changes>, StoreError> {
        if self.reader().get_database_backend() != DbBackend::Postgres {
            return Ok(None);
        }
        let listening = async {
            let mut listener = PgListener::connect(self.url.as_str()).await.map_err(lost)?;
            listener.listen_all([SITES, WORK, PROGRESS, CANCELLED]).await.map_err(lost)?;
            Ok(listener)
        };
        Ok(Some(Changes(Until::Each(self.limits.acquire).wait(listening).await?)))
    }
}

impl Changes {
    /// What happens next. Nothing is lost when the wait is given up.
    ///
    /// # Errors
    /// When the connection is lost; then another one is needed.
    pub async fn next(&mut self) -> Result<News, StoreError> {
        loop {
            let news = self.0.recv().await.map_err(lost)?;
            if let Some(news) = read(news.channel(), news.payload()) {
                return Ok(news);
            }
        }
    }
}

fn read(channel: &str, payload: &str) -> Option<News> {
    match channel {
        SITES => payload.parse().ok().map(News::Site),
        WORK => payload.parse().ok().map(News::Work),
        PROGRESS => payload.parse().ok().map(News::Progress),
        CANCELLED => payload.parse().ok().map(News::Cancelled),
        _ => None,
    }
}

fn lost(error: sqlx::Error) -> DbErr {
    DbErr::Conn(RuntimeErr::SqlxError(error.into()))
}

impl WriteTransaction {
    /// Tells the other processes of a change, once it is committed.
    pub(crate) async fn tell_of(&self, site: &OwnedSite) -> Result<(), StoreError> {
        self.tell(SITES, site.site_id().to_string()).await
    }

    /// Wakes the workers of the other processes, once the job is committed.
    pub(crate) async fn tell_of_work(&self, site: &OwnedSite) -> Result<(), StoreError> {
        self.tell(WORK, site.site_id().to_string()).await
    }

    /// Tells dashboards that other processes serve how far a job is.
    pub(crate) async fn tell_of_progress(&self, site: &OwnedSite) -> Result<(), StoreError> {
        self.tell(PROGRESS, site.site_id().to_string()).await
    }

    /// Tells the process that works on a job to stop.
    pub(crate) async fn tell_of_cancelled(&self, job_id: JobId) -> Result<(), StoreError> {
        self.tell(CANCELLED, job_id.to_string()).await
    }

    async fn tell(&self, channel: &str, payload: String) -> Result<(), StoreError> {
        if self.is_shared() {
            let values = [channel.into(), payload.into()];
            let notify = Statement::from_sql_and_values(DbBackend::Postgres, "SELECT pg_notify($1, $2)::text", values);
            self.transaction.query_one_raw(notify).await?;
        }
        Ok(())
    }
}
