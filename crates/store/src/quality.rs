//! What is not counted: automated browsers, previews, and visitors who were shown two variants.

use crate::entity::{assign_requests, uncounted, variants, visitors};
use crate::rows::name;
use crate::{OwnedSite, Store, StoreError, WriteTransaction};
use domain::{EventType, IncomingEvent, NotCounted, SiteId, VariantId, VariantStatus};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use time::OffsetDateTime;
use uuid::Uuid;

/// Name of the rows that count visitors who were shown two variants.
const SAW_ANOTHER: &str = "saw_another";

/// Events of one variant that were stored and not counted for one reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Uncounted {
    /// Why; `None` for counted visitors who were later shown another variant although theirs was still active.
    pub reason: Option<NotCounted>,
    /// The variant that the events name.
    pub variant_id: VariantId,
    /// Exposures.
    pub impressions: i64,
    /// Conversions.
    pub conversions: i64,
}

/// How often the browsers of a site asked for a variant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Requests {
    /// All requests.
    pub all: i64,
    /// Those of automated browsers.
    pub automated: i64,
}

impl WriteTransaction {
    /// Counts an event that is stored and not counted.
    pub(crate) async fn count_uncounted(
        &self,
        event: &IncomingEvent,
        reason: NotCounted,
        now: OffsetDateTime,
    ) -> Result<(), StoreError> {
        let is_exposure = event.event_type == EventType::Impression;
        let one = (i64::from(is_exposure), i64::from(!is_exposure));
        self.add_uncounted(event.site_id, event.variant_id, reason.as_str(), one, now).await
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
        let noted = visitors::Entity::update_many()
            .col_expr(visitors::Column::SawAnother, Expr::value(true))
            .filter(visitors::Column::SiteId.eq(unit.site_id))
            .filter(visitors::Column::VisitorId.eq(unit.visitor_id))
            .filter(visitors::Column::SawAnother.eq(false))
            .exec(&self.transaction)
            .await?;
        if noted.rows_affected == 0 {
            return Ok(());
        }
        self.add_uncounted(event.site_id, VariantId(unit.variant_id), SAW_ANOTHER, (1, 0), now).await
    }

    async fn add_uncounted(
        &self,
        site_id: SiteId,
        variant_id: VariantId,
        reason: &str,
        (impressions, conversions): (i64, i64),
        now: OffsetDateTime,
    ) -> Result<(), StoreError> {
        use uncounted::Column as U;
        let row = uncounted::ActiveModel {
            site_id: Set(site_id.0),
            reason: Set(reason.to_owned()),
            variant_id: Set(variant_id.0),
            hour: Set(now.unix_timestamp().div_euclid(3600)),
            impressions: Set(impressions),
            conversions: Set(conversions),
        };
        let own = |column: U| Expr::col((uncounted::Entity, column));
        let add = OnConflict::columns([U::SiteId, U::Reason, U::VariantId, U::Hour])
            .value(U::Impressions, own(U::Impressions).add(impressions))
            .value(U::Conversions, own(U::Conversions).add(conversions))
            .to_owned();
        uncounted::Entity::insert(row).on_conflict(add).exec_without_returning(&self.transaction).await?;
        Ok(())
    }

    /// Adds requests for a variant to those of the hour.
    ///
    /// # Errors
    /// When the database fails; [`StoreError::Dangling`] when the site was deleted.
    pub async fn add_requests(&self, site_id: SiteId, more: Requests, now: OffsetDateTime) -> Result<(), StoreError> {
        use assign_requests::Column as R;
        let row = assign_requests::ActiveModel {
            site_id: Set(site_id.0),
            hour: Set(now.unix_timestamp().div_euclid(3600)),
            requests: Set(more.all),
            automated: Set(more.automated),
        };
        let own = |column: R| Expr::col((assign_requests::Entity, column));
        let add = OnConflict::columns([R::SiteId, R::Hour])
            .value(R::Requests, own(R::Requests).add(more.all))
            .value(R::Automated, own(R::Automated).add(more.automated))
            .to_owned();
        assign_requests::Entity::insert(row).on_conflict(add).exec_without_returning(&self.transaction).await?;
        Ok(())
    }
}

impl Store {
    /// What was stored and not counted so far, by reason and variant.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn uncounted(&self, site: &OwnedSite) -> Result<Vec<Uncounted>, StoreError> {
        use uncounted::Column as U;
        let rows = uncounted::Entity::find()
            .filter(U::SiteId.eq(site.site_id().0))
            .select_only()
            .column(U::Reason)
            .column(U::VariantId)
            .column_as(U::Impressions.sum().cast_as("bigint"), "impressions")
            .column_as(U::Conversions.sum().cast_as("bigint"), "conversions")
            .group_by(U::Reason)
            .group_by(U::VariantId)
            .into_tuple::<(String, Uuid, i64, i64)>()
            .all(self.reader())
            .await?;
        let row = |(reason, variant_id, impressions, conversions): (String, Uuid, i64, i64)| {
            let reason = if reason == SAW_ANOTHER { None } else { Some(name("uncounted", &reason)?) };
            Ok(Uncounted { reason, variant_id: VariantId(variant_id), impressions, conversions })
        };
        rows.into_iter().map(row).collect()
    }

    /// How often the site's browsers asked for a variant since an hour.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn requests_since(&self, site: &OwnedSite, hour: i64) -> Result<Requests, StoreError> {
        use assign_requests::Column as R;
        let sums = assign_requests::Entity::find()
            .filter(R::SiteId.eq(site.site_id().0))
            .filter(R::Hour.gte(hour))
            .select_only()
            .column_as(R::Requests.sum().cast_as("bigint"), "requests")
            .column_as(R::Automated.sum().cast_as("bigint"), "automated")
            .into_tuple::<(Option<i64>, Option<i64>)>()
            .one(self.reader())
            .await?;
        let (all, automated) = sums.unwrap_or_default();
        Ok(Requests { all: all.unwrap_or(0), automated: automated.unwrap_or(0) })
    }
}
