//! What an owner says about a page, apart from what was read on it.

use crate::tables::add_column;
use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add_column(manager, "sites", json_binary("page_edits").default("{}")).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut without = Table::alter();
        without.table("sites").drop_column("page_edits");
        manager.alter_table(without).await
    }
}
