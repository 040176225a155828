//! Upkeep that belongs to no site: due at its time, done by one process, and by another should that one die.
//!
//! What recurs for a site is a job with a period instead; both obey the same rules.

use crate::entity::schedules;
use crate::millis::Millis;
use crate::{Store, StoreError};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, UpdateMany};
use time::OffsetDateTime;
use uuid::Uuid;

/// What came of asking for a schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// The caller does it, until its lease ends.
    Ours,
    /// Nobody needs to look before this time.
    NotBefore(OffsetDateTime),
}

/// A schedule that was taken.
#[derive(Debug, Clone, Copy)]
pub struct Lease<'a> {
    /// Name of the schedule.
    pub name: &'a str,
    /// Who holds it.
    pub owner: Uuid,
}

impl Store {
    /// Takes a schedule when it is due and nobody else has it. One that was never heard of is due now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_schedule(
        &self,
        lease: Lease<'_>,
        now: OffsetDateTime,
        lease_until: OffsetDateTime,
    ) -> Result<Turn, StoreError> {
        // Looking costs no right to write while nothing is due.
        let known = schedules::Entity::find_by_id(lease.name).one(self.reader()).await?;
        if let Some(row) = &known {
            let until = std::cmp::max(row.next_at, row.lease_until.unwrap_or(row.next_at));
            if until > Millis::from(now) {
                return Ok(Turn::NotBefore(until.time()));
            }
        }
        let write = self.begin().await?;
        if known.is_none() {
            let row = schedules::ActiveModel {
                name: Set(lease.name.to_owned()),
                next_at: Set(now.into()),
                lease_owner: Set(None),
                lease_until: Set(None),
                runs: Set(0),
                last_error: Set(None),
            };
            schedules::Entity::insert(row)
                .on_conflict_do_nothing_on([schedules::Column::Name])
                .exec_without_returning(&write.transaction)
                .await?;
        }
        let is_free = Condition::any()
            .add(schedules::Column::LeaseUntil.is_null())
            .add(schedules::Column::LeaseUntil.lte(Millis::from(now)));
        let taken = schedules::Entity::update_many()
            .col_expr(schedules::Column::LeaseOwner, Expr::value(lease.owner))
            .col_expr(schedules::Column::LeaseUntil, Expr::value(Millis::from(lease_until)))
            .filter(schedules::Column::Name.eq(lease.name))
            .filter(schedules::Column::NextAt.lte(Millis::from(now)))
            .filter(is_free)
            .exec(&write.transaction)
            .await?;
        write.commit().await?;
        Ok(if taken.rows_affected == 1 { Turn::Ours } else { Turn::NotBefore(lease_until) })
    }

    /// Keeps a schedule for longer; `false` when its lease was lost.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn renew_schedule(&self, lease: Lease<'_>, until: OffsetDateTime) -> Result<bool, StoreError> {
        let update =
            schedules::Entity::update_many().col_expr(schedules::Column::LeaseUntil, Expr::value(Millis::from(until)));
        self.fenced_schedule(update, lease).await
    }

    /// Ends a turn, well or with a reason, and says when the next one is due. `false` when the lease was lost.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_schedule(
        &self,
        lease: Lease<'_>,
        error: Option<&str>,
        next_at: OffsetDateTime,
    ) -> Result<bool, StoreError> {
        let run = i64::from(error.is_none());
        let update = schedules::Entity::update_many()
            .col_expr(schedules::Column::NextAt, Expr::value(Millis::from(next_at)))
            .col_expr(schedules::Column::LeaseOwner, Expr::value(None::<Uuid>))
            .col_expr(schedules::Column::LeaseUntil, Expr::value(None::<Millis>))
            .col_expr(schedules::Column::Runs, Expr::col(schedules::Column::Runs).add(run))
            .col_expr(schedules::Column::LastError, Expr::value(error.map(str::to_owned)));
        self.fenced_schedule(update, lease).await
    }

    /// How often a schedule was done; absent when it never came up.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn schedule_runs(&self, name: &str) -> Result<Option<i64>, StoreError> {
        let row = schedules::Entity::find_by_id(name).one(self.reader()).await?;
        Ok(row.map(|row| row.runs))
    }

    async fn fenced_schedule(
        &self,
        update: UpdateMany<schedules::Entity>,
        lease: Lease<'_>,
    ) -> Result<bool, StoreError> {
        let write = self.begin().await?;
        let ours = schedules::Column::Name.eq(lease.name).and(schedules::Column::LeaseOwner.eq(lease.owner));
        let result = update.filter(ours).exec(&write.transaction).await?;
        write.commit().await?;
        Ok(result.rows_affected == 1)
    }
}
