//! A line of text.

use leptos::prelude::*;

/// An input; `attr:` adds whatever else it needs.
#[component]
pub fn Input(
    /// Identifier that its label points to.
    id: &'static str,
    /// Name in the form.
    name: &'static str,
    /// Type of the input.
    #[prop(default = "text")]
    kind: &'static str,
) -> impl IntoView {
    view! {
        <input
            id=id
            name=name
            type=kind
            class="h-9 w-full min-w-0 rounded-md border border-input bg-background px-3 py-1 text-base shadow-xs placeholder:text-muted-foreground disabled:opacity-50 aria-invalid:border-destructive md:text-sm"
        />
    }
}
