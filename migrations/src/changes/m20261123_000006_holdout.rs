//! The holdout, and how late conversions come.

use crate::tables::{drop_tables, tenant_table};
use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut marked = Table::alter();
        marked.table("visitors").add_column(boolean("is_holdout").default(false));
        manager.alter_table(marked).await?;

        let holdout = tenant_table(
            "holdout_counts",
            &["exposure_hour"],
            vec![big_integer("exposure_hour"), big_integer("visitors"), big_integer("conversions")],
        );
        manager.create_table(holdout).await?;

        let delays = tenant_table(
            "conversion_delays",
            &["exposure_day", "delay_hour"],
            vec![big_integer("exposure_day"), big_integer("delay_hour"), big_integer("conversions")],
        );
        manager.create_table(delays).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["conversion_delays", "holdout_counts"]).await?;
        let mut unmarked = Table::alter();
        unmarked.table("visitors").drop_column("is_holdout");
        manager.alter_table(unmarked).await
    }
}
