//! A text field that a form may leave out.

use serde::{Deserialize, Deserializer, Serialize};

/// A text, or nothing when the form has no such field. An `Option<String>` would take a field that somebody
/// emptied for one that is not there.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(transparent)]
pub struct FormText(pub Option<String>);

impl<'de> Deserialize<'de> for FormText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(Some(text)))
    }
}
