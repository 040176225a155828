//! Accounts and their sessions.

use crate::tables::{drop_tables, reference};
use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let users = Table::create()
            .table("users")
            .col(pk_uuid("id"))
            .col(string_uniq("email"))
            .col(string("password_hash"))
            .col(string("plan"))
            .col(json_binary("settings"))
            .col(big_integer("created_at"))
            .to_owned();
        manager.create_table(users).await?;
        let sessions = Table::create()
            .table("sessions")
            .col(binary_len("token_hash", 32).primary_key())
            .col(uuid("user_id"))
            .col(big_integer("created_at"))
            .col(big_integer("last_seen_at"))
            .col(big_integer("expires_at"))
            .foreign_key(&mut reference("sessions", &["user_id"], "users", &["id"]))
            .to_owned();
        manager.create_table(sessions).await?;
        let by_user = Index::create().name("sessions_by_user").table("sessions").col("user_id").to_owned();
        manager.create_index(by_user).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["sessions", "users"]).await
    }
}
