//! What is not counted: automated browsers, previews, visitors who were shown two variants, and events that
//! were turned away.

use crate::bulk::{Part, Rows, add_up};
use crate::entity::{assign_requests, dropped_events, uncounted};
use crate::ingest::SAW_ANOTHER;
use crate::rows::name;
use crate::{OwnedSite, Store, StoreError, WriteTransaction};
use domain::event::Dropped;
use domain::{NotCounted, SiteId, VariantId};
use sea_orm::sea_query::ExprTrait;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use time::OffsetDateTime;
use uuid::Uuid;

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
    /// Adds requests for a variant to those of the hour, of all sites that are still there.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_requests(&self, more: &[(SiteId, Requests)], now: OffsetDateTime) -> Result<(), StoreError> {
        let hour = now.unix_timestamp().div_euclid(3600);
        let mut more = more.to_vec();
        more.sort_by_key(|(site_id, _)| *site_id);
        let rows = Rows::new(more.len())
            .uuid("site_id", more.iter().map(|(site_id, _)| site_id.0))
            .whole("hour", more.iter().map(|_| hour))
            .whole("requests", more.iter().map(|(_, more)| more.all))
            .whole("automated", more.iter().map(|(_, more)| more.automated));
        let statement = "INSERT INTO assign_requests (site_id, hour, requests, automated) \
                         SELECT site_id, hour, requests, automated FROM incoming \
                         WHERE EXISTS (SELECT 1 FROM sites WHERE sites.id = incoming.site_id) \
                         ON CONFLICT (site_id, hour) DO UPDATE SET \
                         requests = assign_requests.requests + excluded.requests, \
                         automated = assign_requests.automated + excluded.automated";
        self.write_parts(vec![Part { statement: statement.to_owned(), rows, all_new: false }]).await?;
        Ok(())
    }
}

impl WriteTransaction {
    /// Adds events that were turned away to those of the hour, of all sites that are still there.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_dropped(&self, more: &[(SiteId, Dropped, i64)], now: OffsetDateTime) -> Result<(), StoreError> {
        let hour = now.unix_timestamp().div_euclid(3600);
        let mut more = more.to_vec();
        more.sort_by_key(|(site_id, reason, _)| (*site_id, reason.as_str()));
        let rows = Rows::new(more.len())
            .uuid("site_id", more.iter().map(|(site_id, ..)| site_id.0))
            .text("reason", more.iter().map(|(_, reason, _)| reason.as_str()))
            .whole("hour", more.iter().map(|_| hour))
            .whole("events", more.iter().map(|(.., events)| *events));
        let Part { statement, rows, all_new } =
            add_up("dropped_events", &["site_id", "reason", "hour"], &["events"], rows);
        let is_there = "WHERE EXISTS (SELECT 1 FROM sites WHERE sites.id = incoming.site_id)";
        self.write_parts(vec![Part { statement: statement.replacen("WHERE true", is_there, 1), rows, all_new }]).await
    }
}

impl Store {
    /// How many events were turned away since an hour, by reason.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn dropped_since(&self, site: &OwnedSite, hour: i64) -> Result<Vec<(Dropped, i64)>, StoreError> {
        use dropped_events::Column as D;
        let rows = dropped_events::Entity::find()
            .filter(D::SiteId.eq(site.site_id().0))
            .filter(D::Hour.gte(hour))
            .select_only()
            .column(D::Reason)
            .column_as(D::Events.sum().cast_as("bigint"), "events")
            .group_by(D::Reason)
            .order_by_asc(D::Reason)
            .into_tuple::<(String, i64)>()
            .all(self.reader())
            .await?;
        rows.into_iter().map(|(reason, events)| Ok((name("dropped_events", &reason)?, events))).collect()
    }

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
            .order_by_asc(U::VariantId)
            .order_by_asc(U::Reason)
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
