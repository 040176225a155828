//! Where each generation stands, what was decided in it, and what was not counted.

use crate::tables::{add_column as add, drop_tables, tenant_table};
use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add(manager, "sites", string("phase").default("burn_in")).await?;
        add(manager, "sites", &mut uuid_null("phase_variant_id")).await?;
        add(manager, "sites", big_integer("first_epoch").default(1)).await?;
        add(manager, "sites", double("prior_alpha").default(1.0)).await?;
        add(manager, "sites", double("prior_beta").default(1.0)).await?;
        add(manager, "experiment_stats", integer("low_checks").default(0)).await?;
        add(manager, "experiment_stats", &mut big_integer_null("low_checked_at")).await?;
        add(manager, "visitors", boolean("saw_another").default(false)).await?;
        add(manager, "visitors", &mut string_null("not_counted")).await?;

        let decisions = tenant_table(
            "decisions",
            &["id"],
            vec![
                uuid("id"),
                string("kind"),
                uuid_null("variant_id"),
                text("sentence"),
                json_binary("evidence"),
                json_binary("rule"),
                json_binary_null("undo"),
                string("state"),
                big_integer("created_at"),
                big_integer_null("settled_at"),
            ],
        );
        manager.create_table(decisions).await?;
        let newest =
            Index::create().name("decisions_by_time").table("decisions").col("site_id").col("created_at").to_owned();
        manager.create_index(newest).await?;

        let uncounted = tenant_table(
            "uncounted",
            &["reason", "variant_id", "hour"],
            vec![
                string("reason"),
                uuid("variant_id"),
                big_integer("hour"),
                big_integer("impressions"),
                big_integer("conversions"),
            ],
        );
        manager.create_table(uncounted).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["uncounted", "decisions"]).await?;
        let added = [
            ("visitors", "not_counted"),
            ("visitors", "saw_another"),
            ("experiment_stats", "low_checked_at"),
            ("experiment_stats", "low_checks"),
            ("sites", "prior_beta"),
            ("sites", "prior_alpha"),
            ("sites", "first_epoch"),
            ("sites", "phase_variant_id"),
            ("sites", "phase"),
        ];
        for (table, column) in added {
            let mut without = Table::alter();
            without.table(table).drop_column(column);
            manager.alter_table(without).await?;
        }
        Ok(())
    }
}
