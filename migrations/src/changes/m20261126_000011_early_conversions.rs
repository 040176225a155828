//! Conversions that came before their visitor's exposure, until that comes.

use crate::tables::{add_column, drop_tables, tenant_table};
use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let early = tenant_table(
            "early_conversions",
            &["visitor_id", "goal_id"],
            vec![
                string_len("visitor_id", 64),
                uuid("goal_id"),
                boolean("is_primary"),
                double_null("value"),
                big_integer("received_at"),
                uuid("variant_id"),
                big_integer("event_day"),
                uuid("event_id"),
            ],
        );
        manager.create_table(early).await?;
        add_column(manager, "goal_conversions", boolean("is_early").default(false)).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["early_conversions"]).await?;
        let mut without = Table::alter();
        without.table("goal_conversions").drop_column("is_early");
        manager.alter_table(without).await
    }
}
