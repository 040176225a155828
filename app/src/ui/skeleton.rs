//! A place for what is being loaded.

use leptos::prelude::*;

/// A quiet surface of the size of what comes.
#[component]
pub fn Skeleton(
    /// Its size.
    #[prop(optional)]
    class: &'static str,
) -> impl IntoView {
    view! { <div aria-hidden="true" class=format!("rounded-md bg-muted motion-safe:animate-pulse {class}")></div> }
}
