//! A short state or kind.

use leptos::prelude::*;

/// How the badge looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BadgeVariant {
    /// Strong.
    #[default]
    Default,
    /// Quiet.
    Secondary,
    /// A frame alone.
    Outline,
    /// Good.
    Success,
    /// Waiting.
    Warning,
    /// Bad.
    Destructive,
}

impl BadgeVariant {
    fn class(self) -> &'static str {
        match self {
            Self::Default => "border-transparent bg-primary text-primary-foreground",
            Self::Secondary => "border-transparent bg-secondary text-secondary-foreground",
            Self::Outline => "border-border text-muted-foreground",
            Self::Success => "border-transparent bg-success/15 text-success-strong",
            Self::Warning => "border-transparent bg-warning/20 text-warning-strong",
            Self::Destructive => "border-transparent bg-destructive/15 text-destructive",
        }
    }
}

/// A small label.
#[component]
pub fn Badge(
    /// Look.
    #[prop(optional)]
    variant: BadgeVariant,
    /// Its words.
    children: Children,
) -> impl IntoView {
    let class = variant.class();
    view! {
        <span class=format!("inline-flex items-center gap-1 whitespace-nowrap rounded-full border px-2.5 py-0.5 text-xs font-medium {class}")>
            {children()}
        </span>
    }
}
