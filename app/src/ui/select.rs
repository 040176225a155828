//! A choice out of a few.

use leptos::prelude::*;

/// A native select with `<option>` children.
#[component]
pub fn Select(
    /// Identifier that its label points to.
    id: &'static str,
    /// Name in the form.
    name: &'static str,
    /// The options.
    children: Children,
) -> impl IntoView {
    view! {
        <select
            id=id
            name=name
            class="h-9 w-full cursor-pointer rounded-md border border-input bg-background px-3 text-base shadow-xs disabled:opacity-50 md:text-sm"
        >
            {children()}
        </select>
    }
}
