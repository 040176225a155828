//! Signing up, logging in, logging out.

use crate::secrets::hash_token;
use crate::{Service, ServiceError};
use domain::account::check_new_password;
use domain::report::Account;
use domain::{Email, Plan, UserId};
use store::accounts::NewSession as SessionRow;
use store::{StoreError, Viewer};
use time::{Duration, OffsetDateTime};

/// A session ends this long after it was opened, whatever happens.
pub(crate) const SESSION_LIFE: Duration = Duration::days(30);
/// A session ends when it was not used for this long.
const SESSION_IDLE: Duration = Duration::days(7);
/// How stale the note of the last use may be; saves a write a request.
const TOUCH_EVERY: Duration = Duration::hours(1);

/// A session that was just opened.
#[derive(Clone)]
pub struct NewSession {
    /// The secret for the cookie; only its hash is stored.
    pub token: String,
    /// How long it lives, in seconds.
    pub max_age_s: i64,
}

impl Service {
    /// Creates an account and opens its first session.
    ///
    /// # Errors
    /// `Invalid` for a malformed address or a weak password, `Conflict` for an address that has an account.
    pub async fn sign_up(&self, email: &str, password: &str) -> Result<NewSession, ServiceError> {
        let user_id = self.create_user(email, password).await?;
        self.open_session(user_id).await
    }

    /// Creates an account.
    ///
    /// # Errors
    /// As [`sign_up`](Self::sign_up).
    pub async fn create_user(&self, email: &str, password: &str) -> Result<UserId, ServiceError> {
        let email: Email = email.parse().map_err(|error| ServiceError::invalid("email", format!("{error}.")))?;
        check_new_password(password, &email).map_err(|error| ServiceError::invalid("password", format!("{error}.")))?;
        let hash = self.inner.passwords.hash(password.to_owned(), self.random_bytes()).await?;
        let user_id = UserId(self.random_id());
        let write = self.store().begin().await?;
        write.create_user(user_id, &email, &hash, self.wall_now()).await.map_err(|error| match error {
            StoreError::Conflict(_) => {
                ServiceError::Conflict("This address has an account already. Log in instead.".to_owned())
            }
            other => other.into(),
        })?;
        write.commit().await?;
        Ok(user_id)
    }

    /// Opens a session for an e-mail address and its password.
    ///
    /// # Errors
    /// `WrongCredentials`, whichever of the two is wrong.
    pub async fn log_in(&self, email: &str, password: &str) -> Result<NewSession, ServiceError> {
        let found = match email.parse::<Email>() {
            Ok(email) => self.store().credentials(&email).await?,
            Err(_) => None,
        };
        let hash = found.as_ref().map(|found| found.password_hash.clone());
        let right = self.inner.passwords.verify(password.to_owned(), hash).await?;
        match found {
            Some(found) if right => self.open_session(found.user_id).await,
            _ => Err(ServiceError::WrongCredentials),
        }
    }

    /// Ends a session.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn log_out(&self, token: &str) -> Result<(), ServiceError> {
        let write = self.store().begin().await?;
        write.delete_session(&hash_token(token)).await?;
        Ok(write.commit().await?)
    }

    /// The person behind a session's token.
    ///
    /// # Errors
    /// `SignedOut` when the session is unknown, over or idle too long.
    pub async fn authenticate(&self, token: &str) -> Result<Viewer, ServiceError> {
        let now = self.wall_now();
        let hash = hash_token(token);
        let found = self.store().viewer_by_session(&hash, now, now - SESSION_IDLE).await?;
        let (viewer, last_seen) = found.ok_or(ServiceError::SignedOut)?;
        if now - last_seen > TOUCH_EVERY {
            self.touch_session(&hash, now).await?;
        }
        Ok(viewer)
    }

    /// The viewer's own account.
    ///
    /// # Errors
    /// `SignedOut` when it was deleted meanwhile.
    pub async fn me(&self, viewer: &Viewer) -> Result<Account, ServiceError> {
        self.store().scope(viewer).account().await?.ok_or(ServiceError::SignedOut)
    }

    /// Changes the viewer's plan.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn update_plan(&self, viewer: &Viewer, plan: Plan) -> Result<(), ServiceError> {
        let write = self.store().begin().await?;
        write.set_plan(viewer, plan).await?;
        Ok(write.commit().await?)
    }

    async fn open_session(&self, user_id: UserId) -> Result<NewSession, ServiceError> {
        let token = self.random_token();
        let now = self.wall_now();
        let session =
            SessionRow { user_id, token_hash: hash_token(&token), created_at: now, expires_at: now + SESSION_LIFE };
        let write = self.store().begin().await?;
        write.create_session(&session).await?;
        write.commit().await?;
        Ok(NewSession { token, max_age_s: SESSION_LIFE.whole_seconds() })
    }

    async fn touch_session(&self, hash: &[u8; 32], now: OffsetDateTime) -> Result<(), ServiceError> {
        let write = self.store().begin().await?;
        write.touch_session(hash, now).await?;
        Ok(write.commit().await?)
    }
}
