//! The name of an input.

use leptos::prelude::*;

/// A label.
#[component]
pub fn Label(
    /// Identifier of the input.
    for_: &'static str,
    /// Its words.
    children: Children,
) -> impl IntoView {
    view! { <label for=for_ class="block text-sm font-medium">{children()}</label> }
}
