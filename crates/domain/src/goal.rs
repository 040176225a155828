//! Conversion goals: what counts as success on a site.

use crate::GoalId;
use serde::{Deserialize, Serialize};

/// How a conversion is recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GoalType {
    /// The visitor reaches an address.
    Url,
    /// The visitor clicks an element.
    Click,
    /// The visitor submits a form.
    Form,
    /// The page calls `evoloop.convert(name)`.
    Event,
    /// As `event`, with an amount of money.
    Revenue,
}

crate::text_enum!(GoalType {
    Url = "url",
    Click = "click",
    Form = "form",
    Event = "event",
    Revenue = "revenue",
});

/// The detail that a goal's type needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct GoalConfig {
    /// CSS selector of the element (`click`) or form (`form`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selector: Option<String>,
    /// A part of the address that counts as reached (`url`), such as `/thank-you`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url_contains: Option<String>,
    /// Name used in `evoloop.convert(name)` (`event`, `revenue`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_name: Option<String>,
}

/// Why a goal's detail is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidGoal {
    /// A click or form goal needs to know where.
    #[error("give a CSS selector of at most 500 characters for the element")]
    Selector,
    /// A URL goal needs a part of the address.
    #[error("give a part of the address that counts as reached, such as /thank-you")]
    UrlContains,
    /// An event goal needs a name.
    #[error("give the event a name of letters, digits, - and _ (at most 64)")]
    EventName,
    /// The goal's own name is missing or long.
    #[error("give the goal a name of 1 to 80 characters")]
    Name,
}

impl GoalConfig {
    /// Checks that the detail fits the type.
    ///
    /// # Errors
    /// Names the detail that is missing or malformed.
    pub fn check(&self, kind: GoalType) -> Result<(), InvalidGoal> {
        let filled = |text: &Option<String>, most: usize| {
            text.as_deref().is_some_and(|text| !text.trim().is_empty() && text.len() <= most)
        };
        let named = |text: &Option<String>| {
            text.as_deref().is_some_and(|name| {
                (1..=64).contains(&name.len())
                    && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
            })
        };
        match kind {
            GoalType::Click | GoalType::Form if !filled(&self.selector, 500) => Err(InvalidGoal::Selector),
            GoalType::Url if !filled(&self.url_contains, 500) => Err(InvalidGoal::UrlContains),
            GoalType::Event | GoalType::Revenue if !named(&self.event_name) => Err(InvalidGoal::EventName),
            _ => Ok(()),
        }
    }
}

/// A conversion goal of a site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Goal {
    /// Its identifier.
    pub id: GoalId,
    /// Name for people.
    pub name: String,
    /// How it is recognised.
    #[serde(rename = "type")]
    pub kind: GoalType,
    /// The detail that the type needs.
    pub config: GoalConfig,
    /// Whether the statistics count this goal. Exactly one goal of a site does.
    pub is_primary: bool,
}
