//! The journal: rows of `decisions`.

use crate::entity::decisions;
use crate::millis::Millis;
use crate::rows::to_json;
use crate::{OwnedSite, Store, StoreError, WriteTransaction};
use domain::{Decision, DecisionId, DecisionKind, DecisionState};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use time::OffsetDateTime;

impl WriteTransaction {
    /// Writes a line of the journal.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn write_decision(
        &self,
        site: &OwnedSite,
        decision: &Decision,
        now: OffsetDateTime,
    ) -> Result<(), StoreError> {
        let row = decisions::ActiveModel {
            site_id: Set(site.site_id().0),
            id: Set(decision.id.0),
            kind: Set(decision.kind.as_str().to_owned()),
            variant_id: Set(decision.variant_id.map(|id| id.0)),
            sentence: Set(decision.sentence.clone()),
            evidence: Set(to_json("decisions", &decision.evidence)?),
            rule: Set(to_json("decisions", &decision.rule)?),
            undo: Set(decision.undo.map(|undo| to_json("decisions", &undo)).transpose()?),
            state: Set(decision.state.as_str().to_owned()),
            created_at: Set(now.into()),
            settled_at: Set(None),
        };
        decisions::Entity::insert(row).exec_without_returning(&self.transaction).await?;
        self.touch_site(site).await
    }

    /// Moves a decision from one state to another; `false` when it is not in the first one any more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn settle_decision(
        &self,
        site: &OwnedSite,
        id: DecisionId,
        from: DecisionState,
        to: DecisionState,
        now: OffsetDateTime,
    ) -> Result<bool, StoreError> {
        let moved = decisions::Entity::update_many()
            .col_expr(decisions::Column::State, Expr::value(to.as_str()))
            .col_expr(decisions::Column::SettledAt, Expr::value(Millis::from(now)))
            .filter(decisions::Column::SiteId.eq(site.site_id().0))
            .filter(decisions::Column::Id.eq(id.0))
            .filter(decisions::Column::State.eq(from.as_str()))
            .exec(&self.transaction)
            .await?;
        self.touch_site(site).await?;
        Ok(moved.rows_affected == 1)
    }

    /// Ends what belongs to a generation that is over: everything that is still proposed is withdrawn, and its
    /// promotions cannot be taken back any more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_proposals(&self, site: &OwnedSite, now: OffsetDateTime) -> Result<(), StoreError> {
        decisions::Entity::update_many()
            .col_expr(decisions::Column::Undo, Expr::value(None::<serde_json::Value>))
            .filter(decisions::Column::SiteId.eq(site.site_id().0))
            .filter(decisions::Column::Kind.eq(DecisionKind::Promote.as_str()))
            .exec(&self.transaction)
            .await?;
        decisions::Entity::update_many()
            .col_expr(decisions::Column::State, Expr::value(DecisionState::Withdrawn.as_str()))
            .col_expr(decisions::Column::SettledAt, Expr::value(Millis::from(now)))
            .filter(decisions::Column::SiteId.eq(site.site_id().0))
            .filter(decisions::Column::State.eq(DecisionState::Proposed.as_str()))
            .exec(&self.transaction)
            .await?;
        Ok(())
    }

    /// The newest decisions first, and every proposal that is still open, as this transaction sees them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn decisions(&self, site: &OwnedSite, most: u64) -> Result<Vec<Decision>, StoreError> {
        newest(&self.transaction, site, most).await
    }
}

impl Store {
    /// The newest decisions first, and every proposal that is still open.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn decisions(&self, site: &OwnedSite, most: u64) -> Result<Vec<Decision>, StoreError> {
        newest(self.reader(), site, most).await
    }
}

async fn newest(connection: &impl ConnectionTrait, site: &OwnedSite, most: u64) -> Result<Vec<Decision>, StoreError> {
    let of_site = || {
        decisions::Entity::find()
            .filter(decisions::Column::SiteId.eq(site.site_id().0))
            .order_by_desc(decisions::Column::CreatedAt)
            .order_by_desc(decisions::Column::Id)
    };
    let mut rows = of_site().limit(most).all(connection).await?;
    let open = of_site().filter(decisions::Column::State.eq(DecisionState::Proposed.as_str())).all(connection).await?;
    for line in open {
        if !rows.iter().any(|row| row.id == line.id) {
            rows.push(line);
        }
    }
    rows.into_iter().map(Decision::try_from).collect()
}
