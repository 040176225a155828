//! Accounts and sessions.

use crate::entity::{sessions, users};
use crate::millis::Millis;
use crate::rows::name;
use crate::{Scope, Store, StoreError, Viewer, WriteTransaction};
use domain::report::Account;
use domain::{Email, Plan, UserId};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use time::OffsetDateTime;

/// SHA-256 of a session's token.
pub type TokenHash = [u8; 32];

/// An account with the secret that logging in compares.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// The account.
    pub user_id: UserId,
    /// PHC string of the password's hash.
    pub password_hash: String,
}

/// A session to be stored.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// Whose.
    pub user_id: UserId,
    /// Hash of its token.
    pub token_hash: TokenHash,
    /// Now.
    pub created_at: OffsetDateTime,
    /// When it ends whatever happens.
    pub expires_at: OffsetDateTime,
}

impl WriteTransaction {
    /// Creates an account.
    ///
    /// # Errors
    /// `Conflict` when the address has one.
    pub async fn create_user(
        &self,
        id: UserId,
        email: &Email,
        password_hash: &str,
        now: OffsetDateTime,
    ) -> Result<(), StoreError> {
        let row = users::ActiveModel {
            id: Set(id.0),
            email: Set(email.as_str().to_owned()),
            password_hash: Set(password_hash.to_owned()),
            // Who hosts it themselves has everything.
            plan: Set(Plan::Pro.as_str().to_owned()),
            settings: Set(serde_json::json!({})),
            created_at: Set(now.into()),
        };
        users::Entity::insert(row).exec_without_returning(&self.transaction).await?;
        Ok(())
    }

    /// Stores a session.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn create_session(&self, session: &NewSession) -> Result<(), StoreError> {
        let row = sessions::ActiveModel {
            token_hash: Set(session.token_hash.to_vec()),
            user_id: Set(session.user_id.0),
            created_at: Set(session.created_at.into()),
            last_seen_at: Set(session.created_at.into()),
            expires_at: Set(session.expires_at.into()),
        };
        sessions::Entity::insert(row).exec_without_returning(&self.transaction).await?;
        Ok(())
    }

    /// Ends a session; an unknown one is no error.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_session(&self, token_hash: &TokenHash) -> Result<(), StoreError> {
        sessions::Entity::delete_by_id(token_hash.to_vec()).exec(&self.transaction).await?;
        Ok(())
    }

    /// Notes that a session was used.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn touch_session(&self, token_hash: &TokenHash, now: OffsetDateTime) -> Result<(), StoreError> {
        sessions::Entity::update_many()
            .col_expr(sessions::Column::LastSeenAt, Expr::value(Millis::from(now)))
            .filter(sessions::Column::TokenHash.eq(token_hash.to_vec()))
            .exec(&self.transaction)
            .await?;
        Ok(())
    }

    /// Replaces a password's hash, for instance by one with newer parameters.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_password_hash(&self, user_id: UserId, password_hash: &str) -> Result<(), StoreError> {
        users::Entity::update_many()
            .col_expr(users::Column::PasswordHash, Expr::value(password_hash))
            .filter(users::Column::Id.eq(user_id.0))
            .exec(&self.transaction)
            .await?;
        Ok(())
    }

    /// Changes the viewer's plan.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_plan(&self, viewer: &Viewer, plan: Plan) -> Result<(), StoreError> {
        users::Entity::update_many()
            .col_expr(users::Column::Plan, Expr::value(plan.as_str()))
            .filter(users::Column::Id.eq(viewer.user_id().0))
            .exec(&self.transaction)
            .await?;
        Ok(())
    }
}

impl Store {
    /// The account of an address, for checking a password.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn credentials(&self, email: &Email) -> Result<Option<Credentials>, StoreError> {
        let row = users::Entity::find().filter(users::Column::Email.eq(email.as_str())).one(self.reader()).await?;
        Ok(row.map(|row| Credentials { user_id: UserId(row.id), password_hash: row.password_hash }))
    }

    /// The viewer behind a session that is neither over nor idle too long, and when it was last seen.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn viewer_by_session(
        &self,
        token_hash: &TokenHash,
        now: OffsetDateTime,
        idle_since: OffsetDateTime,
    ) -> Result<Option<(Viewer, OffsetDateTime)>, StoreError> {
        let row = sessions::Entity::find_by_id(token_hash.to_vec())
            .filter(sessions::Column::ExpiresAt.gt(Millis::from(now)))
            .filter(sessions::Column::LastSeenAt.gt(Millis::from(idle_since)))
            .one(self.reader())
            .await?;
        Ok(row.map(|row| (Viewer::new(UserId(row.user_id)), row.last_seen_at.time())))
    }

    /// The viewer for a command of the machine's operator, who has the database itself.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn viewer_for_operator(&self, email: &Email) -> Result<Option<Viewer>, StoreError> {
        Ok(self.credentials(email).await?.map(|found| Viewer::new(found.user_id)))
    }
}

impl Scope<'_> {
    /// The viewer's own account; absent when it was deleted meanwhile.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn account(&self) -> Result<Option<Account>, StoreError> {
        let row = users::Entity::find_by_id(self.user_id.0).one(self.store.reader()).await?;
        row.map(|row| Ok(Account { email: row.email, plan: name("users", &row.plan)? })).transpose()
    }
}
