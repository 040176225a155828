//! Accounts: who may sign in, and under which plan.

use email_address::EmailAddress;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Shortest accepted password, in characters (OWASP ASVS 5.0, 6.2.1 asks for 8 and advises more).
pub const PASSWORD_MIN_CHARS: usize = 12;
/// Longest accepted password, in bytes; longer ones only cost hashing time.
pub const PASSWORD_MAX_BYTES: usize = 128;

/// A validated e-mail address with its domain in lower case.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Email(String);

/// The text is not an e-mail address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("enter an e-mail address like name@example.com")]
pub struct InvalidEmail;

impl Email {
    /// The address as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Email {
    type Err = InvalidEmail;
    fn from_str(text: &str) -> Result<Self, InvalidEmail> {
        let text = text.trim();
        if text.len() > 254 || !EmailAddress::is_valid(text) {
            return Err(InvalidEmail);
        }
        let (local, domain) = text.rsplit_once('@').ok_or(InvalidEmail)?;
        // An address without a dot in its domain cannot receive mail from the public internet.
        if !domain.contains('.') || local.contains('"') {
            return Err(InvalidEmail);
        }
        Ok(Self(text.to_lowercase()))
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Why a new password is refused, in words for the person who chose it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WeakPassword {
    /// Fewer than the least number of characters.
    #[error("use at least {PASSWORD_MIN_CHARS} characters; a sentence is easiest to remember")]
    TooShort,
    /// More bytes than we hash.
    #[error("use at most {PASSWORD_MAX_BYTES} characters")]
    TooLong,
    /// One repeated character, or the e-mail address itself.
    #[error("choose a password that is not one repeated character or your e-mail address")]
    Guessable,
}

/// Checks a new password; existing passwords are never checked again.
///
/// # Errors
/// Says which rule the password breaks.
pub fn check_new_password(password: &str, email: &Email) -> Result<(), WeakPassword> {
    if password.chars().count() < PASSWORD_MIN_CHARS {
        return Err(WeakPassword::TooShort);
    }
    if password.len() > PASSWORD_MAX_BYTES {
        return Err(WeakPassword::TooLong);
    }
    let mut characters = password.chars();
    let first = characters.next();
    let repeated = characters.all(|character| Some(character) == first);
    if repeated || password.eq_ignore_ascii_case(email.as_str()) {
        return Err(WeakPassword::Guessable);
    }
    Ok(())
}

/// What an account may use. A self-hosted installation gives everybody `Pro` at no cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Plan {
    /// One running site.
    #[default]
    Free,
    /// Any number of sites.
    Pro,
}

crate::text_enum!(Plan { Free = "free", Pro = "pro" });
