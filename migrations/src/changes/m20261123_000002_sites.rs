//! Sites with their variants and conversion goals.

use crate::tables::{drop_tables, reference, tenant_table};
use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sites = Table::create()
            .table("sites")
            .col(pk_uuid("id"))
            .col(uuid("user_id"))
            .col(text("url"))
            .col(string("status"))
            .col(string("autonomy_mode"))
            .col(integer("approvals_remaining"))
            .col(json_binary("brand_constraints"))
            .col(json_binary_null("page_model"))
            .col(binary_len("salt", 16))
            .col(double("holdout_fraction"))
            .col(big_integer("epoch"))
            .col(big_integer("version"))
            .col(big_integer("created_at"))
            .foreign_key(&mut reference("sites", &["user_id"], "users", &["id"]))
            .to_owned();
        manager.create_table(sites).await?;
        let by_user = Index::create().name("sites_by_user").table("sites").col("user_id").to_owned();
        manager.create_index(by_user).await?;

        let variants = tenant_table(
            "variants",
            &["id"],
            vec![
                uuid("id"),
                uuid_null("parent_variant_id"),
                integer("generation"),
                string("name"),
                json_binary("patch"),
                string("status"),
                boolean("is_control"),
                text("generation_reasoning"),
                string("strategy"),
                string("author"),
                uuid_null("job_id"),
                integer_null("job_ordinal"),
                big_integer("created_at"),
            ],
        );
        manager.create_table(variants).await?;
        // A job that runs twice writes each of its variants once.
        let by_job = Index::create()
            .name("variants_by_job")
            .table("variants")
            .col("site_id")
            .col("job_id")
            .col("job_ordinal")
            .unique()
            .to_owned();
        manager.create_index(by_job).await?;

        let goals = tenant_table(
            "conversion_goals",
            &["id"],
            vec![
                uuid("id"),
                string("name"),
                string("type"),
                json_binary("config"),
                boolean("is_primary"),
                big_integer("created_at"),
            ],
        );
        manager.create_table(goals).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["conversion_goals", "variants", "sites"]).await
    }
}
