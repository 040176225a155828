//! Pictures: their bytes under the name of their content, and which of them shows which variant.

use crate::tables::{drop_tables, reference, tenant_table};
use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let assets = vec![
            string("id"),
            string("kind"),
            string("media_type"),
            binary("bytes"),
            big_integer("size"),
            integer("width"),
            integer("height"),
            big_integer("created_at"),
        ];
        manager.create_table(tenant_table("assets", &["id"], assets)).await?;
        let shown = vec![
            uuid("variant_id"),
            integer("view"),
            string("asset_id"),
            boolean("is_outdated"),
            big_integer("created_at"),
        ];
        let mut screenshots = tenant_table("screenshots", &["variant_id", "view"], shown);
        let key = ["site_id", "variant_id"];
        screenshots.foreign_key(&mut reference("screenshots", &key, "variants", &["site_id", "id"]));
        let key = ["site_id", "asset_id"];
        screenshots.foreign_key(&mut reference("screenshots", &key, "assets", &["site_id", "id"]));
        manager.create_table(screenshots).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["screenshots", "assets"]).await
    }
}
