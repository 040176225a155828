//! The counters that an event moves.

use crate::entity::{conversion_delays, experiment_stats, holdout_counts, ledger};
use crate::millis::Millis;
use crate::{StoreError, WriteTransaction};
use domain::{SiteId, VariantId};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use time::{Duration, OffsetDateTime};

/// Where a visitor counts: the cell of the exposure, whenever the conversion comes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Unit {
    pub(crate) site_id: SiteId,
    pub(crate) variant_id: VariantId,
    pub(crate) epoch: i64,
    /// Hours since 1970 of the exposure.
    pub(crate) hour: i64,
    /// The holdout is never among the arms.
    pub(crate) is_holdout: bool,
}

impl WriteTransaction {
    /// Moves the posterior and the ledger's cell together, or the holdout's.
    pub(crate) async fn count(
        &self,
        unit: Unit,
        visitors: i32,
        conversions: i32,
        now: OffsetDateTime,
    ) -> Result<(), StoreError> {
        if unit.is_holdout {
            return self.count_holdout(unit, visitors, conversions).await;
        }
        self.move_posterior(unit, visitors, conversions, now).await?;
        use ledger::Column as L;
        let row = ledger::ActiveModel {
            site_id: Set(unit.site_id.0),
            epoch: Set(unit.epoch),
            variant_id: Set(unit.variant_id.0),
            exposure_hour: Set(unit.hour),
            visitors: Set(i64::from(visitors)),
            conversions: Set(i64::from(conversions)),
        };
        let add = OnConflict::columns([L::SiteId, L::Epoch, L::VariantId, L::ExposureHour])
            .value(L::Visitors, Expr::col((ledger::Entity, L::Visitors)).add(visitors))
            .value(L::Conversions, Expr::col((ledger::Entity, L::Conversions)).add(conversions))
            .to_owned();
        ledger::Entity::insert(row).on_conflict(add).exec_without_returning(&self.transaction).await?;
        Ok(())
    }

    /// Notes how late a conversion came, or with -1 that it is none any more; young visitors are weighed by this.
    pub(crate) async fn note_delay(&self, unit: Unit, delay: Duration, conversions: i32) -> Result<(), StoreError> {
        use conversion_delays::Column as D;
        let row = conversion_delays::ActiveModel {
            site_id: Set(unit.site_id.0),
            exposure_day: Set(unit.hour.div_euclid(24)),
            delay_hour: Set(Ord::max(delay.whole_hours(), 0)),
            conversions: Set(i64::from(conversions)),
        };
        let add = OnConflict::columns([D::SiteId, D::ExposureDay, D::DelayHour])
            .value(D::Conversions, Expr::col((conversion_delays::Entity, D::Conversions)).add(conversions))
            .to_owned();
        conversion_delays::Entity::insert(row).on_conflict(add).exec_without_returning(&self.transaction).await?;
        Ok(())
    }

    async fn move_posterior(
        &self,
        unit: Unit,
        visitors: i32,
        conversions: i32,
        now: OffsetDateTime,
    ) -> Result<(), StoreError> {
        use experiment_stats::Column as S;
        experiment_stats::Entity::update_many()
            .col_expr(S::Visitors, Expr::col(S::Visitors).add(visitors))
            .col_expr(S::Conversions, Expr::col(S::Conversions).add(conversions))
            .col_expr(S::Alpha, Expr::col(S::Alpha).add(f64::from(conversions)))
            .col_expr(S::Beta, Expr::col(S::Beta).add(f64::from(visitors - conversions)))
            .col_expr(S::UpdatedAt, Expr::value(Millis::from(now)))
            .filter(S::SiteId.eq(unit.site_id.0))
            .filter(S::VariantId.eq(unit.variant_id.0))
            .exec(&self.transaction)
            .await?;
        Ok(())
    }

    async fn count_holdout(&self, unit: Unit, visitors: i32, conversions: i32) -> Result<(), StoreError> {
        use holdout_counts::Column as H;
        let row = holdout_counts::ActiveModel {
            site_id: Set(unit.site_id.0),
            exposure_hour: Set(unit.hour),
            visitors: Set(i64::from(visitors)),
            conversions: Set(i64::from(conversions)),
        };
        let add = OnConflict::columns([H::SiteId, H::ExposureHour])
            .value(H::Visitors, Expr::col((holdout_counts::Entity, H::Visitors)).add(visitors))
            .value(H::Conversions, Expr::col((holdout_counts::Entity, H::Conversions)).add(conversions))
            .to_owned();
        holdout_counts::Entity::insert(row).on_conflict(add).exec_without_returning(&self.transaction).await?;
        Ok(())
    }
}
