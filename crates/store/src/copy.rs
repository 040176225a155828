//! What copy costs and what of it was rejected: rows of `llm_calls` and `rejected_drafts`.

use crate::entity::{llm_calls, rejected_drafts, sites};
use crate::millis::Millis;
use crate::rows::{json, to_json};
use crate::{OwnedSite, Store, StoreError, WriteTransaction};
use domain::copy::{CopySettings, ModelCall, RejectedDraft, Spending};
use domain::guard::{BrandRules, Refusal};
use domain::slots::SlotPatch;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Statement};
use time::OffsetDateTime;
use uuid::Uuid;

/// Rows that are deleted in one transaction.
const ROWS_AT_ONCE: u64 = 1_000;

/// The job and its try that a row belongs to.
#[derive(Debug, Clone, Copy)]
pub struct Written {
    /// Identifier of the row.
    pub id: Uuid,
    /// The job.
    pub job_id: domain::JobId,
    /// The job's try, from 1.
    pub attempt: i32,
    /// Now.
    pub at: OffsetDateTime,
}

impl WriteTransaction {
    /// Accounts for a call of a language model.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn record_model_call(
        &self,
        site: &OwnedSite,
        call: &ModelCall,
        written: Written,
    ) -> Result<(), StoreError> {
        let row = llm_calls::ActiveModel {
            site_id: Set(site.site_id().0),
            id: Set(written.id),
            job_id: Set(written.job_id.0),
            attempt: Set(written.attempt),
            model: Set(call.model.clone()),
            prompt_version: Set(call.prompt_version.clone()),
            tokens_in: Set(call.tokens_in),
            tokens_out: Set(call.tokens_out),
            cost_micros: Set(call.cost_micros),
            duration_ms: Set(call.duration_ms),
            outcome: Set(call.outcome.to_owned()),
            created_at: Set(written.at.into()),
        };
        llm_calls::Entity::insert(row).exec_without_returning(&self.transaction).await?;
        Ok(())
    }

    /// Says what became of a call that was written down when it was asked.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn correct_model_call(&self, site: &OwnedSite, call: &ModelCall, id: Uuid) -> Result<(), StoreError> {
        llm_calls::Entity::update_many()
            .col_expr(llm_calls::Column::TokensIn, Expr::value(call.tokens_in))
            .col_expr(llm_calls::Column::TokensOut, Expr::value(call.tokens_out))
            .col_expr(llm_calls::Column::CostMicros, Expr::value(call.cost_micros))
            .col_expr(llm_calls::Column::DurationMs, Expr::value(call.duration_ms))
            .col_expr(llm_calls::Column::Outcome, Expr::value(call.outcome))
            .filter(llm_calls::Column::SiteId.eq(site.site_id().0))
            .filter(llm_calls::Column::Id.eq(id))
            .exec(&self.transaction)
            .await?;
        Ok(())
    }

    /// Forgets a call that was written down and then not made.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_model_call(&self, site: &OwnedSite, id: Uuid) -> Result<(), StoreError> {
        llm_calls::Entity::delete_by_id((site.site_id().0, id)).exec(&self.transaction).await?;
        Ok(())
    }

    /// Keeps a draft that broke a rule.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn record_rejected_draft(
        &self,
        site: &OwnedSite,
        draft: &RejectedDraft,
        written: Written,
    ) -> Result<(), StoreError> {
        let row = rejected_drafts::ActiveModel {
            site_id: Set(site.site_id().0),
            id: Set(written.id),
            job_id: Set(written.job_id.0),
            attempt: Set(written.attempt),
            slots: Set(to_json("rejected_drafts", &draft.slots)?),
            strategy: Set(draft.strategy.clone()),
            author: Set(draft.author.clone()),
            rule: Set(draft.refusal.rule.as_str().to_owned()),
            refusal: Set(to_json("rejected_drafts", &draft.refusal)?),
            created_at: Set(written.at.into()),
        };
        rejected_drafts::Entity::insert(row).exec_without_returning(&self.transaction).await?;
        Ok(())
    }

    /// Stores what the owner says about copy, and how much it may cost.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_copy_rules(
        &self,
        site: &OwnedSite,
        brand: &BrandRules,
        settings: &CopySettings,
    ) -> Result<(), StoreError> {
        let brand = Expr::value(to_json("sites", brand)?);
        self.update_site(site, sites::Column::BrandConstraints, brand).await?;
        self.update_site(site, sites::Column::CopySettings, Expr::value(to_json("sites", settings)?)).await
    }
}

