//! Visitors who turn out not to be people leave the counts again (SPEC 1.3), with their conversions.

use crate::counting::Unit;
use crate::entity::{conversion_goals, goal_conversions, visitors};
use crate::{StoreError, WriteTransaction};
use domain::{IncomingEvent, NotCounted, VariantId};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use time::OffsetDateTime;

impl WriteTransaction {
    /// Takes the visitor of an event out of every counter, if the visitor is in them. The raw events stay.
    pub(crate) async fn withdraw_visitor(
        &self,
        event: &IncomingEvent,
        reason: NotCounted,
        now: OffsetDateTime,
    ) -> Result<(), StoreError> {
        let key = (event.site_id.0, event.visitor_id.as_str().to_owned());
        let flagged = visitors::Entity::update_many()
            .col_expr(visitors::Column::NotCounted, Expr::value(reason.as_str()))
            .filter(visitors::Column::SiteId.eq(key.0))
            .filter(visitors::Column::VisitorId.eq(key.1.as_str()))
            .filter(visitors::Column::NotCounted.is_null())
            .exec(&self.transaction)
            .await?;
        if flagged.rows_affected == 0 {
            return Ok(());
        }
        let Some(visitor) = visitors::Entity::find_by_id(key).one(&self.transaction).await? else { return Ok(()) };
        let unit = Unit {
            site_id: event.site_id,
            variant_id: VariantId(visitor.variant_id),
            epoch: visitor.epoch,
            hour: visitor.exposure_hour,
            is_holdout: visitor.is_holdout,
        };
        let converted_at = self.forget_conversions(event).await?;
        self.count(unit, -1, -i32::from(converted_at.is_some()), now).await?;
        if let Some(converted_at) = converted_at {
            self.note_delay(unit, converted_at - visitor.first_seen.time(), -1).await?;
        }
        Ok(())
    }

    /// Deletes a visitor's conversions of all goals; when the one of the primary goal was, if there was one.
    async fn forget_conversions(&self, event: &IncomingEvent) -> Result<Option<OffsetDateTime>, StoreError> {
        use goal_conversions::Column as G;
        let own = || G::SiteId.eq(event.site_id.0).and(G::VisitorId.eq(event.visitor_id.as_str()));
        let rows = goal_conversions::Entity::find().filter(own()).all(&self.transaction).await?;
        let primary = conversion_goals::Entity::find()
            .filter(conversion_goals::Column::SiteId.eq(event.site_id.0))
            .filter(conversion_goals::Column::IsPrimary.eq(true))
            .one(&self.transaction)
            .await?;
        goal_conversions::Entity::delete_many().filter(own()).exec(&self.transaction).await?;
        let counted = rows.into_iter().find(|row| primary.as_ref().is_some_and(|goal| goal.id == row.goal_id));
        Ok(counted.map(|row| row.converted_at.time()))
    }
}
