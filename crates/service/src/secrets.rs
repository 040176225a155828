//! Random identifiers and tokens.

use crate::Service;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use store::accounts::TokenHash;
use uuid::Uuid;

impl Service {
    /// A random identifier for things that the public sees.
    pub(crate) fn random_id(&self) -> Uuid {
        uuid::Builder::from_random_bytes(self.random_bytes()).into_uuid()
    }

    pub(crate) fn random_bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.inner.ports.entropy.fill(&mut bytes);
        bytes
    }

    /// A secret of 256 bits as text.
    pub(crate) fn random_token(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.random_bytes::<32>())
    }
}

/// What is stored of a secret: enough to recognise it, useless to whoever reads the database.
pub(crate) fn hash_token(token: &str) -> TokenHash {
    Sha256::digest(token.as_bytes()).into()
}
