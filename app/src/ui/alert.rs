//! A message that stands in the page.

use leptos::prelude::*;

/// How the message looks and is announced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AlertVariant {
    /// For information.
    #[default]
    Info,
    /// Something went well.
    Success,
    /// Something needs attention.
    Warning,
    /// Something failed; read out at once.
    Destructive,
}

impl AlertVariant {
    fn class(self) -> &'static str {
        match self {
            Self::Info => "border-border bg-muted/50 text-foreground",
            Self::Success => "border-success/40 bg-success/10 text-foreground",
            Self::Warning => "border-warning/50 bg-warning/10 text-foreground",
            Self::Destructive => "border-destructive/50 bg-destructive/10 text-foreground",
        }
    }

    fn role(self) -> &'static str {
        if self == Self::Destructive { "alert" } else { "note" }
    }
}

/// A titled message.
#[component]
pub fn Alert(
    /// Look and urgency.
    #[prop(optional)]
    variant: AlertVariant,
    /// What it is about.
    #[prop(into)]
    title: String,
    /// The message.
    children: Children,
) -> impl IntoView {
    view! {
        <div role=variant.role() class=format!("rounded-lg border p-4 text-sm {}", variant.class())>
            <p class="font-medium">{title}</p>
            <div class="mt-1 text-muted-foreground">{children()}</div>
        </div>
    }
}
