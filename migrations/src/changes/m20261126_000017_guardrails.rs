//! What visits were like, and which visitors were erased.
//!
//! An erased visitor is noted under a mark that only the installation's key makes out of the name, so that events
//! that are still under way do not bring the name back. The name itself stands beside the mark only until no other
//! row holds it.

use crate::tables::{drop_tables, tenant_table};
use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let guardrails = tenant_table(
            "guardrails",
            &["day", "variant_id", "metric", "bucket"],
            vec![
                uuid("variant_id"),
                big_integer("day"),
                string("metric"),
                big_integer("bucket"),
                big_integer("samples"),
            ],
        );
        manager.create_table(guardrails).await?;
        let erased = tenant_table(
            "erased_visitors",
            &["mark"],
            vec![
                uuid("mark"),
                big_integer("erased_s"),
                string_null("visitor_id"),
                string_null("pseudonym"),
                big_integer_null("exposures"),
                big_integer_null("conversions"),
                big_integer_null("events"),
            ],
        );
        manager.create_table(erased).await?;
        // Every process looks every few seconds for what is left to do, which is nothing nearly always.
        let to_do = "CREATE INDEX ix_erased_visitors_to_do ON erased_visitors (erased_s) WHERE visitor_id IS NOT NULL";
        manager.get_connection().execute_unprepared(to_do).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["erased_visitors", "guardrails"]).await
    }
}
