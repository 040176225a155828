//! How far a piece of work is.

use leptos::prelude::*;

/// A bar from 0 to 100.
#[component]
pub fn Progress(
    /// 0 to 100.
    #[prop(into)]
    value: Signal<f64>,
    /// What the bar is about.
    #[prop(into)]
    label: String,
    /// Further classes.
    #[prop(optional)]
    class: &'static str,
) -> impl IntoView {
    view! {
        <progress max="100" value=move || value.get().to_string() aria-label=label class=format!("h-2 overflow-hidden rounded-full {class}")>
            {move || format!("{:.0} %", value.get())}
        </progress>
    }
}
