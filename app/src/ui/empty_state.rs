//! What stands where nothing is yet.

use leptos::prelude::*;

/// A sentence about what is missing, and the way to change that.
#[component]
pub fn EmptyState(
    /// What is missing.
    #[prop(into)]
    title: String,
    /// Why, or what comes.
    #[prop(into)]
    description: String,
    /// What can be done.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="flex flex-col items-center gap-3 rounded-xl border border-dashed p-10 text-center">
            <p class="font-medium">{title}</p>
            <p class="max-w-md text-sm text-muted-foreground">{description}</p>
            {children.map(|children| children())}
        </div>
    }
}
