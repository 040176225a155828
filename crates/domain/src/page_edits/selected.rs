//! What a reading found where the owner's selectors point.

use crate::page_model::{Element, ImageSlot};
use serde::{Deserialize, Serialize};

/// A selector of the owner, looked up while the page was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Selected {
    /// As the owner wrote it.
    pub css: String,
    /// How many elements it means; one is wanted.
    pub matches: u32,
    /// The element, when it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub element: Option<SelectedElement>,
}

/// The element that a selector means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SelectedElement {
    /// One with text.
    Text(Element),
    /// A picture.
    Image(ImageSlot),
}
