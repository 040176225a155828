//! A button with a panel, on the Popover API: it opens, closes on Escape and outside clicks, and
//! lies above everything, without the page's program.

use super::button::button_class;
use super::{ButtonSize, ButtonVariant};
use leptos::prelude::*;

/// A panel of things to do.
#[component]
pub fn Menu(
    /// Identifier of the panel.
    id: &'static str,
    /// The button's words.
    label: &'static str,
    /// What can be done.
    children: Children,
) -> impl IntoView {
    view! {
        <button type="button" popovertarget=id class=button_class(ButtonVariant::Outline, ButtonSize::Sm, "")>
            {label}
        </button>
        <div
            id=id
            popover="auto"
            class="fixed inset-auto right-4 top-14 w-60 space-y-3 rounded-lg border bg-popover p-3 text-popover-foreground shadow-lg"
        >
            {children()}
        </div>
    }
}
