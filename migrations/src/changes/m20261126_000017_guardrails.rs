//! What visits were like, and which visitors were erased.
//!
//! An erased visitor is noted under a mark that only the installation's key makes out of the name, so that events
//! that are still under way do not bring the name back.

use crate::tables::{drop_tables, tenant_table};
use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let guardrails = tenant_table(
            "guardrails",
            &["variant_id", "day", "metric", "bucket"],
            vec![
                uuid("variant_id"),
                big_integer("day"),
                string("metric"),
                big_integer("bucket"),
                big_integer("samples"),
            ],
        );
        manager.create_table(guardrails).await?;
        let erased = tenant_table("erased_visitors", &["mark"], vec![uuid("mark"), big_integer("erased_s")]);
        manager.create_table(erased).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["erased_visitors", "guardrails"]).await
    }
}
