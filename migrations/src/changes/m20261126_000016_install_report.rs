//! What the last verification of a site's snippet found.

use crate::tables::add_column;
use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add_column(manager, "sites", &mut json_binary_null("install_report")).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut without = Table::alter();
        without.table("sites").drop_column("install_report");
        manager.alter_table(without).await
    }
}
