//! Identifiers: one newtype a noun, so that a variant id cannot be passed where a site id belongs.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// A text that is not the identifier it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{noun}` is not a valid identifier")]
pub struct InvalidId {
    /// Which identifier was expected, as it is called in the API (`site_id`, ...).
    pub noun: &'static str,
}

macro_rules! uuid_newtype {
    ($($(#[$doc:meta])* $name:ident = $noun:literal),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                Uuid::try_parse(text).map(Self).map_err(|_| InvalidId { noun: $noun })
            }
        }
    )*};
}

uuid_newtype! {
    /// A person with an account.
    UserId = "user_id",
    /// A landing page under optimisation.
    SiteId = "site_id",
    /// A version of the page; the control is one of them.
    VariantId = "variant_id",
    /// Something a visitor can do that counts as success.
    GoalId = "goal_id",
    /// A piece of background work.
    JobId = "job_id",
    /// Something that was decided about a site's variants, or proposed.
    DecisionId = "decision_id",
    /// One reported event; the client chooses it so that a retry is recognised.
    EventId = "id",
}

/// The statistical unit: a browser that visits a site.
///
/// Chosen by the snippet or by the customer's own code: 1 to 64 characters out of
/// letters, digits, `-`, `_`, `.` and `:`. It is never an e-mail address or a name.
/// One that begins with [`ERASED`] is nobody's: it stands where an erased visitor's was.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct VisitorId(String);

/// How the names begin that erased visitors have in the database; no visitor can have such a one.
pub const ERASED: &str = "erased:";

impl VisitorId {
    /// The name of a visitor who was erased.
    #[must_use]
    pub fn erased(random: Uuid) -> Self {
        Self(format!("{ERASED}{}", random.simple()))
    }

    /// An identifier as the database holds it: a visitor's, or the name of one who was erased.
    ///
    /// # Errors
    /// When the text is no identifier.
    pub fn from_stored(text: &str) -> Result<Self, InvalidId> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte);
        if (1..=64).contains(&text.len()) && text.bytes().all(allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidId { noun: "visitor_id" })
        }
    }

    /// The identifier as text, exactly as the API received it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A visitor who chose no name, by one that was derived or drawn for them.
impl From<Uuid> for VisitorId {
    fn from(id: Uuid) -> Self {
        Self(id.simple().to_string())
    }
}

impl FromStr for VisitorId {
    type Err = InvalidId;
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        if text.starts_with(ERASED) { Err(InvalidId { noun: "visitor_id" }) } else { Self::from_stored(text) }
    }
}

impl fmt::Display for VisitorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
