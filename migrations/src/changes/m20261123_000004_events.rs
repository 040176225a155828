//! Raw events, as they were acknowledged.

use crate::tables::{drop_tables, tenant_table};
use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(table()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["events"]).await
    }
}

/// Events as they were before each had a day.
pub(crate) fn table() -> TableCreateStatement {
    tenant_table(
        "events",
        &["id"],
        vec![
            uuid("id"),
            uuid("variant_id"),
            string_len("visitor_id", 64),
            string("event_type"),
            uuid_null("goal_id"),
            double_null("value"),
            json_binary_null("metadata"),
            string_null("not_counted"),
            big_integer("created_at"),
        ],
    )
}
