//! What a job tells while it works, what it keeps for another try, and when the upkeep of all is due.

use crate::tables::{add_column, drop_tables};
use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add_column(manager, "jobs", json_binary("log").default("[]")).await?;
        add_column(manager, "jobs", big_integer("cost_micros").default(0)).await?;
        // What steps that are done left for those that follow, should another process go on.
        add_column(manager, "jobs", &mut json_binary_null("kept")).await?;
        let schedules = Table::create()
            .table("schedules")
            .col(string_len("name", 64).primary_key())
            .col(big_integer("next_at"))
            .col(uuid_null("lease_owner"))
            .col(big_integer_null("lease_until"))
            .col(big_integer("runs"))
            .col(text_null("last_error"))
            .to_owned();
        manager.create_table(schedules).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["schedules"]).await?;
        for column in ["kept", "cost_micros", "log"] {
            let mut without = Table::alter();
            without.table("jobs").drop_column(column);
            manager.alter_table(without).await?;
        }
        Ok(())
    }
}
