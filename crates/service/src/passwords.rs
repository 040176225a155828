//! Password hashing: argon2id, off the async threads, a few at a time.

use crate::ServiceError;
use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Each hashing takes 19 MiB, so that many at once would be a way to exhaust the memory.
const AT_ONCE: usize = 2;

/// A hash of no password, to compare with when there is no account: both cases take the same work.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$ZXZvbG9vcC1ub2JvZHkwMA$JeYWfSJEo1mZGkGQkaLVAbvzYMFRnvFqr6YsMxUrKBI";

pub(crate) struct Passwords {
    permits: Arc<Semaphore>,
}

impl Default for Passwords {
    fn default() -> Self {
        Self { permits: Arc::new(Semaphore::new(AT_ONCE)) }
    }
}

impl Passwords {
    /// Hashes with the default parameters: argon2id, 19 MiB, 2 passes, 1 lane (OWASP ASVS 5.0, appendix C).
    pub(crate) async fn hash(&self, password: String, salt: [u8; 16]) -> Result<String, ServiceError> {
        self.off_thread(move || {
            let hash = Argon2::default().hash_password_with_salt(password.as_bytes(), &salt);
            hash.map(|hash| hash.to_string()).map_err(|error| ServiceError::internal(error.to_string()))
        })
        .await?
    }

    /// Whether the password belongs to the hash; without a hash the answer is no, after the same work.
    pub(crate) async fn verify(&self, password: String, hash: Option<String>) -> Result<bool, ServiceError> {
        self.off_thread(move || {
            let exists = hash.is_some();
            let hash = hash.unwrap_or_else(|| NOBODY.to_owned());
            let hash = PasswordHash::new(&hash).map_err(|error| ServiceError::internal(error.to_string()))?;
            Ok(Argon2::default().verify_password(password.as_bytes(), &hash).is_ok() && exists)
        })
        .await?
    }

    async fn off_thread<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, ServiceError> {
        let permit = self.permits.clone().acquire_owned().await.map_err(ServiceError::internal)?;
        tokio::task::spawn_blocking(move || {
            let result = work();
            drop(permit);
            result
        })
        .await
        .map_err(ServiceError::internal)
    }
}
