//! The assignment token: proof that the server assigned this visitor to this arm in this epoch.
//!
//! `v1.<epoch>.<issued_s>.<arm>.<mac>`; the arm is a variant id, or `h` for the holdout.
//! Beside it the token of a preview link, `p1.<variant_id>.<expires_s>.<mac>`, which shows one variant to whoever
//! has it and proves no assignment.
//! This module reads and writes the texts; the message authentication codes over them are the service's.

use crate::VariantId;
use std::fmt::{self, Write};
use std::str::FromStr;

/// How long a token can open an exposure, in seconds.
pub const EXPOSURE_TTL_S: i64 = 24 * 60 * 60;

/// How long a preview link is good, in seconds: 7 days.
pub const PREVIEW_TTL_S: i64 = 7 * 24 * 60 * 60;

/// Room for a token with its code; a longer one grows.
const USUAL_LENGTH: usize = 96;

/// What a visitor was assigned to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Arm {
    /// A variant under test, or the control as an arm.
    Variant(VariantId),
    /// The group that never takes part.
    Holdout,
}

impl fmt::Display for Arm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Variant(id) => id.fmt(f),
            Self::Holdout => f.write_str("h"),
        }
    }
}

/// A token taken apart. Nothing in it is to be believed before its code was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssignmentToken {
    /// Number of the weight vector in force.
    pub epoch: i64,
    /// When it was issued, in seconds since 1970.
    pub issued_s: i64,
    /// What the visitor was assigned to.
    pub arm: Arm,
    /// Message authentication code, base64url without padding.
    pub mac: String,
}

/// The text is not a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("malformed assignment token")]
pub struct InvalidToken;

impl AssignmentToken {
    /// The part that the code protects, `v1.<epoch>.<issued_s>.<arm>`.
    #[must_use]
    pub fn signed_part(epoch: i64, issued_s: i64, arm: Arm) -> String {
        let mut text = String::with_capacity(USUAL_LENGTH);
        // Nothing that is written to memory can fail.
        let _ = write!(text, "v1.{epoch}.{issued_s}.");
        match arm {
            Arm::Variant(id) => text.push_str(id.0.hyphenated().encode_lower(&mut uuid::Uuid::encode_buffer())),
            Arm::Holdout => text.push('h'),
        }
        text
    }
}

impl fmt::Display for AssignmentToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&Self::signed_part(self.epoch, self.issued_s, self.arm))?;
        f.write_str(".")?;
        f.write_str(&self.mac)
    }
}

impl FromStr for AssignmentToken {
    type Err = InvalidToken;
    fn from_str(text: &str) -> Result<Self, InvalidToken> {
        if text.len() > 200 {
            return Err(InvalidToken);
        }
        let parts: Vec<&str> = text.split('.').collect();
        let &["v1", epoch, issued_s, arm, mac] = parts.as_slice() else {
            return Err(InvalidToken);
        };
        let arm = match arm {
            "h" => Arm::Holdout,
            id => Arm::Variant(id.parse().map_err(|_| InvalidToken)?),
        };
        Ok(Self {
            epoch: epoch.parse().map_err(|_| InvalidToken)?,
            issued_s: issued_s.parse().map_err(|_| InvalidToken)?,
            arm,
            mac: mac.to_owned(),
        })
    }
}

/// The token of a preview link taken apart. Nothing in it is to be believed before its code was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviewToken {
    /// The variant that it shows.
    pub variant_id: VariantId,
    /// When it ends, in seconds since 1970.
    pub expires_s: i64,
    /// Message authentication code, base64url without padding.
    pub mac: String,
}

impl PreviewToken {
    /// The part that the code protects, `p1.<variant_id>.<expires_s>`.
    #[must_use]
    pub fn signed_part(variant_id: VariantId, expires_s: i64) -> String {
        format!("p1.{variant_id}.{expires_s}")
    }
}

impl FromStr for PreviewToken {
    type Err = InvalidToken;
    fn from_str(text: &str) -> Result<Self, InvalidToken> {
        if text.len() > 200 {
            return Err(InvalidToken);
        }
        let parts: Vec<&str> = text.split('.').collect();
        let &["p1", variant_id, expires_s, mac] = parts.as_slice() else {
            return Err(InvalidToken);
        };
        Ok(Self {
            variant_id: variant_id.parse().map_err(|_| InvalidToken)?,
            expires_s: expires_s.parse().map_err(|_| InvalidToken)?,
            mac: mac.to_owned(),
        })
    }
}
