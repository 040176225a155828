//! Background work with leases.

use crate::tables::{drop_tables, tenant_table};
use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let jobs = tenant_table(
            "jobs",
            &["id"],
            vec![
                uuid("id"),
                string("kind"),
                // At most one open job of a kind and site has a given key; it is cleared when the job ends.
                string_null("dedup_key"),
                string("state"),
                integer("attempts"),
                integer("max_attempts"),
                // Recurring jobs are queued again this long after each success.
                big_integer_null("period_ms"),
                big_integer("run_at"),
                uuid_null("lease_owner"),
                big_integer_null("lease_until"),
                small_integer("percent"),
                json_binary("steps"),
                text_null("last_error"),
                big_integer("created_at"),
                big_integer_null("done_at"),
            ],
        );
        manager.create_table(jobs).await?;
        let due = Index::create().name("jobs_due").table("jobs").col("state").col("run_at").to_owned();
        manager.create_index(due).await?;
        let dedup =
            Index::create().name("jobs_dedup").table("jobs").col("site_id").col("dedup_key").unique().to_owned();
        manager.create_index(dedup).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["jobs"]).await
    }
}
