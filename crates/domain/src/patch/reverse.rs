//! The way back from a patched page to the page as it was.

use serde::{Deserialize, Serialize};

/// What takes a patch back out of a page's text: exactly the bytes that stood there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reverse {
    /// Version of the form, 1.
    pub v: u8,
    /// Length of the patched page, in bytes.
    pub bytes: usize,
    /// Fingerprint of the patched page: FNV-1a with 64 bits, as 16 hexadecimal digits.
    pub fingerprint: String,
    /// What to put back, in order, without overlap.
    pub edits: Vec<Restored>,
}

/// A piece of the page as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Restored {
    /// Where it belongs, in bytes of the patched page.
    pub at: usize,
    /// How many bytes stand there now.
    pub length: usize,
    /// What stood there before.
    pub was: String,
}

/// The text is not the page that the patch made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not the page that the patch made, so it cannot be taken back; use the page that `patch apply` wrote")]
pub struct NotThePatched;

impl Reverse {
    /// What leads back from this patched page.
    #[must_use]
    pub fn new(patched: &str, edits: Vec<Restored>) -> Self {
        Self { v: 1, bytes: patched.len(), fingerprint: fingerprint(patched), edits }
    }

    /// The page as it was.
    ///
    /// # Errors
    /// When the text is another one than the patch made.
    pub fn restore(&self, patched: &str) -> Result<String, NotThePatched> {
        if self.v != 1 || self.bytes != patched.len() || self.fingerprint != fingerprint(patched) {
            return Err(NotThePatched);
        }
        let mut page = String::with_capacity(patched.len());
        let mut done = 0;
        for edit in &self.edits {
            page.push_str(patched.get(done..edit.at).ok_or(NotThePatched)?);
            page.push_str(&edit.was);
            done = edit.at.checked_add(edit.length).ok_or(NotThePatched)?;
        }
        page.push_str(patched.get(done..).ok_or(NotThePatched)?);
        Ok(page)
    }
}

/// FNV-1a, 64 bits (<https://datatracker.ietf.org/doc/draft-eastlake-fnv/>): it finds a mistake, not an enemy.
fn fingerprint(text: &str) -> String {
    let hash = text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    format!("{hash:016x}")
}
