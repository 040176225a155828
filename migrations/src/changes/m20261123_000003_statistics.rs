//! Counters: the statistical units, the epoch ledger, and what is computed from them.

use crate::tables::{drop_tables, reference, tenant_table};
use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let stats = tenant_table(
            "experiment_stats",
            &["variant_id"],
            vec![
                uuid("variant_id"),
                big_integer("visitors"),
                big_integer("conversions"),
                double("alpha"),
                double("beta"),
                double_null("prob_best"),
                big_integer("updated_at"),
            ],
        );
        manager.create_table(with_variant(stats, "experiment_stats")).await?;

        let visitors = tenant_table(
            "visitors",
            &["visitor_id"],
            vec![
                string_len("visitor_id", 64),
                uuid("variant_id"),
                big_integer("epoch"),
                big_integer("exposure_hour"),
                big_integer("first_seen"),
            ],
        );
        manager.create_table(with_variant(visitors, "visitors")).await?;

        let conversions = tenant_table(
            "goal_conversions",
            &["goal_id", "visitor_id"],
            vec![
                uuid("goal_id"),
                string_len("visitor_id", 64),
                uuid("variant_id"),
                double_null("value"),
                big_integer("converted_at"),
            ],
        );
        manager.create_table(with_variant(conversions, "goal_conversions")).await?;

        let allocations = tenant_table(
            "allocations",
            &["epoch"],
            vec![big_integer("epoch"), json_binary("weights"), json_binary("posterior"), big_integer("started_at")],
        );
        manager.create_table(allocations).await?;

        let ledger = tenant_table(
            "ledger",
            &["epoch", "variant_id", "exposure_hour"],
            vec![
                big_integer("epoch"),
                uuid("variant_id"),
                big_integer("exposure_hour"),
                big_integer("visitors"),
                big_integer("conversions"),
            ],
        );
        manager.create_table(with_variant(ledger, "ledger")).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["ledger", "allocations", "goal_conversions", "visitors", "experiment_stats"]).await
    }
}

/// Adds the reference to the variant that a row counts for.
fn with_variant(mut table: TableCreateStatement, name: &'static str) -> TableCreateStatement {
    table.foreign_key(&mut reference(name, &["site_id", "variant_id"], "variants", &["site_id", "id"]));
    table
}