impl Store {
    /// Deletes the accounts of calls, and the drafts that were rejected, from before `before`.
    ///
    /// # Errors
    /// When the database fails; what was deleted until then is gone.
    pub async fn prune_copy(&self, before: OffsetDateTime) -> Result<u64, StoreError> {
        let mut deleted = 0;
        for table in ["llm_calls", "rejected_drafts"] {
            loop {
                let some = self.delete_some_copy(table, Millis::from(before)).await?;
                deleted += some;
                if some < ROWS_AT_ONCE {
                    break;
                }
            }
        }
        Ok(deleted)
    }

    async fn delete_some_copy(&self, table: &str, before: Millis) -> Result<u64, StoreError> {
        let backend = self.reader().get_database_backend();
        let query = format!("SELECT 1 FROM {table} WHERE created_at < $1 LIMIT 1");
        // Found by reading, so that nobody waits for the right to write while there is nothing to delete.
        let old = Statement::from_sql_and_values(backend, query, [before.0.into()]);
        if self.slow_reader().query_one_raw(old).await?.is_none() {
            return Ok(0);
        }
        let write = self.begin().await?;
        let statement = format!(
            "DELETE FROM {table} WHERE (site_id, id) IN (SELECT site_id, id FROM {table} WHERE created_at < $1 \
             LIMIT {ROWS_AT_ONCE})"
        );
        let statement = Statement::from_sql_and_values(backend, statement, [before.0.into()]);
        let deleted = write.transaction.execute_raw(statement).await?.rows_affected();
        write.commit().await?;
        Ok(deleted)
    }

    /// What the site's calls came to since a time.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn spending(&self, site: &OwnedSite, since: OffsetDateTime) -> Result<Spending, StoreError> {
        // A day has few calls, as their number is limited; a sum has another type on each database.
        let costs: Vec<Option<i64>> = llm_calls::Entity::find()
            .select_only()
            .column(llm_calls::Column::CostMicros)
            .filter(llm_calls::Column::SiteId.eq(site.site_id().0))
            .filter(llm_calls::Column::CreatedAt.gte(Millis::from(since)))
            .into_tuple()
            .all(self.reader())
            .await?;
        let cost_micros = costs.iter().flatten().fold(0_i64, |sum, cost| sum.saturating_add(*cost));
        Ok(Spending { calls: i64::try_from(costs.len()).unwrap_or(i64::MAX), cost_micros })
    }

    /// Drafts that broke a rule, the newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rejected_drafts(&self, site: &OwnedSite, most: u64) -> Result<Vec<RejectedDraft>, StoreError> {
        let rows = rejected_drafts::Entity::find()
            .filter(rejected_drafts::Column::SiteId.eq(site.site_id().0))
            .order_by_desc(rejected_drafts::Column::CreatedAt)
            .order_by_asc(rejected_drafts::Column::Id)
            .limit(most)
            .all(self.reader())
            .await?;
        rows.into_iter().map(RejectedDraft::try_from).collect()
    }
}

impl TryFrom<rejected_drafts::Model> for RejectedDraft {
    type Error = StoreError;
    fn try_from(row: rejected_drafts::Model) -> Result<Self, StoreError> {
        Ok(Self {
            slots: json::<SlotPatch>("rejected_drafts", row.slots)?,
            strategy: row.strategy,
            author: row.author,
            refusal: json::<Refusal>("rejected_drafts", row.refusal)?,
            created_at: row.created_at.seconds(),
        })
    }
}
