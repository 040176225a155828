//! What stands at an address without a page.

use crate::platform;
use crate::ui::{ButtonLink, EmptyState};
use leptos::prelude::*;
use leptos_meta::Title;

/// The page for every other address.
#[component]
pub fn NotFound() -> impl IntoView {
    platform::set_not_found();
    view! {
        <Title text="Not found" />
        <main id="main" class="mx-auto flex min-h-dvh max-w-lg flex-col items-center justify-center p-6 text-center">
            <h1 class="sr-only">"Not found"</h1>
            <EmptyState title="There is no page at this address" description="It may have moved, or the link was cut off.">
                <ButtonLink href="/">"To the front page"</ButtonLink>
            </EmptyState>
        </main>
    }
}
