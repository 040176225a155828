//! A framed surface.

use leptos::prelude::*;

/// A surface; its padding is the caller's.
#[component]
pub fn Card(
    /// Further classes.
    #[prop(optional)]
    class: &'static str,
    /// What stands on it.
    children: Children,
) -> impl IntoView {
    view! { <div class=format!("rounded-xl border bg-card text-card-foreground shadow-sm {class}")>{children()}</div> }
}
