//! What each weight vector was computed in, and how many requests of each site were automated.

use crate::tables::{add_column, drop_tables, tenant_table};
use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add_column(manager, "allocations", string("phase").default("bandit")).await?;
        add_column(manager, "allocations", &mut uuid_null("phase_variant_id")).await?;
        let requests = tenant_table(
            "assign_requests",
            &["hour"],
            vec![big_integer("hour"), big_integer("requests"), big_integer("automated")],
        );
        manager.create_table(requests).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["assign_requests"]).await?;
        for column in ["phase_variant_id", "phase"] {
            let mut without = Table::alter();
            without.table("allocations").drop_column(column);
            manager.alter_table(without).await?;
        }
        Ok(())
    }
}
