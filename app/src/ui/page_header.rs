//! The heading of a page, with what can be done there.

use leptos::prelude::*;

/// A heading.
#[component]
pub fn PageHeader(
    /// Heading.
    #[prop(into)]
    title: String,
    /// A line under it.
    #[prop(into)]
    description: String,
    /// What can be done.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="flex flex-wrap items-start justify-between gap-4">
            <div class="space-y-1">
                <h1 class="text-2xl font-semibold tracking-tight">{title}</h1>
                <p class="text-sm text-muted-foreground">{description}</p>
            </div>
            {children.map(|children| view! { <div class="flex flex-wrap gap-2">{children()}</div> })}
        </div>
    }
}
