//! Conversion goals: rows of `conversion_goals`.

use crate::entity::{conversion_goals, goal_conversions};
use crate::rows::to_json;
use crate::{OwnedSite, Store, StoreError, WriteTransaction};
use domain::report::GoalCount;
use domain::{Goal, GoalConfig, GoalId, GoalType};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect};
use time::OffsetDateTime;
use uuid::Uuid;

impl WriteTransaction {
    /// Stores a goal.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn create_goal(&self, site: &OwnedSite, goal: &Goal, now: OffsetDateTime) -> Result<(), StoreError> {
        let row = conversion_goals::ActiveModel {
            site_id: Set(site.site_id().0),
            id: Set(goal.id.0),
            name: Set(goal.name.clone()),
            kind: Set(goal.kind.as_str().to_owned()),
            config: Set(to_json("conversion_goals", &goal.config)?),
            is_primary: Set(goal.is_primary),
            created_at: Set(now.into()),
        };
        conversion_goals::Entity::insert(row).exec_without_returning(&self.transaction).await?;
        self.touch_site(site).await
    }

    /// Changes how a goal is recognised.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_goal(
        &self,
        site: &OwnedSite,
        goal_id: GoalId,
        name: &str,
        kind: GoalType,
        config: &GoalConfig,
    ) -> Result<(), StoreError> {
        conversion_goals::Entity::update_many()
            .col_expr(conversion_goals::Column::Name, Expr::value(name))
            .col_expr(conversion_goals::Column::Kind, Expr::value(kind.as_str()))
            .col_expr(conversion_goals::Column::Config, Expr::value(to_json("conversion_goals", config)?))
            .filter(conversion_goals::Column::SiteId.eq(site.site_id().0))
            .filter(conversion_goals::Column::Id.eq(goal_id.0))
            .exec(&self.transaction)
            .await?;
        self.touch_site(site).await
    }
}

impl Store {
    /// The site's goals, the primary one first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn goals(&self, site: &OwnedSite) -> Result<Vec<Goal>, StoreError> {
        conversion_goals::Entity::find()
            .filter(conversion_goals::Column::SiteId.eq(site.site_id().0))
            .order_by_desc(conversion_goals::Column::IsPrimary)
            .order_by_asc(conversion_goals::Column::CreatedAt)
            .all(self.reader())
            .await?
            .into_iter()
            .map(Goal::try_from)
            .collect()
    }

    /// How often each goal was reached; goals that nobody reached are absent.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn goal_counts(&self, site: &OwnedSite) -> Result<Vec<GoalCount>, StoreError> {
        let rows = goal_conversions::Entity::find()
            .select_only()
            .column(goal_conversions::Column::GoalId)
            .column_as(goal_conversions::Column::VisitorId.count(), "visitors")
            .column_as(goal_conversions::Column::Value.sum(), "value")
            .filter(goal_conversions::Column::SiteId.eq(site.site_id().0))
            .group_by(goal_conversions::Column::GoalId)
            .into_model::<Reached>()
            .all(self.reader())
            .await?;
        let count = |row: Reached| GoalCount { goal_id: GoalId(row.goal_id), visitors: row.visitors, value: row.value };
        Ok(rows.into_iter().map(count).collect())
    }
}

#[derive(FromQueryResult)]
struct Reached {
    goal_id: Uuid,
    visitors: i64,
    value: Option<f64>,
}
