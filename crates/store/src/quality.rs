//! What is not counted: automated browsers, previews, and visitors who were shown two variants.

use crate::entity::{uncounted, variants, visitors};
use crate::rows::name;
use crate::{OwnedSite, Store, StoreError, WriteTransaction};
use domain::{IncomingEvent, NotCounted, SiteId, VariantStatus};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use time::OffsetDateTime;

/// Name of the row that counts visitors who were shown two variants.
const SAW_ANOTHER: &str = "saw_another";

/// Exposures that were stored and not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Uncounted {
    /// Of automated browsers.
    pub bots: i64,
    /// For another reason.
    pub others: i64,
    /// Counted visitors who were later shown another variant although theirs was still active.
    pub saw_another: i64,
}

impl WriteTransaction {
    /// Counts an exposure that is stored and not counted.
    pub(crate) async fn count_uncounted(
        &self,
        site_id: SiteId,
        reason: NotCounted,
        now: OffsetDateTime,
    ) -> Result<(), StoreError> {
        self.add_uncounted(site_id, reason.as_str(), now).await
    }

    /// Notes that a counted visitor reports another variant than the one that counts. That happens by
    /// itself once the first one is retired; while it is active, something assigns wrongly.
    pub(crate) async fn note_another_variant(
        &self,
        event: &IncomingEvent,
        is_holdout: bool,
        now: OffsetDateTime,
    ) -> Result<(), StoreError> {
        let key = (event.site_id.0, event.visitor_id.as_str().to_owned());
        let Some(unit) = visitors::Entity::find_by_id(key).one(&self.transaction).await? else { return Ok(()) };
        let is_same = unit.variant_id == event.variant_id.0 && unit.is_holdout == is_holdout;
        if is_same || unit.saw_another {
            return Ok(());
        }
        let first = variants::Entity::find_by_id((event.site_id.0, unit.variant_id)).one(&self.transaction).await?;
        let status = first.map(|row| name::<VariantStatus>("variants", &row.status)).transpose()?;
        if !status.is_some_and(VariantStatus::is_served) {
            return Ok(());
        }
        visitors::Entity::update_many()
            .col_expr(visitors::Column::SawAnother, Expr::value(true))
            .filter(visitors::Column::SiteId.eq(unit.site_id))
            .filter(visitors::Column::VisitorId.eq(unit.visitor_id))
            .exec(&self.transaction)
            .await?;
        self.add_uncounted(event.site_id, SAW_ANOTHER, now).await
    }

    async fn add_uncounted(&self, site_id: SiteId, reason: &str, now: OffsetDateTime) -> Result<(), StoreError> {
        use uncounted::Column as U;
        let row = uncounted::ActiveModel {
            site_id: Set(site_id.0),
            reason: Set(reason.to_owned()),
            hour: Set(now.unix_timestamp().div_euclid(3600)),
            impressions: Set(1),
        };
        let add = OnConflict::columns([U::SiteId, U::Reason, U::Hour])
            .value(U::Impressions, Expr::col((uncounted::Entity, U::Impressions)).add(1))
            .to_owned();
        uncounted::Entity::insert(row).on_conflict(add).exec_without_returning(&self.transaction).await?;
        Ok(())
    }
}

impl Store {
    /// What was stored and not counted so far.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn uncounted(&self, site: &OwnedSite) -> Result<Uncounted, StoreError> {
        let rows =
            uncounted::Entity::find().filter(uncounted::Column::SiteId.eq(site.site_id().0)).all(self.reader()).await?;
        Ok(rows.into_iter().fold(Uncounted::default(), |mut sum, row| {
            let own = match row.reason.as_str() {
                SAW_ANOTHER => &mut sum.saw_another,
                reason if reason == NotCounted::Bot.as_str() => &mut sum.bots,
                _ => &mut sum.others,
            };
            *own += row.impressions;
            sum
        }))
    }
}
