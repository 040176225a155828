//! Whose pages may report for a site, and how many events were turned away.

use crate::tables::{add_column, drop_tables, tenant_table};
use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add_column(manager, "sites", json_binary("allowed_origins").default("[]")).await?;
        let dropped = tenant_table(
            "dropped_events",
            &["reason", "hour"],
            vec![string("reason"), big_integer("hour"), big_integer("events")],
        );
        manager.create_table(dropped).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["dropped_events"]).await?;
        let mut without = Table::alter();
        without.table("sites").drop_column("allowed_origins");
        manager.alter_table(without).await
    }
}
