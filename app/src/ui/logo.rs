//! The mark and the name.

use leptos::prelude::*;

/// Three curves, of which one rises.
#[component]
pub fn Logo() -> impl IntoView {
    view! {
        <span class="flex items-center gap-2 font-semibold tracking-tight">
            <svg aria-hidden="true" width="24" height="24" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" class="text-brand">
                <path d="M2 20 C6 20 6 14 9 14 S12 20 16 20" opacity="0.45" />
                <path d="M5 20 C9 20 9 10 12 10 S15 20 19 20" opacity="0.7" />
                <path d="M9 20 C14 20 13 3 16.5 3 S19 20 22 20" />
            </svg>
            "Evoloop"
        </span>
    }
}
