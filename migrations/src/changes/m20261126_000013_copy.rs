//! Where copy comes from: the calls of language models, drafts that were rejected, and what a site may spend.

use crate::tables::{add_column, drop_tables, tenant_table};
use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add_column(manager, "sites", json_binary("copy_settings").default("{}")).await?;
        add_column(manager, "variants", json_binary("provenance").default("{}")).await?;
        let calls = vec![
            uuid("id"),
            uuid("job_id"),
            integer("attempt"),
            string("model"),
            string("prompt_version"),
            big_integer_null("tokens_in"),
            big_integer_null("tokens_out"),
            big_integer_null("cost_micros"),
            big_integer("duration_ms"),
            string("outcome"),
            big_integer("created_at"),
        ];
        manager.create_table(tenant_table("llm_calls", &["id"], calls)).await?;
        let by_time = Index::create()
            .name("idx_llm_calls_created_at")
            .table("llm_calls")
            .col("site_id")
            .col("created_at")
            .to_owned();
        manager.create_index(by_time).await?;
        let rejected = vec![
            uuid("id"),
            uuid("job_id"),
            integer("attempt"),
            json_binary("slots"),
            string("strategy"),
            string("author"),
            string("rule"),
            json_binary("refusal"),
            big_integer("created_at"),
        ];
        manager.create_table(tenant_table("rejected_drafts", &["id"], rejected)).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["rejected_drafts", "llm_calls"]).await?;
        for (table, column) in [("variants", "provenance"), ("sites", "copy_settings")] {
            let mut without = Table::alter();
            without.table(table).drop_column(column);
            manager.alter_table(without).await?;
        }
        Ok(())
    }
}
