//! News of sites that other processes changed.
//!
//! Whoever changes what visitors could see tells it to the others on the same Postgres, in the transaction of
//! the change. A message may get lost with its connection, so nobody relies on it: versions are compared every
//! few seconds in any case. Events never notify, because Postgres lets only one transaction at a time do so.

use crate::deadline::Until;
use crate::{OwnedSite, Store, StoreError, WriteTransaction};
use domain::SiteId;
use sea_orm::sqlx::{self, postgres::PgListener};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, RuntimeErr, Statement};

const CHANNEL: &str = "evoloop_sites";

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
            listener.listen(CHANNEL).await.map_err(lost)?;
            Ok(listener)
        };
        Ok(Some(Changes(Until::Each(self.limits.acquire).wait(listening).await?)))
    }
}

impl Changes {
    /// The next site that was changed. Nothing is lost when the wait is given up.
    ///
    /// # Errors
    /// When the connection is lost; then another one is needed.
    pub async fn next(&mut self) -> Result<SiteId, StoreError> {
        loop {
            let news = self.0.recv().await.map_err(lost)?;
            if let Ok(site_id) = news.payload().parse() {
                return Ok(site_id);
            }
        }
    }
}

fn lost(error: sqlx::Error) -> DbErr {
    DbErr::Conn(RuntimeErr::SqlxError(error.into()))
}

impl WriteTransaction {
    /// Tells the other processes of a change, once it is committed.
    pub(crate) async fn tell_of(&self, site: &OwnedSite) -> Result<(), StoreError> {
        if self.is_shared() {
            let values = [CHANNEL.into(), site.site_id().to_string().into()];
            let notify = Statement::from_sql_and_values(DbBackend::Postgres, "SELECT pg_notify($1, $2)::text", values);
            self.transaction.query_one_raw(notify).await?;
        }
        Ok(())
    }
}
