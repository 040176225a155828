//! Statements that end: a database that stopped answering must not make anybody wait without end.
//!
//! A peer that vanished says nothing, and the system takes a quarter of an hour to notice. So time is
//! limited here, around each statement outside a transaction and around a transaction as a whole.

use sea_orm::{ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr, Statement};
use std::future::Future;
use std::time::Duration;
use tokio::time::Instant;

/// When waiting ends.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Until {
    /// Each statement may take this long.
    Each(Duration),
    /// All of them must have ended by then.
    All(Instant),
}

impl Until {
    /// Waits for an answer of the database, or fails as if the connection were lost, which it probably is.
    pub(crate) async fn wait<T>(self, answer: impl Future<Output = Result<T, DbErr>>) -> Result<T, DbErr> {
        let end = match self {
            Self::Each(limit) => Instant::now() + limit,
            Self::All(end) => end,
        };
        let late = |_| Err(DbErr::Conn(RuntimeErr::Internal("the database did not answer in time".to_owned())));
        tokio::time::timeout_at(end, answer).await.unwrap_or_else(late)
    }
}

/// A connection or transaction whose statements end.
#[derive(Clone)]
pub(crate) struct Bounded<C> {
    pub(crate) inner: C,
    pub(crate) until: Until,
}

#[async_trait::async_trait]
impl<C: ConnectionTrait + Send> ConnectionTrait for Bounded<C> {
    fn get_database_backend(&self) -> DbBackend {
        self.inner.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.until.wait(self.inner.execute_raw(statement)).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.until.wait(self.inner.execute_unprepared(sql)).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.until.wait(self.inner.query_one_raw(statement)).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.until.wait(self.inner.query_all_raw(statement)).await
    }
}
